//! `plugwright`: the command line of Plugwright.
//!
//! `args` says what can be typed, `commands` has one file for each command, `ui` prints, and
//! `failure` decides what an error is called and what the program exits with.

mod args;
mod commands;
mod componentize;
mod failure;
mod files;
mod graph;
mod input;
mod languages;
mod plugin;
mod policy;
#[cfg(test)]
mod reference;
mod text;
mod tools;
mod ui;
mod wave;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use clap::Parser as _;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::ui::Ui;

/// The stack on which commands run, in bytes: parsers recurse as deep as their input is nested.
const STACK: usize = 256 << 20;

/// What the last panic said. The hook prints nothing, because libraries catch some of them.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    let ui = Ui::new();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => return ui.parse_error(&err),
    };
    panic::set_hook(Box::new(|panic| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    let result = thread::scope(|scope| {
        let guarded = || panic::catch_unwind(AssertUnwindSafe(|| dispatch(&ui, cli)));
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, guarded);
        thread.map(|thread| thread.join().unwrap_or_else(Err))
    });
    let result = match result {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Failure::panicked(&PANIC.lock().unwrap_or_else(PoisonError::into_inner))),
        Err(source) => Err(Failure::system("the program's thread cannot be started", &source)),
    };
    ui.end(result)
}

fn dispatch(ui: &Ui, Cli { command }: Cli) -> Result<(), Failure> {
    match command {
        Command::Bench(args) => commands::bench::run(ui, args),
        Command::Build(args) => commands::build::run(ui, args),
        Command::Call(args) => commands::call::run(ui, args),
        Command::Check(args) => commands::check::run(ui, &args),
        Command::Compose(args) => commands::compose::run(ui, args),
        Command::Diff(args) => commands::diff::run(ui, args),
        Command::Doctor(args) => commands::doctor::run(ui, args),
        Command::Generate(args) => commands::generate::run(ui, args),
        Command::Inspect(args) => commands::inspect::run(ui, args),
        Command::New(args) => commands::new::run(ui, args),
        Command::Run(args) => commands::run::run(ui, args),
        Command::Test(args) => commands::test::run(ui, args),
    }
}
