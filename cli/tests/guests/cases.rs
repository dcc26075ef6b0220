//! The cases of a behaviour, run by `plugwright test`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::trial::{Bench, Outcome};
use crate::{Guest, Tested};

/// What came of the cases of a file, as `plugwright test` tells programs.
#[derive(Deserialize)]
struct Report {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    line: usize,
    call: String,
    passed: bool,
    expected: String,
    found: String,
}

/// Runs all files of cases.
pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for entry in fs::read_dir(&guest.dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "wave") {
            outcomes.extend(run_file(bench, guest, &path)?);
        }
    }
    Ok(outcomes)
}

fn run_file(bench: &Bench, guest: &Guest, cases: &PathBuf) -> Tested<Vec<Outcome>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugwright"));
    command.args(["test", "--format", "json"]).arg(&guest.component).arg(cases);
    command.env("PLUGWRIGHT_CACHE", &bench.cache).env("NO_COLOR", "1");
    let policy = cases.with_extension("toml");
    if policy.exists() {
        command.arg("--policy").arg(&policy);
    }
    let output = command.output()?;
    let report: Report = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let file = cases.file_name().unwrap_or_default().display();
    let outcome = |Case { line, call, passed, expected, found }| {
        let told = || format!("{file} line {line}\n  expected: {expected}\n  found:    {found}");
        guest.outcome(&call, if passed { Ok(()) } else { Err(told()) })
    };
    Ok(report.cases.into_iter().map(outcome).collect())
}
