//! Data that the host lends: a plugin copies what it reads of it, and nothing else.

use std::sync::Arc;

use bytes::Bytes;
use plugwright::data::{Buffer, Table, Values};
use plugwright::{CallError, Instance, Limits, Spent};

use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested};

plugwright::bindings!({ path: "../guests/lent/world.wit", world: "lent" });

type Plugin = Instance<Lent<Shelf>>;

const TRIALS: [Trial<Lent<Shelf>>; 11] = [
    ("of many bytes, those that are read are copied", read),
    ("numbers of every sort", numbers),
    ("what is past the end is cut off", cut),
    ("lists of what is lent", listed),
    ("a part of a part is the host's bytes", parted),
    ("the plugin keeps one between calls", held),
    ("the plugin asks for one, and gives it back", moved),
    ("columns and rows of a table", tabled),
    ("a table has mistakes to tell", mistaken),
    ("after the call nothing of what was lent is left", over),
    ("no read is larger than the sandbox", bounded),
];

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

/// What the host has.
#[derive(Debug, Default)]
struct Shelf(Vec<Buffer>);

impl store::Host for Shelf {
    fn find(&mut self, name: String) -> Option<Buffer> {
        (!name.is_empty()).then(|| name.into())
    }

    fn measure(&mut self, it: Buffer) -> u64 {
        it.len() as u64
    }

    fn put(&mut self, it: Buffer) -> u32 {
        self.0.push(it);
        self.0.len() as u32
    }
}

/// More than the sandbox could hold.
const LARGE: usize = 1 << 30;

fn large() -> Buffer {
    let mut bytes = vec![0; LARGE];
    bytes[0] = 7;
    bytes.into()
}

fn read(plugin: &mut Plugin) -> Tested {
    let large = large();
    let (head, spent) = plugin.spend(|it| it.reports_head(large.clone(), 1000));
    same(head?, [[7].as_slice(), &[0; 999]].concat())?;
    let Spent { copied_in, copied_out, .. } = spent;
    // The numbers of the call, and what was read; the numbers of the plugin's call, and the result.
    same((copied_in, copied_out), (8 + 1000, 16 + 1000))?;
    let (all, spent) = plugin.spend(|it| it.reports_lengths(vec![large.clone(), large]));
    same((all?, spent.copied_in), (2 * LARGE as u64, 0))
}

fn numbers(plugin: &mut Plugin) -> Tested {
    let bytes = [0xff; 4].into_iter().chain([0, 0, 0, 0x40]).collect::<Vec<u8>>();
    let (a, b, c, d, e, f) = plugin.reports_numbers(bytes.clone().into())?;
    let all = u64::from_le_bytes(bytes.try_into().expect("there are eight bytes"));
    same((a, b, c, d), (u32::MAX, all, -1, all as i64))?;
    same((e.is_nan(), f), (true, f64::from_bits(all)))?;
    let values: Vec<u8> = [0.5_f64, 1.0, 2.0, 4.0].into_iter().flat_map(f64::to_le_bytes).collect();
    same(plugin.reports_total(values.into(), 1, 2)?, 3.0)
}

fn cut(plugin: &mut Plugin) -> Tested {
    let short = Buffer::from("short");
    same(plugin.reports_head(short.clone(), u64::MAX)?, b"short".to_vec())?;
    same(plugin.reports_head(Buffer::default(), 1)?, Vec::new())?;
    same(plugin.reports_total(short.clone(), u64::MAX, u64::MAX)?, 0.0)?;
    same(plugin.reports_part(short, 9, 9)?, Buffer::default())
}

fn listed(plugin: &mut Plugin) -> Tested {
    let some = ["a", "bc", ""].map(Buffer::from).to_vec();
    same(plugin.reports_lengths(some)?, 3)?;
    same(plugin.reports_lengths(Vec::new())?, 0)?;
    same(plugin.length("of the world".into())?, 12)
}

fn parted(plugin: &mut Plugin) -> Tested {
    let whole = Buffer::from("what is cut");
    let (part, spent) = plugin.spend(|it| it.reports_part(whole.clone(), 5, 2));
    let part = part?;
    same(&part, &Buffer::from("is"))?;
    same(part.as_ref().as_ptr(), whole.as_ref()[5..].as_ptr())?;
    // The two numbers of the call; no byte of what was cut.
    same(spent.copied_in, 16)
}

fn held(plugin: &mut Plugin) -> Tested {
    same(plugin.reports_release()?, None)?;
    plugin.reports_hold("kept".into())?;
    same(plugin.reports_head("other".into(), 2)?, b"ot".to_vec())?;
    same(plugin.reports_release()?, Some("kept".into()))?;
    same(plugin.reports_release()?, None)
}

fn moved(plugin: &mut Plugin) -> Tested {
    same(plugin.reports_restock("")?, None)?;
    same(plugin.reports_restock("found")?, Some((5, 1)))?;
    same(plugin.reports_restock("again")?, Some((5, 2)))?;
    same(&plugin.host().0, &["found", "again"].map(Buffer::from).to_vec())
}

fn table() -> Table {
    let columns: [(_, Values); 5] = [
        ("place", vec!["north", "south", "west"].into()),
        ("price", vec![Some(31.5), None, Some(0.5)].into()),
        ("count", vec![Some(-1), Some(0), None].into()),
        ("open", vec![true, false, true].into()),
        ("mark", vec![Some(vec![1, 2]), None, Some(vec![])].into()),
    ];
    Table::new(columns).expect("the columns are of one length")
}

fn tabled(plugin: &mut Plugin) -> Tested {
    same(plugin.reports_mean(table(), "price")?, Ok((16.0, 1)))?;
    let first = "north, 31.5, -1, true, 2 bytes".to_owned();
    same(plugin.reports_describe(table(), 0)?, Some(first))?;
    let second = "south, -, 0, false, -".to_owned();
    same(plugin.reports_describe(table(), 1)?, Some(second))?;
    same(plugin.reports_describe(table(), 3)?, None)?;
    let names = ["open".to_owned(), "place".to_owned()];
    let chosen = plugin.reports_choose(table(), &names, 1, 9)??;
    same((chosen.columns().collect::<Vec<_>>(), chosen.rows()), (vec!["open", "place"], 2))?;
    same(plugin.reports_describe(chosen.clone(), 1)?, Some("true, west".to_owned()))?;
    same(plugin.reports_describe(chosen, 2)?, None)
}

fn mistaken(plugin: &mut Plugin) -> Tested {
    let told = |it: &str| it.to_owned();
    same(plugin.reports_mean(table(), "place")?, Err(told("these are texts")))?;
    same(plugin.reports_mean(table(), "count")?, Err(told("these are no numbers")))?;
    same(plugin.reports_mean(table(), "none")?, Err(told("no column none")))?;
    for (names, mistake) in [(["open", "none"], "no column none"), (["open", "open"], "twice open")]
    {
        let names = names.map(told);
        let chosen = plugin.reports_choose(table(), &names, 0, 1)?;
        same(chosen.map(|it| it.rows()), Err(told(mistake)))?;
    }
    Ok(())
}

fn over(plugin: &mut Plugin) -> Tested {
    let owner: Arc<[u8]> = Arc::from(*b"counted");
    let lend = || Buffer::from(Bytes::from_owner(Arc::clone(&owner)));
    let left = |expected| same(Arc::strong_count(&owner) - 1, expected);
    same(plugin.reports_head(lend(), 2)?, b"co".to_vec())?;
    left(0)?;
    same(plugin.reports_lengths(vec![lend(), lend()])?, 14)?;
    left(0)?;
    let part = plugin.reports_part(lend(), 0, 3)?;
    left(1)?;
    drop(part);
    plugin.reports_hold(lend())?;
    left(1)?;
    drop(plugin.reports_release()?);
    left(0)
}

fn bounded(plugin: &mut Plugin) -> Tested {
    let allowed = Limits::default().memory;
    match plugin.reports_head(large(), u64::MAX) {
        Err(CallError::Memory { allowed: told, asked, .. }) => {
            same((told, asked), (allowed, LARGE as u64))?;
        }
        other => return Err(format!("it gave {:?}", other.map(|it| it.len())).into()),
    }
    same(plugin.is_alive(), false)
}
