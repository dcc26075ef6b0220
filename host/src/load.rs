//! Loads a plugin: compiles it or takes it from the cache, links it under its policy, checks it against its world.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use plugwright_component::{
    Artifact, Extension, Extern, ExternKind, Verified, differences, same_item,
};
use wasmtime::component::Component;

use crate::{
    engine::{Engine, EngineOptions, Features, places},
    error::LoadError,
    link,
    plugin::Plugin,
    policy::{Interfaces, Policy},
    room::Share,
    state::{Rules, check_folders},
    trace,
    world::World,
};

impl Engine {
    /// Loads a plugin whose world needs no state of the host author's, or whose state has a default.
    ///
    /// # Errors
    ///
    /// See [`LoadError`].
    pub fn load<W: World>(
        &self,
        component: Verified,
        policy: Policy,
    ) -> Result<Plugin<W>, LoadError>
    where
        W::Host: Default,
    {
        self.load_with(component, policy, W::Host::default)
    }

    /// Loads a plugin; `host` makes the host author's state for each sandbox.
    ///
    /// # Errors
    ///
    /// See [`LoadError`].
    pub fn load_with<W: World>(
        &self,
        component: Verified,
        policy: Policy,
        host: impl Fn() -> W::Host + Send + Sync + 'static,
    ) -> Result<Plugin<W>, LoadError> {
        let artifact = component.into_artifact();
        let _entered = trace::load(&artifact, W::NAME).entered();
        check_policy(artifact.name(), &policy)?;
        check_grants::<W>(artifact.name(), &policy)?;
        check_imports::<W>(&artifact)?;
        check_extensions(artifact.name(), artifact.world(), self.options())?;
        let features = Features {
            concurrency: artifact.needs_concurrency(),
            fuel: policy.limits.fuel.is_some(),
        };
        let compiled = compile(self, features, &artifact)?;
        let share = share(self, features, &artifact, &policy, &compiled)?;
        let wasi = artifact.imports().iter().any(Extern::is_wasi);
        let rules = Rules {
            ticks: self.ticker().ticks(policy.limits.time),
            engine: self.clone(),
            wasm: compiled.engine().clone(),
            share,
            concurrent: features.concurrency,
            artifact,
            policy,
            waits: wasi || features.concurrency,
        };
        let bound = link::linker::<W>(&compiled, &rules)
            .and_then(|linker| linker.instantiate_pre(&compiled))
            .and_then(W::bind);
        match bound {
            Ok(pre) => Ok(Plugin::new(pre, Arc::new(rules), Box::new(host))),
            Err(source) => Err(misfit::<W>(&rules.artifact, source)),
        }
    }
}

/// The plugin's part of the room for sandboxes on the engine that it runs on.
fn share(
    engine: &Engine,
    features: Features,
    artifact: &Artifact,
    policy: &Policy,
    compiled: &Component,
) -> Result<Share, LoadError> {
    let plugin = || artifact.name().to_owned();
    let variant = engine
        .variant(features)
        .map_err(|source| LoadError::Engine { plugin: plugin(), source })?;
    let places = places(compiled);
    variant.room.share(policy.reserved, places).map_err(|free| LoadError::Room {
        plugin: plugin(),
        asked: policy.reserved,
        places,
        free,
        all: variant.room.all(),
    })
}

/// Refuses what the engine was not told to run.
fn check_extensions(
    plugin: &str,
    world: &plugwright_component::World,
    options: &EngineOptions,
) -> Result<(), LoadError> {
    let refused = world.extensions().into_iter().find_map(|it| match it {
        Extension::Maps if !options.maps => Some(("map", "maps")),
        Extension::FixedLengthLists if !options.fixed_length_lists => {
            Some(("list of a fixed length", "fixed_length_lists"))
        }
        _ => None,
    });
    match refused {
        Some((what, option)) => {
            Err(LoadError::Extension { plugin: plugin.to_owned(), what, option })
        }
        None => Ok(()),
    }
}

fn check_policy(plugin: &str, policy: &Policy) -> Result<(), LoadError> {
    let problem = |problem: &str| {
        Err(LoadError::Policy { plugin: plugin.to_owned(), problem: problem.to_owned() })
    };
    if policy.limits.time.is_zero() {
        return problem("`limits.time` is zero, so no call could ever end in time");
    }
    if policy.limits.concurrent == 0 {
        return problem("`limits.concurrent` is zero, so no call could ever begin");
    }
    if policy.limits.fuel == Some(0) {
        return problem("`limits.fuel` is zero, so no call could ever begin");
    }
    if policy.limits.fuel.is_some_and(|fuel| i64::try_from(fuel).is_err()) {
        return problem("`limits.fuel` is more than 9,223,372,036,854,775,807");
    }
    if policy.grants.folders.iter().any(|folder| folder.guest.is_empty()) {
        return problem(
            "a folder has no name for the plugin: `grants.folders` says `guest = \"\"`",
        );
    }
    check_folders(plugin, policy)
}

/// Refuses a grant of an interface that the world does not have, since it is a slip of the pen.
fn check_grants<W: World>(plugin: &str, policy: &Policy) -> Result<(), LoadError> {
    let Interfaces::Only(granted) = &policy.grants.interfaces else { return Ok(()) };
    if W::COMPONENT_TYPE.is_empty() {
        return Ok(());
    }
    let there = |name: &String| W::IMPORTS.iter().any(|it| Interfaces::only([name]).grant(it.name));
    let Some(unknown) = granted.iter().find(|name| !there(name)) else { return Ok(()) };
    let known: Vec<String> = W::IMPORTS.iter().map(|it| format!("`{}`", it.name)).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
    Err(LoadError::Policy {
        plugin: plugin.to_owned(),
        problem: format!(
            "`grants.interfaces` names `{unknown}`, and world `{}` imports {known}",
            W::NAME
        ),
    })
}

/// Refuses a component that imports an interface which its world does not have.
///
/// Types and functions within an interface are the linker's to check; what it finds is explained by [`misfit`].
fn check_imports<W: World>(artifact: &Artifact) -> Result<(), LoadError> {
    if W::COMPONENT_TYPE.is_empty() {
        return Ok(());
    }
    let known = |import: &Extern| match import.kind {
        ExternKind::Function(_) => W::IMPORTS.iter().any(|known| known.name == "$root"),
        _ => W::IMPORTS.iter().any(|known| same_item(known.name, &import.name)),
    };
    let own = artifact.imports().iter().filter(|it| !it.is_types_only() && !it.is_wasi());
    let unknown = own.into_iter().any(|import| !known(import));
    if unknown && let Some(error) = explained::<W>(artifact) { Err(error) } else { Ok(()) }
}

fn misfit<W: World>(artifact: &Artifact, source: wasmtime::Error) -> LoadError {
    explained::<W>(artifact)
        .unwrap_or(LoadError::Link { plugin: artifact.name().to_owned(), source })
}

/// Every difference between the component and the world, if there is one.
fn explained<W: World>(artifact: &Artifact) -> Option<LoadError> {
    let world = plugwright_component::World::decode(W::COMPONENT_TYPE).ok()?;
    let differences = differences(&world, artifact);
    if differences.is_empty() {
        return None;
    }
    Some(LoadError::NonConforming {
        plugin: artifact.name().to_owned(),
        world: W::NAME.to_owned(),
        differences,
    })
}

fn compile(
    engine: &Engine,
    features: Features,
    artifact: &Artifact,
) -> Result<Component, LoadError> {
    let plugin = || artifact.name().to_owned();
    let variant = engine
        .variant(features)
        .map_err(|source| LoadError::Engine { plugin: plugin(), source })?;
    let compile = || {
        // The bytes were validated when they were read. Should the compiler panic on them all the same, the host
        // goes on: nothing of a failed compilation is kept.
        match catch_unwind(AssertUnwindSafe(|| {
            Component::from_binary(&variant.wasm, artifact.bytes())
        })) {
            Ok(compiled) => {
                compiled.map_err(|source| LoadError::Compile { plugin: plugin(), source })
            }
            Err(_) => Err(LoadError::CompilerPanicked { plugin: plugin() }),
        }
    };
    match engine.cache() {
        Some(cache) => cache.component(variant, &artifact.digest(), compile),
        None => compile(),
    }
}
