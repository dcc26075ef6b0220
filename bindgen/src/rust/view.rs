//! What the templates of the Rust SDK print, with every name final.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::example::{self, Plugin};
use super::layout::reexport;
use super::twins::{first, merges};
use crate::model::{Direction, FunctionKind, Interface, Type, TypeId, TypeKind, World};
use crate::names::{Scope, distinct, rust_camel, rust_package_module, rust_snake};
use crate::{GenerateError, Options};

/// The module with the generated bindings; no WIT name can start with an underscore.
pub(crate) const BINDINGS: &str = "__bindings";

/// The whole crate.
#[derive(Debug, Serialize)]
pub(crate) struct Crate {
    pub(crate) bindings: &'static str,
    pub(crate) package: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) edition: &'static str,
    pub(crate) license: Option<String>,
    pub(crate) features: Vec<&'static str>,
    pub(crate) world: String,
    pub(crate) selector: String,
    pub(crate) world_id: String,
    pub(crate) docs: Vec<String>,
    /// What stands after `pub use`; empty if nothing does.
    pub(crate) root: String,
    pub(crate) modules: Vec<Module>,
    pub(crate) errors: Vec<String>,
    /// Whether a type that is imported and exported has to be one type.
    pub(crate) merges: bool,
    pub(crate) is_async: bool,
    pub(crate) has_streams: bool,
    pub(crate) has_futures: bool,
    pub(crate) has_exports: bool,
    pub(crate) plugin: Plugin,
}

/// The module of one interface.
#[derive(Debug, Serialize)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) id: String,
    /// What stands after `pub use`; empty if nothing does.
    pub(crate) items: String,
}

/// The names that the crate gives to what the world says.
pub(crate) struct Names<'a> {
    pub(crate) world: &'a World,
    /// By interface.
    pub(crate) modules: Vec<String>,
    /// By interface; `None` where there is nothing to implement.
    pub(crate) traits: Vec<Option<String>>,
    /// By exported resource.
    pub(crate) resources: BTreeMap<TypeId, String>,
    /// The trait of the world's own functions.
    pub(crate) root_trait: Option<String>,
}

impl<'a> Names<'a> {
    fn new(world: &'a World) -> Self {
        let modules: Vec<_> = distinct(&world.interfaces).iter().map(|it| rust_snake(it)).collect();
        let mut traits = Vec::new();
        let mut resources = BTreeMap::new();
        for interface in &world.interfaces {
            let mut scope = type_scope(world, &interface.types, interface.direction);
            if interface.direction == Direction::Import || interface.is_types_only(world) {
                traits.push(None);
                continue;
            }
            traits.push(Some(trait_name(&mut scope, &interface.name)));
            for id in exported_resources(world, interface) {
                let name = format!("{}Resource", rust_camel(&world.def(id).name));
                resources.insert(id, scope.take(&name));
            }
        }
        let mut scope = type_scope(world, &world.types, Direction::Import);
        let root_trait =
            world.functions(Direction::Export).next().map(|_| trait_name(&mut scope, &world.name));
        Self { world, modules, traits, resources, root_trait }
    }
}

/// Takes the names of the types, which come before the names of traits.
fn type_scope(world: &World, types: &[TypeId], direction: Direction) -> Scope {
    let mut scope = Scope::default();
    for id in types {
        for item in type_items(world, *id, direction) {
            scope.take(&item);
        }
    }
    scope
}

fn trait_name(scope: &mut Scope, name: &str) -> String {
    let name = rust_camel(name);
    let taken = scope.take(&name);
    if taken == name { name } else { scope.take(&format!("{name}Exports")) }
}

fn type_items(world: &World, id: TypeId, direction: Direction) -> Vec<String> {
    let def = world.def(id);
    let name = match def.name.as_str() {
        // The bindings call the trait of an interface `Guest`.
        "guest" => "Guest_".to_owned(),
        name => rust_camel(name),
    };
    match (&def.kind, direction) {
        (TypeKind::Resource, Direction::Export) => vec![format!("{name}Borrow"), name],
        _ => vec![name],
    }
}

fn exported_resources(world: &World, interface: &Interface) -> Vec<TypeId> {
    let is_resource = |it: &&TypeId| matches!(world.def(**it).kind, TypeKind::Resource);
    interface.types.iter().filter(is_resource).copied().collect()
}

/// Computes the crate.
pub(crate) fn crate_of(world: &World, options: &Options) -> Result<Crate, GenerateError> {
    let package = match &options.name {
        Some(name) => checked(name)?,
        None => format!("{}-sdk", world.name),
    };
    let version = options.version.clone().or_else(|| world.package.version.clone());
    let names = Names::new(world);
    let uses = Uses::of(world);
    let merges = merges(world);
    let name = package.replace('-', "_");
    Ok(Crate {
        bindings: BINDINGS,
        plugin: example::plugin(&names, &name),
        package,
        name,
        version: version.map_or_else(|| "0.1.0".to_owned(), |it| it.to_string()),
        edition: uses.edition,
        license: options.license.clone(),
        features: uses.features,
        world: world.name.clone(),
        selector: world.selector.clone(),
        world_id: world.id.clone(),
        docs: world.docs.0.clone(),
        root: root(&names),
        modules: (0..world.interfaces.len()).map(|it| module(&names, it)).collect(),
        errors: unmarked_errors(world, merges),
        merges,
        is_async: uses.is_async,
        has_streams: uses.has_streams,
        has_futures: uses.has_futures,
        has_exports: names.root_trait.is_some()
            || names.traits.iter().any(Option::is_some)
            || world.interfaces.iter().any(|it| it.direction == Direction::Export),
    })
}

fn checked(name: &str) -> Result<String, GenerateError> {
    let first = name.starts_with(|it: char| it.is_ascii_alphabetic());
    if first && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_') {
        return Ok(name.to_owned());
    }
    let reason = "a crate's name is letters, digits, `-` and `_`, and starts with a letter";
    Err(GenerateError::Option { option: "name", value: name.to_owned(), reason })
}

fn root(names: &Names<'_>) -> String {
    let world = names.world;
    let types = world.types.iter().flat_map(|it| type_items(world, *it, Direction::Import));
    let functions = world
        .functions(Direction::Import)
        .filter(|it| it.kind == FunctionKind::Free)
        .map(|it| rust_snake(&it.name));
    let mut items: Vec<_> = types.chain(functions).collect();
    items.extend(names.root_trait.as_ref().map(|it| renamed(it, "Guest")));
    reexport(BINDINGS, items, 0)
}

fn module(names: &Names<'_>, index: usize) -> Module {
    let world = names.world;
    let interface = &world.interfaces[index];
    let types = interface.types.iter().flat_map(|it| type_items(world, *it, interface.direction));
    let mut items: Vec<_> = types.collect();
    if interface.direction == Direction::Import {
        let functions = interface.functions.iter().filter(|it| it.kind == FunctionKind::Free);
        items.extend(functions.map(|it| rust_snake(&it.name)));
    }
    items.extend(names.traits[index].as_ref().map(|it| renamed(it, "Guest")));
    if interface.direction == Direction::Export {
        for id in exported_resources(world, interface) {
            let original = format!("Guest{}", rust_camel(&world.def(id).name));
            items.push(renamed(&names.resources[&id], &original));
        }
    }
    Module {
        name: names.modules[index].clone(),
        docs: interface.docs.0.clone(),
        id: interface.id.clone(),
        items: reexport(&path(world, interface), items, 4),
    }
}

fn renamed(name: &str, original: &str) -> String {
    if name == original { name.to_owned() } else { format!("{original} as {name}") }
}

/// Where the bindings have an interface.
fn path(world: &World, interface: &Interface) -> String {
    let mut parts = vec!["crate".to_owned(), BINDINGS.to_owned()];
    if interface.direction == Direction::Export {
        parts.push("exports".to_owned());
    }
    if let Some(package) = &interface.package {
        parts.push(rust_snake(&package.namespace));
        parts.push(rust_package_module(package, &world.packages));
    }
    parts.push(rust_snake(&interface.name));
    parts.join("::")
}

/// Gives the error types that the bindings do not make errors of Rust.
///
/// They do so for `E` in a function that gives `result<T, E>` directly; behind two aliases, in a future, in a tuple, and as flags it is left to us.
fn unmarked_errors(world: &World, merges: bool) -> Vec<String> {
    let (mut marked, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (_, _, function) in world.every_function() {
        let Some(result) = &function.result else { continue };
        // An alias of a result still counts as one, an alias of that does not.
        let direct = match result {
            Type::Named(id) => match &world.def(*id).kind {
                TypeKind::Alias(ty) => ty,
                _ => result,
            },
            _ => result,
        };
        if let Type::Result(_, Some(err)) = direct
            && let Type::Named(id) = &**err
        {
            marked.insert(world.resolve(*id));
        }
        world.walk(result, &mut BTreeSet::new(), &mut |it| {
            if let Type::Result(_, Some(err)) = it
                && let Type::Named(id) = &**err
            {
                all.insert(world.resolve(*id));
            }
        });
    }
    if merges {
        let firsts = |ids: BTreeSet<TypeId>| ids.into_iter().map(|it| first(world, it)).collect();
        (marked, all) = (firsts(marked), firsts(all));
    }
    let flags = |id: &TypeId| matches!(world.def(*id).kind, TypeKind::Flags(_));
    all.iter()
        .filter(|it| !marked.contains(it) || flags(it))
        .filter(|it| !matches!(world.def(**it).kind, TypeKind::Alias(_) | TypeKind::Resource))
        .map(|it| {
            let def = world.def(*it);
            let name = rust_camel(&def.name);
            match def.interface {
                Some(index) => format!("{}::{name}", path(world, &world.interfaces[index])),
                None => format!("crate::{BINDINGS}::{name}"),
            }
        })
        .collect()
}

/// What the generated code needs of its surroundings.
struct Uses {
    features: Vec<&'static str>,
    edition: &'static str,
    is_async: bool,
    has_streams: bool,
    has_futures: bool,
}

impl Uses {
    fn of(world: &World) -> Self {
        let (mut is_async, mut has_streams, mut has_futures) = (false, false, false);
        let mut has_gen = world.interfaces.iter().any(|it| it.name == "gen");
        for (_, _, function) in world.every_function() {
            is_async |= function.is_async;
            has_gen |= function.name == "gen" || function.params.iter().any(|it| it.name == "gen");
            for ty in function.types() {
                world.walk(ty, &mut BTreeSet::new(), &mut |it| {
                    has_streams |= matches!(it, Type::Stream(_));
                    has_futures |= matches!(it, Type::Future(_));
                });
            }
        }
        let mut features = vec!["realloc", "std"];
        if world.defs.iter().any(|it| matches!(it.kind, TypeKind::Flags(_))) {
            features.push("bitflags");
        }
        is_async |= has_streams || has_futures;
        if is_async {
            features.extend(["async", "async-spawn"]);
        }
        for def in &world.defs {
            if let TypeKind::Record(fields) = &def.kind {
                has_gen |= fields.iter().any(|it| it.name == "gen");
            }
        }
        // The bindings do not escape `gen`, which became a keyword in 2024.
        let edition = if has_gen { "2021" } else { "2024" };
        Self { features, edition, is_async, has_streams, has_futures }
    }
}
