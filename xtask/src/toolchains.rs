//! `toolchains`: gets what plugins are built with, and what their generated code is held to.

use std::env;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, no_arguments};

const TARGETS: [&str; 2] = ["wasm32-wasip2", "wasm32-unknown-unknown"];

/// Where the linters lie that only the tests need.
const FOLDER: &str = "target/tools";

/// Linters in Python, pinned.
const PYTHON: &[&str] = &["mypy==2.4.1", "ruff==0.17.6"];

/// Linters in JavaScript, pinned.
const NODE: &[&str] =
    &["@eslint/js@10.0.1", "eslint@10.15.0", "typescript@5.9.3", "typescript-eslint@8.73.0"];

/// Adds the targets, installs the pinned tools of every language, and the linters.
///
/// Never installs or updates a Rust toolchain: the pinned one stays what it is.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    let targets = targets()?;
    command::run(cargo([
        "run",
        "--quiet",
        "--package",
        "plugwright-cli",
        "--",
        "doctor",
        "--install",
    ]))?;
    let mut pip = python();
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
    pip.args(["--no-warn-script-location", "--root-user-action", "ignore", "--target"]);
    linters("python", PYTHON, pip)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
    linters("eslint", NODE, npm)?;
    Ok(targets)
}

/// Starts a call of Python.
pub(crate) fn python() -> Command {
    Command::new(env::var_os("PYTHON").unwrap_or_else(|| "python3".into()))
}

fn targets() -> Result<Outcome, StepError> {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add"]).args(TARGETS);
    match command::run(rustup) {
        Err(StepError::Start { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let targets = TARGETS.join("` and `");
            let reason = format!("rustup is not installed; Rust must come with `{targets}`");
            Ok(Outcome::Skipped(reason))
        }
        result => result.map(|()| Outcome::Done),
    }
}

/// Installs linters into a folder of their own, unless exactly these are there.
fn linters(name: &str, packages: &[&str], mut install: Command) -> Result<(), StepError> {
    let folder = Path::new(FOLDER).join(name);
    let stamp = folder.join("plugwright-installed");
    let wanted = packages.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|source| StepError::file("remove", &folder, source))?;
    }
    fs::create_dir_all(&folder).map_err(|source| StepError::file("create", &folder, source))?;
    install.arg(&folder).args(packages);
    command::run(install)?;
    // Written last: a folder without it was not finished.
    fs::write(&stamp, wanted).map_err(|source| StepError::file("write", &stamp, source))
}
