//! Measures streams beside the same by hand over wasmtime, beside calls with lists, and beside a copy of the bytes.
//!
//! It prints a table as Markdown; `cargo xtask bench streams` builds the plugin, runs it, and puts it into the docs.

mod by_hand;
mod ours;

use std::env;
use std::error::Error;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Instant;

use crate::by_hand::ByHand;
use crate::ours::Ours;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How much the host gives at once, in bytes.
const PIECE: usize = 1 << 20;

/// How much flows in one pass, in bytes, and how many passes there are.
const BYTES: u64 = 256 << 20;
const ROUNDS: usize = 9;

/// How much the plugin reads or writes at once.
const PIECES: [u32; 3] = [4 << 10, 64 << 10, 1 << 20];

/// How many calls are made in a round where a call is measured.
const CALLS: u64 = 10_000;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row {
    In,
    Out,
    Through,
    Change,
    Take,
    Give,
    Nothing,
}

const ROWS: [(Row, &str); 6] = [
    (Row::In, "host to plugin"),
    (Row::Out, "plugin to host"),
    (Row::Through, "through a plugin that hands on"),
    (Row::Change, "through a plugin that changes every byte"),
    (Row::Take, "host to plugin, by calls with a `list<u8>`"),
    (Row::Give, "plugin to host, by calls with a `list<u8>`"),
];

fn main() -> Result<()> {
    tune()?;
    let path = env::args().nth(1).ok_or("which component is to be measured?")?;
    let bytes = fs::read(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(measure(&bytes))
}

/// Starts this program anew with glibc's setting that keeps its copies fast, unless it runs with one.
fn tune() -> Result<()> {
    const TUNABLES: &str = "GLIBC_TUNABLES";
    if env::var_os(TUNABLES).is_some() {
        return Ok(());
    }
    let mut anew = Command::new(env::current_exe()?);
    anew.env(TUNABLES, "glibc.cpu.x86_rep_movsb_threshold=0x10000000");
    Err(anew.args(env::args_os().skip(1)).exec().into())
}

async fn measure(bytes: &[u8]) -> Result<()> {
    let mut hand = ByHand::new(bytes).await?;
    let mut ours = Ours::new(bytes).await?;
    println!("|  | pieces | by hand | Plugwright | `memcpy` |");
    println!("|---|---:|---:|---:|---:|");
    for (row, name) in ROWS {
        for piece in PIECES {
            let mut taken = Taken::default();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                check(hand.run(row, BYTES, piece).await?)?;
                taken.hand.push(start.elapsed().as_secs_f64());
                let start = Instant::now();
                check(ours.run(row, BYTES, piece).await?)?;
                taken.ours.push(start.elapsed().as_secs_f64());
                let start = Instant::now();
                copy(piece as usize);
                taken.copied.push(start.elapsed().as_secs_f64());
            }
            let speed = |seconds: f64| format!("{:.2} GB/s", BYTES as f64 / seconds / 1e9);
            let (hand, ours, ratio) = taken.middle();
            let copied = median(taken.copied);
            let piece = piece >> 10;
            println!(
                "| {name} | {piece} KiB | {} | {}, **{ratio:.2}** | {} |",
                speed(hand),
                speed(ours),
                speed(copied),
            );
        }
    }
    let mut taken = Taken::default();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            hand.run(Row::Nothing, 0, 1).await?;
        }
        taken.hand.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        for _ in 0..CALLS {
            ours.run(Row::Nothing, 0, 1).await?;
        }
        taken.ours.push(start.elapsed().as_secs_f64());
    }
    let (hand, ours, ratio) = taken.middle();
    let time = |seconds: f64| format!("{:.2} µs", seconds / CALLS as f64 * 1e6);
    println!("| a call of an `async func` | | {} | {}, **{ratio:.2}** | |", time(hand), time(ours));
    Ok(())
}

/// The seconds of each round.
#[derive(Default)]
struct Taken {
    hand: Vec<f64>,
    ours: Vec<f64>,
    copied: Vec<f64>,
}

impl Taken {
    /// The middle of the times, and of the ratios of a round.
    fn middle(&self) -> (f64, f64, f64) {
        let ratios = self.ours.iter().zip(&self.hand).map(|(ours, hand)| ours / hand).collect();
        (median(self.hand.clone()), median(self.ours.clone()), median(ratios))
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn check(bytes: u64) -> Result<()> {
    if bytes == BYTES { Ok(()) } else { Err(format!("{bytes} bytes came, of {BYTES}").into()) }
}

fn copy(piece: usize) {
    let (from, mut to) = (vec![1_u8; piece], vec![0_u8; piece]);
    for _ in 0..BYTES / piece as u64 {
        std::hint::black_box(&mut to).copy_from_slice(std::hint::black_box(&from));
    }
}
