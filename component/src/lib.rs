//! Component bytes in; what the component is, needs and promises.
//!
//! [`Artifact::read`] turns a file into an [`Artifact`]: validated, decoded, and described by its
//! [`World`], its [`Capability`] list, its [`Producers`] and its [`Sizes`]. [`differences`] tells
//! whether it conforms to the world that a host expects, and [`changes`] what a newer version of a
//! component, a world or a WIT package does to those who use the older one. [`compose`](fn@compose)
//! makes one component of several, and [`Artifact::parts`] finds them in it again. Nothing here runs a
//! component, and nothing here prints.

pub mod application;
mod artifact;
mod capability;
pub mod changes;
mod compose;
mod conform;
mod digest;
mod effort;
mod error;
mod nesting;
mod parts;
pub mod policy;
pub mod pristine;
mod producers;
mod read;
mod sizes;
mod version;
mod wit;
mod world;

pub use artifact::{Artifact, Verified};
pub use capability::{Access, Capability, CapabilityKind};
pub use compose::{
    ComposeError, Composition, Export, Lack, PackageName, Part, Place, Source, compose,
    compose_script,
};
pub use conform::{Difference, Problem, differences};
pub use digest::{Digest, NotADigest};
pub use error::{Lookalike, ReadError};
pub use parts::{Given, Nested};
pub use producers::{Producer, Producers};
pub use read::MAX_FILE_SIZE;
pub use sizes::Sizes;
pub use version::{same_item, unversioned};
pub use world::{Extension, Extern, ExternKind, Func, World};

// They appear in the signatures of `World`.
pub use wit_parser;

/// Compiles the program in the page on composing.
#[cfg(doctest)]
#[doc = include_str!("../../docs/concepts/composing.md")]
struct Composing;
