//! `bench`: what is measured, by one command.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::languages;
use crate::step::Outcome;

/// Runs the benchmarks of `benches/`; with `languages`, the ones of the guest languages.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    if let [only] = args
        && only == "languages"
    {
        return languages::run();
    }
    let mut command = cargo(["bench", "--package", "plugwright-benches"]);
    command.args(args);
    command::run(command)?;
    Ok(Outcome::Done)
}
