//! Functions and methods of the package's modules.

use super::docs::docstring;
use super::names::{Names, Place, snake};
use super::types::Printer;
use super::view::Method;
use crate::model::{Function, FunctionKind, Type};
use crate::names::Scope;

/// The longest line that is not broken.
const WIDTH: usize = 88;

/// A parameter: its name and its type as they are written.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: String,
}

/// Writes the functions of one place.
pub(crate) struct Methods<'a, 'b> {
    pub(crate) names: &'a Names<'a>,
    pub(crate) place: Place,
    pub(crate) printer: &'b Printer<'a>,
}

impl Methods<'_, '_> {
    /// Writes a function of the host.
    pub(crate) fn imported(&self, function: &Function, hook: &str) -> Method {
        let params = self.params(function);
        let indent = if function.kind == FunctionKind::Free { 4 } else { 8 };
        let mut arguments: Vec<_> = params.iter().map(|it| it.name.clone()).collect();
        if matches!(function.kind, FunctionKind::Method(_)) {
            arguments.insert(0, "self".to_owned());
        }
        let call = format!("{hook}([{}])", arguments.join(", "));
        let call = match function.is_async {
            true => format!("await {}({call})", self.printer.streams("arrived")),
            false => call,
        };
        let decorators = match function.kind {
            FunctionKind::Static(_) => vec!["@classmethod".to_owned()],
            _ => Vec::new(),
        };
        Method {
            decorators,
            head: self.head(function, &params, indent - 4),
            docs: self.docs(function, indent),
            body: self.body(function, &call),
        }
    }

    fn body(&self, function: &Function, call: &str) -> Vec<String> {
        let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
        let adopt = |value: &str| format!("{}(self, {value})", self.printer.runtime("adopt"));
        let Some((_, err)) = self.names.result(function) else {
            return match &function.result {
                Some(_) if is_constructor => vec![adopt(call)],
                None => vec![call.to_owned()],
                Some(ty) => vec![
                    format!("_result: {} = {call}", self.printer.ty(ty)),
                    "return _result".to_owned(),
                ],
            };
        };
        let ok = self.ok(function);
        let raised = match err {
            Some(err) => format!("{}(_result.value)", self.exception(Some(err))),
            None => format!("{}()", self.exception(None)),
        };
        let result = self.printer.runtime("Result");
        let written = (self.printer.optional(ok), self.printer.optional(err));
        let mut lines = vec![
            format!("_result: {result}[{}, {}] = {call}", written.0, written.1),
            format!("if isinstance(_result, {}):", self.printer.runtime("Err")),
            format!("    raise {raised}"),
        ];
        if is_constructor {
            lines.push(adopt("_result.value"));
        } else if ok.is_some() {
            lines.push("return _result.value".to_owned());
        }
        lines
    }

    /// Writes a function that the plugin exports.
    pub(crate) fn exported(&self, function: &Function) -> Method {
        let docs = self.docs(function, 8);
        let mut head = self.head(function, &self.params(function), 4);
        if docs.is_empty() {
            head.push_str(" ...");
        }
        let mut decorators = vec!["@_abc.abstractmethod".to_owned()];
        if matches!(function.kind, FunctionKind::Static(_)) {
            decorators.insert(0, "@classmethod".to_owned());
        }
        Method { decorators, head, docs, body: Vec::new() }
    }

    /// Gives the parameters but `self`.
    pub(crate) fn params(&self, function: &Function) -> Vec<Parameter> {
        let is_method = matches!(function.kind, FunctionKind::Method(_));
        let mut scope = Scope::default();
        for name in ["self", "cls"] {
            scope.take(name);
        }
        let params = function.params.iter().skip(usize::from(is_method));
        let params = params.map(|it| {
            let name = snake(&it.name);
            let name = match name.as_str() {
                "self" | "cls" => scope.take(&format!("{name}_")),
                _ => scope.take(&name),
            };
            Parameter { name, ty: self.printer.ty(&it.ty) }
        });
        params.collect()
    }

    /// Writes the line, or the lines, with which the function starts.
    pub(crate) fn head(&self, function: &Function, params: &[Parameter], indent: usize) -> String {
        let own = match function.kind {
            FunctionKind::Static(_) => Some("cls"),
            FunctionKind::Method(_) | FunctionKind::Constructor(_) => Some("self"),
            FunctionKind::Free => (indent > 0).then_some("self"),
        };
        let name = match (function.kind, indent) {
            (FunctionKind::Constructor(_), _) => "__init__".to_owned(),
            (FunctionKind::Free, 0) => {
                let key = (self.place, function.name.clone());
                self.names.functions.get(&key).cloned().unwrap_or_else(|| snake(&function.name))
            }
            _ => snake(&function.name),
        };
        let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
        let result = match self.names.result(function) {
            _ if is_constructor => "None".to_owned(),
            Some(_) => self.printer.optional(self.ok(function)),
            None => self.printer.optional(function.result.as_ref()),
        };
        let kind = if function.is_async { "async def" } else { "def" };
        let params = params.iter().map(|it| format!("{}: {}", it.name, it.ty));
        let params: Vec<_> = own.map(str::to_owned).into_iter().chain(params).collect();
        let line = format!("{kind} {name}({}) -> {result}:", params.join(", "));
        if indent + line.chars().count() <= WIDTH || params.is_empty() {
            return line;
        }
        let space = " ".repeat(indent);
        let params: String = params.iter().map(|it| format!("{space}    {it},\n")).collect();
        format!("{kind} {name}(\n{params}{space}) -> {result}:")
    }

    /// Gives the type of what the function returns, unless it is nothing.
    pub(crate) fn answer<'c>(&'c self, function: &'c Function) -> Option<&'c Type> {
        match (function.kind, self.names.result(function)) {
            (FunctionKind::Constructor(_), _) => None,
            (_, Some(_)) => self.ok(function),
            (_, None) => function.result.as_ref(),
        }
    }

    fn ok<'c>(&'c self, function: &'c Function) -> Option<&'c Type> {
        let world = self.names.world;
        let mut ty = function.result.as_ref()?;
        while let Type::Named(id) = ty {
            ty = world.def(*id).kind.parts().first().copied()?;
        }
        match ty {
            Type::Result(ok, _) => ok.as_deref(),
            _ => None,
        }
    }

    fn exception(&self, err: Option<&Type>) -> String {
        let Some(err) = err else { return self.printer.runtime("FailedError") };
        let key = self.names.error_key(self.place, err);
        let error = self.names.errors.get(&key);
        error.map_or_else(String::new, |it| self.printer.at(key.0, &it.name))
    }

    fn docs(&self, function: &Function, indent: usize) -> String {
        let mut lines = function.docs.0.clone();
        if let Some((_, err)) = self.names.result(function) {
            let name = self.exception(err);
            let name = name.rsplit('.').next().unwrap_or_default();
            if lines.is_empty() {
                lines.push(format!("The function `{}`.", function.name));
            }
            lines.extend([String::new(), "Raises:".to_owned()]);
            lines.push(match err {
                Some(_) => format!("    {name}: the error is its `value`."),
                None => format!("    {name}: there is nothing more to say."),
            });
        }
        docstring(&lines, indent)
    }
}
