//! The tables, as Markdown.

use plugwright_benches::table::{factor, time};
pub use plugwright_benches::table::{spread, table};

use crate::measure::Taken;

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

/// Writes bytes.
pub fn kilobytes(bytes: f64) -> String {
    format!("{:.1} kB", bytes / 1e3)
}
