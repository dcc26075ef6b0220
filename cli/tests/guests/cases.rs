//! The cases of a behaviour, run by `plugwright test`.

use std::fs;
use std::path::Path;
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
            let policy = path.with_extension("toml");
            let policy = policy.exists().then_some(policy);
            outcomes.extend(run_file(bench, guest, &path, policy.as_deref())?);
            if RESET.contains(&guest.language) {
                let reset = tempfile::Builder::new().suffix(".toml").tempfile()?;
                fs::write(reset.path(), with_reset(policy.as_deref())?)?;
                outcomes.extend(run_file(bench, guest, &path, Some(reset.path()))?);
            }
        }
    }
    Ok(outcomes)
}

/// The languages whose plugins are also tried in sandboxes that are reset after each case.
const RESET: [&str; 2] = ["c", "rust"];

/// The same policy, under which sandboxes are reset.
fn with_reset(policy: Option<&Path>) -> Tested<String> {
    let written = policy.map(fs::read_to_string).transpose()?.unwrap_or_default();
    let mut policy: toml::Table = written.parse()?;
    policy.insert("instances".to_owned(), "reset".into());
    Ok(policy.to_string())
}

fn run_file(
    bench: &Bench,
    guest: &Guest,
    cases: &Path,
    policy: Option<&Path>,
) -> Tested<Vec<Outcome>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plugwright"));
    command.args(["test", "--format", "json"]).arg(&guest.component).arg(cases);
    command.env("PLUGWRIGHT_CACHE", &bench.cache).env("NO_COLOR", "1");
    if let Some(policy) = policy {
        command.arg("--policy").arg(policy);
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
