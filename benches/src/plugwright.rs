//! The work by Plugwright.

use std::path::Path;

use plugwright::{
    Artifact, Cache, Engine, EngineOptions, Grants, Interfaces, Limits, Plugin, Policy,
};

use crate::Result;

mod bindings {
    plugwright::bindings!({ path: "wit", world: "bench" });
}

use bindings::BenchImports;
pub use bindings::{Bench, BenchInstance, BenchPlugin, Reading};

/// What the host answers.
#[derive(Debug, Default)]
pub struct Host;

impl BenchImports for Host {
    fn sum(&mut self, a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
}

/// An engine with room for so many sandboxes, and with a cache if there is a folder for one.
///
/// # Errors
///
/// The engine cannot be set up.
pub fn engine(instances: u32, cache: Option<&Path>) -> Result<Engine> {
    let cache = cache.map_or(Cache::Off, |folder| Cache::Folder(folder.to_owned()));
    Ok(Engine::new(EngineOptions { instances, cache, ..EngineOptions::default() })?)
}

/// What the plugin may use: the host's function, and fuel if it is counted.
pub fn policy(fuel: Option<u64>) -> Policy {
    Policy {
        grants: Grants { interfaces: Interfaces::All, ..Grants::default() },
        limits: Limits { fuel, ..Limits::default() },
        ..Policy::default()
    }
}

/// Loads a plugin.
///
/// # Errors
///
/// It cannot be loaded.
pub fn load(engine: &Engine, bytes: &[u8], policy: Policy) -> Result<Plugin<Bench<Host>>> {
    let artifact = Artifact::from_bytes("bench", bytes)?;
    Ok(engine.load(artifact.accept_unsigned(), policy)?)
}
