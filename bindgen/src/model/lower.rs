//! Lowers a parsed WIT world to the model.

use std::collections::HashMap;

use wit_parser as wit;
use wit_parser::{Resolve, WorldItem, WorldKey};

use super::{
    Case, Direction, Docs, Field, Function, FunctionKind, Interface, Location, Package, Param,
    Primitive, Type, TypeDef, TypeId, TypeKind, World, WorldFunction,
};
use crate::Source;

/// Lowers the chosen world of a source.
pub(crate) fn lower(source: &Source) -> World {
    let mut resolve = source.resolve.clone();
    // The same interface imported and exported is two, as it is for every generator that follows.
    resolve.generate_nominal_type_ids(source.world);
    let world = &resolve.worlds[source.world];
    let package = world.package.expect("a world that was selected by name stands in a package");
    let mut lower = Lower {
        resolve: &resolve,
        world: World {
            name: world.name.clone(),
            id: resolve.id_of_name(package, &world.name),
            selector: if package == source.package {
                world.name.clone()
            } else {
                resolve.id_of_name(package, &world.name)
            },
            package: Package::from(&resolve.packages[package].name),
            packages: resolve.packages.iter().map(|(_, it)| Package::from(&it.name)).collect(),
            docs: Docs::from(&world.docs),
            interfaces: Vec::new(),
            functions: Vec::new(),
            types: Vec::new(),
            defs: Vec::new(),
        },
        ids: HashMap::new(),
        interfaces: HashMap::new(),
    };
    lower.reserve(Direction::Import, &world.imports);
    lower.reserve(Direction::Export, &world.exports);
    lower.items(Direction::Import, &world.imports);
    lower.items(Direction::Export, &world.exports);
    lower.world
}

struct Lower<'a> {
    resolve: &'a Resolve,
    world: World,
    ids: HashMap<wit::TypeId, TypeId>,
    interfaces: HashMap<wit::InterfaceId, usize>,
}

type Items = wit::IndexMap<WorldKey, WorldItem>;

impl Lower<'_> {
    /// Gives every interface its place, so that a type can say where it stands before it is lowered.
    fn reserve(&mut self, direction: Direction, items: &Items) {
        for (key, item) in items {
            let WorldItem::Interface { id, docs, span, external_id, .. } = item else { continue };
            let interface = &self.resolve.interfaces[*id];
            let docs = if interface.docs.is_empty() { docs } else { &interface.docs };
            let span = if interface.span.is_known() { interface.span } else { *span };
            let lowered = Interface {
                name: match (key, &interface.name) {
                    (WorldKey::Name(name), _) | (WorldKey::Interface(_), Some(name)) => {
                        name.clone()
                    }
                    (WorldKey::Interface(_), None) => String::new(),
                },
                id: self.resolve.name_world_key(key),
                package: match key {
                    WorldKey::Name(_) => None,
                    WorldKey::Interface(_) => {
                        interface.package.map(|it| Package::from(&self.resolve.packages[it].name))
                    }
                },
                labelled: matches!(key, WorldKey::Name(_)) && interface.name.is_some(),
                has_external_id: external_id.is_some(),
                direction,
                docs: Docs::from(docs),
                location: self.location(span),
                types: Vec::new(),
                functions: Vec::new(),
            };
            self.interfaces.insert(*id, self.world.interfaces.len());
            self.world.interfaces.push(lowered);
        }
    }

    fn items(&mut self, direction: Direction, items: &Items) {
        for item in items.values() {
            match item {
                WorldItem::Interface { id, .. } => {
                    let interface = &self.resolve.interfaces[*id];
                    let types = interface.types.values().map(|it| self.def(*it)).collect();
                    let functions =
                        interface.functions.values().map(|it| self.function(it)).collect();
                    let lowered = &mut self.world.interfaces[self.interfaces[id]];
                    lowered.types = types;
                    lowered.functions = functions;
                }
                WorldItem::Function(function) => {
                    let function = self.function(function);
                    self.world.functions.push(WorldFunction { direction, function });
                }
                WorldItem::Type { id, .. } => {
                    let id = self.def(*id);
                    self.world.types.push(id);
                }
            }
        }
    }

    fn function(&mut self, function: &wit::Function) -> Function {
        let kind = match function.kind {
            wit::FunctionKind::Freestanding | wit::FunctionKind::AsyncFreestanding => {
                FunctionKind::Free
            }
            wit::FunctionKind::Constructor(id) => FunctionKind::Constructor(self.def(id)),
            wit::FunctionKind::Method(id) | wit::FunctionKind::AsyncMethod(id) => {
                FunctionKind::Method(self.def(id))
            }
            wit::FunctionKind::Static(id) | wit::FunctionKind::AsyncStatic(id) => {
                FunctionKind::Static(self.def(id))
            }
        };
        Function {
            name: function.item_name().to_owned(),
            id: function.name.clone(),
            kind,
            is_async: function.kind.is_async(),
            params: function
                .params
                .iter()
                .map(|it| Param { name: it.name.clone(), ty: self.ty(&it.ty) })
                .collect(),
            result: function.result.as_ref().map(|it| self.ty(it)),
            has_external_id: function.external_id.is_some(),
            docs: Docs::from(&function.docs),
            location: self.location(function.span),
        }
    }

    /// Lowers a named type once; WIT has no recursive types, so what it is made of comes first.
    fn def(&mut self, id: wit::TypeId) -> TypeId {
        if let Some(lowered) = self.ids.get(&id) {
            return *lowered;
        }
        let def = &self.resolve.types[id];
        let kind = match &def.kind {
            wit::TypeDefKind::Record(record) => TypeKind::Record(
                record
                    .fields
                    .iter()
                    .map(|it| Field {
                        name: it.name.clone(),
                        ty: self.ty(&it.ty),
                        docs: Docs::from(&it.docs),
                    })
                    .collect(),
            ),
            wit::TypeDefKind::Variant(variant) => TypeKind::Variant(
                variant
                    .cases
                    .iter()
                    .map(|it| Case {
                        name: it.name.clone(),
                        ty: it.ty.as_ref().map(|it| self.ty(it)),
                        docs: Docs::from(&it.docs),
                    })
                    .collect(),
            ),
            wit::TypeDefKind::Enum(it) => {
                TypeKind::Enum(it.cases.iter().map(|it| Case::plain(&it.name, &it.docs)).collect())
            }
            wit::TypeDefKind::Flags(it) => {
                TypeKind::Flags(it.flags.iter().map(|it| Case::plain(&it.name, &it.docs)).collect())
            }
            wit::TypeDefKind::Resource => TypeKind::Resource,
            wit::TypeDefKind::Type(ty) => TypeKind::Alias(self.ty(ty)),
            _ => TypeKind::Alias(self.anonymous(id)),
        };
        let interface = match def.owner {
            wit::TypeOwner::Interface(id) => self.interfaces.get(&id).copied(),
            wit::TypeOwner::World(_) | wit::TypeOwner::None => None,
        };
        let lowered = TypeId(self.world.defs.len());
        self.world.defs.push(TypeDef {
            name: def.name.clone().unwrap_or_default(),
            interface,
            kind,
            has_external_id: def.external_id.is_some(),
            docs: Docs::from(&def.docs),
            location: self.location(def.span),
        });
        self.ids.insert(id, lowered);
        lowered
    }

    fn ty(&mut self, ty: &wit::Type) -> Type {
        Type::Primitive(match ty {
            wit::Type::Bool => Primitive::Bool,
            wit::Type::U8 => Primitive::U8,
            wit::Type::U16 => Primitive::U16,
            wit::Type::U32 => Primitive::U32,
            wit::Type::U64 => Primitive::U64,
            wit::Type::S8 => Primitive::S8,
            wit::Type::S16 => Primitive::S16,
            wit::Type::S32 => Primitive::S32,
            wit::Type::S64 => Primitive::S64,
            wit::Type::F32 => Primitive::F32,
            wit::Type::F64 => Primitive::F64,
            wit::Type::Char => Primitive::Char,
            wit::Type::String => Primitive::String,
            wit::Type::ErrorContext => Primitive::ErrorContext,
            wit::Type::Id(id) if self.resolve.types[*id].name.is_some() => {
                return Type::Named(self.def(*id));
            }
            wit::Type::Id(id) => return self.anonymous(*id),
        })
    }

    fn anonymous(&mut self, id: wit::TypeId) -> Type {
        let resolve = self.resolve;
        match &resolve.types[id].kind {
            wit::TypeDefKind::Handle(wit::Handle::Own(id)) => Type::Own(self.def(*id)),
            wit::TypeDefKind::Handle(wit::Handle::Borrow(id)) => Type::Borrow(self.def(*id)),
            wit::TypeDefKind::List(ty) => Type::List(self.boxed(ty)),
            wit::TypeDefKind::FixedLengthList(ty, length) => {
                Type::FixedLengthList(self.boxed(ty), *length)
            }
            wit::TypeDefKind::Map(key, value) => Type::Map(self.boxed(key), self.boxed(value)),
            wit::TypeDefKind::Option(ty) => Type::Option(self.boxed(ty)),
            wit::TypeDefKind::Result(it) => {
                let ok = it.ok.as_ref().map(|it| self.boxed(it));
                Type::Result(ok, it.err.as_ref().map(|it| self.boxed(it)))
            }
            wit::TypeDefKind::Tuple(it) => {
                Type::Tuple(it.types.iter().map(|it| self.ty(it)).collect())
            }
            wit::TypeDefKind::Future(ty) => Type::Future(ty.as_ref().map(|it| self.boxed(it))),
            wit::TypeDefKind::Stream(ty) => Type::Stream(ty.as_ref().map(|it| self.boxed(it))),
            wit::TypeDefKind::Type(ty) => self.ty(ty),
            // These are always named, whatever their owner.
            wit::TypeDefKind::Record(_)
            | wit::TypeDefKind::Resource
            | wit::TypeDefKind::Flags(_)
            | wit::TypeDefKind::Variant(_)
            | wit::TypeDefKind::Enum(_)
            | wit::TypeDefKind::Unknown => Type::Named(self.def(id)),
        }
    }

    fn boxed(&mut self, ty: &wit::Type) -> Box<Type> {
        Box::new(self.ty(ty))
    }

    fn location(&self, span: wit::Span) -> Location {
        let text = self.resolve.render_location(span);
        let mut parts = text.rsplitn(3, ':');
        let (_column, line, file) = (parts.next(), parts.next(), parts.next());
        match (file, line.and_then(|it| it.parse().ok())) {
            (Some(file), Some(line)) => Location { file: file.to_owned(), line },
            _ => Location { file: "the WIT".to_owned(), line: 0 },
        }
    }
}

impl Case {
    fn plain(name: &str, docs: &wit::Docs) -> Self {
        Self { name: name.to_owned(), ty: None, docs: Docs::from(docs) }
    }
}

impl From<&wit::Docs> for Docs {
    fn from(docs: &wit::Docs) -> Self {
        let text = docs.contents.as_deref().unwrap_or_default();
        Self(text.trim().lines().map(|it| it.trim_end().replace('\r', " ")).collect())
    }
}

impl From<&wit::PackageName> for Package {
    fn from(name: &wit::PackageName) -> Self {
        Self {
            namespace: name.namespace.clone(),
            name: name.name.clone(),
            version: name.version.clone(),
        }
    }
}
