//! The queue before a plugin: so many calls run at once, so many wait, in the order in which they came.
//!
//! A call that finds room changes one number and takes no lock.
//! One that does not waits in line, on a condition of its own, so that whoever ends wakes only whoever is next.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;

/// Lets at most so many callers in at once.
#[derive(Debug)]
pub(crate) struct Queue {
    room: u32,
    waiters: u32,
    /// How many are in, in the low half, and how many wait, in the high one: both change in one step.
    state: CachePadded<AtomicU64>,
    line: Mutex<VecDeque<Arc<Waiter>>>,
}

#[derive(Debug, Default)]
struct Waiter {
    called: Mutex<bool>,
    turn: Condvar,
}

/// The right to call; whoever waits first gets it when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a>(&'a Queue);

/// Why nobody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many wait as may.
    Full,
    /// It did not become free in time.
    Late,
}

const IN: u64 = 1;
const WAITING: u64 = 1 << 32;

impl Queue {
    /// A queue for `room` callers at once and `waiters` behind them.
    pub(crate) fn new(room: u32, waiters: u32) -> Self {
        Self { room, waiters, state: CachePadded::default(), line: Mutex::default() }
    }

    /// How many may be in at once.
    pub(crate) fn room(&self) -> u32 {
        self.room
    }

    /// Waits for a turn, no longer than `patience`.
    #[inline]
    pub(crate) fn enter(&self, patience: Duration) -> Result<Turn<'_>, Refused> {
        let state = self.state.load(Ordering::Relaxed);
        let free = state < u64::from(self.room);
        if free
            && self
                .state
                .compare_exchange(state, state + IN, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        {
            return Ok(Turn(self));
        }
        self.wait(patience)
    }

    #[cold]
    fn wait(&self, patience: Duration) -> Result<Turn<'_>, Refused> {
        let waiter = {
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            let mut state = self.state.load(Ordering::Relaxed);
            loop {
                // Those who wait go first, whatever has become free meanwhile.
                let next = if state < u64::from(self.room) {
                    state + IN
                } else if state / WAITING < u64::from(self.waiters) {
                    state + WAITING
                } else {
                    return Err(Refused::Full);
                };
                match self.state.compare_exchange_weak(
                    state,
                    next,
                    Ordering::Acquire,
                    Ordering::Relaxed,
                ) {
                    Ok(_) if next == state + IN => return Ok(Turn(self)),
                    Ok(_) => break,
                    Err(now) => state = now,
                }
            }
            let waiter = Arc::new(Waiter::default());
            line.push_back(Arc::clone(&waiter));
            waiter
        };
        let until = Instant::now().checked_add(patience);
        let mut called = waiter.called.lock().unwrap_or_else(PoisonError::into_inner);
        while !*called {
            let left = until.map(|it| it.saturating_duration_since(Instant::now()));
            if left.is_some_and(|it| it.is_zero()) {
                drop(called);
                return self.give_up(&waiter);
            }
            let left = left.unwrap_or(Duration::from_secs(3600));
            called =
                waiter.turn.wait_timeout(called, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(Turn(self))
    }

    /// Leaves the line, unless the turn has come at the last moment.
    fn give_up(&self, waiter: &Arc<Waiter>) -> Result<Turn<'_>, Refused> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = line.iter().position(|it| Arc::ptr_eq(it, waiter)) else {
            return Ok(Turn(self));
        };
        line.remove(at);
        self.state.fetch_sub(WAITING, Ordering::Relaxed);
        Err(Refused::Late)
    }

    #[inline]
    fn leave(&self) {
        let mut state = self.state.load(Ordering::Relaxed);
        while state < WAITING {
            match self.state.compare_exchange_weak(
                state,
                state - IN,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => state = now,
            }
        }
        self.hand_over();
    }

    /// Gives the turn to whoever waits first, without ever being free in between.
    #[cold]
    fn hand_over(&self) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, as many stand in line as are counted; nobody may be left of them.
        match line.pop_front() {
            Some(next) => {
                self.state.fetch_sub(WAITING, Ordering::Release);
                *next.called.lock().unwrap_or_else(PoisonError::into_inner) = true;
                next.turn.notify_one();
            }
            None => {
                self.state.fetch_sub(IN, Ordering::Release);
            }
        }
    }
}

impl Drop for Turn<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::atomic::AtomicU32, thread};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn so_many_are_in_at_once() {
        let queue = Queue::new(2, 100);
        let (now, most) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _turn = queue.enter(LONG).unwrap();
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 2);
        assert_eq!(queue.state.load(Ordering::Relaxed), 0, "nobody is in, nobody waits");
    }

    #[test]
    fn who_waits_too_long_is_told_and_takes_no_place() {
        let queue = Queue::new(1, 1);
        let turn = queue.enter(LONG).unwrap();
        assert_eq!(queue.enter(Duration::from_millis(5)).unwrap_err(), Refused::Late);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.enter(LONG).is_ok());
            while queue.state.load(Ordering::SeqCst) < WAITING {
                thread::yield_now();
            }
            assert_eq!(queue.enter(LONG).unwrap_err(), Refused::Full);
            drop(turn);
            assert!(waiting.join().unwrap());
        });
        assert_eq!(queue.state.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn they_come_in_the_order_in_which_they_waited() {
        let queue = Queue::new(1, 10);
        let order = Mutex::new(Vec::new());
        let turn = queue.enter(LONG).unwrap();
        thread::scope(|scope| {
            for name in 0..5 {
                let (queue, order) = (&queue, &order);
                scope.spawn(move || {
                    let _turn = queue.enter(LONG).unwrap();
                    order.lock().unwrap().push(name);
                });
                while queue.state.load(Ordering::SeqCst) / WAITING <= name {
                    thread::yield_now();
                }
            }
            drop(turn);
        });
        assert_eq!(order.into_inner().unwrap(), [0, 1, 2, 3, 4]);
    }
}
