//! The functions through which a plugin calls its host.
//!
//! The host implements traits of ours, and what `bindgen!` wants is implemented over them once: each call passes one
//! place, where it is counted against the plugin's budget before the host's code runs.

use serde::Serialize;

use super::calls::promised;
use super::types::{Borrowed, Crossing, Mode, Printer, STATE, ident};
use crate::Options;
use crate::model::{Docs, Function, FunctionKind, Param, TypeId, TypeKind, World};
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
    /// Which of the methods have values alone, and which not: `bindgen!` has a trait for each sort.
    pub(crate) has_plain: bool,
    pub(crate) has_others: bool,
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
    /// What the host's function is given of them.
    pub(crate) given: Vec<String>,
    /// Whether it ends a resource.
    pub(crate) is_drop: bool,
    pub(crate) kind: Kind,
    /// The arguments as the host gets them; empty where they are what the plugin passes.
    pub(crate) taken: Vec<String>,
    /// The answer as the plugin gets it, where that is not what the host gives.
    pub(crate) passed: Option<String>,
    /// How the runtime is told to call it, where it looks into the plugin's memory.
    pub(crate) look: Option<Look>,
}

/// A function of the host's that is given what lies in the plugin's memory.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Look {
    /// The name in a component.
    pub(crate) name: String,
    /// For each parameter, what of it is borrowed.
    pub(crate) params: Vec<LookParam>,
    /// Where the host's function stands.
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) gives: bool,
    /// The answer as the plugin gets it, where that is not what the host gives.
    pub(crate) passed: Option<String>,
}

/// A parameter of such a function.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LookParam {
    pub(crate) name: String,
    /// As the runtime gives it.
    pub(crate) raw: String,
    pub(crate) borrowed: Option<Borrowed>,
    /// As the host gets it, where that is not what the plugin passes.
    pub(crate) taken: Option<String>,
}

/// How a function is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// With values alone, while the plugin waits.
    Plain,
    /// With streams or futures, while the plugin waits.
    Flow,
    /// While the plugin goes on.
    Async,
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
    options: &Options,
    place: &Place<'_>,
    types: &[TypeId],
    functions: &[&Function],
) -> Vec<Trait> {
    let Options { is_async, borrows, .. } = *options;
    let writer = Writer { world, modules, is_async, borrows, place };
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
    borrows: bool,
    place: &'a Place<'a>,
}

impl Writer<'_> {
    fn named(&self, name: &str, docs: &Docs, methods: Vec<Answer>) -> Trait {
        let has_plain = methods.iter().any(|it| it.kind == Kind::Plain);
        let has_others = methods.iter().any(|it| it.kind != Kind::Plain);
        Trait {
            has_plain,
            has_others,
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
    fn outer(&self, name: &str, params: &[(String, String)], result: &str, kind: Kind) -> String {
        const PARTS: &str = "::plugwright::State<H>, Self>";
        let receiver = match kind {
            Kind::Plain => "&mut self".to_owned(),
            Kind::Flow => {
                format!(
                    "mut __store: ::plugwright::__private::wasmtime::component::Access<'_, {PARTS}"
                )
            }
            Kind::Async => {
                format!(
                    "__accessor: &::plugwright::__private::wasmtime::component::Accessor<{PARTS}"
                )
            }
        };
        let written = written(&receiver, name, params, Some(result), 4);
        if self.is_async { format!("async {written}") } else { written }
    }

    fn kind(&self, function: &Function) -> Kind {
        match (function.is_async, self.world.is_concurrent(function)) {
            (true, _) => Kind::Async,
            (false, true) => Kind::Flow,
            (false, false) => Kind::Plain,
        }
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
        if function.is_async {
            scope.take("access");
        }
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
        let kind = self.kind(function);
        let borrowed = |it: &Param| {
            let may = self.borrows && !self.is_async && kind == Kind::Plain;
            may.then(|| Borrowed::of(self.world, &it.ty)).flatten()
        };
        let (mut params, result) = signature(&self.printer(true));
        for (param, (_, ty)) in function.params.iter().zip(&mut params) {
            if let Some(borrowed) = borrowed(param) {
                *ty = borrowed.ours().to_owned();
            }
        }
        let result = self.declared(result);
        let mut signature_of_ours =
            written(receiver(kind), &name, &params, result.as_deref(), self.indent());
        if kind == Kind::Async {
            let indent = " ".repeat(self.indent());
            signature_of_ours += &format!("\n{indent}where\n{indent}    Self: Sized + 'static");
        }
        let (params, result) = signature(&Printer { is_raw: true, ..self.printer(false) });
        let look = self.look(function, &name, &bare, &params, borrowed);
        let result = fallible(result.as_deref().unwrap_or("()"));
        let given = function.params.iter().zip(&args);
        let given = given.map(|(param, arg)| match borrowed(param) {
            Some(_) => format!("&{arg}"),
            None => arg.clone(),
        });
        let state = if kind == Kind::Plain { "self" } else { STATE };
        let printer = Printer { state, ..self.printer(false) };
        let types = function.params.iter().zip(&args);
        let mut taken: Vec<_> =
            types.map(|(it, arg)| printer.crossed(&it.ty, arg, Crossing::Take)).collect();
        if !function.params.iter().any(|it| self.world.crosses(&it.ty)) {
            taken.clear();
        }
        let passed = function.result.as_ref();
        let passed = passed.and_then(|it| printer.crossing(it, "__answer", Crossing::Pass));
        Answer {
            docs: function.docs.0.clone(),
            id: self.id(&bare),
            signature: signature_of_ours,
            outer: self.outer(&name, &params, &result, kind),
            given: given.collect(),
            name,
            args,
            is_drop: false,
            kind,
            taken,
            passed,
            look,
        }
    }

    /// How the runtime is told to call a function that looks into the plugin's memory; nothing where it does not.
    fn look(
        &self,
        function: &Function,
        name: &str,
        bare: &str,
        params: &[(String, String)],
        borrowed: impl Fn(&Param) -> Option<Borrowed>,
    ) -> Option<Look> {
        let printer = self.printer(false);
        let look = |(param, (name, raw)): (&Param, &(String, String))| LookParam {
            name: name.clone(),
            borrowed: borrowed(param),
            raw: borrowed(param).map_or_else(|| raw.clone(), |it| it.raw().to_owned()),
            taken: self
                .world
                .crosses(&param.ty)
                .then(|| printer.crossed(&param.ty, name, Crossing::Take)),
        };
        let params: Vec<_> = function.params.iter().zip(params).map(look).collect();
        params.iter().any(|it| it.borrowed.is_some()).then(|| {
            let result = function.result.as_ref();
            let owner = match function.kind {
                FunctionKind::Free => self.place.main.to_owned(),
                FunctionKind::Constructor(id)
                | FunctionKind::Method(id)
                | FunctionKind::Static(id) => {
                    format!("Host{}", rust_camel(&self.world.def(id).name))
                }
            };
            Look {
                name: function.id.clone(),
                params,
                path: format!("{}::{name}", join(self.place.module, &owner)),
                id: self.id(bare),
                gives: result.is_some(),
                passed: result.and_then(|it| printer.crossing(it, "__answer", Crossing::Pass)),
            }
        })
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
                receiver(Kind::Plain),
                "drop",
                &signature(true),
                self.declared(Some(ended)).as_deref(),
                self.indent(),
            ),
            outer: self.outer("drop", &signature(false), &fallible("()"), Kind::Plain),
            args: vec!["rep".to_owned()],
            given: Vec::new(),
            is_drop: true,
            kind: Kind::Plain,
            taken: Vec::new(),
            passed: None,
            look: None,
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
        Printer { world: self.world, modules: self.modules, prefix, is_raw: false, state: STATE }
    }
}

/// What a function of the host author's is called on.
fn receiver(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain | Kind::Flow => "&mut self",
        Kind::Async => "access: &::plugwright::Access<'_, Self>",
    }
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn fallible(result: &str) -> String {
    format!("::plugwright::__private::wasmtime::Result<{result}>")
}

/// Writes a signature, on several lines where it is long.
fn written(
    receiver: &str,
    name: &str,
    params: &[(String, String)],
    result: Option<&str>,
    indent: usize,
) -> String {
    let result = result.map(|it| format!(" -> {it}")).unwrap_or_default();
    let params: Vec<_> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let all = [receiver.to_owned()].into_iter().chain(params).collect::<Vec<_>>();
    let line = format!("fn {name}({}){result}", all.join(", "));
    if line.len() + indent < 99 {
        return line;
    }
    let inner = " ".repeat(indent + 4);
    let params: String = all.iter().map(|it| format!("{inner}{it},\n")).collect();
    format!("fn {name}(\n{params}{}){result}", " ".repeat(indent))
}
