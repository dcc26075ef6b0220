//! `bless`: accepts what the code does now as what it shall do. Read the diff before you commit it.

use crate::command::{cargo, run_tests};
use crate::error::StepError;
use crate::step::Outcome;

/// Lists the crates with golden files.
const PACKAGES: [&str; 2] = ["plugwright-bindgen", "plugwright-cli"];

/// Reruns the tests with leave to rewrite golden files: ours by `BLESS`, trycmd's by `TRYCMD`.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let mut command = cargo(["test", "--no-fail-fast"]);
    command.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    command.args(args).env("BLESS", "1").env("TRYCMD", "overwrite");
    run_tests(command).map(Outcome::Tested)
}
