//! Bytes, records and calls: beside the same by hand.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use plugwright_benches::table::{spread, table, time};
use plugwright_benches::turns::{Spread, ratio};

use crate::by_hand::{self, ByHand};
use crate::ours::{Hops, Ours};
use crate::rounds::{Pass, rounds};
use crate::{AT_ONCE, BYTES, Measured, ROUNDS, Result, Row, all, pipes};

/// How much the plugin reads or writes at once.
const PIECES: [u32; 3] = [4 << 10, 64 << 10, 1 << 20];

/// How many records flow in one pass, how many at once, and how large one is.
const RECORDS: u64 = 1 << 20;
const RECORDS_AT_ONCE: usize = 1024;
const RECORD: usize = 24;

/// How many calls are made in a round.
const CALLS: u32 = 10_000;

/// Who does it, as the head of each table has it.
const COLUMNS: [&str; 3] = ["by hand", "Plugwright", "`memcpy`"];

/// What bytes flow through.
#[derive(Clone, Copy)]
enum Way {
    /// One plugin.
    One(Row),
    /// So many that hand on, each in a store of its own.
    Hops(usize),
    /// Three that hand on, in one component.
    Composed,
}

const WAYS: [(Way, &str); 8] = [
    (Way::One(Row::In), "host to plugin"),
    (Way::One(Row::Out), "plugin to host"),
    (Way::Hops(1), "through a plugin that hands on"),
    (Way::One(Row::Change), "through a plugin that changes every byte"),
    (Way::Composed, "through three that hand on, in one component"),
    (Way::Hops(3), "through three that hand on, each in a sandbox of its own"),
    (Way::One(Row::Take), "host to plugin, by calls with a `list<u8>`"),
    (Way::One(Row::Give), "plugin to host, by calls with a `list<u8>`"),
];

/// Measures how fast bytes flow.
pub fn bytes(measured: &Measured<'_>) -> Result<String> {
    let hand = ByHand::new(&measured.plugin, &measured.composed)?;
    let mut rows = Vec::new();
    for (way, name) in WAYS.into_iter().filter(|(_, name)| measured.is_asked(name)) {
        for piece in PIECES {
            let mut passes = vec![
                Some(by_hand(measured, &hand, way, piece)?),
                Some(ours(measured, way, piece)?),
                Some(copied(piece as usize, BYTES)),
                piped(way, piece),
            ];
            let taken = rounds(&mut passes, ROUNDS)
                .map_err(|error| format!("{name}, {piece} bytes at once: {error}"))?;
            let mut row = vec![name.to_owned(), format!("{} KiB", piece >> 10)];
            let speed = |seconds: f64| format!("{:.2} GB/s", BYTES as f64 / seconds / 1e9);
            row.extend(cells(&taken, speed));
            rows.push(row);
        }
    }
    let [hand, ours, copied] = COLUMNS;
    Ok(table(&["pieces", hand, ours, copied, "processes and pipes"], &rows))
}

/// Writes what each took; that of Plugwright with its ratio to the one by hand.
fn cells(taken: &[Option<Vec<f64>>], write: impl Fn(f64) -> String) -> Vec<String> {
    let hand = taken.first().and_then(Option::as_ref);
    let cell = |(at, it): (usize, &Option<Vec<f64>>)| {
        let Some(seconds) = it else { return "–".to_owned() };
        let middle = write(Spread::of(seconds.clone()).median);
        match hand {
            Some(hand) if at == 1 => format!("{middle}, {}", spread(ratio(seconds, hand))),
            _ => middle,
        }
    };
    taken.iter().enumerate().map(cell).collect()
}

fn by_hand<'a>(
    measured: &'a Measured<'_>,
    hand: &'a ByHand,
    way: Way,
    piece: u32,
) -> Result<Pass<'a>> {
    let runtime = &measured.runtime;
    let hop = |composed| runtime.block_on(hand.hop(composed));
    Ok(match way {
        Way::One(row) => {
            let mut plugin = runtime.block_on(hand.plugin())?;
            Box::new(move || all(runtime.block_on(plugin.run(row, BYTES, piece))?, BYTES))
        }
        Way::Hops(3) => {
            let mut hops = [hop(false)?, hop(false)?, hop(false)?];
            let mut run = move || runtime.block_on(by_hand::linked(&mut hops, BYTES, piece));
            Box::new(move || all(run()?, BYTES))
        }
        Way::Hops(_) | Way::Composed => {
            let mut hop = hop(matches!(way, Way::Composed))?;
            Box::new(move || all(runtime.block_on(hop.run(BYTES, piece))?, BYTES))
        }
    })
}

fn ours<'a>(measured: &'a Measured<'_>, way: Way, piece: u32) -> Result<Pass<'a>> {
    let runtime = &measured.runtime;
    let (bytes, count) = match way {
        Way::One(row) => {
            let mut plugin = runtime.block_on(Ours::new(&measured.plugin))?;
            let mut run = move || runtime.block_on(plugin.run(row, BYTES, piece));
            return Ok(Box::new(move || all(run()?, BYTES)));
        }
        Way::Hops(count) => (&measured.plugin, count),
        Way::Composed => (&measured.composed, 1),
    };
    let hops = Hops::new(bytes, count)?;
    Ok(Box::new(move || all(runtime.block_on(hops.run(BYTES, piece))?, BYTES)))
}

fn piped<'a>(way: Way, piece: u32) -> Option<Pass<'a>> {
    let processes = match way {
        Way::Hops(count) => count,
        Way::Composed => 3,
        Way::One(_) => return None,
    };
    Some(Box::new(move || all(pipes::run(processes, BYTES, piece)?, BYTES)))
}

/// Copies so many bytes, a piece at a time.
fn copied<'a>(piece: usize, bytes: u64) -> Pass<'a> {
    let (from, mut to) = (vec![1_u8; piece], vec![0_u8; piece]);
    Box::new(move || {
        for _ in 0..bytes / piece as u64 {
            std::hint::black_box(&mut to).copy_from_slice(std::hint::black_box(&from));
        }
        Ok(())
    })
}

/// Measures how fast records flow.
pub fn records(measured: &Measured<'_>) -> Result<String> {
    let runtime = &measured.runtime;
    let hand = ByHand::new(&measured.plugin, &measured.composed)?;
    let mut rows = Vec::new();
    for (out, name) in [(false, "records, host to plugin"), (true, "records, plugin to host")] {
        if !measured.is_asked(name) {
            continue;
        }
        let mut hand = runtime.block_on(hand.plugin())?;
        let mut ours = runtime.block_on(Ours::new(&measured.plugin))?;
        let mut passes: [Option<Pass<'_>>; 3] = [
            Some(Box::new(move || {
                let run =
                    async { if out { hand.give(RECORDS).await } else { hand.take(RECORDS).await } };
                all(runtime.block_on(run)?, RECORDS)
            })),
            Some(Box::new(move || {
                let run =
                    async { if out { ours.give(RECORDS).await } else { ours.take(RECORDS).await } };
                all(runtime.block_on(run)?, RECORDS)
            })),
            Some(copied(RECORDS_AT_ONCE * RECORD, RECORDS * RECORD as u64)),
        ];
        let taken = rounds(&mut passes, ROUNDS)?;
        let each = |seconds: f64| time(seconds / RECORDS as f64 * 1e9);
        rows.push([vec![name.to_owned()], cells(&taken, each)].concat());
    }
    Ok(table(&COLUMNS, &rows))
}

/// A call that goes on.
type Waiting<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Measures what a call costs, with none in flight and with many.
pub fn calls(measured: &Measured<'_>) -> Result<String> {
    let runtime = &measured.runtime;
    let hand = ByHand::new(&measured.plugin, &measured.composed)?;
    let mut rows = Vec::new();
    let few = "a call of an `async func`".to_owned();
    for (name, waiting) in
        [(few.clone(), 0), (format!("{few}, while {AT_ONCE} others wait"), AT_ONCE)]
    {
        if !measured.is_asked(&name) {
            continue;
        }
        let mut by_hand = runtime.block_on(hand.plugin())?;
        let mut ours = runtime.block_on(Ours::new(&measured.plugin))?;
        let mut others: Vec<Waiting<'_>> = Vec::new();
        for _ in 0..waiting {
            others.push(Box::pin(runtime.block_on(hand.plugin())?.wait()));
            others.push(Box::pin(ours.wait()));
        }
        runtime.block_on(begun(&mut others))?;
        let mut passes: [Option<Pass<'_>>; 2] = [
            Some(Box::new(|| {
                runtime.block_on(async {
                    for _ in 0..CALLS {
                        by_hand.nothing().await?;
                    }
                    Ok(())
                })
            })),
            Some(Box::new(|| {
                runtime.block_on(async {
                    for _ in 0..CALLS {
                        ours.nothing().await?;
                    }
                    Ok(())
                })
            })),
        ];
        let taken = rounds(&mut passes, ROUNDS)?;
        let each = |seconds: f64| time(seconds / f64::from(CALLS) * 1e9);
        rows.push([vec![name], cells(&taken, each)].concat());
        drop(passes);
    }
    Ok(table(&COLUMNS[..2], &rows))
}

/// Begins calls, none of which ends.
async fn begun(calls: &mut [Waiting<'_>]) -> Result<()> {
    poll_fn(|context| {
        for call in &mut *calls {
            if let Poll::Ready(ended) = call.as_mut().poll(context) {
                return Poll::Ready(ended.and(Err("a call ended that was to wait".into())));
            }
        }
        Poll::Ready(Ok(()))
    })
    .await
}
