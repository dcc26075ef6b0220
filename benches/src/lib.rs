//! The same work by Plugwright and by wasmtime with the best settings known, written by hand.
//!
//! Both use a pool that resets small memories by copying, no concurrency support, epochs, a memory limiter and export
//! indices that are looked up once; both make what WASI needs when a plugin first calls it.

pub mod by_hand;
pub mod machine;
pub mod plugwright;
pub mod table;
pub mod turns;

use std::path::PathBuf;

/// Everything fails the same way in a benchmark.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How many sandboxes an engine has room for, where a benchmark does not say.
pub const INSTANCES: u32 = 100;

/// The component that `cargo xtask guests` built: `bench` with WASI, `bench-pure` without.
pub fn guest(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/guests");
    PathBuf::from(folder).join(format!("{name}.wasm"))
}

/// A record of eight plain fields, of a type that bindings made.
#[macro_export]
macro_rules! reading {
    ($type:ident) => {
        $type {
            sensor: 1,
            at: 2,
            value: 3.0,
            low: 4.0,
            high: 5.0,
            channel: 6,
            offset: 7,
            valid: true,
        }
    };
}
