//! The first plugin of an SDK: every exported function, with an answer that runs.

use serde::Serialize;

use super::functions::Function;
use super::names::{Names, property, value};
use super::view::escaped;
use crate::model::{self, Direction, FunctionKind, Primitive, Type, TypeId, TypeKind};
use crate::names::Scope;

/// The plugin.
#[derive(Debug, Serialize)]
pub(super) struct Example {
    /// Interfaces whose types TypeScript has to be told, as variables and files.
    pub(super) uses: Vec<(String, String)>,
    pub(super) classes: Vec<ExampleClass>,
    pub(super) answers: Vec<ExampleAnswer>,
}

/// A class for an exported resource.
#[derive(Debug, Serialize)]
pub(super) struct ExampleClass {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    pub(super) implements: String,
    pub(super) methods: Vec<Method>,
}

/// An interface or a function of the world itself.
#[derive(Debug, Serialize)]
pub(super) struct ExampleAnswer {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    pub(super) function: Option<Method>,
    /// What the SDK calls a class, and what the plugin calls it.
    pub(super) classes: Vec<(String, String)>,
    pub(super) functions: Vec<Method>,
}

/// One function.
#[derive(Debug, Serialize)]
pub(super) struct Method {
    pub(super) docs: Vec<String>,
    pub(super) modifiers: String,
    pub(super) name: String,
    /// What TypeScript has to be told in a class.
    pub(super) result: String,
    pub(super) body: String,
}

/// Computes the plugin of a package.
pub(super) fn example(names: &Names<'_>, _package: &str) -> Example {
    let world = names.world;
    let mut scope = Scope::default();
    scope.take("Plugin");
    let mut classes = Vec::new();
    for interface in world.interfaces.iter().filter(|it| it.direction == Direction::Export) {
        for id in &interface.types {
            if matches!(world.def(*id).kind, TypeKind::Resource) {
                classes.push((*id, scope.take(&format!("My{}", names.types[id]))));
            }
        }
    }
    let printer = Printer { names, classes: &classes };
    let mut answers: Vec<_> = world
        .functions(Direction::Export)
        .map(|it| ExampleAnswer {
            docs: escaped(&it.docs),
            name: value(&it.name),
            function: Some(printer.method(it, "", &value(&it.name))),
            classes: Vec::new(),
            functions: Vec::new(),
        })
        .collect();
    for (index, interface) in world.interfaces.iter().enumerate() {
        if names.answers[index].is_none() {
            continue;
        }
        let functions = interface.functions.iter().filter(|it| it.kind == FunctionKind::Free);
        let handed = classes
            .iter()
            .filter(|(id, _)| interface.types.contains(id) && names.classes.contains_key(id));
        answers.push(ExampleAnswer {
            docs: escaped(&interface.docs),
            name: names.modules[index].clone(),
            function: None,
            classes: handed.map(|(id, it)| (names.types[id].clone(), it.clone())).collect(),
            functions: functions
                .map(|it| {
                    let name = names.function(it, Direction::Export, "").name;
                    printer.method(it, "", &name)
                })
                .collect(),
        });
    }
    // A class that nothing makes and nobody hands over would be unused.
    let made = |name: &str, method: &Method| method.body.contains(&format!("new {name}("));
    let all: Vec<_> = classes.iter().map(|(id, name)| (*id, printer.class(*id, name))).collect();
    let is_used = |name: &str| {
        answers.iter().any(|it| it.classes.iter().any(|(_, it)| it == name))
            || answers
                .iter()
                .flat_map(|it| it.functions.iter().chain(&it.function))
                .any(|it| made(name, it))
            || all.iter().any(|(_, it)| it.methods.iter().any(|it| made(name, it)))
    };
    let kept: Vec<_> = all.iter().map(|(_, it)| is_used(&it.name)).collect();
    let written = all.into_iter().zip(kept).filter_map(|(it, is_kept)| is_kept.then_some(it));
    let (used_ids, written): (Vec<_>, Vec<_>) = written.unzip();
    let used = |index: &usize| used_ids.iter().any(|id| world.def(*id).interface == Some(*index));
    let uses = (0..world.interfaces.len()).filter(used);
    let uses = uses.map(|it| (names.modules[it].clone(), names.files[it].clone())).collect();
    Example { uses, classes: written, answers }
}

struct Printer<'a> {
    names: &'a Names<'a>,
    classes: &'a [(TypeId, String)],
}

impl Printer<'_> {
    fn class(&self, id: TypeId, name: &str) -> ExampleClass {
        let world = self.names.world;
        let def = world.def(id);
        let index = def.interface.unwrap_or_default();
        let prefix = format!("{}.", self.names.modules[index]);
        let functions = world.interfaces[index].functions.iter();
        let own = functions.filter(
            |it| matches!(it.kind, FunctionKind::Method(of) | FunctionKind::Static(of) if of == id),
        );
        let methods = own.map(|it| {
            let function = self.names.function(it, Direction::Export, &prefix);
            self.method(it, &prefix, &function.name)
        });
        ExampleClass {
            docs: escaped(&def.docs),
            name: name.to_owned(),
            implements: format!("{prefix}{}", self.names.types[&id]),
            methods: methods.collect(),
        }
    }

    fn method(&self, function: &model::Function, prefix: &str, name: &str) -> Method {
        let Function { params, result, .. } =
            self.names.function(function, Direction::Export, prefix);
        let mut docs = escaped(&function.docs);
        if !params.is_empty() {
            if !docs.is_empty() {
                docs.push(String::new());
            }
            docs.push(format!("It is given `{}`.", params.join(", ")));
        }
        let ok = match function.result.as_ref().and_then(|it| self.names.as_result(it)) {
            Some((ok, _)) => ok,
            None => function.result.as_ref(),
        };
        let missing = || {
            let message = format!("{} has nothing to answer with in a first plugin", function.id);
            format!("throw new Error(\"{message}\");")
        };
        let body = match ok {
            None => String::new(),
            Some(ty) => match self.value(ty) {
                None => missing(),
                Some(value) if value == "undefined" => "return undefined;".to_owned(),
                Some(value) => format!("return {value};"),
            },
        };
        let fixed = if matches!(function.kind, FunctionKind::Static(_)) { "static " } else { "" };
        let awaits = if function.is_async { "async " } else { "" };
        let result = match (function.is_async, result.split_once(" | Promise<")) {
            (true, Some((_, promised))) => format!("Promise<{promised}"),
            _ => result,
        };
        Method { docs, modifiers: format!("{fixed}{awaits}"), name: name.to_owned(), result, body }
    }

    /// Writes a value of the type, if there is one that needs nothing but the SDK.
    fn value(&self, ty: &Type) -> Option<String> {
        let case = |tag: &str, ty: &Option<Box<Type>>| match ty {
            None => Some(format!("{{ tag: \"{tag}\" }}")),
            Some(ty) => self.value(ty).map(|it| format!("{{ tag: \"{tag}\", val: {it} }}")),
        };
        match ty {
            Type::Primitive(Primitive::ErrorContext) => None,
            Type::Primitive(Primitive::Bool) => Some("false".to_owned()),
            Type::Primitive(Primitive::Char) => Some("\" \"".to_owned()),
            Type::Primitive(Primitive::String) => Some("\"\"".to_owned()),
            Type::Primitive(Primitive::U64 | Primitive::S64) => Some("0n".to_owned()),
            Type::Primitive(_) => Some("0".to_owned()),
            Type::Named(id) => self.named(*id),
            Type::List(_) => Some(match self.names.ts(ty, super::types::Flow::Out, "").as_str() {
                it @ ("Uint8Array" | "Int8Array") => format!("new {it}()"),
                _ => "[]".to_owned(),
            }),
            Type::Option(some) if self.names.is_option(some) => {
                Some("{ tag: \"none\" }".to_owned())
            }
            Type::Option(_) => Some("undefined".to_owned()),
            Type::Result(ok, err) => case("ok", ok).or_else(|| case("err", err)),
            Type::Tuple(types) => {
                let values = types.iter().map(|it| self.value(it)).collect::<Option<Vec<_>>>()?;
                Some(format!("[{}]", values.join(", ")))
            }
            Type::Own(id) => {
                let id = self.names.world.resolve(*id);
                let (_, class) = self.classes.iter().find(|(it, _)| *it == id)?;
                Some(format!("new {class}()"))
            }
            Type::Stream(_) => Some("[]".to_owned()),
            Type::Future(None) => Some("undefined".to_owned()),
            Type::Future(Some(ty)) => self.value(ty),
            Type::Map(..) => Some("new Map()".to_owned()),
            Type::FixedLengthList(..) | Type::Borrow(_) => None,
        }
    }

    fn named(&self, id: TypeId) -> Option<String> {
        match &self.names.world.def(id).kind {
            TypeKind::Alias(ty) => self.value(ty),
            TypeKind::Enum(cases) => cases.first().map(|it| format!("\"{}\"", it.name)),
            TypeKind::Flags(_) => Some("{}".to_owned()),
            TypeKind::Record(fields) => {
                let fields = fields
                    .iter()
                    .map(|it| Some(format!("{}: {}", property(&it.name), self.value(&it.ty)?)));
                Some(format!("{{ {} }}", fields.collect::<Option<Vec<_>>>()?.join(", ")))
            }
            TypeKind::Resource => None,
            TypeKind::Variant(cases) => cases.iter().find_map(|it| match &it.ty {
                None => Some(format!("{{ tag: \"{}\" }}", it.name)),
                Some(ty) => {
                    self.value(ty).map(|value| format!("{{ tag: \"{}\", val: {value} }}", it.name))
                }
            }),
        }
    }
}
