//! What one plugin may use and spend: plain data, from a struct literal or from TOML.
//!
//! The default grants nothing and bounds everything.

mod output;

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

use serde::Deserialize;

pub use self::output::{Captured, Output};
use crate::capability::{Capability, CapabilityKind};
use crate::version::unversioned;

/// What one plugin may use and spend.
///
/// ```
/// let policy: plugwright_component::policy::Policy = toml::from_str(r#"
///     instances = { reuse = 100 }
///
///     [grants]
///     wall-clock = true
///     interfaces = ["example:heater/log"]
///     folders = [{ host = "/srv/tables", guest = "/tables" }]
///
///     [limits]
///     memory = "16 MiB"
///     time = "50ms"
/// "#)?;
/// assert_eq!(policy.limits.memory, 16 << 20);
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// What the plugin may reach outside its sandbox; nothing by default.
    pub grants: Grants,
    /// The most that the plugin may spend; finite by default.
    pub limits: Limits,
    /// How long a sandbox lives; a fresh one for each call by default.
    pub instances: Instances,
    /// How many of the engine's sandboxes only this plugin may take; 0 by default.
    ///
    /// What no plugin has reserved is taken by whoever comes first.
    /// A plugin that reserves more than is free does not load.
    pub reserved: u32,
    /// What loading the plugin waits for; for optimised code by default.
    pub startup: Startup,
}

impl Policy {
    /// Lists what cannot be meant, whatever the plugin is: the key, and what is wrong with its value.
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let Policy { limits, grants, .. } = self;
        let nameless = grants.folders.iter().any(|folder| folder.guest.is_empty());
        let too_much_fuel = limits.fuel.is_some_and(|fuel| i64::try_from(fuel).is_err());
        let all = [
            (limits.time.is_zero(), "limits.time", "is zero, so no call could ever end in time"),
            (limits.concurrent == 0, "limits.concurrent", "is zero, so no call could ever begin"),
            (limits.fuel == Some(0), "limits.fuel", "is zero, so no call could ever begin"),
            (too_much_fuel, "limits.fuel", "is more than 9,223,372,036,854,775,807"),
            (
                nameless,
                "grants.folders",
                "says `guest = \"\"`: a folder has to have a name for the plugin",
            ),
        ];
        all.into_iter().filter(|(is, ..)| *is).map(|(_, key, what)| (key, what)).collect()
    }
}

/// What a plugin may reach outside its sandbox; nothing by default.
///
/// A plugin always loads, whatever it imports from WASI, since every standard library imports more than a program
/// uses.
/// Reaching for what is not granted ends the call with `CallError::NotGranted`, which
/// names the grant.
/// Three things answer without a grant, because nothing leaves the sandbox: the monotonic clock; the seed of hash
/// maps, which is then the same each time; and, while a sandbox starts, the wall clock (1970-01-01) and random
/// numbers (the same each time), which language runtimes read before any of the plugin's code runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Grants {
    /// Where the plugin's standard output goes; discarded by default.
    pub stdout: Output,
    /// Where the plugin's standard error goes; discarded by default.
    ///
    /// Its last 64 KiB are kept all the same, for `CallError::Trap`.
    pub stderr: Output,
    /// The environment variables that the plugin sees; none by default.
    pub env: BTreeMap<String, String>,
    /// The folders that the plugin sees; none by default.
    pub folders: Vec<Folder>,
    /// Whether the plugin may read the date and time.
    pub wall_clock: bool,
    /// Whether the plugin may have unpredictable numbers.
    pub random: bool,
    /// Which of the host author's own interfaces the plugin may call; none by default.
    pub interfaces: Interfaces,
}

impl Grants {
    /// Tells whether what a capability reaches is granted; what needs no grant always is.
    ///
    /// Of the host's own interfaces all that the capability needs have to be granted.
    pub fn allow(&self, capability: &Capability) -> bool {
        match capability.kind {
            CapabilityKind::Exit
            | CapabilityKind::Lent
            | CapabilityKind::MonotonicClock
            | CapabilityKind::Terminal
            // Written to, they only lose what is written.
            | CapabilityKind::Stdout
            | CapabilityKind::Stderr => true,
            CapabilityKind::Http | CapabilityKind::Network | CapabilityKind::Stdin => false,
            CapabilityKind::Host | CapabilityKind::OtherWasi => {
                capability.granted_as().all(|it| self.interfaces.grant(it))
            }
            CapabilityKind::Files => !self.folders.is_empty(),
            CapabilityKind::Environment => !self.env.is_empty(),
            CapabilityKind::WallClock => self.wall_clock,
            CapabilityKind::Random | CapabilityKind::InsecureRandom => self.random,
        }
    }
}

/// A folder of the host that a plugin sees under a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Folder {
    /// The folder, on the host.
    pub host: PathBuf,
    /// Its name for the plugin, such as `/data`.
    pub guest: String,
    /// Whether the plugin may change what is in it; `false` by default.
    #[serde(default)]
    pub write: bool,
}

/// Which of the host author's own interfaces a plugin may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interfaces {
    /// Every import of the world; in TOML `"all"`.
    All,
    /// These, written `namespace:package/interface`, with or without a version; in TOML a list.
    ///
    /// The functions that a world imports directly are granted together, as `$root`.
    /// A name that no import of the world has is refused when the plugin is loaded.
    Only(BTreeSet<String>),
}

impl Default for Interfaces {
    fn default() -> Self {
        Self::Only(BTreeSet::new())
    }
}

impl Interfaces {
    /// The interfaces of these names.
    pub fn only<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Only(names.into_iter().map(Into::into).collect())
    }

    /// Whether the import of this name, with its version, is granted.
    pub fn grant(&self, import: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(import) || names.contains(unversioned(import)),
        }
    }
}

/// The most that a plugin may spend; each has a finite default and an error of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Bytes of memory in one sandbox, over all its memories together; 128 MiB by default.
    ///
    /// TOML takes a number or a text such as `"16 MiB"`.
    #[serde(deserialize_with = "bytes")]
    pub memory: u64,
    /// Bytes of memory in all sandboxes of the plugin that live at once; 2 GiB by default.
    #[serde(deserialize_with = "bytes")]
    pub total_memory: u64,
    /// Elements in one sandbox, over all its tables together; 100,000 by default.
    pub table_elements: u64,
    /// How long a call may take, from its start to its end; 1 s by default.
    ///
    /// It is also how long a sandbox may take to start, apart from the call.
    /// It ends what the plugin does and what it waits for, but for a function of the host author's that blocks.
    /// TOML takes a text such as `"50ms"`.
    #[serde(deserialize_with = "duration")]
    pub time: Duration,
    /// Instructions that a call may run, as wasmtime counts them; not counted by default.
    ///
    /// The count is exact and the same on every machine, and makes tight loops up to half again as slow.
    pub fuel: Option<u64>,
    /// Resource handles, streams and futures alive at once in one sandbox; 10,000 by default.
    pub handles: usize,
    /// Bytes that the host copies out of the sandbox in one call, in either direction; 16 MiB by default.
    ///
    /// It bounds the arguments of a function that the plugin calls, and the result of one that the host calls.
    /// What counts is the host's memory that the values take, as wasmtime reckons it.
    #[serde(deserialize_with = "bytes")]
    pub lifted: u64,
    /// How often a call may call the host, WASI included; 1,000,000 by default.
    pub host_calls: u64,
    /// Bytes that a call may pass to functions of the host author's, over all their arguments; 1 GiB by default.
    #[serde(deserialize_with = "bytes")]
    pub host_bytes: u64,
    /// Bytes that one stream which the plugin writes may hold until somebody reads them; 64 KiB by default.
    ///
    /// Of a stream of other values it is the memory that they take, but for what they hold elsewhere, such as texts;
    /// one value is always let through.
    #[serde(deserialize_with = "bytes")]
    pub stream_buffer: u64,
    /// Core instances in one sandbox; 1,000 by default.
    ///
    /// A component made by one compiler holds three to five, a composed one that times its parts.
    pub core_instances: usize,
    /// Calls of the plugin that run at once; 64 by default, at least 1.
    ///
    /// A further one waits for its turn, in the order of coming, no longer than [`Limits::time`].
    /// [`Instances::Pinned`] always runs one at a time.
    pub concurrent: u32,
    /// Calls that may wait for their turn; 1,024 by default.
    pub waiting: u32,
    /// How long compiling the plugin may take on one core, as estimated, beside 10 s for each megabyte; 5 s by default.
    ///
    /// It is estimated before it begins, because a compiler cannot be stopped.
    /// Plugins that are made to keep one busy are refused, those that compilers make are far below.
    #[serde(deserialize_with = "duration")]
    pub compile: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 128 << 20,
            total_memory: 2 << 30,
            table_elements: 100_000,
            time: Duration::from_secs(1),
            fuel: None,
            handles: 10_000,
            lifted: 16 << 20,
            host_calls: 1_000_000,
            host_bytes: 1 << 30,
            stream_buffer: 64 << 10,
            core_instances: 1_000,
            concurrent: 64,
            waiting: 1_024,
            compile: Duration::from_secs(5),
        }
    }
}

/// How long a sandbox lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instances {
    /// One call: nothing that a call leaves behind is seen by another.
    #[default]
    Fresh,
    /// At most this many calls, one at a time; concurrent calls get sandboxes of their own.
    Reuse(NonZeroU32),
    /// Until it traps: state lives on, and calls wait for each other.
    Pinned,
    /// Any number of calls, one at a time, because it is made what it was before each of them: nothing that a call
    /// leaves behind is seen by another.
    ///
    /// That is as safe as [`Instances::Fresh`], and several times as fast where calls write little.
    /// It costs some speed and memory within calls, since every write leaves a mark, and that is also counted as fuel.
    /// A call after which the sandbox cannot be proven to be what it was ends it, such as one that makes its memory
    /// larger or holds resources; `Plugin::resets` counts them.
    /// Where nothing can be proven for a component, [`Instances::Fresh`] is in force, which
    /// `Plugin::instances` tells.
    Reset,
}

/// What the load of a plugin waits for, where its code is not in the cache.
///
/// How long that is depends on the plugin: optimised code of one in Python (18 MB) takes 21 s on two cores, of one in
/// Go (2 MB) 5 s, of one in Rust (50 kB) 50 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Startup {
    /// For optimised code: the first call is as fast as every other.
    #[default]
    Wait,
    /// For code that is compiled without optimisation, which takes about half the time and runs at about half the
    /// speed.
    ///
    /// The plugin moves to optimised code when that is ready: new sandboxes are made of it at once, and one that is
    /// used again ends after its call.
    /// [`Instances::Pinned`] keeps its sandbox, and so its code, since state cannot move.
    Quick,
}

/// Reads a time, as a text with a unit.
fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let wrong = |_| serde::de::Error::custom("expected a time such as `\"50ms\"` or `\"10s\"`");
    humantime_serde::deserialize(deserializer).map_err(wrong)
}

/// Reads a number of bytes, or a text with a unit.
fn bytes<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Text(String),
    }
    let wrong =
        || serde::de::Error::custom("expected a number of bytes, or a text such as `\"16 MiB\"`");
    match Written::deserialize(deserializer).map_err(|_| wrong())? {
        Written::Number(bytes) => Ok(bytes),
        Written::Text(text) => {
            text.parse::<bytesize::ByteSize>().map(|size| size.as_u64()).map_err(|_| wrong())
        }
    }
}

impl<'de> Deserialize<'de> for Interfaces {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected `\"all\"` or a list of interface names")]
        enum Written {
            Word(Word),
            Names(BTreeSet<String>),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Word {
            All,
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Word(Word::All) => Self::All,
            Written::Names(names) => Self::Only(names),
        })
    }
}
