//! What is measured: the same work by Plugwright and by wasmtime with the best settings known, written by hand.
//!
//! Both use a pool with a page map, copy-on-write images, no concurrency support, epochs, a memory limiter and
//! export indices that are looked up once.

pub mod by_hand;
pub mod plugwright;

use std::path::PathBuf;

/// The component that `cargo xtask guests` built: `bench` with WASI, `bench-pure` without.
pub fn guest(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/guests");
    PathBuf::from(folder).join(format!("{name}.wasm"))
}

/// The bytes of memory that this process has resident, from the kernel's books.
///
/// # Errors
///
/// There is no `/proc`.
pub fn resident() -> std::io::Result<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages = pages.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok());
    Ok(pages.unwrap_or_default() * 4096)
}
