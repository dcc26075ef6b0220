//! `deny`: holds the dependencies to `deny.toml`.

use std::process::Stdio;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

/// Runs cargo-deny if it is there. It is not installed here: building it takes longer than all else.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    let mut probe = cargo(["deny", "--version"]);
    probe.stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return Ok(Outcome::Skipped("cargo-deny is not installed".to_owned()));
    }
    command::run(cargo(["deny", "check"]))?;
    Ok(Outcome::Done)
}
