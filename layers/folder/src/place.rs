//! Where a value is kept, and how large it may be.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base_sdk::types::Error;
use settings::Settings;

use crate::names;

/// The longest key, in bytes.
const LONGEST_KEY: usize = 1024;

/// What the policy sets.
struct Setup {
    folder: PathBuf,
    /// The largest value, in bytes.
    largest: usize,
}

/// A key, and the file for it.
pub(crate) struct Place {
    pub(crate) key: String,
    pub(crate) file: PathBuf,
}

fn setup() -> Result<&'static Setup, Error> {
    static SETUP: OnceLock<Result<Setup, String>> = OnceLock::new();
    SETUP.get_or_init(read).as_ref().map_err(|err| Error::Other(err.clone()))
}

fn read() -> Result<Setup, String> {
    const MIB: usize = 1 << 20;
    let settings = Settings::read("FOLDER_", &["FOLDER_PATH", "FOLDER_VALUE_BYTES"])?;
    let largest = settings.number("FOLDER_VALUE_BYTES", MIB..=64 * MIB)?.unwrap_or(MIB);
    Ok(Setup { folder: settings.text("FOLDER_PATH").unwrap_or("/store").into(), largest })
}

/// The folder in which all values are.
pub(crate) fn folder() -> Result<&'static Path, Error> {
    Ok(&setup()?.folder)
}

impl Place {
    /// Finds the file of a key.
    pub(crate) fn of(key: &str) -> Result<Place, Error> {
        let length = key.len();
        if key.is_empty() {
            return Err(Error::BadKey("a key has at least one character".to_owned()));
        }
        if length > LONGEST_KEY {
            let text = format!("the key has {length} bytes, and may have {LONGEST_KEY}");
            return Err(Error::BadKey(text));
        }
        let file = folder()?.join(names::of(key));
        Ok(Place { key: key.to_owned(), file })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(&self.file)
    }

    /// Refuses a value that is too large.
    pub(crate) fn bounded(&self, value: &[u8]) -> Result<(), Error> {
        let most = setup()?.largest;
        if value.len() > most { Err(Error::TooLarge(most as u64)) } else { Ok(()) }
    }
}
