//! What waits, and begins where the thread runs the tasks of no store: there alone wasmtime begins to run one's.

use std::{
    cell::RefCell,
    future::poll_fn,
    mem,
    pin::Pin,
    sync::Weak,
    task::{Context, Poll},
};

use super::elsewhere;

/// What begins where no store's tasks run.
pub(crate) trait Begin: Send + Sync {
    fn begin(&self);
}

thread_local! {
    /// What waits until this thread runs none.
    static OUTSIDE: RefCell<Vec<Weak<dyn Begin>>> = const { RefCell::new(Vec::new()) };
}

/// Has something begin as soon as this thread runs the tasks of no store.
pub(crate) fn outside(begin: Weak<dyn Begin>) {
    OUTSIDE.with_borrow_mut(|it| it.push(begin));
}

/// Begins what waits for that.
pub(super) fn begin() {
    for it in OUTSIDE.take().iter().filter_map(Weak::upgrade) {
        it.begin();
    }
}

/// Waits for a future that begins on another thread.
pub(crate) async fn begun_elsewhere<R: Send>(
    mut future: Pin<&mut (impl Future<Output = R> + Send)>,
) -> wasmtime::Result<R> {
    let mut has_begun = false;
    poll_fn(|context| {
        if mem::replace(&mut has_begun, true) {
            return future.as_mut().poll(context).map(Ok);
        }
        let waker = context.waker();
        match elsewhere(|| future.as_mut().poll(&mut Context::from_waker(waker))) {
            Ok(polled) => polled.map(Ok),
            Err(error) => Poll::Ready(Err(error)),
        }
    })
    .await
}
