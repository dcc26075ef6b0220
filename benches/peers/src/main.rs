//! Measures Plugwright beside hand-written wasmtime and what else there is for plugins, on the same work, in one run.
//!
//! It prints tables as Markdown; `cargo xtask bench runtime` builds the plugins, runs it, and puts the tables into the
//! docs. With words, only the rows are measured whose names have one of them.

mod measure;
mod memory;
mod peers;
mod report;
mod table;
mod work;

use std::env;
use std::fs;
use std::path::PathBuf;

use plugwright_benches::by_hand::Bounds;
use plugwright_benches::plugwright::policy;
use plugwright_benches::{Result, guest, machine};

use crate::peers::{ByHand, Direct, Extism, Plugwright, Process, Wapc};
use crate::work::Peer;

fn main() -> Result<()> {
    machine::tune()?;
    let args: Vec<_> = env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match *args.as_slice() {
        [peers::CHILD] => peers::serve(),
        [memory::MEMORY, name, sandboxes] => {
            let sandboxes = sandboxes.parse()?;
            println!("{}", memory::measure(&*peer(name, PURE, sandboxes)?, sandboxes)?);
            Ok(())
        }
        ref words => report::print(words),
    }
}

/// The peers, in the order of the columns.
const PEERS: [&str; 6] = ["by hand", "Plugwright", "Extism", "waPC", "`dyn`", "process"];

/// The component without WASI, and the one with it.
const PURE: &str = "bench-pure";
const WASI: &str = "bench";

/// A peer by its name, with room for so many sandboxes of this component, if it takes components.
fn peer(name: &str, component: &str, sandboxes: u32) -> Result<Box<dyn Peer>> {
    let component = fs::read(guest(component))?;
    Ok(match name {
        "by hand" => {
            Box::new(ByHand::new("by hand", &component, sandboxes, Bounds::MemoryAndTime)?)
        }
        "Plugwright" => {
            Box::new(Plugwright::new("Plugwright", &component, sandboxes, policy(None))?)
        }
        "Extism" => Box::new(Extism::new(&module("bench_extism")?)?),
        "waPC" => Box::new(Wapc::new(&module("bench_wapc")?, sandboxes)?),
        "`dyn`" => Box::new(Direct),
        "process" => Box::new(Process),
        other => return Err(format!("there is no peer `{other}`").into()),
    })
}

/// A module that `cargo xtask bench runtime` built.
fn module(name: &str) -> Result<Vec<u8>> {
    let built = "../../target/peers/wasm32-unknown-unknown/release";
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(built);
    Ok(fs::read(folder.join(name).with_extension("wasm"))?)
}
