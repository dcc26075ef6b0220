//! The tables, as Markdown.

use crate::measure::{Spread, Taken};

/// Writes a table: its first column names the rows.
pub fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut text = line(&mut [""].into_iter().chain(columns.iter().copied()));
    text += &format!("|---|{}\n", "---:|".repeat(columns.len()));
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

/// Writes a row of times: of the first peer the time alone, of the second the ratio with its spread, of all others the
/// time and the ratio.
///
/// Where the work was done several times over, `parts` of it are one.
pub fn times(name: &str, columns: &[&str], parts: f64, taken: &[Taken]) -> Vec<String> {
    let cells = columns.iter().enumerate().map(|(at, column)| {
        let Some(it) = taken.iter().find(|it| it.peer == *column) else { return "–".to_owned() };
        let time = time(it.nanos.median / parts);
        match at {
            0 => time,
            1 => format!("{time}, {}", spread(it.ratio)),
            _ => format!("{time}, {}", factor(it.ratio.median)),
        }
    });
    [name.to_owned()].into_iter().chain(cells).collect()
}

/// Writes a factor with its spread.
pub fn spread(it: Spread) -> String {
    format!("**{:.2}** ({:.2}–{:.2})", it.median, it.low, it.high)
}

fn factor(it: f64) -> String {
    match it {
        it if it < 0.1 => format!("{it:.3}"),
        it if it < 9.95 => format!("{it:.1}"),
        it => format!("{it:.0}"),
    }
}

/// Writes a time, given in nanoseconds.
fn time(nanos: f64) -> String {
    let (value, unit) = match nanos {
        it if it < 1e3 => (it, "ns"),
        it if it < 1e6 => (it / 1e3, "µs"),
        it => (it / 1e6, "ms"),
    };
    let digits = match value {
        it if it < 10.0 => 2,
        it if it < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

/// Writes bytes.
pub fn kilobytes(bytes: f64) -> String {
    format!("{:.1} kB", bytes / 1e3)
}
