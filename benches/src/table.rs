//! The tables, as Markdown.

use crate::turns::Spread;

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

/// Writes a factor with its spread.
pub fn spread(it: Spread) -> String {
    format!("**{:.2}** ({:.2}–{:.2})", it.median, it.low, it.high)
}

/// Writes a factor.
pub fn factor(it: f64) -> String {
    match it {
        it if it < 0.1 => format!("{it:.3}"),
        it if it < 9.95 => format!("{it:.1}"),
        it => format!("{it:.0}"),
    }
}

/// Writes a time, given in nanoseconds.
pub fn time(nanos: f64) -> String {
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
