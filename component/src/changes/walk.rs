//! Walks through two versions side by side: packages and worlds here, interfaces in `interface`.

mod interface;

use std::collections::{HashMap, HashSet};

use semver::Version;
use wit_parser::{Function, InterfaceId, PackageId, Resolve, Stability, WorldId, WorldItem};

use super::change::{Change, ChangeKind, Effect, Role};
use crate::conform::{Comparison, Place, Problem, Side, Versions, describe, is_types_only, named};
use crate::version::{self, Fit};
use crate::wit;

/// Two versions, and what was found to have changed.
pub(super) struct Walk<'a> {
    resolves: (&'a Resolve, &'a Resolve),
    comparison: Comparison<'a>,
    pub(super) role: Role,
    /// The packages of the worlds that are compared: what their own versions do is told at the end.
    own: (Option<PackageId>, Option<PackageId>),
    /// What came and went, so that each is told once.
    told: HashSet<(String, ChangeKind, (Effect, Effect))>,
    pub(super) items: Vec<Change>,
}

/// Who provides the functions of an interface, and who uses them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Provider {
    Implementers,
    Callers,
}

/// Whether something came or went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Move {
    Added,
    Removed,
}

/// One entry of a world: its name, and what it is.
type Entry<'a> = (String, &'a WorldItem);

impl<'a> Walk<'a> {
    pub(super) fn new(old: &'a Resolve, new: &'a Resolve, role: Role) -> Self {
        let mut comparison = Comparison::new(old, new, Versions::Any);
        // Types that came or went are told by their interface, whichever function uses them.
        comparison.side = Side::Import;
        Walk {
            resolves: (old, new),
            comparison,
            role,
            own: (None, None),
            told: HashSet::new(),
            items: Vec::new(),
        }
    }

    /// Compares the interfaces of two packages, each by itself.
    pub(super) fn interfaces(&mut self, old: PackageId, new: PackageId) {
        let (a, b) = self.resolves;
        let there =
            |resolve: &Resolve, id: &InterfaceId| is_there(&resolve.interfaces[*id].stability);
        let (old, new) = (&a.packages[old].interfaces, &b.packages[new].interfaces);
        for (name, id) in old.iter().filter(|it| there(a, it.1)) {
            match new.get(name).filter(|id| there(b, id)) {
                Some(other) => self.interface(&path(a, *id), *id, *other, Provider::Implementers),
                None => self.interface_moved(Move::Removed, a, *id),
            }
        }
        let before = |name: &String| old.get(name).is_some_and(|id| there(a, id));
        for (_, id) in new.iter().filter(|it| there(b, it.1) && !before(it.0)) {
            self.interface_moved(Move::Added, b, *id);
        }
    }

    /// Compares the worlds of two packages.
    pub(super) fn worlds(&mut self, old: PackageId, new: PackageId) {
        let (a, b) = self.resolves;
        let there = |resolve: &Resolve, id: &WorldId| is_there(&resolve.worlds[*id].stability);
        let package = a.packages[old].name.clone();
        let full = |name: &str| version::unversioned(&package.interface_id(name)).to_owned();
        let (old, new) = (&a.packages[old].worlds, &b.packages[new].worlds);
        let none = (None, None);
        for (name, id) in old.iter().filter(|it| there(a, it.1)) {
            match new.get(name).filter(|id| there(b, id)) {
                Some(other) => self.world(*id, *other, Some(&full(name))),
                // Nothing is left of a world's name when a component runs.
                None => {
                    let effects = (Effect::Source, Effect::Source);
                    self.push(full(name), ChangeKind::WorldRemoved, none.clone(), effects);
                }
            }
        }
        let before = |name: &String| old.get(name).is_some_and(|id| there(a, id));
        for (name, _) in new.iter().filter(|it| there(b, it.1) && !before(it.0)) {
            let effects = (Effect::Additive, Effect::Additive);
            self.push(full(name), ChangeKind::WorldAdded, none.clone(), effects);
        }
    }

    /// Compares two worlds.
    ///
    /// Where they are told apart from others by a name, they are part of their packages, whose
    /// interfaces are compared by themselves.
    pub(super) fn world(&mut self, old: WorldId, new: WorldId, name: Option<&str>) {
        let (a, b) = self.resolves;
        self.own = (a.worlds[old].package, b.worlds[new].package);
        for side in [Side::Export, Side::Import] {
            let (old, new) = (&a.worlds[old], &b.worlds[new]);
            let (old, new) = match side {
                Side::Export => (named(a, &old.exports), named(b, &new.exports)),
                Side::Import => (named(a, &old.imports), named(b, &new.imports)),
            };
            let (before, after) = (Entries::of(&old), Entries::of(&new));
            for entry in old.iter().filter(|it| self.counts(a, side, it)).collect::<Vec<_>>() {
                match before.partner(entry, &after) {
                    Some(other) => self.entry(side, entry, other, name),
                    None => self.entry_moved(Move::Removed, side, a, entry, name),
                }
            }
            for entry in new.iter().filter(|it| self.counts(b, side, it)).collect::<Vec<_>>() {
                if after.partner(entry, &before).is_none() {
                    self.entry_moved(Move::Added, side, b, entry, name);
                }
            }
        }
    }

    /// Tells whether an import or export is compared at all.
    fn counts(&self, resolve: &Resolve, side: Side, (name, item): &Entry<'_>) -> bool {
        let of_runtime = name.starts_with("wasi:") || name.starts_with("plugwright:data/");
        let stability = match item {
            WorldItem::Interface { stability, .. } => stability,
            WorldItem::Function(func) => &func.stability,
            WorldItem::Type { id, .. } => &resolve.types[*id].stability,
        };
        // What a component asks the runtime for is told by its capabilities.
        is_there(stability) && !(self.role == Role::Component && side == Side::Import && of_runtime)
    }

    fn entry_moved(
        &mut self,
        how: Move,
        side: Side,
        resolve: &Resolve,
        (name, item): &Entry<'_>,
        world: Option<&str>,
    ) {
        let is_type = matches!(item, WorldItem::Type { .. });
        let types_only = is_types_only(resolve, item);
        // Interfaces of types alone are imported because others use them.
        if types_only && !is_type && side == Side::Import {
            return;
        }
        let (kind, effects) = match (how, side) {
            (Move::Added, _) if types_only && is_type => (ChangeKind::TypeAdded, ADDED_TYPE),
            (Move::Removed, _) if types_only && is_type => (ChangeKind::TypeRemoved, REMOVED_TYPE),
            (Move::Added, Side::Export) if types_only => (ChangeKind::ExportAdded, ADDED_TYPE),
            (Move::Removed, Side::Export) if types_only => {
                (ChangeKind::ExportRemoved, REMOVED_TYPE)
            }
            (Move::Added, Side::Export) => {
                (ChangeKind::ExportAdded, self.effects(how, Provider::Implementers))
            }
            (Move::Removed, Side::Export) => {
                (ChangeKind::ExportRemoved, self.effects(how, Provider::Implementers))
            }
            (Move::Added, Side::Import) => {
                (ChangeKind::ImportAdded, self.effects(how, Provider::Callers))
            }
            (Move::Removed, Side::Import) => {
                (ChangeKind::ImportRemoved, self.effects(how, Provider::Callers))
            }
        };
        let item_name = in_world(world, name);
        self.push(item_name, kind, how.texts(describe(resolve, name, item)), effects);
    }

    fn entry(&mut self, side: Side, old: &Entry<'a>, new: &Entry<'a>, world: Option<&str>) {
        let (a, b) = self.resolves;
        let name = in_world(world, &old.0);
        match (old.1, new.1) {
            (WorldItem::Interface { id: x, .. }, WorldItem::Interface { id: y, .. }) => {
                let own = self.is_own(*x, *y);
                if own && world.is_some() && old.0.contains('/') {
                    return;
                }
                if !own && version::fit(&old.0, &new.0) == Fit::OtherVersion {
                    let effects = (Effect::Breaking, Effect::Breaking);
                    let texts = (Some(old.0.clone()), Some(new.0.clone()));
                    self.push(name.clone(), ChangeKind::Version, texts, effects);
                }
                let provider = match side {
                    Side::Export => Provider::Implementers,
                    Side::Import => Provider::Callers,
                };
                // An interface by another package has its own name; one without a name has its world's.
                let path = version::unversioned(&old.0);
                let path = if path.contains('/') { path } else { &name };
                self.interface(path, *x, *y, provider);
            }
            (WorldItem::Function(x), WorldItem::Function(y)) => {
                self.function(Place { path: world }, x, y);
            }
            (WorldItem::Type { id: x, .. }, WorldItem::Type { id: y, .. }) => {
                self.type_pair(&name, *x, *y);
            }
            (x, y) => {
                let texts = (describe(a, &old.0, x), describe(b, &new.0, y));
                let texts = (Some(texts.0), Some(texts.1));
                self.push(name, ChangeKind::ItemKind, texts, (Effect::Breaking, Effect::Breaking));
            }
        }
    }

    /// Tells whether two interfaces are of the package of the worlds that are compared.
    fn is_own(&self, old: InterfaceId, new: InterfaceId) -> bool {
        let (a, b) = self.resolves;
        let packages = (a.interfaces[old].package, b.interfaces[new].package);
        packages.0.is_some() && packages == self.own
    }

    /// Compares two functions of the same name.
    fn function(&mut self, place: Place<'_>, old: &'a Function, new: &'a Function) {
        self.comparison.function(place, old, new);
        if is_permuted(old, new) {
            // Each name by itself is none the less there.
            self.comparison.differences.retain(|it| it.problem != Problem::ParameterName);
            let (a, b) = self.resolves;
            let texts = (Some(wit::signature(a, old)), Some(wit::signature(b, new)));
            let effects = (Effect::Breaking, Effect::Breaking);
            let item = place.item(&wit::function_name(old));
            self.push(item, ChangeKind::ParameterOrder, texts, effects);
        }
        self.take();
        if let (None, Some(since)) = (deprecated(&old.stability), deprecated(&new.stability)) {
            let texts = (None, Some(format!("@deprecated(version = {since})")));
            let effects = (Effect::None, Effect::None);
            let item = place.item(&wit::function_name(old));
            self.push(item, ChangeKind::Deprecated, texts, effects);
        }
    }

    /// Takes over what the comparison has found.
    fn take(&mut self) {
        let found = std::mem::take(&mut self.comparison.differences);
        let role = self.role;
        self.items.extend(found.into_iter().map(|it| Change::inside(it, role)));
    }

    fn push(
        &mut self,
        item: String,
        kind: ChangeKind,
        texts: (Option<String>, Option<String>),
        effects: (Effect, Effect),
    ) {
        // Two worlds may say the same of an interface of another package.
        if self.told.insert((item.clone(), kind, effects)) {
            self.items.push(Change::new(item, kind, self.role, texts, effects));
        }
    }

    /// Tells what it does to implementers and callers that the provider has to offer more, or less.
    fn effects(&self, how: Move, provider: Provider) -> (Effect, Effect) {
        let (providing, using) = match how {
            Move::Added => (Effect::Breaking, Effect::Additive),
            // A host does not mind that a component asks for less.
            Move::Removed if self.role == Role::Component && provider == Provider::Callers => {
                (Effect::None, Effect::None)
            }
            Move::Removed => (Effect::Source, Effect::Breaking),
        };
        match provider {
            Provider::Implementers => (providing, using),
            Provider::Callers => (using, providing),
        }
    }
}

/// Nobody has to do anything about a new type.
const ADDED_TYPE: (Effect, Effect) = (Effect::Additive, Effect::Additive);

/// Types are compared by structure when components are linked, and are named in sources.
const REMOVED_TYPE: (Effect, Effect) = (Effect::Source, Effect::Source);

impl Move {
    fn texts(self, text: String) -> (Option<String>, Option<String>) {
        match self {
            Move::Added => (None, Some(text)),
            Move::Removed => (Some(text), None),
        }
    }
}

/// Tells whether an item is there for everybody, and not behind a gate.
fn is_there(stability: &Stability) -> bool {
    !matches!(stability, Stability::Unstable { .. })
}

/// Tells whether two functions take parameters of the same names in another order.
fn is_permuted(old: &Function, new: &Function) -> bool {
    let names = |func| wit::params(func).iter().map(|it| it.name.as_str()).collect::<Vec<_>>();
    let (mut old, mut new) = (names(old), names(new));
    let same_order = old == new;
    old.sort_unstable();
    new.sort_unstable();
    !same_order && old == new
}

/// Gives the version since which an item should no longer be used.
fn deprecated(stability: &Stability) -> Option<&Version> {
    match stability {
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => {
            deprecated.as_ref()
        }
        Stability::Unknown => None,
    }
}

/// Gives an interface's full name without the version.
fn path(resolve: &Resolve, id: InterfaceId) -> String {
    let name = resolve.id_of(id).or_else(|| resolve.interfaces[id].name.clone());
    version::unversioned(&name.unwrap_or_default()).to_owned()
}

/// Gives the name of a world's item, which stands behind that of the world where there are several.
fn in_world(world: Option<&str>, name: &str) -> String {
    let name = version::unversioned(name);
    match world {
        Some(world) if name.contains('/') => format!("{world}: {name}"),
        Some(world) => format!("{world}.{name}"),
        None => name.to_owned(),
    }
}

/// The entries of one side of a world, by their names without versions.
struct Entries<'e, 'a>(HashMap<&'e str, Vec<&'e Entry<'a>>>);

impl<'e, 'a> Entries<'e, 'a> {
    fn of(entries: &'e [Entry<'a>]) -> Self {
        let mut named: HashMap<_, Vec<_>> = HashMap::new();
        for entry in entries {
            named.entry(version::unversioned(&entry.0)).or_default().push(entry);
        }
        Entries(named)
    }

    /// Finds the entry that answers a name best.
    fn best(&self, name: &str) -> Option<&'e Entry<'a>> {
        let entries = self.0.get(version::unversioned(name))?;
        let entries = entries.iter().map(|it| (it.0.as_str(), *it));
        version::find(name, entries).map(|(_, _, entry)| entry)
    }

    /// Finds the entry of `there` that stands for one of these, if that also stands for it.
    fn partner<'o>(&self, entry: &Entry<'a>, there: &Entries<'o, 'a>) -> Option<&'o Entry<'a>> {
        let found = there.best(&entry.0)?;
        let back = self.best(&found.0)?;
        (back.0 == entry.0).then_some(found)
    }
}
