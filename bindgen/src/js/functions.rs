//! Functions and classes, as they are declared and as they are called.

use serde::Serialize;

use super::names::{Names, is_resource, property, value};
use super::types::Flow;
use super::view::{class_key, escaped};
use crate::model::{self, Direction, FunctionKind, TypeId};

/// A function, a method or a constructor.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Function {
    pub(super) docs: Vec<String>,
    /// By what the runtime knows it.
    pub(super) key: String,
    pub(super) name: String,
    /// Names with types.
    pub(super) params: Vec<String>,
    pub(super) result: String,
    /// How its values are lifted and lowered.
    pub(super) signature: String,
    /// The other name that `signature` has to say in a class.
    pub(super) renamed: bool,
    pub(super) is_answer: bool,
}

/// A resource.
#[derive(Debug, Serialize)]
pub(super) struct Class {
    pub(super) docs: Vec<String>,
    /// By what the runtime knows it.
    pub(super) key: String,
    pub(super) name: String,
    /// What lifts and lowers it.
    pub(super) codec: String,
    /// Of an exported resource that has something to call without an object, the type of the class.
    pub(super) class: Option<String>,
    pub(super) create: Option<Function>,
    pub(super) methods: Vec<Function>,
    pub(super) statics: Vec<Function>,
}

impl Function {
    /// Whether it lifts or lowers types of the world.
    pub(super) fn uses_world(&self) -> bool {
        self.signature.contains("$w.")
    }

    /// Its whole type.
    pub(super) fn ts(&self) -> String {
        format!("({}): {}", self.params.join(", "), self.result)
    }
}

impl Class {
    pub(super) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.create.iter().chain(&self.methods).chain(&self.statics)
    }
}

impl Names<'_> {
    /// Computes a function; `prefix` stands before the names of the world's own types.
    pub(super) fn function(
        &self,
        function: &model::Function,
        direction: Direction,
        prefix: &str,
    ) -> Function {
        let (given, answered) = match direction {
            Direction::Import => (Flow::Out, Flow::In),
            Direction::Export => (Flow::In, Flow::Out),
        };
        let is_method = matches!(function.kind, FunctionKind::Method(_));
        let params: Vec<_> = function.params.iter().skip(usize::from(is_method)).collect();
        let outcome = function.result.as_ref().and_then(|it| self.as_result(it));
        let ok = match outcome {
            Some((ok, _)) => ok,
            None => function.result.as_ref(),
        };
        let result = ok.map_or("void".to_owned(), |it| self.ts(it, answered, prefix));
        let result = match (function.is_async, direction) {
            (false, _) => result,
            (true, Direction::Import) => format!("Promise<{result}>"),
            (true, Direction::Export) => format!("{result} | Promise<{result}>"),
        };
        let mut docs = escaped(&function.docs);
        if let Some((_, err)) = outcome {
            if !docs.is_empty() {
                docs.push(String::new());
            }
            let payload = err.map_or("without a payload".to_owned(), |it| {
                format!("with a payload of the type `{}`", self.ts(it, Flow::Either, prefix))
            });
            docs.push(format!("@throws a `ResultError` {payload}"));
        }
        let (key, name) = match function.kind {
            FunctionKind::Constructor(_) => ("constructor".to_owned(), "constructor".to_owned()),
            _ => (property(&function.name), value(&function.name)),
        };
        // A property may have any name but these.
        let is_member =
            !matches!(function.kind, FunctionKind::Free) || direction == Direction::Export;
        let escapes = ["constructor", "new", "prototype", "then"].contains(&key.as_str());
        let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
        let name = if is_member && (!escapes || is_constructor) { key.clone() } else { name };
        Function {
            docs,
            params: params
                .iter()
                .map(|it| format!("{}: {}", value(&it.name), self.ts(&it.ty, given, prefix)))
                .collect(),
            result,
            signature: self.signature(function),
            renamed: name != key,
            key,
            name,
            is_answer: direction == Direction::Export,
        }
    }

    /// Writes how the values of a function are lifted and lowered.
    fn signature(&self, function: &model::Function) -> String {
        let is_method = matches!(function.kind, FunctionKind::Method(_));
        let params = function.params.iter().skip(usize::from(is_method));
        let params: Vec<_> = params.map(|it| self.codec(&it.ty)).collect();
        let outcome = function.result.as_ref().and_then(|it| self.as_result(it));
        let result = match (outcome, &function.result) {
            (Some((ok, err)), _) => {
                let side = |ty: Option<&model::Type>| {
                    ty.map_or("undefined".to_owned(), |it| self.codec(it))
                };
                Some(match (ok, err) {
                    (_, Some(_)) => format!("$.outcome({}, {})", side(ok), side(err)),
                    (Some(_), None) => format!("$.outcome({})", side(ok)),
                    (None, None) => "$.outcome()".to_owned(),
                })
            }
            (None, Some(ty)) => Some(self.codec(ty)),
            (None, None) => None,
        };
        let kind = if function.is_async { "asyncFunc" } else { "func" };
        let result = result.map_or(String::new(), |it| format!(", {it}"));
        format!("$.{kind}([{}]{result})", params.join(", "))
    }

    /// Computes the resources among some types.
    pub(super) fn classes_of<'b, I: Iterator<Item = &'b model::Function>>(
        &self,
        types: &[TypeId],
        functions: impl Fn() -> I,
        direction: Direction,
    ) -> Vec<Class> {
        let resources = types.iter().filter(|it| is_resource(self.world, **it));
        let class = |id: &TypeId| {
            let def = self.world.def(*id);
            let of = |wanted: FunctionKind| {
                functions()
                    .filter(move |it| it.kind == wanted)
                    .map(|it| self.function(it, direction, ""))
                    .collect::<Vec<_>>()
            };
            Class {
                docs: escaped(&def.docs),
                key: class_key(&def.name),
                name: self.types[id].clone(),
                codec: format!("$w.{}", self.codecs[id]),
                class: self.classes.get(id).cloned(),
                create: of(FunctionKind::Constructor(*id)).pop(),
                methods: of(FunctionKind::Method(*id)),
                statics: of(FunctionKind::Static(*id)),
            }
        };
        resources.map(class).collect()
    }
}
