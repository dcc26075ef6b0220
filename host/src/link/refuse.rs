//! Imports that nobody provides, linked with functions that say so when they are called.

use plugwright_component::{same_item, unversioned};
use wasmtime::{
    Engine,
    component::{
        Component, Linker, LinkerInstance, ResourceType,
        types::{ComponentFunc, ComponentInstance, ComponentItem},
    },
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, IoError};

use super::NotGranted;
use crate::data::{Buffer, Table};

/// What is linked already, and what the world's host could provide if the policy granted it.
pub(super) struct Refused<'a> {
    pub(super) provided: &'a [&'a str],
    pub(super) known: Vec<&'static str>,
}

/// A resource type that no value ever has.
struct Nothing;

/// The component's own name of each resource type, and the host's.
#[derive(Default)]
struct Resources(Vec<(ResourceType, ResourceType)>);

impl Resources {
    /// Notes the resources of an interface that is provided, as far as other interfaces use them.
    fn learn(&mut self, interface: &str, instance: &ComponentInstance, engine: &Engine) {
        for (item, export) in instance.exports(engine) {
            if let ComponentItem::Resource(abstract_ty) = export.ty
                && let Some(concrete) = concrete(interface, item)
            {
                self.0.push((abstract_ty, concrete));
            }
        }
    }

    fn concrete(&self, abstract_ty: ResourceType) -> ResourceType {
        let known = self.0.iter().find(|(it, _)| *it == abstract_ty);
        known.map_or_else(ResourceType::host::<Nothing>, |(_, concrete)| *concrete)
    }
}

impl Refused<'_> {
    /// Links every import of `component` that is not provided.
    pub(super) fn link<T: 'static>(
        &self,
        linker: &mut Linker<T>,
        component: &Component,
    ) -> wasmtime::Result<()> {
        let engine = component.engine();
        let ty = component.component_type();
        // An interface that nobody provides may use resources of one that is provided, and must name the same type.
        let mut resources = Resources::default();
        for (name, import) in ty.imports(engine) {
            let provided = self.provided.iter().any(|it| same_item(it, name));
            match import.ty {
                ComponentItem::ComponentInstance(instance) if provided => {
                    resources.learn(name, &instance, engine);
                }
                ComponentItem::ComponentInstance(instance) => {
                    // Opening an instance defines it, so only one that nobody provides may be opened.
                    let mut into = linker.instance(name)?;
                    for (item, export) in instance.exports(engine) {
                        match export.ty {
                            ComponentItem::Resource(ty) => {
                                into.resource(item, resources.concrete(ty), |_, _| Ok(()))?;
                            }
                            ComponentItem::ComponentFunc(func) => {
                                refuse(&mut into, item, &func, self.error(name, Some(item)))?;
                            }
                            _ => {}
                        }
                    }
                }
                ComponentItem::ComponentFunc(func) if !self.root_provided(provided) => {
                    refuse(&mut linker.root(), name, &func, self.error(name, None))?;
                }
                // The world itself may use a resource of an interface, under a name of its own.
                ComponentItem::Resource(ty) if !provided => {
                    linker.root().resource(name, resources.concrete(ty), |_, _| Ok(()))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn root_provided(&self, provided: bool) -> bool {
        provided || self.provided.contains(&"$root")
    }

    fn error(&self, import: &str, function: Option<&str>) -> NotGranted {
        let interface = unversioned(import);
        let called = function
            .map_or_else(|| interface.to_owned(), |function| format!("{interface}.{function}"));
        if interface.starts_with("wasi:http") {
            return NotGranted { capability: "the network", import: called, grant: None };
        }
        if interface.starts_with("wasi:") {
            let capability = "a part of WASI";
            return NotGranted { capability, import: called, grant: None };
        }
        let known = function.is_none() && self.known.contains(&"$root")
            || self.known.iter().any(|known| same_item(known, import));
        if known {
            let name = if function.is_some() { interface } else { "$root" };
            let grant = Some(format!("[grants]\ninterfaces = [\"{name}\"]"));
            NotGranted { capability: "its host", import: called, grant }
        } else {
            NotGranted { capability: "an interface of its own host", import: called, grant: None }
        }
    }
}

fn refuse<T: 'static>(
    into: &mut LinkerInstance<'_, T>,
    name: &str,
    func: &ComponentFunc,
    error: NotGranted,
) -> wasmtime::Result<()> {
    // Without the feature, no plugin that has one gets as far as being linked.
    #[cfg(feature = "async")]
    if func.async_() {
        return into.func_new_concurrent(name, move |_, _, _, _| {
            let error = error.clone();
            Box::pin(async move { Err(error.into()) })
        });
    }
    let _ = func;
    into.func_new(name, move |_, _, _, _| Err(error.clone().into()))
}

/// The types by which wasmtime-wasi and we implement the resources that other interfaces use.
fn concrete(interface: &str, resource: &str) -> Option<ResourceType> {
    match (unversioned(interface), resource) {
        ("wasi:io/error", "error") => Some(ResourceType::host::<IoError>()),
        ("wasi:io/poll", "pollable") => Some(ResourceType::host::<DynPollable>()),
        ("wasi:io/streams", "input-stream") => Some(ResourceType::host::<DynInputStream>()),
        ("wasi:io/streams", "output-stream") => Some(ResourceType::host::<DynOutputStream>()),
        ("plugwright:data/buffers", "buffer") => Some(ResourceType::host::<Buffer>()),
        ("plugwright:data/tables", "table") => Some(ResourceType::host::<Table>()),
        _ => None,
    }
}
