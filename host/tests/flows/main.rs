//! What flows between a host and plugins: how often it is copied, and how it ends on both sides where one fails.

#![allow(clippy::panic, clippy::unwrap_used, reason = "all of it is a test")]

#[path = "../common/mod.rs"]
mod common;

mod copies;
mod cut;
mod faults;
mod host;
mod many;
mod nested;

use std::time::Duration;

use common::Tested;
use plugwright::{
    Artifact, Engine, EngineOptions, Grants, Instances, Interfaces, Limits, Plugin, Policy,
    Verified,
};

use crate::host::Desk;

plugwright::bindings!({ path: "tests/flows/world.wit", world: "flows", async: true });

/// The plugin of all these tests.
pub(crate) type Flow = Plugin<Flows<Desk>>;

pub(crate) fn engine() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions::default())?)
}

/// The component in `plugin.wat` beside this file, under a name.
fn component(name: &str) -> Tested<Verified> {
    let path = format!("{}/tests/flows/plugin.wat", env!("CARGO_MANIFEST_DIR"));
    Ok(Artifact::from_bytes(name, wat::parse_file(path)?)?.accept_unsigned())
}

pub(crate) fn load(engine: &Engine, limits: Limits, desk: &Desk) -> Tested<Flow> {
    load_as(engine, "flows", Instances::Fresh, limits, desk)
}

pub(crate) fn load_as(
    engine: &Engine,
    name: &str,
    instances: Instances,
    limits: Limits,
    desk: &Desk,
) -> Tested<Flow> {
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    let policy = Policy { grants, instances, limits, ..Policy::default() };
    let desk = desk.clone();
    Ok(engine.load_with(component(name)?, policy, move || desk.clone())?)
}

/// A time that ends what waits, and one that does not hurry.
pub(crate) fn short() -> Limits {
    Limits { time: Duration::from_millis(50), ..Limits::default() }
}

pub(crate) fn long() -> Limits {
    Limits { time: Duration::from_secs(600), ..Limits::default() }
}

/// Whether nothing is left of what plugins did.
pub(crate) fn is_empty(engine: &Engine) -> bool {
    let metrics = engine.metrics();
    metrics.plugins.iter().all(|it| (it.sandboxes, it.memory) == (0, 0))
        && metrics.pools.iter().all(|it| it.taken == 0)
}

/// An error with the messages of its sources.
pub(crate) fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(error.source(), |it| it.source());
    sources.fold(error.to_string(), |told, it| format!("{told}: {it}"))
}
