//! The example `pipeline` as one component, which the command line composes of its stages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{BUILDERS, COMPONENTS, component, plugwright, unless_fresh};
use crate::command;
use crate::error::StepError;
use crate::fingerprint;

/// The component's name.
pub(crate) const NAME: &str = "pipeline-composed";

const EXAMPLE: &str = "examples/pipeline";

/// Lists the plugins of the application.
const PARTS: [&str; 4] = ["chain", "parse", "redact", "count"];

/// Composes the application, unless it was composed of the same.
pub(super) fn build() -> Result<(), StepError> {
    let parts: Vec<PathBuf> = PARTS.iter().map(|it| component(&format!("pipeline-{it}"))).collect();
    let own = ["app.toml", "wit"].map(|it| Path::new(EXAMPLE).join(it));
    let inputs = own.iter().chain(&parts).map(PathBuf::as_path);
    let fingerprint = fingerprint::of(inputs.chain(BUILDERS.iter().map(Path::new)))?;
    unless_fresh(NAME, "inputs", &fingerprint, |component| {
        let folder = Path::new(COMPONENTS).join(NAME);
        lay_out(&folder, &parts).map_err(|source| StepError::file("write", &folder, source))?;
        let mut compose = plugwright()?;
        compose.arg("compose").arg(folder.join("app.toml")).arg("-o").arg(component);
        command::run(compose)
    })
}

/// Puts the files of the application where `app.toml` says.
fn lay_out(folder: &Path, parts: &[PathBuf]) -> io::Result<()> {
    fs::create_dir_all(folder.join("plugins"))?;
    fs::create_dir_all(folder.join("wit"))?;
    for file in ["app.toml", "wit/pipeline.wit"] {
        fs::copy(Path::new(EXAMPLE).join(file), folder.join(file))?;
    }
    for (name, component) in PARTS.iter().zip(parts) {
        fs::copy(component, folder.join("plugins").join(name).with_extension("wasm"))?;
    }
    Ok(())
}
