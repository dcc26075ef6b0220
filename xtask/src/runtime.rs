//! `bench runtime`: Plugwright beside wasmtime by hand and its peers, as the tables in the docs.

use std::process::Stdio;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::Outcome;
use crate::{guests, page};

/// The page with the tables.
const PAGE: &str = "docs/reference/performance.md";

/// The peers and their plugins are workspaces of their own, and share a folder.
const TARGET: &str = "target/peers";

/// The stack that `plugwright new` gives a plugin, for the peers' plugins, too.
const STACK: &str = "-Clink-arg=-zstack-size=65536";

/// Builds the plugins and the peers, measures, and writes the tables.
///
/// The first time takes long: there are two wasmtimes to compile and to optimise as one program.
/// With words, only the rows are measured whose names have one of them, and the page stays as it is.
pub(crate) fn run(words: &[String]) -> Result<Outcome, StepError> {
    guests::run(&["bench".to_owned()])?;
    let mut plugins = cargo(["build", "--release", "--target", "wasm32-unknown-unknown"]);
    plugins.args(["--manifest-path", "benches/peers/guests/Cargo.toml", "--target-dir", TARGET]);
    plugins.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", STACK);
    command::run(plugins)?;
    let mut peers = cargo(["run", "--release", "--manifest-path", "benches/peers/Cargo.toml"]);
    peers.args(["--target-dir", TARGET, "--"]).args(words).stderr(Stdio::inherit());
    let tables = command::output(peers)?;
    print!("{tables}");
    if words.is_empty() {
        page::write(PAGE, "cargo xtask bench runtime", &tables)?;
    }
    Ok(Outcome::Done)
}
