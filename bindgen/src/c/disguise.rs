//! Gives everything that the WIT names a placeholder before the bindings are generated, so that no two can meet there.
//!
//! The generator underneath joins names as they are: a type `list-u8` meets `list<u8>`, the interface `a-b` with `c` meets
//! `a` with `b-c`, and a parameter `base` meets a variable. A placeholder is a Greek letter and a number, which no name
//! of WIT can be; what they stand for is put back by [`names`](super::names), in the strings of the ABI as it was.

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{
    Docs, Function, Interface, Resolve, Span, Stability, Tuple, Type, TypeDefKind, TypeId, WorldId,
    WorldItem, WorldKey,
};

use super::names::{ident, snake};
use crate::model::Direction;
use crate::names::Scope;

/// A list of a fixed length, which is a tuple there.
pub(crate) const ARRAY: char = 'λ';
/// A field of a record, or a case of a variant.
pub(crate) const FIELD: char = 'φ';
/// An interface, as the start of an identifier.
pub(crate) const INTERFACE: char = 'ι';
/// An interface that stands in the world itself, in the strings of the ABI.
const INLINE: char = 'κ';
/// A parameter.
pub(crate) const PARAM: char = 'π';
/// A named type.
pub(crate) const TYPE: char = 'τ';
/// The world, as the start of an identifier.
pub(crate) const WORLD: char = 'ω';

/// The WIT with placeholders, and what they stand for.
pub(crate) struct Disguise {
    pub(crate) resolve: Resolve,
    /// Which interface gets which placeholder.
    pub(crate) renames: Vec<(String, String)>,
    /// What stands in the WIT, by placeholder.
    pub(crate) wit: BTreeMap<String, String>,
    /// What stands in C for what is known to one struct or one function only, by placeholder.
    pub(crate) local: BTreeMap<String, String>,
    arrays: BTreeSet<TypeId>,
    /// The interface and its direction, by the start of identifiers.
    pub(crate) interfaces: BTreeMap<String, (String, Direction)>,
}

/// Puts the placeholders in.
pub(crate) fn disguise(resolve: &Resolve, world: WorldId) -> Disguise {
    let mut disguise = Disguise {
        resolve: resolve.clone(),
        renames: Vec::new(),
        wit: BTreeMap::new(),
        local: BTreeMap::new(),
        arrays: BTreeSet::new(),
        interfaces: BTreeMap::new(),
    };
    disguise.inline(world);
    disguise.keys(world);
    disguise.arrays();
    let mut resolve = std::mem::take(&mut disguise.resolve);
    for (id, def) in resolve.types.iter_mut() {
        let is_array = disguise.arrays.contains(&id);
        disguise.def(def, is_array);
    }
    // The names are keys as well.
    let name = |resolve: &Resolve, id: TypeId| resolve.types[id].name.clone().unwrap_or_default();
    for id in resolve.interfaces.iter().map(|(id, _)| id).collect::<Vec<_>>() {
        let types = std::mem::take(&mut resolve.interfaces[id].types);
        let types = types.into_values().map(|it| (name(&resolve, it), it)).collect();
        resolve.interfaces[id].types = types;
    }
    for id in resolve.worlds.iter().map(|(id, _)| id).collect::<Vec<_>>() {
        let imports = std::mem::take(&mut resolve.worlds[id].imports);
        let imports = imports.into_iter().map(|(key, item)| match item {
            WorldItem::Type { id, .. } => (WorldKey::Name(name(&resolve, id)), item),
            _ => (key, item),
        });
        let imports = imports.collect();
        resolve.worlds[id].imports = imports;
        disguise.import_arrays(&mut resolve, id);
    }
    for (_, interface) in resolve.interfaces.iter_mut() {
        interface.functions.values_mut().for_each(|it| disguise.function(it));
    }
    for (_, world) in resolve.worlds.iter_mut() {
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            if let WorldItem::Function(function) = item {
                disguise.function(function);
            }
        }
    }
    disguise.resolve = resolve;
    disguise
}

impl Disguise {
    fn placeholder(&mut self, letter: char, wit: &str) -> String {
        let placeholder = format!("{letter}{}", self.wit.len());
        self.wit.insert(placeholder.clone(), wit.to_owned());
        placeholder
    }

    /// Keeps apart what the world itself imports and exports as interfaces of one name.
    fn inline(&mut self, world: WorldId) {
        let exports = std::mem::take(&mut self.resolve.worlds[world].exports);
        for (key, item) in exports {
            let key = match (key, &item) {
                (WorldKey::Name(name), WorldItem::Interface { .. }) => {
                    WorldKey::Name(self.placeholder(INLINE, &name))
                }
                (key, _) => key,
            };
            self.resolve.worlds[world].exports.insert(key, item);
        }
    }

    fn keys(&mut self, world: WorldId) {
        let mut seen = BTreeSet::new();
        let world = self.resolve.worlds[world].clone();
        let imports = world.imports.iter().map(|it| (it, Direction::Import));
        let exports = world.exports.iter().map(|it| (it, Direction::Export));
        for ((key, item), direction) in imports.chain(exports) {
            let WorldItem::Interface { .. } = item else { continue };
            let name = self.resolve.name_world_key(key);
            let id = self.wit.get(&name).unwrap_or(&name).clone();
            if seen.insert(name.clone()) {
                let placeholder = self.placeholder(INTERFACE, &id);
                self.renames.push((name.clone(), placeholder));
            }
            let renamed = self.renames.iter().find(|(it, _)| *it == name);
            let (_, placeholder) = renamed.expect("it was put there above");
            let start = match (key, direction) {
                (WorldKey::Interface(_), Direction::Export) => format!("exports_{placeholder}"),
                _ => placeholder.clone(),
            };
            self.interfaces.insert(start, (id, direction));
        }
    }

    /// Makes a tuple of each list of a fixed length, which is the same to the ABI and is known to the generator.
    fn arrays(&mut self) {
        let found = self.resolve.types.iter().filter_map(|(id, def)| match def.kind {
            TypeDefKind::FixedLengthList(ty, length) => Some((id, ty, length)),
            _ => None,
        });
        let found: Vec<_> = found.collect();
        for (id, ty, length) in found {
            let item = match ty {
                Type::Id(it) => self.resolve.types[it].name.clone(),
                ty => Some(primitive(ty).to_owned()),
            };
            let name = format!("list-{length}-{}", item.as_deref().unwrap_or("items"));
            let def = &mut self.resolve.types[id];
            def.name.get_or_insert(name);
            let types = vec![ty; usize::try_from(length).unwrap_or(usize::MAX)];
            def.kind = TypeDefKind::Tuple(Tuple { types });
            self.arrays.insert(id);
        }
    }

    /// Has the world import the names of lists of a fixed length, as wit-parser asks of all that have a name.
    ///
    /// They stand for nothing there, since these types belong to no world: several interfaces and worlds share them.
    fn import_arrays(&self, resolve: &mut Resolve, world: WorldId) {
        let nothing = Interface {
            name: None,
            types: Default::default(),
            functions: Default::default(),
            docs: Docs::default(),
            stability: Stability::default(),
            package: resolve.worlds[world].package,
            span: Span::default(),
            clone_of: None,
        };
        for array in &self.arrays {
            let Some(name) = resolve.types[*array].name.clone() else { continue };
            let item = WorldItem::Interface {
                id: resolve.interfaces.alloc(nothing.clone()),
                stability: Stability::default(),
                external_id: None,
                docs: Docs::default(),
                span: Span::default(),
            };
            resolve.worlds[world].imports.insert(WorldKey::Name(name), item);
        }
    }

    fn def(&mut self, def: &mut wit_parser::TypeDef, is_array: bool) {
        def.docs = Docs::default();
        if let Some(name) = &mut def.name {
            *name = self.placeholder(if is_array { ARRAY } else { TYPE }, name);
        }
        let mut scope = Scope::default();
        match &mut def.kind {
            TypeDefKind::Record(record) => {
                for field in &mut record.fields {
                    field.docs = Docs::default();
                    self.local(FIELD, &mut field.name, &mut scope);
                }
            }
            TypeDefKind::Variant(variant) => {
                for case in &mut variant.cases {
                    case.docs = Docs::default();
                    self.local(FIELD, &mut case.name, &mut scope);
                }
            }
            TypeDefKind::Enum(it) => {
                it.cases.iter_mut().for_each(|it| it.docs = Docs::default());
            }
            TypeDefKind::Flags(it) => {
                it.flags.iter_mut().for_each(|it| it.docs = Docs::default());
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &mut Function) {
        function.docs = Docs::default();
        let mut scope = Scope::default();
        // These are the names of what is given back, and of what an asynchronous call is given.
        for name in ["ret", "err", "arg", "args", "result", "event"] {
            scope.take(name);
        }
        for param in &mut function.params {
            self.local(PARAM, &mut param.name, &mut scope);
        }
    }

    fn local(&mut self, letter: char, name: &mut String, scope: &mut Scope) {
        let placeholder = self.placeholder(letter, name);
        self.local.insert(placeholder.clone(), scope.take(&ident(&snake(name))));
        *name = placeholder;
    }
}

/// Names a type without a definition.
fn primitive(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext | Type::Id(_) => "items",
    }
}
