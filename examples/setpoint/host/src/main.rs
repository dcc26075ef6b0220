//! Runs the water heater for some weeks under each controller and says what it cost.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use plugwright::{Engine, EngineOptions};
use setpoint::controller::{Absent, Controller};
use setpoint::household::{Household, WEEK};
use setpoint::picture::Week;
use setpoint::plugin::Installed;
use setpoint::price::{Market, Tariff};
use setpoint::report;
use setpoint::season::{Outcome, Season};

/// Simulates an electric water heater whose set point comes from a plugin.
#[derive(Parser)]
struct Arguments {
    /// The plugins, each asked for the whole time; without one the heater falls back every half hour
    #[arg(required = true)]
    plugins: Vec<PathBuf>,
    /// Where to draw one week, as SVG
    picture: PathBuf,
    /// Half-hourly demand that prices follow
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/demand.csv"))]
    demand: PathBuf,
    /// Weeks to simulate
    #[arg(long, default_value_t = 12)]
    weeks: usize,
    /// The week to draw
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    week: u16,
    /// Write every half hour to this file, as CSV
    #[arg(long)]
    trace: Option<PathBuf>,
}

fn main() -> ExitCode {
    let failed = match run(&Arguments::parse()) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failed) => failed,
    };
    let _ = std::io::stderr().write_all(chain(failed.as_ref()).as_bytes());
    ExitCode::FAILURE
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let series = File::open(&arguments.demand)
        .map_err(|err| format!("`{}` cannot be read: {err}", arguments.demand.display()))?;
    let market = Market::read(series, Tariff::BRITISH)?;
    let household = Household::FAMILY;
    let season = Season { market: &market, household };

    let mut outcomes: Vec<(String, Outcome)> = Vec::new();
    let engine = Engine::new(EngineOptions::default())?;
    for file in &arguments.plugins {
        let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        let mut controller = controller(&engine, file, &household);
        outcomes.push((name, season.run(arguments.weeks * WEEK, controller.as_mut())));
    }
    outcomes.push(("no plugin".to_owned(), season.run(arguments.weeks * WEEK, &mut Absent)));
    std::io::stdout().write_all(report::table(&outcomes).as_bytes())?;

    let week = usize::from(arguments.week) - 1;
    let svg = Week { market: &market, household: &household, week }.draw(&outcomes)?;
    let path = &arguments.picture;
    std::fs::write(path, svg)
        .map_err(|err| format!("`{}` cannot be written: {err}", path.display()))?;
    if let Some(path) = &arguments.trace {
        let file = File::create(path)
            .map_err(|err| format!("`{}` cannot be written: {err}", path.display()))?;
        report::trace(&market, &outcomes, file)?;
    }
    Ok(())
}

/// The plugin in a file; where it cannot be loaded the heater goes on without, and says why.
fn controller(engine: &Engine, file: &Path, household: &Household) -> Box<dyn Controller> {
    match Installed::load(engine, file, household) {
        Ok(plugin) => Box::new(plugin),
        Err(failed) => {
            let _ = std::io::stderr().write_all(chain(failed.as_ref()).as_bytes());
            Box::new(Absent)
        }
    }
}

/// An error and what is under it.
fn chain(failed: &dyn Error) -> String {
    let mut text = format!("error: {failed}\n");
    let mut cause = failed.source();
    while let Some(under) = cause {
        text += &format!("caused by: {under}\n");
        cause = under.source();
    }
    text
}
