//! The functions through which a host calls a plugin.

use heck::ToSnakeCase;
use serde::Serialize;

use super::types::{Crossing, Mode, Printer, STATE, ident};
use crate::model::{Direction, Function, FunctionKind, Interface, Type, World};
use crate::names::{Scope, rust_package_module, rust_snake};

/// A function of the plugin.
#[derive(Debug, Serialize)]
pub(crate) struct Method {
    pub(crate) docs: Vec<String>,
    pub(crate) id: String,
    /// From the name to the result.
    pub(crate) signature: String,
    /// The same as it is written where the function is implemented.
    pub(crate) implemented: String,
    pub(crate) name: String,
    /// The function on the exports, such as `example_setpoint_control().call_decide`.
    pub(crate) path: String,
    pub(crate) args: Vec<String>,
    /// Whether other things run in the sandbox while it does.
    pub(crate) is_concurrent: bool,
    /// The arguments as the plugin gets them; empty where they are what the host passes.
    pub(crate) passed: Vec<String>,
    /// The result as the host gets it, where that is not what the plugin gives.
    pub(crate) taken: Option<String>,
}

/// A function with the names it has here and in what `bindgen!` makes.
struct Call<'a> {
    function: &'a Function,
    name: String,
    id: String,
    path: String,
}

/// Gives what a plugin can be asked, and what an instance can: only that keeps resources between calls.
pub(super) fn methods(
    world: &World,
    modules: &[String],
    is_async: bool,
) -> (Vec<Method>, Vec<Method>) {
    let printer = Printer { world, modules, prefix: "", is_raw: false, state: STATE };
    let calls = calls(world, modules);
    let stateless = calls.iter().filter(|it| !world.has_handle(it.function));
    let plugin = stateless.map(|it| it.method(&printer, "&self", is_async)).collect();
    // What a call gives out to be read keeps its sandbox, which an instance does not part with.
    let whole = calls.iter().filter(|it| !gives_out(world, it.function));
    (plugin, whole.map(|it| it.method(&printer, "&mut self", is_async)).collect())
}

/// Whether the result holds a stream or a future.
pub(crate) fn gives_out(world: &World, function: &Function) -> bool {
    function.result.as_ref().is_some_and(|it| world.flows(it))
}

fn calls<'a>(world: &'a World, modules: &[String]) -> Vec<Call<'a>> {
    let mut scope = Scope::default();
    let mut calls: Vec<_> = world
        .functions(Direction::Export)
        .map(|function| Call {
            function,
            name: scope.take(&ident(&function.name)),
            id: readable(function),
            path: format!("call_{}", function.name.to_snake_case()),
        })
        .collect();
    for (index, interface) in world.interfaces.iter().enumerate() {
        if interface.direction == Direction::Import {
            continue;
        }
        let exports = accessor(world, interface);
        // The name goes on, so it needs no escape.
        let module = modules[index].trim_end_matches('_');
        for function in &interface.functions {
            let call = format!("call_{}", function.name.to_snake_case());
            let short = function.name.to_snake_case();
            let (name, path) = match function.kind {
                FunctionKind::Free => (format!("{module}_{short}"), format!("{exports}().{call}")),
                FunctionKind::Constructor(id)
                | FunctionKind::Method(id)
                | FunctionKind::Static(id) => {
                    let resource = world.def(id).name.to_snake_case();
                    let constructs = matches!(function.kind, FunctionKind::Constructor(_));
                    let short = if constructs { "new" } else { &short };
                    (
                        format!("{module}_{resource}_{short}"),
                        format!("{exports}().{resource}().{call}"),
                    )
                }
            };
            let id = format!("{}.{}", interface.id, readable(function));
            calls.push(Call { function, name: scope.take(&name), id, path });
        }
    }
    calls
}

/// Names the function that gives the exports of an interface.
fn accessor(world: &World, interface: &Interface) -> String {
    let name = rust_snake(&interface.name);
    match &interface.package {
        Some(package) => {
            let module = rust_package_module(package, &world.packages);
            format!("{}_{module}_{name}", package.namespace.to_snake_case())
        }
        None => name,
    }
}

impl Call<'_> {
    fn method(&self, printer: &Printer<'_>, receiver: &str, is_async: bool) -> Method {
        let mut scope = Scope::default();
        let (mut params, mut args) = (vec![receiver.to_owned()], Vec::new());
        let is_concurrent = printer.world.is_concurrent(self.function);
        let mut passed = Vec::new();
        for (index, param) in self.function.params.iter().enumerate() {
            // The first parameter of a method is called `self`, which is the instance here.
            let name = match (index, self.function.kind) {
                (0, FunctionKind::Method(id)) => ident(&printer.world.def(id).name),
                _ => ident(&param.name),
            };
            let name = scope.take(&name);
            let crosses = printer.world.crosses(&param.ty);
            let mode = if is_concurrent || crosses { Mode::Owned } else { Mode::Borrowed };
            params.push(format!("{name}: {}", printer.ty(&param.ty, mode)));
            let crossed = printer.crossed(&param.ty, &name, Crossing::Pass);
            let is_list = matches!(printer.world.unaliased(&param.ty), Type::List(_));
            let is_borrowed = crosses && !is_concurrent && is_list;
            passed.push(if is_borrowed { format!("&{crossed}") } else { crossed });
            args.push(name);
        }
        let taken = self.function.result.as_ref();
        let taken = taken.and_then(|it| printer.crossing(it, "__answer", Crossing::TakeResult));
        if !self.function.params.iter().any(|it| printer.world.crosses(&it.ty)) {
            passed.clear();
        }
        let result = printer.optional(self.function.result.as_ref(), Mode::Owned);
        let result = format!("::core::result::Result<{result}, ::plugwright::CallError>");
        let declared = if is_async { promised(&result) } else { result.clone() };
        let implemented = signature(&self.name, &params, &result);
        Method {
            docs: self.function.docs.0.clone(),
            id: self.id.clone(),
            signature: signature(&self.name, &params, &declared),
            implemented: if is_async { format!("async {implemented}") } else { implemented },
            name: self.name.clone(),
            path: self.path.clone(),
            args,
            is_concurrent,
            passed,
            taken,
        }
    }
}

/// The name by which people know a function: `bucket.put` for `[method]bucket.put`.
fn readable(function: &Function) -> String {
    let bare = function.id.rsplit(']').next().unwrap_or(&function.id);
    match function.kind {
        FunctionKind::Constructor(_) => format!("{bare}.constructor"),
        _ => bare.to_owned(),
    }
}

/// What a function gives that a program awaits, as traits declare it: so that calls may move between threads.
pub(super) fn promised(result: &str) -> String {
    format!("impl ::core::future::Future<Output = {result}> + ::core::marker::Send")
}

/// Writes a signature inside a trait, on several lines where it is long.
fn signature(name: &str, params: &[String], result: &str) -> String {
    let line = format!("fn {name}({}) -> {result}", params.join(", "));
    if line.len() < 95 {
        return line;
    }
    let params: String = params.iter().map(|it| format!("        {it},\n")).collect();
    format!("fn {name}(\n{params}    ) -> {result}")
}
