//! The chain of the example `pipeline`, beside `cat` and beside the same stages as processes joined by pipes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, iter, thread};

use pipeline::chain;
use pipeline::stage::{Setting, Stage};
use plugwright::{Cache, Engine, EngineOptions};
use plugwright_benches::table::{factor, time};
use plugwright_benches::turns::{Spread, ratio};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::rounds::{Pass, rounds};
use crate::{BUFFER, Measured, Result, pipes};

/// The argument by which this program is one stage, from standard input to standard output.
pub const STAGE: &str = "stage";

/// Flights as lines of JSON, and how often they are put one after the other.
const SAMPLE: &str = "../../examples/pipeline/data/sample.ndjson";
const TIMES: usize = 40;

const ROUNDS: usize = 3;

const CHAINS: [(&str, &[&str]); 2] = [
    ("the pipeline's stages in Rust, Python and Go", &["parse", "redact", "count"]),
    ("the pipeline's stage in Rust", &["parse"]),
];

const COLUMNS: [&str; 4] = ["linked", "processes and pipes", "`cat` as often", "`cat`"];

/// Measures how long lines take.
pub fn table(measured: &Measured<'_>) -> Result<String> {
    let mut rows = Vec::new();
    let folder = tempfile::tempdir()?;
    let lines = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE))?.repeat(TIMES);
    let input = folder.path().join("in.ndjson");
    fs::write(&input, &lines)?;
    for (name, stages) in CHAINS.into_iter().filter(|(name, _)| measured.is_asked(name)) {
        let file = |it: &&str| measured.folder.join(format!("pipeline-{it}.wasm"));
        let stages: Vec<_> = stages.iter().map(file).collect();
        let taken =
            measured_chain(&folder, &input, &stages).map_err(|error| format!("{name}: {error}"))?;
        let linked = taken[0].clone();
        let cell = |it: &Vec<f64>| {
            let middle = time(Spread::of(it.clone()).median * 1e9);
            format!("{middle}, {}", factor(ratio(it, &linked).median))
        };
        let first = time(Spread::of(linked.clone()).median * 1e9);
        let speed = lines.len() as f64 / Spread::of(linked.clone()).median / 1e6;
        let cells =
            iter::once(format!("{first}, {speed:.1} MB/s")).chain(taken[1..].iter().map(cell));
        rows.push(iter::once(name.to_owned()).chain(cells).collect());
    }
    Ok(plugwright_benches::table::table(&COLUMNS, &rows))
}

/// Gives the seconds of each column, in each round.
fn measured_chain(folder: &TempDir, input: &Path, stages: &[PathBuf]) -> Result<Vec<Vec<f64>>> {
    let (cache, output) = (folder.path().join("cache"), folder.path().join("out.ndjson"));
    let runtime = runtime()?;
    let (cats, cat) = (vec!["cat"; stages.len()], vec!["cat"]);
    let cat_of = |names: &[&str]| names.iter().map(Command::new).collect();
    let program = env::current_exe()?;
    let processes = || {
        let command = |file: &PathBuf| {
            let mut command = Command::new(&program);
            command.arg(STAGE).arg(file).arg(&cache).stderr(Stdio::inherit());
            command
        };
        stages.iter().map(command).collect()
    };
    let mut passes: Vec<Option<Pass<'_>>> = vec![
        Some(Box::new(|| linked(&runtime, &cache, input, &output, stages))),
        Some(Box::new(|| joined(input, &output, processes()))),
        Some(Box::new(|| joined(input, &output, cat_of(&cats)))),
        Some(Box::new(|| joined(input, &output, cat_of(&cat)))),
    ];
    rounds(&mut passes, ROUNDS)?
        .into_iter()
        .map(|it| it.ok_or_else(|| "nothing was measured".into()))
        .collect()
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

/// Loads a stage; its compiled code is there after the first time.
fn load(engine: &Engine, file: &Path) -> Result<Stage> {
    let time = std::time::Duration::from_secs(600);
    Ok(Stage::load(engine, file, &Setting { time, buffer: BUFFER, told: Arc::new(|_| {}) })?)
}

fn engine(cache: &Path) -> Result<Engine> {
    let cache = Cache::Folder(cache.to_owned());
    Ok(Engine::new(EngineOptions { cache, ..EngineOptions::default() })?)
}

/// Runs the chain in this process, from file to file; loading is a part of it.
fn linked(
    runtime: &Runtime,
    cache: &Path,
    input: &Path,
    output: &Path,
    stages: &[PathBuf],
) -> Result<()> {
    let engine = engine(cache)?;
    let stages = stages.iter().map(|it| load(&engine, it)).collect::<Result<_>>()?;
    let from = tokio::fs::File::from_std(File::open(input)?);
    let to = tokio::fs::File::from_std(File::create(output)?);
    runtime.block_on(chain::run(stages, from, to))?;
    Ok(())
}

/// Is one stage, between standard input and standard output.
pub fn stage(file: &Path, cache: &Path) -> Result<()> {
    let stage = load(&engine(cache)?, file)?;
    runtime()?.block_on(chain::run(vec![stage], tokio::io::stdin(), tokio::io::stdout()))?;
    Ok(())
}

/// Has a file flow through processes into another one.
fn joined(input: &Path, output: &Path, commands: Vec<Command>) -> Result<()> {
    let (children, mut first, mut last) = pipes::joined(commands)?;
    let mut from = File::open(input)?;
    let writer = thread::spawn(move || io::copy(&mut from, &mut first));
    io::copy(&mut last, &mut File::create(output)?)?;
    writer.join().map_err(|_| "who writes panicked")??;
    pipes::ended(children)
}
