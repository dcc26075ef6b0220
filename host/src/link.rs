//! Links a plugin: WASI as far as it is granted, the host author's interfaces as far as they are granted, and for
//! everything else that the component imports a function that says what it would take.
//!
//! A refused import is linked, so that a plugin loads whatever its standard library imports, and fails only where it
//! reaches for what it was not granted.

mod plugins;
mod refuse;
mod wasi;

use plugwright_component::Extern;
use wasmtime::component::{Component, Linker};

pub(crate) use self::plugins::{Answer, Carried, Failed, Kind, Row, flows, kinds, take_back};
use crate::{
    data,
    state::{Rules, State},
    world::{Import, World},
};

/// A function that the plugin called and that its policy does not grant, as it travels through wasmtime.
#[derive(Clone, Debug, thiserror::Error)]
#[error("not granted: {import}")]
pub(crate) struct NotGranted {
    pub(crate) capability: &'static str,
    pub(crate) import: String,
    pub(crate) grant: Option<String>,
}

/// Who answers what a plugin imports, but for the runtime.
pub(crate) struct Links<H: Send + 'static> {
    /// What the host author implements.
    pub(crate) imports: &'static [Import<H>],
    /// What other plugins answer.
    pub(crate) answers: Vec<Answer<H>>,
}

impl<H: Send + 'static> Links<H> {
    /// Those of a plugin that its host calls alone.
    pub(crate) fn of<W: World<Host = H>>() -> Self {
        Self { imports: W::IMPORTS, answers: Vec::new() }
    }
}

/// The linker for one plugin of world `W`.
pub(crate) fn linker<W: World>(
    component: &Component,
    rules: &Rules,
    links: &Links<W::Host>,
) -> wasmtime::Result<Linker<State<W::Host>>> {
    let mut linker = Linker::new(component.engine());
    let mut provided: Vec<&str> = Vec::new();
    if rules.artifact.imports().iter().any(Extern::is_wasi) {
        wasi::link(&mut linker, &rules.policy.grants, W::IS_ASYNC)?;
        provided.extend(wasi::INTERFACES);
    }
    if rules.artifact.imports().iter().any(Extern::is_of_plugwright) {
        data::link(&mut linker)?;
        provided.extend(data::INTERFACES);
    }
    for import in links.imports {
        if rules.policy.grants.interfaces.grant(import.name) {
            (import.link)(&mut linker)?;
            provided.push(import.name);
        }
    }
    // A plugin may answer what the runtime would.
    linker.allow_shadowing(true);
    plugins::link(&mut linker, component, &links.answers)?;
    linker.allow_shadowing(false);
    provided.extend(links.answers.iter().map(|it| it.import.as_str()));
    let refused = refuse::Refused {
        provided: &provided,
        known: links.imports.iter().map(|it| it.name).collect(),
    };
    refused.link(&mut linker, component)?;
    Ok(linker)
}
