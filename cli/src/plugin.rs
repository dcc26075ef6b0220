//! Loads the plugin that a command tries.

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use plugwright::{
    Cache, Engine, EngineError, EngineOptions, Plugin, Precompiled, SealKey, Untyped,
};

use crate::failure::{self, Failure};
use crate::input::{self, Input};
use crate::policy::{self, Printed};
use crate::ui::Ui;

/// Names the folder for compiled code, or turns it off.
const CACHE: &str = "PLUGWRIGHT_CACHE";

/// The plugin to try, and under which policy.
#[derive(Args, Clone, Debug)]
pub(crate) struct PluginArgs {
    /// The component: a `.wasm` file, or `-`
    #[arg(value_name = "FILE")]
    file: Input,
    /// What the plugin may use and spend, in TOML: a file, or `-`; nothing is granted by default
    #[arg(long, value_name = "POLICY")]
    policy: Option<Input>,
    /// Compile the plugin anew, and keep nothing of it
    ///
    /// Compiled code is kept in the user's cache folder.
    /// The environment variable PLUGWRIGHT_CACHE names another folder, or says `off`.
    #[arg(long)]
    no_cache: bool,
    /// Use the code that `build --precompile` made of the component, and compile nothing
    #[arg(long, value_name = "CODE", requires = "key")]
    precompiled: Option<PathBuf>,
    /// The key with which that code was sealed
    #[arg(long, value_name = "KEY", requires = "precompiled")]
    key: Option<PathBuf>,
}

/// A plugin that is ready to be tried.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) plugin: Plugin<Untyped>,
    pub(crate) printed: Printed,
    /// How long it took from the component's bytes to the plugin.
    pub(crate) time: Duration,
}

impl PluginArgs {
    /// Loads the plugin.
    pub(crate) fn load(&self, ui: &Ui) -> Result<Loaded, Failure> {
        self.load_with(ui, EngineOptions::default())
    }

    /// The same on an engine that differs from the default in what these options say.
    pub(crate) fn load_with(&self, ui: &Ui, options: EngineOptions) -> Result<Loaded, Failure> {
        let (policy, printed) = policy::read(self.policy.as_ref())?;
        let artifact = self.file.artifact()?;
        let code = self.code()?;
        let interpreter = code.as_ref().is_some_and(|it| it.target().is_interpreted());
        let engine = self.engine(ui, EngineOptions { interpreter, ..options })?;
        let progress = ui.progress(format!("loading {}", self.file));
        let start = Instant::now();
        let component = artifact.accept_unsigned();
        let plugin = match code {
            Some(code) => engine.load_precompiled::<Untyped>(component, &code, policy)?,
            None => engine.load::<Untyped>(component, policy)?,
        };
        let time = start.elapsed();
        drop(progress);
        Ok(Loaded { plugin, printed, time })
    }

    fn code(&self) -> Result<Option<Precompiled>, Failure> {
        let (Some(path), Some(key)) = (&self.precompiled, &self.key) else { return Ok(None) };
        let key = SealKey::read(key)?;
        let bytes = input::code(path)?;
        let code = Precompiled::open(&bytes, &key).map_err(|err| failure::unsealed(path, &err))?;
        Ok(Some(code))
    }

    fn engine(&self, ui: &Ui, options: EngineOptions) -> Result<Engine, Failure> {
        engine(ui, options, !self.no_cache && self.precompiled.is_none())
    }
}

/// Makes an engine that runs all that can be run, with the user's cache or none.
pub(crate) fn engine(ui: &Ui, options: EngineOptions, cached: bool) -> Result<Engine, Failure> {
    let mut options = EngineOptions { maps: true, fixed_length_lists: true, ..options };
    if cached {
        options.cache = cache();
    }
    match Engine::new(options.clone()) {
        Err(err @ (EngineError::CacheFolder { .. } | EngineError::CacheForeign { .. })) => {
            ui.note(format!("note: {err}; the plugin is compiled anew"));
            options.cache = Cache::Off;
            Ok(Engine::new(options)?)
        }
        engine => Ok(engine?),
    }
}

fn cache() -> Cache {
    match env::var_os(CACHE) {
        Some(value) if value == "off" => Cache::Off,
        Some(value) if !value.is_empty() => Cache::Folder(PathBuf::from(value)),
        _ => match dirs::cache_dir() {
            Some(folder) => Cache::Folder(folder.join("plugwright")),
            None => Cache::Off,
        },
    }
}
