//! Keeps what was read and written last, and answers for the next store where it can.
//!
//! What is written goes to the next store first. That a key has no value is kept, too.
//! It knows only what goes through it: nobody else may write to the store behind it, unless `CACHE_SECONDS` says how
//! old an answer may be.
//! It keeps it for as long as its sandbox lives, which therefore has to be pinned.

mod entries;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use counting_layer_sdk::counts::{Counted, Counts};
use counting_layer_sdk::store::Store;
use counting_layer_sdk::store_import as next;
use counting_layer_sdk::types::{Error, Page, Swapped};
use settings::Settings;

use crate::entries::{Bounds, Entries};

fn entries() -> Result<MutexGuard<'static, Entries>, Error> {
    static ENTRIES: OnceLock<Result<Mutex<Entries>, String>> = OnceLock::new();
    let entries = ENTRIES.get_or_init(|| Ok(Mutex::new(Entries::new(bounds()?))));
    let entries = entries.as_ref().map_err(|err| Error::Other(err.clone()))?;
    Ok(entries.lock().unwrap_or_else(PoisonError::into_inner))
}

fn bounds() -> Result<Bounds, String> {
    const YEAR: u64 = 366 * 24 * 3600;
    let settings = Settings::read("CACHE_", &["CACHE_BYTES", "CACHE_ENTRIES", "CACHE_SECONDS"])?;
    let age = settings.number("CACHE_SECONDS", 1..=YEAR)?;
    Ok(Bounds {
        entries: settings.number("CACHE_ENTRIES", 1..=10_000_000)?.unwrap_or(10_000),
        bytes: settings.number("CACHE_BYTES", 1..=1 << 30)?.unwrap_or(8 << 20),
        age: age.map(Duration::from_secs),
    })
}

/// Changes something in the next store, and keeps what the key has from then on.
///
/// If the call failed nobody knows whether it did what it should, and what was known of the key is dropped.
fn written<R>(
    key: &str,
    write: impl FnOnce() -> Result<R, Error>,
    known: impl FnOnce(&R) -> Option<Vec<u8>>,
) -> Result<R, Error> {
    // Settings that are at fault are told before anything is done.
    drop(entries()?);
    let result = write();
    let mut entries = entries()?;
    match &result {
        Ok(done) => entries.keep(key, known(done)),
        Err(_) => entries.forget(key),
    }
    result
}

struct Cache;

impl Store for Cache {
    fn get(key: String) -> Result<Option<Vec<u8>>, Error> {
        if let Some(value) = entries()?.find(&key) {
            return Ok(value.map(<[u8]>::to_vec));
        }
        let value = next::get(&key)?;
        entries()?.keep(&key, value.clone());
        Ok(value)
    }

    fn set(key: String, value: Vec<u8>) -> Result<(), Error> {
        let write = || next::set(&key, &value);
        written(&key, write, |()| Some(value.clone()))
    }

    fn delete(key: String) -> Result<(), Error> {
        written(&key, || next::delete(&key), |()| None)
    }

    fn exists(key: String) -> Result<bool, Error> {
        if let Some(value) = entries()?.find(&key) {
            return Ok(value.is_some());
        }
        let exists = next::exists(&key)?;
        if !exists {
            entries()?.keep(&key, None);
        }
        Ok(exists)
    }

    fn keys(prefix: String, after: Option<String>, most: u32) -> Result<Page, Error> {
        next::keys(&prefix, after.as_deref(), most)
    }

    fn swap(
        key: String,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
    ) -> Result<Swapped, Error> {
        let write = || next::swap(&key, expected.as_deref(), value.as_deref());
        written(&key, write, |swapped| match swapped {
            Swapped::Done => value.clone(),
            Swapped::Differs(found) => found.clone(),
        })
    }

    fn increment(key: String, by: i64) -> Result<i64, Error> {
        let write = || next::increment(&key, by);
        written(&key, write, |number| Some(number.to_string().into_bytes()))
    }
}

impl Counts for Cache {
    fn read() -> Counted {
        // Where the settings are at fault every call says so, and nothing was counted.
        entries().map(|it| it.counted()).unwrap_or(Counted {
            hits: 0,
            misses: 0,
            evictions: 0,
            entries: 0,
            bytes: 0,
        })
    }
}

counting_layer_sdk::export!(Cache);
