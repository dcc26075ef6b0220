//! Rewrites a component so that a sandbox of it can be put back to what it was when it had started.
//!
//! What the sandbox may be reused for is a proof: every write to its memories leaves a mark, whoever makes it, and the
//! marked parts are copied back; its globals are kept and restored; whatever else changes (tables, dropped segments,
//! handles, the size of a memory) is noted, and then the sandbox cannot be put back at all.
//! All of that is plain WebAssembly inside of the component, so it holds whatever the component tries.
//!
//! Who writes is known, since the rules are few: instructions of the component's own, and the canonical ABI, which
//! writes to what it had allocated, and to where a result goes.

mod body;
mod graph;
mod module;
mod parts;
mod values;

use crate::artifact::Artifact;
use crate::digest::Digest;

/// The function that keeps what the sandbox is; it gives whether that could be done.
pub const SNAPSHOT: &str = module::SNAPSHOT;

/// The function that makes the sandbox what it was; it gives whether that could be done.
pub const RESET: &str = module::RESET;

/// Holds a component whose sandboxes can be put back to what they were when they had started.
///
/// It exports the functions [`SNAPSHOT`] and [`RESET`] beside its own, which takes no parameters and give a `bool`.
#[derive(Clone, Debug)]
pub struct Resettable {
    bytes: Vec<u8>,
    memory: u64,
    core_instances: usize,
}

impl Resettable {
    /// Rewrites a component.
    ///
    /// # Errors
    ///
    /// See [`Unprovable`].
    pub fn of(artifact: &Artifact) -> Result<Self, Unprovable> {
        if artifact.needs_concurrency() {
            return Err(Unprovable::Async);
        }
        graph::rewrite(artifact.bytes())
    }

    /// Gives the component itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Gives the digest of its bytes.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// Gives the bytes of memory that a sandbox has beside its own, until it keeps what it is.
    pub fn memory(&self) -> u64 {
        self.memory
    }

    /// Gives how many core instances a sandbox has beside its own.
    pub fn core_instances(&self) -> usize {
        self.core_instances
    }
}

/// Says what stands in the way of proving that a sandbox can be put back to what it was.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unprovable {
    /// What runs beside a call is not seen: use fresh sandboxes.
    #[error("it has async parts, which live on beside a call")]
    Async,

    /// It has parts that are components: use fresh sandboxes, or the parts alone.
    #[error("it is composed of other components")]
    Composed,

    /// A part of it places data in another's memory: use fresh sandboxes, or link it statically.
    #[error("a core module of it places data in the memory of another")]
    DataElsewhere,

    /// A global of it has no value that it could have before it is kept: use fresh sandboxes.
    #[error("a core module of it has a global that cannot be kept: a reference that is never null")]
    Global,

    /// The memory and its image need more than the 4 GiB that a memory can have: use fresh sandboxes.
    #[error("a memory of it is too large to have an image beside it")]
    MemoryTooLarge,

    /// It takes core modules, or gives them: use fresh sandboxes.
    #[error("it imports or exports core modules, whose writes cannot be followed")]
    Modules,

    /// A name in it is one of those that are needed: rename it.
    #[error("its name `{name}` is one that Plugwright uses")]
    #[non_exhaustive]
    Reserved {
        /// The name.
        name: String,
    },

    /// It uses threads, 64-bit memories, several memories in a module, or another extension: use fresh sandboxes.
    #[error("it uses an extension of WebAssembly whose writes are not followed: {source}")]
    #[non_exhaustive]
    Unfollowed {
        /// What it uses, and where.
        source: wasmparser::BinaryReaderError,
    },

    /// A part of it could not be written again: report it, with the file.
    #[error("a part of it could not be rewritten: {message}")]
    #[non_exhaustive]
    Unwritten {
        /// What the encoder said.
        message: String,
    },
}
