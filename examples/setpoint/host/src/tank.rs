//! The physics of the tank: one body of water at one temperature.
//!
//! With *C* the heat capacity of the water, *UA* the loss, *P* the power of the element and *q* the heat drawn,
//!
//! ```text
//! C dT/dt = P - UA (T - T_room) - q
//! ```
//!
//! A half hour is thirty steps of a minute.
//! In each, what is drawn leaves first and is replaced by cold water; then the equation is solved exactly for constant
//! power.
//! The element works like one behind a fast switch: it gives what brings the water to the set point by the end of the
//! minute, within 0 and its full power.
//!
//! The tap mixes: water that is wanted at the comfort temperature takes the same heat from a hot tank as from a
//! lukewarm one, only fewer litres.
//! From a tank colder than that, the tap gives what there is, and the litres count as cold.

use crate::band::SetPoint;

/// The heat that warms a litre of water by a kelvin, in kilowatt hours.
pub const HEAT_OF_WATER: f64 = 4.186 / 3600.0;

const MINUTES: u32 = 30;
const MINUTE: f64 = 1.0 / 60.0;

/// What a tank is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tank {
    /// The water it holds, in litres; more than 0.
    pub volume: f64,
    /// The heat it loses, in watts per kelvin of difference to the room; more than 0.
    pub loss: f64,
    /// The full power of the element, in kilowatts.
    pub element: f64,
    /// The temperature of the water that replaces what is drawn, in degrees Celsius.
    pub inlet: f64,
    /// The temperature around the tank, in degrees Celsius.
    pub room: f64,
}

/// Water that is wanted in a half hour, spread evenly over it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// How much, in litres.
    pub litres: f64,
    /// How warm, in degrees Celsius.
    pub comfort: f64,
}

/// What happened in the tank in a half hour. Heat is in kilowatt hours.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HalfHour {
    /// The temperature at its end, in degrees Celsius.
    pub temperature: f64,
    /// The highest temperature within it, in degrees Celsius.
    pub warmest: f64,
    /// The electricity the element took.
    pub heated: f64,
    /// The heat that went into the room.
    pub lost: f64,
    /// The heat that left with the water.
    pub drawn: f64,
    /// The litres that came colder than wanted.
    pub cold: f64,
    /// How much too cold, summed over the time that water ran, in kelvin hours.
    pub shortfall: f64,
}

impl Tank {
    /// The heat that warms the whole tank by a kelvin, in kilowatt hours.
    pub fn capacity(&self) -> f64 {
        self.volume * HEAT_OF_WATER
    }

    /// Runs a half hour from a temperature.
    pub fn half_hour(&self, temperature: f64, set_point: SetPoint, draw: Draw) -> HalfHour {
        let mut run = HalfHour { temperature, warmest: temperature, ..HalfHour::default() };
        let each = Draw { litres: draw.litres / f64::from(MINUTES), ..draw };
        for _ in 0..MINUTES {
            self.draw(&mut run, each);
            self.heat(&mut run, set_point);
            run.warmest = run.warmest.max(run.temperature);
        }
        run
    }

    fn draw(&self, run: &mut HalfHour, draw: Draw) {
        let short = draw.comfort - run.temperature;
        if draw.litres > 0.0 && short > 0.0 {
            run.cold += draw.litres;
            run.shortfall += short * MINUTE;
        }
        let warmth = draw.comfort.min(run.temperature) - self.inlet;
        let heat = draw.litres * HEAT_OF_WATER * warmth;
        run.drawn += heat;
        run.temperature -= heat / self.capacity();
    }

    fn heat(&self, run: &mut HalfHour, set_point: SetPoint) {
        let loss = self.loss / 1000.0;
        let rate = loss / self.capacity();
        let faded = -(-rate * MINUTE).exp_m1();
        let above = run.temperature - self.room;
        // Without heat, the difference to the room fades; each kilowatt warms the water by `gain` until the minute ends.
        let unheated = self.room + above * (1.0 - faded);
        let gain = faded / loss;
        let power = ((set_point.celsius() - unheated) / gain).clamp(0.0, self.element);

        run.temperature = unheated + power * gain;
        run.heated += power * MINUTE;
        // The loss integrated over the minute: the steady part under this power, and the part that fades.
        let steady = power / loss;
        run.lost += loss * (steady * MINUTE + (above - steady) * faded / rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::band::SafeBand;

    const TANK: Tank = Tank { volume: 150.0, loss: 1.6, element: 3.0, inlet: 14.0, room: 20.0 };
    const NONE: Draw = Draw { litres: 0.0, comfort: 45.0 };

    fn at(celsius: f64) -> SetPoint {
        SafeBand::new(0.0, 100.0)
            .and_then(|band| band.clamp(celsius))
            .expect("the band is in order")
    }

    #[test]
    fn energy_is_conserved() {
        let mut temperature = 61.0;
        for step in 0..400_u32 {
            let wanted = 40.0 + f64::from(step * 37 % 35);
            let draw = Draw { litres: f64::from(step * 13 % 70), comfort: 45.0 };
            let run = TANK.half_hour(temperature, at(wanted), draw);
            let kept = TANK.capacity() * (run.temperature - temperature);
            let balance = run.heated - run.lost - run.drawn - kept;
            assert!(balance.abs() < 1e-10, "step {step}: {balance} kWh appeared");
            temperature = run.temperature;
        }
    }

    #[test]
    fn an_unheated_tank_cools_as_newton_says() {
        let mut temperature = 70.0;
        for half_hours in 1..=96_u32 {
            temperature = TANK.half_hour(temperature, at(0.0), NONE).temperature;
            let hours = f64::from(half_hours) / 2.0;
            let exact = 20.0 + 50.0 * (-TANK.loss / 1000.0 / TANK.capacity() * hours).exp();
            assert!((temperature - exact).abs() < 1e-9, "{temperature} is not {exact}");
        }
        assert!(temperature < 53.0);
    }

    #[test]
    fn a_held_set_point_costs_the_standing_loss() {
        let run = TANK.half_hour(60.0, at(60.0), NONE);
        assert!((run.temperature - 60.0).abs() < 1e-9);
        assert!((run.heated - 0.5 * 1.6 * 40.0 / 1000.0).abs() < 1e-6);
    }

    #[test]
    fn the_element_gives_no_more_than_it_has() {
        let run = TANK.half_hour(20.0, at(90.0), NONE);
        assert!((run.heated - 1.5).abs() < 1e-12);
        assert!((run.temperature - 28.6).abs() < 0.1);
    }

    #[test]
    fn the_tap_mixes_so_heat_drawn_does_not_depend_on_the_tank() {
        let draw = Draw { litres: 30.0, comfort: 45.0 };
        let hot = TANK.half_hour(75.0, at(0.0), draw);
        let warm = TANK.half_hour(60.0, at(0.0), draw);
        assert!((hot.drawn - 30.0 * HEAT_OF_WATER * 31.0).abs() < 1e-12);
        assert!((hot.drawn - warm.drawn).abs() < 1e-12);
        assert_eq!((hot.cold, hot.shortfall), (0.0, 0.0));
    }

    #[test]
    fn litres_colder_than_wanted_are_counted_with_how_much_and_how_long() {
        let draw = Draw { litres: 30.0, comfort: 45.0 };
        let run = TANK.half_hour(40.0, at(40.0), draw);
        assert!((run.cold - 30.0).abs() < 1e-9);
        // Held at 40 degrees for half an hour: 5 kelvin too cold, and never more than the draw of a minute away from that.
        assert!((run.shortfall - 2.5).abs() < 1e-2, "{}", run.shortfall);
        assert_eq!(TANK.half_hour(40.0, at(40.0), NONE).shortfall, 0.0);
    }
}
