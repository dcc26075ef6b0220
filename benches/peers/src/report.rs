//! What is measured, and the tables of it.

use std::fs;

use plugwright::{Instances, Policy};
use plugwright_benches::by_hand::Bounds;
use plugwright_benches::plugwright::policy;
use plugwright_benches::{INSTANCES, Result, guest, machine};

use crate::measure::{side_by_side, two_threads};
use crate::peers::{ByHand, Plugwright};
use crate::table::{kilobytes, spread, table, times};
use crate::work::{Peer, Work};
use crate::{PEERS, PURE, WASI, memory, peer};

/// A piece of work, what it is called, and how many parts it has that are measured as one.
type Row = (&'static str, Work, f64);

const LIVE: [Row; 8] = [
    ("two integers", Work::Integers, 1.0),
    ("record of 8 fields, each way", Work::Record, 1.0),
    ("1,000 records, each way", Work::Records(1000), 1.0),
    ("string of 64 bytes, each way", Work::Text(64), 1.0),
    ("64 bytes, each way", Work::Bytes(64), 1.0),
    ("64 KiB, each way", Work::Bytes(64 << 10), 1.0),
    ("1 MiB, each way", Work::Bytes(1 << 20), 1.0),
    HOST_CALL,
];
const HOST_CALL: Row = ("call of the host by the plugin", Work::HostCalls(1000), 1000.0);

const FRESH: [Row; 1] = [("fresh sandbox, call, end", Work::Fresh, 1.0)];
const FRESH_WITH_WASI: [Row; 1] = [("the same, plugin with WASI", Work::Fresh, 1.0)];
const LOADS: [Row; 2] =
    [("load, cold", Work::LoadCold, 1.0), ("load, from the cache", Work::LoadCached, 1.0)];

const THREADS: [Row; 3] = [
    ("two integers", Work::Integers, 1.0),
    ("64 KiB, each way", Work::Bytes(64 << 10), 1.0),
    ("fresh sandbox, call, end", Work::Fresh, 1.0),
];

const BOUNDS: [Row; 5] = [
    ("two integers", Work::Integers, 1.0),
    ("64 bytes, each way", Work::Bytes(64), 1.0),
    HOST_CALL,
    ("fresh sandbox, call, end", Work::Fresh, 1.0),
    ("loop of 100,000 rounds", Work::Loop(100_000), 1.0),
];

const RESETS: [Row; 4] = [
    ("sandbox, call, end", Work::Fresh, 1.0),
    ("1,000 records, each way", Work::Records(1000), 1.0),
    ("64 KiB, each way", Work::Bytes(64 << 10), 1.0),
    ("loop of 100,000 rounds", Work::Loop(100_000), 1.0),
];

/// How many sandboxes are idle at once, and whose.
const IDLE: [u32; 2] = [1_000, 10_000];
const WITH_SANDBOXES: [&str; 4] = [PEERS[0], PEERS[1], PEERS[2], PEERS[3]];

/// Measures, and prints the tables; with words only the rows whose names have one of them.
pub fn print(words: &[&str]) -> Result<()> {
    println!("Measured on {}\n", machine::describe()?);
    let peers: Vec<_> =
        PEERS.into_iter().map(|it| peer(it, PURE, INSTANCES)).collect::<Result<_>>()?;
    let peers: Vec<&dyn Peer> = peers.iter().map(|it| &**it).collect();
    let with_wasi = [peer(PEERS[0], WASI, INSTANCES)?, peer(PEERS[1], WASI, INSTANCES)?];
    let with_wasi = [&*with_wasi[0], &*with_wasi[1]];

    let mut rows = measured(&LIVE, &peers, words)?;
    rows.extend(measured(&FRESH, &peers, words)?);
    rows.extend(measured(&FRESH_WITH_WASI, &with_wasi, words)?);
    rows.extend(measured(&LOADS, &peers, words)?);
    println!("### One thread\n\n{}", table(&PEERS, &rows));
    println!("### Two threads\n\n{}", table(&PEERS, &scaled(&peers, words)?));
    bounds(words)?;
    resets(words)?;
    let rows: Vec<_> = IDLE.iter().map(|it| idle(*it, words)).filter(|it| !it.is_empty()).collect();
    print!("### Idle sandboxes\n\n{}", table(&WITH_SANDBOXES, &rows));
    Ok(())
}

fn is_asked(name: &str, words: &[&str]) -> bool {
    let asked = words.is_empty() || words.iter().any(|it| name.contains(it));
    if asked {
        eprintln!("{name}");
    }
    asked
}

fn measured(rows: &[Row], peers: &[&dyn Peer], words: &[&str]) -> Result<Vec<Vec<String>>> {
    let names: Vec<_> = peers.iter().map(|it| it.name()).collect();
    // A table has the columns of all its rows, also where fewer peers do the work.
    let columns = if PEERS.starts_with(&names) { &PEERS[..] } else { &names };
    let rows = rows.iter().filter(|(name, ..)| is_asked(name, words));
    let rows = rows
        .map(|(name, work, parts)| Ok(times(name, columns, *parts, &side_by_side(peers, *work)?)));
    rows.collect()
}

fn scaled(peers: &[&dyn Peer], words: &[&str]) -> Result<Vec<Vec<String>>> {
    let rows = THREADS.iter().filter(|(name, ..)| is_asked(name, words)).map(|(name, work, _)| {
        let cells = peers.iter().map(|peer| two_threads(*peer, *work));
        let cells = cells.map(|it| Ok(it?.map_or("–".to_owned(), spread)));
        [Ok((*name).to_owned())].into_iter().chain(cells).collect()
    });
    rows.collect()
}

fn bounds(words: &[&str]) -> Result<()> {
    const COLUMNS: [&str; 4] =
        ["by hand, no limits", "Plugwright, all limits", "by hand", "Plugwright"];
    let [none, all, some, default] = COLUMNS;
    let pure = fs::read(guest(PURE))?;
    let none = ByHand::new(none, &pure, INSTANCES, Bounds::None)?;
    let all = Plugwright::new(all, &pure, INSTANCES, policy(Some(1 << 40)))?;
    let some = ByHand::new(some, &pure, INSTANCES, Bounds::MemoryAndTime)?;
    let default = Plugwright::new(default, &pure, INSTANCES, policy(None))?;
    let rows = measured(&BOUNDS, &[&none, &all, &some, &default], words)?;
    println!("### Limits\n\n{}", table(&COLUMNS, &rows));
    Ok(())
}

/// What it saves to reset a sandbox, and what it costs that the plugin marks what it writes.
fn resets(words: &[&str]) -> Result<()> {
    const COLUMNS: [&str; 2] = ["`Fresh`", "`Reset`"];
    let [fresh, reset] = COLUMNS;
    let pure = fs::read(guest(PURE))?;
    let fresh = Plugwright::new(fresh, &pure, INSTANCES, policy(None))?;
    let reset_policy = Policy { instances: Instances::Reset, ..policy(None) };
    let reset = Plugwright::new(reset, &pure, INSTANCES, reset_policy)?;
    println!("### Resets\n\n{}", table(&COLUMNS, &measured(&RESETS, &[&fresh, &reset], words)?));
    Ok(())
}

/// The memory of each of so many sandboxes; nothing where that was not asked for.
fn idle(sandboxes: u32, words: &[&str]) -> Vec<String> {
    let name = format!("each of {sandboxes} idle sandboxes");
    if !is_asked(&name, words) {
        return Vec::new();
    }
    let cells = WITH_SANDBOXES.iter().map(|peer| match memory::of_each(peer, sandboxes) {
        Ok(bytes) => kilobytes(bytes),
        Err(error) => {
            eprintln!("{peer}, {sandboxes} sandboxes: {error}");
            "cannot".to_owned()
        }
    });
    [name.clone()].into_iter().chain(cells).collect()
}
