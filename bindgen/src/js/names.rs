//! Names in JavaScript and TypeScript, and the names by which the runtime looks for what a plugin exports.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToLowerCamelCase, ToUpperCamelCase};

use crate::model::{Direction, FunctionKind, Interface, TypeId, TypeKind, World};
use crate::names::{Scope, distinct};

/// Words that cannot name a function or a parameter of a module.
const RESERVED: [&str; 52] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "constructor",
    "prototype",
    "then",
];

/// Types that the declarations use, so that nothing from the WIT may take their names.
const TYPES: [&str; 14] = [
    "Array",
    "AsyncIterable",
    "Error",
    "Future",
    "Int8Array",
    "Iterable",
    "Map",
    "Promise",
    "PromiseLike",
    "ResultError",
    "Stream",
    "StreamSource",
    "Symbol",
    "Uint8Array",
];

/// Files of the package, so that no interface may take their names.
const FILES: [&str; 5] = ["examples", "index", "internal", "node_modules", "wit"];

/// Writes a name as a function, a parameter or a property, and escapes reserved words.
pub(super) fn value(name: &str) -> String {
    let camel = name.to_lower_camel_case();
    if RESERVED.contains(&camel.as_str()) { format!("{camel}_") } else { camel }
}

/// Writes a name as a field of an object, where no word is reserved.
pub(super) fn property(name: &str) -> String {
    name.to_lower_camel_case()
}

/// The names that the package gives to what the world says.
pub(super) struct Names<'a> {
    pub(super) world: &'a World,
    /// The file of each interface, without its ending.
    pub(super) files: Vec<String>,
    /// Each interface as a variable.
    pub(super) modules: Vec<String>,
    /// By exported interface, the type of what a plugin answers with; `None` where there is nothing to answer.
    pub(super) answers: Vec<Option<String>>,
    /// The type of the whole plugin.
    pub(super) plugin: String,
    /// Types, by their place in the world.
    pub(super) types: BTreeMap<TypeId, String>,
    /// Classes of exported resources that the plugin has to hand in.
    pub(super) classes: BTreeMap<TypeId, String>,
    /// How values of a type are lifted and lowered, as variables.
    pub(super) codecs: BTreeMap<TypeId, String>,
    /// What the runtime is told that an interface is called, where it would take it for another one.
    pub(super) aliases: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let (mut file_scope, mut module_scope) = (Scope::default(), Scope::default());
        FILES.iter().for_each(|it| _ = file_scope.take(it));
        for function in world.functions(Direction::Export) {
            module_scope.take(&value(&function.name));
        }
        let distinct = distinct(&world.interfaces);
        let files: Vec<_> = distinct.iter().map(|it| file_scope.take(&it.to_lowercase())).collect();
        let modules: Vec<_> = distinct.iter().map(|it| module_scope.take(&value(it))).collect();
        let mut names = Self {
            world,
            files,
            modules,
            answers: Vec::new(),
            plugin: String::new(),
            types: BTreeMap::new(),
            classes: BTreeMap::new(),
            codecs: BTreeMap::new(),
            aliases: aliases(world),
        };
        for interface in &world.interfaces {
            let mut scope = names.type_scope(&interface.types);
            if interface.direction == Direction::Export {
                names.classes(interface, &mut scope);
            }
            let is_free = |it: &crate::model::Function| it.kind == FunctionKind::Free;
            let is_answered = interface.direction == Direction::Export
                && (interface.functions.iter().any(is_free)
                    || interface.types.iter().any(|it| names.classes.contains_key(it)));
            names.answers.push(is_answered.then(|| answers_name(&mut scope, &interface.name)));
        }
        let mut scope = names.type_scope(&world.types);
        scope.take("Plugin");
        "Plugin".clone_into(&mut names.plugin);
        names.codecs();
        names
    }

    fn type_scope(&mut self, types: &[TypeId]) -> Scope {
        let mut scope = Scope::default();
        TYPES.iter().for_each(|it| _ = scope.take(it));
        if types.iter().any(|it| self.world.def(*it).interface.is_none()) {
            scope.take("Plugin");
        }
        for id in types {
            let name = scope.take(&self.world.def(*id).name.to_upper_camel_case());
            self.types.insert(*id, name);
        }
        scope
    }

    /// Names the classes of an exported interface that have something to call without an object.
    fn classes(&mut self, interface: &Interface, scope: &mut Scope) {
        for id in &interface.types {
            let is_called = |it: &FunctionKind| matches!(it, FunctionKind::Constructor(of) | FunctionKind::Static(of) if of == id);
            if interface.functions.iter().any(|it| is_called(&it.kind)) {
                let name = scope.take(&format!("{}Class", self.types[id]));
                self.classes.insert(*id, name);
            }
        }
    }

    fn codecs(&mut self) {
        let mut scope = Scope::default();
        for (index, def) in self.world.defs.iter().enumerate() {
            let id = TypeId(index);
            if self.world.resolve(id) != id {
                continue;
            }
            let module = def.interface.map_or("world", |it| &self.modules[it]);
            let name = format!("{module}{}", def.name.to_upper_camel_case());
            self.codecs.insert(id, scope.take(&name));
        }
    }

    /// What the runtime is told that an interface is called.
    pub(super) fn runtime_id<'b>(&'b self, interface: &'b Interface) -> &'b str {
        self.aliases.get(&interface.id).unwrap_or(&interface.id)
    }
}

fn answers_name(scope: &mut Scope, name: &str) -> String {
    let name = name.to_upper_camel_case();
    let taken = scope.take(&name);
    if taken == name { name } else { scope.take(&format!("{name}Exports")) }
}

/// By what the runtime looks for an exported interface: its name without package and version.
pub(super) fn lookup(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    name.split('@').next().unwrap_or(name).to_lower_camel_case()
}

/// Gives another name to exported interfaces that the runtime would take for each other.
///
/// The name is as long as the old one, so that it can be put back in the finished component.
fn aliases(world: &World) -> BTreeMap<String, String> {
    let exported = world.interfaces.iter().filter(|it| it.direction == Direction::Export);
    let mut taken = BTreeSet::new();
    let mut ids: BTreeSet<_> = world.interfaces.iter().map(|it| it.id.clone()).collect();
    let mut aliases = BTreeMap::new();
    for interface in exported {
        if taken.insert(lookup(&interface.id)) {
            continue;
        }
        if let Some(alias) = similar(&interface.id, &interface.name)
            .find(|it| !ids.contains(it) && !taken.contains(&lookup(it)))
        {
            taken.insert(lookup(&alias));
            ids.insert(alias.clone());
            aliases.insert(interface.id.clone(), alias);
        }
    }
    aliases
}

/// Ids that differ in one letter of the interface's name.
fn similar<'a>(id: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let start = id.find('/').map_or(0, |it| it + 1);
    let letters = name.char_indices().rev().filter(|(_, it)| it.is_ascii_lowercase());
    letters.flat_map(move |(at, _)| {
        ('a'..='z').map(move |letter| {
            let mut id = id.to_owned();
            id.replace_range(start + at..=start + at, letter.encode_utf8(&mut [0; 4]));
            id
        })
    })
}

/// Whether the type is a resource that stands in this place itself.
pub(super) fn is_resource(world: &World, id: TypeId) -> bool {
    matches!(world.def(id).kind, TypeKind::Resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_escaped() {
        assert_eq!(value("delete"), "delete_");
        assert_eq!(value("delete-all"), "deleteAll");
        assert_eq!(property("delete"), "delete");
    }

    #[test]
    fn the_runtime_looks_for_the_last_part_of_a_name() {
        assert_eq!(lookup("wasi:http/outgoing-handler@0.2.12"), "outgoingHandler");
        assert_eq!(lookup("timer"), "timer");
    }

    #[test]
    fn a_similar_name_is_as_long_and_differs() {
        let ids: Vec<_> = similar("a:b/types@1.0.0", "types").take(2).collect();
        assert_eq!(ids, ["a:b/typea@1.0.0", "a:b/typeb@1.0.0"]);
    }
}
