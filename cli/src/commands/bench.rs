//! `bench`: how fast a plugin is called.

use std::io;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use plugwright::{CallError, FlowRequest, Instance, Plugin, Untyped};
use serde::Serialize;

use crate::args::{Format, Output};
use crate::failure::Failure;
use crate::input;
use crate::plugin::{Loaded, PluginArgs};
use crate::text;
use crate::ui::Ui;

/// Measure how fast a function of a plugin is called
///
/// Half of the time goes to calls of one live sandbox, half to calls that each get a fresh one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plugin: PluginArgs,
    /// The call in WAVE, such as `greet("Ada")`
    #[arg(value_name = "CALL")]
    call: String,
    /// How long to measure, in seconds
    #[arg(long, value_name = "N", default_value_t = 2.0, value_parser = seconds)]
    seconds: f64,
    #[command(flatten)]
    output: Output,
}

/// What was measured, for programs.
#[derive(Debug, Serialize)]
struct Report {
    function: String,
    /// From the component's bytes to the plugin.
    load_ns: u64,
    /// From the plugin to the end of its first call.
    first_call_ns: u64,
    /// What a sandbox has after a call.
    memory_bytes: u64,
    /// What one call copies into its sandbox, and out of it.
    copied_in_bytes: u64,
    copied_out_bytes: u64,
    /// What one call reads from streams, and writes to them.
    streamed_in_bytes: u64,
    streamed_out_bytes: u64,
    /// Calls of one live sandbox.
    live: Speed,
    /// Calls that each get a fresh sandbox.
    fresh: Speed,
}

#[derive(Debug, Serialize)]
struct Speed {
    calls: u64,
    calls_per_second: f64,
    p50_ns: u64,
    p90_ns: u64,
    p99_ns: u64,
    max_ns: u64,
    distribution: Vec<Bar>,
}

/// Calls that took about as long as each other.
#[derive(Debug, Serialize)]
struct Bar {
    /// The most that they took; more than the bar before says.
    up_to_ns: u64,
    calls: u64,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.01..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number from 0.01 to 3600".to_owned()),
    }
}

pub(crate) fn run(ui: &Ui, Args { plugin, call, seconds, output }: Args) -> Result<(), Failure> {
    let Loaded { plugin, time: load, printed } = plugin.load(ui)?;
    let request = plugin.request_flow(&call, input::stream)?;
    let progress = ui.progress(format!("measuring for {seconds} s"));
    let measured = measure(&plugin, &request, load, Duration::from_secs_f64(seconds / 2.0));
    drop(progress);
    if measured.is_err() {
        printed.pass_on(ui);
    }
    let report = measured?;
    match output.format {
        Format::Json => ui.json(&report),
        Format::Text => ui.data(table(&report)),
    }
}

fn measure(
    plugin: &Plugin<Untyped>,
    request: &FlowRequest,
    load: Duration,
    time: Duration,
) -> Result<Report, CallError> {
    let start = Instant::now();
    let mut instance = plugin.instantiate()?;
    let call = |it: &mut Instance<Untyped>| it.call_into(request, io::sink()).map(drop);
    let (called, spent) = instance.spend(call);
    called?;
    let first_call_ns = nanos(start.elapsed());
    let memory_bytes = instance.memory();
    let live = Speed::of(time, || call(&mut instance))?;
    drop(instance);
    let fresh = Speed::of(time, || call(&mut plugin.instantiate()?))?;
    let function = request.function().full_name();
    Ok(Report {
        function,
        load_ns: nanos(load),
        first_call_ns,
        memory_bytes,
        copied_in_bytes: spent.copied_in,
        copied_out_bytes: spent.copied_out,
        streamed_in_bytes: spent.streamed_in,
        streamed_out_bytes: spent.streamed_out,
        live,
        fresh,
    })
}

impl Speed {
    /// Calls again and again until the time is over, at least once.
    fn of(
        time: Duration,
        mut call: impl FnMut() -> Result<(), CallError>,
    ) -> Result<Speed, CallError> {
        /// An hour, which no call of a bench takes.
        const LONGEST: u64 = 3_600_000_000_000;
        let mut histogram = Histogram::<u64>::new_with_bounds(1, LONGEST, 3)
            .expect("the bounds and the digits are in range");
        let start = Instant::now();
        let mut before = start;
        loop {
            call()?;
            let now = Instant::now();
            histogram.saturating_record(nanos(now - before).max(1));
            before = now;
            let elapsed = now - start;
            if elapsed >= time {
                let calls = histogram.len();
                let at = |quantile| histogram.value_at_quantile(quantile);
                return Ok(Speed {
                    calls,
                    calls_per_second: (calls as f64 / elapsed.as_secs_f64()).round(),
                    p50_ns: at(0.5),
                    p90_ns: at(0.9),
                    p99_ns: at(0.99),
                    max_ns: histogram.max(),
                    distribution: bars(&histogram),
                });
            }
        }
    }
}

/// Sorts calls into bars whose bounds are 1, 2 and 5 times a power of ten, from the first that is not empty to the last.
fn bars(histogram: &Histogram<u64>) -> Vec<Bar> {
    let bounds = (0..14).flat_map(|power| [1, 2, 5].map(|it| it * 10_u64.pow(power)));
    let mut bars: Vec<Bar> = Vec::new();
    let mut above = 0;
    for up_to_ns in bounds {
        let calls = histogram.count_between(above + 1, up_to_ns);
        if calls > 0 || !bars.is_empty() {
            bars.push(Bar { up_to_ns, calls });
        }
        above = up_to_ns;
    }
    let last = bars.iter().rposition(|bar| bar.calls > 0).map_or(0, |it| it + 1);
    bars.truncate(last);
    bars
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn table(report: &Report) -> String {
    let Report { function, load_ns, first_call_ns, memory_bytes, live, fresh, .. } = report;
    let both = |[into, out]: [u64; 2]| format!("{} in, {} out", text::size(into), text::size(out));
    let copied = both([report.copied_in_bytes, report.copied_out_bytes]);
    let streamed = [report.streamed_in_bytes, report.streamed_out_bytes];
    let streamed = Some(streamed).filter(|it| *it != [0; 2]).map(both);
    let time = |nanos: u64| text::time(Duration::from_nanos(nanos));
    let row = |name, it: &Speed| {
        let Speed { calls_per_second, p50_ns, p90_ns, p99_ns, max_ns, .. } = *it;
        let [p50, p90, p99, max] = [p50_ns, p90_ns, p99_ns, max_ns].map(time);
        format!("{name:<16}{calls_per_second:>9.0}{p50:>10}{p90:>10}{p99:>10}{max:>10}")
    };
    let header = ["calls/s", "p50", "p90", "p99", "max"];
    let [speed, p50, p90, p99, max] = header;
    let facts = [
        function.clone(),
        format!("{:<16}{}", "load", time(*load_ns)),
        format!("{:<16}{}", "first call", time(*first_call_ns)),
        format!("{:<16}{}", "memory", text::size(*memory_bytes)),
        format!("{:<16}{copied}", "copied a call"),
    ];
    let facts =
        facts.into_iter().chain(streamed.map(|it| format!("{:<16}{it}", "streamed a call")));
    let speeds = [
        String::new(),
        format!("{:<16}{speed:>9}{p50:>10}{p90:>10}{p99:>10}{max:>10}", ""),
        row("live sandbox", live),
        row("fresh sandboxes", fresh),
        drawn("live sandbox", live),
        drawn("fresh sandboxes", fresh),
    ];
    facts.chain(speeds).collect::<Vec<_>>().join("\n")
}

/// How many calls took how long, a line each.
fn drawn(name: &str, speed: &Speed) -> String {
    /// The longest bar, in characters.
    const WIDTH: f64 = 50.0;
    let most = speed.distribution.iter().map(|bar| bar.calls).max().unwrap_or(1);
    let line = |Bar { up_to_ns, calls }: &Bar| {
        let share = *calls as f64 / speed.calls as f64 * 100.0;
        let length = (*calls as f64 / most as f64 * WIDTH).ceil() as usize;
        let time = text::time(Duration::from_nanos(*up_to_ns));
        format!("  up to {time:>9}{share:>7.2} % {}", "█".repeat(length)).trim_end().to_owned()
    };
    let lines = speed.distribution.iter().map(line);
    [format!("\n{name}")].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_reach_from_the_first_call_to_the_last() {
        let mut histogram = Histogram::<u64>::new_with_bounds(1, 1_000_000, 3).unwrap();
        for nanos in [180, 190, 200, 201, 1_700] {
            histogram.record(nanos).unwrap();
        }
        let distribution = bars(&histogram);
        let told = distribution.iter().map(|it| (it.up_to_ns, it.calls));
        assert_eq!(told.collect::<Vec<_>>(), [(200, 3), (500, 1), (1_000, 0), (2_000, 1)]);
        let ns = [0; 4];
        let [p50_ns, p90_ns, p99_ns, max_ns] = ns;
        let calls_per_second = 0.0;
        let speed =
            Speed { calls: 5, calls_per_second, p50_ns, p90_ns, p99_ns, max_ns, distribution };
        let bar = |length| "█".repeat(length);
        let expected = [
            "\nlive".to_owned(),
            format!("  up to   0.20 µs  60.00 % {}", bar(50)),
            format!("  up to   0.50 µs  20.00 % {}", bar(17)),
            "  up to   1.00 µs   0.00 %".to_owned(),
            format!("  up to   2.00 µs  20.00 % {}", bar(17)),
        ];
        assert_eq!(drawn("live", &speed), expected.join("\n"));
    }
}
