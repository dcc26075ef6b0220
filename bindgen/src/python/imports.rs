//! What a module imports, and what the package offers.

use super::module::Builder;
use super::types::alias;
use super::view::{Module, has_exports, is_async};
use super::world;

impl Builder<'_> {
    /// Gives the public names of the package.
    pub(crate) fn offers(&self, module: &Module) -> Vec<String> {
        let exports = has_exports(self.names);
        let runtime = RUNTIME.into_iter().filter(|it| exports || *it != "export");
        let mut offers: Vec<_> = runtime.map(str::to_owned).collect();
        if is_async(self.names.world) {
            offers.extend(STREAMS.map(str::to_owned));
        }
        offers.extend(self.names.modules.iter().cloned());
        offers.extend(module.classes.iter().chain(&module.bases).map(|it| it.name.clone()));
        offers.extend(module.aliases.iter().map(|it| it.0.clone()));
        offers.extend(module.errors.iter().map(|it| it.0.clone()));
        offers.extend(
            self.names.functions.iter().filter(|it| it.0.0.is_none()).map(|it| it.1.clone()),
        );
        let pairs = world::payloads(self.names).into_iter();
        offers.extend(
            pairs.map(|(is_stream, ty)| {
                self.names.pair(is_stream, ty.as_ref(), &self.names.modules)
            }),
        );
        offers.sort();
        offers
    }

    /// Gives the import lines, in the order in which linters want them.
    pub(crate) fn imports(&self, module: &Module) -> Vec<String> {
        let uses = self.printer.uses.borrow();
        let mut lines = Vec::new();
        for name in ["abc", "builtins", "dataclasses", "enum"] {
            if uses.contains(name) {
                lines.push(format!("import {name} as _{name}"));
            }
        }
        if uses.contains("self") {
            lines.push("import typing as _typing".to_owned());
        }
        if uses.contains("callable") {
            lines.push("from collections.abc import Callable as _Callable".to_owned());
        }
        let siblings = self.siblings(module);
        if !lines.is_empty() && !siblings.is_empty() {
            lines.push(String::new());
        }
        lines.extend(siblings);
        lines
    }

    /// Gives the imports from the package itself.
    fn siblings(&self, module: &Module) -> Vec<String> {
        let uses = self.printer.uses.borrow();
        let mut modules: Vec<_> = [("runtime", "_runtime"), ("streams", "_streams")]
            .into_iter()
            .filter(|(name, _)| uses.contains(name))
            .map(|(_, module)| module.to_owned())
            .collect();
        if self.place.is_none() {
            let mut public = self.names.modules.clone();
            public.sort();
            modules.extend(public);
        }
        let mut lines = Vec::new();
        if !modules.is_empty() {
            lines.push(import("from . import", &modules));
        }
        let mentioned = self.printer.modules.borrow();
        let mut aliased: Vec<_> = mentioned.iter().map(|it| &self.names.modules[*it]).collect();
        aliased.sort();
        lines.extend(aliased.iter().map(|it| format!("from . import {it} as {}", alias(it))));
        if self.place.is_none() {
            for (from, names) in [("_runtime", &RUNTIME[..]), ("_streams", &STREAMS[..])] {
                let offered =
                    names.iter().filter(|name| module.offers.iter().any(|it| it == *name));
                let offered: Vec<_> = offered.map(|it| (*it).to_owned()).collect();
                if !offered.is_empty() {
                    lines.push(import(&format!("from .{from} import"), &offered));
                }
            }
        }
        lines
    }
}

/// What the package offers of the hand-written part, in the order in which linters want it.
const RUNTIME: [&str; 8] =
    ["Err", "FailedError", "Ok", "OutsideHostError", "Result", "ResultError", "Some", "export"];

const STREAMS: [&str; 8] = [
    "ByteStreamReader",
    "ByteStreamWriter",
    "FutureReader",
    "FutureWriter",
    "StreamReader",
    "StreamWriter",
    "feed",
    "spawn",
];

/// Writes an import, broken where formatters break it.
fn import(start: &str, names: &[String]) -> String {
    let line = format!("{start} {}", names.join(", "));
    if line.chars().count() <= 320 {
        return line;
    }
    let names: String = names.iter().map(|it| format!("    {it},\n")).collect();
    format!("{start} (\n{names})")
}
