//! Keeps values in a folder that its policy grants, a file each.
//!
//! A value is written beside, and moved into its place when it is whole. Whoever changes something holds the folder's
//! lock, so that any number of sandboxes and programs may use one folder at once.

mod error;
mod file;
mod lock;
mod names;
mod place;
mod written;

use std::collections::BTreeSet;

use base_sdk::store::Store;
use base_sdk::types::{Error, Page, Swapped};

use crate::lock::Lock;
use crate::place::Place;

/// The most keys in a page.
const PAGE: usize = 1000;

struct Folder;

impl Store for Folder {
    fn get(key: String) -> Result<Option<Vec<u8>>, Error> {
        file::read(&Place::of(&key)?)
    }

    fn set(key: String, value: Vec<u8>) -> Result<(), Error> {
        let place = Place::of(&key)?;
        place.bounded(&value)?;
        let _lock = Lock::take(place.folder())?;
        file::write(&place, &value)
    }

    fn delete(key: String) -> Result<(), Error> {
        let place = Place::of(&key)?;
        let _lock = Lock::take(place.folder())?;
        file::delete(&place)
    }

    fn exists(key: String) -> Result<bool, Error> {
        file::exists(&Place::of(&key)?)
    }

    fn keys(prefix: String, after: Option<String>, most: u32) -> Result<Page, Error> {
        let most = match usize::try_from(most) {
            Ok(most @ 1..=PAGE) => most,
            _ => PAGE,
        };
        let mut keys = BTreeSet::new();
        for key in file::keys(place::folder()?)? {
            let key = key?;
            let is_next = after.as_ref().is_none_or(|after| key > *after);
            if is_next && key.starts_with(&*prefix) {
                keys.insert(key);
                // One more than the page holds says that there is another page.
                if keys.len() > most + 1 {
                    keys.pop_last();
                }
            }
        }
        let is_last = keys.len() <= most;
        let keys: Vec<String> = keys.into_iter().take(most).collect();
        let next = if is_last { None } else { keys.last().cloned() };
        Ok(Page { keys, next })
    }

    fn swap(
        key: String,
        expected: Option<Vec<u8>>,
        value: Option<Vec<u8>>,
    ) -> Result<Swapped, Error> {
        let place = Place::of(&key)?;
        place.bounded(value.as_deref().unwrap_or_default())?;
        let _lock = Lock::take(place.folder())?;
        let found = file::read(&place)?;
        if found != expected {
            return Ok(Swapped::Differs(found));
        }
        match value {
            Some(value) => file::write(&place, &value)?,
            None => file::delete(&place)?,
        }
        Ok(Swapped::Done)
    }

    fn increment(key: String, by: i64) -> Result<i64, Error> {
        let place = Place::of(&key)?;
        let _lock = Lock::take(place.folder())?;
        let number = match file::read(&place)? {
            None => 0,
            Some(found) => {
                let number = str::from_utf8(&found).ok().and_then(|it| it.parse::<i64>().ok());
                number.ok_or(Error::NotANumber)?
            }
        };
        let sum = number.checked_add(by).ok_or(Error::NotANumber)?;
        file::write(&place, sum.to_string().as_bytes())?;
        Ok(sum)
    }
}

base_sdk::export!(Folder);
