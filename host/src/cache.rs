//! Compiled code on disk, by the component's digest and the engine's settings.
//!
//! An entry is the code followed by its checksum (XXH3, 128 bits), written to a temporary file and renamed, so that a
//! reader sees all of it or nothing.
//! Whatever goes wrong with the cache costs time, never a failure: it is told through `tracing` and the component is
//! compiled.
#![expect(
    unsafe_code,
    reason = "wasmtime trusts compiled code: `CodeCache::read` says why this code deserves it"
)]

use std::{
    fs::{self, File},
    hash::{Hash, Hasher},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use plugwright_component::Digest;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, component::Component};
use xxhash_rust::xxh3::Xxh3;

use crate::{engine::Variant, error::EngineError};

/// The length of a checksum, in bytes.
const SUM: usize = 16;

/// A folder of compiled code that only its owner may read and write.
#[derive(Clone, Debug)]
pub(crate) struct CodeCache {
    folder: PathBuf,
}

impl CodeCache {
    /// Opens the folder, creating it where it is missing.
    ///
    /// # Errors
    ///
    /// The folder cannot be created, or belongs to another user.
    pub(crate) fn open(folder: &Path) -> Result<Self, EngineError> {
        let failed = |source| EngineError::CacheFolder { folder: folder.to_owned(), source };
        create_private(folder).map_err(failed)?;
        let meta = fs::symlink_metadata(folder).map_err(failed)?;
        if !meta.is_dir() || !is_ours(&meta) {
            return Err(EngineError::CacheForeign { folder: folder.to_owned() });
        }
        make_private(folder, &meta).map_err(failed)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The code for `digest`, from the cache where it has it, else from `compile`.
    pub(crate) fn component<E>(
        &self,
        variant: &Variant,
        digest: &Digest,
        compile: impl FnOnce() -> Result<Component, E>,
    ) -> Result<Component, E> {
        let path = self.folder.join(format!("{}-{:016x}.code", digest.hex(), variant.settings));
        match Self::read(&variant.wasm, &path) {
            Ok(Some(component)) => return Ok(component),
            Ok(None) => {}
            Err(reason) => {
                tracing::warn!(path = %path.display(), %reason, "a cached entry is not used and will be written anew");
            }
        }
        let component = compile()?;
        let written = component
            .serialize()
            .map_err(io::Error::other)
            .and_then(|code| self.write(&path, &code));
        if let Err(reason) = written {
            tracing::warn!(path = %path.display(), %reason, "compiled code could not be cached");
        }
        Ok(component)
    }

    /// The entry at `path`; `None` where there is none.
    fn read(engine: &Engine, path: &Path) -> io::Result<Option<Component>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let meta = file.metadata()?;
        if !meta.is_file() || !is_ours(&meta) || !is_private(&meta) {
            return Err(io::Error::other("another user could have written it"));
        }
        let Some(length) = meta.len().checked_sub(SUM as u64) else {
            return Err(io::Error::other("it is cut short"));
        };
        let mut written = [0; SUM];
        let sum = checksum(&mut file, length)?;
        file.read_exact(&mut written)?;
        if sum != written {
            return Err(io::Error::other("it is damaged"));
        }
        // SAFETY: `deserialize_file` demands what `Component::serialize` produced, unchanged for as long as the
        // component lives, since it maps the file.
        // The file is a regular one that this user owns and nobody else may write, in a folder of which the same
        // holds. `write` is the only code that puts a file there: it writes what `serialize` returned under another
        // name and renames it, so what has this name is whole, even if it was replaced since it was opened, and is
        // never changed in place.
        // The sum shows that it is undamaged; it need not withstand an attacker, who would need this user's rights
        // to write here, and with them could change the program itself.
        // Code for another version or other settings of wasmtime is refused by `deserialize_file` itself.
        let component = unsafe { Component::deserialize_file(engine, path) };
        component.map(Some).map_err(|error| io::Error::other(format!("{error:#}")))
    }

    fn write(&self, path: &Path, code: &[u8]) -> io::Result<()> {
        // `tempfile` creates with mode 0600 and removes the file when anything below fails.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(code)?;
        file.write_all(&checksum(&mut &*code, code.len() as u64)?)?;
        file.persist(path)?;
        Ok(())
    }
}

/// The sum of the next so many bytes, read in pieces that stay in the processor's cache.
fn checksum(from: &mut impl Read, mut length: u64) -> io::Result<[u8; SUM]> {
    let mut piece = [0; 16 << 10];
    let mut sum = Xxh3::new();
    while length > 0 {
        let most = usize::try_from(length).unwrap_or(usize::MAX).min(piece.len());
        from.read_exact(&mut piece[..most])?;
        sum.update(&piece[..most]);
        length -= most as u64;
    }
    Ok(sum.digest128().to_le_bytes())
}

/// What compiled code depends on beside the component: wasmtime's version, its settings and the machine's features.
pub(crate) fn settings(engine: &Engine) -> u64 {
    let mut settings = Sha256Hasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    settings.finish()
}

/// Feeds what wasmtime hashes into SHA-256, since the standard library promises no stable hash.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let sum = self.0.clone().finalize();
        u64::from_le_bytes(std::array::from_fn(|at| sum[at]))
    }
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn make_private(folder: &Path, meta: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if is_private(meta) && meta.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(unix)]
fn is_ours(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(unix)]
fn is_private(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.mode() & 0o022 == 0
}

// Elsewhere a user's folders are private by the system's own defaults.
#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn make_private(_: &Path, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn is_ours(_: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}
