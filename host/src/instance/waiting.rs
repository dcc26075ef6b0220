//! Sandboxes whose host is async: nothing waits on a thread, and a call ends when its future is dropped.

use std::{
    borrow::Cow,
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use tracing::{Instrument, Span};
use wasmtime::{Store, UpdateDeadline, component::ResourceAny};

use super::{Ending, Instance, Place, begin, bounded, guarded, refused};
use crate::{
    error::CallError,
    metrics::counters::{Counters, Timer},
    nested::{self, Running},
    spent::{Counted, Spent},
    state::{Exceeded, Rules, State},
    trace,
    watch::within,
    weigh::Weigh,
    world::AsyncWorld,
};

/// A call that runs in a sandbox; where it is dropped before its end, the sandbox is never called again.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "only generated code has one")]
pub struct Call<'a, W: AsyncWorld> {
    instance: &'a mut Instance<W>,
    function: Cow<'static, str>,
    told: Option<trace::Call>,
    timer: Timer,
    running: Running,
    lent: u64,
    is_over: bool,
}

/// What bounds the future of a call.
#[doc(hidden)]
#[expect(missing_debug_implementations, reason = "only generated code has one")]
pub struct Watch<'a> {
    rules: &'a Rules,
    running: &'a mut Running,
    span: Span,
}

impl Watch<'_> {
    /// Waits for what runs in the sandbox, and drops it when its time is over.
    #[doc(hidden)]
    pub async fn wait<R>(
        self,
        call: impl Future<Output = wasmtime::Result<R>>,
    ) -> wasmtime::Result<R> {
        let Self { rules, running, span } = self;
        let deadline = running.deadline;
        let left = || rules.engine.ticker().left(deadline);
        let mut call = pin!(call.instrument(span));
        // Whatever thread comes to it runs the call, for as long as it does.
        let call = polled(|context| {
            let poll = || Ok(nested::looped(|| call.as_mut().poll(context)));
            bounded(*running, &mut running.fuel, poll)
        });
        match within(left, call).await {
            Some(Ok(result)) => result,
            Some(Err(panicked)) => Err(panicked),
            None => Err(Exceeded::Deadline.into()),
        }
    }
}

/// [`guarded`] for what waits.
async fn caught<R>(run: impl Future<Output = R>) -> wasmtime::Result<R> {
    let mut run = pin!(run);
    polled(|context| guarded(|| Ok(run.as_mut().poll(context)))).await
}

async fn polled<R>(
    mut poll: impl FnMut(&mut Context<'_>) -> wasmtime::Result<Poll<R>>,
) -> wasmtime::Result<R> {
    poll_fn(|context| match poll(context) {
        Ok(polled) => polled.map(Ok),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

/// Leaves the thread to other tasks until the next tick.
///
/// Tokio looks for what timers and sockets have brought before it comes back.
pub(super) fn give_way() -> UpdateDeadline {
    UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))
}

/// Takes the fuel of what begins from the call which it helps to answer, until it is known what was needed of it.
///
/// That call may begin others meanwhile, which must not be given the same.
/// One that is dropped before its end keeps what it was lent.
fn lend(running: &Running) -> u64 {
    let fuel = running.fuel.unwrap_or_default();
    nested::spent(fuel);
    fuel
}

/// Counts a start whose future is dropped.
struct Starting<'a>(Option<&'a Counters>);

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        if let Some(counters) = self.0 {
            counters.ended_as(trace::CANCELLED);
        }
    }
}

impl<W: AsyncWorld> Instance<W> {
    pub(crate) async fn start_async(
        pre: &W::Pre,
        rules: &Arc<Rules>,
        host: W::Host,
    ) -> Result<Self, CallError> {
        let mut starting = Starting(Some(&rules.counters));
        let started = Self::start_async_uncounted(pre, rules, host).await;
        starting.0 = None;
        started.inspect_err(|error| rules.counters.failed(error))
    }

    async fn start_async_uncounted(
        pre: &W::Pre,
        rules: &Arc<Rules>,
        host: W::Host,
    ) -> Result<Self, CallError> {
        let place = Place::take(rules)?;
        let timer = rules.counters.starts(rules.engine.ticker().now());
        let mut store = Self::store(rules, host)?;
        let mut running = store.data().sandbox.running();
        let lent = lend(&running);
        let watch = Watch { rules, running: &mut running, span: Span::none() };
        let started = watch.wait(W::instantiate_async(pre, &mut store)).await;
        rules.counters.started(timer, rules.engine.ticker());
        nested::unspent(lent);
        Self::started(place, store, running.fuel, started)
    }

    /// [`Instance::keep`] for one whose host is async.
    pub(crate) async fn keep_async(&mut self) {
        let Some(doors) = &self.place.rules.doors else { return };
        if self.store.data().sandbox.is_untouched() {
            let keep = caught(doors.keep_async(&mut self.store, self.component));
            self.reset = keep.await.unwrap_or_default();
        }
    }

    /// [`Instance::reset`] for one whose host is async.
    pub(crate) async fn reset_async(&mut self) -> bool {
        let Some(reset) = self.reset.as_ref().filter(|_| !self.dead) else { return false };
        let is_reset = caught(reset.run_async(&mut self.store)).await.unwrap_or_default();
        self.store.data_mut().clear();
        is_reset
    }

    /// Calls functions of this sandbox and says what that took.
    pub async fn spend_async<R>(&mut self, calls: impl AsyncFnOnce(&mut Self) -> R) -> (R, Spent) {
        let before = self.counted();
        let start = Instant::now();
        let result = calls(self).await;
        let time = start.elapsed();
        (result, self.spent(self.counted().since(before), time))
    }

    /// Drops a resource that the plugin made, which runs the plugin's destructor.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `drop`.
    pub async fn drop_resource_async(&mut self, resource: ResourceAny) -> Result<(), CallError> {
        let mut call = self.__begin("drop", 0)?;
        let (_, store, watch) = call.__parts();
        let dropped = watch.wait(resource.resource_drop_async(store)).await;
        call.__end(dropped)
    }

    /// The same with several, up to the first whose destructor fails.
    pub(crate) async fn drop_resources_async(
        &mut self,
        them: Vec<ResourceAny>,
    ) -> Result<(), CallError> {
        for it in them {
            self.drop_resource_async(it).await?;
        }
        Ok(())
    }

    /// Begins a call in this sandbox.
    #[doc(hidden)]
    pub fn __begin(
        &mut self,
        function: impl Into<Cow<'static, str>>,
        bytes: u64,
    ) -> Result<Call<'_, W>, CallError> {
        let function = function.into();
        let rules = &self.place.rules;
        let sandbox = &mut self.store.data_mut().sandbox;
        sandbox.spent = Counted { copied_in: bytes, ..Counted::default() };
        #[cfg(feature = "async")]
        sandbox.end_outputs();
        let begun = if self.dead {
            Err(CallError::Dead { function: function.to_string() })
        } else {
            begin(&function, &mut self.store, rules)
        };
        begun.map_err(|error| refused(rules, error))?;
        let running = self.store.data().sandbox.running();
        let told = trace::call(&rules.artifact, &function);
        let timer = rules.counters.tally().calls(self.store.data().sandbox.began);
        let lent = lend(&running);
        self.dead = true;
        self.calls += 1;
        Ok(Call { instance: self, function, told, timer, running, lent, is_over: false })
    }
}

impl<W: AsyncWorld> Call<'_, W> {
    /// What a call is made of.
    #[doc(hidden)]
    pub fn __parts(&mut self) -> (&W::Exports, &mut Store<State<W::Host>>, Watch<'_>) {
        let Instance { store, exports, place, .. } = &mut *self.instance;
        let span = self.told.as_ref().map_or_else(Span::none, |told| told.span.clone());
        let watch = Watch { rules: &place.rules, running: &mut self.running, span };
        (exports, store, watch)
    }

    /// Ends the call.
    #[doc(hidden)]
    pub fn __end<R: Weigh>(mut self, result: wasmtime::Result<R>) -> Result<R, CallError> {
        self.is_over = true;
        nested::unspent(self.lent);
        let Instance { store, place: Place { rules, memory, .. }, dump, dead, .. } =
            &mut *self.instance;
        // The thread may be another one than that on which it began.
        let (tally, timer) = (rules.counters.tally(), self.timer);
        let left = self.running.fuel;
        let ending = Ending { store, rules, left, memory, dead, dump, tally, timer };
        let result = ending.of(&self.function, result);
        if let Some(told) = &self.told {
            let sandbox = &self.instance.store.data().sandbox;
            trace::ended(told, result.as_ref().err(), &sandbox.spent, sandbox.memory());
        }
        result
    }
}

impl<W: AsyncWorld> Drop for Call<'_, W> {
    fn drop(&mut self) {
        #[cfg(feature = "async")]
        self.instance.store.data_mut().sandbox.end_outputs();
        if self.is_over {
            return;
        }
        let Instance { store, place, .. } = &*self.instance;
        let rules = &*place.rules;
        let tally = rules.counters.tally();
        tally.called(self.timer, rules.engine.ticker(), false, &store.data().sandbox.spent);
        rules.counters.ended_as(trace::CANCELLED);
        if let Some(told) = &self.told {
            trace::cancelled(told);
        }
    }
}
