//! How it is measured: in turns, so that what else the machine does strikes all alike.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use plugwright_benches::Result;

use crate::work::{Peer, Work, Worker};

/// How long one peer works before it is the next one's turn: shorter than what the kernel lets others run in between, so
/// that most turns are not interrupted on a busy machine.
const TURN: Duration = Duration::from_micros(500);

/// How many turns threads take as one, so that they run beside each other for most of it.
const TURNS_TOGETHER: u64 = 10;

/// How many turns each peer has, at most and at least.
const MOST: usize = 401;
const LEAST: usize = 15;

/// How long all turns of all peers may take together, where that leaves them the least.
const TOTAL: Duration = Duration::from_secs(10);

/// The middle of many numbers, and what a tenth of them lies below and above.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

impl Spread {
    fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let at = |part: f64| numbers[((numbers.len() - 1) as f64 * part).round() as usize];
        Self { low: at(0.1), median: at(0.5), high: at(0.9) }
    }
}

/// What one peer took.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub peer: &'static str,
    /// The time of one piece of work, in nanoseconds.
    pub nanos: Spread,
    /// The same as a multiple of the first peer's in the same round.
    pub ratio: Spread,
}

/// Measures the peers that can do the work, in turns; the ratios are to the first of them.
pub fn side_by_side(peers: &[&dyn Peer], work: Work) -> Result<Vec<Taken>> {
    let mut ready = Vec::new();
    for peer in peers {
        let Some(mut worker) = ready_for(*peer, work)? else { continue };
        let times = times_in_a_turn(&mut worker)?;
        ready.push((peer.name(), worker, times, Vec::new()));
    }
    let start = Instant::now();
    for round in 0..MOST {
        if round >= LEAST && start.elapsed() > TOTAL {
            break;
        }
        for (_, worker, times, taken) in &mut ready {
            taken.push(turn(worker, *times)?.as_nanos() as f64 / *times as f64);
        }
    }
    let first: Vec<f64> = ready.first().map(|it| it.3.clone()).unwrap_or_default();
    let spread = ready.into_iter().map(|(peer, _, _, taken)| {
        let ratio = taken.iter().zip(&first).map(|(it, first)| it / first).collect();
        Taken { peer, nanos: Spread::of(taken), ratio: Spread::of(ratio) }
    });
    Ok(spread.collect())
}

fn ready_for(peer: &dyn Peer, work: Work) -> Result<Option<Worker>> {
    peer.worker(work).map_err(|error| format!("{}, {work:?}: {error}", peer.name()).into())
}

fn turn(worker: &mut Worker, times: u64) -> Result<Duration> {
    let start = Instant::now();
    worker(times)?;
    Ok(start.elapsed())
}

/// How often the work is to be done so that it fills a turn; this also warms up.
fn times_in_a_turn(worker: &mut Worker) -> Result<u64> {
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

/// How many times the work of one thread two threads do in the same time, each in sandboxes of its own.
pub fn two_threads(peer: &dyn Peer, work: Work) -> Result<Option<Spread>> {
    let Some(mut worker) = ready_for(peer, work)? else { return Ok(None) };
    let times = times_in_a_turn(&mut worker)? * TURNS_TOGETHER;
    let start = Instant::now();
    let mut factors = Vec::new();
    while factors.len() < LEAST || (factors.len() < MOST && start.elapsed() < TOTAL / 4) {
        factors.push(together(peer, work, 2, times)? / together(peer, work, 1, times)?);
    }
    Ok(Some(Spread::of(factors)))
}

/// The pieces of work a second that so many threads do together.
fn together(peer: &dyn Peer, work: Work, threads: usize, times: u64) -> Result<f64> {
    let ready = Barrier::new(threads);
    let run = || {
        let worker = peer.worker(work);
        let warm = worker.and_then(|worker| {
            let Some(mut worker) = worker else { return Err("it cannot do this any more".into()) };
            worker(times / 10 + 1).map(|()| worker)
        });
        // All wait for each other, also for one that failed.
        ready.wait();
        let taken = turn(&mut warm?, times)?;
        Ok(times as f64 / taken.as_secs_f64())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let rates = threads.into_iter().map(|it| it.join().map_err(|_| "a thread panicked")?);
        rates.sum()
    })
}
