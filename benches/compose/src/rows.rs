//! What is measured: calls that one plugin makes of another.

pub use plugwright_benches::turns::Worker;

use crate::Result;

/// What passes in a call, and so which pair of plugins makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    Plain,
    Handles,
    Flows,
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What tables call it.
    pub name: &'static str,
    pub pair: Pair,
    /// The export of the plugin that asks, by which it asks so many times.
    pub export: &'static str,
    /// What one call adds to the sum.
    pub each: u64,
    /// Whether the one that answers, where it lives apart, gets a fresh sandbox for each call.
    pub fresh: bool,
}

const fn row(name: &'static str, pair: Pair, export: &'static str, each: u64) -> Row {
    Row { name, pair, export, each, fresh: false }
}

pub const ROWS: [Row; 10] = [
    row("two integers", Pair::Plain, "sum", 5),
    row("record of 8 fields, each way", Pair::Plain, "one-reading", 2),
    row("1,000 records, each way", Pair::Plain, "readings", 1000),
    row("string of 66 bytes, each way", Pair::Plain, "text", 66),
    row("64 KiB as `list<u8>`", Pair::Plain, "bytes", 64 << 10),
    row("64 KiB as `list<u8>`, each way", Pair::Plain, "bytes-each-way", 64 << 10),
    row("64 KiB as `stream<u8>`", Pair::Flows, "flow", 64 << 10),
    row("method of a resource", Pair::Handles, "method", 5),
    row("resource made, called, dropped", Pair::Handles, "resource-and-method", 5),
    Row { fresh: true, ..row("two integers, in a fresh sandbox", Pair::Plain, "sum", 5) },
];

/// Makes a worker of what gives the sum, which is looked at each time.
pub fn checked(
    row: &Row,
    mut work: impl FnMut(u32) -> Result<u64> + 'static,
) -> Result<Option<Worker>> {
    let each = row.each;
    let mut worker: Worker = Box::new(move |times| {
        let (sum, expected) = (work(u32::try_from(times)?)?, times * each);
        if sum == expected {
            Ok(())
        } else {
            Err(format!("the sum is {sum}, not {expected}").into())
        }
    });
    worker(1)?;
    Ok(Some(worker))
}
