//! The report: what the season came to under each controller, as a table for people and as one for programs.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use crate::price::Market;
use crate::season::{Faults, Outcome};

/// The head of the table.
const HEAD: [&str; 11] = [
    "controller",
    "cost",
    "against first",
    "energy",
    "cold water",
    "too cold",
    "calls",
    "median",
    "99 %",
    "longest",
    "answers not obeyed",
];

/// Sets the outcomes side by side; costs are compared with the first.
pub fn table(controllers: &[(String, Outcome)]) -> String {
    let first = controllers.first().map_or(0.0, |(_, outcome)| outcome.cost);
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(controllers.iter().map(|(name, outcome)| {
        [
            name.clone(),
            format!("£{:.2}", outcome.cost),
            format!("{:+.1} %", 100.0 * (outcome.cost / first - 1.0)),
            format!("{:.1} kWh", outcome.energy),
            format!("{:.1} l", outcome.cold),
            format!("{:.2} K h", outcome.shortfall),
            outcome.steps.len().to_string(),
            time(outcome.time(0.5)),
            time(outcome.time(0.99)),
            time(outcome.time(1.0)),
            not_obeyed(outcome),
        ]
    }));
    aligned(&rows)
}

/// Writes every half hour under every controller as CSV.
pub fn trace(
    market: &Market,
    controllers: &[(String, Outcome)],
    to: impl Write,
) -> Result<(), csv::Error> {
    let mut rows = csv::Writer::from_writer(to);
    rows.write_record([
        "controller",
        "half_hour_beginning",
        "price",
        "set_point",
        "temperature",
        "heated_kwh",
        "cold_l",
        "answer",
    ])?;
    for (name, outcome) in controllers {
        for (at, step) in outcome.steps.iter().enumerate() {
            let answer = match &step.reason {
                Ok(reason) => reason.clone(),
                Err(fault) => format!("fell back: {fault}"),
            };
            rows.write_record([
                name.clone(),
                market.begins(at).strftime("%Y-%m-%dT%H:%M").to_string(),
                format!("{:.4}", step.price),
                format!("{:.2}", step.set_point.celsius()),
                format!("{:.2}", step.run.temperature),
                format!("{:.4}", step.run.heated),
                format!("{:.2}", step.run.cold),
                answer,
            ])?;
        }
    }
    rows.flush()?;
    Ok(())
}

/// The names stand left, the numbers right, the last column left again.
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let (gap, width) = (if column == 0 { "" } else { "  " }, width(column));
            let _ = if column == 0 || column == N - 1 {
                write!(line, "{gap}{cell:<width$}")
            } else {
                write!(line, "{gap}{cell:>width$}")
            };
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A time with three digits that count.
fn time(took: Duration) -> String {
    let micros = took.as_secs_f64() * 1e6;
    match micros {
        ..1.0 => format!("{:.0} ns", micros * 1e3),
        ..1e3 => format!("{} µs", digits(micros)),
        ..1e6 => format!("{} ms", digits(micros / 1e3)),
        _ => format!("{} s", digits(micros / 1e6)),
    }
}

fn digits(value: f64) -> String {
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.places$}")
}

fn not_obeyed(outcome: &Outcome) -> String {
    let Faults { missing, nonsense, overran, refused, stopped, trapped } = outcome.faults();
    let counts = [
        (outcome.clamped(), "moved into the safe band"),
        (missing, "missing"),
        (nonsense, "not a number"),
        (overran, "overran"),
        (refused, "refused"),
        (stopped, "stopped at a limit"),
        (trapped, "trapped"),
    ];
    let some: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if some.is_empty() { "none".to_owned() } else { some.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::Absent;
    use crate::household::Household;
    use crate::price::Tariff;
    use crate::season::Season;

    fn hour() -> (Market, Vec<(String, Outcome)>) {
        let series = "half_hour_ending,demand_mw\n2000-06-05T00:30,20000\n2000-06-05T01:00,20000\n";
        let market = Market::read(series.as_bytes(), Tariff::BRITISH).unwrap();
        let season = Season { market: &market, household: Household::FAMILY };
        let mut outcome = season.run(2, &mut Absent);
        for (step, millis) in outcome.steps.iter_mut().zip([2, 4]) {
            step.took = Duration::from_millis(millis);
        }
        (market.clone(), vec![("no plugin".to_owned(), outcome)])
    }

    #[test]
    fn the_table_lines_up_and_says_why_answers_were_not_obeyed() {
        let (_, controllers) = hour();
        assert_eq!(
            table(&controllers),
            "\
controller   cost  against first   energy  cold water  too cold  calls   median     99 %  longest  answers not obeyed
no plugin   £0.01         +0.0 %  0.1 kWh       0.0 l  0.00 K h      2  4.00 ms  4.00 ms  4.00 ms  2 missing
"
        );
    }

    #[test]
    fn the_trace_has_every_half_hour_and_its_answer() {
        let (market, controllers) = hour();
        let mut text = Vec::new();
        trace(&market, &controllers, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows.len(), 3);
        assert!(
            rows[2].starts_with("no plugin,2000-06-05T00:30,0.1100,60.00,60.00,"),
            "{}",
            rows[2]
        );
        assert!(rows[2].ends_with(",fell back: there is no plugin"), "{}", rows[2]);
    }

    #[test]
    fn times_show_three_digits() {
        for (nanos, shown) in [
            (420, "420 ns"),
            (1_234, "1.23 µs"),
            (12_345, "12.3 µs"),
            (123_456, "123 µs"),
            (1_234_567, "1.23 ms"),
            (1_234_567_890, "1.23 s"),
        ] {
            assert_eq!(time(Duration::from_nanos(nanos)), shown);
        }
    }
}
