//! A world: what a component asks for and what it offers.

use std::fmt;

use semver::Version;
use serde::Serialize;
use wit_component::WitPrinter;
use wit_parser::{
    Function, LiveTypes, PackageId, Resolve, TypeDefKind, WorldId, WorldItem, WorldKey,
};

use crate::error::ReadError;
use crate::{read, version, wit};

/// A part of WIT that an engine runs only when it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Extension {
    /// `map<K, V>`
    Maps,
    /// `list<T, N>`
    FixedLengthLists,
}

/// Holds a WIT world and everything that it refers to.
#[derive(Clone)]
pub struct World {
    resolve: Resolve,
    id: WorldId,
}

impl World {
    /// Takes a world that was parsed or decoded.
    ///
    /// # Panics
    ///
    /// Panics if `id` is not a world of `resolve`.
    pub fn new(resolve: Resolve, id: WorldId) -> World {
        assert!(resolve.worlds.get(id).is_some(), "the world belongs to another `Resolve`");
        World { resolve, id }
    }

    /// Decodes a world that was encoded by itself, as host bindings embed it.
    ///
    /// It reads what `wit_component::metadata::encode` writes, which is what the option
    /// `include_component_type` of wasmtime's `bindgen!` puts into `COMPONENT_TYPE`.
    pub fn decode(component_type: &[u8]) -> Result<World, ReadError> {
        read::encoded_world(component_type)
    }

    /// Gives the name of the world, without its package.
    pub fn name(&self) -> &str {
        &self.resolve.worlds[self.id].name
    }

    /// Gives the packages, interfaces and types around the world.
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// Gives the world's place in [`World::resolve`].
    pub fn id(&self) -> WorldId {
        self.id
    }

    /// Lists what the world imports.
    pub fn imports(&self) -> Vec<Extern> {
        self.externs(&self.resolve.worlds[self.id].imports)
    }

    /// Lists what the world exports.
    pub fn exports(&self) -> Vec<Extern> {
        self.externs(&self.resolve.worlds[self.id].exports)
    }

    /// Finds an import by its full name.
    pub(crate) fn import(&self, name: &str) -> Option<&WorldItem> {
        self.item(&self.resolve.worlds[self.id].imports, name)
    }

    /// Finds an export by its full name.
    pub(crate) fn export(&self, name: &str) -> Option<&WorldItem> {
        self.item(&self.resolve.worlds[self.id].exports, name)
    }

    fn item<'a>(
        &self,
        items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>,
        name: &str,
    ) -> Option<&'a WorldItem> {
        let mut items = items.into_iter();
        items.find(|(key, _)| self.resolve.name_world_key(key) == name).map(|(_, item)| item)
    }

    fn externs<'a>(
        &self,
        items: impl IntoIterator<Item = (&'a WorldKey, &'a WorldItem)>,
    ) -> Vec<Extern> {
        items.into_iter().map(|(key, item)| Extern::new(&self.resolve, key, item)).collect()
    }

    /// Tells whether an async function, a stream or a future is anywhere in the world.
    pub fn is_async(&self) -> bool {
        let world = &self.resolve.worlds[self.id];
        let mut items = world.imports.values().chain(world.exports.values());
        let mut live = LiveTypes::default();
        live.add_world(&self.resolve, self.id);
        let streams =
            |kind: &TypeDefKind| matches!(kind, TypeDefKind::Stream(_) | TypeDefKind::Future(_));
        live.iter().any(|id| streams(&self.resolve.types[id].kind))
            || items.any(|item| match item {
                WorldItem::Interface { id, .. } => {
                    self.resolve.interfaces[*id].functions.values().any(|it| it.kind.is_async())
                }
                WorldItem::Function(func) => func.kind.is_async(),
                WorldItem::Type { .. } => false,
            })
    }

    /// Tells which parts of WIT are in the world that an engine runs only when it is told to.
    pub fn extensions(&self) -> Vec<Extension> {
        let mut live = LiveTypes::default();
        live.add_world(&self.resolve, self.id);
        let kinds: Vec<_> = live.iter().map(|id| &self.resolve.types[id].kind).collect();
        let has = |is: fn(&&TypeDefKind) -> bool| kinds.iter().any(&is);
        let maps = has(|it| matches!(it, TypeDefKind::Map(..)));
        let lists = has(|it| matches!(it, TypeDefKind::FixedLengthList(..)));
        let found = [(Extension::Maps, maps), (Extension::FixedLengthLists, lists)];
        found.into_iter().filter(|(_, found)| *found).map(|(extension, _)| extension).collect()
    }

    /// Writes the world as WIT text, and after it the packages that it refers to.
    ///
    /// The packages of `wasi:*` are left out: they are known, and longer than all the rest.
    pub fn to_wit(&self) -> String {
        let own = self.resolve.worlds[self.id].package;
        let own = own.expect("a world in a `Resolve` has a package");
        let shown =
            |id: &PackageId| *id != own && self.resolve.packages[*id].name.namespace != "wasi";
        let others: Vec<PackageId> =
            self.resolve.packages.iter().map(|(id, _)| id).filter(shown).collect();
        let mut printer = WitPrinter::default();
        match printer.print(&self.resolve, own, &others) {
            Ok(()) => printer.output.to_string(),
            // The printer refuses names that WIT cannot write, which valid components may have.
            Err(err) => {
                let written = printer.output;
                format!("{written}\n// The rest cannot be written in WIT: {err:#}\n")
            }
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("name", &self.name()).finish_non_exhaustive()
    }
}

/// Describes one import or export of a world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Extern {
    /// The full name, with the version: `example:heater/control@0.1.0`, or plain `decide`.
    pub name: String,
    /// The version in the name.
    pub version: Option<Version>,
    /// What it is.
    #[serde(flatten)]
    pub kind: ExternKind,
}

/// Tells what an import or export is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExternKind {
    /// A function of the world itself.
    Function(Func),
    /// An interface.
    #[non_exhaustive]
    Interface {
        /// Its functions, the methods of its resources included.
        functions: Vec<Func>,
        /// The names of its resources.
        resources: Vec<String>,
    },
    /// A type of the world itself, as its WIT definition.
    Type(String),
}

/// Describes a function as people know it from WIT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Func {
    /// The name: `decide`, or `counter.add` for a method.
    pub name: String,
    /// What it takes and gives: `func(a: u32) -> string`.
    pub signature: String,
    /// Whether it is an `async func`.
    pub is_async: bool,
}

impl Extern {
    fn new(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Extern {
        let name = resolve.name_world_key(key);
        let kind = match item {
            WorldItem::Function(func) => ExternKind::Function(Func::new(resolve, func)),
            WorldItem::Type { id, .. } => ExternKind::Type(wit::definition(resolve, *id)),
            WorldItem::Interface { id, .. } => {
                let interface = &resolve.interfaces[*id];
                let functions = interface.functions.values();
                let resources = interface
                    .types
                    .iter()
                    .filter(|(_, id)| matches!(resolve.types[**id].kind, TypeDefKind::Resource));
                ExternKind::Interface {
                    functions: functions.map(|it| Func::new(resolve, it)).collect(),
                    resources: resources.map(|(name, _)| name.clone()).collect(),
                }
            }
        };
        Extern { version: version::split(&name).1, name, kind }
    }

    /// Lists its functions: those of an interface, or itself.
    pub fn functions(&self) -> &[Func] {
        match &self.kind {
            ExternKind::Function(func) => std::slice::from_ref(func),
            ExternKind::Interface { functions, .. } => functions,
            ExternKind::Type(_) => &[],
        }
    }

    /// Tells whether it belongs to WASI, which a policy decides over, and not to a host's own world.
    pub fn is_wasi(&self) -> bool {
        self.name.starts_with("wasi:")
    }

    /// Tells whether it belongs to Plugwright's own package of lent data, which needs no grant.
    pub fn is_of_plugwright(&self) -> bool {
        self.name.starts_with("plugwright:data/")
    }

    /// Tells whether the runtime offers it, and not a host's own world.
    pub fn is_of_runtime(&self) -> bool {
        self.is_wasi() || self.is_of_plugwright()
    }

    /// Tells whether it is only types, of which nothing is left when a component runs.
    pub fn is_types_only(&self) -> bool {
        match &self.kind {
            ExternKind::Function(_) => false,
            ExternKind::Interface { functions, resources } => {
                functions.is_empty() && resources.is_empty()
            }
            ExternKind::Type(definition) => !definition.starts_with("resource "),
        }
    }
}

impl Func {
    fn new(resolve: &Resolve, func: &Function) -> Func {
        Func {
            name: wit::function_name(func),
            signature: wit::signature(resolve, func),
            is_async: func.kind.is_async(),
        }
    }
}
