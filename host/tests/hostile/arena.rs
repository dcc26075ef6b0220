//! Where attacks are made and told.

use std::{
    error::Error,
    fmt::{Debug, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use plugwright::{Artifact, Engine, EngineOptions, Limits, Plugin, Policy, Untyped, Val, Verified};

use crate::common::Tested;

/// An engine, and what came of the attacks on it.
pub(crate) struct Arena {
    pub(crate) engine: Engine,
    told: String,
}

impl Arena {
    /// An engine with room for so many sandboxes.
    pub(crate) fn new(instances: u32) -> Tested<Self> {
        let options = EngineOptions { instances, ..EngineOptions::default() };
        Ok(Self { engine: Engine::new(options)?, told: String::new() })
    }

    /// What came of the attacks, an entry each.
    pub(crate) fn told(&self) -> String {
        self.told.clone()
    }

    /// Makes an attack, and notes what came of it; a panic that comes through is noted as one.
    pub(crate) fn attack(&mut self, name: &str, attack: impl FnOnce() -> Tested<String>) {
        let told = match catch_unwind(AssertUnwindSafe(attack)) {
            Ok(Ok(value)) => format!("returned: {value}"),
            Ok(Err(error)) => told(&*error),
            Err(_) => "a panic reached the host".to_owned(),
        };
        // Writing to a text does not fail.
        let _ = writeln!(self.told, "{name}\n    {}\n", told.replace('\n', "\n    "));
    }

    /// Loads `FILE.wat` under these limits and calls each of its functions.
    pub(crate) fn calls(&mut self, file: &str, limits: Limits, calls: &[&str]) -> Tested {
        let policy = Policy { limits, ..Policy::default() };
        let plugin = self.engine.load::<Untyped>(component(file)?, policy)?;
        for text in calls {
            self.attack(&format!("{file}.wat {text}"), || called(&plugin, text));
        }
        Ok(())
    }

    /// Reads and loads a component that was made up, and starts it.
    pub(crate) fn load(&mut self, name: &str, limits: Limits, bytes: impl FnOnce() -> Vec<u8>) {
        let engine = self.engine.clone();
        self.attack(name, || {
            let artifact = Artifact::from_bytes(name, bytes())?;
            let policy = Policy { limits, ..Policy::default() };
            let plugin = engine.load::<Untyped>(artifact.accept_unsigned(), policy)?;
            let functions = plugin.functions().len();
            plugin.instantiate()?;
            Ok(format!("a sandbox with {functions} functions"))
        });
    }
}

/// The component in `FILE.wat` beside this one.
pub(crate) fn component(file: &str) -> Tested<Verified> {
    let path = format!("{}/tests/hostile/{file}.wat", env!("CARGO_MANIFEST_DIR"));
    Ok(Artifact::from_bytes(format!("{file}.wasm"), wat::parse_file(path)?)?.accept_unsigned())
}

/// Calls, and gives what came back.
pub(crate) fn called(plugin: &Plugin<Untyped>, text: &str) -> Tested<String> {
    Ok(match plugin.call(&plugin.request(text)?)? {
        Some(Val::Resource(_)) => "a resource".to_owned(),
        Some(Val::Stream(_)) => "a stream".to_owned(),
        Some(value) => value.to_wave()?,
        None => "nothing".to_owned(),
    })
}

/// Limits that no attack but one on them reaches.
pub(crate) fn ample() -> Limits {
    Limits {
        time: Duration::from_secs(30),
        memory: 4 << 20,
        table_elements: 20_000,
        handles: 200,
        host_calls: 5_000,
        lifted: 1 << 20,
        ..Limits::default()
    }
}

/// The same, and little time.
pub(crate) fn brief() -> Limits {
    Limits { time: Duration::from_millis(50), memory: 128 << 20, ..ample() }
}

/// An error by the name of its variant, its message, and the messages of its sources.
pub(crate) fn told(error: &(dyn Error + 'static)) -> String {
    let mut told = format!("{}: {error}", variant(error));
    let mut next = error.source();
    while let Some(source) = next {
        told.push_str(&format!("\n{source}"));
        next = source.source();
    }
    told
}

fn variant(error: &(dyn Error + 'static)) -> String {
    fn named<E: Debug>(of: &str, error: &E) -> String {
        let debug = format!("{error:?}");
        let end = debug.find([' ', '(', '{']).unwrap_or(debug.len());
        format!("{of}::{}", &debug[..end])
    }
    if let Some(error) = error.downcast_ref::<plugwright::CallError>() {
        return named("CallError", error);
    }
    if let Some(error) = error.downcast_ref::<plugwright::LoadError>() {
        return named("LoadError", error);
    }
    if let Some(error) = error.downcast_ref::<plugwright::ReadError>() {
        return named("ReadError", error);
    }
    "untyped".to_owned()
}
