//! The key with which compiled code is sealed on the machine that compiles, and checked on the machine that runs it.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::cache::{self, SEAL};

/// Seals compiled code, and opens it again: 32 random bytes.
///
/// Whoever has the key can make native code that a host with the same key runs, outside of any sandbox.
/// So it belongs to those who may change the host itself, and to nobody else.
#[derive(Clone)]
pub struct SealKey([u8; SEAL]);

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file cannot be read: check its path and its permissions.
    #[error("the key `{}` cannot be read", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be made, or is there already: check its path and the permissions of its folder.
    #[error("the key `{}` cannot be made", .path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read the file: take that from them, and make a new key if they are not to be trusted.
    #[error("the key `{}` can be read by others than its owner: give it mode 0600", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// The file is no key: name the one that sealed the code.
    #[error("the key `{}` does not have 32 bytes: name the file that was made as a key", .path.display())]
    Length {
        /// The file.
        path: PathBuf,
    },
}

impl SealKey {
    /// Reads a key from a file that only its owner may read.
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let failed = |source| KeyError::Read { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        let meta = file.metadata().map_err(failed)?;
        if !meta.is_file() || meta.len() != SEAL as u64 {
            return Err(KeyError::Length { path: path.to_owned() });
        }
        if !cache::is_secret(&meta) {
            return Err(KeyError::Open { path: path.to_owned() });
        }
        let mut key = [0; SEAL];
        file.read_exact(&mut key).map_err(failed)?;
        Ok(Self(key))
    }

    /// Makes a key, in a file that is not there yet and that only its owner may read (mode 0600).
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
        let made = cache::new_key(folder, path);
        made.map(Self).map_err(|source| KeyError::Create { path: path.to_owned(), source })
    }

    pub(crate) fn bytes(&self) -> &[u8; SEAL] {
        &self.0
    }
}

/// A key that is kept elsewhere than in a file, as in a device's protected memory.
impl From<[u8; SEAL]> for SealKey {
    fn from(bytes: [u8; SEAL]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").finish_non_exhaustive()
    }
}
