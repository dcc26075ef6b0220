//! Where resources come from: two of the same name are one only if they come from the same instance.

use wit_parser::{
    InterfaceId, LiveTypes, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldItem,
};

use super::error::ComposeError;
use super::links::{self, Link, Linked, Plan};
use crate::capability;
use crate::version;
use crate::world::World;

/// Who defines the resources of an interface.
#[derive(Clone, Debug)]
enum Origin {
    /// The host, as the interface of this name.
    Outside(String),
    /// A part, as its export of this name.
    Part(usize, String),
    /// The stand-in for an import of a part.
    Denied(usize, String),
}

/// A resource that is used where it is not defined.
struct Used {
    interface: String,
    resource: String,
}

impl Origin {
    fn is(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::Outside(a), Origin::Outside(b)) => version::same_item(a, b),
            (Origin::Part(a, x), Origin::Part(b, y)) => a == b && x == y,
            (Origin::Denied(a, x), Origin::Denied(b, y)) => a == b && version::same_item(x, y),
            _ => false,
        }
    }

    fn link(&self) -> Link {
        match self {
            Origin::Outside(_) => Link::Outside,
            Origin::Part(part, export) => Link::Part { part: *part, export: export.clone() },
            Origin::Denied(..) => Link::Denied,
        }
    }

    /// Tells whether it is a denied import that may come from anywhere, because it only serves others.
    fn is_lenient(&self) -> bool {
        matches!(self, Origin::Denied(_, name) if capability::only_serves(name))
    }

    fn describe(&self, parts: &[Linked<'_>]) -> String {
        match self {
            Origin::Outside(_) => "outside".to_owned(),
            Origin::Part(part, _) => format!("part `{}`", parts[*part].name),
            Origin::Denied(part, _) => {
                format!("nowhere, since it is denied to part `{}`", parts[*part].name)
            }
        }
    }
}

/// Sees to it that all that uses a resource has it from the same instance.
///
/// What is denied and only serves others, such as `wasi:io/streams`, comes from where those have it from: it grants
/// nothing by itself. Everything else that does not agree is an error.
pub(super) fn settle(parts: &mut [Linked<'_>]) -> Result<(), ComposeError> {
    while let Some(conflict) = conflict(parts) {
        let Conflict { part, import, used, ours, theirs } = conflict;
        let (Origin::Denied(at, name), link) = (match (&ours, &theirs) {
            (ours, theirs) if ours.is_lenient() => (ours.clone(), theirs.link()),
            (ours, theirs) if theirs.is_lenient() => (theirs.clone(), ours.link()),
            _ => {
                return Err(ComposeError::Apart {
                    at: Box::new(parts[part].place(&parts[part].imports[import])),
                    resource: used.resource,
                    interface: used.interface,
                    theirs: theirs.describe(parts),
                    ours: ours.describe(parts),
                });
            }
        }) else {
            return Ok(());
        };
        // Each turn takes one denied import away, so this ends; two that are denied apart become the host's.
        let link = if link == Link::Denied { Link::Outside } else { link };
        for import in &mut parts[at].imports {
            if version::same_item(&import.name, &name) {
                import.link = link.clone();
            }
        }
        links::order(parts)?;
    }
    Ok(())
}

/// Two sources of what has to be one resource.
struct Conflict {
    part: usize,
    import: usize,
    used: Used,
    ours: Origin,
    theirs: Origin,
}

fn conflict(parts: &[Linked<'_>]) -> Option<Conflict> {
    for (at, part) in parts.iter().enumerate() {
        for (index, import) in part.imports.iter().enumerate() {
            let WorldItem::Interface { id, .. } = import.item else { continue };
            if import.link == Link::Denied {
                continue;
            }
            for used in used(part.artifact.world(), *id) {
                let Some(ours) = import_origin(parts, at, &used.interface, &used.resource) else {
                    continue;
                };
                let theirs = match &import.link {
                    Link::Part { part, export } => provided(parts, *part, export, &used),
                    Link::Outside | Link::Denied => Some(Origin::Outside(used.interface.clone())),
                };
                match theirs {
                    Some(theirs) if !theirs.is(&ours) => {
                        return Some(Conflict { part: at, import: index, used, ours, theirs });
                    }
                    _ => {}
                }
            }
        }
    }
    None
}

/// Lists the resources that an interface uses of others, directly or inside of other types.
fn used(world: &World, id: InterfaceId) -> Vec<Used> {
    let resolve = world.resolve();
    let mut live = LiveTypes::default();
    live.add_interface(resolve, id);
    let foreign = live.iter().filter_map(|ty| {
        let (owner, resource) = resource(resolve, ty)?;
        let interface = resolve.id_of(owner)?;
        (owner != id).then(|| Used { interface, resource: resource.to_owned() })
    });
    foreign.collect()
}

/// Gives the interface that defines a resource, and the resource's name there.
fn resource(resolve: &Resolve, id: TypeId) -> Option<(InterfaceId, &str)> {
    let def = &resolve.types[id];
    match (&def.kind, def.owner) {
        (TypeDefKind::Resource, TypeOwner::Interface(owner)) => Some((owner, def.name.as_deref()?)),
        _ => None,
    }
}

/// Tells who defines a resource of an interface that a part imports.
fn import_origin(
    parts: &[Linked<'_>],
    at: usize,
    interface: &str,
    resource: &str,
) -> Option<Origin> {
    let import = parts[at].import(interface)?;
    match &import.link {
        Link::Outside => Some(Origin::Outside(interface.to_owned())),
        Link::Denied => Some(Origin::Denied(at, import.name.clone())),
        Link::Part { part, export } => export_origin(parts, *part, export, resource),
    }
}

/// Tells who defines a resource that an export of a part names.
fn export_origin(parts: &[Linked<'_>], at: usize, export: &str, name: &str) -> Option<Origin> {
    let world = parts[at].artifact.world();
    let resolve = world.resolve();
    let id = exported(world, export)?;
    let ty = defined_as(resolve, *resolve.interfaces[id].types.get(name)?);
    let (owner, resource) = resource(resolve, ty)?;
    if owner == id {
        return Some(Origin::Part(at, export.to_owned()));
    }
    defined(parts, at, owner, resource)
}

/// Tells who defines a resource that an export of a part uses of another interface.
fn provided(parts: &[Linked<'_>], at: usize, export: &str, asked: &Used) -> Option<Origin> {
    let world = parts[at].artifact.world();
    let resolve = world.resolve();
    let id = exported(world, export)?;
    let mut live = LiveTypes::default();
    live.add_interface(resolve, id);
    live.iter().find_map(|ty| {
        let (owner, resource) = resource(resolve, ty)?;
        let is_asked = resource == asked.resource
            && version::same_item(&resolve.id_of(owner)?, &asked.interface);
        match is_asked {
            false => None,
            true if owner == id => Some(Origin::Part(at, export.to_owned())),
            true => defined(parts, at, owner, resource),
        }
    })
}

/// An interface that a part exports is its own there, even if it imports it, too.
fn defined(parts: &[Linked<'_>], at: usize, owner: InterfaceId, resource: &str) -> Option<Origin> {
    let world = parts[at].artifact.world();
    let interface = world.resolve().id_of(owner)?;
    match exported(world, &interface) {
        Some(_) => Some(Origin::Part(at, interface)),
        None => import_origin(parts, at, &interface, resource),
    }
}

fn exported(world: &World, name: &str) -> Option<InterfaceId> {
    links::exports(world).into_iter().find_map(|(it, item)| match item {
        WorldItem::Interface { id, .. } if it == name => Some(*id),
        _ => None,
    })
}

/// Puts each export behind those whose resources it uses, so that these are known as theirs.
pub(super) fn sort_exports(plan: &mut Plan<'_>) {
    let mut rest = std::mem::take(&mut plan.exports);
    let needs: Vec<Vec<Origin>> = rest
        .iter()
        .map(|offer| {
            let world = plan.parts[offer.part].artifact.world();
            let Some(id) = exported(world, &offer.export) else { return Vec::new() };
            let used = used(world, id).into_iter();
            used.filter_map(|it| provided(&plan.parts, offer.part, &offer.export, &it)).collect()
        })
        .collect();
    let mut needs: Vec<_> = needs.into_iter().collect();
    while !rest.is_empty() {
        let free = |at: &usize| {
            let mut others = rest.iter().enumerate().filter(|(other, _)| other != at);
            !others.any(|(_, it)| {
                let it = Origin::Part(it.part, it.export.clone());
                needs[*at].iter().any(|need| need.is(&it))
            })
        };
        let next = (0..rest.len()).find(free).unwrap_or(0);
        needs.remove(next);
        plan.exports.push(rest.remove(next));
    }
}

/// Sees to it that whatever an export of the whole is made of has a name outside of the part.
///
/// A type has one if the exported interface names it, and not only another one that holds it, if it comes from outside,
/// or if it is exported beside.
pub(super) fn name(plan: &Plan<'_>) -> Result<(), ComposeError> {
    for offer in &plan.exports {
        let part = &plan.parts[offer.part];
        let world = part.artifact.world();
        let resolve = world.resolve();
        let items = links::exports(world);
        let Some((_, item)) = items.iter().find(|(name, _)| *name == offer.export) else {
            continue;
        };
        let mut live = LiveTypes::default();
        live.add_world_item(resolve, item);
        let own = match item {
            WorldItem::Interface { id, .. } => Some(*id),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        };
        let aliased: Vec<TypeId> = own
            .iter()
            .flat_map(|id| resolve.interfaces[*id].types.values())
            .map(|ty| defined_as(resolve, *ty))
            .collect();
        // The name by which one type is used says nothing of another one that it holds.
        let held = held_by(resolve, &aliased);
        for ty in live.iter().filter(|ty| !aliased.contains(ty) || held.contains(ty)) {
            let def = &resolve.types[ty];
            let is_resource = def.kind == TypeDefKind::Resource;
            let (TypeOwner::Interface(owner), Some(name)) = (def.owner, &def.name) else {
                continue;
            };
            // What the world itself names of another interface is imported by that name, unless it is a resource.
            if Some(owner) == own || (own.is_none() && !is_resource) || !has_name(&def.kind) {
                continue;
            }
            let interface = resolve.id_of(owner).unwrap_or_default();
            let is_offered =
                |it: &links::Offer<'_>| it.part == offer.part && it.export == interface;
            let is_outside = part.import(&interface).is_some_and(|it| it.link == Link::Outside);
            let is_own = exported(world, &interface).is_some();
            if (is_own && plan.exports.iter().any(is_offered)) || (!is_own && is_outside) {
                continue;
            }
            return Err(ComposeError::Nameless {
                export: offer.name.to_owned(),
                part: part.name.to_owned(),
                ty: name.clone(),
                interface,
            });
        }
    }
    Ok(())
}

/// Lists what types hold, without themselves unless another one holds them.
fn held_by(resolve: &Resolve, types: &[TypeId]) -> Vec<TypeId> {
    let below = |ty: &TypeId| {
        let mut live = LiveTypes::default();
        live.add_type_id(resolve, *ty);
        let ty = *ty;
        live.iter().filter(move |it| *it != ty).collect::<Vec<_>>()
    };
    types.iter().flat_map(below).collect()
}

/// Follows `use` to where a type is defined.
fn defined_as(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    id
}

/// Tells whether a type is nothing without its name.
fn has_name(kind: &TypeDefKind) -> bool {
    matches!(
        kind,
        TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource
    )
}
