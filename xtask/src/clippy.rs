//! `clippy`: lints the libraries, binaries, tests, examples and benchmarks of the workspace.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

/// Lints, and treats a warning as an error.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    command::run(cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // Everything above has every feature; a host that leaves out what it does not need has none.
    let bare = ["clippy", "--package", "plugwright", "--no-default-features"];
    command::run(cargo(bare.into_iter().chain(["--", "-D", "warnings"])))?;
    Ok(Outcome::Done)
}
