//! The conformance plugins: each folder of `guests` is a behaviour, and its cases hold in every language.
//!
//! `cases.wave` runs under the empty policy, and every `NAME.wave` beside a `NAME.toml` under that policy.
//! What is known to fail is in `guests/known-gaps.txt`.

mod gaps;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use self::gaps::Gaps;
use crate::fixtures::plugwright;

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn every_guest_passes_the_cases_of_its_folder() -> Result<(), Box<dyn Error>> {
    let root = root()?;
    let mut gaps = Gaps::read(&root.join("guests/known-gaps.txt"))?;
    let mut failures = Vec::new();
    let mut passed = 0;
    for guest in guests(&root)? {
        for cases in files(&guest.dir, "wave")? {
            match guest.run(&root, &cases)? {
                Err(text) => failures.push(format!("{}: {text}", guest.name())),
                Ok(report) => {
                    passed += report.passed;
                    for case in report.cases {
                        let told =
                            gaps.judge(&guest.behaviour, guest.language, &case.call, case.passed);
                        failures.extend(told.map(|problem| {
                            let Case { line, call, expected, found, .. } = case;
                            let place = format!("{} line {line}", cases.display());
                            format!("{}: {problem}\n  {place}: {call}\n  expected: {expected}\n  found:    {found}", guest.name())
                        }));
                    }
                }
            }
        }
    }
    failures.extend(gaps.unused());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(passed > 0, "there is no guest");
    Ok(())
}

/// Lists the languages, by the ending of a plugin's file.
const LANGUAGES: [(&str, &str); 7] = [
    ("c", "c"),
    ("cpp", "cpp"),
    ("go", "go"),
    ("js", "js"),
    ("py", "python"),
    ("rs", "rust"),
    ("ts", "ts"),
];

/// A behaviour's plugin in one language.
pub(crate) struct Guest {
    pub(crate) behaviour: String,
    pub(crate) language: &'static str,
    /// The folder of the behaviour.
    dir: PathBuf,
    pub(crate) component: PathBuf,
}

/// What came of the cases of a file, as `plugwright test` tells programs.
#[derive(Deserialize)]
struct Report {
    passed: usize,
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

impl Guest {
    fn name(&self) -> String {
        format!("{} in {}", self.behaviour, self.language)
    }

    /// Runs the cases of a file, or says why they cannot run.
    fn run(&self, root: &Path, cases: &Path) -> Result<Result<Report, String>, Box<dyn Error>> {
        let mut command = plugwright(root, &["test", "--format", "json"]);
        command.env("PLUGWRIGHT_CACHE", cache(root)).arg(&self.component).arg(cases);
        let policy = cases.with_extension("toml");
        if policy.exists() {
            command.arg("--policy").arg(&policy);
        }
        let output = command.output()?;
        let told = || String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(serde_json::from_slice(&output.stdout).map_err(|_| told()))
    }
}

/// Finds all plugins, in the order of their names.
pub(crate) fn guests(root: &Path) -> Result<Vec<Guest>, Box<dyn Error>> {
    let mut guests = Vec::new();
    for folder in fs::read_dir(root.join("guests"))? {
        let dir = folder?.path();
        let behaviour = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (ending, language) in LANGUAGES {
            if dir.join("plugin").with_extension(ending).is_file() {
                let component = root.join(format!("target/guests/{behaviour}-{language}.wasm"));
                let (behaviour, dir) = (behaviour.clone(), dir.clone());
                guests.push(Guest { behaviour, language, dir, component });
            }
        }
    }
    guests.sort_by_key(Guest::name);
    Ok(guests)
}

/// Where the components' code is kept, so that each is compiled once.
pub(crate) fn cache(root: &Path) -> PathBuf {
    root.join("target/guests/cache")
}

pub(crate) fn root() -> Result<PathBuf, Box<dyn Error>> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?)
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == extension)).collect();
    paths.sort();
    Ok(paths)
}
