//! The call that this thread runs: a plugin that is called from another one's host function ends with it, and spends
//! no more than it was given.

#[cfg(feature = "async")]
mod outside;

use std::{cell::Cell, future::poll_fn, mem, panic::resume_unwind, pin::pin, thread};

use tokio::runtime::Handle;
use tracing::{Span, dispatcher};

#[cfg(feature = "async")]
pub(crate) use self::outside::{Begin, begun_elsewhere, outside};
use crate::ticker::{Clock, Ticker};

/// A call that has begun: what those that are made to answer it are held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    pub(crate) clock: Clock,
    pub(crate) deadline: u64,
    /// The fuel that is left for the calls that are made to answer it, where it is counted.
    pub(crate) fuel: Option<u64>,
}

/// How far calls within calls may reach down the stack, from where the first of them runs, before another begins.
///
/// A plugin may use 512 KiB, by wasmtime's default: with the last call this makes 1.5 MiB, of the 2 MiB that a thread
/// has at the least.
pub(crate) const STACK: usize = 1 << 20;

/// Calls within calls have reached so far down the stack, which is too far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooDeep(pub(crate) usize);

thread_local! {
    /// How many stores' tasks this thread runs, one within the other.
    static LOOPS: Cell<usize> = const { Cell::new(0) };
    static RUNNING: Place = const { Place::empty() };
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// What a thread runs, each word by itself: where nothing ran before, one of them says so.
struct Place {
    clock: Cell<Option<Clock>>,
    deadline: Cell<u64>,
    fuel: Cell<Option<u64>>,
    /// Where on the stack the first of the calls that this one is part of runs.
    top: Cell<usize>,
}

impl Place {
    const fn empty() -> Self {
        Self {
            clock: Cell::new(None),
            deadline: Cell::new(0),
            fuel: Cell::new(None),
            top: Cell::new(0),
        }
    }

    #[inline]
    fn get(&self) -> Option<Running> {
        let clock = self.clock.get()?;
        Some(Running { clock, deadline: self.deadline.get(), fuel: self.fuel.get() })
    }

    #[inline]
    fn set(&self, running: Running) {
        self.clock.set(Some(running.clock));
        self.deadline.set(running.deadline);
        self.fuel.set(running.fuel);
    }

    /// How far down the stack it is from the top to here; nothing on another stack, such as an async call has.
    fn reaches(&self, here: usize) -> Option<usize> {
        self.top.get().checked_sub(here).filter(|it| *it < 2 * STACK)
    }
}

/// An address in the frame of the caller.
#[inline]
fn here() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

impl Running {
    /// Begins a call of so many ticks and so much fuel that is part of no other.
    #[inline]
    pub(crate) fn outermost(ticker: &Ticker, ticks: u64, fuel: Option<u64>) -> Self {
        Self { clock: ticker.id(), deadline: ticker.now().saturating_add(ticks), fuel }
    }

    /// The same of a call that is part of another one, which ends with that; an error where it must not begin.
    #[cold]
    pub(crate) fn within(self, ticker: &Ticker) -> Result<Self, TooDeep> {
        RUNNING.with(|place| {
            let Some(outer) = place.get() else { return Ok(self) };
            if let Some(used) = place.reaches(here()).filter(|it| *it > STACK) {
                return Err(TooDeep(used));
            }
            let deadline = self.deadline.min(ticker.when(outer.clock, outer.deadline));
            let fuel = self.fuel.map(|own| outer.fuel.map_or(own, |left| own.min(left)));
            Ok(Self { deadline, fuel, ..self })
        })
    }
}

/// What a thread ran before it came to a call, and where on the stack the first of that was.
#[derive(Clone, Copy)]
pub(crate) struct Outer(Option<(Running, usize)>);

/// Has this thread run a call, or a step of it, from here on.
#[inline]
pub(crate) fn enter(running: Running) -> Outer {
    RUNNING.with(|place| {
        let here = here();
        let outer = place.get().map(|it| (it, place.top.get()));
        if outer.is_none() || place.reaches(here).is_none() {
            place.top.set(here);
        }
        place.set(running);
        Outer(outer)
    })
}

/// Has it run again what it ran before; says what is left of the call's fuel for the calls that it makes.
#[inline]
pub(crate) fn leave(outer: Outer) -> Option<u64> {
    RUNNING.with(|place| {
        let left = place.fuel.get();
        match outer.0 {
            None => place.clock.set(None),
            Some((outer, top)) => {
                place.set(outer);
                place.top.set(top);
            }
        }
        left
    })
}

/// Whether a call that begins here is part of no other.
#[inline]
pub(crate) fn is_outermost() -> bool {
    RUNNING.with(|place| place.clock.get().is_none())
}

/// Whether this thread runs the tasks of a store.
pub(crate) fn is_in_loop() -> bool {
    LOOPS.get() > 0
}

/// Runs the tasks of a store for a while; then begins what could not begin within.
pub(crate) fn looped<R>(run: impl FnOnce() -> R) -> R {
    struct Left;
    impl Drop for Left {
        fn drop(&mut self) {
            LOOPS.set(LOOPS.get() - 1);
        }
    }
    LOOPS.set(LOOPS.get() + 1);
    let left = Left;
    let result = run();
    drop(left);
    #[cfg(feature = "async")]
    if !is_in_loop() {
        outside::begin();
    }
    result
}

/// The call that this thread runs, if it runs one.
#[cfg(feature = "async")]
pub(crate) fn running() -> Option<Running> {
    RUNNING.with(Place::get)
}

/// Runs something on another thread, as part of the call that this one runs, and waits for it.
///
/// wasmtime begins to run one store's tasks only where the thread runs those of no other.
pub(crate) fn elsewhere<R: Send>(run: impl FnOnce() -> R + Send) -> wasmtime::Result<R> {
    let (result, ran) = once(run, on_a_thread);
    ran?;
    Ok(result.expect("what ran to its end gave something"))
}

fn on_a_thread(run: &mut (dyn FnMut() + Send)) -> wasmtime::Result<()> {
    let running = RUNNING.with(Place::get);
    let (span, subscriber) = (Span::current(), dispatcher::get_default(Clone::clone));
    let runtime = Handle::try_current().ok();
    let run = || {
        let _entered = runtime.as_ref().map(Handle::enter);
        let outer = running.map(enter);
        dispatcher::with_default(&subscriber, || span.in_scope(run));
        outer.map(leave)
    };
    let left = thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, run)?;
        Ok::<_, std::io::Error>(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    if let Some(left) = left {
        RUNNING.with(|place| place.fuel.set(left));
    }
    Ok(())
}

/// Has something run by what does not know its type, and so is compiled once; gives what it gave, if it was run.
pub(crate) fn once<R: Send, T>(
    run: impl FnOnce() -> R + Send,
    by: impl FnOnce(&mut (dyn FnMut() + Send)) -> T,
) -> (Option<R>, T) {
    let (mut run, mut result) = (Some(run), None);
    let told = by(&mut || result = run.take().map(|run| run()));
    (result, told)
}

/// Runs a function of the host author's, whose panic is told from the runtime's.
#[doc(hidden)]
#[inline]
pub fn theirs<R>(run: impl FnOnce() -> R) -> R {
    let panicked = Panicked;
    let result = run();
    mem::forget(panicked);
    result
}

/// [`theirs`] for what waits.
#[doc(hidden)]
pub async fn answered<R>(answer: impl Future<Output = R>) -> R {
    let mut answer = pin!(answer);
    poll_fn(|context| theirs(|| answer.as_mut().poll(context))).await
}

/// Dropped only while a panic goes on.
struct Panicked;

impl Drop for Panicked {
    fn drop(&mut self) {
        PANICKED.set(true);
    }
}

/// Whether the panic that was just caught is one of the host author's, and not wasmtime's.
pub(crate) fn host_panicked() -> bool {
    PANICKED.take()
}

/// Gives back fuel of a call that was noted as spent before it was.
pub(crate) fn unspent(fuel: u64) {
    left(|left| left.saturating_add(fuel));
}

/// Notes that a call which began here has ended, and what it spent, with the calls that it made.
#[inline]
pub(crate) fn spent(fuel: u64) {
    left(|left| left.saturating_sub(fuel));
}

/// Changes what is left of the fuel of the call that this thread runs, where it runs one and counts it.
#[inline]
fn left(change: impl FnOnce(u64) -> u64) {
    RUNNING.with(|place| {
        if place.clock.get().is_some() {
            place.fuel.set(place.fuel.get().map(change));
        }
    });
}
