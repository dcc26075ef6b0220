//! From a composition to a plan: every import has its source, and every fault is known.

use std::collections::HashSet;

use wit_parser::{Type, TypeDefKind, TypeOwner, WorldItem, WorldKey};

use super::error::{ComposeError, Lack, Place};
use super::origin;
use super::{Composition, Export, Source};
use crate::artifact::Artifact;
use crate::conform::{self, Problem};
use crate::version::{self, Fit};
use crate::world::World;

/// What is to be encoded; its parts stand in the order of their making.
pub(super) struct Plan<'c> {
    pub(super) parts: Vec<Linked<'c>>,
    pub(super) exports: Vec<Offer<'c>>,
}

/// A part whose imports all have a source.
pub(super) struct Linked<'c> {
    pub(super) name: &'c str,
    pub(super) artifact: &'c Artifact,
    pub(super) imports: Vec<Import<'c>>,
}

pub(super) struct Import<'c> {
    pub(super) name: String,
    pub(super) item: &'c WorldItem,
    pub(super) link: Link,
}

/// Where an import comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// An export of a part, by its exact name.
    Part {
        part: usize,
        export: String,
    },
    Outside,
    Denied,
}

/// An export of the whole.
pub(super) struct Offer<'c> {
    pub(super) name: &'c str,
    pub(super) part: usize,
    /// The exact name.
    pub(super) export: String,
}

impl Import<'_> {
    /// Gives the interface whose type it is, and the type's name there, if it is a type that the world uses.
    pub(super) fn used_type<'w>(&self, world: &'w World) -> Option<(String, &'w str)> {
        let WorldItem::Type { id, .. } = self.item else { return None };
        let resolve = world.resolve();
        let TypeDefKind::Type(Type::Id(used)) = resolve.types[*id].kind else { return None };
        let def = &resolve.types[used];
        match def.owner {
            TypeOwner::Interface(owner) => Some((resolve.id_of(owner)?, def.name.as_deref()?)),
            TypeOwner::World(_) | TypeOwner::None => None,
        }
    }
}

impl Linked<'_> {
    pub(super) fn place(&self, import: &Import<'_>) -> Place {
        Place { part: self.name.to_owned(), import: import.name.clone() }
    }

    /// Finds an import by its name, or one of a compatible version.
    pub(super) fn import(&self, name: &str) -> Option<&Import<'_>> {
        let (fit, _, import) = version::find(name, self.imports.iter().map(|it| (&*it.name, it)))?;
        (fit >= Fit::Compatible).then_some(import)
    }
}

/// Links everything.
pub(super) fn link(composition: &Composition) -> Result<Plan<'_>, ComposeError> {
    unique("the part", composition.parts.iter().map(|it| &*it.name))?;
    unique("the export", composition.exports.iter().map(|it| &*it.name))?;
    let mut lacks = Vec::new();
    let mut parts = Vec::new();
    for at in 0..composition.parts.len() {
        parts.push(part(composition, at, &mut lacks)?);
    }
    if !lacks.is_empty() {
        return Err(ComposeError::Missing(lacks));
    }
    fits(&parts)?;
    order(&parts)?;
    origin::settle(&mut parts)?;
    let order = order(&parts)?;
    shared(&parts)?;
    let exports: Result<Vec<_>, _> =
        composition.exports.iter().map(|it| offer(composition, it)).collect();
    let mut plan = Plan { parts, exports: exports? };
    plan.sort(&order);
    origin::name(&plan)?;
    Ok(plan)
}

fn unique<'n>(what: &str, names: impl Iterator<Item = &'n str>) -> Result<(), ComposeError> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            let (what, name) = (what.to_owned(), name.to_owned());
            return Err(ComposeError::Duplicate { what, name });
        }
    }
    Ok(())
}

/// Lists the imports or exports of a world with their full names.
pub(super) fn items<'w>(
    world: &'w World,
    items: impl IntoIterator<Item = (&'w WorldKey, &'w WorldItem)>,
) -> Vec<(String, &'w WorldItem)> {
    let name = |key: &WorldKey| world.resolve().name_world_key(key);
    items.into_iter().map(|(key, item)| (name(key), item)).collect()
}

pub(super) fn exports(world: &World) -> Vec<(String, &WorldItem)> {
    items(world, &world.resolve().worlds[world.id()].exports)
}

fn imports(world: &World) -> Vec<(String, &WorldItem)> {
    items(world, &world.resolve().worlds[world.id()].imports)
}

fn names(items: &[(String, &WorldItem)]) -> Vec<String> {
    items.iter().map(|(name, _)| name.clone()).collect()
}

/// Finds the source of each import of one part, as far as the plan names it.
fn part<'c>(
    composition: &'c Composition,
    at: usize,
    lacks: &mut Vec<Lack>,
) -> Result<Linked<'c>, ComposeError> {
    let part = &composition.parts[at];
    let world = part.artifact.world();
    let there = imports(world);
    let mut sources: Vec<Option<&Source>> = vec![None; there.len()];
    for (asked, source) in &part.imports {
        let entries = there.iter().enumerate().map(|(index, (name, _))| (name.as_str(), index));
        let Some((Fit::Exact | Fit::Compatible, _, index)) = version::find(asked, entries) else {
            let (part, import) = (part.name.clone(), asked.clone());
            return Err(ComposeError::UnknownImport { part, import, there: names(&there) });
        };
        if sources[index].replace(source).is_some() {
            let what = format!("the source of an import of part `{}`,", part.name);
            return Err(ComposeError::Duplicate { what, name: asked.clone() });
        }
    }
    let mut linked = Linked { name: &part.name, artifact: &part.artifact, imports: Vec::new() };
    for ((name, item), source) in there.into_iter().zip(sources) {
        // A type that the world uses comes from where its interface comes from.
        let types_only =
            conform::is_types_only(world.resolve(), item) || matches!(item, WorldItem::Type { .. });
        let place = Place { part: part.name.clone(), import: name.clone() };
        let link = match source {
            Some(Source::Part { part, export }) => {
                let asked = place.to_string();
                let (part, export) = found(composition, &asked, *part, export, Some(&place))?;
                Link::Part { part, export }
            }
            Some(Source::Denied) if !types_only => Link::Denied,
            Some(Source::Outside | Source::Denied) => Link::Outside,
            None if types_only => Link::Outside,
            None => {
                lacks.push(Lack { offered: offering(composition, at, &name), at: place });
                continue;
            }
        };
        linked.imports.push(Import { name, item, link });
    }
    Ok(linked)
}

/// Finds the export of a part, in the version that fits best.
fn found(
    composition: &Composition,
    asked: &str,
    part: usize,
    export: &str,
    place: Option<&Place>,
) -> Result<(usize, String), ComposeError> {
    let Some(provider) = composition.parts.get(part) else {
        let there = composition.parts.len();
        return Err(ComposeError::UnknownPart { asked: asked.to_owned(), part, there });
    };
    let there = exports(provider.artifact.world());
    let entries = there.iter().map(|(name, _)| (name.as_str(), ()));
    let export = match version::find(export, entries) {
        Some((Fit::Exact | Fit::Compatible, name, ())) => name.to_owned(),
        _ => {
            return Err(ComposeError::UnknownExport {
                asked: asked.to_owned(),
                part: provider.name.clone(),
                export: export.to_owned(),
                there: names(&there),
            });
        }
    };
    match place {
        Some(at) if version::fit(&at.import, &export) == Fit::OtherVersion => {
            let part = provider.name.clone();
            Err(ComposeError::Version { at: at.clone(), part, export })
        }
        _ => Ok((part, export)),
    }
}

/// Names the other parts that export an import.
fn offering(composition: &Composition, at: usize, import: &str) -> Vec<String> {
    let others = composition.parts.iter().enumerate().filter(|(other, _)| *other != at);
    let exporting = others.filter(|(_, it)| {
        it.artifact.exports().iter().any(|it| version::same_item(import, &it.name))
    });
    exporting.map(|(_, it)| it.name.clone()).collect()
}

fn offer<'c>(composition: &'c Composition, export: &'c Export) -> Result<Offer<'c>, ComposeError> {
    if !is_name(&export.name) {
        return Err(ComposeError::Name { name: export.name.clone() });
    }
    let asked = format!("export `{}`", export.name);
    let (part, found) = found(composition, &asked, export.part, &export.export, None)?;
    Ok(Offer { name: &export.name, part, export: found })
}

/// Tells whether a component may export something under this name.
fn is_name(name: &str) -> bool {
    use wasmparser::names::{ComponentName, ComponentNameKind as Kind};
    ComponentName::new(name, 0)
        .is_ok_and(|name| matches!(name.kind(), Kind::Label(_) | Kind::Interface(_)))
}

/// Compares both sides of every link between parts.
fn fits(parts: &[Linked<'_>]) -> Result<(), ComposeError> {
    for part in parts {
        for import in &part.imports {
            let Link::Part { part: provider, export } = &import.link else { continue };
            let provider = &parts[*provider];
            let there = exports(provider.artifact.world());
            let Some((_, item)) = there.iter().find(|(name, _)| name == export) else { continue };
            let asking = (part.artifact.world(), import.item);
            let differences =
                conform::link(&import.name, asking, (provider.artifact.world(), item));
            if !differences.is_empty() {
                return Err(ComposeError::Differs {
                    at: part.place(import),
                    export: export.clone(),
                    provider: format!("part `{}`", provider.name),
                    differences,
                });
            }
        }
    }
    Ok(())
}

/// Compares the imports that become one import of the whole.
fn shared(parts: &[Linked<'_>]) -> Result<(), ComposeError> {
    let mut all: Vec<(&Linked<'_>, &Import<'_>)> = Vec::new();
    for part in parts {
        for import in part.imports.iter().filter(|it| it.link == Link::Outside) {
            for (other, theirs) in &all {
                if !version::same_item(&import.name, &theirs.name) {
                    continue;
                }
                let mut differences = conform::link(
                    &import.name,
                    (part.artifact.world(), import.item),
                    (other.artifact.world(), theirs.item),
                );
                // Each part imports only what it uses of an interface.
                differences.retain(|it| {
                    !matches!(it.problem, Problem::FunctionMissing | Problem::TypeMissing)
                });
                if !differences.is_empty() {
                    return Err(ComposeError::Differs {
                        at: part.place(import),
                        export: theirs.name.clone(),
                        provider: format!("part `{}`, with which it shares it", other.name),
                        differences,
                    });
                }
            }
            all.push((part, import));
        }
    }
    Ok(())
}

/// Gives the parts in an order in which each comes after those that it imports from, by name where it is free.
pub(super) fn order(parts: &[Linked<'_>]) -> Result<Vec<usize>, ComposeError> {
    let needs = |at: usize| {
        parts[at].imports.iter().filter_map(|it| match it.link {
            Link::Part { part, .. } => Some(part),
            Link::Outside | Link::Denied => None,
        })
    };
    let mut rest: Vec<usize> = (0..parts.len()).collect();
    rest.sort_by_key(|at| parts[*at].name);
    let mut order = Vec::new();
    while !rest.is_empty() {
        let ready = |at: &usize| needs(*at).all(|it| order.contains(&it));
        match rest.iter().position(ready) {
            Some(first) => order.push(rest.remove(first)),
            None => {
                // Each of the rest needs another one of the rest, so whoever follows comes round.
                let mut path = vec![rest[0]];
                loop {
                    let next = needs(path[path.len() - 1]).find(|it| rest.contains(it));
                    let Some(next) = next else { break };
                    if let Some(start) = path.iter().position(|it| *it == next) {
                        let names = path[start..].iter().map(|it| parts[*it].name.to_owned());
                        return Err(ComposeError::Cycle { parts: names.collect() });
                    }
                    path.push(next);
                }
                break;
            }
        }
    }
    Ok(order)
}

impl Plan<'_> {
    /// Puts everything into an order that does not depend on how it was listed.
    fn sort(&mut self, order: &[usize]) {
        let mut places = vec![0; order.len()];
        for (place, part) in order.iter().enumerate() {
            places[*part] = place;
        }
        let mut parts: Vec<_> = std::mem::take(&mut self.parts).into_iter().enumerate().collect();
        parts.sort_by_key(|(at, _)| places[*at]);
        self.parts = parts.into_iter().map(|(_, part)| part).collect();
        for import in self.parts.iter_mut().flat_map(|it| &mut it.imports) {
            if let Link::Part { part, .. } = &mut import.link {
                *part = places[*part];
            }
        }
        for export in &mut self.exports {
            export.part = places[export.part];
        }
        self.exports.sort_by_key(|it| it.name);
        origin::sort_exports(self);
    }
}
