//! What the templates of the JavaScript SDK print, with every name final.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use serde::Serialize;

use super::example::{self, Example};
use super::exports::{self, Export};
use super::functions::{Class, Function};
use super::names::{Names, is_resource, property};
use super::types::Flow;
use crate::model::{Direction, Docs, FunctionKind, Type, TypeId, TypeKind, World};
use crate::{GenerateError, Options};

/// The whole package.
#[derive(Debug, Serialize)]
pub(super) struct Package {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    pub(super) world: String,
    /// By what the world is named beside its WIT.
    pub(super) selector: String,
    pub(super) world_id: String,
    pub(super) docs: Vec<String>,
    pub(super) modules: Vec<Module>,
    /// What stands in the world itself.
    pub(super) root: Module,
    /// Name and text of each value that lifts and lowers a type.
    pub(super) codecs: Vec<(String, String)>,
    pub(super) answers: Vec<Answer>,
    pub(super) exports: Vec<Export>,
    /// Whether what it exports lifts or lowers types of the world.
    pub(super) uses_world: bool,
    /// Pairs of what the runtime is told and what the component says.
    pub(super) aliases: Vec<(String, String)>,
    pub(super) is_async: bool,
    pub(super) example: Example,
}

/// One thing that a plugin answers with.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    /// Of an interface: the file and the type there.
    pub(super) interface: Option<(String, String)>,
    pub(super) function: Option<Function>,
    /// What has to be there, seen from `name`; empty for a function.
    pub(super) members: Vec<String>,
}

/// The module of one interface, or of the world itself.
#[derive(Debug, Serialize)]
pub(super) struct Module {
    pub(super) file: String,
    pub(super) name: String,
    pub(super) id: String,
    /// By what the runtime knows it.
    pub(super) runtime_id: String,
    pub(super) docs: Vec<String>,
    pub(super) is_import: bool,
    /// Whether anything in it is there when it runs.
    pub(super) has_values: bool,
    /// Whether the host has something in it to call, without which the runtime does not know it.
    pub(super) is_called: bool,
    /// Whether what is in it lifts or lowers types of the world.
    pub(super) uses_world: bool,
    pub(super) needs: Vec<&'static str>,
    /// Files and the types that come from them.
    pub(super) imports: Vec<(String, Vec<String>)>,
    pub(super) reexports: Vec<String>,
    pub(super) types: Vec<Declaration>,
    pub(super) classes: Vec<Class>,
    pub(super) functions: Vec<Function>,
    /// What the plugin answers with, and its classes.
    pub(super) answers: Option<String>,
}

/// A type as TypeScript declares it.
#[derive(Debug, Serialize)]
pub(super) struct Declaration {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    /// The type; `None` for an object with fields.
    pub(super) ty: Option<String>,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Serialize)]
pub(super) struct Field {
    pub(super) docs: Vec<String>,
    pub(super) name: String,
    pub(super) is_optional: bool,
    pub(super) ty: String,
}

/// Computes the package.
pub(super) fn package_of(world: &World, options: &Options) -> Result<Package, GenerateError> {
    let package = match &options.name {
        Some(name) => checked(name)?,
        None => format!("{}-sdk", world.name.to_lowercase()),
    };
    let version = options.version.clone().or_else(|| world.package.version.clone());
    let names = Names::new(world);
    let exports = exports::exports(&names);
    let codec = |(id, name): (&TypeId, &String)| (name.clone(), names.codec_of(*id));
    Ok(Package {
        example: example::example(&names, &package),
        package,
        version: version.map_or_else(|| "0.1.0".to_owned(), |it| it.to_string()),
        license: options.license.clone(),
        world: world.name.clone(),
        selector: world.selector.clone(),
        world_id: world.id.clone(),
        docs: escaped(&world.docs),
        modules: (0..world.interfaces.len()).map(|it| module(&names, it)).collect(),
        root: root(&names),
        codecs: names.codecs.iter().map(codec).collect(),
        answers: exports::answers(&names),
        uses_world: exports.iter().any(Export::uses_world),
        exports,
        aliases: names.aliases.iter().map(|(id, it)| (it.clone(), id.clone())).collect(),
        is_async: world.every_function().any(|(_, _, it)| it.is_async || has_async(world, it)),
    })
}

fn has_async(world: &World, function: &crate::model::Function) -> bool {
    let mut found = false;
    for ty in function.types() {
        world.walk(ty, &mut std::collections::BTreeSet::new(), &mut |it| {
            found |= matches!(it, Type::Stream(_) | Type::Future(_));
        });
    }
    found
}

fn checked(name: &str) -> Result<String, GenerateError> {
    let bare = name.strip_prefix('@').and_then(|it| it.split_once('/'));
    let is_part = |part: &str| {
        part.starts_with(|it: char| it.is_ascii_lowercase())
            && part.chars().all(|it| {
                it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_' | '.')
            })
    };
    let is_name = match bare {
        Some((scope, name)) => is_part(scope) && is_part(name),
        None => is_part(name),
    };
    if is_name {
        return Ok(name.to_owned());
    }
    let reason = "an npm package's name is lower-case letters, digits, `-`, `_` and `.`, and starts with a letter; a scope such as `@acme/` may stand before it";
    Err(GenerateError::Option { option: "name", value: name.to_owned(), reason })
}

/// Makes docs safe to stand in a comment.
pub(super) fn escaped(docs: &Docs) -> Vec<String> {
    docs.0.iter().map(|it| it.replace("*/", "*\\/")).collect()
}

fn module(names: &Names<'_>, index: usize) -> Module {
    let interface = &names.world.interfaces[index];
    let is_import = interface.direction == Direction::Import;
    let functions = || interface.functions.iter();
    let mut module = Module {
        file: names.files[index].clone(),
        name: names.modules[index].clone(),
        id: interface.id.clone(),
        runtime_id: names.runtime_id(interface).to_owned(),
        docs: escaped(&interface.docs),
        is_import,
        has_values: false,
        is_called: false,
        uses_world: false,
        needs: Vec::new(),
        imports: Vec::new(),
        reexports: Vec::new(),
        types: Vec::new(),
        classes: names.classes_of(&interface.types, functions, interface.direction),
        functions: functions()
            .filter(|it| it.kind == FunctionKind::Free)
            .map(|it| names.function(it, interface.direction, ""))
            .collect(),
        answers: names.answers[index].clone(),
    };
    types(names, &interface.types, &mut module);
    module.has_values = is_import && !(module.classes.is_empty() && module.functions.is_empty());
    module.is_called = is_import && is_called(&module);
    module.uses_world = uses_world(&module);
    module.needs = needs(&module);
    module
}

fn is_called(module: &Module) -> bool {
    !module.functions.is_empty() || module.classes.iter().any(|it| it.functions().next().is_some())
}

fn uses_world(module: &Module) -> bool {
    !module.classes.is_empty() || module.functions.iter().any(Function::uses_world)
}

fn root(names: &Names<'_>) -> Module {
    let world = names.world;
    let imported = || world.functions(Direction::Import);
    let mut module = Module {
        file: "index".to_owned(),
        name: "world".to_owned(),
        id: world.id.clone(),
        runtime_id: world.id.clone(),
        docs: Vec::new(),
        is_import: true,
        has_values: false,
        is_called: false,
        uses_world: false,
        needs: Vec::new(),
        imports: Vec::new(),
        reexports: Vec::new(),
        types: Vec::new(),
        classes: names.classes_of(&world.types, imported, Direction::Import),
        functions: imported()
            .filter(|it| it.kind == FunctionKind::Free)
            .map(|it| names.function(it, Direction::Import, ""))
            .collect(),
        answers: None,
    };
    types(names, &world.types, &mut module);
    module.has_values = !(module.classes.is_empty() && module.functions.is_empty());
    module.is_called = is_called(&module);
    module.uses_world = uses_world(&module);
    let own =
        world.functions(Direction::Export).map(|it| names.function(it, Direction::Export, ""));
    module.functions.extend(own);
    module.needs = needs(&module);
    module.functions.retain(|it| !it.is_answer);
    module
}

/// The types of this package that the declarations of a module mention.
fn needs(module: &Module) -> Vec<&'static str> {
    let mentions = |name: &str| {
        let names = |text: &str| text.contains(&format!("{name}<"));
        let function = |it: &Function| names(&it.ts());
        module.functions.iter().any(function)
            || module.classes.iter().any(|it| it.functions().any(function))
            || module.types.iter().any(|it| {
                it.ty.as_deref().is_some_and(names) || it.fields.iter().any(|it| names(&it.ty))
            })
    };
    ["Future", "Stream", "StreamSource"].into_iter().filter(|it| mentions(it)).collect()
}

/// Declares the types of a module; those of other interfaces are brought in under the name they have here.
fn types(names: &Names<'_>, types: &[TypeId], module: &mut Module) {
    let world = names.world;
    let mut imports = BTreeMap::<String, Vec<String>>::new();
    for id in types {
        let def = world.def(*id);
        let name = &names.types[id];
        if let TypeKind::Alias(Type::Named(of)) = &def.kind
            && world.def(*of).interface != def.interface
        {
            let file = world.def(*of).interface.map_or("index", |it| names.files[it].as_str());
            let original = &names.types[of];
            let item =
                if original == name { name.clone() } else { format!("{original} as {name}") };
            imports.entry(file.to_owned()).or_default().push(item);
            module.reexports.push(name.clone());
        } else if !is_resource(world, *id) {
            module.types.push(declaration(names, *id));
        }
    }
    module.imports = imports.into_iter().collect();
}

fn declaration(names: &Names<'_>, id: TypeId) -> Declaration {
    let def = names.world.def(id);
    let mut declaration = Declaration {
        docs: escaped(&def.docs),
        name: names.types[&id].clone(),
        ty: None,
        fields: Vec::new(),
    };
    match &def.kind {
        TypeKind::Alias(ty) => declaration.ty = Some(names.ts(ty, Flow::Either, "")),
        TypeKind::Enum(cases) => {
            let cases: Vec<_> = cases.iter().map(|it| format!("\"{}\"", it.name)).collect();
            declaration.ty = Some(cases.join(" | "));
        }
        TypeKind::Variant(cases) => {
            let cases = cases.iter().map(|it| match &it.ty {
                Some(ty) => {
                    format!("{{ tag: \"{}\"; val: {} }}", it.name, names.ts(ty, Flow::Either, ""))
                }
                None => format!("{{ tag: \"{}\" }}", it.name),
            });
            declaration.ty = Some(cases.collect::<Vec<_>>().join(" | "));
            declaration.docs.extend(case_docs(names, id));
        }
        TypeKind::Flags(cases) => {
            declaration.fields.extend(cases.iter().map(|it| Field {
                docs: escaped(&it.docs),
                name: property(&it.name),
                is_optional: true,
                ty: "boolean".to_owned(),
            }));
        }
        TypeKind::Record(fields) => {
            declaration.fields.extend(fields.iter().map(|it| Field {
                docs: escaped(&it.docs),
                name: property(&it.name),
                is_optional: names.is_option(&it.ty) && !is_nested(names, &it.ty),
                ty: names.ts(&it.ty, Flow::Either, ""),
            }));
        }
        TypeKind::Resource => {}
    }
    if let TypeKind::Enum(_) = &def.kind {
        declaration.docs.extend(case_docs(names, id));
    }
    declaration
}

fn is_nested(names: &Names<'_>, ty: &Type) -> bool {
    names.option_of(ty).is_some_and(|it| names.is_option(it))
}

/// Cases of a union have no place for docs of their own, so that they stand in the docs of the whole.
fn case_docs(names: &Names<'_>, id: TypeId) -> Vec<String> {
    let def = names.world.def(id);
    let (TypeKind::Enum(cases) | TypeKind::Variant(cases)) = &def.kind else { return Vec::new() };
    let documented = cases.iter().filter(|it| !it.docs.0.is_empty());
    let mut lines: Vec<_> =
        documented.map(|it| format!("- `{}`: {}", it.name, escaped(&it.docs).join(" "))).collect();
    if !lines.is_empty() && !def.docs.0.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// Writes a resource's name as the runtime has it.
pub(super) fn class_key(name: &str) -> String {
    name.to_upper_camel_case()
}
