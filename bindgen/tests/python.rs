//! Checks the Python SDK of every `tests/wit/*.wit`, and its first plugin, with Python's own tools.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn cases() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir("tests/wit")?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|it| it.path()).collect();
    paths.sort();
    Ok(paths)
}

fn source(path: &Path, case: &str) -> Outcome<Source> {
    match load(path, None) {
        Err(GenerateError::WorldNotNamed { .. }) => Ok(load(path, Some(case))?),
        other => Ok(other?),
    }
}

/// Writes the SDK of each world, and gives the folders.
fn write(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for path in cases()? {
        let case = path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned();
        let files = match generate(Language::Python, &source(&path, &case)?, &Options::default()) {
            Ok(files) => files,
            Err(GenerateError::Unsupported { .. }) => continue,
            Err(err) => return Err(format!("{case}: {err}").into()),
        };
        let folder = root.join(&case);
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().ok_or("a file in a folder")?)?;
            fs::write(path, text)?;
        }
        folders.push(folder);
    }
    Ok(folders)
}

/// Where mypy and ruff are installed.
fn tools() -> OsString {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools");
    let folder = std::env::var_os("PLUGWRIGHT_TEST_TOOLS").map_or_else(default, PathBuf::from);
    folder.join("python").into_os_string()
}

fn run(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("python3")
        .args(arguments)
        .env("PYTHONPATH", tools())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(folder)
        .output()
        .map_err(|err| err.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let told = [output.stdout, output.stderr].concat();
    Err(format!("{}: {arguments:?}\n{}", folder.display(), String::from_utf8_lossy(&told)))
}

#[test]
#[ignore = "runs mypy and ruff; run by cargo xtask test"]
fn every_sdk_and_its_first_plugin_pass_the_linters() -> Outcome<()> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-cache");
    let cache = cache.to_str().ok_or("a path in UTF-8")?;
    let mut wrong = Vec::new();
    for folder in write(&root)? {
        let first = folder.join("examples/first");
        let mypy = ["-m", "mypy", "--strict", "--cache-dir", cache];
        let checks = [
            (&folder, [&mypy[..], &["src", "tests"]].concat()),
            (&first, [&mypy[..], &["plugin.py"]].concat()),
            (&folder, vec!["-m", "ruff", "check", "--no-cache", "."]),
            (&folder, vec!["-m", "ruff", "format", "--no-cache", "--diff", "src", "tests"]),
            (&folder, vec!["tests/test_sdk.py"]),
        ];
        wrong.extend(checks.iter().filter_map(|(folder, it)| run(folder, it).err()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
#[ignore = "runs mypy and ruff; run by cargo xtask test"]
fn the_hand_written_part_passes_its_tests_and_the_linters() -> Outcome<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdks/python");
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-cache-sdk");
    let cache = cache.to_str().ok_or("a path in UTF-8")?;
    run(&folder, &["-m", "unittest", "discover", "-s", "tests", "-t", "."])?;
    run(&folder, &["-m", "mypy", "--cache-dir", cache])?;
    run(&folder, &["-m", "ruff", "check", "--no-cache", "."])?;
    run(&folder, &["-m", "ruff", "format", "--no-cache", "--diff", "."])?;
    Ok(())
}
