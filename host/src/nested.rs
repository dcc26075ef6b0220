//! The call in which this thread is: a plugin that is called from another one's host function ends with it, and spends
//! no more than it was given.

use std::{cell::Cell, future::poll_fn, pin::pin, thread, time::Duration};

use crate::{state::Sandbox, ticker::Ticker};

/// The end of the call that this thread answers.
#[derive(Clone, Copy)]
struct Parent {
    clock: usize,
    deadline: u64,
    /// When the host's function began, and how long a tick is: for a plugin of an engine with another clock.
    began: u64,
    tick: Duration,
    /// The fuel that is left for the calls that are made while this one is answered, where it is counted.
    fuel: Option<u64>,
    /// Where on the stack the first of the calls that this one is part of was answered.
    top: usize,
}

/// How far calls within calls may reach down the stack, from where the first of them is answered.
///
/// A plugin may use 512 KiB, by wasmtime's default: with the first call and the last these make 1.5 MiB, of the 2 MiB
/// that a thread has at the least.
pub(crate) const STACK: usize = 512 << 10;

/// Calls within calls have reached so far down the stack, which is too far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooDeep(pub(crate) usize);

thread_local! {
    static PARENT: Cell<Option<Parent>> = const { Cell::new(None) };
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, this thread answers a call.
pub(crate) struct Answering(Option<Parent>);

/// Begins to answer a call of this sandbox's.
#[inline]
pub(crate) fn enter(sandbox: &Sandbox) -> Answering {
    let here = here();
    let top = PARENT.get().filter(|it| it.reaches(here).is_some()).map_or(here, |it| it.top);
    Answering(PARENT.replace(Some(parent(sandbox, top))))
}

#[inline]
fn parent(sandbox: &Sandbox, top: usize) -> Parent {
    let ticker = sandbox.rules.engine.ticker();
    Parent {
        top,
        clock: ticker.id(),
        deadline: sandbox.deadline,
        began: ticker.now(),
        tick: ticker.tick(),
        fuel: sandbox.fuel_for_others,
    }
}

/// Begins to answer a call of this sandbox's by what may wait.
pub(crate) fn asked(sandbox: &Sandbox) -> Asked {
    Asked(parent(sandbox, 0))
}

/// A call that is answered while nothing of it stays on a thread.
#[doc(hidden)]
#[must_use]
#[expect(missing_debug_implementations, reason = "only generated code has one")]
pub struct Asked(Parent);

/// What a call was answered, and what is left of its fuel for others.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "only generated code has one")]
pub struct Answered<R> {
    pub(crate) answer: R,
    pub(crate) fuel: Option<u64>,
}

impl Asked {
    /// Waits for the answer: whatever thread comes to it answers the call, for as long as it does.
    pub async fn wait<R>(self, answer: impl Future<Output = R>) -> Answered<R> {
        let mut parent = self.0;
        let mut answer = pin!(answer);
        let answer = poll_fn(|cx| {
            // Each sandbox that waits has a stack of its own.
            parent.top = here();
            let answering = Answering(PARENT.replace(Some(parent)));
            let polled = answer.as_mut().poll(cx);
            parent.fuel = answering.fuel();
            polled
        });
        let answer = answer.await;
        Answered { answer, fuel: parent.fuel }
    }
}

impl Parent {
    /// How far down the stack it is from its top to here; nothing on another stack, such as an async call has.
    fn reaches(&self, here: usize) -> Option<usize> {
        self.top.checked_sub(here).filter(|it| *it < 4 * STACK)
    }
}

/// An address in the frame of the caller.
#[inline]
fn here() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

impl Answering {
    /// The fuel that is left for further calls.
    #[inline]
    pub(crate) fn fuel(&self) -> Option<u64> {
        PARENT.get().and_then(|it| it.fuel)
    }
}

impl Drop for Answering {
    #[inline]
    fn drop(&mut self) {
        PARENT.set(self.0);
        if thread::panicking() {
            PANICKED.set(true);
        }
    }
}

/// Whether the panic that was just caught is one of the host author's, and not wasmtime's.
pub(crate) fn host_panicked() -> bool {
    PANICKED.take()
}

/// The tick at which a call of so many ticks, which begins now, must have ended; an error where it must not begin.
#[inline]
pub(crate) fn deadline(ticker: &Ticker, ticks: u64) -> Result<u64, TooDeep> {
    let own = ticker.now().saturating_add(ticks);
    let Some(parent) = PARENT.get() else { return Ok(own) };
    if let Some(used) = parent.reaches(here()).filter(|it| *it > STACK) {
        return Err(TooDeep(used));
    }
    if parent.clock == ticker.id() {
        return Ok(own.min(parent.deadline));
    }
    let ticks = parent.deadline.saturating_sub(parent.began);
    let left = parent.tick.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
    Ok(own.min(ticker.now().saturating_add(ticker.ticks(left))))
}

/// The fuel of a call that begins now, of so much that its own policy allows.
#[inline]
pub(crate) fn fuel(own: u64) -> u64 {
    PARENT.get().and_then(|it| it.fuel).map_or(own, |left| own.min(left))
}

/// Gives back fuel of a call that was noted as spent before it was.
pub(crate) fn unspent(fuel: u64) {
    if let Some(parent @ Parent { fuel: Some(left), .. }) = PARENT.get() {
        PARENT.set(Some(Parent { fuel: Some(left.saturating_add(fuel)), ..parent }));
    }
}

/// Notes that a call which began here has ended, and what it spent, with the calls that it made.
#[inline]
pub(crate) fn spent(fuel: u64) {
    if let Some(parent @ Parent { fuel: Some(left), .. }) = PARENT.get() {
        PARENT.set(Some(Parent { fuel: Some(left.saturating_sub(fuel)), ..parent }));
    }
}
