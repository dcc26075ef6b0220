//! The build tool: `cargo xtask <step>`.
//!
//! `step.rs` holds the table of steps; each step is one file with one `run`. `cargo xtask test` is
//! what CI does: the steps of `test.rs`, in order, up to the first that fails. Our rules for the
//! tree are the tests in `tests/tidy.rs`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build tool talks to its terminal"
)]

mod bench;
mod bless;
mod checkout;
mod clippy;
mod codegen;
mod command;
mod compose;
mod demo;
mod deny;
mod docs;
mod error;
mod fingerprint;
mod fmt;
mod fuzz;
mod guests;
mod languages;
mod page;
mod pipeline;
mod runtime;
mod soak;
mod step;
mod streams;
mod suite;
mod tally;
mod test;
mod toolchains;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use crate::error::StepError;
use crate::step::{STEPS, Step};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let Some((name, rest)) = args.split_first() else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(step) = Step::named(name) else {
        eprintln!("error: there is no step `{name}`\n");
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    match enter_root().and_then(|()| (step.run)(rest)) {
        Ok(outcome) => {
            println!("{outcome}");
            ExitCode::SUCCESS
        }
        Err(err) => report(step, &err),
    }
}

/// Makes the workspace's root the current folder, because all paths in this tool start there.
fn enter_root() -> Result<(), StepError> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::set_current_dir(&root).map_err(|source| StepError::file("enter", &root, source))
}

fn report(step: &Step, err: &StepError) -> ExitCode {
    eprintln!("\nerror: {err}");
    let mut cause = err.source();
    while let Some(err) = cause {
        eprintln!("caused by: {err}");
        cause = err.source();
    }
    if err.is_usage() {
        eprint!("\n{}", usage());
        return ExitCode::from(2);
    }
    let step = err.step().and_then(Step::named).unwrap_or(step);
    if !step.fix.is_empty() {
        eprintln!("\nhint: {}", step.fix);
    }
    ExitCode::FAILURE
}

fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask <step>\n\n");
    for step in STEPS {
        text.push_str(&format!("  {:<30}{}\n", step.call, step.about));
    }
    text
}
