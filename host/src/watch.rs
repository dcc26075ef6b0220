//! Waits for what runs elsewhere: on whatever executor polls it, and no longer than it may.
//!
//! Time is tokio's; where no runtime of tokio's is about, it is that of wasmtime-wasi.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake},
    thread::{self, Thread},
    time::Duration,
};

use tokio::task::unconstrained;
use wasmtime::Store;
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::{
    nested,
    state::{Exceeded, Rules, State},
};

/// Waits for `future`, no longer than `time` from when it first has to wait; nothing where it took longer.
pub(crate) async fn within<R>(
    time: impl FnOnce() -> Duration,
    future: impl Future<Output = R>,
) -> Option<R> {
    let mut future = pin!(future);
    // The timer is made where it is needed, since most calls never wait.
    // One that has to wait all the same must not be held up by what it waits for.
    let mut late = pin!(unconstrained(async { tokio::time::sleep(time()).await }));
    let polled = poll_fn(|context| {
        with_ambient_tokio_runtime(|| match future.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => late.as_mut().poll(context).map(|()| None),
        })
    });
    polled.await
}

/// Runs in a sandbox what may wait, on this thread, and no longer than the call may take.
pub(crate) fn driven<H, R>(
    store: &mut Store<State<H>>,
    run: impl AsyncFnOnce(&mut Store<State<H>>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    let sandbox = &store.data().sandbox;
    let (rules, deadline) = (Arc::clone(&sandbox.rules), sandbox.deadline);
    let mut result = None;
    drive(pin!(async { result = Some(run(store).await) }), &rules, deadline);
    result.unwrap_or_else(|| Err(Exceeded::Deadline.into()))
}

/// Waits on this thread for a future, whose type is left open so that this is compiled once, no longer than until a
/// deadline.
///
/// tokio is not asked to, because it panics when a thread on which it drives something waits on it once more, as
/// wasmtime-wasi does when the plugin prints.
fn drive(future: Pin<&mut dyn Future<Output = ()>>, rules: &Rules, deadline: u64) {
    struct Caller(Thread);

    impl Wake for Caller {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Arc::new(Caller(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(within(|| rules.engine.ticker().left(deadline), future));
    while nested::looped(|| future.as_mut().poll(&mut context)).is_pending() {
        thread::park();
    }
}
