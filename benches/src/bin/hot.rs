//! The hot path, a few calls of each kind: what `tests/instructions.rs` counts the instructions of.

use std::hint::black_box;
use std::time::Duration;

use plugwright::{Artifact, CallError, Engine, EngineOptions};
use plugwright_benches::plugwright::{
    Bench, BenchInstance as _, BenchPlugin as _, Host, Reading, policy,
};
use plugwright_benches::{Result, guest, reading};

/// How often each is called before it is counted: until nothing is done for the first time.
const WARM: u32 = 20;

fn main() -> Result<()> {
    // A clock that ticks in the middle of a call would be counted with it.
    let tick = Duration::from_secs(3600);
    let engine = Engine::new(EngineOptions { instances: 2, tick, ..EngineOptions::default() })?;
    let artifact = Artifact::from_bytes("bench", std::fs::read(guest("bench-pure"))?)?;
    let plugin = engine.load::<Bench<Host>>(artifact.accept_unsigned(), policy(None))?;
    let text = "plugwright ".repeat(6);
    let mut live = plugin.instantiate()?;

    // In the order of the names in `tests/instructions.rs`.
    warm_and_count(|| live.add(2, 3))?;
    warm_and_count(|| live.echo(reading!(Reading)))?;
    warm_and_count(|| live.echo_text(&text))?;
    warm_and_count(|| live.ask(1))?;
    drop(live);
    warm_and_count(|| plugin.add(2, 3))
}

type Called<T> = std::result::Result<T, CallError>;

fn warm_and_count<T>(mut call: impl FnMut() -> Called<T>) -> Result<()> {
    let mut call = || black_box(call()).map(drop);
    for _ in 0..WARM {
        call()?;
    }
    Ok(counted(&mut call)?)
}

/// The function that callgrind looks for by its name.
#[inline(never)]
fn counted(call: &mut dyn FnMut() -> Called<()>) -> Called<()> {
    call()
}
