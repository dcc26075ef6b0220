//! The weeks: each half hour a controller is asked, its answer is made safe, and the tank lives with it.

use std::time::{Duration, Instant};

use crate::band::SetPoint;
use crate::controller::{Controller, Decision, Fault, Outlook, Slot};
use crate::household::{DAY, Household};
use crate::price::Market;
use crate::tank::HalfHour;

/// How far the forecast reaches, in half hours.
pub const HORIZON: usize = DAY;

/// How much of a reason is kept, in characters.
const REASON: usize = 120;

/// A household and the prices it lives under.
#[derive(Debug, Clone, Copy)]
pub struct Season<'a> {
    /// The prices; the forecast is taken from them, as prices are published a day ahead.
    pub market: &'a Market,
    /// The household.
    pub household: Household,
}

/// One half hour as it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The price, in pounds a kilowatt hour.
    pub price: f64,
    /// The set point the heater obeyed.
    pub set_point: SetPoint,
    /// Whether the answer lay outside the safe band and had to be moved.
    pub clamped: bool,
    /// The reason of the answer, or why there was none.
    pub reason: Result<String, Fault>,
    /// How long the controller took.
    pub took: Duration,
    /// What happened in the tank.
    pub run: HalfHour,
}

/// How a season went under one controller.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Every half hour, in order.
    pub steps: Vec<Step>,
    /// What the electricity cost, in pounds; heat left in the tank is settled at the mean price.
    pub cost: f64,
    /// The electricity taken, in kilowatt hours.
    pub energy: f64,
    /// The litres that came colder than wanted.
    pub cold: f64,
    /// How much too cold while water ran, in kelvin hours.
    pub shortfall: f64,
}

/// How many answers were no good, by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// There was no plugin.
    pub missing: usize,
    /// The set point was not a number.
    pub nonsense: usize,
    /// The plugin overran its time.
    pub overran: usize,
    /// The plugin refused.
    pub refused: usize,
    /// The plugin was stopped at another limit than time.
    pub stopped: usize,
    /// The plugin trapped.
    pub trapped: usize,
}

impl Season<'_> {
    /// Runs the first `half_hours` under a controller, or as many as there are prices for.
    pub fn run(&self, half_hours: usize, controller: &mut dyn Controller) -> Outcome {
        let prices = self.market.prices();
        let forecast: Vec<Slot> = prices
            .iter()
            .enumerate()
            .map(|(at, price)| Slot { price: *price, draw: self.household.usual(at).litres })
            .collect();
        let start = self.household.preferred.celsius();
        let mut temperature = start;
        let mut steps = Vec::with_capacity(half_hours.min(prices.len()));
        for at in 0..half_hours.min(prices.len()) {
            let ahead = &forecast[at..prices.len().min(at + HORIZON)];
            let step = self.step(at, temperature, ahead, controller);
            temperature = step.run.temperature;
            steps.push(step);
        }
        let refill = (start - temperature) * self.household.tank.capacity();
        Outcome::of(steps, refill)
    }

    fn step(
        &self,
        at: usize,
        temperature: f64,
        ahead: &[Slot],
        controller: &mut dyn Controller,
    ) -> Step {
        let half_hour = u32::try_from(at).unwrap_or(u32::MAX);
        let asked = Instant::now();
        let answer = controller.decide(&Outlook { half_hour, temperature, ahead });
        let took = asked.elapsed();
        let (set_point, clamped, reason) = self.make_safe(answer);
        let run = self.household.tank.half_hour(temperature, set_point, self.household.real(at));
        Step { price: ahead[0].price, set_point, clamped, reason, took, run }
    }

    /// Turns any answer into a safe set point; what is no answer becomes the preferred one.
    fn make_safe(
        &self,
        answer: Result<Decision, Fault>,
    ) -> (SetPoint, bool, Result<String, Fault>) {
        let made = answer.and_then(|decision| {
            let safe = self.household.band.clamp(decision.set_point).ok_or(Fault::Nonsense)?;
            Ok((safe, safe.celsius() != decision.set_point, shortened(decision.reason)))
        });
        match made {
            Ok((set_point, clamped, reason)) => (set_point, clamped, Ok(reason)),
            Err(fault) => (self.household.preferred, false, Err(fault)),
        }
    }
}

/// Keeps no more of a plugin's text than a line, however much it sends.
fn shortened(reason: String) -> String {
    match reason.char_indices().nth(REASON) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason,
    }
}

impl Outcome {
    fn of(steps: Vec<Step>, refill: f64) -> Self {
        let sum = |of: fn(&Step) -> f64| steps.iter().map(of).sum::<f64>();
        let mean_price = sum(|step| step.price) / (steps.len().max(1) as f64);
        let cost = sum(|step| step.price * step.run.heated) + mean_price * refill;
        let energy = sum(|step| step.run.heated);
        let (cold, shortfall) = (sum(|step| step.run.cold), sum(|step| step.run.shortfall));
        Self { steps, cost, energy, cold, shortfall }
    }

    /// Counts the answers that were no good.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        for fault in self.steps.iter().filter_map(|step| step.reason.as_ref().err()) {
            match fault {
                Fault::Missing => faults.missing += 1,
                Fault::Nonsense => faults.nonsense += 1,
                Fault::Overran => faults.overran += 1,
                Fault::Refused(_) => faults.refused += 1,
                Fault::Stopped(_) => faults.stopped += 1,
                Fault::Trapped(_) => faults.trapped += 1,
            }
        }
        faults
    }

    /// Counts the answers that had to be moved into the safe band.
    pub fn clamped(&self) -> usize {
        self.steps.iter().filter(|step| step.clamped).count()
    }

    /// The time that a share of the calls stayed within: 0.5 for the median, 1 for the longest.
    pub fn time(&self, share: f64) -> Duration {
        let mut times: Vec<Duration> = self.steps.iter().map(|step| step.took).collect();
        times.sort_unstable();
        let last = times.len().saturating_sub(1);
        times
            .get((last as f64 * share.clamp(0.0, 1.0)).round() as usize)
            .copied()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Tariff;

    struct Says(fn() -> Result<f64, Fault>);

    impl Controller for Says {
        fn decide(&mut self, _outlook: &Outlook<'_>) -> Result<Decision, Fault> {
            (self.0)().map(|set_point| Decision { set_point, reason: "test".to_owned() })
        }
    }

    fn market() -> Market {
        let mut rows = "half_hour_ending,demand_mw\n".to_owned();
        for half_hour in 1..=48 {
            let (hour, minute) = (half_hour / 2 % 24, half_hour % 2 * 30);
            let day = 5 + half_hour / 48;
            rows += &format!("2000-06-{day:02}T{hour:02}:{minute:02},{}\n", 20_000 + half_hour);
        }
        Market::read(rows.as_bytes(), Tariff::BRITISH).unwrap()
    }

    fn day(says: fn() -> Result<f64, Fault>) -> Outcome {
        let market = market();
        Season { market: &market, household: Household::FAMILY }.run(48, &mut Says(says))
    }

    #[test]
    fn answers_are_obeyed_moved_or_replaced() {
        for (says, obeyed, clamped) in [
            ((|| Ok(55.0)) as fn() -> Result<f64, Fault>, 55.0, 0),
            (|| Ok(1e9), 75.0, 48),
            (|| Ok(-4.0), 50.0, 48),
            (|| Ok(f64::NAN), 60.0, 0),
            (|| Err(Fault::Overran), 60.0, 0),
        ] {
            let outcome = day(says);
            assert!(
                outcome.steps.iter().all(|step| step.set_point.celsius() == obeyed),
                "{obeyed}"
            );
            assert_eq!(outcome.clamped(), clamped);
        }
    }

    #[test]
    fn a_reason_is_kept_to_a_line() {
        let line = "ü".repeat(REASON);
        assert_eq!(shortened(line.clone()), line);
        assert_eq!(shortened("ü".repeat(1 << 20)), format!("{line}…"));
    }

    #[test]
    fn faults_are_counted_by_cause() {
        let none = Faults::default();
        assert_eq!(day(|| Ok(55.0)).faults(), none);
        assert_eq!(day(|| Ok(f64::NAN)).faults(), Faults { nonsense: 48, ..none });
        assert_eq!(day(|| Err(Fault::Missing)).faults(), Faults { missing: 48, ..none });
        assert_eq!(day(|| Err(Fault::Overran)).faults(), Faults { overran: 48, ..none });
        let trapped = day(|| Err(Fault::Trapped("unreachable".to_owned())));
        assert_eq!(trapped.faults(), Faults { trapped: 48, ..none });
        let refused = day(|| Err(Fault::Refused("no".to_owned())));
        assert_eq!(refused.faults(), Faults { refused: 48, ..none });
    }

    #[test]
    fn cost_energy_and_comfort_are_the_sums_over_the_steps() {
        let outcome = day(|| Ok(50.0));
        let paid: f64 = outcome.steps.iter().map(|step| step.price * step.run.heated).sum();
        let mean = outcome.steps.iter().map(|step| step.price).sum::<f64>() / 48.0;
        let end = outcome.steps.last().unwrap().run.temperature;
        let refill = (60.0 - end) * Household::FAMILY.tank.capacity() * mean;
        assert!((outcome.cost - paid - refill).abs() < 1e-9);
        assert!(outcome.energy > 0.0);
        let cold: f64 = outcome.steps.iter().map(|step| step.run.cold).sum();
        assert_eq!(outcome.cold, cold);
    }

    #[test]
    fn the_forecast_ends_where_the_prices_end() {
        struct Counts(Vec<usize>);
        impl Controller for Counts {
            fn decide(&mut self, outlook: &Outlook<'_>) -> Result<Decision, Fault> {
                self.0.push(outlook.ahead.len());
                Err(Fault::Missing)
            }
        }
        let (market, mut counts) = (market(), Counts(Vec::new()));
        let season = Season { market: &market, household: Household::FAMILY };
        assert_eq!(season.run(1000, &mut counts).steps.len(), 48);
        assert_eq!(counts.0, (1..=48).rev().collect::<Vec<_>>());
    }
}
