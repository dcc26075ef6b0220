//! Links an implementation of one version with what surrounds it in another.

use std::collections::HashMap;

use plugwright_component::same_item;
use plugwright_component::{Artifact, ExternKind};
use wasm_encoder::{ComponentBuilder, ComponentExportKind};
use wasmtime::Engine;
use wasmtime::Store;
use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, Linker};

use crate::Tested;
use crate::parties::Parties;

/// Composes three components into one and instantiates it: what the implementation imports is
/// given by the provider of the caller's version, and what it exports is given to the caller.
///
/// Nothing comes of it where a part imports a type of a world itself, which no component exports.
pub(crate) fn composes(
    engine: &Engine,
    implementation: &Parties,
    caller: &Parties,
) -> Tested<Option<Result<(), String>>> {
    let mut composed = Composed::default();
    let parts = [
        (caller, caller.provider()),
        (implementation, implementation.implementation()),
        (caller, caller.user()),
    ];
    for (parties, bytes) in parts {
        let imports = Artifact::from_bytes("part", bytes)?;
        if imports.imports().iter().any(|it| matches!(it.kind, ExternKind::Type(_))) {
            return Ok(None);
        }
        if let Err(missing) = composed.add(parties, bytes)? {
            return Ok(Some(Err(missing)));
        }
    }
    let linked = || -> wasmtime::Result<()> {
        let component = Component::new(engine, composed.builder.finish())?;
        Linker::new(engine).instantiate(Store::new(engine, ()), &component).map(drop)
    };
    Ok(Some(linked().map_err(|err| format!("{err:#}"))))
}

#[derive(Default)]
struct Composed {
    builder: ComponentBuilder,
    /// What the parts export, and where it is; later ones stand before earlier ones.
    there: HashMap<String, (ComponentExportKind, u32)>,
}

impl Composed {
    /// Adds a part, or says what nothing before it exports.
    fn add(&mut self, parties: &Parties, bytes: &[u8]) -> Tested<Result<(), String>> {
        let artifact = Artifact::from_bytes("part", bytes)?;
        let mut arguments = Vec::new();
        for import in artifact.imports() {
            let found = self.there.iter().find(|(name, _)| same_item(name, &import.name));
            let (kind, at) = match found {
                Some((_, found)) => *found,
                // Where there is nothing but types, there is nothing that anybody has to offer.
                None if import.is_types_only() => {
                    let types = parties.types_alone(&import.name)?;
                    if let Err(missing) = self.add(parties, &types)? {
                        return Ok(Err(missing));
                    }
                    self.there[&import.name]
                }
                None => return Ok(Err(format!("`{}` is missing", import.name))),
            };
            arguments.push((import.name.clone(), kind, at));
        }
        let component = self.builder.component_raw(None, bytes);
        let instance = self.builder.instantiate(None, component, arguments);
        for export in artifact.exports() {
            let kind = match export.kind {
                ExternKind::Function(_) => ComponentExportKind::Func,
                ExternKind::Type(_) => ComponentExportKind::Type,
                _ => ComponentExportKind::Instance,
            };
            let at = self.builder.alias_export(instance, &export.name, kind);
            self.there.insert(export.name.clone(), (kind, at));
        }
        Ok(Ok(()))
    }
}

/// Tells whether typed functions of a host in the caller's version would link with the
/// implementation, and it with them.
///
/// They would compare what stands here in a text: the types by structure, without their names and
/// those of parameters.
pub(crate) fn hosts(
    engine: &Engine,
    implementation: &Parties,
    caller: &Parties,
) -> Tested<Result<(), String>> {
    let read = |bytes| Component::new(engine, bytes).map(|it| it.component_type());
    let provider = read(caller.provider())?;
    let plugin = read(implementation.implementation())?;
    let user = read(caller.user())?;
    let offered: Vec<_> = provider.exports(engine).map(|(name, it)| (name, it.ty)).collect();
    for (name, asked) in plugin.imports(engine) {
        if let Err(missing) = fits(engine, name, &asked.ty, &offered) {
            return Ok(Err(missing));
        }
    }
    let exported: Vec<_> = plugin.exports(engine).map(|(name, it)| (name, it.ty)).collect();
    let given: Vec<_> = exported.into_iter().chain(offered).collect();
    for (name, asked) in user.imports(engine) {
        if let Err(missing) = fits(engine, name, &asked.ty, &given) {
            return Ok(Err(missing));
        }
    }
    Ok(Ok(()))
}

fn fits(
    engine: &Engine,
    name: &str,
    asked: &ComponentItem,
    there: &[(&str, ComponentItem)],
) -> Result<(), String> {
    let found = there.iter().find(|(other, _)| same_item(other, name)).map(|it| &it.1);
    match (asked, found) {
        (ComponentItem::ComponentInstance(asked), found) => {
            let found = match found {
                Some(ComponentItem::ComponentInstance(found)) => {
                    found.exports(engine).map(|(name, it)| (name, it.ty)).collect()
                }
                Some(_) => return Err(format!("`{name}` is no interface")),
                None => Vec::new(),
            };
            asked.exports(engine).try_for_each(|(part, it)| {
                fits(engine, part, &it.ty, &found).map_err(|err| format!("{name}: {err}"))
            })
        }
        (ComponentItem::ComponentFunc(asked), Some(ComponentItem::ComponentFunc(found))) => {
            let texts = (signature(asked), signature(found));
            if texts.0 == texts.1 {
                Ok(())
            } else {
                Err(format!("`{name}` is `{}` and not `{}`", texts.1, texts.0))
            }
        }
        (ComponentItem::Resource(_), Some(ComponentItem::Resource(_)))
        | (ComponentItem::Type(_), _) => Ok(()),
        _ => Err(format!("`{name}` is missing")),
    }
}

fn signature(func: &ComponentFunc) -> String {
    let params: Vec<_> = func.params().map(|(_, ty)| text(&ty)).collect();
    let results: Vec<_> = func.results().map(|ty| text(&ty)).collect();
    let keyword = if func.async_() { "async " } else { "" };
    format!("{keyword}({}) -> {}", params.join(", "), results.join(", "))
}

fn text(ty: &Type) -> String {
    let option = |ty: Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), text);
    match ty {
        Type::List(it) => format!("list<{}>", text(&it.ty())),
        Type::Option(it) => format!("option<{}>", text(&it.ty())),
        Type::Result(it) => format!("result<{}, {}>", option(it.ok()), option(it.err())),
        Type::Future(it) => format!("future<{}>", option(it.ty())),
        Type::Stream(it) => format!("stream<{}>", option(it.ty())),
        Type::Tuple(it) => {
            format!("tuple<{}>", it.types().map(|it| text(&it)).collect::<Vec<_>>().join(", "))
        }
        Type::Record(it) => {
            let fields = it.fields().map(|it| format!("{}: {}", it.name, text(&it.ty)));
            format!("record {{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Type::Variant(it) => {
            let cases = it.cases().map(|it| format!("{}({})", it.name, option(it.ty)));
            format!("variant {{ {} }}", cases.collect::<Vec<_>>().join(", "))
        }
        Type::Enum(it) => format!("enum {{ {} }}", it.names().collect::<Vec<_>>().join(", ")),
        Type::Flags(it) => format!("flags {{ {} }}", it.names().collect::<Vec<_>>().join(", ")),
        Type::Own(_) => "own".to_owned(),
        Type::Borrow(_) => "borrow".to_owned(),
        primitive => format!("{primitive:?}"),
    }
}
