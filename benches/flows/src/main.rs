//! Measures streams beside the same by hand over wasmtime, beside calls with lists, beside a copy of the bytes, and
//! beside processes that are joined by pipes.
//!
//! It prints tables as Markdown; `cargo xtask bench streams` builds the plugins, runs it, and puts them into the docs.
//! With words, only the rows are measured whose names have one of them.

mod by_hand;
mod ends;
mod flowing;
mod languages;
mod ours;
mod pipeline;
mod pipes;
mod rounds;

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use plugwright_benches::machine;
use tokio::runtime::{Builder, Runtime};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How much the host gives at once, in bytes.
const PIECE: usize = 1 << 20;

/// How much lies between two stores by hand, as Plugwright's policy has it by default.
const BUFFER: usize = 64 << 10;

/// How much flows in one pass, in bytes, and how many passes there are.
const BYTES: u64 = 256 << 20;
const ROUNDS: usize = 9;

/// How many calls wait while others are measured.
const AT_ONCE: u32 = 1000;

/// What is measured of one plugin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row {
    In,
    Out,
    Change,
    Take,
    Give,
}

fn main() -> Result<()> {
    let args: Vec<_> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [pipes::HAND_ON, piece] => pipes::hand_on(piece.parse()?),
        [pipeline::STAGE, file, cache] => pipeline::stage(file.as_ref(), cache.as_ref()),
        [] => Err("where are the components that are to be measured?".into()),
        [folder, words @ ..] => {
            machine::tune()?;
            measure(&Measured::new(folder.into(), words)?)
        }
    }
}

/// What is measured, and which rows of it.
struct Measured<'a> {
    /// Where the components are.
    folder: PathBuf,
    words: &'a [&'a str],
    plugin: Vec<u8>,
    /// Three that hand on, in one component.
    composed: Vec<u8>,
    runtime: Runtime,
}

impl<'a> Measured<'a> {
    fn new(folder: PathBuf, words: &'a [&'a str]) -> Result<Self> {
        let plugin = fs::read(folder.join("flows.wasm"))?;
        let composed = ours::composed(&plugin, &fs::read(folder.join("flows-relay.wasm"))?)?;
        let runtime = Builder::new_current_thread().enable_time().build()?;
        Ok(Self { folder, words, plugin, composed, runtime })
    }

    fn is_asked(&self, name: &str) -> bool {
        let asked = self.words.is_empty() || self.words.iter().any(|it| name.contains(it));
        if asked {
            eprintln!("{name}");
        }
        asked
    }
}

fn measure(measured: &Measured<'_>) -> Result<()> {
    println!("Measured on {}\n", machine::describe()?);
    let tables = [
        flowing::bytes(measured)?,
        flowing::records(measured)?,
        flowing::calls(measured)?,
        languages::table(measured)?,
        pipeline::table(measured)?,
    ];
    print!("{}", tables.join("\n"));
    Ok(())
}

/// Sees to it that all has come.
fn all(count: u64, expected: u64) -> Result<()> {
    if count == expected { Ok(()) } else { Err(format!("{count} came, of {expected}").into()) }
}
