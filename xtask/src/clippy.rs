//! `clippy`: lints the libraries, binaries, tests, examples and benchmarks of the workspace.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

/// Lints, and treats a warning as an error.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    command::run(cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Outcome::Done)
}
