//! The conformance plugins: each folder of `guests` is a behaviour, and its cases hold in every language.
//!
//! `cases.wave` runs under the empty policy, and every `NAME.wave` beside a `NAME.toml` under that policy.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::fixtures::plugwright;

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn every_guest_passes_the_cases_of_its_folder() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let mut failures = Vec::new();
    let mut passed = 0;
    for folder in fs::read_dir(root.join("guests"))? {
        let folder = folder?.path();
        for language in languages(&folder)? {
            for cases in files(&folder, "wave")? {
                let policy = cases.with_extension("toml");
                let built =
                    root.join("target/guests").join(format!("{}-{language}.wasm", name(&folder)));
                let mut command = plugwright(&root, &["test", "--no-cache"]);
                command.arg(&built).arg(&cases);
                if policy.exists() {
                    command.arg("--policy").arg(&policy);
                }
                let output = command.output()?;
                if output.status.success() {
                    passed += 1;
                } else {
                    let told = String::from_utf8_lossy(&output.stdout).into_owned();
                    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
                    failures.push(format!(
                        "{} with {}:\n{told}{errors}",
                        built.display(),
                        name(&cases)
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(passed > 0, "there is no guest");
    Ok(())
}

/// The languages that a behaviour is written in: a folder each, but for the world's.
fn languages(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let folders = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir());
    Ok(folders.map(|path| name(&path)).filter(|name| name != "wit").collect())
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let paths = entries.into_iter().map(|entry| entry.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|it| it == extension)).collect())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
