//! What the templates of the package print, with every name final.

use std::collections::BTreeSet;

use serde::Serialize;

use super::example::{self, Plugin};
use super::module;
use super::names::{Names, Place};
use super::world::{self, Tables};
use crate::model::{FunctionKind, Type, TypeId, TypeKind, World};
use crate::{GenerateError, Options};

/// The whole package.
#[derive(Debug, Serialize)]
pub(crate) struct Package {
    pub(crate) package: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) world: String,
    /// The name by which the WIT gives the world.
    pub(crate) selector: String,
    pub(crate) world_id: String,
    pub(crate) docs: Vec<String>,
    /// The package's own module, then one for each interface.
    pub(crate) modules: Vec<Module>,
    pub(crate) is_async: bool,
    pub(crate) has_exports: bool,
    /// Functions of the host that the test calls, and a first one for the README.
    pub(crate) host: Vec<String>,
    pub(crate) plugin: Plugin,
    pub(crate) tables: Tables,
}

/// One module.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) docs: String,
    /// `import` lines, in the order in which linters want them.
    pub(crate) imports: Vec<String>,
    pub(crate) has_self: bool,
    /// What the package's own module offers; empty for others.
    pub(crate) offers: Vec<String>,
    pub(crate) classes: Vec<Class>,
    /// Name, expression, docs.
    pub(crate) aliases: Vec<(String, String, String)>,
    /// Name, the type it is raised with, docs.
    pub(crate) errors: Vec<(String, String, String)>,
    /// Variables for functions of the host: name, and what it is outside a component.
    pub(crate) hooks: Vec<(String, String)>,
    pub(crate) functions: Vec<Method>,
    /// The class that stands for what the plugin exports here.
    pub(crate) bases: Vec<Class>,
}

/// One class.
#[derive(Debug, Serialize)]
pub(crate) struct Class {
    pub(crate) decorator: String,
    pub(crate) name: String,
    pub(crate) bases: String,
    pub(crate) docs: String,
    /// Assignments and annotations, with their docs.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) methods: Vec<Method>,
}

/// One function or method.
#[derive(Debug, Serialize)]
pub(crate) struct Method {
    pub(crate) decorators: Vec<String>,
    pub(crate) head: String,
    pub(crate) docs: String,
    pub(crate) body: Vec<String>,
}

/// Computes the package.
pub(crate) fn package_of(world: &World, options: &Options) -> Result<Package, GenerateError> {
    let package = match &options.name {
        Some(name) => checked(name)?,
        None => format!("{}-sdk", world.name),
    };
    let name = package.replace(['-', '.'], "_").to_lowercase();
    let names = Names::new(world);
    let version = options.version.clone().or_else(|| world.package.version.clone());
    let is_async = is_async(world);
    let modules: Vec<_> = names.places().into_iter().map(|it| module::module(&names, it)).collect();
    let host = names.functions.iter().map(|((place, _), it)| match place {
        Some(index) => format!("{}.{it}", names.modules[*index]),
        None => it.clone(),
    });
    Ok(Package {
        version: version.map_or_else(|| "0.1.0".to_owned(), |it| python_version(&it)),
        license: options.license.clone(),
        world: world.name.clone(),
        selector: world.selector.clone(),
        world_id: world.id.clone(),
        docs: world.docs.0.clone(),
        is_async,
        has_exports: has_exports(&names),
        host: host.collect(),
        plugin: example::plugin(&names, &name),
        tables: world::tables(&names),
        modules,
        package,
        name,
    })
}

fn checked(name: &str) -> Result<String, GenerateError> {
    let first = name.starts_with(|it: char| it.is_ascii_alphabetic());
    let last = name.ends_with(|it: char| it.is_ascii_alphanumeric());
    let middle = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    if first && last && name.chars().all(middle) {
        return Ok(name.to_owned());
    }
    let reason = "a package's name is letters, digits, `-` and `_`, starts with a letter and does not end in a dash";
    Err(GenerateError::Option { option: "name", value: name.to_owned(), reason })
}

/// Writes a version as Python does, which knows no names of pre-releases but its own.
fn python_version(version: &semver::Version) -> String {
    let base = format!("{}.{}.{}", version.major, version.minor, version.patch);
    if version.pre.is_empty() {
        return base;
    }
    let number: String = version.pre.chars().filter(char::is_ascii_digit).collect();
    let kind = match version.pre.as_str() {
        it if it.starts_with("alpha") => "a",
        it if it.starts_with("beta") => "b",
        it if it.starts_with("rc") => "rc",
        _ => ".dev",
    };
    format!("{base}{kind}{}", if number.is_empty() { "0" } else { &number })
}

/// Whether anything waits: an `async func`, a stream, a future.
pub(crate) fn is_async(world: &World) -> bool {
    let mut found = false;
    for (_, _, function) in world.every_function() {
        found |= function.is_async;
        for ty in function.types() {
            world.walk(ty, &mut BTreeSet::new(), &mut |it| {
                found |= matches!(it, Type::Stream(_) | Type::Future(_));
            });
        }
    }
    found
}

/// Gives the resources of a place that the plugin exports.
pub(crate) fn exported_resources(names: &Names<'_>, place: Place) -> Vec<TypeId> {
    let is_resource = |it: &&TypeId| matches!(names.world.def(**it).kind, TypeKind::Resource);
    let all = names.types_of(place).iter().filter(is_resource).copied();
    all.filter(|it| names.is_exported(*it)).collect()
}

/// Whether the plugin has anything to export.
pub(crate) fn has_exports(names: &Names<'_>) -> bool {
    let resources = names.places().into_iter().any(|it| !exported_resources(names, it).is_empty());
    resources || !names.classes.is_empty()
}

impl FunctionKind {
    pub(crate) fn owner(self) -> Option<TypeId> {
        match self {
            FunctionKind::Free => None,
            FunctionKind::Constructor(id) | FunctionKind::Method(id) | FunctionKind::Static(id) => {
                Some(id)
            }
        }
    }
}
