//! The first plugin of an SDK: every class that the world exports, with answers that run.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::docs::{docstring, or};
use super::methods::Methods;
use super::names::{Names, Place, camel, snake};
use super::types::{Context, Printer};
use super::view::{Class, Method, exported_resources};
use crate::model::{Direction, Function, FunctionKind, TypeId};
use crate::names::Scope;

/// The plugin.
#[derive(Debug, Serialize)]
pub(crate) struct Plugin {
    pub(crate) has_annotations: bool,
    pub(crate) has_builtins: bool,
    pub(crate) has_root: bool,
    /// What it takes from the package.
    pub(crate) uses: Vec<String>,
    pub(crate) classes: Vec<Class>,
}

/// Computes the plugin of a package.
pub(crate) fn plugin(names: &Names<'_>, package: &str) -> Plugin {
    let mut scope = Scope::default();
    for name in
        names.modules.iter().map(String::as_str).chain(["sdk", "export", "builtins", package])
    {
        scope.take(name);
    }
    let mut printer = Printer::new(names, Context::Plugin);
    printer.shadowed = names.every_function().iter().map(|it| snake(&it.2.name)).collect();
    let mut own = BTreeMap::new();
    for place in names.places() {
        for id in exported_resources(names, place) {
            own.insert(id, scope.take(&camel(&names.world.def(id).name)));
        }
    }
    let builder = Builder { names, printer, own };
    let mut classes = Vec::new();
    for place in names.places() {
        let resources = exported_resources(names, place);
        classes.extend(resources.into_iter().map(|id| builder.resource(place, id)));
        if let Some(base) = names.classes.get(&place) {
            classes.push(builder.interface(place, scope.take(base), base));
        }
    }
    let modules: BTreeSet<_> = builder.printer.modules.borrow().clone();
    let mut uses: Vec<_> = modules.iter().map(|it| names.modules[*it].clone()).collect();
    if !classes.is_empty() {
        uses.push("export".to_owned());
    }
    uses.sort();
    let mentioned = builder.printer.uses.borrow();
    Plugin {
        has_annotations: mentioned.contains("self"),
        has_builtins: mentioned.contains("builtins"),
        has_root: mentioned.contains("root"),
        uses,
        classes,
    }
}

struct Builder<'a> {
    names: &'a Names<'a>,
    printer: Printer<'a>,
    /// By exported resource, the plugin's class.
    own: BTreeMap<TypeId, String>,
}

impl Builder<'_> {
    fn interface(&self, place: Place, name: String, base: &str) -> Class {
        let docs = self.names.interface(place).map_or(&self.names.world.docs, |it| &it.docs);
        let docs = or(&docs.0, "What the host calls.".to_owned());
        self.class(place, name, base, &docs, |it| it.kind == FunctionKind::Free)
    }

    fn resource(&self, place: Place, id: TypeId) -> Class {
        let def = self.names.world.def(id);
        let docs = or(&def.docs.0, format!("The resource `{}`.", def.name));
        let name = self.own[&id].clone();
        *self.printer.this.borrow_mut() = Some((id, name.clone()));
        let class = self
            .class(place, name, &self.names.types[&id], &docs, |it| it.kind.owner() == Some(id));
        *self.printer.this.borrow_mut() = None;
        class
    }

    fn class(
        &self,
        place: Place,
        name: String,
        base: &str,
        docs: &[String],
        wanted: impl Fn(&Function) -> bool,
    ) -> Class {
        let all = self.names.functions_of(place).into_iter();
        let all = all.filter(|(direction, it)| *direction == Direction::Export && wanted(it));
        Class {
            decorator: "@export".to_owned(),
            name,
            bases: format!("({})", self.printer.at(place, base)),
            docs: docstring(docs, 4),
            fields: Vec::new(),
            methods: all.map(|(_, it)| self.method(place, it)).collect(),
        }
    }

    fn method(&self, place: Place, function: &Function) -> Method {
        let methods = Methods { names: self.names, place, printer: &self.printer };
        let value = match methods.answer(function) {
            None => Some("pass".to_owned()),
            Some(ty) => {
                let value = self.printer.value(ty, &|printer, id| self.made(printer, id));
                value.map(|it| format!("return {it}"))
            }
        };
        let missing = || {
            let text = format!("`{}` has nothing to answer with in a first plugin", function.id);
            format!("raise NotImplementedError(\"{text}\")")
        };
        let decorators = match function.kind {
            FunctionKind::Static(_) => vec!["@classmethod".to_owned()],
            _ => Vec::new(),
        };
        Method {
            decorators,
            head: methods.head(function, &methods.params(function), 4),
            docs: String::new(),
            body: vec![value.unwrap_or_else(missing)],
        }
    }

    /// Makes an object of the plugin's own class.
    fn made(&self, printer: &Printer<'_>, id: TypeId) -> Option<String> {
        let class = self.own.get(&id)?;
        let functions = self.names.functions_of(self.names.world.def(id).interface);
        let constructor = functions
            .into_iter()
            .map(|(_, it)| it)
            .find(|it| it.kind == FunctionKind::Constructor(id));
        let params = constructor.map(|it| &it.params[..]).unwrap_or_default();
        let values = params.iter().map(|it| {
            // A constructor that takes its own kind would never end.
            printer.value(&it.ty, &|_, _| None)
        });
        Some(format!("{class}({})", values.collect::<Option<Vec<_>>>()?.join(", ")))
    }
}
