//! `fmt`: checks that all Rust code is formatted, the generated code of SDKs apart.

use std::path::Path;
use std::process::Command;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::guests::{self, PLUGINS};
use crate::step::{Outcome, no_arguments};

/// Lists the workspaces of what is measured beside Plugwright.
const PEERS: [&str; 5] = [
    "benches/compose/Cargo.toml",
    "benches/compose/guests/Cargo.toml",
    "benches/flows/Cargo.toml",
    "benches/peers/Cargo.toml",
    "benches/peers/guests/Cargo.toml",
];

/// Lists what plugins have in common.
const LIBRARIES: [&str; 2] = ["examples/pipeline/plugins/lines", "layers/settings"];

/// Checks the workspace, then each plugin, because a plugin is a workspace of its own, or no more than a file.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    command::run(cargo(["fmt", "--all", "--check"]))?;
    for dir in PLUGINS.iter().map(|it| it.dir).chain(LIBRARIES) {
        let manifest = format!("{dir}/Cargo.toml");
        if !Path::new(&manifest).is_file() {
            continue;
        }
        // Without `--all`, which would also format the generated SDK that the plugin depends on.
        command::run(cargo(["fmt", "--check", "--manifest-path", &manifest]))?;
    }
    command::run(cargo(["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"]))?;
    for workspace in PEERS {
        command::run(cargo(["fmt", "--all", "--check", "--manifest-path", workspace]))?;
    }
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition", "2024"]).args(guests::rust_sources()?);
    command::run(rustfmt)?;
    Ok(Outcome::Done)
}
