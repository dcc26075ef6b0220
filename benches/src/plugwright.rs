//! The work by Plugwright.

use std::path::Path;

use plugwright::{Artifact, Cache, Engine, EngineOptions, Instance, Plugin, Policy};

mod bindings {
    plugwright::bindings!({ path: "wit", world: "bench" });
}

pub use bindings::{Bench, Reading};
use bindings::{BenchInstance as _, BenchPlugin as _};

/// Everything fails the same way in a benchmark.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A record of eight plain fields.
pub fn reading() -> Reading {
    Reading {
        sensor: 1,
        at: 2,
        value: 3.0,
        low: 4.0,
        high: 5.0,
        channel: 6,
        offset: 7,
        valid: true,
    }
}

/// An engine, with a cache if there is a folder for one.
///
/// # Errors
///
/// The engine cannot be set up.
pub fn engine(cache: Option<&Path>) -> Result<Engine> {
    let cache = cache.map_or(Cache::Off, |folder| Cache::Folder(folder.to_owned()));
    Ok(Engine::new(EngineOptions { instances: INSTANCES, cache, ..EngineOptions::default() })?)
}

/// How many sandboxes both engines have room for.
pub const INSTANCES: u32 = 1000;

/// Loads a plugin.
///
/// # Errors
///
/// It cannot be loaded.
pub fn load(engine: &Engine, bytes: &[u8]) -> Result<Plugin<Bench>> {
    let artifact = Artifact::from_bytes("bench", bytes)?;
    Ok(engine.load(artifact.accept_unsigned(), Policy::default())?)
}

/// A call of two integers, on a live instance.
///
/// # Errors
///
/// The call failed.
pub fn add(instance: &mut Instance<Bench>) -> Result<u32> {
    Ok(instance.add(2, 3)?)
}

/// A call with a record, on a live instance.
///
/// # Errors
///
/// The call failed.
pub fn echo(instance: &mut Instance<Bench>, it: Reading) -> Result<Reading> {
    Ok(instance.echo(it)?)
}

/// A fresh sandbox, one call in it, and its end.
///
/// # Errors
///
/// The call failed.
pub fn fresh(plugin: &Plugin<Bench>) -> Result<u32> {
    Ok(plugin.add(2, 3)?)
}
