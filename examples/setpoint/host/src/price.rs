//! Demand in, prices out.
//!
//! Electricity costs more when more of it is wanted, and each further megawatt comes from a dearer power station:
//! the price rises with demand, and ever faster.

use std::io::Read;

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};
use serde::Deserialize;

/// What a household pays for a kilowatt hour, given the demand of the country.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tariff {
    /// What it pays whatever the demand is, for wires and taxes, in pounds a kilowatt hour.
    pub standing: f64,
    /// What the energy costs when demand reaches capacity, in pounds a kilowatt hour.
    pub scarce: f64,
    /// The demand that all power stations together can meet, in megawatts.
    pub capacity: f64,
}

/// The prices of consecutive half hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    // Invariant: never empty.
    prices: Vec<f64>,
    start: DateTime,
}

/// Why a demand series cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarketError {
    /// The text is not the table that is expected; fix the file.
    #[error("the demand series is not a table of `half_hour_ending,demand_mw`")]
    Table(#[from] csv::Error),
    /// A time stamp cannot be read; fix that row.
    #[error("row {row} has no readable time stamp")]
    Time {
        /// The row, the first after the header being 1.
        row: usize,
        /// What is wrong with it.
        source: jiff::Error,
    },
    /// A row is missing, doubled or out of order; fix the series there.
    #[error("row {row} is for `{found}` where `{expected}` is due")]
    Gap {
        /// The row, the first after the header being 1.
        row: usize,
        /// The time stamp that should be there.
        expected: DateTime,
        /// The one that is.
        found: DateTime,
    },
    /// A demand is not a positive number; fix that row.
    #[error("row {row} has a demand of `{demand}` megawatts")]
    Demand {
        /// The row, the first after the header being 1.
        row: usize,
        /// The demand as read.
        demand: f64,
    },
    /// The series does not begin at midnight on a Monday or has no rows; cut it there.
    #[error("the demand series does not begin with the first half hour of a Monday")]
    Start,
}

#[derive(Deserialize)]
struct Row {
    half_hour_ending: String,
    demand_mw: f64,
}

impl Tariff {
    /// A tariff of the height and swing of British half-hourly ones, for a system of 40 gigawatts.
    pub const BRITISH: Self = Self { standing: 0.08, scarce: 0.24, capacity: 40_000.0 };

    /// The price at a demand in megawatts, in pounds a kilowatt hour.
    pub fn price(&self, demand: f64) -> f64 {
        self.standing + self.scarce * (demand / self.capacity).powi(3)
    }
}

impl Market {
    /// Reads a demand series and prices it.
    pub fn read(series: impl Read, tariff: Tariff) -> Result<Self, MarketError> {
        let half_hour: Span = 30.minutes();
        let mut prices = Vec::new();
        let mut start = None;
        let mut last = None;
        for (index, row) in csv::Reader::from_reader(series).deserialize().enumerate() {
            let (row, Row { half_hour_ending, demand_mw: demand }) = (index + 1, row?);
            let found: DateTime =
                half_hour_ending.parse().map_err(|source| MarketError::Time { row, source })?;
            if let Some(last) = last {
                let expected: DateTime = last + half_hour;
                if expected != found {
                    return Err(MarketError::Gap { row, expected, found });
                }
            }
            if !(demand.is_finite() && demand > 0.0) {
                return Err(MarketError::Demand { row, demand });
            }
            start.get_or_insert(found - half_hour);
            last = Some(found);
            prices.push(tariff.price(demand));
        }
        match start {
            Some(start)
                if start == start.date().to_datetime(jiff::civil::Time::midnight())
                    && start.weekday() == jiff::civil::Weekday::Monday =>
            {
                Ok(Self { prices, start })
            }
            _ => Err(MarketError::Start),
        }
    }

    /// The price of each half hour, in pounds a kilowatt hour; at least one.
    pub fn prices(&self) -> &[f64] {
        &self.prices
    }

    /// When a half hour begins, in local time.
    pub fn begins(&self, half_hour: usize) -> DateTime {
        let minutes = i64::try_from(half_hour).map_or(i64::MAX, |half_hour| half_hour * 30);
        self.start.saturating_add(Span::new().minutes(minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Market, MarketError> {
        Market::read(format!("half_hour_ending,demand_mw\n{rows}").as_bytes(), Tariff::BRITISH)
    }

    #[test]
    fn the_price_rises_with_demand_and_ever_faster() {
        let prices: Vec<f64> =
            (15..=45).map(|gw| Tariff::BRITISH.price(f64::from(gw) * 1000.0)).collect();
        let rises: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(rises.iter().all(|rise| *rise > 0.0));
        assert!(rises.windows(2).all(|pair| pair[1] > pair[0]));
    }

    #[test]
    fn a_series_keeps_its_order_and_its_start() {
        let market = read("2000-06-05T00:30,22262\n2000-06-05T01:00,21756\n").unwrap();
        let priced = [22262.0, 21756.0].map(|demand| Tariff::BRITISH.price(demand));
        assert_eq!(market.prices(), priced);
        assert_eq!(market.begins(0).to_string(), "2000-06-05T00:00:00");
        assert_eq!(market.begins(49).to_string(), "2000-06-06T00:30:00");
    }

    #[test]
    fn a_faulty_series_names_its_row() {
        for (rows, message) in [
            ("", "the demand series does not begin with the first half hour of a Monday"),
            (
                "2000-06-06T00:30,22262\n",
                "the demand series does not begin with the first half hour of a Monday",
            ),
            ("yesterday,22262\n", "row 1 has no readable time stamp"),
            (
                "2000-06-05T00:30,22262\n2000-06-05T01:30,21756\n",
                "row 2 is for `2000-06-05T01:30:00` where `2000-06-05T01:00:00` is due",
            ),
            ("2000-06-05T00:30,-4\n", "row 1 has a demand of `-4` megawatts"),
            ("2000-06-05T00:30,NaN\n", "row 1 has a demand of `NaN` megawatts"),
            (
                "2000-06-05T00:30,much\n",
                "the demand series is not a table of `half_hour_ending,demand_mw`",
            ),
        ] {
            assert_eq!(read(rows).unwrap_err().to_string(), message, "{rows}");
        }
    }
}
