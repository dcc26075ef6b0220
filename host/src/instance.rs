//! One live sandbox.

use std::sync::Arc;

use wasmtime::{Store, component::ResourceAny};

use crate::{
    error::CallError,
    explain::explain,
    state::{Rules, Sandbox, State},
    world::World,
};

/// One live sandbox of a plugin of world `W`: its memory, its resources, and what is left of its budget.
///
/// The functions and resources that the world exports are methods, by the trait that
/// [`bindings!`](crate::bindings) makes.
/// State and resources live as long as the instance; a call that fails ends it.
pub struct Instance<W: World> {
    store: Store<State<W::Host>>,
    exports: W::Exports,
    rules: Arc<Rules>,
    /// Whether an earlier call ended badly; also set while a call runs, so that a panic leaves it set.
    dead: bool,
    calls: u64,
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

/// What a failed start says was called.
const START: &str = "start";

impl<W: World> Instance<W> {
    pub(crate) fn start(
        pre: &W::Pre,
        rules: &Arc<Rules>,
        host: W::Host,
    ) -> Result<Self, CallError> {
        let mut store = Store::new(&rules.wasm, State::new(host, Sandbox::new(Arc::clone(rules))));
        store.limiter(|state| &mut state.sandbox);
        let limits = &rules.policy.limits;
        store.set_max_component_handles(limits.handles);
        store.set_hostcall_fuel(usize::try_from(limits.lifted).unwrap_or(usize::MAX));
        begin(&mut store, rules);
        let started = apart(rules, || W::instantiate(pre, &mut store));
        match started {
            Ok(exports) => {
                store.data_mut().sandbox.starting = false;
                Ok(Self { store, exports, rules: Arc::clone(rules), dead: false, calls: 0 })
            }
            Err(error) => Err(explain(START, &error, &store.data().sandbox)),
        }
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

    /// Bytes of memory that the sandbox has, over all its memories.
    pub fn memory(&self) -> u64 {
        self.store.data().sandbox.memory()
    }

    /// Drops a resource that the plugin made, which runs the plugin's destructor.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `drop`.
    pub fn drop_resource(&mut self, resource: ResourceAny) -> Result<(), CallError> {
        self.__call("drop", |_, store| resource.resource_drop(store))
    }

    /// Calls a function in this sandbox.
    #[doc(hidden)]
    pub fn __call<R: Send>(
        &mut self,
        function: &str,
        call: impl FnOnce(&W::Exports, &mut Store<State<W::Host>>) -> wasmtime::Result<R> + Send,
    ) -> Result<R, CallError> {
        if std::mem::replace(&mut self.dead, true) {
            return Err(CallError::Dead { function: function.to_owned() });
        }
        begin(&mut self.store, &self.rules);
        self.calls += 1;
        match apart(&self.rules, || call(&self.exports, &mut self.store)) {
            Ok(result) => {
                self.dead = false;
                Ok(result)
            }
            Err(error) => Err(explain(function, &error, &self.store.data().sandbox)),
        }
    }
}

/// Gives the sandbox the budget of one call.
fn begin<H>(store: &mut Store<State<H>>, rules: &Rules) {
    store.set_epoch_deadline(rules.ticks);
    store.data_mut().sandbox.deadline = rules.engine.ticker().now().saturating_add(rules.ticks);
    if let Some(fuel) = rules.policy.limits.fuel {
        store.set_fuel(fuel).expect("an engine for plugins with fuel counts it");
    }
}

/// Runs a call where it may block.
///
/// wasmtime-wasi waits on tokio, which panics when a thread that drives async tasks waits on it.
/// So a plugin that can wait is called apart where the caller may be such a thread.
fn apart<R: Send>(rules: &Rules, call: impl FnOnce() -> R + Send) -> R {
    if !rules.waits {
        return call();
    }
    match tokio::runtime::Handle::try_current() {
        Err(_) => call(),
        Ok(handle) if handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(call)
        }
        Ok(_) => std::thread::scope(|scope| {
            scope.spawn(call).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}
