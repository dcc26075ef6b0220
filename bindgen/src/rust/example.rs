//! The first plugin of an SDK: every exported function, with an answer that compiles and runs.

use serde::Serialize;

use super::layout::{Code, Returned, signature};
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
    let mut uses: Vec<_> = names.modules.iter().filter(used).cloned().collect();
    uses.sort();
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
        let plain = |line: String| Some(Returned { line, parts: Vec::new() });
        let result = match (&function.result, constructed) {
            (Some(Type::Result(_, err)), Some(_)) => {
                plain(format!("Result<Self, {}>", self.optional(err.as_deref())))
            }
            (_, Some(_)) => plain("Self".to_owned()),
            (Some(ty @ Type::Tuple(types)), None) => {
                let parts = types.iter().map(|it| self.ty(it)).collect();
                Some(Returned { line: self.ty(ty), parts })
            }
            (Some(ty), None) => plain(self.ty(ty)),
            (None, None) => None,
        };
        let marker = if function.is_async { "async " } else { "" };
        let value = match (&function.result, constructed) {
            (Some(Type::Result(..)), Some(_)) => Some(Code::text("Ok(Self)")),
            (_, Some(_)) => Some(Code::text("Self")),
            (Some(ty), None) => self.value(ty),
            (None, None) => Some(Code::text("")),
        };
        let missing = || {
            format!("panic!(\"`{}` has nothing to answer with in a first plugin\")", function.id)
        };
        Method {
            signature: signature(&format!("{marker}fn {name}"), &params, result.as_ref()),
            body: value.map_or_else(missing, |it| it.write(8)),
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
    fn value(&self, ty: &Type) -> Option<Code> {
        let boxed = |ty: &Option<Box<Type>>| match ty {
            Some(ty) => self.value(ty),
            None => Some(Code::text("()")),
        };
        let call = |name: &str, value: Code| Code::Call(name.to_owned(), vec![value]);
        match ty {
            Type::Primitive(Primitive::ErrorContext) => None,
            Type::Primitive(Primitive::Bool) => Some(Code::text("false")),
            Type::Primitive(Primitive::Char) => Some(Code::text("' '")),
            Type::Primitive(Primitive::String) => Some(Code::text("String::new()")),
            Type::Primitive(Primitive::F32 | Primitive::F64) => Some(Code::text("0.0")),
            Type::Primitive(_) => Some(Code::text("0")),
            Type::Named(id) => self.named(*id),
            Type::List(_) => Some(Code::text("Vec::new()")),
            Type::Map(..) => Some(Code::text("std::collections::BTreeMap::new()")),
            Type::FixedLengthList(ty, _) => {
                let value = self.value(ty)?.write(0);
                Some(Code::text(format!("std::array::from_fn(|_| {value})")))
            }
            Type::Option(_) => Some(Code::text("None")),
            Type::Result(ok, err) => {
                boxed(ok).map(|it| call("Ok", it)).or_else(|| boxed(err).map(|it| call("Err", it)))
            }
            Type::Tuple(types) => {
                let values = types.iter().map(|it| self.value(it)).collect::<Option<Vec<_>>>()?;
                Some(Code::Call(String::new(), values))
            }
            Type::Own(id) => {
                let id = self.names.world.resolve(*id);
                let (_, ty) = self.structs.iter().find(|(it, _)| *it == id)?;
                Some(call(&format!("{}::new", self.path(id, "")), Code::text(ty)))
            }
            // The end that writes goes at once, so the stream is empty and the future has its default.
            Type::Stream(_) => Some(Code::text(format!("{}::wit_stream::new().1", self.krate))),
            Type::Future(ty) => {
                let value = boxed(ty)?.write(0);
                Some(Code::text(format!("{}::wit_future::new(|| {value}).1", self.krate)))
            }
            Type::Borrow(_) => None,
        }
    }

    fn named(&self, id: TypeId) -> Option<Code> {
        let path = self.path(id, "");
        match &self.names.world.def(id).kind {
            TypeKind::Alias(ty) => self.value(ty),
            TypeKind::Enum(cases) => {
                let case = cases.first()?;
                Some(Code::text(format!("{path}::{}", rust_camel(&case.name))))
            }
            TypeKind::Flags(_) => Some(Code::text(format!("{path}::empty()"))),
            TypeKind::Record(fields) => {
                let fields = fields.iter().map(|it| {
                    let value = self.value(&it.ty)?;
                    Some((rust_snake(&it.name), value))
                });
                Some(Code::Struct(path, fields.collect::<Option<Vec<_>>>()?))
            }
            TypeKind::Resource => None,
            TypeKind::Variant(cases) => cases.iter().find_map(|it| {
                let case = format!("{path}::{}", rust_camel(&it.name));
                match &it.ty {
                    None => Some(Code::Text(case)),
                    Some(ty) => self.value(ty).map(|it| Code::Call(case, vec![it])),
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
