//! How it is measured: in turns, so that what else the machine does strikes all alike.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use plugwright_benches::Result;
use plugwright_benches::turns::{
    LEAST, MOST, Spread, TOTAL, in_turns, ratio, times_in_a_turn, turn,
};

use crate::work::{Peer, Work, Worker};

/// How many turns threads take as one, so that they run beside each other for most of it.
const TURNS_TOGETHER: u64 = 10;

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
    let (mut names, mut workers) = (Vec::new(), Vec::new());
    for peer in peers {
        let Some(worker) = ready_for(*peer, work)? else { continue };
        names.push(peer.name());
        workers.push(worker);
    }
    let taken = in_turns(&mut workers)?;
    let first = taken.first().cloned().unwrap_or_default();
    let taken = names.into_iter().zip(taken).map(|(peer, taken)| {
        let ratio = ratio(&taken, &first);
        Taken { peer, nanos: Spread::of(taken), ratio }
    });
    Ok(taken.collect())
}

fn ready_for(peer: &dyn Peer, work: Work) -> Result<Option<Worker>> {
    peer.worker(work).map_err(|error| format!("{}, {work:?}: {error}", peer.name()).into())
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
