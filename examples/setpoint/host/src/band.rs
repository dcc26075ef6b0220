//! The safe band: the only set points the heater obeys.
//!
//! A [`SetPoint`] can be made by a [`SafeBand`] alone, and the tank takes nothing else, so no plugin's number reaches
//! the element unchecked.

/// The set points that are safe for people and tank, in degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SafeBand {
    // Invariant: finite, and `lowest <= highest`.
    lowest: f64,
    highest: f64,
}

/// A temperature within a safe band, in degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct SetPoint(f64);

impl SafeBand {
    /// Makes a band; `None` unless both ends are finite and in order.
    pub const fn new(lowest: f64, highest: f64) -> Option<Self> {
        if lowest.is_finite() && highest.is_finite() && lowest <= highest {
            Some(Self { lowest, highest })
        } else {
            None
        }
    }

    /// Moves a wanted set point into the band; `None` if it is not a number at all.
    pub const fn clamp(&self, wanted: f64) -> Option<SetPoint> {
        if wanted.is_nan() { None } else { Some(SetPoint(wanted.clamp(self.lowest, self.highest))) }
    }

    /// The lowest set point.
    pub const fn lowest(&self) -> f64 {
        self.lowest
    }

    /// The highest set point.
    pub const fn highest(&self) -> f64 {
        self.highest
    }
}

impl SetPoint {
    /// The temperature in degrees Celsius.
    pub const fn celsius(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAND: SafeBand = SafeBand::new(50.0, 75.0).expect("the ends are in order");

    #[test]
    fn a_band_with_its_ends_out_of_order_does_not_exist() {
        assert_eq!(SafeBand::new(60.0, 50.0), None);
        assert_eq!(SafeBand::new(f64::NAN, 50.0), None);
        assert_eq!(SafeBand::new(50.0, f64::INFINITY), None);
    }

    #[test]
    fn every_number_lands_in_the_band() {
        for (wanted, obeyed) in [
            (60.0, 60.0),
            (49.9, 50.0),
            (-300.0, 50.0),
            (1e9, 75.0),
            (f64::INFINITY, 75.0),
            (f64::NEG_INFINITY, 50.0),
            (f64::MIN_POSITIVE, 50.0),
        ] {
            assert_eq!(BAND.clamp(wanted).map(SetPoint::celsius), Some(obeyed), "{wanted}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_not_a_set_point() {
        assert_eq!(BAND.clamp(f64::NAN), None);
    }
}
