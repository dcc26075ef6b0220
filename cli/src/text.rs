//! How numbers are written for people.

use std::time::Duration;

/// Writes a size: `912 bytes`, `54.3 KiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// Writes a duration with three digits: `0.85 µs`, `12.3 ms`, `4.56 s`.
pub(crate) fn time(time: Duration) -> String {
    let nanos = time.as_nanos() as f64;
    let (value, unit) = match nanos {
        _ if nanos < 1e6 => (nanos / 1e3, "µs"),
        _ if nanos < 1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = match value {
        _ if value < 10.0 => 2,
        _ if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

/// Counts things: `1 difference`, `3 differences`.
pub(crate) fn count(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_unit_that_fits() {
        assert_eq!([size(0), size(1023)], ["0 bytes", "1023 bytes"]);
        assert_eq!(
            [size(1024), size(5 << 20), size(u64::MAX)],
            ["1.0 KiB", "5.0 MiB", "17179869184.0 GiB"]
        );
        let times = [850, 12_345, 1_500_000, 99_900_000, 4_560_000_000].map(Duration::from_nanos);
        assert_eq!(times.map(time), ["0.85 µs", "12.3 µs", "1.50 ms", "99.9 ms", "4.56 s"]);
        assert_eq!([count(1, "difference"), count(0, "case")], ["1 difference", "0 cases"]);
    }
}
