//! A plugin that is ready to be called.

use std::sync::{Arc, Mutex, PoisonError};

use plugwright_component::Artifact;
use wasmtime::Store;

use crate::{
    error::CallError,
    instance::Instance,
    policy::{Instances, Policy},
    state::{Rules, State},
    world::World,
};

/// A plugin that is compiled, checked against world `W` and linked under its policy; cheap to clone.
///
/// The functions that the world exports are methods, by the trait that [`bindings!`](crate::bindings) makes.
/// Each call runs in a sandbox that the policy's [`Instances`] choose.
pub struct Plugin<W: World>(Arc<Shared<W>>);

struct Shared<W: World> {
    pre: W::Pre,
    rules: Arc<Rules>,
    host: Box<dyn Fn() -> W::Host + Send + Sync>,
    /// Sandboxes that wait for their next call; at most one where the policy pins it.
    idle: Mutex<Vec<Instance<W>>>,
}

impl<W: World> Clone for Plugin<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: World> std::fmt::Debug for Plugin<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name())
            .field("world", &W::NAME)
            .field("policy", self.policy())
            .finish_non_exhaustive()
    }
}

impl<W: World> Plugin<W> {
    pub(crate) fn new(
        pre: W::Pre,
        rules: Arc<Rules>,
        host: Box<dyn Fn() -> W::Host + Send + Sync>,
    ) -> Self {
        Self(Arc::new(Shared { pre, rules, host, idle: Mutex::default() }))
    }

    /// The component's name, for messages.
    pub fn name(&self) -> &str {
        self.artifact().name()
    }

    /// The component that was loaded.
    pub fn artifact(&self) -> &Artifact {
        &self.0.rules.artifact
    }

    /// What the plugin may use and spend.
    pub fn policy(&self) -> &Policy {
        &self.0.rules.policy
    }

    /// Makes a sandbox that lives, with its state, until it is dropped or a call in it fails.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `start`.
    pub fn instantiate(&self) -> Result<Instance<W>, CallError> {
        self.instantiate_with((self.0.host)())
    }

    /// The same with a state of the host author's own, such as what one request needs.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `start`.
    pub fn instantiate_with(&self, host: W::Host) -> Result<Instance<W>, CallError> {
        Instance::start(&self.0.pre, &self.0.rules, host)
    }

    pub(crate) fn pre(&self) -> &W::Pre {
        &self.0.pre
    }

    /// Calls a function under the plugin's instance policy.
    #[doc(hidden)]
    pub fn __call<R: Send>(
        &self,
        function: &str,
        call: impl FnOnce(&W::Exports, &mut Store<State<W::Host>>) -> wasmtime::Result<R> + Send,
    ) -> Result<R, CallError> {
        match self.policy().instances {
            Instances::Fresh => self.instantiate()?.__call(function, call),
            Instances::Reuse(times) => {
                let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut instance = idle.map_or_else(|| self.instantiate(), Ok)?;
                let result = instance.__call(function, call);
                if instance.is_alive() && instance.calls() < u64::from(times.get()) {
                    self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
                }
                result
            }
            Instances::Pinned => {
                // The lock is held during the call: that is what serialises calls to a pinned sandbox.
                let mut pinned = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
                if pinned.first().is_none_or(|instance| !instance.is_alive()) {
                    pinned.clear();
                    pinned.push(self.instantiate()?);
                }
                pinned[0].__call(function, call)
            }
        }
    }
}
