//! Measures calls from plugin to plugin: in one component and in two sandboxes, beside wasmtime by hand and beside the
//! same calls over gRPC.
//!
//! It prints tables as Markdown; `cargo xtask bench compose` builds the plugins, runs it, and puts the tables into the
//! docs. With words, only the rows are measured whose names have one of them.

mod by_hand;
mod grpc;
mod many;
mod ours;
mod plugins;
mod rows;

use std::env;
use std::path::Path;

use plugwright_benches::table::{factor, spread, table, time};
use plugwright_benches::turns::{Spread, in_turns, ratio};
use plugwright_benches::{Result, machine};

use crate::grpc::Grpc;
use crate::plugins::plugins;
use crate::rows::{ROWS, Row};

/// The columns, and for each the one that its ratio is to.
const COLUMNS: [(&str, Option<usize>); 5] = [
    ("fused by hand", None),
    ("fused", Some(0)),
    ("bridged by hand", None),
    ("isolated", Some(2)),
    ("gRPC", Some(3)),
];

fn main() -> Result<()> {
    machine::tune()?;
    let args: Vec<_> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [grpc::SERVE, socket] => grpc::serve(Path::new(socket)),
        words => print(words),
    }
}

/// Measures, and prints the tables.
fn print(words: &[&str]) -> Result<()> {
    println!("Measured on {}\n", machine::describe()?);
    let grpc = Grpc::start()?;
    let mut rows = Vec::new();
    for row in ROWS.iter().filter(|it| is_asked(it.name, words)) {
        rows.push(measured(row, &grpc).map_err(|error| format!("{}: {error}", row.name))?);
    }
    println!("{}", table(&COLUMNS.map(|(name, _)| name), &rows));
    if is_asked(many::NAME, words) {
        print!("{}", many::measured()?);
    }
    Ok(())
}

fn is_asked(name: &str, words: &[&str]) -> bool {
    let asked = words.is_empty() || words.iter().any(|it| name.contains(it));
    if asked {
        eprintln!("{name}");
    }
    asked
}

/// One row of the table.
fn measured(row: &Row, grpc: &std::rc::Rc<Grpc>) -> Result<Vec<String>> {
    let plugins = plugins(row.pair)?;
    let ready = [
        by_hand::fused(&plugins, row)?,
        // In one component both live and end together.
        if row.fresh { None } else { ours::linked(&plugins, row, "fused")? },
        by_hand::bridged(&plugins, row)?,
        ours::linked(&plugins, row, "isolated")?,
        if row.fresh { None } else { grpc::worker(grpc, row)? },
    ];
    // The place of each column among those that are measured.
    let mut places = Vec::new();
    let mut workers = Vec::new();
    for it in ready {
        places.push(it.as_ref().map(|_| workers.len()));
        workers.extend(it);
    }
    let taken = in_turns(&mut workers)?;
    let of = |column: usize| places[column].map(|it| &taken[it]);
    let cells = COLUMNS.iter().enumerate().map(|(at, (_, base))| {
        let Some(nanos) = of(at) else { return "–".to_owned() };
        let time = time(Spread::of(nanos.clone()).median);
        match base.and_then(of) {
            None => time,
            Some(base) if at + 1 == COLUMNS.len() => {
                format!("{time}, {}", factor(ratio(nanos, base).median))
            }
            Some(base) => format!("{time}, {}", spread(ratio(nanos, base))),
        }
    });
    Ok([row.name.to_owned()].into_iter().chain(cells).collect())
}
