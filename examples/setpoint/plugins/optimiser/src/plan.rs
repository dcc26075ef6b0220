//! The plan: which set point now makes the coming day cheapest while the water stays warm enough.
//!
//! Dynamic programming from the end of the forecast to its beginning.
//! The state is the temperature of the tank, on a grid; the choice is the set point of each half hour.
//! A half hour is solved in closed form, with the draw spread evenly over it.
//! The cost of a choice is what its electricity costs when the household draws as usual, plus a fine far above any
//! price for each kelvin below the comfort temperature that the water would reach if someone drew the spare litres too.
//! So the plan is comfortable before it is cheap.

use std::iter;

/// The tank and what is asked of it. Temperatures are in degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Model {
    /// The water it holds, in litres.
    pub(crate) volume: f64,
    /// The heat it loses, in watts per kelvin.
    pub(crate) loss: f64,
    /// The power of the element, in kilowatts.
    pub(crate) element: f64,
    /// The temperature of the cold water.
    pub(crate) inlet: f64,
    /// The temperature of the room.
    pub(crate) room: f64,
    /// The temperature from which water is warm enough.
    pub(crate) comfort: f64,
    /// The lowest set point.
    pub(crate) lowest: f64,
    /// The highest set point.
    pub(crate) highest: f64,
    /// What may be drawn beyond the usual in one half hour, in litres at the comfort temperature.
    pub(crate) spare: f64,
}

/// One half hour of the forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slot {
    /// The price, in pounds a kilowatt hour.
    pub(crate) price: f64,
    /// The usual draw, in litres at the comfort temperature.
    pub(crate) draw: f64,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Choice {
    /// The set point.
    pub(crate) set_point: f64,
    /// What the forecast is expected to cost from here, in pounds.
    pub(crate) cost: f64,
}

const HALF_HOUR: f64 = 0.5;
const HEAT_OF_WATER: f64 = 4.186 / 3600.0;

/// Set points, and temperatures above the coldest, are tried in steps of this many kelvins.
const GRID: f64 = 1.0;

/// The fine for each kelvin of expected discomfort, in pounds: more than a full tank costs at any price.
const FINE: f64 = 100.0;

/// Plans from a temperature; `None` without a forecast, or where a number in it or in the model is not usable.
pub(crate) fn plan(model: &Model, temperature: f64, ahead: &[Slot]) -> Option<Choice> {
    let usable = ahead.iter().all(|slot| slot.price.is_finite() && slot.draw.is_finite());
    if ahead.is_empty() || !usable || !temperature.is_finite() || !model.is_usable() {
        return None;
    }
    let tank = Tank::new(model);
    let mut later = tank.leftover(ahead);
    for slot in ahead[1..].iter().rev() {
        later = tank.grid().map(|from| tank.best(from, slot, &later).cost).collect();
    }
    Some(tank.best(temperature, &ahead[0], &later))
}

/// Says in one line why a choice is made at a temperature.
pub(crate) fn reason(choice: &Choice, temperature: f64, ahead: &[Slot]) -> String {
    let (now, cheapest, dearest) = prices(ahead);
    let change = choice.set_point - temperature;
    if change < -GRID / 2.0 {
        format!("coasting at {now:.1} p, with enough heat for now")
    } else if change <= GRID / 2.0 {
        format!("holding {:.0} °C at {now:.1} p", choice.set_point)
    } else if now < (cheapest + dearest) / 2.0 {
        format!("storing heat at {now:.1} p, before it costs {dearest:.1} p")
    } else {
        format!("heating to {:.0} °C at {now:.1} p, for comfort", choice.set_point)
    }
}

/// The price now, the lowest and the highest of the forecast, in pence.
pub(crate) fn prices(ahead: &[Slot]) -> (f64, f64, f64) {
    let pence = || ahead.iter().map(|slot| 100.0 * slot.price);
    let now = pence().next().unwrap_or(f64::NAN);
    (now, pence().fold(f64::INFINITY, f64::min), pence().fold(f64::NEG_INFINITY, f64::max))
}

impl Model {
    /// Whether the numbers describe a tank that can be planned for.
    pub(crate) fn is_usable(&self) -> bool {
        let positive = [self.volume, self.loss, self.element];
        let finite = [self.inlet, self.room, self.comfort, self.lowest, self.highest, self.spare];
        positive.iter().all(|value| value.is_finite() && *value > 0.0)
            && finite.iter().all(|value| value.is_finite())
            && self.inlet < self.comfort
            && self.lowest <= self.highest
            && self.highest - self.inlet < 200.0
    }
}

/// The model, with what does not change from half hour to half hour worked out.
struct Tank<'a> {
    model: &'a Model,
    capacity: f64,
    kept: f64,
    gain: f64,
    coldest: f64,
    states: usize,
    choices: usize,
}

impl<'a> Tank<'a> {
    fn new(model: &'a Model) -> Self {
        let capacity = model.volume * HEAT_OF_WATER;
        let loss = model.loss / 1000.0;
        let kept = (-loss / capacity * HALF_HOUR).exp();
        let coldest = model.inlet.min(model.lowest);
        Self {
            model,
            capacity,
            kept,
            gain: (1.0 - kept) / loss,
            coldest,
            states: ((model.highest - coldest) / GRID).ceil() as usize + 1,
            choices: ((model.highest - model.lowest) / GRID) as usize + 1,
        }
    }

    fn grid(&self) -> impl Iterator<Item = f64> {
        (0..self.states).map(|state| self.coldest + state as f64 * GRID)
    }

    /// What a temperature at the end of the forecast saves: its heat, at the cheapest price known.
    fn leftover(&self, ahead: &[Slot]) -> Vec<f64> {
        let cheapest = ahead.iter().map(|slot| slot.price).fold(f64::INFINITY, f64::min);
        self.grid().map(|at| -cheapest * self.capacity * (at - self.model.comfort)).collect()
    }

    /// The best set point of one half hour from a temperature, given what each temperature costs afterwards.
    fn best(&self, from: f64, slot: &Slot, later: &[f64]) -> Choice {
        let unheated = self.unheated(from, slot.draw);
        let heavy = self.unheated(from, slot.draw + self.model.spare);
        let full = unheated + self.model.element * self.gain;
        let price = slot.price * HALF_HOUR / self.gain;
        let mut best = Choice { set_point: self.model.lowest, cost: f64::INFINITY };
        for choice in self.different(heavy, full.max(from)) {
            let set_point = self.model.lowest + choice as f64 * GRID;
            let to = set_point.max(unheated).min(full);
            let worst = self.under_heavy_draw(from, heavy, set_point);
            let fine = FINE * (self.model.comfort - worst).max(0.0);
            let cost = price * (to - unheated) + fine + self.read(later, to);
            // Of equals the lowest: it heats least if less is drawn than usual.
            if cost < best.cost - 1e-9 {
                best = Choice { set_point, cost };
            }
        }
        best
    }

    /// The choices that differ: none up to `below` heats at all, and from `above` on each heats all the time.
    fn different(&self, below: f64, above: f64) -> impl Iterator<Item = usize> {
        let index = |at: f64| ((at - self.model.lowest) / GRID).max(0.0);
        let last = (index(above).ceil() as usize).min(self.choices - 1);
        iter::once(0).chain(index(below) as usize + 1..=last)
    }

    /// The temperature after a half hour without heat.
    fn unheated(&self, from: f64, draw: f64) -> f64 {
        let warmth = self.model.comfort.min(from) - self.model.inlet;
        let drawn = draw * HEAT_OF_WATER * warmth.max(0.0) / self.capacity;
        // Half of the draw cools the tank before it loses heat to the room, half after.
        self.model.room + (from - drawn / 2.0 - self.model.room) * self.kept - drawn / 2.0
    }

    /// The temperature after a half hour in which the spare litres were drawn: the element helps once the water is
    /// below the set point, not before.
    fn under_heavy_draw(&self, from: f64, unheated: f64, set_point: f64) -> f64 {
        if unheated >= set_point {
            return unheated;
        }
        let fallen = from - unheated;
        let helped = if fallen > 0.0 { ((set_point - unheated) / fallen).min(1.0) } else { 1.0 };
        set_point.min(unheated + helped * self.model.element * self.gain)
    }

    /// Reads a value between the points of the grid.
    fn read(&self, values: &[f64], at: f64) -> f64 {
        let place = ((at - self.coldest) / GRID).clamp(0.0, (self.states - 1) as f64);
        let below = place as usize;
        let above = (below + 1).min(self.states - 1);
        values[below] + (values[above] - values[below]) * (place - below as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: Model = Model {
        volume: 150.0,
        loss: 1.6,
        element: 3.0,
        inlet: 14.0,
        room: 20.0,
        comfort: 45.0,
        lowest: 50.0,
        highest: 75.0,
        spare: 80.0,
    };

    fn flat(price: f64) -> Vec<Slot> {
        vec![Slot { price, draw: 0.0 }; 48]
    }

    #[test]
    fn it_heats_before_a_dear_hour_and_not_in_it() {
        let mut ahead = flat(0.1);
        for slot in &mut ahead[2..40] {
            *slot = Slot { price: 0.4, draw: 5.0 };
        }
        assert!(plan(&MODEL, 58.0, &ahead).unwrap().set_point > 65.0);
        assert!(plan(&MODEL, 70.0, &ahead[2..]).unwrap().set_point < 60.0);
    }

    #[test]
    fn it_does_not_store_heat_while_the_price_is_flat() {
        let choice = plan(&MODEL, 60.0, &flat(0.2)).unwrap();
        assert!(choice.set_point < 60.0, "{choice:?}");
    }

    #[test]
    fn it_pays_any_price_for_comfort() {
        let mut ahead = flat(0.1);
        ahead[0].price = 5.0;
        let choice = plan(&MODEL, 46.0, &ahead).unwrap();
        assert!(choice.set_point >= 52.0, "{choice:?}");
    }

    #[test]
    fn it_says_why() {
        let mut ahead = flat(0.1);
        ahead[30].price = 0.4;
        for (set_point, why) in [
            (70.0, "storing heat at 10.0 p, before it costs 40.0 p"),
            (60.2, "holding 60 °C at 10.0 p"),
            (50.0, "coasting at 10.0 p, with enough heat for now"),
        ] {
            assert_eq!(reason(&Choice { set_point, cost: 0.0 }, 60.0, &ahead), why);
        }
        ahead[0].price = 0.39;
        let heating = reason(&Choice { set_point: 57.0, cost: 0.0 }, 50.0, &ahead);
        assert_eq!(heating, "heating to 57 °C at 39.0 p, for comfort");
    }

    #[test]
    fn it_declines_numbers_that_are_none() {
        assert_eq!(plan(&MODEL, 60.0, &[]), None);
        assert_eq!(plan(&MODEL, f64::NAN, &flat(0.1)), None);
        assert_eq!(plan(&MODEL, 60.0, &flat(f64::INFINITY)), None);
        assert_eq!(plan(&Model { volume: 0.0, ..MODEL }, 60.0, &flat(0.1)), None);
        assert_eq!(plan(&Model { lowest: 80.0, ..MODEL }, 60.0, &flat(0.1)), None);
    }
}
