//! Calls of `async func`s, and what they read and write while they run.

use std::{
    borrow::Cow,
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::BoxFuture;
use wasmtime::component::Accessor;

use super::Instance;
use crate::{
    error::CallError,
    nested,
    state::State,
    stream::{Outputs, Weakly},
    weigh::Weigh,
    world::AsyncWorld,
};

/// Where a call leaves its result, while it runs on.
pub(crate) type Left<R> = Arc<Mutex<Option<R>>>;

/// Takes the result that a call left.
pub(crate) fn taken<R>(left: &Left<R>) -> Option<R> {
    left.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// What a call does with the plugin's functions.
///
/// It is boxed, since only so can it be said that it may move between threads.
pub(crate) trait Calls<W: AsyncWorld, R>:
    for<'a> FnOnce(
        &'a W::Exports,
        &'a Accessor<State<W::Host>>,
    ) -> BoxFuture<'a, wasmtime::Result<R>>
    + Send
{
}

impl<W: AsyncWorld, R, F> Calls<W, R> for F where
    F: for<'a> FnOnce(
            &'a W::Exports,
            &'a Accessor<State<W::Host>>,
        ) -> BoxFuture<'a, wasmtime::Result<R>>
        + Send
{
}

impl<W: AsyncWorld> Instance<W> {
    /// Calls an `async func` whose result is whole when it returns.
    #[doc(hidden)]
    pub async fn __concurrent<R: Weigh + Send>(
        &mut self,
        function: &'static str,
        bytes: u64,
        call: impl for<'a> FnOnce(
            &'a W::Exports,
            &'a Accessor<State<W::Host>>,
        ) -> BoxFuture<'a, wasmtime::Result<R>>
        + Send,
    ) -> Result<R, CallError> {
        let left = Left::default();
        let limits = &self.place.rules.policy.limits;
        let outputs = Arc::new(Outputs::new(limits, Weakly::new()));
        self.flow(function, bytes, call, &left, outputs).await?;
        Ok(taken(&left).expect("a call that ended well left its result"))
    }

    /// Calls an `async func`, and runs the sandbox until all that the call began is over, and all that it gave out is
    /// read.
    pub(crate) async fn flow<R: Weigh + Send>(
        &mut self,
        function: impl Into<Cow<'static, str>>,
        bytes: u64,
        call: impl Calls<W, R>,
        left: &Left<R>,
        outputs: Arc<Outputs>,
    ) -> Result<(), CallError> {
        let before = self.counted_when_lent();
        let mut running = self.__begin(function, bytes)?;
        let (exports, store, watch) = running.__parts();
        let sandbox = &mut store.data_mut().sandbox;
        sandbox.outputs = Some(Arc::clone(&outputs));
        // That of the call itself is yet to come.
        let is_in_loop = nested::is_in_loop();
        let flow = store.run_concurrent(async |accessor| {
            outputs.begin();
            let result = call(exports, accessor).await?;
            let bytes = result.bytes();
            accessor.with(|mut store| store.data_mut().sandbox.spent.copied_out += bytes);
            *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            poll_fn(|context| outputs.poll_closed(context)).await;
            poll_fn(|context| accessor.poll_no_interesting_tasks(context)).await;
            Ok(())
        });
        let ended = watch
            .wait(async {
                let mut flow = pin!(flow);
                if is_in_loop {
                    nested::begun_elsewhere(flow.as_mut()).await??
                } else {
                    flow.await?
                }
            })
            .await;
        let ended = running.__end(ended);
        outputs.spend(self.spent(self.counted().since(before), outputs.elapsed()));
        ended
    }
}
