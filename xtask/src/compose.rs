//! `bench compose`: calls from plugin to plugin beside wasmtime by hand and gRPC, as tables in the docs.

use std::process::Stdio;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::page;
use crate::step::Outcome;

/// The page with the tables.
const PAGE: &str = "docs/reference/performance.md";

/// The program and its plugins are workspaces of their own, and share a folder with the other peers.
const TARGET: &str = "target/peers";

/// The stack that `plugwright new` gives a plugin.
const STACK: &str = "-Clink-arg=-zstack-size=65536";

/// Builds the plugins and the program, measures, and writes the tables.
///
/// The first time takes long, since the program is optimised as one.
/// With words, only the rows are measured whose names have one of them, and the page stays as it is.
pub(crate) fn run(words: &[String]) -> Result<Outcome, StepError> {
    let mut plugins = cargo(["build", "--release", "--examples"]);
    plugins.args(["--target", "wasm32-unknown-unknown"]);
    plugins.args(["--manifest-path", "benches/compose/guests/Cargo.toml", "--target-dir", TARGET]);
    plugins.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", STACK);
    command::run(plugins)?;
    let mut chain = cargo(["run", "--release", "--manifest-path", "benches/compose/Cargo.toml"]);
    chain.args(["--target-dir", TARGET, "--"]).args(words).stderr(Stdio::inherit());
    let tables = command::output(chain)?;
    print!("{tables}");
    if words.is_empty() {
        page::write(PAGE, "cargo xtask bench compose", &tables)?;
    }
    Ok(Outcome::Done)
}
