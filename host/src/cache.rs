//! Compiled code that may run: what lies on disk by the component's digest and the engine's settings, and what was
//! compiled on another machine.
//!
//! Compiled code is native code, so an entry is run only if its seal proves that this cache wrote it: a hash of the
//! code and of the entry's name (BLAKE3, keyed) with a key that lies beside the entries and that only their owner may
//! read.
//! An entry is written to a temporary file and renamed, so that a reader sees all of it or nothing, whoever else reads,
//! writes or removes entries at the same time, and whenever a writer is killed.
//! Whatever goes wrong with the cache costs time, never a failure: it is told through `tracing` and the component is
//! compiled.
#![expect(
    unsafe_code,
    reason = "wasmtime trusts compiled code: `CodeCache::read` and `Trusted::component` say why theirs deserves it"
)]

use std::{
    fs::{self, File},
    hash::{Hash, Hasher},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use plugwright_component::Digest;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, component::Component};

use crate::{engine::Variant, error::EngineError, seal::SealKey, trace};

/// The length of a key and of a seal, in bytes.
pub(crate) const SEAL: usize = 32;

/// How often an entry that is used is marked as used.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// After this long, a file that nobody renamed was left by a writer that was killed.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// A folder of compiled code that only its owner may read and write.
pub(crate) struct CodeCache {
    folder: PathBuf,
    key: [u8; SEAL],
    most: u64,
    oldest: Duration,
    hits: AtomicU64,
    misses: AtomicU64,
    refused: AtomicU64,
}

impl std::fmt::Debug for CodeCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeCache").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl CodeCache {
    /// Opens the folder, creating it where it is missing, for so many bytes of entries that were used in so long.
    ///
    /// # Errors
    ///
    /// The folder cannot be created, or belongs to another user.
    pub(crate) fn open(folder: &Path, most: u64, oldest: Duration) -> Result<Self, EngineError> {
        let failed = |source| EngineError::CacheFolder { folder: folder.to_owned(), source };
        create_private(folder).map_err(failed)?;
        let meta = fs::symlink_metadata(folder).map_err(failed)?;
        if !meta.is_dir() || !is_ours(&meta) {
            return Err(EngineError::CacheForeign { folder: folder.to_owned() });
        }
        make_private(folder, &meta).map_err(failed)?;
        let key = key(folder).map_err(failed)?;
        let (hits, misses, refused) = Default::default();
        Ok(Self { folder: folder.to_owned(), key, most, oldest, hits, misses, refused })
    }

    /// How often code was found, was not, and was there but not trusted.
    pub(crate) fn lookups(&self) -> [u64; 3] {
        [&self.hits, &self.misses, &self.refused].map(|it| it.load(Ordering::Relaxed))
    }

    /// The code for `digest`, from the cache where it has it, else from `compile`.
    pub(crate) fn component<E>(
        &self,
        variant: &Variant,
        digest: &Digest,
        compile: impl FnOnce() -> Result<Component, E>,
    ) -> Result<Component, E> {
        if let Some(component) = self.get(variant, digest) {
            return Ok(component);
        }
        trace::loaded(false);
        let path = self.entry(variant, digest);
        let component = compile()?;
        let written = component
            .serialize()
            .map_err(io::Error::other)
            .and_then(|code| self.write(&path, &code));
        match written {
            Ok(()) => self.trim(&path),
            Err(reason) => {
                tracing::warn!(path = %path.display(), %reason, "compiled code could not be cached");
            }
        }
        Ok(component)
    }

    /// The code for `digest`, where the cache has it.
    pub(crate) fn get(&self, variant: &Variant, digest: &Digest) -> Option<Component> {
        let path = self.entry(variant, digest);
        match self.read(&variant.wasm, &path) {
            Ok(Some(component)) => {
                trace::loaded(true);
                self.hits.fetch_add(1, Ordering::Relaxed);
                Some(component)
            }
            Ok(None) => {
                self.misses.fetch_add(1, Ordering::Relaxed);
                None
            }
            Err(reason) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(path = %path.display(), %reason, "a cached entry is not used and will be written anew");
                None
            }
        }
    }

    fn entry(&self, variant: &Variant, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{}-{:016x}.code", digest.hex(), variant.settings))
    }

    /// The entry at `path`; `None` where there is none.
    fn read(&self, engine: &Engine, path: &Path) -> io::Result<Option<Component>> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let meta = file.metadata()?;
        if !meta.is_file() || !is_ours(&meta) || !is_private(&meta) {
            return Err(io::Error::other("another user could have written it"));
        }
        let Some(length) = meta.len().checked_sub(SEAL as u64) else {
            return Err(io::Error::other("it is cut short"));
        };
        let seal = self.seal(path, &mut (&mut file).take(length))?;
        let mut written = [0; SEAL];
        file.read_exact(&mut written)?;
        // Comparing hashes of this type takes the same time whatever they are.
        if seal != blake3::Hash::from_bytes(written) {
            return Err(io::Error::other("its seal is not the one of this cache"));
        }
        // SAFETY: `deserialize_file` demands what `Component::serialize` produced, unchanged for as long as the
        // component lives, since it maps the file.
        // The seal proves that whoever wrote the file had the key, which only this user can read, and wrote it for
        // this component and these settings: `write` is the only code that makes seals, over what `serialize`
        // returned.
        // The file is a regular one that this user owns and nobody else may write, in a folder of which the same
        // holds; it was renamed into its place when it was whole, is never changed in place, and what replaces it
        // was sealed in the same way.
        // Code for another version or other settings of wasmtime is refused by `deserialize_file` itself.
        let component = unsafe { Component::deserialize_file(engine, path) };
        let component = component.map_err(|error| io::Error::other(format!("{error:#}")))?;
        let now = SystemTime::now();
        if meta.modified().is_ok_and(|it| age(now, it) > DAY) {
            // So that entries in use are not the oldest; that it fails is no reason not to use it.
            let _ = file.set_modified(now);
        }
        Ok(Some(component))
    }

    fn write(&self, path: &Path, code: &[u8]) -> io::Result<()> {
        // `tempfile` creates with mode 0600 and removes the file when anything below fails.
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.folder)?;
        file.write_all(code)?;
        file.write_all(self.seal(path, &mut &*code)?.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    /// The seal of an entry of this name.
    fn seal(&self, path: &Path, code: &mut impl Read) -> io::Result<blake3::Hash> {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name).update_reader(code)?;
        Ok(hasher.finalize())
    }

    /// Removes what is too old, and the oldest of what is too much, but not the entry that was just written.
    fn trim(&self, newest: &Path) {
        let now = SystemTime::now();
        let Ok(files) = fs::read_dir(&self.folder) else { return };
        let mut entries: Vec<(Duration, u64, PathBuf)> = Vec::new();
        for file in files.filter_map(Result::ok) {
            let (path, Ok(meta)) = (file.path(), file.metadata()) else { continue };
            let age = meta.modified().map_or(Duration::ZERO, |it| age(now, it));
            let is_temporary =
                file.file_name().as_encoded_bytes().starts_with(TEMPORARY.as_bytes());
            if is_temporary && age > ABANDONED {
                let _ = fs::remove_file(&path);
            }
            if path.extension().is_some_and(|it| it == "code") && path != newest {
                entries.push((age, meta.len(), path));
            }
        }
        entries.sort();
        let mut left = self.most.saturating_sub(fs::metadata(newest).map_or(0, |it| it.len()));
        for (age, length, path) in entries {
            match left.checked_sub(length) {
                Some(rest) if age <= self.oldest => left = rest,
                // Another process may have removed it; what cannot be removed is tried again next time.
                _ => drop(fs::remove_file(&path)),
            }
        }
    }
}

/// What the name of a file that is not whole begins with.
const TEMPORARY: &str = ".new-";

fn age(now: SystemTime, then: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or_default()
}

/// The key of the cache in this folder, made where there is none that only its owner could have read.
fn key(folder: &Path) -> io::Result<[u8; SEAL]> {
    let path = folder.join("key");
    // A second time, because another process may have made one in between.
    for _ in 0..2 {
        if let Ok(mut file) = File::open(&path) {
            let meta = file.metadata()?;
            let mut key = [0; SEAL];
            let fits = meta.is_file() && meta.len() == SEAL as u64;
            if fits && is_ours(&meta) && is_secret(&meta) && file.read_exact(&mut key).is_ok() {
                return Ok(key);
            }
            fs::remove_file(&path)?;
        }
        match new_key(folder, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            key => return key,
        }
    }
    Err(io::Error::other("its key is replaced again and again"))
}

/// Makes a key in a file of this folder that is not there yet and that only its owner may read.
pub(crate) fn new_key(folder: &Path, path: &Path) -> io::Result<[u8; SEAL]> {
    let mut key = [0; SEAL];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
    file.write_all(&key)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(key)
}

/// Compiled code that was compiled here, or by whoever has the key that the host was given, and what was said of it.
///
/// Invariant: nothing but `compile` and `open` makes one.
#[derive(Clone)]
pub(crate) struct Trusted {
    head: Vec<u8>,
    code: Vec<u8>,
}

impl Trusted {
    /// Compiles the bytes of a component, for the target of the engine.
    pub(crate) fn compile(
        engine: &Engine,
        component: &[u8],
        head: Vec<u8>,
    ) -> wasmtime::Result<Self> {
        Ok(Self { head, code: engine.precompile_component(component)? })
    }

    /// Opens what was sealed with this key; `None` where it was not, or not all of it is there.
    pub(crate) fn open(bytes: &[u8], key: &SealKey) -> Option<Self> {
        let (sealed, seal) = bytes.split_last_chunk::<SEAL>()?;
        // Comparing hashes of this type takes the same time whatever they are.
        if blake3::keyed_hash(key.bytes(), sealed) != blake3::Hash::from_bytes(*seal) {
            return None;
        }
        let (length, rest) = sealed.split_first_chunk()?;
        let (head, code) =
            rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        Some(Self { head: head.to_vec(), code: code.to_vec() })
    }

    /// Puts the same into bytes that `open` opens.
    pub(crate) fn seal(&self, key: &SealKey) -> Vec<u8> {
        let length = u32::try_from(self.head.len()).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = [&length, &self.head[..], &self.code].concat();
        let seal = blake3::keyed_hash(key.bytes(), &bytes);
        bytes.extend_from_slice(seal.as_bytes());
        bytes
    }

    /// What was said of the code by whoever compiled it.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// The code, ready to be linked.
    pub(crate) fn component(&self, engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: `deserialize` demands what `Engine::precompile_component` produced, and copies it.
        // Either `compile` has just produced it, and nothing has changed it since; or `open` proved with a keyed hash
        // over all of it that whoever wrote it had the host author's key, and `seal` is the only code that makes such
        // hashes, over what `compile` produced.
        // Code for another machine, another version or other settings of wasmtime is refused by `deserialize` itself.
        unsafe { Component::deserialize(engine, &self.code) }
    }
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
pub(crate) fn is_secret(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.mode() & 0o077 == 0
}

#[cfg(not(unix))]
pub(crate) fn is_secret(_: &fs::Metadata) -> bool {
    true
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
