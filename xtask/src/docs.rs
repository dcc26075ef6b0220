//! `docs`: the API documentation.
//!
//! The code blocks of README and `docs/` are tests and run in `suite`.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

/// Renders it, and treats a warning, such as a broken link, as an error.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    let mut command = cargo(["doc", "--workspace", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command::run(command)?;
    Ok(Outcome::Done)
}
