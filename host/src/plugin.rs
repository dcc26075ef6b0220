//! A plugin that is ready to be called.

#[cfg(feature = "async")]
mod flow;
mod session;
mod waiting;

use std::{
    num::NonZeroU64,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use plugwright_component::{
    Artifact,
    policy::{Instances, Policy},
};
use wasmtime::{Store, component::ResourceAny};

pub(crate) use self::session::Sessions;
use crate::{
    engine::Allocation,
    error::CallError,
    instance::Instance,
    pristine::{InForce, Resets},
    queue::{Queue, Refused, Turn},
    spent::Spent,
    startup::{Code, Now, Running},
    state::State,
    weigh::Weigh,
    world::World,
};

/// A plugin that is compiled, checked against world `W` and linked under its policy; cheap to clone.
///
/// The functions that the world exports are methods, by the trait that [`bindings!`](crate::bindings) makes.
/// Each call runs in a sandbox that the policy's [`Instances`] choose.
pub struct Plugin<W: World>(Arc<Shared<W>>);

pub(crate) struct Shared<W: World> {
    loaded: Arc<Loaded<W>>,
    /// How its sandboxes are used: as the policy in force says, or pinned, where another plugin holds its handles.
    instances: Instances,
    /// The sandbox that it lives for, where it does not live for all.
    family: Weak<Sessions<W::Host>>,
    queue: Queue,
    idle: Mutex<Idle<W>>,
}

/// What was loaded once, however many live by it.
struct Loaded<W: World> {
    artifact: Artifact,
    policy: Policy,
    in_force: InForce,
    code: Running<W>,
    host: Box<dyn Fn() -> W::Host + Send + Sync>,
}

/// Sandboxes that wait for their next call; at most one where the policy pins it.
struct Idle<W: World> {
    sandboxes: Vec<Instance<W>>,
    resets: Resets,
    /// Handles that nobody holds any more, and in which sandbox they lie.
    abandoned: Vec<(NonZeroU64, ResourceAny)>,
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
        artifact: Artifact,
        policy: Policy,
        in_force: InForce,
        code: Running<W>,
        host: Box<dyn Fn() -> W::Host + Send + Sync>,
    ) -> Self {
        let instances = in_force.instances();
        let loaded = Arc::new(Loaded { artifact, policy, in_force, code, host });
        Self::of_loaded(loaded, instances, Weak::new())
    }

    fn of_loaded(
        loaded: Arc<Loaded<W>>,
        instances: Instances,
        family: Weak<Sessions<W::Host>>,
    ) -> Self {
        let limits = &loaded.policy.limits;
        let room = if instances == Instances::Pinned { 1 } else { limits.concurrent };
        let queue = Queue::new(room, limits.waiting);
        let idle = Idle { sandboxes: Vec::new(), resets: Resets::default(), abandoned: Vec::new() };
        Self(Arc::new(Shared { loaded, instances, family, queue, idle: idle.into() }))
    }

    /// What is left of the plugin when its last clone is dropped: nothing.
    pub(crate) fn downgrade(&self) -> Weak<Shared<W>> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn of(shared: &Weak<Shared<W>>) -> Option<Self> {
        shared.upgrade().map(Self)
    }

    /// The component's name, for messages.
    pub fn name(&self) -> &str {
        self.artifact().name()
    }

    /// The component that was loaded.
    pub fn artifact(&self) -> &Artifact {
        &self.0.loaded.artifact
    }

    /// What the plugin may use and spend.
    pub fn policy(&self) -> &Policy {
        &self.0.loaded.policy
    }

    /// How the plugin's sandboxes get their memory, which decides what a fresh one costs.
    pub fn allocation(&self) -> Allocation {
        self.0.loaded.code.now().rules.allocation.clone()
    }

    /// The instance policy that is in force: the one that was asked for, or why not.
    pub fn instances(&self) -> &InForce {
        &self.0.loaded.in_force
    }

    /// How often sandboxes were reset after a call; nothing but for [`Instances::Reset`].
    pub fn resets(&self) -> Resets {
        self.idle().resets
    }

    /// The code that a call which begins now would run on; always [`Code::Optimised`] but for
    /// [`Startup::Quick`](crate::Startup::Quick).
    pub fn code(&self) -> Code {
        match self.0.loaded.code.now() {
            Now::Quick(_) => Code::Quick,
            Now::Optimised(_) => Code::Optimised,
        }
    }

    /// Waits until the plugin runs on optimised code, or until that turned out to be impossible.
    pub fn wait_for_code(&self) -> Code {
        self.0.loaded.code.wait();
        self.code()
    }

    /// Makes a sandbox that lives, with its state, until it is dropped or a call in it fails.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `start`.
    pub fn instantiate(&self) -> Result<Instance<W>, CallError> {
        self.instantiate_with((self.0.loaded.host)())
    }

    /// The same with a state of the host author's own, such as what one request needs.
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the function that it names is `start`.
    pub fn instantiate_with(&self, host: W::Host) -> Result<Instance<W>, CallError> {
        let code = self.running().now();
        let mut instance = Instance::start(&code.pre, &code.rules, host)?;
        instance.join(self.0.family.clone());
        Ok(instance)
    }

    #[inline]
    pub(crate) fn running(&self) -> &Running<W> {
        &self.0.loaded.code
    }

    /// Calls functions in one sandbox, which the instance policy chooses, and says what that took.
    ///
    /// # Errors
    ///
    /// See [`CallError`]: where there is no sandbox to be had; what the calls gave is the result of `calls`.
    pub fn spend<R>(
        &self,
        calls: impl FnOnce(&mut Instance<W>) -> R,
    ) -> Result<(R, Spent), CallError> {
        let start = Instant::now();
        self.lease("start", |instance| {
            let before = instance.counted_when_lent();
            let result = calls(instance);
            Ok((result, instance.spent(instance.counted().since(before), start.elapsed())))
        })
    }

    /// Calls a function under the plugin's instance policy.
    #[doc(hidden)]
    #[inline]
    pub fn __call<R: Weigh + Send>(
        &self,
        function: &str,
        bytes: u64,
        call: impl FnOnce(&W::Exports, &mut Store<State<W::Host>>) -> wasmtime::Result<R> + Send,
    ) -> Result<R, CallError> {
        self.lease(function, |instance| instance.__call(function, bytes, call))
    }

    /// Takes a sandbox as the instance policy says, when it is this call's turn.
    pub(crate) fn lease<R>(
        &self,
        function: &str,
        calls: impl FnOnce(&mut Instance<W>) -> Result<R, CallError>,
    ) -> Result<R, CallError> {
        let _turn = self.turn(function)?;
        let policy = self.0.instances;
        if policy == Instances::Fresh {
            return calls(&mut self.instantiate()?);
        }
        let (mut instance, abandoned) = match self.idle_sandbox() {
            Some(found) => found,
            None => (self.instantiate()?, Vec::new()),
        };
        if policy == Instances::Reset && instance.calls() == 0 {
            instance.keep();
        }
        if instance.drop_resources(abandoned).is_err() {
            instance = self.instantiate()?;
        }
        let result = calls(&mut instance);
        let is_reset = policy == Instances::Reset && instance.reset();
        self.put_back(instance, is_reset);
        result
    }

    /// A sandbox that was called before, if one waits, with a state of the host author's, and what nobody holds any
    /// more in it.
    fn idle_sandbox(&self) -> Option<(Instance<W>, Vec<ResourceAny>)> {
        let mut idle = self.idle();
        // What lies in other sandboxes is gone with them.
        let abandoned = std::mem::take(&mut idle.abandoned);
        let mut instance = idle.sandboxes.pop()?;
        drop(idle);
        if self.0.instances == Instances::Reset {
            instance.renew((self.0.loaded.host)());
        }
        if abandoned.is_empty() {
            return Some((instance, Vec::new()));
        }
        let sandbox = instance.id();
        let abandoned = abandoned.into_iter().filter(|(it, _)| *it == sandbox);
        Some((instance, abandoned.map(|(_, it)| it).collect()))
    }

    /// Keeps a sandbox for the next call, where it may have one.
    fn put_back(&self, instance: Instance<W>, is_reset: bool) {
        let is_current = || instance.runs_on(&self.running().now());
        match self.0.instances {
            Instances::Fresh => {}
            Instances::Reset => {
                let is_current = is_current();
                let mut idle = self.idle();
                if is_reset {
                    idle.resets.reset += 1;
                } else {
                    idle.resets.dropped += 1;
                }
                if is_reset && is_current {
                    idle.sandboxes.push(instance);
                }
            }
            Instances::Reuse(times) if instance.calls() >= times.get().into() || !is_current() => {}
            _ if instance.is_alive() => self.idle().sandboxes.push(instance),
            _ => {}
        }
    }

    fn turn(&self, function: &str) -> Result<Turn<'_>, CallError> {
        let turn = self.0.queue.enter(self.policy().limits.time);
        turn.map_err(|refused| self.no_turn(function, refused))
    }

    #[cold]
    fn no_turn(&self, function: &str, refused: Refused) -> CallError {
        let error = CallError::Queue {
            function: function.to_owned(),
            allowed: self.0.queue.room(),
            waited: match refused {
                Refused::Full => Duration::ZERO,
                Refused::Late => self.policy().limits.time,
            },
        };
        self.running().now().rules.counters.failed(&error);
        error
    }

    fn idle(&self) -> MutexGuard<'_, Idle<W>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
