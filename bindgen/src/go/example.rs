//! The first plugin of an SDK: every exported function, with an answer that compiles and runs.

use serde::Serialize;

use super::functions::Outcome;
use super::names::exported;
use super::types::{File, Module};
use super::view::Answer;
use crate::model::{Direction, Function, FunctionKind, Primitive, Type, TypeId, TypeKind};
use crate::names::Scope;

/// The plugin.
#[derive(Debug, Serialize)]
pub(crate) struct Plugin {
    pub(crate) imports: Vec<Vec<String>>,
    /// What registers it; empty if there is nothing to answer.
    pub(crate) export: String,
    pub(crate) types: Vec<Implementation>,
}

/// A type with its methods.
#[derive(Debug, Serialize)]
pub(crate) struct Implementation {
    pub(crate) name: String,
    pub(crate) methods: Vec<Answered>,
}

/// A method.
#[derive(Debug, Serialize)]
pub(crate) struct Answered {
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// Computes the plugin of a module.
pub(crate) fn plugin(module: &Module<'_>, answers: &[Answer]) -> Plugin {
    let world = module.world;
    let file = File::outside(module);
    let mut scope = Scope::default();
    let mut names = answers.iter().map(|it| scope.take(&it.answering));
    let mut fields = Vec::new();
    let mut types = Vec::new();
    let mut structs = Vec::new();
    for def in (0..world.defs.len()).map(TypeId) {
        if matches!(world.def(def).kind, TypeKind::Resource) && module.is_exported(def) {
            structs.push((def, String::new()));
        }
    }
    let names: Vec<_> = names.by_ref().collect();
    for (id, name) in &mut structs {
        *name = scope.take(&format!("my{}", exported(&world.def(*id).name)));
    }
    let printer = Printer { module, structs };
    let mut next = names.iter().zip(answers);
    for (index, interface) in world.interfaces.iter().enumerate() {
        if interface.direction == Direction::Import || interface.is_types_only(world) {
            continue;
        }
        let Some((name, answer)) = next.next() else { break };
        fields.push(format!("{}: {name}{{}}", answer.field));
        let functions: Vec<_> = interface.functions.iter().collect();
        types.push(printer.implementation(&file, Some(index), name, &functions, None));
        for (id, name) in &printer.structs {
            if world.def(*id).interface == Some(index) {
                types.push(printer.implementation(&file, Some(index), name, &functions, Some(*id)));
            }
        }
    }
    if let Some((name, answer)) = next.next() {
        fields.push(format!("{}: {name}{{}}", answer.field));
        let functions: Vec<_> = world.functions(Direction::Export).collect();
        types.push(printer.implementation(&file, None, name, &functions, None));
    }
    let export = match fields.is_empty() {
        true => {
            file.import(&module.path, "_");
            String::new()
        }
        false => {
            let (export, plugin) = (file.public(None, "Export"), file.public(None, "Plugin"));
            format!("{export}({plugin}{{{}}})", fields.join(", "))
        }
    };
    Plugin { imports: file.imports(), export, types }
}

struct Printer<'a> {
    module: &'a Module<'a>,
    structs: Vec<(TypeId, String)>,
}

impl Printer<'_> {
    fn implementation(
        &self,
        file: &File<'_>,
        index: Option<usize>,
        name: &str,
        functions: &[&Function],
        resource: Option<TypeId>,
    ) -> Implementation {
        let wanted = |it: &&&Function| match it.kind {
            FunctionKind::Method(id) => resource == Some(id),
            _ => resource.is_none(),
        };
        let methods = functions.iter().filter(wanted).map(|it| {
            // The names of the parameters are those of the package, the types are seen from outside.
            let inner = File::new(self.module, index);
            let full = inner.signature(Direction::Export, it);
            let head = full.split_once('(').map_or("", |(head, _)| head);
            let signature = format!("({name}) {head}{}", file.method_type(it));
            Answered { signature, body: self.body(file, it) }
        });
        Implementation { name: name.to_owned(), methods: methods.collect() }
    }

    fn body(&self, file: &File<'_>, function: &Function) -> String {
        let missing =
            || format!("panic(\"`{}` has nothing to answer with in a first plugin\")", function.id);
        let values = match file.outcome(function) {
            Outcome::Nothing => return String::new(),
            Outcome::Value(ty) => self.value(file, ty).map(|it| vec![it]),
            Outcome::Values(types) => self.values(file, types),
            Outcome::Fallible(ok, _) => {
                let ok = match ok.map(|it| (it, self.module.real(it))) {
                    None => Some(Vec::new()),
                    Some((_, Type::Tuple(types))) => self.values(file, types),
                    Some((ty, _)) => self.value(file, ty).map(|it| vec![it]),
                };
                ok.map(|it| it.into_iter().chain(["nil".to_owned()]).collect())
            }
        };
        values.map_or_else(missing, |it| format!("return {}", it.join(", ")))
    }

    fn values(&self, file: &File<'_>, types: &[Type]) -> Option<Vec<String>> {
        types.iter().map(|it| self.value(file, it)).collect()
    }

    /// Writes a value of the type, if there is one that needs nothing but the SDK.
    fn value(&self, file: &File<'_>, ty: &Type) -> Option<String> {
        let module = self.module;
        match module.real(ty) {
            Type::Primitive(Primitive::Bool) => Some("false".to_owned()),
            Type::Primitive(Primitive::String) => Some("\"\"".to_owned()),
            Type::Primitive(Primitive::Char) => Some("' '".to_owned()),
            Type::Primitive(_) => Some("0".to_owned()),
            Type::Named(id) => self.named(file, *id),
            Type::List(_) | Type::Option(_) | Type::Stream(_) => Some("nil".to_owned()),
            Type::Result(ok, _) => {
                let name = file.ty(ty);
                match ok {
                    None => Some(format!("{name}{{}}")),
                    Some(ok) => self.value(file, ok).map(|it| format!("{name}{{Value: {it}}}")),
                }
            }
            Type::Tuple(types) => {
                let values = self.values(file, types)?;
                let fields = values.iter().enumerate().map(|(at, it)| format!("F{at}: {it}"));
                let fields = fields.collect::<Vec<_>>().join(", ");
                Some(format!("{}{{{fields}}}", file.ty(ty)))
            }
            Type::Own(id) => {
                let id = module.world.resolve(*id);
                let (_, name) = self.structs.iter().find(|(it, _)| *it == id)?;
                Some(format!("{name}{{}}"))
            }
            Type::Future(inner) => {
                let value = match inner {
                    None => "struct{}{}".to_owned(),
                    Some(ty) => self.value(file, ty)?,
                };
                let inner = inner.as_ref().map_or_else(|| "struct{}".to_owned(), |it| file.ty(it));
                Some(format!("{}({value})", file.wit(&format!("Ready[{inner}]"))))
            }
            Type::Map(..) => Some("nil".to_owned()),
            Type::FixedLengthList(inner, length) => {
                let item = self.value(file, inner)?;
                let items = vec![item; *length as usize].join(", ");
                let items = if self.is_zero(inner) { String::new() } else { items };
                Some(format!("{}{{{items}}}", file.ty(module.real(ty))))
            }
            Type::Borrow(_) => None,
        }
    }

    fn named(&self, file: &File<'_>, id: TypeId) -> Option<String> {
        let module = self.module;
        let def = module.world.def(id);
        let path = || file.ty(&Type::Named(id));
        let case = |index: usize| file.public(def.interface, &module.cases[&(id, index)]);
        match &def.kind {
            TypeKind::Enum(_) => Some(case(0)),
            TypeKind::Flags(_) => Some("0".to_owned()),
            TypeKind::Record(fields) => {
                let mut scope = Scope::default();
                let mut given = Vec::new();
                for field in fields {
                    let name = scope.take(&exported(&field.name));
                    if !self.is_zero(&field.ty) {
                        given.push(format!("{name}: {}", self.value(file, &field.ty)?));
                    }
                }
                Some(format!("{}{{{}}}", path(), given.join(", ")))
            }
            TypeKind::Variant(cases) => {
                cases.iter().enumerate().find_map(|(index, it)| match &it.ty {
                    None => Some(format!("{}{{}}", case(index))),
                    Some(ty) => {
                        let value = self.value(file, ty)?;
                        Some(format!("{}{{Value: {value}}}", case(index)))
                    }
                })
            }
            TypeKind::Alias(_) | TypeKind::Resource => None,
        }
    }

    /// Whether what Go puts into a field by itself will do.
    fn is_zero(&self, ty: &Type) -> bool {
        match self.module.real(ty) {
            Type::Primitive(_)
            | Type::List(_)
            | Type::Map(..)
            | Type::Option(_)
            | Type::Stream(_) => true,
            Type::FixedLengthList(ty, _) => self.is_zero(ty),
            Type::Named(id) => match &self.module.world.def(*id).kind {
                TypeKind::Enum(_) | TypeKind::Flags(_) => true,
                TypeKind::Record(fields) => fields.iter().all(|it| self.is_zero(&it.ty)),
                _ => false,
            },
            Type::Tuple(types) => types.iter().all(|it| self.is_zero(it)),
            _ => false,
        }
    }
}

impl File<'_> {
    /// Writes parameters and results of what a plugin answers, seen from the plugin.
    fn method_type(&self, function: &Function) -> String {
        let signature = self.signature(Direction::Export, function);
        signature.split_once('(').map_or_else(String::new, |(_, rest)| format!("({rest}"))
    }
}
