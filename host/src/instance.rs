//! One live sandbox.

#[cfg(feature = "async")]
pub(crate) mod flow;
mod waiting;

use std::{
    any::Any,
    num::NonZeroU64,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Weak},
    time::Instant,
};

use wasmtime::{
    Module, Store, UpdateDeadline, WasmCoreDump,
    component::{self, ResourceAny},
};

use crate::{
    error::CallError,
    explain::explain,
    metrics::counters::{Tally, Timer},
    nested::{self, Running},
    pristine::Reset,
    room::From,
    spent::{Counted, Spent},
    startup::Linked,
    state::{Rules, Sandbox, State},
    trace,
    watch::driven,
    weigh::Weigh,
    world::{World, blocks},
};

/// One live sandbox of a plugin of world `W`: its memory, its resources, and what is left of its budget.
///
/// The functions and resources that the world exports are methods, by the trait that
/// [`bindings!`](crate::bindings) makes.
/// State and resources live as long as the instance; a call that fails ends it.
pub struct Instance<W: World> {
    store: Store<State<W::Host>>,
    exports: W::Exports,
    component: component::Instance,
    /// How it is reset, where it keeps what it was.
    reset: Option<Reset>,
    // After the store, since the room is free only when that is gone.
    place: Place,
    /// Whether an earlier call ended badly; also set while a call runs, so that a panic leaves it set.
    dead: bool,
    calls: u64,
    /// What the call that ended it left, where the engine keeps core dumps.
    dump: Option<Box<WasmCoreDump>>,
}

impl<W: World> std::fmt::Debug for Instance<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance")
            .field("world", &W::NAME)
            .field("sandbox", &self.store.data().sandbox)
            .field("alive", &self.is_alive())
            .field("calls", &self.calls)
            .finish_non_exhaustive()
    }
}

/// The room that a sandbox takes in its engine.
struct Place {
    rules: Arc<Rules>,
    from: From,
    /// The memory that its plugin's counters know of.
    memory: u64,
}

impl Place {
    fn take(rules: &Arc<Rules>) -> Result<Self, CallError> {
        match rules.share.take() {
            Some(from) => Ok(Self { rules: Arc::clone(rules), from, memory: 0 }),
            None => {
                Err(CallError::Busy { function: START.to_owned(), allowed: rules.share.most() })
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.rules.share.give(self.from);
        self.rules.counters.ended(self.memory);
    }
}

/// What a failed start says was called.
const START: &str = "start";

impl<W: World> Instance<W> {
    pub(crate) fn start(
        pre: &W::Pre,
        rules: &Arc<Rules>,
        host: W::Host,
    ) -> Result<Self, CallError> {
        Self::start_uncounted(pre, rules, host).inspect_err(|error| rules.counters.failed(error))
    }

    fn start_uncounted(pre: &W::Pre, rules: &Arc<Rules>, host: W::Host) -> Result<Self, CallError> {
        const { blocks::<W>() };
        let place = Place::take(rules)?;
        let timer = rules.counters.starts(rules.engine.ticker().now());
        let mut store = Self::store(rules, host)?;
        let running = store.data().sandbox.running();
        let mut left = None;
        let start = || W::instantiate(pre, &mut store);
        let started = if rules.waits {
            apart(|| bounded(running, &mut left, start))
        } else {
            bounded(running, &mut left, start)
        };
        rules.counters.started(timer, rules.engine.ticker());
        Self::started(place, store, left, started)
    }

    /// A sandbox with nothing in it, and with the budget to start.
    fn store(rules: &Arc<Rules>, host: W::Host) -> Result<Store<State<W::Host>>, CallError> {
        let mut store = Store::new(&rules.wasm, State::new(host, Sandbox::new(Arc::clone(rules))));
        store.limiter(|state| &mut state.sandbox);
        // It captures nothing, so the box around it takes no memory.
        store.epoch_deadline_callback(|store| {
            store.data().sandbox.may_go_on()?;
            Ok(if W::IS_ASYNC { waiting::give_way() } else { UpdateDeadline::Continue(1) })
        });
        let limits = &rules.policy.limits;
        store.set_max_component_handles(limits.handles);
        store.set_hostcall_fuel(usize::try_from(limits.lifted).unwrap_or(usize::MAX));
        begin(START, &mut store, rules)?;
        Ok(store)
    }

    fn started(
        mut place: Place,
        mut store: Store<State<W::Host>>,
        left: Option<u64>,
        started: wasmtime::Result<(W::Exports, component::Instance)>,
    ) -> Result<Self, CallError> {
        match started {
            Ok((exports, component)) => {
                store.data_mut().sandbox.starting = false;
                end(&mut store, &place.rules, left, &mut place.memory);
                let (reset, dump) = (None, None);
                Ok(Self { store, exports, component, reset, place, dead: false, calls: 0, dump })
            }
            Err(error) => Err(explain(START, &error, &store.data().sandbox)),
        }
    }

    /// Has the sandbox keep what it is, before it is called for the first time.
    ///
    /// One that called its host while it started is no use to anybody else: what that changed is unknown.
    pub(crate) fn keep(&mut self) {
        let Some(doors) = &self.place.rules.doors else { return };
        if self.store.data().sandbox.is_untouched() {
            let keep = || Ok(doors.keep(&mut self.store, self.component));
            self.reset = guarded(keep).unwrap_or_default();
        }
    }

    /// Makes the sandbox what it was when it had started, and tells whether that was possible.
    ///
    /// It has no state of the host author's until it is renewed.
    pub(crate) fn reset(&mut self) -> bool {
        let Some(reset) = self.reset.as_ref().filter(|_| !self.dead) else { return false };
        let is_reset = guarded(|| Ok(reset.run(&mut self.store))).unwrap_or_default();
        self.store.data_mut().clear();
        is_reset
    }

    /// Gives a sandbox that was reset a state of the host author's.
    pub(crate) fn renew(&mut self, host: W::Host) {
        self.store.data_mut().renew(host);
    }

    /// The host author's state of this sandbox.
    pub fn host(&self) -> &W::Host {
        self.store.data().host()
    }

    /// The host author's state of this sandbox, to be changed.
    pub fn host_mut(&mut self) -> &mut W::Host {
        self.store.data_mut().host_mut()
    }

    /// Whether the sandbox can be called; a call that fails ends it.
    pub fn is_alive(&self) -> bool {
        !self.dead
    }

    /// How many calls have begun in this sandbox.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Whether the sandbox was made of this code.
    pub(crate) fn runs_on(&self, code: &Linked<W>) -> bool {
        Arc::ptr_eq(&self.place.rules, &code.rules)
    }

    /// Bytes of memory that the sandbox has, over all its memories.
    pub fn memory(&self) -> u64 {
        self.store.data().sandbox.memory()
    }

    /// The core dump of this sandbox, if its plugin's code was running when a call failed and
    /// [`EngineOptions::core_dumps`](crate::EngineOptions::core_dumps) is on.
    ///
    /// It holds the stack, and all memories and globals as they are now, in the format of the
    /// [tool conventions](https://github.com/WebAssembly/tool-conventions/blob/main/Coredump.md).
    /// Locals are not in it, since optimised code does not keep them.
    /// Components that are composed of others have none.
    pub fn core_dump(&mut self) -> Option<Vec<u8>> {
        let Self { store, dump, place, .. } = self;
        let (dump, name) = (dump.as_ref()?, place.rules.artifact.name());
        // Wasmtime 48 panics on globals that no core module defines: those that its adapters between the components
        // of a composed one import.
        let is_adapter = |module: &Module| {
            module.imports().any(|it| it.ty().global().is_some() && it.module() == "flags")
        };
        if dump.modules().iter().any(is_adapter) {
            return None;
        }
        catch_unwind(AssertUnwindSafe(|| dump.serialize(&mut *store, name))).ok()
    }

    /// Calls functions of this sandbox and says what that took.
    ///
    /// Calls that are not made through it cost nothing more.
    pub fn spend<R>(&mut self, calls: impl FnOnce(&mut Self) -> R) -> (R, Spent) {
        let before = self.counted();
        let start = Instant::now();
        let result = calls(self);
        let time = start.elapsed();
        (result, self.spent(self.counted().since(before), time))
    }

    pub(crate) fn spent(&self, counted: Counted, time: std::time::Duration) -> Spent {
        let fuel = self.place.rules.policy.limits.fuel.map(|_| counted.fuel);
        Spent {
            time,
            fuel,
            memory: self.memory(),
            copied_in: counted.copied_in,
            copied_out: counted.copied_out,
            streamed_in: counted.streamed_in,
            streamed_out: counted.streamed_out,
            host_calls: counted.host_calls,
        }
    }

    /// What has been spent since the sandbox began to start.
    pub(crate) fn counted(&self) -> Counted {
        self.store.data().sandbox.before
    }

    /// What had been spent when this sandbox was lent: nothing where it was made for that.
    pub(crate) fn counted_when_lent(&self) -> Counted {
        if self.calls == 0 { Counted::default() } else { self.counted() }
    }

    /// Drops a resource that the plugin made, which runs the plugin's destructor.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `drop`.
    pub fn drop_resource(&mut self, resource: ResourceAny) -> Result<(), CallError> {
        self.__call("drop", 0, |_, store| {
            if store.data().sandbox.rules.concurrent {
                driven(store, async |store| resource.resource_drop_async(store).await)
            } else {
                resource.resource_drop(store)
            }
        })
    }

    /// The same with several, up to the first whose destructor fails.
    pub(crate) fn drop_resources(&mut self, them: Vec<ResourceAny>) -> Result<(), CallError> {
        them.into_iter().try_for_each(|it| self.drop_resource(it))
    }

    /// Tells this sandbox from all others.
    pub(crate) fn id(&mut self) -> NonZeroU64 {
        self.store.data_mut().sandbox.id()
    }

    /// Has it share with others the plugins that live for one sandbox.
    pub(crate) fn join(&mut self, family: Weak<dyn Any + Send + Sync>) {
        self.store.data_mut().sandbox.family = family;
    }

    /// Calls a function in this sandbox.
    #[doc(hidden)]
    #[inline]
    pub fn __call<R: Weigh + Send>(
        &mut self,
        function: &str,
        bytes: u64,
        call: impl FnOnce(&W::Exports, &mut Store<State<W::Host>>) -> wasmtime::Result<R> + Send,
    ) -> Result<R, CallError> {
        let Some(told) = trace::call(&self.place.rules.artifact, function) else {
            return self.call_untold(function, bytes, call);
        };
        let _entered = told.span.enter();
        let result = self.call_untold(function, bytes, call);
        let sandbox = &self.store.data().sandbox;
        trace::ended(&told, result.as_ref().err(), &sandbox.spent, sandbox.memory());
        result
    }

    /// The result is made where it is returned, and an error out of the way: moving it costs as much as all the rest.
    fn call_untold<R: Weigh + Send>(
        &mut self,
        function: &str,
        bytes: u64,
        call: impl FnOnce(&W::Exports, &mut Store<State<W::Host>>) -> wasmtime::Result<R> + Send,
    ) -> Result<R, CallError> {
        const { blocks::<W>() };
        let Self { store, exports, place: Place { rules, memory, .. }, dead, calls, dump, .. } =
            self;
        store.data_mut().sandbox.spent = Counted { copied_in: bytes, ..Counted::default() };
        if *dead {
            return Err(refused(rules, CallError::Dead { function: function.to_owned() }));
        }
        if let Err(error) = begin(function, store, rules) {
            return Err(refused(rules, error));
        }
        let running = store.data().sandbox.running();
        let tally = rules.counters.tally();
        let timer = tally.calls(store.data().sandbox.began);
        *dead = true;
        *calls += 1;
        let mut left = None;
        let result = if rules.waits {
            // What another thread may write is read from memory, so it is not the same as below.
            let mut unspent = None;
            let result = apart(|| bounded(running, &mut unspent, || call(exports, store)));
            left = unspent;
            result
        } else {
            bounded(running, &mut left, || call(exports, store))
        };
        Ending { store, rules, left, memory, dead, dump, tally, timer }.of(function, result)
    }
}

/// What is noted when a call has ended.
struct Ending<'a, H: 'static> {
    store: &'a mut Store<State<H>>,
    rules: &'a Rules,
    /// What is left of the fuel for the calls that were made to answer it.
    left: Option<u64>,
    memory: &'a mut u64,
    dead: &'a mut bool,
    dump: &'a mut Option<Box<WasmCoreDump>>,
    tally: &'a Tally,
    timer: Timer,
}

impl<H: 'static> Ending<'_, H> {
    /// What the call gave, or why it failed.
    #[inline(always)]
    fn of<R: Weigh>(mut self, function: &str, result: wasmtime::Result<R>) -> Result<R, CallError> {
        let sandbox = &mut self.store.data_mut().sandbox;
        let error = match result {
            // A call that spent too much in its last steps ran on to its end.
            Ok(value) => match sandbox.keeps_within() {
                Ok(()) => {
                    sandbox.spent.copied_out += value.bytes();
                    self.count(true);
                    *self.dead = false;
                    return Ok(value);
                }
                Err(error) => error,
            },
            Err(error) => error,
        };
        Err(self.failed(function, error))
    }

    #[cold]
    fn failed(&mut self, function: &str, error: wasmtime::Error) -> CallError {
        let told = explain(function, &error, &self.store.data().sandbox);
        *self.dump = error.downcast().ok().map(Box::new);
        self.count(false);
        refused(self.rules, told)
    }

    #[inline(always)]
    fn count(&mut self, well: bool) {
        end(self.store, self.rules, self.left, self.memory);
        let (ticker, spent) = (self.rules.engine.ticker(), &self.store.data().sandbox.spent);
        self.tally.called(self.timer, ticker, well, spent);
    }
}

/// Counts a call that is not made, or failed.
#[cold]
fn refused(rules: &Rules, error: CallError) -> CallError {
    rules.counters.failed(&error);
    error
}

/// Adds up what the call that has ended spent; `memory` is what the plugin's counters know of.
#[inline(always)]
fn end<H>(store: &mut Store<State<H>>, rules: &Rules, left: Option<u64>, memory: &mut u64) {
    if let Some(given) = store.data().sandbox.fuel {
        let unspent = store.get_fuel().unwrap_or_default();
        let sandbox = &mut store.data_mut().sandbox;
        sandbox.spent.fuel = given.saturating_sub(unspent);
        let others = given.saturating_sub(left.unwrap_or_default());
        nested::spent(sandbox.spent.fuel.saturating_add(others));
    }
    let sandbox = &mut store.data_mut().sandbox;
    sandbox.before = sandbox.before.plus(sandbox.spent);
    if !sandbox.lent.is_empty() {
        sandbox.take_back();
    }
    let now = sandbox.memory();
    if now != *memory {
        rules.counters.grew(now.saturating_sub(*memory));
        *memory = now;
    }
}

/// Gives the sandbox the budget of one call, of which it has spent nothing but what is copied into it.
///
/// What it was given lies in the sandbox, word by word: a processor waits where words that were just written are read
/// as one.
#[inline(always)]
fn begin<H>(function: &str, store: &mut Store<State<H>>, rules: &Rules) -> Result<(), CallError> {
    let ticker = rules.engine.ticker();
    let own = Running::outermost(ticker, rules.ticks, rules.policy.limits.fuel);
    store.data_mut().sandbox.give(own, ticker.now());
    if !nested::is_outermost() {
        let given = own.within(ticker).map_err(|nested::TooDeep(asked)| {
            let (function, allowed) = (function.to_owned(), nested::STACK);
            CallError::Depth { function, allowed, asked }
        })?;
        store.data_mut().sandbox.give(given, ticker.now());
    }
    store.set_epoch_deadline(1);
    if let Some(fuel) = store.data().sandbox.fuel {
        store.set_fuel(fuel).expect("an engine for plugins with fuel counts it");
    }
    Ok(())
}

/// Runs what runs the plugin, and turns a panic of the runtime's into an error.
///
/// A panic in a function of the host author's goes on to whoever called: it is theirs to deal with.
/// Either way the sandbox is never called again.
fn guarded<R>(run: impl FnOnce() -> wasmtime::Result<R>) -> wasmtime::Result<R> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| panicked(panic))
}

/// The same of a call, to which what the host calls meanwhile belongs; gives what is left of the fuel for that.
#[inline(always)]
fn bounded<R>(
    running: Running,
    left: &mut Option<u64>,
    run: impl FnOnce() -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    let outer = nested::enter(running);
    let caught = catch_unwind(AssertUnwindSafe(run));
    *left = nested::leave(outer);
    caught.unwrap_or_else(|panic| panicked(panic))
}

#[cold]
fn panicked<R>(panic: Box<dyn Any + Send>) -> wasmtime::Result<R> {
    if nested::host_panicked() {
        resume_unwind(panic);
    }
    Err(Panicked(said(&*panic)).into())
}

/// The runtime panicked, as it travels to the caller.
#[derive(Debug, thiserror::Error)]
#[error("the runtime panicked: {0}")]
pub(crate) struct Panicked(pub(crate) String);

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it did not say why").to_owned()
}

/// Runs a call where it may block.
///
/// wasmtime-wasi waits on tokio, which panics when a thread that drives async tasks waits on it.
/// So a plugin that can wait is called apart where the caller may be such a thread.
#[cold]
fn apart<R: Send>(call: impl FnOnce() -> R + Send) -> R {
    let (result, ()) = nested::once(call, where_it_may_block);
    result.expect("what ran to its end gave something")
}

fn where_it_may_block(call: &mut (dyn FnMut() + Send)) {
    match tokio::runtime::Handle::try_current() {
        Err(_) => call(),
        Ok(handle) if handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(call);
        }
        Ok(_) => std::thread::scope(|scope| {
            scope.spawn(call).join().unwrap_or_else(|panic| resume_unwind(panic));
        }),
    }
}
