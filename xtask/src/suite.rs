//! `suite`: all tests of the workspace, doctests included, and those that need built plugins.

use crate::command::{cargo, run_tests};
use crate::error::StepError;
use crate::step::Outcome;

/// Runs the tests to the last one, whatever fails, so that the count is complete.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let mut command = cargo(["test", "--workspace", "--no-fail-fast"]);
    command.args(args).args(["--", "--include-ignored"]);
    run_tests(command).map(Outcome::Tested)
}
