//! Fails on purpose, and the same way each time: for tests of what stands before a store.
//!
//! It counts calls for as long as its sandbox lives, which therefore has to be pinned.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use layer_sdk::store::Store;
use layer_sdk::store_import as next;
use layer_sdk::types::{Error, Page, Swapped};
use settings::Settings;

/// Which calls fail, and how.
struct Plan {
    seed: u64,
    /// Every call of such a number fails; none if it is 0.
    every: u64,
    /// The share of calls that fail, from 0 to 1.
    chance: f64,
    delay: Duration,
    /// Whether a call that fails reaches the next store first.
    after: bool,
    error: &'static str,
}

const KNOWN: [&str; 6] = [
    "FAULTS_CHANCE",
    "FAULTS_DELAY_MS",
    "FAULTS_ERROR",
    "FAULTS_EVERY",
    "FAULTS_SEED",
    "FAULTS_WHEN",
];

const ERRORS: [&str; 7] = ["unavailable", "denied", "full", "limited", "other", "none", "trap"];

fn plan() -> Result<&'static Plan, Error> {
    static PLAN: OnceLock<Result<Plan, String>> = OnceLock::new();
    PLAN.get_or_init(read).as_ref().map_err(|err| Error::Other(err.clone()))
}

fn read() -> Result<Plan, String> {
    const LONGEST: u64 = 3_600_000;
    let settings = Settings::read("FAULTS_", &KNOWN)?;
    let delay = settings.number("FAULTS_DELAY_MS", 0..=LONGEST)?.unwrap_or(0);
    Ok(Plan {
        seed: settings.number("FAULTS_SEED", 0..=u64::MAX)?.unwrap_or(0),
        every: settings.number("FAULTS_EVERY", 0..=u64::MAX)?.unwrap_or(0),
        chance: settings.number("FAULTS_CHANCE", 0.0..=1.0)?.unwrap_or(0.0),
        delay: Duration::from_millis(delay),
        after: settings.word("FAULTS_WHEN", &["before", "after"])? == 1,
        error: ERRORS[settings.word("FAULTS_ERROR", &ERRORS)?],
    })
}

/// Makes a call, or fails it.
fn perhaps<R>(call: impl FnOnce() -> Result<R, Error>) -> Result<R, Error> {
    /// The number of the next call, from 1.
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let plan = plan()?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    if !plan.fails(number) {
        return call();
    }
    thread::sleep(plan.delay);
    if plan.error == "none" {
        return call();
    }
    if plan.after {
        call()?;
    }
    let text = format!("call {number} was to fail");
    Err(match plan.error {
        "denied" => Error::Denied(text),
        "full" => Error::Full,
        "limited" => Error::Limited(1_000_000),
        "other" => Error::Other(text),
        "trap" => panic!("{text}"),
        _ => Error::Unavailable(text),
    })
}

impl Plan {
    fn fails(&self, number: u64) -> bool {
        /// What 53 bits, which is as many as a float holds, are parts of.
        const WHOLE: f64 = (1_u64 << 53) as f64;
        let drawn = (mixed(self.seed.wrapping_add(number.wrapping_mul(GOLDEN))) >> 11) as f64;
        (self.every > 0 && number.is_multiple_of(self.every)) || drawn / WHOLE < self.chance
    }
}

/// The step of splitmix64, by which numbers of calls are spread.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The mixing function of splitmix64.
fn mixed(mut it: u64) -> u64 {
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

struct Faults;

impl Store for Faults {
    fn get(key: String) -> Result<Option<Vec<u8>>, Error> {
        perhaps(|| next::get(&key))
    }

    fn set(key: String, value: Vec<u8>) -> Result<(), Error> {
        perhaps(|| next::set(&key, &value))
    }

    fn delete(key: String) -> Result<(), Error> {
        perhaps(|| next::delete(&key))
    }

    fn exists(key: String) -> Result<bool, Error> {
        perhaps(|| next::exists(&key))
    }

    fn keys(prefix: String, after: Option<String>, most: u32) -> Result<Page, Error> {
        perhaps(|| next::keys(&prefix, after.as_deref(), most))
    }

    fn swap(
        key: String,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
    ) -> Result<Swapped, Error> {
        perhaps(|| next::swap(&key, expected.as_deref(), value.as_deref()))
    }

    fn increment(key: String, by: i64) -> Result<i64, Error> {
        perhaps(|| next::increment(&key, by))
    }
}

layer_sdk::export!(Faults);
