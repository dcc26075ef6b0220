//! `soak`: loads, calls, breaks and unloads plugins for as long as asked, and counts what is left.

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments, seconds};

/// Names the variable by which the test learns how long it runs, in seconds.
const SECONDS: &str = "PLUGWRIGHT_SOAK_SECONDS";

/// Runs the test `soak` of `host`, which is a part of the suite as well, where it is short.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let (seconds, rest) = seconds(args, 600)?;
    no_arguments(&rest)?;
    // The whole workspace, as the suite does, so that nothing is compiled a second time.
    let mut test = cargo(["test", "--workspace", "--test", "soak", "--", "--nocapture"]);
    test.env(SECONDS, seconds.to_string());
    command::run_tests(test).map(Outcome::Tested)
}
