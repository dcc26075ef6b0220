//! Calls whose results are still written while they are read.

use std::{
    borrow::Cow,
    future::poll_fn,
    sync::{Arc, OnceLock},
    task::Poll,
};

use futures_util::{FutureExt, TryFutureExt, future::BoxFuture};
use wasmtime::component::Accessor;

use super::Plugin;
use crate::{
    error::CallError,
    instance::{
        Instance,
        flow::{Left, taken},
    },
    state::State,
    stream::Outputs,
    weigh::Weigh,
    world::AsyncWorld,
};

impl<W: AsyncWorld> Plugin<W> {
    /// Calls an `async func` under the plugin's instance policy.
    ///
    /// The call goes on as long as what it gave out is read; then, or where nothing is read any more, the sandbox is
    /// given back.
    #[doc(hidden)]
    pub async fn __flow<R: Weigh + Send + 'static>(
        &self,
        function: &'static str,
        bytes: u64,
        call: impl for<'a> FnOnce(
            &'a W::Exports,
            &'a Accessor<State<W::Host>>,
        ) -> BoxFuture<'a, wasmtime::Result<R>>
        + Send
        + 'static,
    ) -> Result<R, CallError> {
        self.flow_checked(function.into(), bytes, |_| Ok(()), call).await
    }

    /// The same in a sandbox that is looked at first.
    pub(crate) async fn flow_checked<R: Weigh + Send + 'static>(
        &self,
        function: Cow<'static, str>,
        bytes: u64,
        check: impl FnOnce(&mut Instance<W>) -> Result<(), CallError> + Send + 'static,
        call: impl for<'a> FnOnce(
            &'a W::Exports,
            &'a Accessor<State<W::Host>>,
        ) -> BoxFuture<'a, wasmtime::Result<R>>
        + Send
        + 'static,
    ) -> Result<R, CallError> {
        // Only who reads keeps the driver: it must not keep itself.
        let shared = Arc::new(OnceLock::new());
        let outputs = Arc::new(Outputs::new(&self.policy().limits, Arc::downgrade(&shared)));
        let left = Left::default();
        let mut driver = {
            let (plugin, outputs, left) = (self.clone(), Arc::clone(&outputs), Arc::clone(&left));
            async move {
                let mut lease = plugin.__lease(&function).await?;
                let instance = lease.__instance();
                let ended = match check(instance) {
                    Ok(()) => instance.flow(function, bytes, call, &left, outputs).await,
                    Err(error) => Err(error),
                };
                lease.__give_back().await;
                ended
            }
            .boxed()
        };
        let (result, ended) = poll_fn(|context| {
            let ended = driver.as_mut().poll(context);
            match (taken(&left), ended) {
                (None, Poll::Pending) => Poll::Pending,
                (None, Poll::Ready(Err(error))) => Poll::Ready(Err(error)),
                (None, Poll::Ready(Ok(()))) => {
                    unreachable!("a call that ended well left its result")
                }
                (Some(result), Poll::Pending) => Poll::Ready(Ok((result, false))),
                (Some(result), Poll::Ready(ended)) => Poll::Ready(ended.map(|()| (result, true))),
            }
        })
        .await?;
        if !ended && outputs.open() == 0 {
            driver.await?;
        } else if !ended {
            let driver = driver.map_err(Arc::new).boxed().shared();
            shared.set(driver).ok();
        }
        Ok(result)
    }
}
