//! A plugin as one stage of a pipeline.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use plugwright::{
    Artifact, ByteStream, CallError, Engine, Grants, Interfaces, ItemFuture, Limits, LoadError,
    Plugin, Policy, ReadError,
};

use self::bindings::{StagePlugin as _, flow};

mod bindings {
    //! The host's side of the world.

    plugwright::bindings!({ path: "../wit", world: "stage", async: true });
}

/// How many refused lines of each stage are told.
pub const TOLD: u64 = 5;

/// How long a reason may be, in bytes.
const LONGEST: usize = 200;

/// A line that a stage refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stage's name.
    pub stage: String,
    /// The line, counted from 1, as the stage read it.
    pub line: u64,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` refused line {}: {}", self.stage, self.line, self.reason)
    }
}

/// Who is told of the first lines that each stage refuses.
pub type Told = Arc<dyn Fn(Refusal) + Send + Sync>;

/// What all stages of a pipeline have in common.
#[derive(Clone)]
pub struct Setting {
    /// How long the pipeline may take.
    pub time: Duration,
    /// The bytes that lie between two stages, at most.
    pub buffer: usize,
    /// Who is told of refused lines.
    pub told: Told,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("time", &self.time)
            .field("buffer", &self.buffer)
            .finish_non_exhaustive()
    }
}

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// The file is no component: build the plugin, or name another file.
    #[error("stage `{stage}` cannot be read")]
    Read {
        /// The stage's name.
        stage: String,
        /// Why.
        source: ReadError,
    },
    /// The component is no stage: it says what to change.
    #[error("stage `{stage}` cannot be loaded")]
    Load {
        /// The stage's name.
        stage: String,
        /// Why.
        source: Box<LoadError>,
    },
}

/// A plugin that is ready to run once as a stage.
#[derive(Debug)]
pub struct Stage {
    name: String,
    plugin: Plugin<bindings::Stage<Desk>>,
    refused: Arc<AtomicU64>,
    buffer: usize,
}

/// How a stage ends: with what it counted, or why it gave up.
pub(crate) type Ended = Result<Vec<flow::Count>, String>;

impl Stage {
    /// Loads the plugin in a file; the stage is called as the file is.
    ///
    /// It may tell of lines that it refuses, and nothing else; it has 128 MiB of memory.
    ///
    /// # Errors
    ///
    /// The file is not a component, or not a plugin for this world; both name what to do.
    pub fn load(engine: &Engine, file: &Path, setting: &Setting) -> Result<Self, StageError> {
        let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        let policy = Policy {
            grants: Grants {
                interfaces: Interfaces::only(["example:pipeline/report"]),
                ..Grants::default()
            },
            limits: Limits {
                time: setting.time,
                stream_buffer: setting.buffer as u64,
                // One call lasts as long as the data: what it may refuse grows with them, and so does what a language's
                // runtime asks of its clock.
                host_calls: u64::MAX,
                host_bytes: u64::MAX,
                ..Limits::default()
            },
            ..Policy::default()
        };
        let refused = Arc::new(AtomicU64::new(0));
        let desk = Desk {
            stage: name.clone(),
            refused: Arc::clone(&refused),
            told: Arc::clone(&setting.told),
        };
        let component = Artifact::read(file)
            .map_err(|source| StageError::Read { stage: name.clone(), source })?
            .accept_unsigned();
        let plugin = engine
            .load_with(component, policy, move || desk.clone())
            .map_err(|it| StageError::Load { stage: name.clone(), source: Box::new(it) })?;
        Ok(Self { name, plugin, refused, buffer: setting.buffer })
    }

    /// The stage's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes that may lie between it and the next stage.
    pub(crate) fn buffer(&self) -> usize {
        self.buffer
    }

    /// How many lines it has refused so far.
    pub(crate) fn refused(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.refused)
    }

    /// Starts it: gives what it writes, and how it will end.
    pub(crate) async fn run(
        &self,
        lines: ByteStream,
    ) -> Result<(ByteStream, ItemFuture<Ended>), CallError> {
        self.plugin.flow_run(lines).await
    }
}

/// What a stage sees of its host.
#[derive(Clone)]
struct Desk {
    stage: String,
    refused: Arc<AtomicU64>,
    told: Told,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl bindings::report::Host for Desk {
    async fn refuse(&mut self, line: u64, mut reason: String) {
        if self.refused.fetch_add(1, Ordering::Relaxed) < TOLD {
            reason.truncate(reason.floor_char_boundary(LONGEST));
            (self.told)(Refusal { stage: self.stage.clone(), line, reason });
        }
    }
}
