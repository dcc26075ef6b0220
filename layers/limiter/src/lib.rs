//! Lets so many calls a second through to the next store, and tells all others how long to wait.
//!
//! It counts for as long as its sandbox lives, which therefore has to be pinned.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use layer_sdk::store::Store;
use layer_sdk::store_import as next;
use layer_sdk::types::{Error, Page, Swapped};
use settings::Settings;

/// How often calls may come.
struct Rate {
    /// The time from one call to the next.
    interval: Duration,
    /// How much earlier a call may come than that.
    slack: Duration,
}

/// When the next call would come if all came in their time.
static DUE: Mutex<Option<Instant>> = Mutex::new(None);

fn rate() -> Result<&'static Rate, Error> {
    static RATE: OnceLock<Result<Rate, String>> = OnceLock::new();
    RATE.get_or_init(read).as_ref().map_err(|err| Error::Other(err.clone()))
}

fn read() -> Result<Rate, String> {
    const SLOWEST: f64 = 0.001;
    let settings = Settings::read("LIMITER_", &["LIMITER_PER_SECOND", "LIMITER_BURST"])?;
    let calls = settings.number("LIMITER_PER_SECOND", SLOWEST..=1e6)?;
    let calls = calls.ok_or("`LIMITER_PER_SECOND` is not set: say how many calls may pass")?;
    let burst = settings.number("LIMITER_BURST", 1..=1_000_000_u32)?;
    // So many at once as may come in a second.
    let burst = burst.map_or(calls.max(1.0), f64::from);
    let interval = Duration::from_secs_f64(1.0 / calls);
    Ok(Rate { interval, slack: interval.mul_f64(burst - 1.0) })
}

/// Takes the place of one call, or says when there will be one.
fn admit() -> Result<(), Error> {
    let rate = rate()?;
    let mut due = DUE.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let early = due.map_or(Duration::ZERO, |due| due.saturating_duration_since(now));
    if early > rate.slack {
        let wait = (early - rate.slack).as_nanos();
        return Err(Error::Limited(u64::try_from(wait).unwrap_or(u64::MAX)));
    }
    *due = Some(now + early + rate.interval);
    Ok(())
}

struct Limiter;

impl Store for Limiter {
    fn get(key: String) -> Result<Option<Vec<u8>>, Error> {
        admit()?;
        next::get(&key)
    }

    fn set(key: String, value: Vec<u8>) -> Result<(), Error> {
        admit()?;
        next::set(&key, &value)
    }

    fn delete(key: String) -> Result<(), Error> {
        admit()?;
        next::delete(&key)
    }

    fn exists(key: String) -> Result<bool, Error> {
        admit()?;
        next::exists(&key)
    }

    fn keys(prefix: String, after: Option<String>, most: u32) -> Result<Page, Error> {
        admit()?;
        next::keys(&prefix, after.as_deref(), most)
    }

    fn swap(
        key: String,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
    ) -> Result<Swapped, Error> {
        admit()?;
        next::swap(&key, expected.as_deref(), value.as_deref())
    }

    fn increment(key: String, by: i64) -> Result<i64, Error> {
        admit()?;
        next::increment(&key, by)
    }
}

layer_sdk::export!(Limiter);
