//! How many tests ran: the sum of the `test result:` lines in the output of `cargo test`.

use std::fmt;
use std::io::{self, BufRead, Write};

/// Counts tests; printed as `N passed, N failed, N skipped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// What libtest calls ignored or filtered out: tests that are there and did not run.
    pub(crate) skipped: u64,
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl Tally {
    /// Copies test output line by line, as it comes, and counts the tests in it.
    pub(crate) fn copy(mut from: impl BufRead, mut to: impl Write) -> io::Result<Self> {
        let mut tally = Self::default();
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line)? > 0 {
            to.write_all(&line)?;
            to.flush()?;
            tally.count(&String::from_utf8_lossy(&line));
            line.clear();
        }
        Ok(tally)
    }

    fn count(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let Some((_, counts)) = result.split_once(". ") else { return };
        for count in counts.split(';') {
            let Some((number, what)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" | "filtered out" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 3 tests
test reads_a_component ... ok
test links ... FAILED
test slow ... ignored

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.25s

   Doc-tests plugwright
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.02s
  test result: ok. 100 passed; 0 failed
test result: unheard of
all doctests ran in 1.20s; merged doctests compilation took 0.90s
";

    #[test]
    fn sums_the_result_lines_and_nothing_else() {
        let mut copy = Vec::new();
        let tally = Tally::copy(OUTPUT.as_bytes(), &mut copy).unwrap();
        assert_eq!(tally, Tally { passed: 13, failed: 1, skipped: 4 });
        assert_eq!(tally.to_string(), "13 passed, 1 failed, 4 skipped");
        assert_eq!(copy, OUTPUT.as_bytes());
    }

    #[test]
    fn passes_on_bytes_that_are_not_text_and_a_last_line_without_an_end() {
        let output = b"\xff\n\ntest result: \x1b[32mok\x1b[0m. 2 passed; 0 failed; 0 ignored";
        let mut copy = Vec::new();
        let tally = Tally::copy(&output[..], &mut copy).unwrap();
        assert_eq!(tally, Tally { passed: 2, failed: 0, skipped: 0 });
        assert_eq!(copy, output);
    }
}
