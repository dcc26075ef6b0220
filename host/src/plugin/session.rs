//! Plugins whose handles other sandboxes hold: they live as long as those, in one sandbox.

use std::{
    num::NonZeroU64,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use plugwright_component::policy::Instances;
use wasmtime::component::ResourceAny;

use super::Plugin;
use crate::{error::CallError, untyped::Untyped, world::World};

/// The plugins that live for one sandbox, and for those that it has called.
#[derive(Debug)]
pub(crate) struct Sessions<H: Send + 'static>(Mutex<Vec<Plugin<Untyped<H>>>>);

impl<H: Send + 'static> Default for Sessions<H> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<H: Send + 'static> Plugin<Untyped<H>> {
    /// The same plugin with one sandbox for as long as `family` lives; one that is pinned is everybody's.
    pub(crate) fn session(&self, family: &Arc<Sessions<H>>) -> Self {
        if self.0.instances == Instances::Pinned {
            return self.clone();
        }
        let mut sessions = family.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.iter().find(|it| it.is_like(self)) {
            return session.clone();
        }
        let loaded = Arc::clone(&self.0.loaded);
        let session = Self::of_loaded(loaded, Instances::Pinned, Arc::downgrade(family));
        sessions.push(session.clone());
        session
    }
}

impl<W: World> Plugin<W> {
    /// Whether both share their sandboxes.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether both are the same plugin, whomever they live for.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.loaded, &other.0.loaded)
    }

    /// Has a handle dropped before the next call, since nobody holds it any more.
    pub(crate) fn abandon(&self, sandbox: NonZeroU64, resource: ResourceAny) {
        self.idle().abandoned.push((sandbox, resource));
    }

    /// Drops a handle at once, or before the next call where the sandbox is called just now.
    ///
    /// # Errors
    ///
    /// What the plugin's destructor fails with.
    pub(crate) fn drop_handle(
        &self,
        sandbox: NonZeroU64,
        resource: ResourceAny,
    ) -> Result<(), CallError> {
        self.abandon(sandbox, resource);
        let Ok(_turn) = self.0.queue.enter(Duration::ZERO) else { return Ok(()) };
        let Some((mut instance, abandoned)) = self.idle_sandbox() else { return Ok(()) };
        let dropped = instance.drop_resources(abandoned);
        self.put_back(instance, false);
        dropped
    }
}
