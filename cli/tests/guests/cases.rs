//! The cases of a behaviour, run by `plugwright test`.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use toml::Table;

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
            let mut policy = policy(&path.with_extension("toml"))?;
            outcomes.extend(run_file(bench, guest, &path, &policy)?);
            if RESET.contains(&guest.language) {
                policy.insert("instances".to_owned(), "reset".into());
                outcomes.extend(run_file(bench, guest, &path, &policy)?);
            }
        }
    }
    Ok(outcomes)
}

/// The languages whose plugins are also tried in sandboxes that are reset after each case.
const RESET: [&str; 2] = ["c", "rust"];

/// The policy that is written in the file, or the empty one, with time for machines that are slow, and busy.
fn policy(path: &Path) -> Tested<Table> {
    let written = if path.exists() { fs::read_to_string(path)? } else { String::new() };
    let mut policy: Table = written.parse()?;
    let limits = policy.entry("limits").or_insert_with(|| Table::new().into());
    if let Some(limits) = limits.as_table_mut() {
        limits.entry("time").or_insert("60s".into());
    }
    Ok(policy)
}

fn run_file(bench: &Bench, guest: &Guest, cases: &Path, policy: &Table) -> Tested<Vec<Outcome>> {
    let policy_file = tempfile::Builder::new().suffix(".toml").tempfile()?;
    fs::write(policy_file.path(), policy.to_string())?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugwright"));
    command.args(["test", "--format", "json"]).arg(&guest.component).arg(cases);
    command.arg("--policy").arg(policy_file.path());
    command.env("PLUGWRIGHT_CACHE", &bench.cache).env("NO_COLOR", "1");
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
