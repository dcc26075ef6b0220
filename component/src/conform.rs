//! Whether a component conforms to a world: every difference at once.
//!
//! The two worlds are walked side by side. What the expected world exports has to be there; what
//! the component imports has to be offered. This file matches interfaces and functions by name,
//! `comparison` compares two functions, `types` the types below them, and `difference` holds the
//! words.

mod comparison;
mod difference;
mod types;

use wit_parser::{Function, InterfaceId, Resolve, TypeDefKind, TypeId, WorldItem, WorldKey};

pub(crate) use self::comparison::{Comparison, Place, Side, Versions};
pub use self::difference::{Difference, Problem};
use crate::artifact::Artifact;
use crate::version::{self, Fit};
use crate::wit;
use crate::world::World;

/// Compares a component with the world that a host expects; nothing found means it conforms.
///
/// The component may export more and import less than the world. Its imports from `wasi:*` are
/// capabilities, which a policy decides over, and never a difference. Versions of interfaces match
/// as they do in wasmtime's linker. Types match by structure, as they do at run time, except that
/// a record, variant, enum, flags or resource has to have the expected name as well.
pub fn differences(expected: &World, artifact: &Artifact) -> Vec<Difference> {
    let found = artifact.world();
    let mut comparison = Comparison::new(expected.resolve(), found.resolve(), Versions::Linked);
    comparison.exports(expected, found);
    comparison.side = Side::Import;
    comparison.imports(expected, found);
    comparison.differences
}

/// Compares what is asked for with what is there for it: an import with the export that answers it or with what a third
/// imports, or an export of a host's world with the one that provides it.
///
/// There may be more than is asked for; names need not be the same.
pub(crate) fn link(
    name: &str,
    asking: (&World, &WorldItem),
    there: (&World, &WorldItem),
) -> Vec<Difference> {
    let mut comparison = Comparison::new(asking.0.resolve(), there.0.resolve(), Versions::Linked);
    comparison.item(name, asking.1, there.1);
    comparison.differences
}

type Items<'a> = Vec<(String, &'a WorldItem)>;

pub(crate) fn named<'a>(
    resolve: &'a Resolve,
    items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>,
) -> Items<'a> {
    let name = |key: &WorldKey| resolve.name_world_key(key);
    items.into_iter().map(|(key, item)| (name(key), item)).collect()
}

fn borrowed<'a, 'b>(items: &'b Items<'a>) -> impl Iterator<Item = (&'b str, &'a WorldItem)> {
    items.iter().map(|(name, item)| (name.as_str(), *item))
}

impl<'a> Comparison<'a> {
    fn exports(&mut self, expected: &'a World, found: &'a World) {
        let there = named(found.resolve(), &found.resolve().worlds[found.id()].exports);
        for (name, item) in
            named(expected.resolve(), &expected.resolve().worlds[expected.id()].exports)
        {
            match version::find(&name, borrowed(&there)) {
                Some((Fit::Exact | Fit::Compatible, _, other)) => self.item(&name, item, other),
                Some((_, other, _)) => self.report(Difference::version(&name, other, self.side)),
                None => {
                    let names = there.iter().map(|(name, _)| name.as_str());
                    let text = describe(expected.resolve(), &name, item);
                    self.report(Difference::not_exported(&name, item, &text, names));
                }
            }
        }
    }

    fn imports(&mut self, expected: &'a World, found: &'a World) {
        let offered = named(expected.resolve(), &expected.resolve().worlds[expected.id()].imports);
        for (name, item) in named(found.resolve(), &found.resolve().worlds[found.id()].imports) {
            if name.starts_with("wasi:") || is_types_only(found.resolve(), item) {
                continue;
            }
            match version::find(&name, borrowed(&offered)) {
                Some((Fit::Exact | Fit::Compatible, _, other)) => self.item(&name, other, item),
                Some((_, other, _)) => self.report(Difference::version(other, &name, self.side)),
                None => {
                    let names = offered.iter().map(|(name, _)| name.as_str());
                    let text = describe(found.resolve(), &name, item);
                    self.report(Difference::not_offered(&name, &text, names));
                }
            }
        }
    }

    fn item(&mut self, name: &str, expected: &'a WorldItem, found: &'a WorldItem) {
        match (expected, found) {
            (WorldItem::Interface { id: a, .. }, WorldItem::Interface { id: b, .. }) => {
                self.interface(version::unversioned(name), *a, *b);
            }
            (WorldItem::Function(a), WorldItem::Function(b)) => {
                self.function(Place { path: None }, a, b);
            }
            // Both are written with the same name, so it is a type of the world itself.
            (WorldItem::Type { id: a, .. }, WorldItem::Type { id: b, .. }) => {
                self.types().named(*a, *b);
            }
            _ => {
                let (a, b) = self.resolves();
                let (a, b) = (describe(a, name, expected), describe(b, name, found));
                self.report(Difference::other(name, Problem::ItemKind, a, b));
            }
        }
    }

    fn interface(&mut self, path: &str, expected: InterfaceId, found: InterfaceId) {
        let (a, b) = self.resolves();
        let (expected, found) = (&a.interfaces[expected], &b.interfaces[found]);
        let place = Place { path: Some(path) };
        let (asking, asked) = match self.side {
            Side::Export => (expected, found),
            Side::Import => (found, expected),
        };
        let (asking_resolve, asked_resolve) = match self.side {
            Side::Export => (a, b),
            Side::Import => (b, a),
        };
        for (name, id) in &asking.types {
            let resource = matches!(asking_resolve.types[*id].kind, TypeDefKind::Resource);
            let is_resource =
                |id: &TypeId| matches!(asked_resolve.types[*id].kind, TypeDefKind::Resource);
            if resource && !asked.types.get(name).is_some_and(is_resource) {
                let item = format!("{path} resource `{name}`");
                self.missing(&item, format!("resource {name}"), asked.types.keys());
            }
        }
        let lacking = |id: TypeId| {
            let name = asking_resolve.types[id].name.as_ref();
            name.is_some_and(|name| !asked.types.contains_key(name))
        };
        for func in asking.functions.values() {
            // The missing resource is reported, and its methods are missing with it.
            if func.kind.resource().is_some_and(lacking) {
                continue;
            }
            match asked.functions.get(&func.name).or_else(|| same_name(asked, func)) {
                Some(other) if self.side == Side::Export => self.function(place, func, other),
                Some(other) => self.function(place, other, func),
                None => {
                    let name = wit::function_name(func);
                    let text = format!("{name}: {}", wit::signature(asking_resolve, func));
                    let others: Vec<String> =
                        asked.functions.values().map(wit::function_name).collect();
                    self.missing(&place.item(&name), text, others.iter());
                }
            }
        }
    }

    /// Reports what one side asks for and the other does not have.
    fn missing<'n>(&mut self, item: &str, text: String, others: impl Iterator<Item = &'n String>) {
        let others = others.map(String::as_str);
        let resource = text.starts_with("resource ");
        self.report(match self.side {
            Side::Import => Difference::not_offered(item, &text, others),
            Side::Export if resource => Difference::type_missing(item, text, others),
            Side::Export => Difference::function_missing(item, &text, others),
        });
    }
}

/// Finds the function that WIT gives the same name, though it is of another kind.
fn same_name<'i>(interface: &'i wit_parser::Interface, func: &Function) -> Option<&'i Function> {
    let name = wit::function_name(func);
    interface.functions.values().find(|other| wit::function_name(other) == name)
}

/// Nothing is left of types when a component runs, except of resources.
pub(crate) fn is_types_only(resolve: &Resolve, item: &WorldItem) -> bool {
    let resource = |id| matches!(resolve.types[id].kind, TypeDefKind::Resource);
    match item {
        WorldItem::Function(_) => false,
        WorldItem::Type { id, .. } => !resource(*id),
        WorldItem::Interface { id, .. } => {
            let interface = &resolve.interfaces[*id];
            interface.functions.is_empty() && !interface.types.values().any(|id| resource(*id))
        }
    }
}

pub(crate) fn describe(resolve: &Resolve, name: &str, item: &WorldItem) -> String {
    match item {
        WorldItem::Interface { .. } if name.contains('/') => name.to_owned(),
        WorldItem::Interface { .. } => format!("{name}: interface"),
        WorldItem::Function(func) => {
            let signature = wit::signature(resolve, func);
            format!("{}: {signature}", wit::function_name(func))
        }
        WorldItem::Type { id, .. } => wit::definition(resolve, *id),
    }
}
