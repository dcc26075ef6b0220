//! `build --precompile`: a component becomes code for a machine, under a seal.

use std::path::{Path, PathBuf};
use std::time::Instant;

use plugwright::{Engine, EngineOptions, SealKey, Target};
use plugwright_component::{Artifact, Extension};

use crate::failure::Failure;
use crate::files;
use crate::input::Input;
use crate::policy;
use crate::text;
use crate::ui::Ui;

#[derive(Debug, clap::Args)]
pub(super) struct PrecompileArgs {
    /// Compile the component for a machine, too, into `<name>.<TARGET>.code` beside it
    ///
    /// `host` is a machine like this one; `pulley64` is wasmtime's interpreter, which runs on any;
    /// others are called as in Rust, such as `aarch64-unknown-linux-gnu`.
    #[arg(long, value_name = "TARGET", requires = "key")]
    precompile: Option<Target>,
    /// The key that seals the code: 32 random bytes in a file, which is made if it is missing
    ///
    /// Whoever has it can make native code that a host with the same key runs.
    #[arg(long, value_name = "KEY", requires = "precompile")]
    key: Option<PathBuf>,
    /// The policy under which the code will be loaded, in TOML: a file, or `-`
    ///
    /// It decides whether the code counts fuel, and whether it helps to reset sandboxes.
    #[arg(long, value_name = "POLICY", requires = "precompile")]
    policy: Option<Input>,
}

impl PrecompileArgs {
    pub(super) fn is_asked(&self) -> bool {
        self.precompile.is_some()
    }

    /// Compiles the component, if asked, and writes its code beside it.
    pub(super) fn run(&self, ui: &Ui, artifact: Artifact, component: &Path) -> Result<(), Failure> {
        let (Some(target), Some(key)) = (&self.precompile, &self.key) else { return Ok(()) };
        let (policy, _) = policy::read(self.policy.as_ref())?;
        let key = read_or_make(ui, key)?;
        // A host that does not run what the component does not have loads the code all the same.
        let extensions = artifact.world().extensions();
        let options = EngineOptions {
            maps: extensions.contains(&Extension::Maps),
            fixed_length_lists: extensions.contains(&Extension::FixedLengthLists),
            ..EngineOptions::default()
        };
        let engine = Engine::new(options)?;
        let progress = ui.progress(format!("compiling {} for {target}", component.display()));
        let start = Instant::now();
        let code = engine.precompile(artifact.accept_unsigned(), &policy, target)?.seal(&key);
        let time = text::time(start.elapsed());
        drop(progress);
        let file = component.with_extension(format!("{target}.code"));
        files::write(&file, &code)?;
        let size = text::size(code.len() as u64);
        ui.note(format!("{}: {size} in {time}, for `{target}`", file.display()));
        Ok(())
    }
}

fn read_or_make(ui: &Ui, path: &Path) -> Result<SealKey, Failure> {
    if path.exists() {
        return Ok(SealKey::read(path)?);
    }
    let key = SealKey::create(path)?;
    let path = path.display();
    ui.note(format!("{path}: a new key; whoever has it can make code that your host runs"));
    Ok(key)
}
