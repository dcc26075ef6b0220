//! What can go wrong, one enum per phase: [`EngineError`] at the start, [`LoadError`] for a plugin that cannot be
//! loaded, [`CallError`] for a call that did not end well.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use plugwright_component::Difference;

use crate::precompiled::CodeMisfit;

/// Why an engine could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The number of sandboxes is out of range: change the option.
    #[error("an engine has room for 1 to 10,000 instances, and {asked} were asked")]
    Instances {
        /// What [`EngineOptions::instances`](crate::EngineOptions::instances) said.
        asked: u32,
    },
    /// The clock would tick too often: change the option.
    #[error("an engine's tick is at least 100 µs, and {asked:?} was asked")]
    Tick {
        /// What [`EngineOptions::tick`](crate::EngineOptions::tick) said.
        asked: Duration,
    },
    /// The folder for compiled code cannot be made or read: choose another.
    #[error("the cache folder `{}` cannot be used", .folder.display())]
    CacheFolder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder for compiled code belongs to another user, who could put any code there: choose another.
    #[error("the cache folder `{}` is not a folder of this user", .folder.display())]
    CacheForeign {
        /// The folder.
        folder: PathBuf,
    },
    /// The clock's thread could not be started: the system is short of something.
    #[error("the engine's clock could not be started")]
    Thread(#[source] std::io::Error),
    /// The machine cannot run compiled plugins, or the settings are wrong: a bug of ours, unless the machine is unusual.
    #[error("the runtime could not be started")]
    Runtime(#[source] wasmtime::Error),
}

/// Why a plugin could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The engine that the plugin needs could not be set up.
    #[error("the engine for plugin `{plugin}` could not be set up")]
    Engine {
        /// The plugin's name.
        plugin: String,
        /// Why.
        source: EngineError,
    },
    /// The component is not the plugin that the world describes: fix or rebuild the plugin.
    ///
    /// Every difference is here at once.
    #[error("plugin `{plugin}` does not conform to world `{world}`{}", listed(.differences))]
    NonConforming {
        /// The plugin's name.
        plugin: String,
        /// The world's name.
        world: String,
        /// Invariant: never empty.
        differences: Vec<Difference>,
    },
    /// A function of this world is served by one name only, and the component's types fit no host: rebuild it with
    /// current tools.
    #[error("plugin `{plugin}` cannot be linked")]
    Link {
        /// The plugin's name.
        plugin: String,
        /// What the linker said.
        source: wasmtime::Error,
    },
    /// The component cannot be compiled: it uses something that this engine does not run, or is not valid.
    #[error("plugin `{plugin}` cannot be compiled")]
    Compile {
        /// The plugin's name.
        plugin: String,
        /// What the compiler said.
        source: wasmtime::Error,
    },
    /// The world has a part of WIT that this engine was not told to run: turn it on in the engine's options.
    #[error("plugin `{plugin}` has a {what} in its world, and `EngineOptions::{option}` is off")]
    Extension {
        /// The plugin's name.
        plugin: String,
        /// What it has.
        what: &'static str,
        /// The field of [`EngineOptions`](crate::EngineOptions) that turns it on.
        option: &'static str,
    },
    /// The plugin has async functions, and the host was built without Plugwright's cargo feature `async`: build the
    /// host with it.
    #[error(
        "plugin `{plugin}` has async functions, and its host was built without the feature `async` of Plugwright"
    )]
    Async {
        /// The plugin's name.
        plugin: String,
    },
    /// Compiling would take longer than [`Limits::compile`](crate::Limits::compile) allows: do not use the plugin, or
    /// raise the limit.
    #[error(
        "compiling plugin `{plugin}` would take about {estimated:.1?}, of {allowed:.1?} that its policy allows for its size"
    )]
    CompileTime {
        /// The plugin's name.
        plugin: String,
        /// The limit and what the plugin's size adds to it.
        allowed: Duration,
        /// What it would take, on one core.
        estimated: Duration,
    },
    /// The compiler panicked: do not use the file, and report a bug with it.
    #[error(
        "the compiler failed on plugin `{plugin}`; this is a bug: please report it with the file"
    )]
    CompilerPanicked {
        /// The plugin's name.
        plugin: String,
    },
    /// The code that was compiled before does not fit the plugin, its policy or this machine: compile it again, as the
    /// source says.
    #[error("the precompiled code cannot be used for plugin `{plugin}`")]
    Precompiled {
        /// The plugin's name.
        plugin: String,
        /// Why.
        source: CodeMisfit,
    },
    /// The plugin reserves more sandboxes than the engine has left: reserve fewer, or raise
    /// [`EngineOptions::instances`](crate::EngineOptions::instances).
    #[error(
        "plugin `{plugin}` reserves {asked} sandboxes of {places} places each, and {free} of the engine's {all} places are free"
    )]
    Room {
        /// The plugin's name.
        plugin: String,
        /// What [`Policy::reserved`](crate::Policy::reserved) says.
        asked: u32,
        /// The places in the engine's pool that one sandbox takes.
        places: u32,
        /// The places that are free.
        free: u32,
        /// The places that there are.
        all: u32,
    },
    /// A granted folder cannot be opened: create it, or change the policy.
    #[error("plugin `{plugin}` was granted the folder `{}`, which cannot be opened", .folder.display())]
    Folder {
        /// The plugin's name.
        plugin: String,
        /// The folder, on the host.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The policy contradicts itself: fix it.
    #[error("the policy for plugin `{plugin}` cannot hold: {problem}")]
    Policy {
        /// The plugin's name.
        plugin: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Names, as a message lists them.
pub(crate) fn quoted(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}

fn listed(differences: &[Difference]) -> String {
    differences.iter().map(|difference| format!("\n{difference}")).collect()
}

/// Why a call, or the start of a sandbox, did not end well.
///
/// After any of these but [`CallError::Busy`], [`CallError::Queue`] and [`CallError::Depth`] the sandbox is gone: a [`Plugin`](crate::Plugin) takes another for its
/// next call, and an [`Instance`](crate::Instance) answers [`CallError::Dead`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The call took longer than [`Limits::time`](crate::Limits::time): replace the plugin, or raise the limit.
    #[error("`{function}` took longer than the {allowed:?} that its policy allows")]
    Deadline {
        /// The function that was called.
        function: String,
        /// The limit.
        allowed: Duration,
    },
    /// The call used up [`Limits::fuel`](crate::Limits::fuel): replace the plugin, or raise the limit.
    #[error("`{function}` used up the {allowed} units of fuel that its policy allows")]
    Fuel {
        /// The function that was called.
        function: String,
        /// The limit.
        allowed: u64,
    },
    /// The sandbox asked for more than [`Limits::memory`](crate::Limits::memory): replace the plugin, or raise the
    /// limit.
    #[error("`{function}` asked for {asked} bytes of memory, of {allowed} that its policy allows")]
    Memory {
        /// The function that was called.
        function: String,
        /// The limit, in bytes.
        allowed: u64,
        /// What the sandbox would have had, in bytes.
        asked: u64,
    },
    /// All sandboxes of the plugin together would have more than [`Limits::total_memory`](crate::Limits::total_memory):
    /// call the plugin less often at once, or raise the limit.
    #[error(
        "`{function}` asked for memory, and all sandboxes of the plugin together would have {asked} bytes, of \
         {allowed} that its policy allows"
    )]
    TotalMemory {
        /// The function that was called.
        function: String,
        /// The limit, in bytes.
        allowed: u64,
        /// What all sandboxes together would have had, in bytes.
        asked: u64,
    },
    /// The sandbox asked for more than [`Limits::table_elements`](crate::Limits::table_elements).
    #[error("`{function}` asked for {asked} table elements, of {allowed} that its policy allows")]
    TableElements {
        /// The function that was called.
        function: String,
        /// The limit.
        allowed: u64,
        /// What the sandbox would have had.
        asked: u64,
    },
    /// The sandbox holds as many handles as [`Limits::handles`](crate::Limits::handles) allows.
    #[error("`{function}` asked for more than the {allowed} live handles that its policy allows")]
    Handles {
        /// The function that was called.
        function: String,
        /// The limit.
        allowed: usize,
    },
    /// The plugin passed the host more bytes at once than [`Limits::lifted`](crate::Limits::lifted) allows.
    #[error(
        "`{function}` passed the host more than the {allowed} bytes at once that its policy allows"
    )]
    Lifted {
        /// The function that was called.
        function: String,
        /// The limit, in bytes.
        allowed: u64,
    },
    /// The plugin called its host more often than [`Limits::host_calls`](crate::Limits::host_calls) allows.
    #[error(
        "`{function}` called its host more often than the {allowed} times that its policy allows"
    )]
    HostCalls {
        /// The function that was called.
        function: String,
        /// The limit.
        allowed: u64,
    },
    /// The plugin passed its host more bytes than [`Limits::host_bytes`](crate::Limits::host_bytes) allows.
    #[error(
        "`{function}` passed its host {asked} bytes, of {allowed} that its policy allows, the last of them to `{import}`"
    )]
    HostBytes {
        /// The function that was called.
        function: String,
        /// The host's function that was not called any more.
        import: String,
        /// The limit, in bytes.
        allowed: u64,
        /// What it would have been, in bytes.
        asked: u64,
    },
    /// The component has more core instances than [`Limits::core_instances`](crate::Limits::core_instances) allows.
    #[error("`{function}` needs more than the {allowed} core instances that its policy allows")]
    CoreInstances {
        /// The function that was called.
        function: String,
        /// The limit.
        allowed: usize,
    },
    /// The plugin reached for what its policy does not grant: grant it, or replace the plugin.
    #[error(
        "`{function}` reached for {capability} (`{import}`), which {}",
        if .grant.is_some() { "its policy does not grant" } else { "is not offered here" }
    )]
    NotGranted {
        /// The function that was called.
        function: String,
        /// What it reached for, in plain words.
        capability: String,
        /// The import that it called.
        import: String,
        /// The lines of TOML that would grant it; `None` where no policy can.
        grant: Option<String>,
    },
    /// Another plugin failed, which answers an import of this one in its application: see `source`.
    #[error("`{function}` called `{import}` of plugin `{plugin}`, which failed")]
    Linked {
        /// The function that was called.
        function: String,
        /// The plugin that failed.
        plugin: String,
        /// The import that it answers.
        import: String,
        /// Why it failed.
        source: Arc<CallError>,
    },
    /// What the host passed to the plugin, a reader or another plugin's stream, failed while the plugin read it: see
    /// `source`.
    #[error("what `{function}` was given to read failed")]
    Input {
        /// The function that was called.
        function: String,
        /// Why it failed.
        source: Arc<std::io::Error>,
    },
    /// The plugin failed: replace it, or report it to its author.
    #[error("`{function}` trapped: {message}{}", more(.message, .stderr))]
    Trap {
        /// The function that was called.
        function: String,
        /// What went wrong, in one line: in the plugin's own words, if it left any, such as a panic's message.
        message: String,
        /// What the runtime said, such as ``wasm `unreachable` instruction executed``.
        reason: String,
        /// The last that the sandbox wrote to standard error, at most 64 KiB; the stack of an exception, in languages
        /// that have one.
        stderr: String,
        /// The functions of the plugin that were running, innermost first.
        frames: Vec<Frame>,
    },
    /// The plugin ended itself, as a program does with `exit`: report it to its author.
    #[error("`{function}` ended the plugin with exit code {code}{}", more("", .stderr))]
    Exit {
        /// The function that was called.
        function: String,
        /// The code that it gave.
        code: i32,
        /// The last that the sandbox wrote to standard error, at most 64 KiB.
        stderr: String,
    },
    /// An earlier call ended badly, and this instance with it: take another.
    #[error("`{function}` cannot be called: an earlier call ended this instance")]
    Dead {
        /// The function that was called.
        function: String,
    },
    /// Another plugin passed handles that lie in different sandboxes of this one, which cannot meet: have them made on
    /// behalf of one plugin.
    #[error("`{function}` was passed handles of two sandboxes, which cannot meet")]
    Strangers {
        /// The function that was called.
        function: String,
    },
    /// All sandboxes that the engine has room for are alive, but for those that other plugins reserved: retry, raise
    /// [`EngineOptions::instances`](crate::EngineOptions::instances), or reserve some for this plugin.
    #[error("`{function}` found no free sandbox: the engine has room for {allowed}")]
    Busy {
        /// The function that was called.
        function: String,
        /// The room that there is.
        allowed: u32,
    },
    /// As many calls run as [`Limits::concurrent`](crate::Limits::concurrent) allows, and no turn came in time: retry,
    /// or raise the limit.
    #[error(
        "`{function}` got no turn within {waited:?}: its policy allows {allowed} calls at once"
    )]
    Queue {
        /// The function that was called.
        function: String,
        /// The calls that may run at once.
        allowed: u32,
        /// How long it waited; nothing where as many waited already as [`Limits::waiting`](crate::Limits::waiting)
        /// allows.
        waited: Duration,
    },
    /// Plugins that are called from host functions, which plugins called, have used up the stack that they may: have
    /// the host refuse to be called back so often.
    #[error(
        "`{function}` is too deep within calls of other plugins: they took {asked} bytes of the stack, of {allowed} that they may"
    )]
    Depth {
        /// The function that was called.
        function: String,
        /// The bytes of the thread's stack that calls within calls may take before another begins.
        allowed: usize,
        /// What they have taken.
        asked: usize,
    },
    /// The runtime panicked or found a bug of its own, or what a plugin's output goes to panicked: report a bug with the
    /// plugin.
    ///
    /// A panic in a function that the host author implements is not caught.
    #[error("the runtime panicked in `{function}`: {message}")]
    Panicked {
        /// The function that was called.
        function: String,
        /// What the panic said.
        message: String,
    },
    /// The system could not provide a sandbox: it is short of memory or of mappings.
    #[error("`{function}` got no sandbox from the system")]
    System {
        /// The function that was called.
        function: String,
        /// What the system said.
        source: wasmtime::Error,
    },
}

impl CallError {
    /// The kind of error in one word, for logs and metrics: `deadline`, `trap`, `not-granted` and so on.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Deadline { .. } => "deadline",
            Self::Fuel { .. } => "fuel",
            Self::Memory { .. } => "memory",
            Self::TotalMemory { .. } => "total-memory",
            Self::TableElements { .. } => "table-elements",
            Self::Handles { .. } => "handles",
            Self::Lifted { .. } => "lifted",
            Self::HostCalls { .. } => "host-calls",
            Self::HostBytes { .. } => "host-bytes",
            Self::CoreInstances { .. } => "core-instances",
            Self::NotGranted { .. } => "not-granted",
            Self::Linked { .. } => "linked",
            Self::Input { .. } => "input",
            Self::Trap { .. } => "trap",
            Self::Exit { .. } => "exit",
            Self::Dead { .. } => "dead",
            Self::Strangers { .. } => "strangers",
            Self::Busy { .. } => "busy",
            Self::Queue { .. } => "queue",
            Self::Depth { .. } => "depth",
            Self::Panicked { .. } => "panicked",
            Self::System { .. } => "system",
        }
    }
}

/// What a plugin wrote, where the message does not say all of it.
fn more(message: &str, stderr: &str) -> String {
    if stderr.is_empty() || stderr == message {
        String::new()
    } else {
        format!("; it wrote:\n{stderr}")
    }
}

/// A function of a plugin that was running when the plugin failed.
///
/// It is written as `function at file:line`, or as what is known of that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The function's name, as its author wrote it where that is known.
    pub function: String,
    /// The file of the source, where the component has debug information.
    pub file: Option<String>,
    /// The line in it, from 1.
    pub line: Option<u32>,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.function)?;
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, " at {file}:{line}"),
            (Some(file), None) => write!(f, " at {file}"),
            (None, _) => Ok(()),
        }
    }
}
