//! Computes the module of an interface, or the package's own.

use std::collections::BTreeSet;

use super::docs::{docstring, or};
use super::methods::Methods;
use super::names::{Names, Place, camel, shouty, snake};
use super::types::{Context, Printer, hook};
use super::view::{Class, Method, Module, exported_resources};
use super::world;
use crate::model::{Direction, Docs, Function, FunctionKind, Type, TypeId, TypeKind};
use crate::names::Scope;

/// Computes one module.
pub(crate) fn module(names: &Names<'_>, place: Place) -> Module {
    let mut printer = Printer::new(names, Context::Package(place));
    printer.shadowed = shadowed(names, place);
    let builder = Builder { names, place, printer };
    let mut module = Module {
        file: match place {
            Some(index) => format!("{}.py", names.modules[index]),
            None => "__init__.py".to_owned(),
        },
        docs: builder.module_docs(),
        ..Module::default()
    };
    builder.types(&mut module);
    builder.errors(&mut module);
    builder.functions(&mut module);
    builder.exports(&mut module);
    if place.is_none() {
        builder.pairs(&mut module);
        module.offers = builder.offers(&module);
    }
    module.imports = builder.imports(&module);
    module.has_self = builder.printer.uses.borrow().contains("self");
    module
}

/// Gives the names of Python that functions, methods and fields of a module take.
fn shadowed(names: &Names<'_>, place: Place) -> BTreeSet<String> {
    let mut taken = BTreeSet::new();
    taken.extend(names.functions_of(place).iter().map(|(_, it)| snake(&it.name)));
    for id in names.types_of(place) {
        if let TypeKind::Record(fields) = &names.world.def(*id).kind {
            taken.extend(fields.iter().map(|it| snake(&it.name)));
        }
    }
    taken
}

/// Computes one module.
pub(crate) struct Builder<'a> {
    pub(crate) names: &'a Names<'a>,
    pub(crate) place: Place,
    pub(crate) printer: Printer<'a>,
}

impl<'a> Builder<'a> {
    fn methods(&self) -> Methods<'a, '_> {
        Methods { names: self.names, place: self.place, printer: &self.printer }
    }

    fn module_docs(&self) -> String {
        let world = self.names.world;
        let (docs, own) = match self.names.interface(self.place) {
            Some(it) => (&it.docs, format!("The interface `{}`.", it.id)),
            None => (&world.docs, format!("Writes plugins for the world `{}`.", world.id)),
        };
        let mut lines = or(&docs.0, own.clone());
        if lines[0] != own {
            lines.extend([String::new(), own]);
        }
        docstring(&lines, 0)
    }

    fn types(&self, module: &mut Module) {
        let world = self.names.world;
        let mut aliases = Vec::new();
        for id in self.names.types_of(self.place) {
            let def = world.def(*id);
            let name = &self.names.types[id];
            if let Some(twin) = self.names.twins.get(id) {
                let mut pairs = vec![(name.clone(), self.printer.named(*twin))];
                let cases = self.names.cases.get(id).into_iter().flatten().enumerate();
                pairs.extend(cases.map(|(index, it)| {
                    let twin_case = &self.names.cases[twin][index];
                    (it.clone(), self.printer.at(world.def(*twin).interface, twin_case))
                }));
                let pairs = pairs.into_iter().map(|(name, of)| (name, of, String::new()));
                module.aliases.extend(pairs);
                continue;
            }
            match &def.kind {
                TypeKind::Alias(ty) => aliases.push((*id, ty)),
                TypeKind::Resource if self.names.is_exported(*id) => {}
                TypeKind::Resource => {
                    let class = self.resource(*id, module);
                    module.classes.push(class);
                }
                TypeKind::Variant(cases) => {
                    let classes = &self.names.cases[id];
                    for (class, case) in classes.iter().zip(cases) {
                        let own = format!("The case `{}` of `{name}`.", case.name);
                        let docs = or(&case.docs.0, own);
                        let ty = case.ty.iter().map(|it| ("value", it, &[][..]));
                        let class = self.dataclass(class, &docs, ty.collect());
                        module.classes.push(class);
                    }
                    let docs = docstring(&def.docs.0, 0);
                    module.aliases.push((name.clone(), classes.join(" | "), docs));
                }
                TypeKind::Record(fields) => {
                    let docs = or(&def.docs.0, format!("The record `{}`.", def.name));
                    let names: Vec<_> = fields.iter().map(|it| snake(&it.name)).collect();
                    let fields = names.iter().zip(fields);
                    let fields = fields.map(|(name, it)| (name.as_str(), &it.ty, &it.docs.0[..]));
                    module.classes.push(self.dataclass(name, &docs, fields.collect()));
                }
                TypeKind::Enum(cases) => {
                    let value = |index: usize| index.to_string();
                    let cases = cases.iter().map(|it| (&it.name, &it.docs)).collect();
                    module.classes.push(self.members(*id, "Enum", cases, value));
                }
                TypeKind::Flags(cases) => {
                    let value = |index: usize| (1_u128 << index).to_string();
                    let cases = cases.iter().map(|it| (&it.name, &it.docs)).collect();
                    module.classes.push(self.members(*id, "Flag", cases, value));
                }
            }
        }
        for id in exported_resources(self.names, self.place) {
            let class = self.exported_resource(id);
            module.classes.push(class);
        }
        self.aliases(aliases, module);
    }

    /// Writes other names after what they are made of.
    fn aliases(&self, mut waiting: Vec<(TypeId, &Type)>, module: &mut Module) {
        while !waiting.is_empty() {
            let ids: BTreeSet<_> = waiting.iter().map(|(id, _)| *id).collect();
            let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, ty)| {
                let mut free = true;
                ty.walk(&mut |it| {
                    free &= !matches!(it, Type::Named(id) if ids.contains(id));
                });
                free
            });
            for (id, ty) in ready {
                let docs = docstring(&self.names.world.def(id).docs.0, 0);
                module.aliases.push((self.names.types[&id].clone(), self.printer.ty(ty), docs));
            }
            waiting = later;
        }
    }

    fn dataclass(
        &self,
        name: &str,
        docs: &[String],
        fields: Vec<(&str, &Type, &[String])>,
    ) -> Class {
        self.printer.mention("dataclasses");
        let fields = fields.into_iter().map(|(name, ty, docs)| {
            (format!("{name}: {}", self.printer.ty(ty)), docstring(docs, 4))
        });
        Class {
            decorator: "@_dataclasses.dataclass".to_owned(),
            name: name.to_owned(),
            bases: String::new(),
            docs: docstring(docs, 4),
            fields: fields.collect(),
            methods: Vec::new(),
        }
    }

    fn members(
        &self,
        id: TypeId,
        base: &str,
        cases: Vec<(&String, &Docs)>,
        value: impl Fn(usize) -> String,
    ) -> Class {
        self.printer.mention("enum");
        let def = self.names.world.def(id);
        let kind = if base == "Enum" { "enum" } else { "flags" };
        let mut scope = Scope::default();
        let fields = cases.into_iter().enumerate().map(|(index, (name, docs))| {
            (format!("{} = {}", scope.take(&shouty(name)), value(index)), docstring(&docs.0, 4))
        });
        Class {
            decorator: String::new(),
            name: self.names.types[&id].clone(),
            bases: format!("(_enum.{base})"),
            docs: docstring(&or(&def.docs.0, format!("The {kind} `{}`.", def.name)), 4),
            fields: fields.collect(),
            methods: Vec::new(),
        }
    }

    fn of_resource(&self, id: TypeId) -> Vec<&Function> {
        let all = self.names.functions_of(self.place).into_iter().map(|(_, it)| it);
        all.filter(|it| it.kind.owner() == Some(id)).collect()
    }

    fn resource(&self, id: TypeId, module: &mut Module) -> Class {
        let def = self.names.world.def(id);
        let mut methods = Vec::new();
        for function in self.of_resource(id) {
            let hook = self.hook(function, Some(&def.name), module);
            methods.push(self.methods().imported(function, &hook));
        }
        self.printer.mention("runtime");
        Class {
            decorator: String::new(),
            name: self.names.types[&id].clone(),
            bases: "(_runtime.Resource)".to_owned(),
            docs: docstring(&or(&def.docs.0, format!("The resource `{}`.", def.name)), 4),
            fields: Vec::new(),
            methods,
        }
    }

    fn hook(&self, function: &Function, resource: Option<&str>, module: &mut Module) -> String {
        self.printer.mention("runtime");
        let hook = hook(resource, &function.name);
        let path = [self.place.map(|it| self.names.modules[it].clone()), resource.map(camel)];
        let name = match function.kind {
            FunctionKind::Constructor(_) => None,
            _ => Some(snake(&function.name)),
        };
        let path = path.into_iter().chain([name]).flatten().collect::<Vec<_>>().join(".");
        module.hooks.push((hook.clone(), format!("_runtime.outside(\"{path}\")")));
        hook
    }

    fn exported_resource(&self, id: TypeId) -> Class {
        let def = self.names.world.def(id);
        *self.printer.this.borrow_mut() = Some((id, "_Self".to_owned()));
        let methods =
            self.of_resource(id).into_iter().map(|it| self.methods().exported(it)).collect();
        *self.printer.this.borrow_mut() = None;
        self.base(
            &self.names.types[&id],
            &or(&def.docs.0, format!("The resource `{}`.", def.name)),
            methods,
        )
    }

    /// Writes a class that the plugin derives from.
    fn base(&self, name: &str, docs: &[String], methods: Vec<Method>) -> Class {
        self.printer.mention("abc");
        Class {
            decorator: String::new(),
            name: name.to_owned(),
            bases: "(_abc.ABC)".to_owned(),
            docs: docstring(docs, 4),
            fields: vec![("_plugwright_export = True".to_owned(), String::new())],
            methods,
        }
    }

    fn errors(&self, module: &mut Module) {
        for ((place, key), error) in &self.names.errors {
            let Some(ty) = error.ty.as_ref().filter(|_| *place == self.place) else { continue };
            if let Type::Named(id) = ty
                && let Some(twin) = self.names.twins.get(&self.names.world.resolve(*id))
            {
                let twin_key = (self.names.world.def(*twin).interface, twin.0.to_string());
                if let Some(same) = self.names.errors.get(&twin_key) {
                    let same = self.printer.at(twin_key.0, &same.name);
                    module.aliases.push((error.name.clone(), same, String::new()));
                    continue;
                }
            }
            debug_assert!(!key.is_empty());
            self.printer.mention("runtime");
            let ty = self.printer.ty(ty);
            let docs = docstring(&[format!("Raised with a `{ty}`.")], 4);
            module.errors.push((error.name.clone(), ty, docs));
        }
    }

    fn functions(&self, module: &mut Module) {
        for (direction, function) in self.names.functions_of(self.place) {
            if direction == Direction::Import && function.kind == FunctionKind::Free {
                let hook = self.hook(function, None, module);
                let method = self.methods().imported(function, &hook);
                module.functions.push(method);
            }
        }
    }

    fn exports(&self, module: &mut Module) {
        let Some(name) = self.names.classes.get(&self.place) else { return };
        let functions = self.names.functions_of(self.place).into_iter();
        let functions = functions.filter(|(direction, it)| {
            *direction == Direction::Export && it.kind == FunctionKind::Free
        });
        let methods = functions.map(|(_, it)| self.methods().exported(it)).collect();
        let (docs, own) = match self.names.interface(self.place) {
            Some(it) => (&it.docs, format!("What a plugin exports as `{}`.", it.id)),
            None => (&self.names.world.docs, "What a plugin exports itself.".to_owned()),
        };
        module.bases.push(self.base(name, &or(&docs.0, own), methods));
    }

    /// Writes what makes the two ends of each stream and future.
    fn pairs(&self, module: &mut Module) {
        for (is_stream, ty) in world::payloads(self.names) {
            let name = self.names.pair(is_stream, ty.as_ref(), &self.names.modules);
            let hook = format!("_host__{name}");
            let inner = self.printer.optional(ty.as_ref());
            let (ends, param, argument, of, own) = match (is_stream, name.as_str()) {
                (true, "byte_stream") => ("ByteStream", String::new(), "", None, "byte_stream"),
                (true, _) => ("Stream", String::new(), "", Some(&inner), "stream"),
                (false, _) => {
                    self.printer.mention("callable");
                    let param = format!("default: _Callable[[], {inner}]");
                    ("Future", param, "default", Some(&inner), "future")
                }
            };
            let of = of.map(|it| format!("[{it}]")).unwrap_or_default();
            let writer = self.printer.streams(&format!("{ends}Writer{of}"));
            let reader = self.printer.streams(&format!("{ends}Reader{of}"));
            let tuple = self.printer.builtin("tuple");
            let what = if is_stream { "stream" } else { "future" };
            module.hooks.push((hook.clone(), self.printer.streams(own)));
            module.functions.push(Method {
                decorators: Vec::new(),
                head: format!("def {name}({param}) -> {tuple}[{writer}, {reader}]:"),
                docs: docstring(&[format!("Make the two ends of a {what}.")], 4),
                body: vec![
                    format!("ends: {tuple}[{writer}, {reader}] = {hook}({argument})"),
                    "return ends".to_owned(),
                ],
            });
        }
    }
}
