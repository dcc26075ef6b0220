//! `suite`: all tests of the workspace, those that need built plugins included, and then the doctests.

use std::process::{Command, Stdio};

use crate::command::{cargo, run_tests};
use crate::error::StepError;
use crate::step::Outcome;

/// Runs the tests to the last one, whatever fails, so that the count is complete.
///
/// Doctests run apart: one that is marked `ignore` shows what cannot run, such as a plugin beside its host, while a
/// test that is marked so only waits for what the steps before this one have built.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let mut tests = cargo([
        "test",
        "--workspace",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
    ]);
    tests.args(args).args(["--", "--include-ignored"]);
    let is_counted = has_valgrind();
    if !is_counted {
        tests.args(["--skip", INSTRUCTIONS]);
    }
    let tests = run_tests(tests)?;
    if !is_counted {
        println!("skipped: valgrind missing, so the instructions of the hot path are not counted");
    }
    let mut doctests = cargo(["test", "--workspace", "--no-fail-fast", "--doc"]);
    doctests.args(args);
    Ok(Outcome::Tested(tests + run_tests(doctests)?))
}

/// The test that needs valgrind, which no toolchain brings: it is a package of the system.
const INSTRUCTIONS: &str = "instructions_of_the_hot_path";

fn has_valgrind() -> bool {
    let mut probe = Command::new("valgrind");
    let probe = probe.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}
