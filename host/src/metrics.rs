//! What an engine and its plugins have done, as plain data: for a page, a log or a test.
//!
//! `counters` counts while plugins are called, `histogram` sorts times, `families` names everything once, and
//! `prometheus` and `opentelemetry` tell it to others.

pub(crate) mod counters;
mod families;
mod histogram;
#[cfg(feature = "opentelemetry")]
mod opentelemetry;
mod prometheus;

use std::collections::BTreeMap;

use plugwright_component::Digest;

pub use self::histogram::Histogram;

/// What an engine and its plugins have done since they were made: the answer of
/// [`Engine::metrics`](crate::Engine::metrics).
///
/// Counts only grow; what belongs to a plugin goes with it.
/// Calls that end while it is taken may be in some of its numbers and not yet in others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// The plugins that are loaded, by name.
    pub plugins: Vec<PluginMetrics>,
    /// The pools of memory that the engine has made so far.
    pub pools: Vec<PoolMetrics>,
    /// How many loads ended well.
    pub loads: u64,
    /// How many did not.
    pub failed_loads: u64,
    /// How long loads took, from the component's bytes to the plugin, failed ones included.
    pub load_time: Histogram,
    /// How many loads found their code in the cache.
    pub cache_hits: u64,
    /// How many did not.
    pub cache_misses: u64,
    /// How many found code that was damaged or that another user could have written, and compiled anew.
    pub cache_refused: u64,
}

/// What one plugin has done, in all its sandboxes.
///
/// Plugins with the same name and the same bytes are one here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PluginMetrics {
    /// The component's name.
    pub plugin: String,
    /// The version that the component says it has.
    pub version: Option<String>,
    /// The component's digest.
    pub digest: Digest,
    /// How many calls ended well.
    pub calls: u64,
    /// How many calls and starts of sandboxes failed, by [`CallError::kind`](crate::CallError::kind); those whose
    /// futures were dropped are `cancelled`.
    pub errors: BTreeMap<&'static str, u64>,
    /// How long calls took in their sandboxes, failed ones included.
    ///
    /// Reading the clock takes longer than a small call.
    /// So of calls that a thread begins within one tick of the engine's clock, the first has its own time here, and of
    /// the others one in 64, which stands for the 63 after it.
    /// Those that take longer than two ticks have their own time, to a tick.
    pub call_time: Histogram,
    /// How long sandboxes took to start, measured in the same way.
    pub start_time: Histogram,
    /// How many sandboxes are alive.
    pub sandboxes: u64,
    /// The memory that they had at the end of their last calls, in bytes.
    pub memory: u64,
    /// Bytes that calls copied into sandboxes, streams included.
    pub copied_in: u64,
    /// Bytes that calls copied out of sandboxes, streams included.
    pub copied_out: u64,
    /// How often the plugin called the host, WASI included.
    pub host_calls: u64,
    /// Instructions, as wasmtime counts them, where the policy counts them.
    pub fuel: u64,
}

/// The room for sandboxes on one of the engines in an [`Engine`](crate::Engine).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// What the plugins on it need: `sync` or `async`, with `-fuel` where fuel is counted, and `quick-` where their code
    /// was compiled in a hurry.
    pub pool: &'static str,
    /// How many places there are; an ordinary sandbox takes one.
    pub places: u32,
    /// How many of them are taken, or reserved.
    pub taken: u32,
}
