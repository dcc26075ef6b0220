//! From several components to one: they share nothing, and each import has exactly one source.
//!
//! `links` finds the source of every import and every fault that a plan can have, `origin` tells resources of the same
//! name apart, `denied` makes the components that stand in for what is denied, `encode` writes the outcome, `finish`
//! gives its imports their names, and `wac` does the same from the language of that name.

mod denied;
mod encode;
mod error;
mod finish;
mod links;
mod origin;
mod wac;

pub(crate) use self::denied::MARK;
pub use self::error::{ComposeError, Lack, Place};
pub use self::wac::{PackageName, compose_script};

use crate::artifact::Artifact;

/// Says what is to become one component.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    /// The components that it is made of, in any order.
    pub parts: Vec<Part>,
    /// What the whole offers, in any order.
    pub exports: Vec<Export>,
}

/// Names one instance of a component in a [`Composition`]; a component may be in it more than once.
#[derive(Clone, Debug)]
pub struct Part {
    /// What messages and the composed component call it; no two parts have the same name.
    pub name: String,
    /// The component.
    pub artifact: Artifact,
    /// Where each of its imports comes from, by the import's name; a compatible version will do.
    ///
    /// What is only types needs no source.
    pub imports: Vec<(String, Source)>,
}

/// Tells where an import comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An export of another part; a compatible version will do.
    Part {
        /// The place of that part in [`Composition::parts`].
        part: usize,
        /// The name of the export.
        export: String,
    },
    /// Whoever loads the composed component: it becomes an import of the whole.
    Outside,
    /// Nobody: a stand-in answers with an error where the WIT has one that says so, and traps by name otherwise.
    Denied,
}

/// Names one thing that the whole offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// What it is called outside.
    pub name: String,
    /// The place of the part that has it in [`Composition::parts`].
    pub part: usize,
    /// What that part calls it; a compatible version will do.
    pub export: String,
}

/// Finds what is wrong with a plan, without making anything of it.
pub(crate) fn examine(composition: &Composition) -> Result<(), ComposeError> {
    links::link(composition).map(drop)
}

/// Makes one component of several; the same plan gives the same bytes, in whatever order its parts are listed.
///
/// The outcome imports what its parts have from [`Source::Outside`] and nothing else. Several of them that import
/// compatible versions of one interface share one import, of the highest version.
///
/// # Errors
///
/// Every [`ComposeError`] but [`ComposeError::Bug`] is about the plan, and is found before anything is encoded.
pub fn compose(composition: &Composition) -> Result<Vec<u8>, ComposeError> {
    let plan = links::link(composition)?;
    let bytes = encode::encode(&plan)?;
    finish::finish(&plan, &bytes)
}
