//! Calls whose results are still written while they are read.

use std::{
    borrow::Cow,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
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
    nested::{self, Begin, Running},
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
        let driver = {
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
        let mut driver = Begins::new(driver, Arc::clone(&outputs));
        let (result, ended) = poll_fn(|context| {
            let ended = driver.poll_unpin(context);
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

/// A call that begins where the thread runs the tasks of no other store, since wasmtime begins to run one's tasks
/// nowhere else; then it goes on wherever it is waited for.
struct Begins {
    call: Arc<Outside>,
    outputs: Arc<Outputs>,
}

/// What is shared with who begins it.
struct Outside(Mutex<Step>);

struct Step {
    call: BoxFuture<'static, Result<(), CallError>>,
    /// How it ended outside, if it did.
    ended: Option<Result<(), CallError>>,
    /// Who waits for it, and as part of what.
    waits: Option<(Waker, Option<Running>)>,
}

impl Begins {
    fn new(call: BoxFuture<'static, Result<(), CallError>>, outputs: Arc<Outputs>) -> Self {
        let step = Step { call, ended: None, waits: None };
        Self { call: Arc::new(Outside(Mutex::new(step))), outputs }
    }
}

impl Future for Begins {
    type Output = Result<(), CallError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut step = self.call.lock();
        if let Some(ended) = step.ended.take() {
            return Poll::Ready(ended);
        }
        let running = nested::running();
        // What counts fuel is lent some by the call that it is part of, which goes on meanwhile: it begins on a thread
        // of its own.
        let is_free = self.outputs.has_begun()
            || !nested::is_in_loop()
            || running.is_some_and(|it| it.fuel.is_some());
        if is_free {
            return step.call.as_mut().poll(context);
        }
        let is_asked = step.waits.replace((context.waker().clone(), running)).is_some();
        if !is_asked {
            let call: Arc<dyn Begin> = Arc::<Outside>::clone(&self.call);
            nested::outside(Arc::downgrade(&call));
        }
        Poll::Pending
    }
}

impl Outside {
    fn lock(&self) -> MutexGuard<'_, Step> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Begin for Outside {
    fn begin(&self) {
        let mut step = self.lock();
        let Some((waker, running)) = step.waits.take() else { return };
        let outer = running.map(nested::enter);
        let polled = step.call.as_mut().poll(&mut Context::from_waker(&waker));
        outer.map(nested::leave);
        if let Poll::Ready(ended) = polled {
            step.ended = Some(ended);
        }
        waker.wake();
    }
}
