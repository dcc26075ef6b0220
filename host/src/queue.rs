//! The queue before a plugin: so many calls run at once, so many wait, in the order in which they came.
//!
//! A call that finds room changes one number and takes no lock.
//! One that does not waits in line, on a condition or a waker of its own, so that whoever ends wakes only whoever is
//! next.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Poll, Waker},
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;

use crate::watch::within;

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
    called: Mutex<Called>,
    turn: Condvar,
}

#[derive(Debug, Default)]
struct Called {
    is_so: bool,
    /// Who is to be told, where it is no thread that waits.
    waker: Option<Waker>,
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
        match self.enter_at_once() {
            Some(turn) => Ok(turn),
            None => self.wait(patience),
        }
    }

    #[inline]
    fn enter_at_once(&self) -> Option<Turn<'_>> {
        let state = self.state.load(Ordering::Relaxed);
        let free = state < u64::from(self.room);
        let enter =
            || self.state.compare_exchange(state, state + IN, Ordering::Acquire, Ordering::Relaxed);
        (free && enter().is_ok()).then(|| Turn(self))
    }

    /// The same for what does not wait on a thread; it leaves the line when it is dropped.
    pub(crate) async fn enter_async(&self, patience: Duration) -> Result<Turn<'_>, Refused> {
        if let Some(turn) = self.enter_at_once() {
            return Ok(turn);
        }
        let waiter = match self.line_up()? {
            Place::In(turn) => return Ok(turn),
            Place::InLine(waiter) => waiter,
        };
        let mut place = Waiting { queue: self, waiter: Some(waiter) };
        let called = within(|| patience, poll_fn(|context| place.poll(context.waker()))).await;
        match (called, place.waiter.take()) {
            (Some(turn), _) => Ok(turn),
            (None, Some(waiter)) => self.give_up(&waiter),
            (None, None) => Err(Refused::Late),
        }
    }

    #[cold]
    fn wait(&self, patience: Duration) -> Result<Turn<'_>, Refused> {
        let waiter = match self.line_up()? {
            Place::In(turn) => return Ok(turn),
            Place::InLine(waiter) => waiter,
        };
        let until = Instant::now().checked_add(patience);
        let mut called = waiter.lock();
        while !called.is_so {
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

    /// Takes what is free, or the last place in line.
    fn line_up(&self) -> Result<Place<'_>, Refused> {
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
                Ok(_) if next == state + IN => return Ok(Place::In(Turn(self))),
                Ok(_) => break,
                Err(now) => state = now,
            }
        }
        let waiter = Arc::new(Waiter::default());
        line.push_back(Arc::clone(&waiter));
        Ok(Place::InLine(waiter))
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
        let next = {
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            let next = line.pop_front();
            // Under the lock, as many stand in line as are counted; nobody may be left of them.
            self.state.fetch_sub(if next.is_some() { WAITING } else { IN }, Ordering::Release);
            next
        };
        if let Some(next) = next {
            next.call();
        }
    }
}

impl Waiter {
    /// Tells that it is its turn.
    fn call(&self) {
        let mut called = self.lock();
        called.is_so = true;
        let waker = called.waker.take();
        drop(called);
        self.turn.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Called> {
        self.called.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where somebody stands who has come.
enum Place<'a> {
    In(Turn<'a>),
    InLine(Arc<Waiter>),
}

/// Somebody in line who may leave it at any time.
struct Waiting<'a> {
    queue: &'a Queue,
    /// Until there is a turn.
    waiter: Option<Arc<Waiter>>,
}

impl<'a> Waiting<'a> {
    fn poll(&mut self, waker: &Waker) -> Poll<Turn<'a>> {
        if let Some(waiter) = &self.waiter {
            let mut called = waiter.lock();
            if !called.is_so {
                called.waker = Some(waker.clone());
                return Poll::Pending;
            }
        }
        self.waiter = None;
        Poll::Ready(Turn(self.queue))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(waiter) = self.waiter.take() {
            // A turn that has come at the last moment goes on to whoever is next.
            drop(self.queue.give_up(&waiter));
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
