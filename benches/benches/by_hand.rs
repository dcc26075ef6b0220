//! Plugwright beside wasmtime by hand, each on the same work, in one run.
//!
//! Criterion measures; at the end a table gives the medians and their ratio.

use std::{fs, path::Path, time::Duration};

use criterion::Criterion;
use plugwright_benches::{
    by_hand, guest,
    plugwright::{self as ours, Result},
    resident,
};

fn main() -> Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    let mut rows = Vec::new();
    for (name, wasi) in [("pure", false), ("wasi", true)] {
        let file = guest(if wasi { "bench" } else { "bench-pure" });
        let bytes = fs::read(&file).map_err(|error| {
            format!("{}: {error}; build it with `cargo xtask guests`", file.display())
        })?;
        calls(&mut criterion, name, wasi, &bytes, &mut rows)?;
        loads(&mut criterion, name, wasi, &bytes, &mut rows)?;
    }
    criterion.final_summary();
    table(&rows);
    memory()
}

/// Measures one piece of work both ways, under a name.
fn pair<A, B>(
    criterion: &mut Criterion,
    rows: &mut Vec<String>,
    name: String,
    mut by_hand: impl FnMut() -> A,
    mut ours: impl FnMut() -> B,
) {
    let mut group = criterion.benchmark_group(&name);
    group.bench_function("by hand", |bencher| bencher.iter(&mut by_hand));
    group.bench_function("plugwright", |bencher| bencher.iter(&mut ours));
    group.finish();
    rows.push(name);
}

fn calls(
    criterion: &mut Criterion,
    guest: &str,
    wasi: bool,
    bytes: &[u8],
    rows: &mut Vec<String>,
) -> Result<()> {
    let pre = by_hand::link(&by_hand::compile(&by_hand::engine()?, bytes)?, wasi)?;
    let plugin = ours::load(&ours::engine(None)?, bytes)?;
    let (mut live, mut instance) = (by_hand::instantiate(&pre)?, plugin.instantiate()?);
    pair(
        criterion,
        rows,
        format!("{guest}, two integers, live instance"),
        || by_hand::add(&mut live),
        || ours::add(&mut instance),
    );
    pair(
        criterion,
        rows,
        format!("{guest}, record of 8 fields, live instance"),
        || by_hand::echo(&mut live, by_hand::reading()),
        || ours::echo(&mut instance, ours::reading()),
    );
    pair(
        criterion,
        rows,
        format!("{guest}, fresh sandbox, call, end"),
        || by_hand::fresh(&pre),
        || ours::fresh(&plugin),
    );
    Ok(())
}

fn loads(
    criterion: &mut Criterion,
    guest: &str,
    wasi: bool,
    bytes: &[u8],
    rows: &mut Vec<String>,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let code = folder.path().join("code");
    let engine = by_hand::engine()?;
    fs::write(&code, by_hand::compile(&engine, bytes)?.serialize()?)?;
    let cold = ours::engine(None)?;
    pair(
        criterion,
        rows,
        format!("{guest}, load, cold"),
        || by_hand::compile(&engine, bytes).and_then(|it| by_hand::link(&it, wasi)),
        || ours::load(&cold, bytes),
    );
    let cache = folder.path().join("cache");
    let warm = ours::engine(Some(&cache))?;
    ours::load(&warm, bytes)?;
    pair(
        criterion,
        rows,
        format!("{guest}, load, cached"),
        || by_hand::deserialize(&engine, &code).and_then(|it| by_hand::link(&it, wasi)),
        || ours::load(&warm, bytes),
    );
    let artifact = ::plugwright::Artifact::from_bytes("bench", bytes)?.accept_unsigned();
    pair(
        criterion,
        rows,
        format!("{guest}, load, cached, component already read"),
        || by_hand::deserialize(&engine, &code).and_then(|it| by_hand::link(&it, wasi)),
        || {
            let policy = ::plugwright::Policy::default();
            warm.load::<ours::Bench>(artifact.clone(), policy)
        },
    );
    Ok(())
}

/// Prints the medians that criterion wrote, and their ratio.
#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn table(rows: &[String]) {
    println!("{:<48} {:>12} {:>12} {:>6}", "", "by hand", "plugwright", "ratio");
    for row in rows {
        let (Some(by_hand), Some(ours)) = (median(row, "by hand"), median(row, "plugwright"))
        else {
            continue;
        };
        println!(
            "{row:<48} {:>12} {:>12} {:>6.2}",
            written(by_hand),
            written(ours),
            ours / by_hand
        );
    }
}

/// The median in nanoseconds, from criterion's own record of it.
fn median(group: &str, function: &str) -> Option<f64> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../target");
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| default.into());
    let path =
        Path::new(&target).join("criterion").join(group).join(function).join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    estimates.get("median")?.get("point_estimate")?.as_f64()
}

fn written(nanoseconds: f64) -> String {
    match nanoseconds {
        it if it < 1e3 => format!("{it:.0} ns"),
        it if it < 1e6 => format!("{:.2} µs", it / 1e3),
        it => format!("{:.2} ms", it / 1e6),
    }
}

/// Prints the resident memory of live instances that have served one call each.
#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn memory() -> Result<()> {
    const LIVE: u64 = 500;
    for (name, wasi) in [("pure", false), ("wasi", true)] {
        let bytes = fs::read(guest(if wasi { "bench" } else { "bench-pure" }))?;
        let pre = by_hand::link(&by_hand::compile(&by_hand::engine()?, &bytes)?, wasi)?;
        let before = resident()?;
        let mut live =
            (0..LIVE).map(|_| by_hand::instantiate(&pre)).collect::<wasmtime::Result<Vec<_>>>()?;
        for it in &mut live {
            by_hand::add(it)?;
        }
        let by_hand = (resident()? - before) / LIVE;
        drop((live, pre));

        let plugin = ours::load(&ours::engine(None)?, &bytes)?;
        let before = resident()?;
        let mut live = (0..LIVE).map(|_| Ok(plugin.instantiate()?)).collect::<Result<Vec<_>>>()?;
        for it in &mut live {
            ours::add(it)?;
        }
        let ours = (resident()? - before) / LIVE;
        let row = format!("{name}, memory of a live instance");
        let ratio = ours as f64 / by_hand as f64;
        println!("{row:<48} {:>9} kB {:>9} kB {ratio:>6.2}", by_hand / 1000, ours / 1000);
    }
    Ok(())
}
