//! The first plugin of an SDK: every exported function, with an answer that compiles and runs.

use serde::Serialize;

use super::view::Names;
use crate::model::{Direction, Function, FunctionKind, Primitive, Type, TypeId, TypeKind};
use crate::names::{Scope, is_rust_keyword, rust_camel, rust_snake};

/// The plugin.
#[derive(Debug, Serialize)]
pub(crate) struct Plugin {
    /// The type that the plugin exports.
    pub(crate) ty: String,
    /// What it takes from the SDK.
    pub(crate) uses: Vec<String>,
    pub(crate) impls: Vec<Impl>,
    /// The types of the exported resources.
    pub(crate) resources: Vec<String>,
}

/// One `impl` block.
#[derive(Debug, Serialize)]
pub(crate) struct Impl {
    pub(crate) docs: Vec<String>,
    pub(crate) path: String,
    pub(crate) ty: String,
    /// Name and value of each associated type.
    pub(crate) types: Vec<(String, String)>,
    pub(crate) methods: Vec<Method>,
}

/// One function.
#[derive(Debug, Serialize)]
pub(crate) struct Method {
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Computes the plugin of a crate.
pub(crate) fn plugin(names: &Names<'_>, krate: &str) -> Plugin {
    let world = names.world;
    let mut scope = Scope::default();
    // The types are printed with their module, so only names of the plugin itself can meet.
    let ty = scope.take("Plugin");
    let structs = names.resources.keys().map(|id| {
        let name = format!("My{}", rust_camel(&world.def(*id).name));
        (*id, scope.take(&name))
    });
    let structs: Vec<_> = structs.collect();
    let printer = Printer { names, krate, structs: &structs };
    let mut impls = Vec::new();
    if let Some(root) = &names.root_trait {
        let functions = world.functions(Direction::Export).collect::<Vec<_>>();
        impls.push(Impl {
            docs: world.docs.0.clone(),
            path: format!("{krate}::{root}"),
            ty: ty.clone(),
            types: Vec::new(),
            methods: printer.methods(&functions, |it| it.kind == FunctionKind::Free),
        });
    }
    for (index, interface) in world.interfaces.iter().enumerate() {
        let Some(name) = &names.traits[index] else { continue };
        let functions = interface.functions.iter().collect::<Vec<_>>();
        let module = &names.modules[index];
        let own: Vec<_> =
            structs.iter().filter(|(id, _)| world.def(*id).interface == Some(index)).collect();
        impls.push(Impl {
            docs: interface.docs.0.clone(),
            path: format!("{module}::{name}"),
            ty: ty.clone(),
            types: own
                .iter()
                .map(|(id, ty)| (rust_camel(&world.def(*id).name), ty.clone()))
                .collect(),
            methods: printer.methods(&functions, |it| it.kind == FunctionKind::Free),
        });
        for (id, ty) in own {
            impls.push(Impl {
                docs: world.def(*id).docs.0.clone(),
                path: format!("{module}::{}", names.resources[id]),
                ty: ty.clone(),
                types: Vec::new(),
                methods: printer.methods(&functions, |it| it.kind.resource() == Some(*id)),
            });
        }
    }
    let used = |module: &&String| {
        let path = format!("{module}::");
        let mentions = |text: &str| {
            text.match_indices(&path).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == ':')
            })
        };
        impls.iter().any(|it| {
            mentions(&it.path)
                || it.methods.iter().any(|it| mentions(&it.signature) || mentions(&it.body))
        })
    };
    let uses = names.modules.iter().filter(used).cloned().collect();
    let resources = structs.iter().map(|(_, it)| it.clone()).collect();
    Plugin { ty, uses, impls, resources }
}

impl FunctionKind {
    fn resource(self) -> Option<TypeId> {
        match self {
            FunctionKind::Free => None,
            FunctionKind::Constructor(id) | FunctionKind::Method(id) | FunctionKind::Static(id) => {
                Some(id)
            }
        }
    }
}

struct Printer<'a> {
    names: &'a Names<'a>,
    krate: &'a str,
    structs: &'a [(TypeId, String)],
}

impl Printer<'_> {
    fn methods(&self, functions: &[&Function], wanted: impl Fn(&Function) -> bool) -> Vec<Method> {
        functions.iter().filter(|it| wanted(it)).map(|it| self.method(it)).collect()
    }

    fn method(&self, function: &Function) -> Method {
        let is_method = matches!(function.kind, FunctionKind::Method(_));
        let constructed = match function.kind {
            FunctionKind::Constructor(id) => Some(id),
            _ => None,
        };
        let name = match (constructed, is_rust_keyword(&function.name)) {
            (Some(_), _) => "new".to_owned(),
            (None, true) if function.name == "gen" => "r#gen".to_owned(),
            (None, _) => rust_snake(&function.name),
        };
        let mut params = Vec::new();
        if is_method {
            params.push("&self".to_owned());
        }
        for param in function.params.iter().skip(usize::from(is_method)) {
            params.push(format!("_{}: {}", rust_snake(&param.name), self.ty(&param.ty)));
        }
        let result = match (&function.result, constructed) {
            (Some(Type::Result(_, err)), Some(_)) => {
                format!(" -> Result<Self, {}>", self.optional(err.as_deref()))
            }
            (_, Some(_)) => " -> Self".to_owned(),
            (Some(ty), None) => format!(" -> {}", self.ty(ty)),
            (None, None) => String::new(),
        };
        let marker = if function.is_async { "async " } else { "" };
        let value = match (&function.result, constructed) {
            (Some(Type::Result(..)), Some(_)) => Some("Ok(Self)".to_owned()),
            (_, Some(_)) => Some("Self".to_owned()),
            (Some(ty), None) => self.value(ty),
            (None, None) => Some(String::new()),
        };
        let missing = || {
            format!("panic!(\"`{}` has nothing to answer with in a first plugin\")", function.id)
        };
        Method {
            signature: format!("{marker}fn {name}({}){result}", params.join(", ")),
            body: value.unwrap_or_else(missing),
        }
    }

    fn optional(&self, ty: Option<&Type>) -> String {
        ty.map_or_else(|| "()".to_owned(), |it| self.ty(it))
    }

    /// Writes a type as the bindings do where they hand it over.
    fn ty(&self, ty: &Type) -> String {
        let boxed = |ty: &Option<Box<Type>>| self.optional(ty.as_deref());
        match ty {
            Type::Primitive(it) => primitive(*it).to_owned(),
            Type::Named(id) => self.path(*id, ""),
            Type::List(ty) => format!("Vec<{}>", self.ty(ty)),
            Type::FixedLengthList(ty, length) => format!("[{}; {length}]", self.ty(ty)),
            Type::Map(key, value) => {
                format!("std::collections::BTreeMap<{}, {}>", self.ty(key), self.ty(value))
            }
            Type::Option(ty) => format!("Option<{}>", self.ty(ty)),
            Type::Result(ok, err) => format!("Result<{}, {}>", boxed(ok), boxed(err)),
            Type::Tuple(types) => {
                let types: String = types.iter().map(|it| format!("{}, ", self.ty(it))).collect();
                match types.strip_suffix(", ") {
                    Some(several) if several.contains(", ") => format!("({several})"),
                    _ => format!("({})", types.trim_end()),
                }
            }
            Type::Own(id) => self.path(*id, ""),
            Type::Borrow(id) => match self.is_exported(*id) {
                true => format!("{}<'_>", self.path(self.names.world.resolve(*id), "Borrow")),
                false => format!("&{}", self.path(*id, "")),
            },
            Type::Future(ty) => format!("{}::FutureReader<{}>", self.krate, boxed(ty)),
            Type::Stream(ty) => format!("{}::StreamReader<{}>", self.krate, boxed(ty)),
        }
    }

    fn is_exported(&self, id: TypeId) -> bool {
        let id = self.names.world.resolve(id);
        self.structs.iter().any(|(it, _)| *it == id)
    }

    fn path(&self, id: TypeId, suffix: &str) -> String {
        let def = self.names.world.def(id);
        let module = def.interface.map_or(self.krate, |it| &self.names.modules[it]);
        let name = if def.name == "guest" { "Guest_".to_owned() } else { rust_camel(&def.name) };
        format!("{module}::{name}{suffix}")
    }

    /// Writes a value of the type, if there is one that needs nothing but the SDK.
    fn value(&self, ty: &Type) -> Option<String> {
        let boxed = |ty: &Option<Box<Type>>| match ty {
            Some(ty) => self.value(ty),
            None => Some("()".to_owned()),
        };
        match ty {
            Type::Primitive(Primitive::ErrorContext) => None,
            Type::Primitive(Primitive::Bool) => Some("false".to_owned()),
            Type::Primitive(Primitive::Char) => Some("' '".to_owned()),
            Type::Primitive(Primitive::String) => Some("String::new()".to_owned()),
            Type::Primitive(Primitive::F32 | Primitive::F64) => Some("0.0".to_owned()),
            Type::Primitive(_) => Some("0".to_owned()),
            Type::Named(id) => self.named(*id),
            Type::List(_) => Some("Vec::new()".to_owned()),
            Type::Option(_) => Some("None".to_owned()),
            Type::Result(ok, err) => boxed(ok)
                .map(|it| format!("Ok({it})"))
                .or_else(|| boxed(err).map(|it| format!("Err({it})"))),
            Type::Tuple(types) => {
                let values = types.iter().map(|it| self.value(it)).collect::<Option<Vec<_>>>()?;
                match &values[..] {
                    [one] => Some(format!("({one},)")),
                    several => Some(format!("({})", several.join(", "))),
                }
            }
            Type::Own(id) => {
                let id = self.names.world.resolve(*id);
                let (_, ty) = self.structs.iter().find(|(it, _)| *it == id)?;
                Some(format!("{}::new({ty})", self.path(id, "")))
            }
            // The end that writes goes at once, so the stream is empty and the future has its default.
            Type::Stream(_) => Some(format!("{}::wit_stream::new().1", self.krate)),
            Type::Future(ty) => {
                let value = boxed(ty)?;
                Some(format!("{}::wit_future::new(|| {value}).1", self.krate))
            }
            Type::FixedLengthList(..) | Type::Map(..) | Type::Borrow(_) => None,
        }
    }

    fn named(&self, id: TypeId) -> Option<String> {
        let path = self.path(id, "");
        match &self.names.world.def(id).kind {
            TypeKind::Alias(ty) => self.value(ty),
            TypeKind::Enum(cases) => {
                cases.first().map(|it| format!("{path}::{}", rust_camel(&it.name)))
            }
            TypeKind::Flags(_) => Some(format!("{path}::empty()")),
            TypeKind::Record(fields) => {
                let fields = fields.iter().map(|it| {
                    let value = self.value(&it.ty)?;
                    Some(format!("{}: {value}", rust_snake(&it.name)))
                });
                let fields = fields.collect::<Option<Vec<_>>>()?;
                Some(format!("{path} {{ {} }}", fields.join(", ")))
            }
            TypeKind::Resource => None,
            TypeKind::Variant(cases) => cases.iter().find_map(|it| {
                let case = format!("{path}::{}", rust_camel(&it.name));
                match &it.ty {
                    None => Some(case),
                    Some(ty) => self.value(ty).map(|it| format!("{case}({it})")),
                }
            }),
        }
    }
}

/// Writes a primitive type in Rust.
pub(crate) fn primitive(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Bool => "bool",
        Primitive::U8 => "u8",
        Primitive::U16 => "u16",
        Primitive::U32 => "u32",
        Primitive::U64 => "u64",
        Primitive::S8 => "i8",
        Primitive::S16 => "i16",
        Primitive::S32 => "i32",
        Primitive::S64 => "i64",
        Primitive::F32 => "f32",
        Primitive::F64 => "f64",
        Primitive::Char => "char",
        Primitive::String => "String",
        // Every language refuses it before.
        Primitive::ErrorContext => "!",
    }
}
