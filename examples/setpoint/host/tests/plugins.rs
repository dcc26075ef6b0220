//! The three plugins in the heater, as the example runs them.

use std::{error::Error, fs::File, path::PathBuf};

use plugwright::{Engine, EngineOptions};
use setpoint::{
    controller::{Absent, Controller},
    household::{Household, WEEK},
    plugin::Installed,
    price::{Market, Tariff},
    season::{Faults, Outcome, Season},
};

const HOME: Household = Household::FAMILY;

fn path(under: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(under)
}

fn install(name: &str) -> Result<Installed, Box<dyn Error>> {
    let file = path("../../../target/guests").join(name).with_extension("wasm");
    Installed::load(&Engine::new(EngineOptions::default())?, &file, &HOME)
}

fn weeks(weeks: usize, controller: &mut dyn Controller) -> Result<Outcome, Box<dyn Error>> {
    let market = Market::read(File::open(path("../data/demand.csv"))?, Tariff::BRITISH)?;
    Ok(Season { market: &market, household: HOME }.run(weeks * WEEK, controller))
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn the_optimiser_is_cheaper_at_equal_comfort() -> Result<(), Box<dyn Error>> {
    let plain = weeks(12, &mut install("thermostat")?)?;
    let optimised = weeks(12, &mut install("optimiser")?)?;
    for outcome in [&plain, &optimised] {
        // A busy machine may take the processor away for longer than a decision may take.
        let Faults { overran, .. } = outcome.faults();
        assert_eq!(outcome.faults(), Faults { overran, ..Faults::default() });
        assert!(outcome.steps.len() == 4032 && overran < 40, "{overran} decisions overran");
    }
    assert!(optimised.cold <= plain.cold && optimised.shortfall <= plain.shortfall);
    assert!(optimised.cost < 0.9 * plain.cost, "{} against {}", optimised.cost, plain.cost);
    Ok(())
}

#[test]
#[ignore = "needs built plugins; run by cargo xtask test"]
fn the_heater_stays_safe_under_the_rogue() -> Result<(), Box<dyn Error>> {
    let mut rogue = install("rogue")?;
    let outcome = weeks(1, &mut rogue)?;
    let faults = outcome.faults();
    for (count, what) in [
        (faults.nonsense, "not a number"),
        (faults.overran, "overran"),
        (faults.refused, "refused"),
        (faults.stopped, "stopped at a limit"),
        (faults.trapped, "trapped"),
        (outcome.clamped(), "moved into the safe band"),
    ] {
        assert!(count > 0, "no answer {what}");
    }
    for step in &outcome.steps {
        assert!((HOME.band.lowest()..=HOME.band.highest()).contains(&step.set_point.celsius()));
        assert!(step.run.warmest <= HOME.band.highest() + 0.01, "{step:?}");
    }
    assert_eq!(rogue.last_words().as_deref(), Some("warn: it is a very bad day"));
    Ok(())
}

#[test]
fn a_missing_plugin_costs_no_comfort() -> Result<(), Box<dyn Error>> {
    let missing = install("no-such-plugin").map(|_| ()).unwrap_err().to_string();
    assert!(missing.contains("no-such-plugin.wasm"), "{missing}");
    let outcome = weeks(1, &mut Absent)?;
    assert_eq!((outcome.cold, outcome.faults().missing), (0.0, WEEK));
    Ok(())
}
