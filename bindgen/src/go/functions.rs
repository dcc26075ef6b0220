//! Functions: what the plugin calls, and what it answers, between the bindings and plugin authors.

use serde::Serialize;

use super::names::{bound, parameter};
use super::types::File;
use crate::model::{Direction, Function, FunctionKind, Type, TypeKind};
use crate::names::Scope;

/// A function or a method as it is printed.
#[derive(Debug, Serialize)]
pub(crate) struct Printed {
    pub(crate) docs: Vec<String>,
    /// What stands before the body, without `func`.
    pub(crate) head: String,
    pub(crate) body: Vec<String>,
}

/// What a function gives back.
pub(crate) enum Outcome<'a> {
    Nothing,
    Value(&'a Type),
    Values(&'a [Type]),
    /// What is given back where it does not fail, and what it fails with.
    Fallible(Option<&'a Type>, Option<&'a Type>),
}

impl File<'_> {
    /// Says what a function gives back in Go.
    pub(crate) fn outcome<'f>(&'f self, function: &'f Function) -> Outcome<'f> {
        let Some(ty) = &function.result else { return Outcome::Nothing };
        match self.module.real(ty) {
            Type::Result(ok, err) => Outcome::Fallible(ok.as_deref(), err.as_deref()),
            Type::Tuple(types) => Outcome::Values(types),
            _ => Outcome::Value(ty),
        }
    }

    /// Gives the types of a tuple, which stand side by side in Go.
    fn values<'t>(&'t self, ty: &'t Type) -> Option<&'t [Type]> {
        match self.module.real(ty) {
            Type::Tuple(types) => Some(types),
            _ => None,
        }
    }

    /// Writes the types of what a function gives back.
    fn results(&self, function: &Function) -> String {
        let list = |types: &[Type]| types.iter().map(|it| self.ty(it)).collect::<Vec<_>>();
        let mut results = match self.outcome(function) {
            Outcome::Nothing | Outcome::Fallible(None, _) => Vec::new(),
            Outcome::Value(ty) => vec![self.ty(ty)],
            Outcome::Values(types) => list(types),
            Outcome::Fallible(Some(ty), _) => match self.values(ty) {
                Some(types) => list(types),
                None => vec![self.ty(ty)],
            },
        };
        if matches!(self.outcome(function), Outcome::Fallible(..)) {
            results.push("error".to_owned());
        }
        bracketed(&results)
    }

    /// Gives the names of the parameters without `self`, and their types.
    fn params<'f>(&self, function: &'f Function) -> Vec<(String, &'f Type)> {
        let mut visible = self.module.packages.clone();
        visible.push(self.module.root.clone());
        let mut scope = Scope::default();
        own_params(function)
            .iter()
            .map(|it| (scope.take(&parameter(&it.name, &visible)), &it.ty))
            .collect()
    }

    /// Writes name, parameters and results as plugin authors see them.
    pub(crate) fn signature(&self, direction: Direction, function: &Function) -> String {
        let name = self.module.function(direction, self.here, function);
        let params = self.params(function);
        let params: Vec<_> =
            params.iter().map(|(name, ty)| format!("{name} {}", self.ty(ty))).collect();
        format!("{name}({}){}", params.join(", "), self.results(function))
    }

    /// Writes a function that plugin authors call.
    pub(crate) fn called(&self, function: &Function, docs: Vec<String>) -> Printed {
        let params = self.params(function);
        let package = self.module.bindings(self.here, false);
        let name = bound_function(self, function);
        let (receiver, call) = match function.kind {
            FunctionKind::Method(id) => {
                let ty = &self.module.types[&id];
                let first = ty[..1].to_lowercase();
                let taken = params.iter().any(|(name, _)| *name == first);
                let receiver = if taken { "it".to_owned() } else { first };
                (format!("({receiver} *{ty}) "), format!("{receiver}.raw.{name}"))
            }
            _ => (String::new(), self.bound(&package, &name)),
        };
        let args: Vec<_> = params.iter().map(|(name, ty)| self.lower(ty, name)).collect();
        let call = format!("{call}({})", args.join(", "));
        let head = format!("{receiver}{}", self.signature(Direction::Import, function));
        let body = match self.outcome(function) {
            Outcome::Nothing => vec![call],
            Outcome::Value(ty) if self.module.is_same(ty) => vec![format!("return {call}")],
            Outcome::Value(ty) => match flat_list(self, function) {
                None => {
                    vec![format!("result := {call}"), format!("return {}", self.lift(ty, "result"))]
                }
                Some((inner, length)) => {
                    let names = numbered("value", length);
                    let items: Vec<_> = names.iter().map(|it| self.lift(inner, it)).collect();
                    let items = format!("{}{{{}}}", self.ty(ty), items.join(", "));
                    vec![format!("{} := {call}", names.join(", ")), format!("return {items}")]
                }
            },
            Outcome::Values(types) => {
                let (bind, names) = match is_flat(self, function) {
                    true => {
                        let names = numbered("value", types.len());
                        (names.join(", "), names)
                    }
                    false => ("result".to_owned(), numbered("result.F", types.len())),
                };
                let values: Vec<_> =
                    types.iter().zip(&names).map(|(ty, name)| self.lift(ty, name)).collect();
                vec![format!("{bind} := {call}"), format!("return {}", values.join(", "))]
            }
            Outcome::Fallible(None, err) => {
                vec![format!("return {}({call}, {})", self.abi("Check"), self.error_lifter(err))]
            }
            Outcome::Fallible(Some(ok), err) => {
                let (unwrap, fail) = (self.abi("Unwrap"), self.error_lifter(err));
                let unwrapped = format!("{unwrap}({call}, {}, {fail})", self.lifter(ok));
                match self.values(ok) {
                    None => vec![format!("return {unwrapped}")],
                    Some(types) => {
                        let values = numbered("value.F", types.len()).join(", ");
                        vec![format!("value, err := {unwrapped}"), format!("return {values}, err")]
                    }
                }
            }
        };
        Printed { docs, head, body: body.iter().map(|it| indented(it)).collect() }
    }

    /// Writes what the bindings call, which calls what plugin authors wrote.
    pub(crate) fn answered(&self, function: &Function) -> Printed {
        let (receiver, target) = match function.kind {
            FunctionKind::Method(id) => {
                (format!("a {}", adapter(&self.module.types[&id])), "a.value")
            }
            _ => ("a adapter".to_owned(), "a.impl"),
        };
        let head = format!("({receiver}) {}", self.bound_signature(function));
        let params = own_params(function);
        let mut body = Vec::new();
        if params.iter().any(|it| self.module.has_loan(&it.ty)) {
            body.push(format!("loans := new({})", self.abi("Loans")));
            body.push("defer loans.Return()".to_owned());
        }
        let args: Vec<_> = params
            .iter()
            .enumerate()
            .map(|(index, it)| self.lift(&it.ty, &format!("p{index}")))
            .collect();
        let name = self.module.function(Direction::Export, self.here, function);
        let call = format!("{target}.{name}({})", args.join(", "));
        match self.outcome(function) {
            Outcome::Nothing => body.push(call),
            Outcome::Value(ty) if self.module.is_same(ty) => body.push(format!("return {call}")),
            Outcome::Value(ty) => {
                body.push(format!("value := {call}"));
                body.push(match flat_list(self, function) {
                    None => format!("return {}", self.lower(ty, "value")),
                    Some((inner, length)) => {
                        let items = numbered("value", length);
                        let items = items.iter().enumerate();
                        let items = items.map(|(at, _)| self.lower(inner, &format!("value[{at}]")));
                        format!("return {}", items.collect::<Vec<_>>().join(", "))
                    }
                });
            }
            Outcome::Values(types) => {
                let names = numbered("value", types.len());
                body.push(format!("{} := {call}", names.join(", ")));
                let values: Vec<_> =
                    types.iter().zip(&names).map(|(ty, name)| self.lower(ty, name)).collect();
                body.push(match (&function.result, is_flat(self, function)) {
                    (Some(ty), false) => format!("return {}{{{}}}", self.raw(ty), fields(&values)),
                    _ => format!("return {}", values.join(", ")),
                });
            }
            Outcome::Fallible(ok, err) => {
                let fail = self.error_lowerer(err);
                match ok {
                    None => body.push(format!("return {}({call}, {fail})", self.abi("Done"))),
                    Some(ok) => {
                        let value = match self.values(ok) {
                            None => {
                                body.push(format!("value, err := {call}"));
                                "value".to_owned()
                            }
                            Some(types) => {
                                let names = numbered("value", types.len());
                                body.push(format!("{}, err := {call}", names.join(", ")));
                                format!(
                                    "{}{{{}}}",
                                    self.ty(&Type::Tuple(types.to_vec())),
                                    fields(&names)
                                )
                            }
                        };
                        let wrap = self.wrap(ok, &value, &fail);
                        body.push(wrap);
                    }
                }
            }
        }
        Printed { docs: Vec::new(), head, body: body.iter().map(|it| indented(it)).collect() }
    }

    fn wrap(&self, ok: &Type, value: &str, fail: &str) -> String {
        let (wrap, lower) = (self.abi("Wrap"), self.lowerer(ok));
        format!("return {wrap}({value}, err, {lower}, {fail})")
    }

    /// Writes name, parameters and results as the bindings have them.
    pub(crate) fn bound_signature(&self, function: &Function) -> String {
        let params = own_params(function);
        let params: Vec<_> = params
            .iter()
            .enumerate()
            .map(|(index, it)| format!("p{index} {}", self.raw(&it.ty)))
            .collect();
        let results = match &function.result {
            None => Vec::new(),
            Some(ty) => match (self.values(ty), flat_list(self, function)) {
                (Some(types), _) if is_flat(self, function) => {
                    types.iter().map(|it| self.raw(it)).collect()
                }
                (_, Some((inner, length))) => vec![self.raw(inner); length],
                _ => vec![self.raw(ty)],
            },
        };
        format!("{}({}){}", bound_function(self, function), params.join(", "), bracketed(&results))
    }
}

/// Names the adapter between a resource of the plugin and the bindings.
pub(crate) fn adapter(resource: &str) -> String {
    format!("adapterOf{resource}")
}

/// Names a function in the bindings.
pub(crate) fn bound_function(file: &File<'_>, function: &Function) -> String {
    let name = bound(&function.name);
    let resource = |id| bound(&file.module.world.def(id).name);
    match function.kind {
        FunctionKind::Free | FunctionKind::Method(_) => name,
        FunctionKind::Constructor(id) => format!("Make{}", resource(id)),
        FunctionKind::Static(id) => format!("{}{name}", resource(id)),
    }
}

/// The parameters without `self`.
pub(crate) fn own_params(function: &Function) -> &[crate::model::Param] {
    match function.kind {
        FunctionKind::Method(_) => function.params.get(1..).unwrap_or_default(),
        _ => &function.params,
    }
}

/// Whether the bindings give back the values of a tuple side by side.
fn is_flat(file: &File<'_>, function: &Function) -> bool {
    match &function.result {
        Some(Type::Tuple(_)) => true,
        Some(Type::Named(id)) => {
            matches!(file.module.world.def(*id).kind, TypeKind::Alias(Type::Tuple(_)))
        }
        _ => false,
    }
}

/// What a list of a fixed length is made of, where the bindings give back its values side by side.
fn flat_list<'a>(file: &'a File<'_>, function: &'a Function) -> Option<(&'a Type, usize)> {
    let ty = match function.result.as_ref()? {
        Type::Named(id) => match &file.module.world.def(*id).kind {
            TypeKind::Alias(ty) => ty,
            _ => return None,
        },
        ty => ty,
    };
    match ty {
        Type::FixedLengthList(inner, length) => Some((inner, *length as usize)),
        _ => None,
    }
}

fn numbered(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|it| format!("{name}{it}")).collect()
}

fn fields(values: &[String]) -> String {
    let fields = values.iter().enumerate().map(|(index, it)| format!("F{index}: {it}"));
    fields.collect::<Vec<_>>().join(", ")
}

fn bracketed(results: &[String]) -> String {
    match results {
        [] => String::new(),
        [one] => format!(" {one}"),
        several => format!(" ({})", several.join(", ")),
    }
}

/// Indents the lines after the first as in the body of a function.
fn indented(text: &str) -> String {
    text.replace('\n', "\n\t")
}
