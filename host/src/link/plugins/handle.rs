//! Handles that another sandbox holds: there they are proxies.

use std::{
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use wasmtime::component::ResourceAny;

use crate::{error::CallError, plugin::Plugin, untyped::Untyped};

/// A resource that a plugin made, and that another sandbox may hold.
///
/// It is dropped where it is when its last holder is gone.
#[derive(Debug)]
pub(crate) struct Handle<H: Send + 'static>(Arc<Original<H>>);

/// What a proxy stands for, in the table of the sandbox that holds it.
#[derive(Debug)]
pub(crate) struct Proxy<H: Send + 'static>(pub(super) Handle<H>);

impl<H: Send + 'static> Clone for Handle<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Original<H: Send + 'static> {
    plugin: Plugin<Untyped<H>>,
    sandbox: NonZeroU64,
    resource: ResourceAny,
    /// Whether nothing is to be done when it is dropped.
    is_over: AtomicBool,
}

impl<H: Send + 'static> Handle<H> {
    /// What a plugin made in one of its sandboxes.
    pub(super) fn new(
        plugin: &Plugin<Untyped<H>>,
        sandbox: NonZeroU64,
        resource: ResourceAny,
    ) -> Self {
        let (plugin, is_over) = (plugin.clone(), AtomicBool::new(false));
        Self(Arc::new(Original { plugin, sandbox, resource, is_over }))
    }

    /// The plugin whose sandbox it lies in.
    pub(super) fn plugin(&self) -> &Plugin<Untyped<H>> {
        &self.0.plugin
    }

    /// The sandbox that it lies in.
    pub(super) fn sandbox(&self) -> NonZeroU64 {
        self.0.sandbox
    }

    pub(super) fn resource(&self) -> ResourceAny {
        self.0.resource
    }

    /// The same, whose plugin has it again.
    pub(super) fn give_back(self) -> ResourceAny {
        self.0.is_over.store(true, Ordering::Relaxed);
        self.0.resource
    }

    /// Drops what it stands for.
    ///
    /// # Errors
    ///
    /// What the plugin's destructor fails with.
    pub(super) fn end(&self) -> Result<(), CallError> {
        let Original { plugin, sandbox, resource, is_over } = &*self.0;
        if is_over.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        plugin.drop_handle(*sandbox, *resource)
    }
}

impl<H: Send + 'static> Drop for Original<H> {
    fn drop(&mut self) {
        if !*self.is_over.get_mut() {
            self.plugin.abandon(self.sandbox, self.resource);
        }
    }
}
