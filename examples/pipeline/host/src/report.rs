//! What a person reads: how a pipeline went, and why it failed.

use std::{error::Error, fmt::Write as _};

use indicatif::{DecimalBytes, HumanCount};

use crate::chain::{Row, Summary};

/// How many counts of each stage are shown.
const SHOWN: usize = 20;

/// The heads of the table.
const HEADS: [&str; 8] = [
    "stage",
    "lines in",
    "refused",
    "lines out",
    "bytes in",
    "bytes out",
    "waited to read",
    "to write",
];

/// Shows what each stage did, and what it counted.
pub fn summary(summary: &Summary) -> String {
    let rows = summary.stages.iter().map(cells);
    let rows: Vec<_> = [HEADS.map(str::to_owned)].into_iter().chain(rows).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in &rows {
        text += &format!("{:<1$}", row[0], width(0));
        for (at, cell) in row.iter().enumerate().skip(1) {
            text += &format!("  {:>1$}", cell, width(at));
        }
        text.push('\n');
    }
    text.push('\n');
    text += &whole(summary);
    for row in &summary.stages {
        text += &counts(row);
    }
    plain(&text)
}

/// Tells an error and what is under it.
pub fn failure(error: &dyn Error) -> String {
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(under) = cause {
        let _ = writeln!(text, "caused by: {under}");
        cause = under.source();
    }
    plain(&text)
}

/// Replaces what could steer a terminal: it comes from plugins and from data.
pub fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    text.chars().map(|c| if steers(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn cells(row: &Row) -> [String; 8] {
    let seconds = |time: std::time::Duration| format!("{:.1} s", time.as_secs_f64());
    [
        row.name.clone(),
        HumanCount(row.read.lines).to_string(),
        HumanCount(row.refused).to_string(),
        HumanCount(row.written.lines).to_string(),
        DecimalBytes(row.read.bytes).to_string(),
        DecimalBytes(row.written.bytes).to_string(),
        seconds(row.read.waited),
        seconds(row.written.waited),
    ]
}

/// One line about all stages together.
fn whole(summary: &Summary) -> String {
    let (Some(first), Some(last)) = (summary.stages.first(), summary.stages.last()) else {
        return String::new();
    };
    let refused = summary.stages.iter().map(|it| it.refused).sum();
    let seconds = summary.took.as_secs_f64();
    format!(
        "{} lines in, {} refused, {} out; {} in, {} out; {seconds:.1} s, {}/s\n",
        HumanCount(first.read.lines),
        HumanCount(refused),
        HumanCount(last.written.lines),
        DecimalBytes(first.read.bytes),
        DecimalBytes(last.written.bytes),
        DecimalBytes((first.read.bytes as f64 / seconds) as u64),
    )
}

fn counts(row: &Row) -> String {
    if row.counts.is_empty() {
        return String::new();
    }
    let mut text = format!("\ncounted by `{}`:\n", row.name);
    for (key, times) in row.counts.iter().take(SHOWN) {
        let _ = writeln!(text, "{:>11}  {key}", HumanCount(*times).to_string());
    }
    if let Some(more) = row.counts.len().checked_sub(SHOWN).filter(|it| *it > 0) {
        let _ = writeln!(text, "{:>11}  {more} more", "");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::meter::Passed;

    fn passed(lines: u64, bytes: u64, millis: u64) -> Passed {
        Passed { lines, bytes, waited: Duration::from_millis(millis) }
    }

    #[test]
    fn a_summary_is_a_table_its_whole_and_the_counts() {
        let counts = (0..22).map(|at| (format!("key {at}"), 2000 - at)).collect();
        let stages = vec![
            Row {
                name: "first".to_owned(),
                read: passed(1_234_567, 987_654_321, 0),
                written: passed(1000, 5_000_000, 61_240),
                refused: 3,
                counts: Vec::new(),
            },
            Row {
                name: "last\u{1b}[2J".to_owned(),
                read: passed(1000, 5_000_000, 260),
                written: passed(999, 4_999_000, 0),
                refused: 1,
                counts,
            },
        ];
        let text = summary(&Summary { stages, took: Duration::from_millis(62_500) });
        let (start, counts) = text.split_at(text.find("counted").unwrap());
        assert_eq!(
            start,
            "\
stage      lines in  refused  lines out   bytes in  bytes out  waited to read  to write
first     1,234,567        3      1,000  987.65 MB    5.00 MB           0.0 s    61.2 s
last\u{fffd}[2J      1,000        1        999    5.00 MB    5.00 MB           0.3 s     0.0 s

1,234,567 lines in, 4 refused, 999 out; 987.65 MB in, 5.00 MB out; 62.5 s, 15.80 MB/s

"
        );
        assert!(
            counts.starts_with("counted by `last\u{fffd}[2J`:\n      2,000  key 0\n"),
            "{counts}"
        );
        assert!(counts.ends_with("      1,981  key 19\n             2 more\n"), "{counts}");
    }
}
