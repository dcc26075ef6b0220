//! Worlds that others wrote: a plugin for each of them is started and built in every language.
//!
//! `tests/public/packages.toml` names them. The crates that carry them are fetched by cargo, and nothing of them is kept here.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use serde::Deserialize;

use crate::projects::in_project;

/// In full, because another test of this program changes the current folder.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/public");

/// Where a world is found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    #[serde(rename = "crate")]
    carrier: String,
    wit: PathBuf,
    world: String,
    /// The languages that cannot say what the world says.
    #[serde(default)]
    refused: Vec<String>,
}

const LANGUAGES: [&str; 5] = ["rust", "c", "go", "js", "python"];

fn packages() -> Result<BTreeMap<String, Package>, Box<dyn Error>> {
    Ok(toml::from_str(&fs::read_to_string(Path::new(FOLDER).join("packages.toml"))?)?)
}

/// Gives the folder of each crate, which cargo fetches if it has to.
fn crates() -> Result<BTreeMap<String, PathBuf>, Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]);
    let output = command.arg(Path::new(FOLDER).join("Cargo.toml")).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo lists no packages")?;
    let folder = |package: &serde_json::Value| {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        Some((package["name"].as_str()?.to_owned(), manifest.parent()?.to_owned()))
    };
    Ok(packages.iter().filter_map(folder).collect())
}

/// Starts a plugin and builds it; gives what went wrong, if anything did.
fn try_one(root: &Path, language: &str, package: &Package, wit: &Path) -> Result<(), String> {
    let wit = wit.to_str().ok_or("the folder's name is no text")?;
    let run = |dir: &Path, args: &[&str]| {
        let output = in_project(dir, args).output().map_err(|err| err.to_string())?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(told) }
    };
    let name = format!("plugin-{language}");
    let refused = package.refused.iter().any(|it| it == language);
    let new = ["new", &name, "--lang", language, "--wit", wit, "--world", &package.world];
    match run(root, &new) {
        Err(told) if refused && told.contains("does not support what the world says") => Ok(()),
        Ok(()) if refused => Err("it is not refused any more".to_owned()),
        Ok(()) => run(root, &["build", &name]),
        Err(told) => Err(told),
    }
}

fn next<I: Iterator>(todo: &Mutex<I>) -> Option<I::Item> {
    todo.lock().ok()?.next()
}

#[test]
#[ignore = "builds plugins; run by cargo xtask test"]
fn worlds_of_others_build_in_every_language() -> Result<(), Box<dyn Error>> {
    let crates = crates()?;
    let packages = packages()?;
    assert!(packages.len() >= 15, "{} packages", packages.len());
    let mut todo = Vec::new();
    for (name, package) in &packages {
        let folder = crates.get(&package.carrier).ok_or("a crate that is not fetched")?;
        todo.extend(LANGUAGES.map(|language| (name, package, folder.join(&package.wit), language)));
    }
    let outside = tempfile::tempdir()?;
    let (todo, failures) = (Mutex::new(todo.into_iter()), Mutex::new(Vec::new()));
    let work = || {
        while let Some((name, package, wit, language)) = next(&todo) {
            let root = outside.path().join(name.replace(':', "-"));
            let tried = fs::create_dir_all(&root).map_err(|err| err.to_string());
            if let Err(told) = tried.and_then(|()| try_one(&root, language, package, &wit)) {
                failures.lock().unwrap().push(format!("{name} in {language}: {told}"));
            }
        }
    };
    thread::scope(|scope| (0..2).for_each(|_| _ = scope.spawn(work)));
    let mut failures = failures.into_inner()?;
    failures.sort();
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
    Ok(())
}
