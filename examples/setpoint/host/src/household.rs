//! The household: what it has, what it wants, what it usually draws, and what it really draws.
//!
//! The usual draw follows the time of day and the kind of day, with a peak in the morning and one in the evening.
//! The real one differs from it on each day and in each half hour, and now and then someone takes a bath.
//! The differences look random but are the same in each run, and no plugin is told of them.

use crate::band::{SafeBand, SetPoint};
use crate::tank::{Draw, Tank};

/// The half hours of a day.
pub const DAY: usize = 48;

/// The half hours of a week.
pub const WEEK: usize = 7 * DAY;

/// What a household has and wants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Household {
    /// Its tank.
    pub tank: Tank,
    /// The set points that are safe.
    pub band: SafeBand,
    /// The set point of a plain thermostat, and the one to fall back to when no plugin has a good answer.
    pub preferred: SetPoint,
    /// The temperature from which water is warm enough, in degrees Celsius.
    pub comfort: f64,
    /// What a bath takes, in litres at the comfort temperature.
    pub bath: f64,
    /// What someone may draw beyond the usual in one half hour, in litres: a bath, and a busy evening.
    pub spare: f64,
    /// What makes this household's days differ from another's.
    pub seed: u64,
}

/// Each weekday's usual draws from 06:00 to 24:00, in litres.
const WEEKDAY: [f64; 36] = [
    3., 12., 20., 18., 9., 4., 2., 2., 1., 1., 1., 2., 4., 4., 3., 1., // 06:00 to 14:00
    1., 1., 1., 1., 2., 2., 3., 5., 6., 6., 5., 4., 5., 8., 10., 9., // 14:00 to 22:00
    5., 2., 1., 0., // 22:00 to 24:00
];

/// The same on Saturdays and Sundays: later, and more at noon.
const WEEKEND: [f64; 36] = [
    0., 1., 3., 6., 10., 16., 18., 14., 10., 6., 4., 3., 5., 7., 6., 4., // 06:00 to 14:00
    3., 2., 2., 2., 2., 3., 3., 5., 6., 6., 5., 4., 6., 8., 9., 8., // 14:00 to 22:00
    6., 4., 2., 1., // 22:00 to 24:00
];

const MORNING: usize = 12;

impl Household {
    /// A family with a tank of the common size: 150 litres, 3 kilowatts.
    pub const FAMILY: Self = {
        let band = SafeBand::new(50.0, 75.0).expect("the ends are in order");
        Self {
            tank: Tank { volume: 150.0, loss: 1.6, element: 3.0, inlet: 14.0, room: 20.0 },
            band,
            preferred: band.clamp(60.0).expect("60 is a number"),
            comfort: 45.0,
            bath: 80.0,
            spare: 95.0,
            seed: 2000,
        }
    };

    /// What it usually draws in a half hour, counted from midnight on a Monday.
    pub fn usual(&self, half_hour: usize) -> Draw {
        let day = if half_hour % WEEK < 5 * DAY { &WEEKDAY } else { &WEEKEND };
        let litres = (half_hour % DAY).checked_sub(MORNING).map_or(0.0, |slot| day[slot]);
        Draw { litres, comfort: self.comfort }
    }

    /// What it really draws.
    pub fn real(&self, half_hour: usize) -> Draw {
        let day = half_hour / DAY;
        let busy = 0.75 + 0.5 * self.chance(&[1, day]);
        let soon = 0.3 + 1.4 * self.chance(&[2, half_hour]);
        let usual = self.usual(half_hour);
        let bath = if self.bath_on(day) == Some(half_hour % DAY) { self.bath } else { 0.0 };
        Draw { litres: usual.litres * busy * soon + bath, ..usual }
    }

    /// In which half hour of a day someone takes a bath, if at all: on one day in five, between 18:00 and 22:00.
    fn bath_on(&self, day: usize) -> Option<usize> {
        let evening = [36, 37, 38, 39, 40, 41, 42, 43];
        let taken = self.chance(&[3, day]) < 0.2;
        let at = (self.chance(&[4, day]) * evening.len() as f64) as usize;
        taken.then(|| evening[at])
    }

    /// A number from 0 up to 1 that depends on the seed and the key alone (SplitMix64).
    fn chance(&self, key: &[usize]) -> f64 {
        let mixed = key.iter().fold(self.seed, |state, part| {
            let mut z = state.wrapping_add(*part as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        });
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Household = Household::FAMILY;

    fn litres(of: impl Fn(usize) -> Draw, half_hours: std::ops::Range<usize>) -> f64 {
        half_hours.map(|half_hour| of(half_hour).litres).sum()
    }

    #[test]
    fn the_usual_day_has_a_morning_and_an_evening_peak() {
        let usual = |hour: usize| litres(|at| HOME.usual(at), 2 * hour..2 * hour + 2);
        assert!(usual(7) > 4.0 * usual(10));
        assert!(usual(20) > 4.0 * usual(15));
        assert_eq!(usual(3), 0.0);
        let saturday = 5 * 24;
        assert!(usual(saturday + 9) > usual(saturday + 7));
    }

    #[test]
    fn the_real_draw_differs_from_the_usual_one_but_not_on_average() {
        let quiet = Household { bath: 0.0, ..HOME };
        let season = 0..12 * WEEK;
        let (usual, real) = (
            litres(|at| HOME.usual(at), season.clone()),
            litres(|at| quiet.real(at), season.clone()),
        );
        assert!((real / usual - 1.0).abs() < 0.03, "{real} litres instead of {usual}");
        let differing = season.filter(|at| HOME.usual(*at) != HOME.real(*at)).count();
        assert!(differing > 12 * WEEK / 2);
    }

    #[test]
    fn baths_come_on_about_one_day_in_five_and_only_in_the_evening() {
        let baths: Vec<usize> = (0..1000).filter_map(|day| HOME.bath_on(day)).collect();
        assert!((150..250).contains(&baths.len()), "{}", baths.len());
        assert!(baths.iter().all(|at| (36..44).contains(at)));
    }

    #[test]
    fn no_half_hour_exceeds_the_usual_by_more_than_the_spare_litres() {
        for at in 0..12 * WEEK {
            assert!(HOME.real(at).litres <= HOME.usual(at).litres + HOME.spare, "half hour {at}");
        }
    }

    #[test]
    fn another_seed_is_another_family() {
        let other = Household { seed: 7, ..HOME };
        assert!((0..WEEK).any(|at| other.real(at) != HOME.real(at)));
        assert!((0..WEEK).all(|at| other.usual(at) == HOME.usual(at)));
    }
}
