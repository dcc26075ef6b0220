//! The WIT as the toolchain is told it: the plugin's world, and what the plugin may print to.

use plugwright_bindgen::Source;
use wit_component::WitPrinter;
use wit_parser::{InterfaceId, Resolve, Stability, WorldId, WorldItem, WorldKey};

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
}

/// Writes the world for the toolchain, with interfaces under the names that it can tell apart.
pub(super) fn contract(
    source: &Source,
    aliases: &[(String, String)],
    wants_stdio: bool,
) -> Result<Contract, String> {
    let mut resolve = source.resolve.clone();
    let world = source.world;
    for (alias, id) in aliases {
        rename(&mut resolve, id, alias);
    }
    let has_stdio = wants_stdio && add_stdio(&mut resolve, world);
    let others = resolve.packages.iter().map(|(id, _)| id);
    let others: Vec<_> = others.filter(|it| *it != source.package).collect();
    let mut printer = WitPrinter::default();
    printer.print(&resolve, source.package, &others).map_err(|err| format!("{err:#}"))?;
    let name = format!("%{}", resolve.worlds[world].name);
    let world = match resolve.worlds[world].package {
        Some(package) if package != source.package => resolve.id_of_name(package, &name),
        _ => name,
    };
    Ok(Contract { wit: printer.output.to_string(), world, has_stdio })
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
