//! Loads a plugin: compiles it or takes it from the cache, links it under its policy, checks it against its world.

mod precompiled;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use plugwright_component::{
    Artifact, Digest, Extension, Extern, ExternKind, Verified, differences,
    policy::{Interfaces, Policy, Startup},
    pristine::Resettable,
    same_item,
};
use wasmtime::component::Component;

use crate::{
    engine::{Engine, EngineOptions, Features, Memory, Variant, places},
    error::LoadError,
    link::{self, Links},
    plugin::Plugin,
    pristine::{self, Doors, InForce},
    room::Share,
    startup::{Code, Linked, Running},
    state::{Rules, TotalMemory, check_folders},
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
        self.counted(|| self.load_uncounted(component, policy, host))
    }

    /// Loads, and counts it.
    fn counted<P>(&self, load: impl FnOnce() -> Result<P, LoadError>) -> Result<P, LoadError> {
        let start = Instant::now();
        let loaded = load();
        self.counters().loaded(loaded.is_ok(), start.elapsed());
        loaded
    }

    fn load_uncounted<W: World>(
        &self,
        component: Verified,
        policy: Policy,
        host: impl Fn() -> W::Host + Send + Sync + 'static,
    ) -> Result<Plugin<W>, LoadError> {
        let artifact = component.into_artifact();
        let _entered = trace::load(&artifact, W::NAME).entered();
        self.checked::<W>(artifact, policy)?.load(Links::of::<W>(), Box::new(host))
    }

    /// Loads a plugin of which others answer some imports.
    pub(crate) fn load_linked<W: World>(
        &self,
        component: Verified,
        policy: Policy,
        links: Links<W::Host>,
        host: Box<dyn Fn() -> W::Host + Send + Sync>,
    ) -> Result<Plugin<W>, LoadError> {
        self.counted(|| {
            let artifact = component.into_artifact();
            let _entered = trace::load(&artifact, W::NAME).entered();
            let answered = |import: &Extern| {
                links.answers.iter().any(|it| same_item(&it.import, &import.name))
            };
            self.checked_but::<W>(artifact, policy, answered)?.load(links, host)
        })
    }

    /// What is to be loaded for this world, checked as far as it can be before it is compiled.
    fn checked<W: World>(&self, artifact: Artifact, policy: Policy) -> Result<Order, LoadError> {
        self.checked_but::<W>(artifact, policy, |_| false)
    }

    /// The same where somebody else answers some imports.
    fn checked_but<W: World>(
        &self,
        artifact: Artifact,
        policy: Policy,
        answered: impl Fn(&Extern) -> bool,
    ) -> Result<Order, LoadError> {
        check_policy(artifact.name(), &policy)?;
        check_grants::<W>(artifact.name(), &policy)?;
        check_imports::<W>(&artifact, answered)?;
        self.order(artifact, policy)
    }

    /// What is to be compiled, if the engine can.
    fn order(&self, artifact: Artifact, policy: Policy) -> Result<Order, LoadError> {
        check_extensions(artifact.name(), artifact.world(), self.options())?;
        if cfg!(not(feature = "async")) && artifact.needs_concurrency() {
            return Err(LoadError::Async { plugin: artifact.name().to_owned() });
        }
        let (resettable, in_force) = pristine::prepare(&artifact, &policy);
        Ok(Order { engine: self.clone(), artifact, policy, resettable, in_force })
    }
}

/// A plugin that is to be loaded.
struct Order {
    engine: Engine,
    artifact: Artifact,
    policy: Policy,
    /// What is compiled instead of the artifact, where sandboxes are to be reset.
    resettable: Option<Resettable>,
    in_force: InForce,
}

/// A plugin that was compiled for one of the engine's variants.
struct Compiled {
    component: Component,
    features: Features,
}

impl Order {
    fn load<W: World>(
        self,
        links: Links<W::Host>,
        host: Box<dyn Fn() -> W::Host + Send + Sync>,
    ) -> Result<Plugin<W>, LoadError> {
        if self.policy.startup == Startup::Wait {
            let compiled = self.compile(Code::Optimised)?;
            return self.plugin(compiled, &links, host);
        }
        if let Some(cached) = self.cached()? {
            return self.plugin(cached, &links, host);
        }
        let code = Running::quick(self.link(self.compile(Code::Quick)?, &links)?);
        let (artifact, policy) = (self.artifact.clone(), self.policy.clone());
        let plugin = Plugin::new(artifact, policy, self.in_force.clone(), code, host);
        self.optimise_later(&plugin, links);
        Ok(plugin)
    }

    /// The plugin, of code that is optimised.
    fn plugin<W: World>(
        self,
        compiled: Compiled,
        links: &Links<W::Host>,
        host: Box<dyn Fn() -> W::Host + Send + Sync>,
    ) -> Result<Plugin<W>, LoadError> {
        let code = Running::optimised(self.link(compiled, links)?);
        Ok(Plugin::new(self.artifact, self.policy, self.in_force, code, host))
    }

    fn bytes(&self) -> &[u8] {
        self.resettable.as_ref().map_or(self.artifact.bytes(), Resettable::bytes)
    }

    fn digest(&self) -> Digest {
        self.resettable.as_ref().map_or_else(|| self.artifact.digest(), Resettable::digest)
    }

    fn features(&self, code: Code) -> Features {
        let concurrency = self.artifact.needs_concurrency();
        let beside = self.resettable.as_ref().map_or(0, Resettable::memory);
        let memory = Memory::of(self.artifact.sizes().memory.saturating_add(beside));
        Features { concurrency, fuel: self.policy.limits.fuel.is_some(), code, memory }
    }

    fn variant(&self, features: Features) -> Result<&Variant, LoadError> {
        let plugin = || self.artifact.name().to_owned();
        let variant = self.engine.variant(features);
        variant.map_err(|source| LoadError::Engine { plugin: plugin(), source })
    }

    /// The optimised code from the cache, where that has it.
    fn cached(&self) -> Result<Option<Compiled>, LoadError> {
        let features = self.features(Code::Optimised);
        let Some(cache) = self.engine.cache() else { return Ok(None) };
        let component = cache.get(self.variant(features)?, &self.digest());
        Ok(component.map(|component| Compiled { component, features }))
    }

    /// Compiles the plugin; optimised code comes from the cache where that has it, and goes into it.
    fn compile(&self, code: Code) -> Result<Compiled, LoadError> {
        let features = self.features(code);
        let variant = self.variant(features)?;
        let compile = || {
            check_compile_time(&self.artifact, self.policy.limits.compile)?;
            let compile = || Component::from_binary(&variant.wasm, self.bytes());
            compiled(self.artifact.name(), compile)
        };
        let component = match self.engine.cache() {
            Some(cache) if code == Code::Optimised => {
                cache.component(variant, &self.digest(), compile)?
            }
            _ => compile()?,
        };
        Ok(Compiled { component, features })
    }

    /// Links what was compiled, under the plugin's policy, and checks it against its world.
    fn link<W: World>(
        &self,
        Compiled { component, features }: Compiled,
        links: &Links<W::Host>,
    ) -> Result<Linked<W>, LoadError> {
        let share = self.share(features, &component)?;
        let rules = Rules {
            ticks: self.engine.ticker().ticks(self.policy.limits.time),
            counters: self.engine.counters().plugin(&self.artifact),
            engine: self.engine.clone(),
            wasm: component.engine().clone(),
            allocation: self.variant(features)?.allocation.clone(),
            share,
            memory: TotalMemory::default(),
            concurrent: features.concurrency,
            artifact: self.artifact.clone(),
            policy: self.policy.clone(),
            doors: self.resettable.as_ref().and_then(|it| Doors::of(&component, it)),
            waits: features.concurrency || self.artifact.imports().iter().any(Extern::is_wasi),
        };
        let bound = link::linker::<W>(&component, &rules, links)
            .and_then(|linker| linker.instantiate_pre(&component))
            .and_then(W::bind);
        match bound {
            Ok(pre) => Ok(Linked { pre, rules: Arc::new(rules) }),
            Err(source) => Err(misfit::<W>(&self.artifact, source)),
        }
    }

    /// The plugin's part of the room for sandboxes on the engine that it runs on.
    fn share(&self, features: Features, component: &Component) -> Result<Share, LoadError> {
        let variant = self.variant(features)?;
        let (asked, places) = (self.policy.reserved, places(component));
        variant.room.share(asked, places).map_err(|free| LoadError::Room {
            plugin: self.artifact.name().to_owned(),
            asked,
            places,
            free,
            all: variant.room.all(),
        })
    }

    /// Compiles and links the plugin once more, with optimisation, while its calls go on.
    ///
    /// What fails here was told: the plugin stays on the code that it has.
    fn optimise_later<W: World>(self, plugin: &Plugin<W>, links: Links<W::Host>) {
        let (name, waiting) = (self.artifact.name().to_owned(), plugin.downgrade());
        let engine = self.engine.clone();
        let job = move || {
            // A plugin that is gone needs no code.
            if waiting.strong_count() == 0 {
                return;
            }
            let _entered = trace::optimise(self.artifact.name()).entered();
            let code = self.compile(Code::Optimised).and_then(|it| self.link(it, &links));
            if let Err(reason) = &code {
                tracing::warn!(plugin = self.artifact.name(), %reason, "the plugin stays on quick code");
            }
            if let Some(plugin) = Plugin::of(&waiting) {
                plugin.running().settle(code.ok());
            }
        };
        if let Err(reason) = engine.background().run(job) {
            tracing::warn!(plugin = name, %reason, "the plugin stays on quick code");
            plugin.running().settle(None);
        }
    }
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
    if let Some((key, problem)) = policy.problems().first() {
        let problem = format!("`{key}` {problem}");
        return Err(LoadError::Policy { plugin: plugin.to_owned(), problem });
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
fn check_imports<W: World>(
    artifact: &Artifact,
    answered: impl Fn(&Extern) -> bool,
) -> Result<(), LoadError> {
    if W::COMPONENT_TYPE.is_empty() {
        return Ok(());
    }
    let known = |import: &Extern| match import.kind {
        ExternKind::Function(_) => W::IMPORTS.iter().any(|known| known.name == "$root"),
        _ => W::IMPORTS.iter().any(|known| same_item(known.name, &import.name)),
    };
    let own = artifact.imports().iter().filter(|it| !it.is_types_only() && !it.is_of_runtime());
    let unknown = own.into_iter().any(|import| !answered(import) && !known(import));
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

/// What a byte of a component adds to the time that compiling it may take: three times and more of what any needs.
const COMPILE_BYTE: Duration = Duration::from_micros(10);

/// Refuses what would keep the compiler busy, which cannot be stopped once it has begun.
fn check_compile_time(artifact: &Artifact, limit: Duration) -> Result<(), LoadError> {
    let bytes = u32::try_from(artifact.bytes().len()).unwrap_or(u32::MAX);
    let allowed = limit.saturating_add(COMPILE_BYTE.saturating_mul(bytes));
    let estimated = artifact.compile_time();
    if estimated <= allowed {
        return Ok(());
    }
    Err(LoadError::CompileTime { plugin: artifact.name().to_owned(), allowed, estimated })
}

/// What the compiler makes of a plugin.
fn compiled<C>(
    plugin: &str,
    compile: impl FnOnce() -> wasmtime::Result<C>,
) -> Result<C, LoadError> {
    let plugin = || plugin.to_owned();
    // The bytes were validated when they were read. Should the compiler panic on them all the same, the host goes on:
    // nothing of a failed compilation is kept.
    match catch_unwind(AssertUnwindSafe(compile)) {
        Ok(compiled) => compiled.map_err(|source| LoadError::Compile { plugin: plugin(), source }),
        Err(_) => Err(LoadError::CompilerPanicked { plugin: plugin() }),
    }
}
