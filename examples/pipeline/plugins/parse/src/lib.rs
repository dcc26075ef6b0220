//! Refuses what is no flight, and leaves out flights that never took off.

use std::borrow::Cow;

use lines::Verdict;
use serde::Deserialize;
use serde::de::IgnoredAny;
use stage_sdk::flow::{Count, Flow};
use stage_sdk::{FutureReader, StreamReader};

struct Plugin;

/// What every flight has; there may be more.
#[derive(Deserialize)]
#[expect(dead_code, reason = "that they are there is what matters")]
struct Flight<'a> {
    #[serde(borrow)]
    at: Cow<'a, str>,
    carrier: Carrier,
    flight: u32,
    departure: Departure,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that they are there is what matters")]
struct Carrier {
    code: IgnoredAny,
    name: IgnoredAny,
}

#[derive(Deserialize)]
struct Departure {
    /// The time of the day; none where the flight was cancelled.
    actual: Option<u32>,
}

impl Flow for Plugin {
    async fn run(
        lines: StreamReader<u8>,
    ) -> (StreamReader<u8>, FutureReader<Result<Vec<Count>, String>>) {
        lines::judge(lines, |line| judge(line).unwrap_or_else(Verdict::Refuse))
    }
}

/// Says what becomes of a line, or what is wrong with it.
fn judge(line: &[u8]) -> Result<Verdict, String> {
    // What is skipped would not be looked at otherwise.
    let text = str::from_utf8(line).map_err(|error| error.to_string())?;
    let flight: Flight<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(if flight.departure.actual.is_some() { Verdict::Keep } else { Verdict::Drop })
}

stage_sdk::export!(Plugin);
