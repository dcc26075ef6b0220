//! The engine: compiler settings, the code cache and the clock that every plugin of a program shares.
//!
//! Wasmtime fixes three things when it compiles: whether the component model's concurrency is on (it makes a call
//! 3.4 times slower), whether fuel is counted, and how well code is optimised.
//! A pool fixes how memory is reset, and what is best for small memories is three times as slow for large ones.
//! So one [`Engine`] holds up to sixteen of wasmtime's, each made when the first plugin needs it, and a plugin runs on
//! the cheapest one that it, its world and its policy allow.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    RegallocAlgorithm, WasmBacktraceDetails, component::Component,
};

use crate::{
    cache::{self, CodeCache},
    error::EngineError,
    metrics::{Metrics, PoolMetrics, counters::EngineCounters},
    room::Room,
    startup::{Background, Code},
    target::Target,
    ticker::Ticker,
};

/// Compiles plugins, keeps their clock and their pool of memory; one per program, cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: EngineOptions,
    cache: Option<CodeCache>,
    ticker: Ticker,
    variants: [OnceLock<Variant>; 16],
    background: Background,
    counters: EngineCounters,
}

/// How an [`Engine`] is set up.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Where compiled code is kept between runs; [`Cache::Off`] by default.
    pub cache: Cache,
    /// The most that the cache keeps, in bytes; 4 GiB by default.
    ///
    /// Entries that were not used for longest go first; an entry counts as used at most once a day.
    pub cache_size: u64,
    /// How long the cache keeps an entry that is not used; 30 days by default.
    pub cache_age: Duration,
    /// The most sandboxes that may be alive at once in each kind of engine; 128 by default, 1 to 10,000.
    ///
    /// The pool reserves address space, not memory, for all of them; 1,000 take about 4 ms to reserve.
    pub instances: u32,
    /// How often the clock looks at running calls; 1 ms by default, at least 100 µs.
    ///
    /// A call ends at most two ticks after its time is over.
    pub tick: Duration,
    /// Whether sandboxes take their memory from a pool that is reserved once; `true` by default.
    ///
    /// Without it each sandbox maps its memory anew, which costs about seven times as much.
    pub pool: bool,
    /// Whether sandboxes whose calls failed can tell what was in them; `false` by default.
    ///
    /// Calls that do not fail cost nothing more; see [`Instance::core_dump`](crate::Instance::core_dump).
    pub core_dumps: bool,
    /// Whether plugins run on wasmtime's interpreter, Pulley, instead of as native code; `false` by default.
    ///
    /// It is for machines that wasmtime has no compiler for and for programs that may make no native code.
    /// Everything holds as otherwise, and loops are many times as slow.
    pub interpreter: bool,
    /// Whether plugins may have `map<K, V>` in their worlds; `false` by default.
    ///
    /// It is not part of the Component Model that every tool knows yet; wasmtime turns it off by default, too.
    pub maps: bool,
    /// Whether plugins may have `list<T, N>` in their worlds, whose length is fixed; `false` by default, as above.
    pub fixed_length_lists: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            cache: Cache::Off,
            cache_size: 4 << 30,
            cache_age: Duration::from_secs(30 * 24 * 60 * 60),
            instances: 128,
            tick: Duration::from_millis(1),
            pool: true,
            core_dumps: false,
            interpreter: false,
            maps: false,
            fixed_length_lists: false,
        }
    }
}

impl EngineOptions {
    /// What an engine with these options runs.
    pub(crate) fn target(&self) -> Target {
        if self.interpreter { Target::interpreter() } else { Target::host() }
    }
}

/// Where compiled code is kept between runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// Nowhere: every load compiles.
    #[default]
    Off,
    /// In this folder, which is created for its owner alone (mode 0700).
    ///
    /// An entry is the code for one digest and one set of engine settings, sealed with a key in the same folder.
    /// One that is damaged, that lacks the seal, or that another user could have written, is ignored and written anew.
    Folder(PathBuf),
}

/// How the sandboxes of a plugin get their memory; which of these is in force decides the cost of a fresh one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Allocation {
    /// From a pool; the plugin begins with at most 128 KiB of memory, all of which is reset by copying, without a call
    /// of the kernel.
    PooledByCopy,
    /// From a pool; what a sandbox dirtied is found by the kernel's page map and reset (Linux 6.7 and later).
    PooledWithPageMap,
    /// From a pool; memory is handed back to the kernel after each use, as on kernels before Linux 6.7.
    Pooled,
    /// Mapped for each sandbox, as [`EngineOptions::pool`] asked.
    OnDemand,
    /// Mapped for each sandbox, because the pool could not be reserved: the reason follows.
    OnDemandBecause(String),
}

/// One of wasmtime's engines and how its memory is allocated.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) wasm: wasmtime::Engine,
    /// What compiled code depends on beside the component; see [`cache::settings`].
    pub(crate) settings: u64,
    pub(crate) allocation: Allocation,
    pub(crate) room: Arc<Room>,
}

/// What a plugin needs compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) concurrency: bool,
    pub(crate) fuel: bool,
    pub(crate) code: Code,
    pub(crate) memory: Memory,
}

/// How much memory a sandbox begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// So little that copying all of it is cheaper than finding out what was written.
    Small,
    Large,
}

impl Memory {
    /// Copying so much costs about as much as one call of the kernel, in bytes.
    const SMALL: u64 = 128 << 10;

    pub(crate) fn of(bytes: u64) -> Self {
        if bytes <= Self::SMALL { Self::Small } else { Self::Large }
    }
}

impl Features {
    /// What each combination is called, by its index.
    const NAMES: [&str; 16] = [
        "sync",
        "sync-fuel",
        "async",
        "async-fuel",
        "quick-sync",
        "quick-sync-fuel",
        "quick-async",
        "quick-async-fuel",
        "small-sync",
        "small-sync-fuel",
        "small-async",
        "small-async-fuel",
        "small-quick-sync",
        "small-quick-sync-fuel",
        "small-quick-async",
        "small-quick-async-fuel",
    ];

    fn index(self) -> usize {
        let small = self.memory == Memory::Small;
        let quick = self.code == Code::Quick;
        [small, quick, self.concurrency, self.fuel]
            .into_iter()
            .fold(0, |index, it| index * 2 + usize::from(it))
    }
}

impl Engine {
    /// Starts an engine: opens the code cache and the clock's thread, which ends with the last clone.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        if !(1..=10_000).contains(&options.instances) {
            return Err(EngineError::Instances { asked: options.instances });
        }
        if options.tick < Duration::from_micros(100) {
            return Err(EngineError::Tick { asked: options.tick });
        }
        let cache = match &options.cache {
            Cache::Off => None,
            Cache::Folder(path) => {
                Some(CodeCache::open(path, options.cache_size, options.cache_age)?)
            }
        };
        let ticker = Ticker::start(options.tick).map_err(EngineError::Thread)?;
        let (variants, background, counters) = Default::default();
        Ok(Self(Arc::new(Shared { options, cache, ticker, variants, background, counters })))
    }

    /// The options that this engine was started with.
    pub fn options(&self) -> &EngineOptions {
        &self.0.options
    }

    /// What the engine and its plugins have done so far.
    pub fn metrics(&self) -> Metrics {
        self.0.metrics()
    }

    /// The same for whoever must not keep the engine alive; nothing when it is gone.
    #[cfg(feature = "opentelemetry")]
    pub(crate) fn metrics_while_alive(&self) -> impl Fn() -> Option<Metrics> + Clone + use<> {
        let shared = Arc::downgrade(&self.0);
        move || Some(shared.upgrade()?.metrics())
    }

    #[inline]
    pub(crate) fn counters(&self) -> &EngineCounters {
        &self.0.counters
    }

    pub(crate) fn cache(&self) -> Option<&CodeCache> {
        self.0.cache.as_ref()
    }

    #[inline]
    pub(crate) fn ticker(&self) -> &Ticker {
        &self.0.ticker
    }

    pub(crate) fn background(&self) -> &Background {
        &self.0.background
    }

    pub(crate) fn variant(&self, features: Features) -> Result<&Variant, EngineError> {
        let slot = &self.0.variants[features.index()];
        if let Some(variant) = slot.get() {
            return Ok(variant);
        }
        let made = Variant::new(features, &self.0.options)?;
        // Two threads may both have made one; the loser's is dropped before anything ran on it.
        let variant = slot.get_or_init(|| {
            self.0.ticker.watch(made.wasm.weak());
            made
        });
        Ok(variant)
    }
}

impl Shared {
    fn metrics(&self) -> Metrics {
        let [hits, misses, refused] =
            self.cache.as_ref().map(CodeCache::lookups).unwrap_or_default();
        let pools = self.variants.iter().zip(Features::NAMES);
        let pools = pools.filter_map(|(variant, pool)| {
            let room = &variant.get()?.room;
            Some(PoolMetrics { pool, places: room.all(), taken: room.taken() })
        });
        Metrics {
            pools: pools.collect(),
            cache_hits: hits,
            cache_misses: misses,
            cache_refused: refused,
            ..self.counters.metrics()
        }
    }
}

impl Variant {
    fn new(features: Features, options: &EngineOptions) -> Result<Self, EngineError> {
        if !options.pool {
            let wasm = unpooled(features, options, &options.target())?;
            return Ok(Self::of(wasm, options, Allocation::OnDemand));
        }
        let pooled = |allocation: Allocation| {
            let mut pooled = config(features, options, &options.target())?;
            let pool = InstanceAllocationStrategy::Pooling(pool(options, &allocation));
            let wasm = wasmtime::Engine::new(pooled.allocation_strategy(pool))?;
            Ok(Self::of(wasm, options, allocation))
        };
        // An old kernel refuses the page map; rationed address space (`ulimit -v`, small devices) refuses the pool.
        let made = match features.memory {
            Memory::Small => pooled(Allocation::PooledByCopy),
            Memory::Large => pooled(Allocation::PooledWithPageMap)
                .or_else(|_: wasmtime::Error| pooled(Allocation::Pooled)),
        };
        match made {
            Ok(variant) => Ok(variant),
            Err(reason) => {
                tracing::warn!(%reason, "the memory pool could not be reserved: each sandbox maps its own memory");
                let wasm = unpooled(features, options, &options.target())?;
                Ok(Self::of(wasm, options, Allocation::OnDemandBecause(format!("{reason:#}"))))
            }
        }
    }
}

impl Variant {
    fn of(wasm: wasmtime::Engine, options: &EngineOptions, allocation: Allocation) -> Self {
        let room = Arc::new(Room::new(options.instances));
        Self { settings: cache::settings(&wasm), wasm, allocation, room }
    }
}

/// An engine for a machine that may be another, with no pool.
pub(crate) fn unpooled(
    features: Features,
    options: &EngineOptions,
    target: &Target,
) -> Result<wasmtime::Engine, EngineError> {
    let config = config(features, options, target);
    config.and_then(|it| wasmtime::Engine::new(&it)).map_err(EngineError::Runtime)
}

fn config(
    features: Features,
    options: &EngineOptions,
    target: &Target,
) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    if let Some(triple) = target.named() {
        config.target(&triple.to_string())?;
    }
    config.concurrency_support(features.concurrency);
    config.consume_fuel(features.fuel);
    if features.code == Code::Quick {
        config.cranelift_opt_level(OptLevel::None);
        config.cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    }
    config.epoch_interruption(true);
    config.coredump_on_trap(options.core_dumps);
    // Where a component has debug information, traps tell files and lines.
    config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
    config.wasm_component_model_map(options.maps);
    config.wasm_component_model_fixed_length_lists(options.fixed_length_lists);
    Ok(config)
}

/// The most that a sandbox keeps resident between uses, in bytes: more than the image and the heap of an ordinary
/// plugin, so that its reset gives nothing back to the kernel.
const KEEP_RESIDENT: usize = 2 << 20;

/// The same for a plugin that begins with little memory, all of which is copied: twice what it begins with.
const KEEP_SMALL: usize = 2 * Memory::SMALL as usize;

/// The most core instances in one sandbox; the pool counts them and keeps nothing for them.
const CORE_INSTANCES: u32 = 256;

/// What one place of the pool holds: a component made with a standard library has one memory and one or two tables.
const MEMORIES: u32 = 2;
const TABLES: u32 = 4;

/// The places of the pool that one sandbox takes; a composed component takes several.
pub(crate) fn places(component: &Component) -> u32 {
    let Some(needed) = component.resources_required() else { return 1 };
    let memories = needed.num_memories.div_ceil(MEMORIES);
    memories.max(needed.num_tables.div_ceil(TABLES)).max(1)
}

fn pool(options: &EngineOptions, allocation: &Allocation) -> PoolingAllocationConfig {
    let instances = options.instances;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES))
        .total_memories(instances.saturating_mul(MEMORIES))
        .total_tables(instances.saturating_mul(TABLES))
        .total_stacks(instances)
        .max_core_instances_per_component(CORE_INSTANCES)
        .max_memories_per_component(64)
        .max_tables_per_component(128)
        .max_memories_per_module(16)
        .max_tables_per_module(16)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .table_elements(200_000)
        .table_keep_resident(64 << 10)
        .max_unused_warm_slots(instances);
    match allocation {
        Allocation::PooledByCopy => pool.linear_memory_keep_resident(KEEP_SMALL),
        Allocation::PooledWithPageMap => {
            pool.linear_memory_keep_resident(KEEP_RESIDENT).pagemap_scan(Enabled::Yes)
        }
        _ => &mut pool,
    };
    pool
}
