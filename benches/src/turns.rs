//! How it is measured: in turns, so that what else the machine does strikes all alike.

use std::time::{Duration, Instant};

use crate::Result;

/// Does a piece of work so many times.
pub type Worker = Box<dyn FnMut(u64) -> Result<()>>;

/// How long one works before it is the next one's turn: shorter than what the kernel lets others run in between, so
/// that most turns are not interrupted on a busy machine.
const TURN: Duration = Duration::from_micros(500);

/// How many turns each has, at most and at least.
pub const MOST: usize = 401;
/// See [`MOST`].
pub const LEAST: usize = 15;

/// How long all turns of all may take together, where that leaves them the least.
pub const TOTAL: Duration = Duration::from_secs(10);

/// The middle of many numbers, and what a tenth of them lies below and above.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// What a tenth lies below.
    pub low: f64,
    /// The middle.
    pub median: f64,
    /// What a tenth lies above.
    pub high: f64,
}

impl Spread {
    /// Finds it; of no numbers, it is not a number.
    pub fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let last = numbers.len().saturating_sub(1) as f64;
        let at = |part: f64| numbers.get((last * part).round() as usize).copied();
        let at = |part| at(part).unwrap_or(f64::NAN);
        Self { low: at(0.1), median: at(0.5), high: at(0.9) }
    }
}

/// Has all work in turns, and gives the times of one piece of work, in nanoseconds, of each of them in each round.
///
/// # Errors
///
/// The work of one fails.
pub fn in_turns(workers: &mut [Worker]) -> Result<Vec<Vec<f64>>> {
    let mut ready = Vec::new();
    for worker in workers {
        let times = times_in_a_turn(worker)?;
        ready.push((worker, times, Vec::new()));
    }
    let start = Instant::now();
    for round in 0..MOST {
        if round >= LEAST && start.elapsed() > TOTAL {
            break;
        }
        for (worker, times, taken) in &mut ready {
            taken.push(turn(worker, *times)?.as_nanos() as f64 / *times as f64);
        }
    }
    Ok(ready.into_iter().map(|(_, _, taken)| taken).collect())
}

/// Gives what it takes as a multiple of what another one takes in the same round.
pub fn ratio(it: &[f64], other: &[f64]) -> Spread {
    Spread::of(it.iter().zip(other).map(|(it, other)| it / other).collect())
}

/// Has the work done so many times.
///
/// # Errors
///
/// The work fails.
pub fn turn(worker: &mut Worker, times: u64) -> Result<Duration> {
    let start = Instant::now();
    worker(times)?;
    Ok(start.elapsed())
}

/// How often the work is to be done so that it fills a turn; this also warms up.
///
/// # Errors
///
/// The work fails.
pub fn times_in_a_turn(worker: &mut Worker) -> Result<u64> {
    let mut times = 1;
    loop {
        let taken = turn(worker, times)?;
        if taken >= TURN {
            return Ok(times);
        }
        let wanted = TURN.as_secs_f64() / taken.as_secs_f64().max(1e-9) * 1.1;
        times = (times as f64 * wanted.clamp(1.1, 10.0)).ceil() as u64;
    }
}
