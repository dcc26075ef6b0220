//! What a plugin answers, as its author writes it and as the runtime looks for it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::functions::{Class, Function};
use super::names::{Names, lookup, property, value};
use super::view::{Answer, escaped};
use crate::model::{Direction, FunctionKind};

/// One name under which the runtime looks.
#[derive(Debug, Default, Serialize)]
pub(super) struct Export {
    /// The name it has in the module that the runtime runs.
    pub(super) name: String,
    /// The variable that holds it.
    pub(super) local: String,
    /// A function of the world itself, and what the author calls it.
    pub(super) function: Option<Function>,
    /// What the author calls the interface.
    pub(super) of: Option<String>,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
}

impl Export {
    /// Whether it lifts or lowers types of the world.
    pub(super) fn uses_world(&self) -> bool {
        !self.classes.is_empty()
            || self.function.iter().chain(&self.functions).any(Function::uses_world)
    }
}

/// Lists what the author has to write.
pub(super) fn answers(names: &Names<'_>) -> Vec<Answer> {
    let world = names.world;
    let own = world.functions(Direction::Export).map(|it| {
        let function = names.function(it, Direction::Export, "");
        let name = value(&it.name);
        Answer {
            docs: function.docs.clone(),
            name,
            interface: None,
            function: Some(function),
            members: Vec::new(),
        }
    });
    let mut answers: Vec<_> = own.collect();
    for (index, interface) in world.interfaces.iter().enumerate() {
        let Some(ty) = &names.answers[index] else { continue };
        let functions = interface.functions.iter().filter(|it| it.kind == FunctionKind::Free);
        let functions = functions.map(|it| names.function(it, Direction::Export, "").name);
        let classes = interface.types.iter().filter(|it| names.classes.contains_key(it));
        let classes = classes.map(|it| names.types[it].clone());
        answers.push(Answer {
            docs: escaped(&interface.docs),
            name: names.modules[index].clone(),
            interface: Some((names.files[index].clone(), ty.clone())),
            function: None,
            members: classes.chain(functions).collect(),
        });
    }
    answers
}

/// Lists what the runtime looks for.
pub(super) fn exports(names: &Names<'_>) -> Vec<Export> {
    let world = names.world;
    let mut exports = BTreeMap::<String, Export>::new();
    for function in world.functions(Direction::Export) {
        let export = exports.entry(property(&function.name)).or_default();
        let mut found = names.function(function, Direction::Export, "");
        found.name = value(&function.name);
        export.function = Some(found);
    }
    for (index, interface) in world.interfaces.iter().enumerate() {
        if interface.direction == Direction::Import || interface.is_types_only(world) {
            continue;
        }
        let export = exports.entry(lookup(names.runtime_id(interface))).or_default();
        export.of = Some(names.modules[index].clone());
        let functions = interface.functions.iter().filter(|it| it.kind == FunctionKind::Free);
        export.functions = functions.map(|it| names.function(it, Direction::Export, "")).collect();
        export.classes =
            names.classes_of(&interface.types, || interface.functions.iter(), Direction::Export);
    }
    let numbered = exports.into_iter().enumerate();
    numbered.map(|(at, (name, it))| Export { name, local: format!("export{at}"), ..it }).collect()
}
