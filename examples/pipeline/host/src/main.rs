//! Reads lines of JSON, has plugins work on them, and writes what comes of it.

mod progress;

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Parser;
use futures_util::future::{Either, select};
use pipeline::chain::{self, ChainError, Summary};
use pipeline::output::Output;
use pipeline::report;
use pipeline::stage::{Setting, Stage};
use plugwright::{Cache, Engine, EngineOptions};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use tokio::io::AsyncRead;

use crate::progress::Progress;

/// Reads lines of JSON, has plugins work on them, and writes what comes of it.
#[derive(Parser)]
struct Arguments {
    /// A plugin that is a stage; several are a chain, in this order
    #[arg(long = "plugin", required = true, value_name = "FILE")]
    plugins: Vec<PathBuf>,
    /// What to read; `-` is standard input
    #[arg(long = "in", value_name = "FILE", default_value = "-")]
    input: PathBuf,
    /// What to write, whole or not at all; `-` is standard output
    #[arg(long = "out", value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// How long it may take
    #[arg(long, default_value = "1day", value_parser = humantime::parse_duration)]
    time: Duration,
    /// How many KiB may lie between two stages
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    buffer: u16,
    /// Say nothing but what went wrong
    #[arg(long)]
    quiet: bool,
}

/// What the program exits with where somebody ended it, as shells count it.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let progress = Progress::new(arguments.quiet);
    let ended = run(&arguments, &progress);
    progress.clear();
    let (text, code) = match &ended {
        Ok(Some(_)) if arguments.quiet => return ExitCode::SUCCESS,
        Ok(Some(summary)) => (report::summary(summary), ExitCode::SUCCESS),
        Ok(None) => ("interrupted\n".to_owned(), ExitCode::from(INTERRUPTED)),
        // Who reads has read enough.
        Err(error) if is_unread(error.as_ref()) => return ExitCode::SUCCESS,
        Err(error) => (report::failure(error.as_ref()), ExitCode::FAILURE),
    };
    let _ = io::stderr().write_all(text.as_bytes());
    code
}

/// Runs the pipeline; nothing where it was interrupted.
fn run(arguments: &Arguments, progress: &Progress) -> Result<Option<Summary>, Box<dyn Error>> {
    let interruption = interruption()?;
    let (input, length) = open(&arguments.input)
        .map_err(|err| format!("`{}` cannot be read: {err}", arguments.input.display()))?;
    let unwritten = |err| format!("`{}` cannot be written: {err}", arguments.output.display());
    let output = match &*arguments.output {
        path if path == Path::new("-") => Output::Standard,
        path => Output::to(path).map_err(unwritten)?,
    };
    let stages = load(arguments, progress)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = {
        let _inside = runtime.enter();
        let writer = output.writer().map_err(unwritten)?;
        let chain = pin!(chain::run(stages, progress.watch(input.reader(), length), writer));
        runtime.block_on(async {
            match select(chain, pin!(noted(&interruption))).await {
                Either::Left((ended, _)) => ended.map(Some),
                Either::Right(_) => Ok(None),
            }
        })
    };
    // Something may still wait for standard input, and cannot be ended.
    runtime.shutdown_background();
    if let Some(summary) = ended? {
        output.finish().map_err(unwritten)?;
        return Ok(Some(summary));
    }
    Ok(None)
}

/// Notes that somebody ends the program; the second time ends it at once.
fn interruption() -> io::Result<Arc<AtomicBool>> {
    let noted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&noted))?;
        flag::register(signal, Arc::clone(&noted))?;
    }
    Ok(noted)
}

/// Resolves soon after that was noted.
async fn noted(interruption: &AtomicBool) {
    while !interruption.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

enum Input {
    Standard,
    File(File),
}

impl Input {
    fn reader(self) -> Box<dyn AsyncRead + Send + Unpin> {
        match self {
            Self::Standard => Box::new(tokio::io::stdin()),
            Self::File(file) => Box::new(tokio::fs::File::from_std(file)),
        }
    }
}

/// Opens the input, and tells how long it is where that is known.
fn open(path: &Path) -> io::Result<(Input, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Input::Standard, None));
    }
    let file = File::open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((Input::File(file), about.is_file().then_some(about.len())))
}

fn load(arguments: &Arguments, progress: &Progress) -> Result<Vec<Stage>, Box<dyn Error>> {
    let cache = dirs::cache_dir().map(|it| Cache::Folder(it.join("plugwright")));
    let engine = Engine::new(EngineOptions {
        cache: cache.unwrap_or_default(),
        ..EngineOptions::default()
    })?;
    let told = progress.clone();
    let setting = Setting {
        time: arguments.time,
        buffer: usize::from(arguments.buffer) << 10,
        told: Arc::new(move |refusal| told.tell(&report::plain(&refusal.to_string()))),
    };
    let mut stages = Vec::new();
    for file in &arguments.plugins {
        progress.load(file);
        stages.push(Stage::load(&engine, file, &setting)?);
    }
    Ok(stages)
}

/// Whether standard output was closed by who reads it.
fn is_unread(error: &(dyn Error + 'static)) -> bool {
    matches!(
        error.downcast_ref(),
        Some(ChainError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe
    )
}
