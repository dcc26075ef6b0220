//! Waits for what runs elsewhere: on whatever executor polls it, and no longer than it may.
//!
//! Time is tokio's; where no runtime of tokio's is about, it is that of wasmtime-wasi.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use tokio::task::unconstrained;
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

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
