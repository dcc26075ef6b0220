//! `bench languages`: what the smallest plugin of each language weighs and takes, as the table in the docs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::page;
use crate::step::Outcome;

/// The page with the table.
const PAGE: &str = "docs/reference/languages.md";

/// The languages, with their names for people.
const LANGUAGES: [(&str, &str); 5] =
    [("rust", "Rust"), ("c", "C"), ("go", "Go"), ("js", "JavaScript"), ("python", "Python")];

/// A folder of its own, so that nothing is there already.
const FOLDER: &str = "target/languages";

/// Measures every language and writes the table.
pub(crate) fn run() -> Result<Outcome, StepError> {
    let program = program()?;
    let mut rows = Vec::new();
    for (language, title) in LANGUAGES {
        // The first time fills the caches of the language's own tools, which every user has after one build.
        measure(&program, language)?;
        let row = measure(&program, language)?;
        println!("{title}: {row}");
        rows.push(format!("| {title} | {row} |\n"));
    }
    let table = format!("{HEADER}{}", rows.concat());
    page::write(PAGE, "cargo xtask bench languages", &table)?;
    Ok(Outcome::Done)
}

const HEADER: &str = "\
| | size | build | load, compiling | load, from the cache | memory | call, live sandbox | call, fresh sandbox |
|---|---:|---:|---:|---:|---:|---:|---:|
";

/// Builds the command line as users have it.
fn program() -> Result<PathBuf, StepError> {
    command::run(cargo(["build", "--release", "--package", "plugwright-cli"]))?;
    let path = Path::new("target/release/plugwright");
    path.canonicalize().map_err(|source| StepError::file("find", path, source))
}

/// Makes the plugin that `new` makes, and gives the cells of its row.
fn measure(program: &Path, language: &str) -> Result<String, StepError> {
    let folder = Path::new(FOLDER);
    let project = folder.join(language);
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|source| StepError::file("remove", folder, source))?;
    }
    fs::create_dir_all(folder).map_err(|source| StepError::file("create", folder, source))?;
    let name = format!("smallest-{language}");
    ask(program, folder, &["new", &name, "--lang", language])?;
    let start = Instant::now();
    ask(program, folder, &["build", &name, "--release", "-o", "plugin.wasm"])?;
    let built = start.elapsed().as_secs_f64();
    let component = folder.join("plugin.wasm");
    let size = fs::metadata(&component)
        .map_err(|source| StepError::file("find", &component, source))?
        .len();
    let bench = ["bench", "plugin.wasm", "greet(\"Ada\")", "--format", "json"];
    let cold = report(&project, &ask(program, folder, &bench)?)?;
    let warm = report(&project, &ask(program, folder, &bench)?)?;
    let at = |report: &Value, path: &str| report.pointer(path).and_then(Value::as_f64);
    let cells = [
        Some(kilobytes(size as f64)),
        Some(format!("{built:.1} s")),
        at(&cold, "/load_ns").map(time),
        at(&warm, "/load_ns").map(time),
        at(&warm, "/memory_bytes").map(kilobytes),
        at(&warm, "/live/p50_ns").map(time),
        at(&warm, "/fresh/p50_ns").map(time),
    ];
    let cells: Option<Vec<_>> = cells.into_iter().collect();
    Ok(cells.ok_or(StepError::Report { path: project })?.join(" | "))
}

fn report(project: &Path, text: &str) -> Result<Value, StepError> {
    serde_json::from_str(text).map_err(|_| StepError::Report { path: project.to_owned() })
}

/// Runs the command line, with a cache of compiled code that starts empty, and gives what it printed.
fn ask(program: &Path, folder: &Path, args: &[&str]) -> Result<String, StepError> {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stderr(Stdio::inherit());
    command.env("PLUGWRIGHT_CACHE", "cache");
    command::output(command)
}

fn kilobytes(bytes: f64) -> String {
    match bytes {
        _ if bytes < 1e6 => format!("{:.1} kB", bytes / 1e3),
        _ => format!("{:.2} MB", bytes / 1e6),
    }
}

fn time(nanos: f64) -> String {
    let (value, unit) = match nanos {
        _ if nanos < 1e3 => (nanos, "ns"),
        _ if nanos < 1e6 => (nanos / 1e3, "µs"),
        _ if nanos < 1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = match value {
        _ if value < 10.0 => 2,
        _ if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_unit_that_fits() {
        assert_eq!([kilobytes(6_752.0), kilobytes(1_089_219.0)], ["6.8 kB", "1.09 MB"]);
        assert_eq!([time(186.0), time(2_500.0), time(3e9)], ["186 ns", "2.50 µs", "3.00 s"]);
    }
}
