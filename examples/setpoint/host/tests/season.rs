//! Twelve weeks under native controllers: the algorithms of the plugins, without the plugins.

use std::error::Error;
use std::fs::File;
use std::path::Path;

use setpoint::controller::{Absent, Controller, Decision, Fault, Outlook};
use setpoint::household::{Household, WEEK};
use setpoint::picture::Week;
use setpoint::price::{Market, Tariff};
use setpoint::season::{Outcome, Season};

#[path = "../../plugins/optimiser/src/plan.rs"]
mod plan;

const HOME: Household = Household::FAMILY;
const WEEKS: usize = 12;

fn market() -> Result<Market, Box<dyn Error>> {
    let series = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/demand.csv");
    Ok(Market::read(File::open(series)?, Tariff::BRITISH)?)
}

fn season(controller: &mut dyn Controller) -> Result<Outcome, Box<dyn Error>> {
    let market = market()?;
    Ok(Season { market: &market, household: HOME }.run(WEEKS * WEEK, controller))
}

struct Fixed(f64);

impl Controller for Fixed {
    fn decide(&mut self, _outlook: &Outlook<'_>) -> Result<Decision, Fault> {
        Ok(Decision { set_point: self.0, reason: String::new() })
    }
}

struct Optimiser;

impl Controller for Optimiser {
    fn decide(&mut self, outlook: &Outlook<'_>) -> Result<Decision, Fault> {
        let tank = HOME.tank;
        let model = plan::Model {
            volume: tank.volume,
            loss: tank.loss,
            element: tank.element,
            inlet: tank.inlet,
            room: tank.room,
            comfort: HOME.comfort,
            lowest: HOME.band.lowest(),
            highest: HOME.band.highest(),
            spare: HOME.spare,
        };
        let slot =
            |slot: &setpoint::controller::Slot| plan::Slot { price: slot.price, draw: slot.draw };
        let ahead: Vec<_> = outlook.ahead.iter().map(slot).collect();
        let choice = plan::plan(&model, outlook.temperature, &ahead)
            .ok_or_else(|| Fault::Refused("bad outlook".to_owned()))?;
        Ok(Decision { set_point: choice.set_point, reason: String::new() })
    }
}

/// Misbehaves in every way a plugin can, and answers honestly in between.
struct Rogue;

impl Controller for Rogue {
    fn decide(&mut self, outlook: &Outlook<'_>) -> Result<Decision, Fault> {
        let says = |set_point| Ok(Decision { set_point, reason: String::new() });
        match outlook.half_hour % 11 {
            1 => Err(Fault::Overran),
            2 => Err(Fault::Trapped("out of memory".to_owned())),
            3 => says(f64::NAN),
            4 => says(1e9),
            5 => says(-300.0),
            6 => Err(Fault::Trapped("unreachable".to_owned())),
            7 => Err(Fault::Refused("it is a bad day".to_owned())),
            8 => says(f64::INFINITY),
            9 => says(f64::NEG_INFINITY),
            _ => says(55.0),
        }
    }
}

#[test]
fn the_optimiser_is_cheaper_than_the_thermostat_and_no_less_comfortable()
-> Result<(), Box<dyn Error>> {
    let thermostat = season(&mut Fixed(HOME.preferred.celsius()))?;
    let optimiser = season(&mut Optimiser)?;
    assert!(optimiser.cold <= thermostat.cold, "{} litres were cold", optimiser.cold);
    assert!(optimiser.shortfall <= thermostat.shortfall);
    let share = optimiser.cost / thermostat.cost;
    assert!(share < 0.85, "it costs {share:.3} of the thermostat");
    Ok(())
}

#[test]
fn no_fixed_set_point_is_as_cheap_as_the_optimiser_at_its_comfort() -> Result<(), Box<dyn Error>> {
    let optimiser = season(&mut Optimiser)?;
    let mut comfortable = 0;
    for set_point in 50..=75 {
        let fixed = season(&mut Fixed(f64::from(set_point)))?;
        if fixed.cold <= optimiser.cold {
            comfortable += 1;
            let share = optimiser.cost / fixed.cost;
            assert!(share < 0.9, "{set_point} degrees: it costs {share:.3} of that");
        }
    }
    assert!((1..26).contains(&comfortable), "{comfortable} set points are comfortable");
    Ok(())
}

#[test]
fn the_optimiser_saves_in_every_week() -> Result<(), Box<dyn Error>> {
    let thermostat = season(&mut Fixed(HOME.preferred.celsius()))?;
    let optimiser = season(&mut Optimiser)?;
    for week in 0..WEEKS {
        let paid = |outcome: &Outcome| -> f64 {
            let steps = &outcome.steps[week * WEEK..(week + 1) * WEEK];
            steps.iter().map(|step| step.price * step.run.heated).sum()
        };
        let share = paid(&optimiser) / paid(&thermostat);
        assert!(share < 0.95, "week {week}: it costs {share:.3} of the thermostat");
    }
    Ok(())
}

#[test]
fn without_a_plugin_the_heater_is_a_thermostat() -> Result<(), Box<dyn Error>> {
    let (absent, fixed) = (season(&mut Absent)?, season(&mut Fixed(HOME.preferred.celsius()))?);
    assert_eq!(absent.faults().missing, WEEKS * WEEK);
    assert_eq!((absent.cost, absent.cold), (fixed.cost, fixed.cold));
    Ok(())
}

#[test]
fn no_answer_moves_the_tank_out_of_its_band() -> Result<(), Box<dyn Error>> {
    let (lowest, highest) = (HOME.band.lowest(), HOME.band.highest());
    let full = HOME.tank.element / 2.0;
    for controller in
        [&mut Rogue as &mut dyn Controller, &mut Fixed(1e9), &mut Fixed(-1e9), &mut Fixed(f64::NAN)]
    {
        let outcome = season(controller)?;
        let mut before = HOME.preferred.celsius();
        for (at, step) in outcome.steps.iter().enumerate() {
            assert!((lowest..=highest).contains(&step.set_point.celsius()), "half hour {at}");
            assert!(
                step.run.warmest <= highest + 1e-9,
                "half hour {at} reached {}",
                step.run.warmest
            );
            // More may be drawn than the element can follow, but then it does all it can.
            let followed = step.run.temperature >= lowest - 1e-9;
            let doing_all = before >= lowest || step.run.heated >= full - 1e-9;
            assert!(followed || doing_all, "half hour {at} ended at {}", step.run.temperature);
            before = step.run.temperature;
        }
    }
    Ok(())
}

#[test]
fn a_rogue_is_found_out_each_time() -> Result<(), Box<dyn Error>> {
    let outcome = season(&mut Rogue)?;
    let due = |kind: usize| (0..WEEKS * WEEK).filter(|at| at % 11 == kind).count();
    let faults = outcome.faults();
    assert_eq!(faults.overran, due(1));
    assert_eq!(faults.trapped, due(2) + due(6));
    assert_eq!(faults.nonsense, due(3));
    assert_eq!(faults.refused, due(7));
    assert_eq!(faults.missing, 0);
    assert_eq!(outcome.clamped(), due(4) + due(5) + due(8) + due(9));
    Ok(())
}

#[test]
fn the_picture_shows_each_controller_and_day() -> Result<(), Box<dyn Error>> {
    let (market, household) = (market()?, HOME);
    let outcomes = vec![
        ("thermostat".to_owned(), season(&mut Fixed(60.0))?),
        ("optimiser".to_owned(), season(&mut Optimiser)?),
        ("rogue".to_owned(), season(&mut Rogue)?),
    ];
    let svg = Week { market: &market, household: &household, week: 2 }.draw(&outcomes)?;
    for text in
        ["19 June 2000", "thermostat", "optimiser", "rogue", "Monday", "Sunday", "set point"]
    {
        assert!(svg.contains(text), "`{text}` is missing");
    }
    let beyond = Week { market: &market, household: &household, week: 12 }.draw(&outcomes);
    assert_eq!(
        beyond.map_err(|err| err.to_string()),
        Err("week 13 is not within the 12 weeks that ran".to_owned())
    );
    Ok(())
}
