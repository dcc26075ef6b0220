//! What changed between two versions of an interface, a world or a component, and whom it hurts.
//!
//! There are four questions, and a function for each: [`between_packages`] tells the author of a
//! WIT package which version it has to have, [`between_worlds`] does so for one world with all it
//! refers to, and [`between_components`] tells a host whether a newer component may take the place
//! of an older one, and what it newly asks for. [`between_applications`] tells what a newer application file does
//! to its plugins and to its host.
//!
//! Items match by name, and interfaces by their name without the version; [`Changes::versions`] says
//! whether the version does justice to the rest. Types match as in [`differences`](crate::differences()).
//! Docs are no change. What stands behind an `@unstable` gate counts as not there.
//!
//! ```no_run
//! use plugwright_component::{Artifact, changes};
//!
//! # fn main() -> Result<(), plugwright_component::ReadError> {
//! let (old, new) = (Artifact::read("resize-1.wasm")?, Artifact::read("resize-2.wasm")?);
//! let changes = changes::between_components(&old, &new);
//! if changes.is_breaking() {
//!     for change in &changes.items {
//!         println!("{change}");
//!     }
//! }
//! for asked in changes.asked() {
//!     println!("the new version newly {}", asked.description);
//! }
//! # Ok(())
//! # }
//! ```

mod application;
mod asked;
mod bump;
mod change;
mod package;
mod settings;
mod walk;

use semver::Version;
use serde::Serialize;

pub use self::application::{
    Answered, ApplicationChanges, LinkChange, PluginChange, Release, between_applications,
};
pub use self::asked::{Asked, CapabilityChange};
pub use self::bump::{Bump, Versioning};
pub use self::change::{Change, ChangeKind, Effect, Role};
pub use self::package::{OtherPackage, Package};
pub use self::settings::SettingChange;
use self::walk::Walk;
use crate::artifact::Artifact;
use crate::world::World;

/// Holds all that changed between two versions, and what it amounts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changes {
    /// What changed, the worst first, and otherwise in the order of the WIT.
    pub items: Vec<Change>,
    /// How the capabilities of a component changed; always empty for worlds and packages.
    pub capabilities: Vec<CapabilityChange>,
    /// The smallest bump of the version that is honest.
    pub bump: Bump,
    /// Whether the new version is high enough, where both sides say which they have.
    pub versions: Option<Versioning>,
}

impl Changes {
    fn new(
        mut items: Vec<Change>,
        capabilities: Vec<CapabilityChange>,
        versions: (Option<Version>, Option<Version>),
    ) -> Changes {
        items.sort_by_key(|it| std::cmp::Reverse(it.effect()));
        let asks = capabilities.iter().any(CapabilityChange::is_more);
        let least = if asks { Effect::Additive } else { Effect::None };
        let worst = items.iter().map(Change::effect).fold(least, Effect::max);
        let unchanged = items.is_empty() && capabilities.is_empty();
        let bump = bump::bump(worst, versions.0.as_ref());
        let versions = versions.0.zip(versions.1);
        let versions = versions.map(|(old, new)| bump::judge(bump, unchanged, &old, &new));
        Changes { items, capabilities, bump, versions }
    }

    /// Tells whether any change is breaking by the rules of semver, for either side.
    ///
    /// A capability that is newly asked for is none: a policy decides over it, see
    /// [`Changes::asked`].
    pub fn is_breaking(&self) -> bool {
        self.items.iter().any(|it| it.effect().is_breaking())
    }

    /// Gives the worst effect on those who implement it: for a world, its plugins.
    pub fn for_implementers(&self) -> Effect {
        self.items.iter().map(|it| it.for_implementers).max().unwrap_or(Effect::None)
    }

    /// Gives the worst effect on those who call it: for a world, its hosts.
    pub fn for_callers(&self) -> Effect {
        self.items.iter().map(|it| it.for_callers).max().unwrap_or(Effect::None)
    }

    /// Lists what the new component may do that the old one did not ask for.
    pub fn asked(&self) -> impl Iterator<Item = &CapabilityChange> {
        self.capabilities.iter().filter(|it| it.is_more())
    }
}

/// Tells what changed in a WIT package: in each interface by itself, and in each world.
///
/// What a world says about interfaces of other packages is compared with the world.
///
/// # Errors
///
/// The packages have different names, so that neither is a version of the other.
pub fn between_packages(old: &Package, new: &Package) -> Result<Changes, OtherPackage> {
    let names = (old.unversioned(), new.unversioned());
    if names.0 != names.1 {
        return Err(OtherPackage { old: names.0, new: names.1 });
    }
    let mut walk = Walk::new(old.resolve(), new.resolve(), Role::Interface);
    walk.interfaces(old.id(), new.id());
    walk.role = Role::World;
    walk.worlds(old.id(), new.id());
    Ok(Changes::new(walk.items, Vec::new(), (old.version().cloned(), new.version().cloned())))
}

/// Tells what changed in a world and in everything that it imports and exports.
///
/// Its implementers are plugins, which have to export what it exports and may import what it
/// imports; its callers are hosts. The names of the two worlds do not matter. A version is that of
/// the world's package.
pub fn between_worlds(old: &World, new: &World) -> Changes {
    let mut walk = Walk::new(old.resolve(), new.resolve(), Role::World);
    walk.world(old.id(), new.id(), None);
    let version = |world: &World| {
        let package = world.resolve().worlds[world.id()].package;
        package.and_then(|id| world.resolve().packages[id].name.version.clone())
    };
    Changes::new(walk.items, Vec::new(), (version(old), version(new)))
}

/// Tells what changed for the hosts of a component: in what it exports, and in what it asks for.
///
/// All effects on implementers are [`Effect::None`]. What a component imports from the host's own
/// interfaces hurts a host that does not offer it: whether yours does, [`differences`] tells. What it
/// imports from WASI, and what hosts lend, is never among [`Changes::items`], but among
/// [`Changes::capabilities`]. A version is that which the component says it has.
///
/// [`differences`]: crate::differences()
pub fn between_components(old: &Artifact, new: &Artifact) -> Changes {
    let (from, to) = (old.world(), new.world());
    let mut walk = Walk::new(from.resolve(), to.resolve(), Role::Component);
    walk.world(from.id(), to.id(), None);
    let capabilities = asked::between(old.capabilities(), new.capabilities());
    let version = |it: &Artifact| it.version().and_then(|it| Version::parse(it).ok());
    Changes::new(walk.items, capabilities, (version(old), version(new)))
}
