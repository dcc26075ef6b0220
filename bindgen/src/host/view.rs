//! What the template of the host's file prints, with every name final.

use heck::ToSnakeCase;
use serde::Serialize;

use super::calls::{self, Method};
use super::imports::{self, Look, Place, Trait};
use super::types;
use crate::Options;
use crate::model::{Direction, Function, Interface, TypeId, TypeKind, World};
use crate::names::{
    distinct, is_rust_keyword, rust_camel, rust_package_module, rust_snake, rust_use,
};

/// The whole file.
#[derive(Debug, Serialize)]
pub(crate) struct Host {
    /// The name of the file, without its ending.
    pub(crate) file: String,
    /// The private module with what `bindgen!` makes.
    pub(crate) bindings: String,
    pub(crate) world: String,
    /// The world as `bindgen!` is asked for it.
    pub(crate) selected: String,
    pub(crate) world_id: String,
    pub(crate) wit: String,
    /// The type of the world, which is what `bindgen!` calls it too.
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) with: Vec<(String, String)>,
    /// Whether the host's functions are `async`, and those that call the plugin.
    pub(crate) is_async: bool,
    /// The functions that `bindgen!` is told to give a store, beside those that are `async` in the WIT.
    pub(crate) flowing_imports: Vec<String>,
    pub(crate) flowing_exports: Vec<String>,
    /// What the host implements; empty if it implements nothing.
    pub(crate) bounds: Vec<String>,
    pub(crate) imports: Vec<Import>,
    /// What the host implements for the world itself.
    pub(crate) own: Vec<Trait>,
    /// What stands after `pub use`; empty if nothing does.
    pub(crate) root: String,
    pub(crate) modules: Vec<Module>,
    pub(crate) plugin: Vec<Method>,
    pub(crate) instance: Vec<Method>,
}

/// An import that the host answers.
#[derive(Debug, Serialize)]
pub(crate) struct Import {
    pub(crate) id: String,
    pub(crate) link: String,
    /// What stands for the interface in a linker.
    pub(crate) place: String,
    /// The functions that look into the plugin's memory.
    pub(crate) looks: Vec<Look>,
}

/// What of traits looks into the plugin's memory.
fn looks(traits: &[Trait]) -> Vec<Look> {
    traits.iter().flat_map(|it| &it.methods).filter_map(|it| it.look.clone()).collect()
}

/// The module of one interface.
#[derive(Debug, Serialize)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) id: String,
    /// What stands after `pub use`; empty if nothing does.
    pub(crate) items: String,
    /// What the host implements.
    pub(crate) traits: Vec<Trait>,
}

/// Computes the file.
pub(crate) fn host(world: &World, wit: &str, options: &Options) -> Host {
    let modules: Vec<_> = distinct(&world.interfaces).iter().map(|it| rust_snake(it)).collect();
    let snake = world.name.to_snake_case();
    let bindings = format!("__{snake}_bindings");
    let name = match world.name.as_str() {
        // `bindgen!` keeps `Host` for the trait of an interface.
        "host" => "Host_".to_owned(),
        name => rust_camel(name),
    };
    let answers = |place: &Place<'_>, types: &[TypeId], functions: &[&Function]| {
        imports::traits(world, &modules, options, place, types, functions)
    };
    let mut own = Vec::new();
    let mut bounds = Vec::new();
    let mut imports = Vec::new();
    if has_own_imports(world) {
        let main = format!("{name}Imports");
        let functions: Vec<_> = world.functions(Direction::Import).collect();
        let place = Place { module: "", upstream: "", id: None, main: &main };
        own = answers(&place, &world.types, &functions);
        imports.push(Import {
            id: "$root".to_owned(),
            link: format!("{bindings}::{name}::add_to_linker_imports"),
            place: "root()".to_owned(),
            looks: looks(&own),
        });
        bounds.push(main);
    }
    let mut parts = Vec::new();
    for (interface, module) in world.interfaces.iter().zip(&modules) {
        let upstream = path(world, interface);
        let mut traits = Vec::new();
        if is_answered(world, interface) {
            let functions: Vec<_> = interface.functions.iter().collect();
            let id = Some(interface.id.as_str());
            let place = Place { module, upstream: &upstream, id, main: "Host" };
            traits = answers(&place, &interface.types, &functions);
            bounds.push(format!("{module}::Host"));
            imports.push(Import {
                id: interface.id.clone(),
                link: format!("{bindings}::{upstream}::add_to_linker"),
                place: format!("instance(\"{}\")?", interface.id),
                looks: looks(&traits),
            });
        }
        parts.push(Module {
            name: module.clone(),
            docs: interface.docs.0.clone(),
            id: interface.id.clone(),
            items: rust_use(
                &format!("super::{bindings}::{upstream}"),
                names(world, &interface.types),
            ),
            traits,
        });
    }
    // What is lent has one name for all worlds.
    let own_types: Vec<_> = world.types.iter().copied().filter(|it| !world.is_lent(*it)).collect();
    let (plugin, instance) = calls::methods(world, &modules, options.is_async);
    Host {
        root: rust_use(&bindings, names(world, &own_types)),
        modules: parts,
        own,
        file: if is_rust_keyword(&world.name) { format!("{snake}_") } else { snake },
        bindings,
        world: world.name.clone(),
        selected: crate::source::escaped(&world.selector),
        world_id: world.id.clone(),
        wit: literal(wit),
        name,
        docs: world.docs.0.clone(),
        with: options.with.iter().cloned().chain(lent(world)).collect(),
        is_async: options.is_async,
        flowing_imports: flowing(world, Direction::Import),
        flowing_exports: flowing(world, Direction::Export),
        bounds,
        imports,
        plugin,
        instance,
    }
}

/// The functions with streams or futures that are not `async`, as `bindgen!` knows them.
fn flowing(world: &World, direction: Direction) -> Vec<String> {
    let flows = |it: &&Function| !it.is_async && world.is_concurrent(it);
    let own = world.functions(direction).filter(flows).map(|it| it.id.clone());
    let interfaces = world.interfaces.iter().filter(|it| it.direction == direction);
    let others = interfaces.flat_map(|interface| {
        let functions = interface.functions.iter().filter(flows);
        functions.map(|it| format!("{}.{}", interface.id, it.id))
    });
    own.chain(others).collect()
}

/// Whether the host's author answers it; the interfaces of WASI and of `plugwright:data` are the runtime's.
fn is_answered(world: &World, interface: &Interface) -> bool {
    interface.direction == Direction::Import
        && !interface.is_types_only(world)
        && !interface.is_of_plugwright()
        && interface.package.as_ref().is_none_or(|it| it.namespace != "wasi")
}

/// What the runtime keeps for the host, with the types by which it does.
fn lent(world: &World) -> impl Iterator<Item = (String, String)> {
    let resources = (0..world.defs.len())
        .map(TypeId)
        .filter(|id| matches!(world.def(*id).kind, TypeKind::Resource) && world.is_lent(*id));
    resources.filter_map(|id| {
        let def = world.def(id);
        let interface = &world.interfaces[def.interface?].id;
        Some((format!("{interface}.{}", def.name), types::lent(&def.name)))
    })
}

fn has_own_imports(world: &World) -> bool {
    let resource = |it: &TypeId| matches!(world.def(*it).kind, TypeKind::Resource);
    world.functions(Direction::Import).next().is_some() || world.types.iter().any(resource)
}

fn names(world: &World, types: &[TypeId]) -> Vec<String> {
    types.iter().map(|it| rust_camel(&world.def(*it).name)).collect()
}

/// Where `bindgen!` puts an interface.
fn path(world: &World, interface: &Interface) -> String {
    let mut parts = Vec::new();
    if interface.direction == Direction::Export {
        parts.push("exports".to_owned());
    }
    match &interface.package {
        Some(package) => {
            parts.push(package.namespace.to_snake_case());
            parts.push(rust_package_module(package, &world.packages));
            parts.push(rust_snake(&interface.name));
        }
        None => parts.push(rust_snake(&interface.name)),
    }
    parts.join("::")
}

/// Writes a text as a raw string, with as many marks as it takes.
fn literal(text: &str) -> String {
    let mut marks = "#".to_owned();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"\n{}\n\"{marks}", text.trim_end())
}
