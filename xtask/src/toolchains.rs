//! `toolchains`: adds what plugins compile to.

use std::io;
use std::process::Command;

use crate::command;
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

const TARGETS: [&str; 2] = ["wasm32-wasip2", "wasm32-unknown-unknown"];

/// Adds the targets. Never installs or updates a toolchain: the pinned one stays what it is.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add"]).args(TARGETS);
    match command::run(rustup) {
        Err(StepError::Start { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let targets = TARGETS.join("` and `");
            let reason = format!("rustup is not installed; Rust must come with `{targets}`");
            Ok(Outcome::Skipped(reason))
        }
        result => result.map(|()| Outcome::Done),
    }
}
