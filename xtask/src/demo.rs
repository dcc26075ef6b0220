//! `demo`: the example `setpoint`, from a fresh clone to its picture; or `pipeline`, or `checkout`.

use crate::checkout;
use crate::command::{self, cargo};
use crate::error::StepError;
use crate::guests;
use crate::pipeline;
use crate::step::{Outcome, no_arguments};
use crate::toolchains;

/// Lists what the example is called with: its plugins, then the picture it draws.
const ARGS: [&str; 4] = [
    "target/guests/thermostat.wasm",
    "target/guests/optimiser.wasm",
    "target/guests/rogue.wasm",
    "target/setpoint.svg",
];

/// Builds the plugins and runs the host in the dev profile, which is built for the tests anyway.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    match args.split_first() {
        Some((first, rest)) if first == "checkout" => return checkout::run(rest),
        Some((first, rest)) if first == "pipeline" => return pipeline::run(rest),
        _ => {}
    }
    no_arguments(args)?;
    toolchains::run(&[])?;
    guests::run(&[])?;
    let mut command = cargo(["run", "--quiet", "--package", "setpoint", "--"]);
    command.args(ARGS);
    command::run(command)?;
    Ok(Outcome::Done)
}
