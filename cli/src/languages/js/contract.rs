//! The WIT as the toolchain is told it: the plugin's world, and what the plugin may print to.
//!
//! It differs from the world where the toolchain would fail on it otherwise; what differs is undone in the component.

use std::collections::BTreeSet;

use plugwright_bindgen::Source;
use wit_component::WitPrinter;
use wit_parser::{
    Function, FunctionKind, InterfaceId, Package, PackageId, PackageName, Resolve, Stability, Type,
    TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem, WorldKey,
};

use super::undo::PRIVATE;

/// Packages of WASI that the toolchain offers itself while it prepares the runtime.
const OFFERED: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// What a console needs, as far as the toolchain has to know it.
const STDIO: &str = include_str!("stdio.wit");

/// What the plugin imports of it.
pub(super) const STREAMS: [&str; 2] = ["wasi:cli/stderr@0.2.12", "wasi:cli/stdout@0.2.12"];

/// The imports, in the order in which they need each other.
const IMPORTS: [&str; 4] = [
    "wasi:io/error@0.2.12",
    "wasi:io/streams@0.2.12",
    "wasi:cli/stderr@0.2.12",
    "wasi:cli/stdout@0.2.12",
];

/// The world for the toolchain.
pub(super) struct Contract {
    /// All of it in one file.
    pub(super) wit: String,
    /// By what the toolchain finds the world.
    pub(super) world: String,
    /// Whether the plugin has somewhere to print to.
    pub(super) has_stdio: bool,
    /// What the toolchain is told that interfaces of WASI are called, each with its name.
    pub(super) aliases: Vec<(String, String)>,
}

/// Writes the world for the toolchain, with interfaces under the names that it can tell apart.
pub(super) fn contract(
    source: &Source,
    aliases: &[(String, String)],
    pure: bool,
) -> Result<Contract, String> {
    let mut resolve = source.resolve.clone();
    let world = source.world;
    for (alias, id) in aliases {
        rename(&mut resolve, id, alias);
    }
    // The toolchain would put traps in the place of what a pure plugin imports of it.
    let aliases =
        if pure || is_beyond_wasi(&resolve, world) { hide_wasi(&mut resolve) } else { Vec::new() };
    let package = set_apart(&mut resolve, world);
    if resolve.worlds[world].exports.is_empty() {
        add_private(&mut resolve, world);
    }
    let has_stdio = !pure && add_stdio(&mut resolve, world);
    let others = resolve.packages.iter().map(|(id, _)| id);
    let others: Vec<_> = others.filter(|it| *it != package).collect();
    let mut printer = WitPrinter::default();
    printer.print(&resolve, package, &others).map_err(|err| format!("{err:#}"))?;
    let world = format!("%{}", resolve.worlds[world].name);
    Ok(Contract { wit: printer.output.to_string(), world, has_stdio, aliases })
}

fn find(resolve: &Resolve, id: &str) -> Option<InterfaceId> {
    let mut interfaces = resolve.interfaces.iter();
    interfaces.find(|(it, _)| resolve.id_of(*it).as_deref() == Some(id)).map(|(id, _)| id)
}

fn rename(resolve: &mut Resolve, id: &str, alias: &str) {
    let name = alias.rsplit('/').next().and_then(|it| it.split('@').next());
    let (Some(interface), Some(name)) = (find(resolve, id), name) else { return };
    let old = resolve.interfaces[interface].name.replace(name.to_owned());
    let Some(package) = resolve.interfaces[interface].package else { return };
    let interfaces = &mut resolve.packages[package].interfaces;
    if let Some(old) = old {
        interfaces.shift_remove(&old);
    }
    interfaces.insert(name.to_owned(), interface);
}

/// Whether the toolchain offers what is in the package.
fn is_offered(name: &PackageName) -> bool {
    name.namespace == "wasi"
        && OFFERED.contains(&name.name.as_str())
        && name.version.as_ref().is_some_and(|it| it.pre.is_empty())
}

/// Whether an import that the toolchain does not offer has resources of one that it does.
///
/// The toolchain puts something else in the place of the former, with resources of its own, which do not fit.
fn is_beyond_wasi(resolve: &Resolve, world: WorldId) -> bool {
    let owner = |id: TypeId| match resolve.types[id].owner {
        TypeOwner::Interface(id) => resolve.interfaces[id].package,
        _ => None,
    };
    let offered =
        |id: Option<PackageId>| id.is_some_and(|it| is_offered(&resolve.packages[it].name));
    let is_resource_of_wasi = |mut id: TypeId| loop {
        match resolve.types[id].kind {
            TypeDefKind::Type(Type::Id(of)) => id = of,
            TypeDefKind::Resource => return offered(owner(id)),
            _ => return false,
        }
    };
    resolve.worlds[world].imports.values().any(|item| match item {
        WorldItem::Interface { id, .. } => {
            let interface = &resolve.interfaces[*id];
            !offered(interface.package)
                && interface.types.values().any(|it| is_resource_of_wasi(*it))
        }
        _ => false,
    })
}

/// Gives WASI another name, so that the toolchain offers nothing of it, and gives back what it is called.
fn hide_wasi(resolve: &mut Resolve) -> Vec<(String, String)> {
    let taken: BTreeSet<_> =
        resolve.packages.iter().map(|(_, it)| it.name.namespace.clone()).collect();
    let Some(namespace) =
        ('a'..='z').rev().map(|it| format!("was{it}")).find(|it| !taken.contains(it))
    else {
        return Vec::new();
    };
    let packages = resolve.packages.iter().filter(|(_, it)| it.name.namespace == "wasi");
    let packages: Vec<_> = packages.map(|(id, _)| id).collect();
    let mut aliases = Vec::new();
    for package in packages {
        let old = resolve.packages[package].name.clone();
        resolve.packages[package].name.namespace.clone_from(&namespace);
        let new = resolve.packages[package].name.clone();
        resolve.package_names.shift_remove(&old);
        resolve.package_names.insert(new.clone(), package);
        let interfaces = resolve.packages[package].interfaces.keys();
        aliases.extend(interfaces.map(|it| (new.interface_id(it), old.interface_id(it))));
    }
    aliases
}

/// Moves the world into a package of its own, so that it can import what depends on the package it comes from.
fn set_apart(resolve: &mut Resolve, world: WorldId) -> PackageId {
    let old = resolve.worlds[world].package;
    let name = resolve.worlds[world].name.clone();
    let version = old.and_then(|it| resolve.packages[it].name.version.clone());
    let package_name =
        PackageName { namespace: "plugwright".to_owned(), name: "build".to_owned(), version };
    let package = resolve.packages.alloc(Package {
        name: package_name.clone(),
        docs: Default::default(),
        interfaces: Default::default(),
        worlds: [(name.clone(), world)].into_iter().collect(),
    });
    resolve.package_names.insert(package_name, package);
    if let Some(old) = old {
        resolve.packages[old].worlds.shift_remove(&name);
    }
    let moved = &mut resolve.worlds[world];
    moved.package = Some(package);
    // It speaks of versions of another package.
    moved.stability = Stability::Unknown;
    for (key, item) in moved.imports.iter_mut().chain(&mut moved.exports) {
        match item {
            WorldItem::Interface { id, stability, .. } => {
                *stability = Stability::Unknown;
                if matches!(key, WorldKey::Name(_)) {
                    resolve.interfaces[*id].package = Some(package);
                }
            }
            WorldItem::Function(function) => function.stability = Stability::Unknown,
            WorldItem::Type { id, .. } => resolve.types[*id].stability = Stability::Unknown,
        }
    }
    package
}

/// Lets the world export something, without which the toolchain takes what it imports for useless.
fn add_private(resolve: &mut Resolve, world: WorldId) {
    let function = Function {
        name: PRIVATE.to_owned(),
        kind: FunctionKind::Freestanding,
        params: Vec::new(),
        result: None,
        docs: Default::default(),
        stability: Stability::Unknown,
        span: Default::default(),
        external_id: None,
    };
    let key = WorldKey::Name(PRIVATE.to_owned());
    resolve.worlds[world].exports.insert(key, WorldItem::Function(function));
}

/// Lets the world import standard output and standard error, unless it has WASI of that version for itself.
fn add_stdio(resolve: &mut Resolve, world: WorldId) -> bool {
    if IMPORTS.iter().all(|it| find(resolve, it).is_none()) {
        let is_there = |name: &str| {
            resolve
                .packages
                .iter()
                .any(|(_, it)| it.name.to_string() == format!("wasi:{name}@0.2.12"))
        };
        if is_there("io") || is_there("cli") || resolve.push_str("stdio.wit", STDIO).is_err() {
            return false;
        }
    }
    let Some(found) = IMPORTS.iter().map(|it| find(resolve, it)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    for id in found {
        let item = WorldItem::Interface {
            id,
            stability: Stability::default(),
            docs: Default::default(),
            span: Default::default(),
            external_id: None,
        };
        resolve.worlds[world].imports.entry(WorldKey::Interface(id)).or_insert(item);
    }
    true
}
