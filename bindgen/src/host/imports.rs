//! The functions through which a plugin calls its host.
//!
//! The host implements traits of ours, and what `bindgen!` wants is implemented over them once: each call passes one
//! place, where it is counted against the plugin's budget before the host's code runs.

use serde::Serialize;

use super::calls::promised;
use super::types::{Mode, Printer, ident};
use crate::model::{Docs, Function, FunctionKind, TypeId, TypeKind, World};
use crate::names::{Scope, rust_camel};

/// A trait that the host implements.
#[derive(Debug, Serialize)]
pub(crate) struct Trait {
    pub(crate) docs: Vec<String>,
    pub(crate) name: String,
    /// The trait as it is named from outside its module.
    pub(crate) path: String,
    /// Of `bindgen!`, without the private module.
    pub(crate) upstream: String,
    /// The traits of the resources, as they are named from where the trait stands.
    pub(crate) supers: Vec<String>,
    pub(crate) methods: Vec<Answer>,
}

/// A function that the host answers.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) docs: Vec<String>,
    pub(crate) id: String,
    pub(crate) name: String,
    /// From the parameters to the result, as written where the trait stands.
    pub(crate) signature: String,
    /// From the parameters to the result of what `bindgen!` wants.
    pub(crate) outer: String,
    pub(crate) args: Vec<String>,
    /// Whether it ends a resource.
    pub(crate) is_drop: bool,
}

/// Where the traits of one import stand.
pub(super) struct Place<'a> {
    /// The module of ours, empty for the world itself.
    pub(super) module: &'a str,
    /// Where `bindgen!` puts them, empty for the world itself.
    pub(super) upstream: &'a str,
    /// The name of the interface or the world, for the names of functions.
    pub(super) id: Option<&'a str>,
    /// The trait with the free functions, which `bindgen!` calls the same.
    pub(super) main: &'a str,
}

/// Gives the traits of one import: one for each resource, and the one that has them all as supertraits.
pub(super) fn traits(
    world: &World,
    modules: &[String],
    is_async: bool,
    place: &Place<'_>,
    types: &[TypeId],
    functions: &[&Function],
) -> Vec<Trait> {
    let writer = Writer { world, modules, is_async, place };
    let resources: Vec<TypeId> = types
        .iter()
        .copied()
        .filter(|it| matches!(world.def(*it).kind, TypeKind::Resource))
        .collect();
    let mut traits: Vec<Trait> =
        resources.iter().map(|it| writer.resource(*it, functions)).collect();
    let mut supers = writer.supers();
    supers.extend(traits.iter().map(|it| it.name.clone()));
    let free = functions.iter().filter(|it| it.kind == FunctionKind::Free);
    let methods = free.map(|it| writer.answer(it)).collect();
    let docs = match place.id {
        Some(id) => format!("What the host answers of `{id}`."),
        None => "What the host answers of the world itself.".to_owned(),
    };
    let mut main = writer.named(place.main, &Docs(vec![docs]), methods);
    main.supers = supers;
    traits.push(main);
    traits
}

struct Writer<'a> {
    world: &'a World,
    modules: &'a [String],
    is_async: bool,
    place: &'a Place<'a>,
}

impl Writer<'_> {
    fn named(&self, name: &str, docs: &Docs, methods: Vec<Answer>) -> Trait {
        Trait {
            docs: docs.0.clone(),
            name: name.to_owned(),
            path: join(self.place.module, name),
            upstream: join(self.place.upstream, name),
            supers: self.supers(),
            methods,
        }
    }

    /// What waits may move to another thread meanwhile, and the host with it.
    fn supers(&self) -> Vec<String> {
        if self.is_async { vec!["::core::marker::Send".to_owned()] } else { Vec::new() }
    }

    /// What a function of the host author's gives, as its trait declares it.
    fn declared(&self, result: Option<String>) -> Option<String> {
        if self.is_async { Some(promised(result.as_deref().unwrap_or("()"))) } else { result }
    }

    /// A function of what `bindgen!` wants.
    fn outer(&self, name: &str, params: &[(String, String)], result: &str) -> String {
        let written = written(name, params, Some(result), 4);
        if self.is_async { format!("async {written}") } else { written }
    }

    fn resource(&self, id: TypeId, functions: &[&Function]) -> Trait {
        let def = self.world.def(id);
        let own = functions.iter().filter(|it| match it.kind {
            FunctionKind::Constructor(of) | FunctionKind::Method(of) | FunctionKind::Static(of) => {
                of == id
            }
            FunctionKind::Free => false,
        });
        let mut methods: Vec<Answer> = own.map(|it| self.answer(it)).collect();
        methods.push(self.drop(id));
        self.named(&format!("Host{}", rust_camel(&def.name)), &def.docs, methods)
    }

    fn answer(&self, function: &Function) -> Answer {
        let mut scope = Scope::default();
        let args: Vec<_> = function.params.iter().map(|it| scope.take(&ident(&it.name))).collect();
        let bare = function.id.rsplit(']').next().unwrap_or(&function.id);
        let (name, bare) = match function.kind {
            FunctionKind::Constructor(_) => ("new".to_owned(), format!("{bare}.constructor")),
            _ => (ident(&function.name), bare.to_owned()),
        };
        let signature = |printer: &Printer<'_>| {
            let types = function.params.iter().map(|it| printer.ty(&it.ty, Mode::Owned));
            let params: Vec<_> = args.iter().cloned().zip(types).collect();
            (params, function.result.as_ref().map(|it| printer.ty(it, Mode::Owned)))
        };
        let (params, result) = signature(&self.printer(true));
        let result = self.declared(result);
        let signature_of_ours = written(&name, &params, result.as_deref(), self.indent());
        let (params, result) = signature(&self.printer(false));
        let result = fallible(result.as_deref().unwrap_or("()"));
        Answer {
            docs: function.docs.0.clone(),
            id: self.id(&bare),
            signature: signature_of_ours,
            outer: self.outer(&name, &params, &result),
            name,
            args,
            is_drop: false,
        }
    }

    fn drop(&self, id: TypeId) -> Answer {
        let def = self.world.def(id);
        let signature = |inside| {
            let resource = self.printer(inside).ty(&crate::model::Type::Own(id), Mode::Owned);
            vec![("rep".to_owned(), resource)]
        };
        let ended = "::core::result::Result<(), ::plugwright::HostError>".to_owned();
        Answer {
            docs: vec![format!(
                "Ends a `{}` that the plugin, or the end of its sandbox, lets go.",
                def.name
            )],
            id: self.id(&format!("{}.drop", def.name)),
            name: "drop".to_owned(),
            signature: written(
                "drop",
                &signature(true),
                self.declared(Some(ended)).as_deref(),
                self.indent(),
            ),
            outer: self.outer("drop", &signature(false), &fallible("()")),
            args: vec!["rep".to_owned()],
            is_drop: true,
        }
    }

    fn id(&self, bare: &str) -> String {
        self.place.id.map_or_else(|| bare.to_owned(), |it| format!("{it}.{bare}"))
    }

    fn indent(&self) -> usize {
        if self.place.module.is_empty() { 4 } else { 8 }
    }

    fn printer(&self, inside: bool) -> Printer<'_> {
        let prefix = if inside && !self.place.module.is_empty() { "super::" } else { "" };
        Printer { world: self.world, modules: self.modules, prefix }
    }
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn fallible(result: &str) -> String {
    format!("::plugwright::__private::wasmtime::Result<{result}>")
}

/// Writes a signature, on several lines where it is long.
fn written(name: &str, params: &[(String, String)], result: Option<&str>, indent: usize) -> String {
    let result = result.map(|it| format!(" -> {it}")).unwrap_or_default();
    let params: Vec<_> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let all = ["&mut self".to_owned()].into_iter().chain(params).collect::<Vec<_>>();
    let line = format!("fn {name}({}){result}", all.join(", "));
    if line.len() + indent < 99 {
        return line;
    }
    let inner = " ".repeat(indent + 4);
    let params: String = all.iter().map(|it| format!("{inner}{it},\n")).collect();
    format!("fn {name}(\n{params}{}){result}", " ".repeat(indent))
}
