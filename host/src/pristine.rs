//! The instance policy [`Instances::Reset`]: sandboxes that are used again because nothing of a call is left in them.
//!
//! What is inside of the sandbox proves that itself: the component is rewritten so that every write leaves a mark, see
//! `plugwright_component::pristine`.
//! What is outside is the host's: the host author's state and WASI's are dropped when a call ends, and made anew.

use plugwright_component::{
    Artifact,
    policy::{Instances, Policy},
    pristine::{RESET, Resettable, SNAPSHOT},
};
use wasmtime::{
    Store,
    component::{Component, ComponentExportIndex, Instance, TypedFunc},
};

use crate::state::State;

pub use plugwright_component::pristine::Unprovable;

/// The instance policy by which calls of a plugin are answered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum InForce {
    /// The one that its [`Policy`] asks for.
    Asked(Instances),
    /// [`Instances::Fresh`], though its policy asks for [`Instances::Reset`]: the reason follows.
    FreshBecause(Unprovable),
}

impl InForce {
    /// The policy that is in force, whatever was asked for.
    pub fn instances(&self) -> Instances {
        match self {
            Self::Asked(instances) => *instances,
            Self::FreshBecause(_) => Instances::Fresh,
        }
    }
}

/// What became of the sandboxes of a plugin with [`Instances::Reset`] after their calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resets {
    /// Calls whose sandbox was pristine afterwards, and is used again.
    pub reset: u64,
    /// Calls whose sandbox was dropped, because it could not be made pristine, or because the call failed.
    pub dropped: u64,
}

/// The component that is compiled where sandboxes are to be reset, and what is in force.
pub(crate) fn prepare(artifact: &Artifact, policy: &Policy) -> (Option<Resettable>, InForce) {
    if policy.instances != Instances::Reset {
        return (None, InForce::Asked(policy.instances));
    }
    match Resettable::of(artifact) {
        Ok(resettable) => (Some(resettable), InForce::Asked(Instances::Reset)),
        Err(reason) => {
            tracing::warn!(
                plugin = artifact.name(),
                %reason,
                "sandboxes cannot be proven pristine after a call: each call gets a fresh one"
            );
            (None, InForce::FreshBecause(reason))
        }
    }
}

/// How the sandboxes of a plugin are reset, and what they have for it.
#[derive(Debug)]
pub(crate) struct Doors {
    snapshot: ComponentExportIndex,
    reset: ComponentExportIndex,
    /// Bytes of memory that a sandbox has beside its own.
    pub(crate) memory: u64,
    /// The core instances that it has beside its own.
    pub(crate) core_instances: usize,
}

impl Doors {
    /// Finds them in the compiled component.
    pub(crate) fn of(component: &Component, resettable: &Resettable) -> Option<Self> {
        Some(Self {
            snapshot: component.get_export_index(None, SNAPSHOT)?,
            reset: component.get_export_index(None, RESET)?,
            memory: resettable.memory(),
            core_instances: resettable.core_instances(),
        })
    }

    /// Has a sandbox keep what it is; gives how it is reset, or nothing where it cannot be.
    pub(crate) fn keep<H>(&self, store: &mut Store<State<H>>, instance: Instance) -> Option<Reset> {
        let (snapshot, reset) = self.find(store, instance)?;
        snapshot.run(store).then_some(reset)
    }

    /// The same for one whose plugin's host is async.
    pub(crate) async fn keep_async<H: Send>(
        &self,
        store: &mut Store<State<H>>,
        instance: Instance,
    ) -> Option<Reset> {
        let (snapshot, reset) = self.find(store, instance)?;
        snapshot.run_async(store).await.then_some(reset)
    }

    fn find<H>(&self, store: &mut Store<State<H>>, instance: Instance) -> Option<(Reset, Reset)> {
        let snapshot = instance.get_typed_func(&mut *store, self.snapshot).ok()?;
        let reset = instance.get_typed_func(&mut *store, self.reset).ok()?;
        Some((Reset(snapshot), Reset(reset)))
    }
}

/// Whether this export is one of those through which sandboxes are reset, and none of the plugin's own.
pub(crate) fn is_door(export: &str) -> bool {
    [SNAPSHOT, RESET].contains(&export)
}

/// Makes a sandbox what it was when it had started.
pub(crate) struct Reset(TypedFunc<(), (bool,)>);

impl Reset {
    /// Tells whether that was possible.
    pub(crate) fn run<H>(&self, store: &mut Store<State<H>>) -> bool {
        let done = begin(store) && self.0.call(&mut *store, ()).is_ok_and(|(done,)| done);
        store.data_mut().sandbox.is_not_charged(false);
        done
    }

    /// The same for one whose plugin's host is async.
    pub(crate) async fn run_async<H: Send>(&self, store: &mut Store<State<H>>) -> bool {
        let may = begin(store);
        let done = may && self.0.call_async(&mut *store, ()).await.is_ok_and(|(done,)| done);
        store.data_mut().sandbox.is_not_charged(false);
        done
    }
}

/// Lets what is the host's run without a budget, as long as there is fuel for it.
fn begin<H>(store: &mut Store<State<H>>) -> bool {
    store.data_mut().sandbox.is_not_charged(true);
    store.set_epoch_deadline(1);
    store.data().sandbox.limits().fuel.is_none() || store.set_fuel(u64::MAX).is_ok()
}
