//! The call in which this thread is: a plugin that is called from another one's host function ends with it.

use std::{cell::Cell, time::Duration};

use crate::{state::Sandbox, ticker::Ticker};

/// The end of the call that this thread answers.
#[derive(Clone, Copy)]
struct Parent {
    clock: usize,
    deadline: u64,
    /// When the host's function began, and how long a tick is: for a plugin of an engine with another clock.
    began: u64,
    tick: Duration,
}

thread_local! {
    static PARENT: Cell<Option<Parent>> = const { Cell::new(None) };
}

/// While it lives, this thread answers a call.
pub(crate) struct Answering(Option<Parent>);

/// Begins to answer a call of this sandbox's.
#[inline]
pub(crate) fn enter(sandbox: &Sandbox) -> Answering {
    let ticker = sandbox.rules.engine.ticker();
    let parent = Parent {
        clock: ticker.id(),
        deadline: sandbox.deadline,
        began: ticker.now(),
        tick: ticker.tick(),
    };
    Answering(PARENT.replace(Some(parent)))
}

impl Drop for Answering {
    #[inline]
    fn drop(&mut self) {
        PARENT.set(self.0);
    }
}

/// The tick at which a call of so many ticks, which begins now, must have ended.
#[inline]
pub(crate) fn deadline(ticker: &Ticker, ticks: u64) -> u64 {
    let own = ticker.now().saturating_add(ticks);
    match PARENT.get() {
        None => own,
        Some(parent) if parent.clock == ticker.id() => own.min(parent.deadline),
        Some(parent) => {
            let ticks = parent.deadline.saturating_sub(parent.began);
            let left = parent.tick.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
            own.min(ticker.now().saturating_add(ticker.ticks(left)))
        }
    }
}
