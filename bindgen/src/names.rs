//! Names that backends share: casing, reserved words, and keeping two things apart that are called the same.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::model::{Direction, Interface, Package};

/// Names that are taken in one scope.
#[derive(Debug, Default)]
pub(crate) struct Scope(BTreeSet<String>);

impl Scope {
    /// Takes a name; if it is taken already, the first of `name_2`, `name_3`, .. that is not.
    pub(crate) fn take(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1;
        while !self.0.insert(free.clone()) {
            number += 1;
            free = format!("{name}_{number}");
        }
        free
    }
}

/// Gives each interface a name of its own, in kebab-case.
///
/// Where the same interface is imported and exported, the imported one ends in `-import`.
/// Where names still meet, all that meet get as much of their package as it takes: its name, its namespace, its version.
pub(crate) fn distinct(interfaces: &[Interface]) -> Vec<String> {
    let exported: BTreeSet<_> = interfaces
        .iter()
        .filter(|it| it.direction == Direction::Export)
        .map(|it| it.id.as_str())
        .collect();
    let name = |interface: &Interface, level: usize| {
        let mut parts = Vec::new();
        if let Some(package) = &interface.package {
            if level >= 2 {
                parts.push(package.namespace.clone());
            }
            if level >= 1 {
                parts.push(package.name.clone());
            }
        }
        parts.push(interface.name.clone());
        if level >= 3
            && let Some(version) = interface.package.as_ref().and_then(|it| it.version.as_ref())
        {
            parts.push(version.to_string().replace(['.', '+'], "-"));
        }
        if interface.direction == Direction::Import && exported.contains(interface.id.as_str()) {
            parts.push("import".to_owned());
        }
        parts.join("-")
    };
    let mut levels = vec![0; interfaces.len()];
    for _ in 0..3 {
        let mut by_name = BTreeMap::<String, Vec<usize>>::new();
        for (index, interface) in interfaces.iter().enumerate() {
            by_name.entry(name(interface, levels[index])).or_default().push(index);
        }
        for index in by_name.into_values().filter(|it| it.len() > 1).flatten() {
            levels[index] += 1;
        }
    }
    let mut scope = Scope::default();
    interfaces.iter().zip(levels).map(|(it, level)| scope.take(&name(it, level))).collect()
}

/// Writes a name as a Rust function, module or variable, as `wit-bindgen` and `wasmtime` do.
pub(crate) fn rust_snake(name: &str) -> String {
    // Both escape by an underscore, but only `wasmtime` escapes `gen`.
    wit_bindgen_rust::to_rust_ident(name)
}

/// Writes a name as a Rust type.
pub(crate) fn rust_camel(name: &str) -> String {
    name.to_upper_camel_case()
}

/// Whether Rust reserves the word, so that it cannot name a module by itself.
pub(crate) fn is_rust_keyword(name: &str) -> bool {
    let snake = name.to_snake_case();
    name == "gen" || rust_snake(&snake) != snake
}

/// Writes what stands after `pub use` to bring in items of a module; nothing for none.
pub(crate) fn rust_use(path: &str, mut items: Vec<String>) -> String {
    items.sort();
    match &items[..] {
        [] => String::new(),
        [one] => format!("{path}::{one}"),
        several => format!("{path}::{{{}}}", several.join(", ")),
    }
}

/// Names the module both Rust generators make of a package; two versions of one get the version in it.
pub(crate) fn rust_package_module(package: &Package, all: &[Package]) -> String {
    let base = package.name.to_snake_case();
    let same = all
        .iter()
        .filter(|it| it.namespace == package.namespace && it.name == package.name)
        .count();
    match &package.version {
        Some(version) if same > 1 => {
            let version = version.to_string().replace(['.', '-', '+'], "_").to_snake_case();
            format!("{base}{version}")
        }
        _ => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut scope = Scope::default();
        let taken = ["run", "run", "run"].map(|it| scope.take(it));
        assert_eq!(taken, ["run", "run_2", "run_3"]);
    }

    #[test]
    fn keywords_are_known_in_any_case() {
        assert!(is_rust_keyword("type"));
        assert!(is_rust_keyword("gen"));
        assert!(!is_rust_keyword("typed"));
    }
}
