//! How many times were how long.

use std::time::Duration;

/// The upper bounds of all buckets but the last, in nanoseconds: three to a power of ten.
const BOUNDS: [u64; 28] = [
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
    25_000_000_000,
    50_000_000_000,
    100_000_000_000,
];

/// The number of buckets; the last has no bound.
pub(crate) const BUCKETS: usize = BOUNDS.len() + 1;

/// The bucket for a time.
#[inline]
pub(crate) fn bucket(nanos: u64) -> usize {
    BOUNDS.partition_point(|bound| *bound < nanos)
}

/// Times, sorted into buckets from 100 ns to 100 s.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    pub(crate) counts: [u64; BUCKETS],
    pub(crate) sum: Duration,
}

impl Histogram {
    pub(crate) fn record(&mut self, time: Duration) {
        self.counts[bucket(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))] += 1;
        self.sum += time;
    }

    /// How many times there are.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// All times together.
    pub fn sum(&self) -> Duration {
        self.sum
    }

    /// The upper bound of each bucket and how many times are in it; the last bucket has no bound.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> + '_ {
        let bounds = BOUNDS.iter().map(|bound| Some(Duration::from_nanos(*bound)));
        bounds.chain([None]).zip(self.counts)
    }

    /// The bound that so many of all times keep within, such as 0.99 of them; `None` where there are no times, or
    /// where it is more than 100 s.
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        let wanted = (self.count() as f64 * quantile.clamp(0.0, 1.0)).ceil().max(1.0) as u64;
        let mut seen = 0;
        let found = self.buckets().find(|(_, count)| {
            seen += count;
            seen >= wanted
        });
        found.and_then(|(bound, _)| bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_bucket_whose_bound_it_does_not_pass() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), None);
        for nanos in [0, 100, 101, 1_000, 200_000_000_000] {
            histogram.record(Duration::from_nanos(nanos));
        }
        let filled: Vec<_> = histogram.buckets().filter(|(_, count)| *count > 0).collect();
        let bound = |nanos| Some(Duration::from_nanos(nanos));
        assert_eq!(filled, [(bound(100), 2), (bound(250), 1), (bound(1_000), 1), (None, 1)]);
        assert_eq!(
            (histogram.count(), histogram.sum()),
            (5, Duration::from_nanos(200_000_001_201))
        );
        assert_eq!(histogram.quantile(0.4), bound(100));
        assert_eq!(histogram.quantile(0.41), bound(250));
        assert_eq!(histogram.quantile(1.0), None);
    }
}
