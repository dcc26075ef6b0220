//! `bench`: what is measured, by one command.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::Outcome;

/// Runs the benchmarks of `benches/`.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let mut command = cargo(["bench", "--package", "plugwright-benches"]);
    command.args(args);
    command::run(command)?;
    Ok(Outcome::Done)
}
