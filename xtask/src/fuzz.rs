//! `fuzz`: has the fuzzer look for inputs that hurt us; the targets are in `fuzz/targets/`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::step::{Outcome, seconds};

/// Where cargo-fuzz lies, and its version.
const FOLDER: &str = "target/tools/cargo-fuzz";
const VERSION: &str = "0.13.2";

/// What all calls of cargo-fuzz have.
///
/// Sanitizers need a nightly compiler. Ours is a stable one, and our `unsafe` code is one file.
const SHARED: [&str; 6] =
    ["--fuzz-dir", "fuzz", "--target-dir", "target/fuzz", "--sanitizer", "none"];

/// What an input may cost before it counts as a finding: seconds and MiB.
const LIMITS: [&str; 2] = ["-timeout=20", "-rss_limit_mb=2048"];

/// Has inputs be long from the start.
///
/// Some are the choices of a generator. By the default they would be a few bytes long for hours, which make few choices.
const LENGTH: &str = "-len_control=0";

/// Lists folders of tests that a target starts from, beside its own in `fuzz/seeds/`.
const SEEDS: &[(&str, &str)] = &[
    ("artifact", "host/tests/components"),
    ("artifact", "host/tests/hostile"),
    ("policy", "cli/tests/files"),
    ("wit", "bindgen/tests/wit"),
];

/// Runs each target, or those named, for as long as asked, 60 seconds by default.
///
/// What a run learns stays in `fuzz/corpus/`, as few files as say the same. What it finds is in `fuzz/artifacts/`.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let (seconds, names) = seconds(args, 60)?;
    install()?;
    let known = command::output(cargo_fuzz("list", &["--fuzz-dir", "fuzz"]))?;
    let known: Vec<&str> = known.lines().map(str::trim).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(StepError::Argument { arg: unknown.clone() });
    }
    let asked = |target: &&&str| names.is_empty() || names.iter().any(|name| name == **target);
    for target in known.iter().filter(asked) {
        let corpus = format!("fuzz/corpus/{target}");
        fs::create_dir_all(&corpus)
            .map_err(|source| StepError::file("create", Path::new(&corpus), source))?;
        let mut fuzz = cargo_fuzz("run", &SHARED);
        fuzz.args([target, corpus.as_str()]).args(seeds(target));
        fuzz.arg("--").arg(format!("-max_total_time={seconds}")).args(LIMITS);
        fuzz.args([LENGTH, "-print_final_stats=1"]).args(dictionary(target));
        command::run(fuzz)?;
        let mut shrink = cargo_fuzz("cmin", &SHARED);
        shrink.args([target, corpus.as_str()]);
        command::run(shrink)?;
    }
    Ok(Outcome::Done)
}

/// Installs cargo-fuzz, unless this version is there.
fn install() -> Result<(), StepError> {
    let stamp = Path::new(FOLDER).join("plugwright-installed");
    if fs::read_to_string(&stamp).is_ok_and(|it| it == VERSION) {
        return Ok(());
    }
    command::run(cargo([
        "install",
        "--locked",
        "--force",
        "cargo-fuzz",
        "--version",
        VERSION,
        "--root",
        FOLDER,
    ]))?;
    // Written last: without it the installation was not finished.
    fs::write(&stamp, VERSION).map_err(|source| StepError::file("write", &stamp, source))
}

fn cargo_fuzz(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(Path::new(FOLDER).join("bin/cargo-fuzz"));
    command.arg(name).args(args);
    command
}

/// The folders that a target starts from.
fn seeds(target: &str) -> Vec<String> {
    let own = format!("fuzz/seeds/{target}");
    let shared = SEEDS.iter().filter(|(name, _)| *name == target);
    let all = [own].into_iter().chain(shared.map(|(_, folder)| (*folder).to_owned()));
    all.filter(|folder| Path::new(folder).is_dir()).collect()
}

/// The words that a target's inputs are made of, where there is a file of them.
fn dictionary(target: &str) -> Option<String> {
    let file = format!("fuzz/seeds/{target}.dict");
    Path::new(&file).is_file().then(|| format!("-dict={file}"))
}
