//! A component that was read and understood.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::capability::{self, Capability};
use crate::digest::Digest;
use crate::effort;
use crate::error::ReadError;
use crate::parts::{self, Nested};
use crate::producers::Producers;
use crate::read::{self, MAX_FILE_SIZE, Notes};
use crate::sizes::Sizes;
use crate::world::{Extern, World};

/// Holds a valid component and what is known about it; cheap to clone.
///
/// That it is valid says nothing about who made it: see [`Verified`].
#[derive(Clone)]
pub struct Artifact(Arc<Inner>);

struct Inner {
    name: String,
    bytes: Vec<u8>,
    digest: OnceLock<Digest>,
    world: World,
    imports: Vec<Extern>,
    exports: Vec<Extern>,
    capabilities: Vec<Capability>,
    producers: Producers,
    version: Option<String>,
    sizes: Sizes,
    needs_concurrency: bool,
}

impl Artifact {
    /// Reads a file of at most [`MAX_FILE_SIZE`] bytes and examines it; its name is the file name.
    pub fn read(path: impl AsRef<Path>) -> Result<Artifact, ReadError> {
        let path = path.as_ref();
        let name = path.file_name().unwrap_or(path.as_os_str());
        Artifact::from_bytes(name.to_string_lossy(), read::file(path)?)
    }

    /// Examines bytes that are already in memory; `name` is what messages call them.
    pub fn from_bytes(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Artifact, ReadError> {
        let bytes = bytes.into();
        if bytes.len() as u64 > MAX_FILE_SIZE {
            return Err(ReadError::TooLarge { size: bytes.len() as u64 });
        }
        read::header(&bytes)?;
        let Notes { sizes, producers, version, concurrent } = read::validate(&bytes)?;
        let world = read::world(&bytes)?;
        let (imports, exports) = (world.imports(), world.exports());
        Ok(Artifact(Arc::new(Inner {
            name: name.into(),
            bytes,
            digest: OnceLock::new(),
            capabilities: capability::of(&imports),
            needs_concurrency: concurrent || world.is_async(),
            world,
            imports,
            exports,
            producers,
            version,
            sizes,
        })))
    }

    /// Gives the name that messages use, the file name where it was read from a file.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Gives the component itself.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Gives the digest of the bytes, computed when it is first asked for.
    pub fn digest(&self) -> Digest {
        *self.0.digest.get_or_init(|| Digest::of(&self.0.bytes))
    }

    /// Gives the world that the component implements, as far as its bytes tell.
    ///
    /// Components do not keep the name of their world, so it is always called `root`.
    pub fn world(&self) -> &World {
        &self.0.world
    }

    /// Lists what the component asks for, in its own order.
    pub fn imports(&self) -> &[Extern] {
        &self.0.imports
    }

    /// Lists what the component offers, in its own order.
    pub fn exports(&self) -> &[Extern] {
        &self.0.exports
    }

    /// Lists what the component may do outside its sandbox, if its policy grants it.
    pub fn capabilities(&self) -> &[Capability] {
        &self.0.capabilities
    }

    /// Gives the languages and tools that the component says it was made with.
    pub fn producers(&self) -> &Producers {
        &self.0.producers
    }

    /// Gives the version that the component says it has, as `wasm-tools metadata add --version` writes it.
    ///
    /// One that is longer than 64 bytes, or holds anything but visible ASCII, is none.
    pub fn version(&self) -> Option<&str> {
        self.0.version.as_deref()
    }

    /// Gives what the bytes are spent on.
    pub fn sizes(&self) -> &Sizes {
        &self.0.sizes
    }

    /// Estimates how long compiling it takes on one core; reads all of its code each time.
    ///
    /// It is right to a factor of about four, in which the machine is not reckoned.
    /// What compilers make takes less than 4 s for each megabyte, what is made to keep a compiler busy up to days.
    pub fn compile_time(&self) -> Duration {
        effort::of(&self.0.bytes)
    }

    /// Lists the components that it was composed of, in the order of their making; none, if one compiler made it.
    ///
    /// They are found in the bytes each time, whichever tool composed them.
    pub fn parts(&self) -> Vec<Nested> {
        parts::of(self)
    }

    /// Tells whether an async function, a stream or a future is anywhere in the world.
    ///
    /// A component may need an engine for that without it: see [`Artifact::needs_concurrency`].
    pub fn is_async(&self) -> bool {
        self.0.world.is_async()
    }

    /// Tells whether only an engine with support for concurrency runs it.
    ///
    /// That is so if its world is async, and also if a part of it, such as a language's runtime, has the built-in
    /// functions of concurrency at hand, though the world never asks for them.
    pub fn needs_concurrency(&self) -> bool {
        self.0.needs_concurrency
    }

    /// Accepts the component without a signature, because its origin is trusted otherwise.
    pub fn accept_unsigned(self) -> Verified {
        Verified(self)
    }
}

impl fmt::Debug for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artifact")
            .field("name", &self.0.name)
            .field("size", &self.0.sizes.total)
            .finish_non_exhaustive()
    }
}

/// Holds a component that somebody answers for; the only way to it is to accept an [`Artifact`].
#[derive(Clone, Debug)]
pub struct Verified(Artifact);

impl Verified {
    /// Gives the component.
    pub fn artifact(&self) -> &Artifact {
        &self.0
    }

    /// Gives the component, for good.
    pub fn into_artifact(self) -> Artifact {
        self.0
    }
}

impl Deref for Verified {
    type Target = Artifact;

    fn deref(&self) -> &Artifact {
        &self.0
    }
}
