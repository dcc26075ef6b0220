//! The tables of `_world.py`: what the runtime asks for, and where the package has it.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use serde::Serialize;

use super::names::{Names, Place, camel, snake};
use super::types::{generated, hook};
use super::view::exported_resources;
use crate::model::{Direction, Function, FunctionKind, Type, TypeKind};

/// Everything that `_world.py` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Tables {
    pub(crate) name: String,
    /// What is used of the hand-written part.
    pub(crate) uses: Vec<&'static str>,
    /// Each interface with the name that is given to `componentize-py`.
    pub(crate) import_names: Vec<(String, String)>,
    pub(crate) export_names: Vec<(String, String)>,
    /// By generated module, names and classes.
    pub(crate) types: Vec<(String, Vec<(String, String)>)>,
    pub(crate) imports: Vec<Imported>,
    pub(crate) exports: Vec<Exported>,
    pub(crate) pairs: Vec<(String, String)>,
}

/// Functions of the host.
#[derive(Debug, Serialize)]
pub(crate) struct Imported {
    pub(crate) module: String,
    pub(crate) into: String,
    pub(crate) functions: Vec<(String, String)>,
}

/// What the plugin exports in one place.
#[derive(Debug, Serialize)]
pub(crate) struct Exported {
    pub(crate) module: String,
    pub(crate) protocol: String,
    pub(crate) base: Option<String>,
    pub(crate) functions: Vec<String>,
    /// Name, class, functions.
    pub(crate) resources: Vec<(String, String, Vec<String>)>,
}

impl Exported {
    fn has_functions(&self) -> bool {
        !self.functions.is_empty() || self.resources.iter().any(|it| !it.2.is_empty())
    }
}

/// Computes the tables.
pub(crate) fn tables(names: &Names<'_>) -> Tables {
    let world = names.world;
    let named = |direction| {
        let all = world.interfaces.iter().zip(&names.generated);
        let all = all.filter(move |(it, _)| it.direction == direction);
        all.map(|(it, name)| (it.id.clone(), name.clone())).collect()
    };
    let pairs: BTreeMap<_, _> = payloads(names)
        .into_iter()
        .map(|(is_stream, ty)| {
            let own = names.pair(is_stream, ty.as_ref(), &names.modules);
            (format!("_host__{own}"), names.pair(is_stream, ty.as_ref(), &names.generated))
        })
        .collect();
    let places = names.places().into_iter();
    let imports: Vec<_> = places.clone().filter_map(|it| imports(names, it)).collect();
    let exports: Vec<_> = places.clone().filter_map(|it| exports(names, it)).collect();
    let uses = [
        ("Exported", !exports.is_empty()),
        ("Function", exports.iter().any(Exported::has_functions)),
        ("Imported", !imports.is_empty() || !pairs.is_empty()),
        ("Resource", exports.iter().any(|it| !it.resources.is_empty())),
        ("World", true),
    ];
    Tables {
        name: world.id.clone(),
        uses: uses.into_iter().filter(|it| it.1).map(|it| it.0).collect(),
        import_names: named(Direction::Import),
        export_names: named(Direction::Export),
        types: places.filter_map(|it| types(names, it)).collect(),
        imports,
        exports,
        pairs: pairs.into_iter().collect(),
    }
}

/// Writes something of a place as `_world.py` sees it.
fn at(names: &Names<'_>, place: Place, name: &str) -> String {
    match place {
        Some(index) => format!("sdk.{}.{name}", names.modules[index]),
        None => format!("sdk.{name}"),
    }
}

fn types(names: &Names<'_>, place: Place) -> Option<(String, Vec<(String, String)>)> {
    let module = match names.interface(place) {
        None => "wit_world".to_owned(),
        Some(it) => {
            let kind = if it.direction == Direction::Import { "imports" } else { "exports" };
            format!("wit_world.{kind}.{}", names.generated[place?])
        }
    };
    let mut classes = Vec::new();
    for id in names.types_of(place) {
        let def = names.world.def(*id);
        match &def.kind {
            TypeKind::Alias(_) => {}
            TypeKind::Variant(cases) => {
                classes.extend(cases.iter().zip(&names.cases[id]).map(|(case, class)| {
                    (generated(&def.name, Some(&case.name)), at(names, place, class))
                }));
            }
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Record(_) | TypeKind::Resource => {
                classes.push((generated(&def.name, None), at(names, place, &names.types[id])));
            }
        }
    }
    // Modules of interfaces are looked up even if nothing is in them.
    (place.is_some() || !classes.is_empty()).then_some((module, classes))
}

fn imports(names: &Names<'_>, place: Place) -> Option<Imported> {
    let functions: Vec<_> = names
        .functions_of(place)
        .into_iter()
        .filter(|(direction, _)| *direction == Direction::Import)
        .map(|(_, it)| {
            let owner = it.kind.owner().map(|id| names.world.def(id).name.as_str());
            let name = match it.kind {
                FunctionKind::Constructor(_) => "__init__".to_owned(),
                _ => snake(&it.name),
            };
            let path = owner.map_or_else(|| name.clone(), |it| format!("{}.{name}", camel(it)));
            (hook(owner, &it.name), path)
        })
        .collect();
    let module = place.map(|it| format!("imports.{}", names.generated[it]));
    let into = place.map_or_else(|| "sdk".to_owned(), |it| format!("sdk.{}", names.modules[it]));
    (!functions.is_empty()).then(|| Imported {
        module: module.unwrap_or_default(),
        into,
        functions,
    })
}

fn exports(names: &Names<'_>, place: Place) -> Option<Exported> {
    let functions = |wanted: &dyn Fn(&Function) -> bool| {
        let all = names.functions_of(place).into_iter();
        let exported = all.filter(|(direction, it)| *direction == Direction::Export && wanted(it));
        exported.map(|(_, it)| function(names, place, it)).collect::<Vec<_>>()
    };
    let base = names.classes.get(&place).map(|it| at(names, place, it));
    let resources: Vec<_> = exported_resources(names, place)
        .into_iter()
        .map(|id| {
            let class = at(names, place, &names.types[&id]);
            let functions = functions(&|it| it.kind.owner() == Some(id));
            (camel(&names.world.def(id).name), class, functions)
        })
        .collect();
    if base.is_none() && resources.is_empty() {
        return None;
    }
    let module = place.map(|it| names.generated[it].clone()).unwrap_or_default();
    Some(Exported {
        protocol: match place {
            Some(_) => module.to_upper_camel_case(),
            None => "WitWorld".to_owned(),
        },
        module,
        base,
        functions: functions(&|it| it.kind == FunctionKind::Free),
        resources,
    })
}

/// Writes what is special about a function; what is not is left out.
fn function(names: &Names<'_>, place: Place, function: &Function) -> String {
    let name = match function.kind {
        FunctionKind::Constructor(_) => "__init__".to_owned(),
        _ => snake(&function.name),
    };
    let mut parts = vec![format!("\"{name}\"")];
    if let Some((direct, err)) = names.result(function) {
        let error = match err {
            None => "sdk.FailedError".to_owned(),
            Some(err) => {
                let key = names.error_key(place, err);
                names.errors.get(&key).map_or_else(String::new, |it| at(names, key.0, &it.name))
            }
        };
        parts.push(format!("error={error}"));
        if !direct {
            parts.push("returns=True".to_owned());
        }
    }
    if function.is_async {
        parts.push("is_async=True".to_owned());
    }
    if matches!(function.kind, FunctionKind::Static(_)) {
        parts.push("is_static=True".to_owned());
    }
    parts.join(", ")
}

/// Gives what streams (`true`) and futures carry, each once.
pub(crate) fn payloads(names: &Names<'_>) -> Vec<(bool, Option<Type>)> {
    let mut found = BTreeMap::new();
    for (_, _, function) in names.every_function() {
        for ty in function.types() {
            names.world.walk(ty, &mut BTreeSet::new(), &mut |it| {
                let (is_stream, ty) = match it {
                    Type::Stream(ty) => (true, ty),
                    Type::Future(ty) => (false, ty),
                    _ => return,
                };
                let ty = ty.as_deref().cloned();
                let name = names.pair(is_stream, ty.as_ref(), &names.modules);
                found.entry(name).or_insert((is_stream, ty));
            });
        }
    }
    found.into_values().collect()
}
