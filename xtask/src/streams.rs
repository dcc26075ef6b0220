//! `bench streams`: what flows through plugins, beside the same by hand and by pipes, as tables in the docs.

use std::process::Stdio;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::Outcome;
use crate::{guests, page, toolchains};

/// The page with the tables.
const PAGE: &str = "docs/reference/performance.md";

/// Where the components are, of which the names begin so.
const COMPONENTS: &str = "target/guests";
const PLUGINS: [&str; 3] = ["flows", "streams-", "pipeline-"];

/// Builds the plugins and the program, measures, and writes the tables.
///
/// The first time takes long, since the program is optimised as one.
/// With words, only the rows are measured whose names have one of them, and the page stays as it is.
pub(crate) fn run(words: &[String]) -> Result<Outcome, StepError> {
    toolchains::run(&[])?;
    guests::run(&PLUGINS.map(str::to_owned))?;
    let mut flows = cargo(["run", "--release", "--manifest-path", "benches/flows/Cargo.toml"]);
    flows.args(["--target-dir", "target/peers", "--", COMPONENTS]).args(words);
    flows.stderr(Stdio::inherit());
    let tables = command::output(flows)?;
    print!("{tables}");
    if words.is_empty() {
        page::write(PAGE, "cargo xtask bench streams", &tables)?;
    }
    Ok(Outcome::Done)
}
