//! `call`: one call of one export.

use std::path::{Path, PathBuf};
use std::time::Instant;

use plugwright::{EngineOptions, Instance, Untyped};
use serde::Serialize;

use crate::args::{Format, Output};
use crate::failure::Failure;
use crate::files;
use crate::input;
use crate::plugin::{Loaded, PluginArgs};
use crate::text;
use crate::ui::Ui;
use crate::wave;

/// Call a function that a plugin exports
///
/// Prints the result in WAVE, also where it is an `err(..)`: that is an answer, not a failure.
/// Where the function takes a `stream<u8>`, the call names a file, or `-`; where it gives one, its bytes are printed as
/// they come.
/// What the plugin prints goes to standard error if its policy grants it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    plugin: PluginArgs,
    /// The call in WAVE, such as `greet("Ada")` or `control.decide({now: 1})`
    #[arg(value_name = "CALL")]
    call: String,
    /// Print what it spent: time, fuel if the policy counts it, memory, bytes copied and streamed in and out, calls of
    /// the host
    #[arg(long)]
    stats: bool,
    /// Write what was in the sandbox, if the call fails in it: a core dump of WebAssembly
    #[arg(long, value_name = "FILE")]
    core_dump: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// What a call gave and cost, for programs.
#[derive(Debug, Serialize)]
struct Report {
    function: String,
    /// In WAVE; `null` where the function returns nothing.
    result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stats: Option<Stats>,
}

#[derive(Debug, Serialize)]
struct Stats {
    load_ns: u128,
    start_ns: u128,
    call_ns: u128,
    memory_bytes: u64,
    fuel: Option<u64>,
    copied_in_bytes: u64,
    copied_out_bytes: u64,
    streamed_in_bytes: u64,
    streamed_out_bytes: u64,
    host_calls: u64,
}

pub(crate) fn run(ui: &Ui, args: Args) -> Result<(), Failure> {
    let Args { plugin, call, stats, core_dump, output } = args;
    let options = EngineOptions { core_dumps: core_dump.is_some(), ..EngineOptions::default() };
    let Loaded { plugin, printed, time } = plugin.load_with(ui, options)?;
    let request = plugin.request_flow(&call, input::stream)?;
    if output.format == Format::Json && request.function().gives_bytes() {
        let function = request.function().short_name();
        let message = format!("`{function}` gives a stream of bytes, which JSON cannot hold");
        return Err(Failure::input(message).hint("leave `--format json` away"));
    }
    let start = Instant::now();
    let started = plugin.instantiate();
    let start = start.elapsed();
    let called = started.map(|mut instance| {
        let called = instance.spend(|it| it.call_into(&request, ui.bytes()));
        (called, instance)
    });
    printed.pass_on(ui);
    let ((result, spent), mut instance) = called?;
    if let (Err(_), Some(file)) = (&result, core_dump) {
        dump(ui, &mut instance, &file)?;
    }
    let result = result?.map_err(|err| ui.unwritten(&err))?;
    let result = result.as_ref().map(wave::write).transpose().map_err(|err| {
        let function = request.function().short_name();
        Failure::input(format!("the result of `{function}` cannot be written in WAVE"))
            .cause(err)
            .hint("call it from a program")
    })?;
    let stats = stats.then_some(Stats {
        load_ns: time.as_nanos(),
        start_ns: start.as_nanos(),
        call_ns: spent.time.as_nanos(),
        memory_bytes: spent.memory,
        fuel: spent.fuel,
        copied_in_bytes: spent.copied_in,
        copied_out_bytes: spent.copied_out,
        streamed_in_bytes: spent.streamed_in,
        streamed_out_bytes: spent.streamed_out,
        host_calls: spent.host_calls,
    });
    if output.format == Format::Json {
        return ui.json(&Report { function: request.function().full_name(), result, stats });
    }
    if let Some(result) = result {
        ui.data(result)?;
    }
    if stats.is_some() {
        let [load, start, call] = [time, start, spent.time].map(text::time);
        let [memory, into, out] = [spent.memory, spent.copied_in, spent.copied_out].map(text::size);
        ui.note(format!("load {load}, start {start}, call {call}, memory {memory}"));
        let fuel = spent.fuel.map(|it| format!("fuel {it}, ")).unwrap_or_default();
        let calls = spent.host_calls;
        ui.note(format!("{fuel}copied in {into}, copied out {out}, calls of the host {calls}"));
        if spent.streamed_in + spent.streamed_out > 0 {
            let [into, out] = [spent.streamed_in, spent.streamed_out].map(text::size);
            ui.note(format!("streamed in {into}, streamed out {out}"));
        }
    }
    Ok(())
}

/// Writes the core dump of a sandbox whose call failed.
fn dump(ui: &Ui, instance: &mut Instance<Untyped>, file: &Path) -> Result<(), Failure> {
    let Some(dump) = instance.core_dump() else {
        ui.note("note: there is no core dump: no code of the plugin was running, or it is composed of several");
        return Ok(());
    };
    files::write(file, &dump)?;
    ui.note(format!("{}: core dump, {}", file.display(), text::size(dump.len() as u64)));
    Ok(())
}
