//! Whose a resource is, where several interfaces pass it on.
//!
//! A resource is that of the instance which defines it. Where a plugin imports an interface with a resource, and
//! another interface that uses it, both have to come from the same definition.

use wit_parser::{InterfaceId, Resolve, TypeDefKind, TypeId, TypeOwner, WorldItem, WorldKey};

use super::code::Code;
use super::finding::Findings;
use super::{Draft, End, Wire};
use crate::version;
use crate::world::World;

/// The definition of a resource's interface: by a plugin's export, or by the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Host,
    Plugin(usize, String),
}

/// Finds imports whose resources are not those of the other imports that they belong to.
pub(super) fn compare(draft: &Draft<'_>, wires: &[Wire], findings: &mut Findings<'_>) {
    for wire in wires {
        let Some(artifact) = &draft.artifacts[wire.from] else { continue };
        let world = artifact.world();
        let Some(WorldItem::Interface { id, .. }) = world.import(&wire.import) else { continue };
        for (resource, owner) in used(world.resolve(), *id) {
            let Some((source, _)) = key(world, owner) else { continue };
            let mine = origin(wires, wire.from, &source);
            let theirs = match &wire.to {
                End::Host => Some(Origin::Host),
                End::Plugin { member, export } => behind(draft, wires, *member, export, &resource),
            };
            let Some(theirs) = theirs else { continue };
            if mine != theirs {
                let message = format!(
                    "`{resource}` in `{}` is that of {}, and `{}` has it from {}",
                    wire.import,
                    draft.told(&theirs),
                    draft.name(wire.from),
                    draft.told(&mine),
                );
                findings
                    .add(Code::ResourceIdentity, &wire.span, message)
                    .item(&wire.import)
                    .note(format!("`{}` uses `{source}.{resource}`", wire.import))
                    .fix(format!(
                        "link `{source}` of `{}` to {}",
                        draft.name(wire.from),
                        draft.told(&theirs)
                    ));
            }
        }
    }
}

/// The resources that an interface uses from others: their names there, and whose they are.
fn used(resolve: &Resolve, interface: InterfaceId) -> Vec<(String, InterfaceId)> {
    let types = resolve.interfaces[interface].types.values();
    let mut found: Vec<(String, InterfaceId)> =
        types.filter_map(|id| defined(resolve, *id)).collect();
    found.retain(|(_, owner)| *owner != interface);
    found.sort();
    found.dedup();
    found
}

/// Follows a name to the resource that it stands for.
fn defined(resolve: &Resolve, id: TypeId) -> Option<(String, InterfaceId)> {
    let ty = &resolve.types[id];
    match (&ty.kind, ty.owner) {
        (TypeDefKind::Resource, TypeOwner::Interface(owner)) => Some((ty.name.clone()?, owner)),
        (TypeDefKind::Type(wit_parser::Type::Id(next)), _) => defined(resolve, *next),
        _ => None,
    }
}

/// The name of an interface in a world, and whether the world exports it.
fn key(world: &World, interface: InterfaceId) -> Option<(String, bool)> {
    let (resolve, of) = (world.resolve(), &world.resolve().worlds[world.id()]);
    let find = |items: &mut dyn Iterator<Item = (&WorldKey, &WorldItem)>| {
        let mut items = items
            .filter(|(_, it)| matches!(it, WorldItem::Interface { id, .. } if *id == interface));
        items.next().map(|(key, _)| resolve.name_world_key(key))
    };
    let import = find(&mut of.imports.iter()).map(|name| (name, false));
    import.or_else(|| find(&mut of.exports.iter()).map(|name| (name, true)))
}

/// Finds who defines what a plugin imports.
fn origin(wires: &[Wire], from: usize, import: &str) -> Origin {
    let wire = wires.iter().find(|it| it.from == from && version::same_item(&it.import, import));
    match wire.map(|it| &it.to) {
        // What the runtime answers.
        None | Some(End::Host) => Origin::Host,
        Some(End::Plugin { member, export }) => Origin::Plugin(*member, export.clone()),
    }
}

/// Finds who defines what a plugin has of an interface that it imports.
pub(super) fn definition(
    world: &World,
    wires: &[Wire],
    from: usize,
    interface: InterfaceId,
) -> Option<Origin> {
    let (name, is_exported) = key(world, interface)?;
    Some(if is_exported { Origin::Plugin(from, name) } else { origin(wires, from, &name) })
}

/// Finds who defines a resource that a plugin's export uses.
fn behind(
    draft: &Draft<'_>,
    wires: &[Wire],
    member: usize,
    export: &str,
    resource: &str,
) -> Option<Origin> {
    let world = draft.artifacts[member].as_ref()?.world();
    let WorldItem::Interface { id, .. } = world.export(export)? else { return None };
    let of_name = |(name, _): &(String, InterfaceId)| name == resource;
    let (_, owner) = used(world.resolve(), *id).into_iter().find(of_name)?;
    match key(world, owner)? {
        (name, true) => Some(Origin::Plugin(member, name)),
        (name, false) => Some(origin(wires, member, &name)),
    }
}

impl Draft<'_> {
    fn told(&self, origin: &Origin) -> String {
        match origin {
            Origin::Host => "the host".to_owned(),
            Origin::Plugin(member, _) => format!("`{}`", self.name(*member)),
        }
    }
}
