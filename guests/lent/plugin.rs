//! Reads what its host lends it.

use std::cell::RefCell;

use lent_sdk::{
    buffers::Buffer,
    reports::Reports,
    store,
    tables::{Kind, Mistake, Table, Value},
};

struct Plugin;

thread_local! {
    static HELD: RefCell<Option<Buffer>> = const { RefCell::new(None) };
}

impl lent_sdk::Lent for Plugin {
    fn length(of: &Buffer) -> u64 {
        of.length()
    }
}

impl Reports for Plugin {
    fn head(of: &Buffer, most: u64) -> Vec<u8> {
        of.read(0, most)
    }

    fn total(of: &Buffer, first: u64, most: u64) -> f64 {
        of.read_f64(first, most).into_iter().sum()
    }

    fn numbers(of: &Buffer) -> (u32, u64, i32, i64, f32, f64) {
        (
            of.read_u32(0, 1)[0],
            of.read_u64(0, 1)[0],
            of.read_s32(0, 1)[0],
            of.read_s64(0, 1)[0],
            of.read_f32(0, 1)[0],
            of.read_f64(0, 1)[0],
        )
    }

    fn lengths(of: Vec<Buffer>) -> u64 {
        of.iter().map(Buffer::length).sum()
    }

    fn part(of: Buffer, first: u64, most: u64) -> Buffer {
        of.slice(first, u64::MAX).slice(0, most)
    }

    fn hold(it: Buffer) {
        HELD.set(Some(it));
    }

    fn release() -> Option<Buffer> {
        HELD.take()
    }

    fn restock(name: String) -> Option<(u64, u32)> {
        let found = store::find(&name)?;
        Some((store::measure(&found), store::put(found)))
    }

    fn mean(of: &Table, column: String) -> Result<(f64, u64), String> {
        let columns = of.columns();
        let place = columns.iter().position(|it| it.name == column);
        let place = place.ok_or_else(|| format!("no column {column}"))? as u32;
        let values = of.numbers(place, 0, u64::MAX).map_err(told)?;
        let there: Vec<_> = values.into_iter().filter(|it| !it.is_nan()).collect();
        let missing = of.missing(place, 0, u64::MAX).map_err(told)?;
        Ok((there.iter().sum::<f64>() / there.len() as f64, missing.len() as u64))
    }

    fn describe(of: &Table, row: u64) -> Option<String> {
        let values = of.row(row)?;
        Some(values.iter().map(shown).collect::<Vec<_>>().join(", "))
    }

    fn choose(of: Table, columns: Vec<String>, first: u64, most: u64) -> Result<Table, String> {
        Ok(of.select(&columns).map_err(told)?.slice(first, most))
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Missing => "-".to_owned(),
        Value::Boolean(it) => it.to_string(),
        Value::Integer(it) => it.to_string(),
        Value::Number(it) => it.to_string(),
        Value::Text(it) => it.clone(),
        Value::Blob(it) => format!("{} bytes", it.len()),
    }
}

fn told(mistake: Mistake) -> String {
    match mistake {
        Mistake::NoColumn(name) => format!("no column {name}"),
        Mistake::NoPlace(place) => format!("no place {place}"),
        Mistake::OtherKind(Kind::Texts) => "these are texts".to_owned(),
        Mistake::OtherKind(_) => "these are no numbers".to_owned(),
        Mistake::Twice(name) => format!("twice {name}"),
    }
}

lent_sdk::export!(Plugin);
