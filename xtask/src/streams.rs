//! `bench streams`: what flows through a plugin, beside the same by hand, as a table in the docs.

use std::process::Stdio;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::Outcome;
use crate::{guests, page};

/// The page with the table.
const PAGE: &str = "docs/reference/performance.md";

/// Builds the plugin and the program, measures, and writes the table.
///
/// The first time takes long, since the program is optimised as one.
pub(crate) fn run() -> Result<Outcome, StepError> {
    guests::run(&["flows".to_owned()])?;
    let mut flows = cargo(["run", "--release", "--manifest-path", "benches/flows/Cargo.toml"]);
    flows.args(["--target-dir", "target/peers", "--", "target/guests/flows.wasm"]);
    flows.stderr(Stdio::inherit());
    let table = command::output(flows)?;
    print!("{table}");
    page::write(PAGE, "cargo xtask bench streams", &table)?;
    Ok(Outcome::Done)
}
