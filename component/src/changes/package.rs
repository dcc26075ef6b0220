//! A WIT package, as something that has versions.

use std::fmt;

use semver::Version;
use wit_parser::{PackageId, Resolve};

use crate::version;

/// Holds a WIT package and everything that it refers to.
#[derive(Clone)]
pub struct Package {
    resolve: Resolve,
    id: PackageId,
}

impl Package {
    /// Takes a package that was parsed or decoded.
    ///
    /// # Panics
    ///
    /// Panics if `id` is not a package of `resolve`.
    pub fn new(resolve: Resolve, id: PackageId) -> Package {
        assert!(resolve.packages.get(id).is_some(), "the package belongs to another `Resolve`");
        Package { resolve, id }
    }

    /// Gives the full name: `example:heater@0.1.0`.
    pub fn name(&self) -> String {
        self.resolve.packages[self.id].name.to_string()
    }

    /// Gives the version in the name.
    pub fn version(&self) -> Option<&Version> {
        self.resolve.packages[self.id].name.version.as_ref()
    }

    /// Gives the packages, interfaces and types around the package.
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// Gives the package's place in [`Package::resolve`].
    pub fn id(&self) -> PackageId {
        self.id
    }

    pub(super) fn unversioned(&self) -> String {
        version::unversioned(&self.name()).to_owned()
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// Says that two packages are no versions of each other: give two of the same name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{old}` and `{new}` are two packages, and not two versions of one")]
#[non_exhaustive]
pub struct OtherPackage {
    /// The name of the old one, without its version.
    pub old: String,
    /// The name of the new one, without its version.
    pub new: String,
}
