//! Knows beforehand what a language cannot say, so that no generator underneath meets it.

use crate::model::{Direction, Function, FunctionKind, Location, Primitive, Type, TypeKind, World};
use crate::names::{is_rust_keyword, rust_camel};
use crate::{GenerateError, Language, Unsupported};

/// A part of WIT that not every language can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// An `async func` that the plugin calls.
    AsyncImport,
    /// An `async func` that the plugin answers.
    AsyncExport,
    /// `stream<T>`
    Stream,
    /// `future<T>`
    Future,
    /// `map<K, V>`
    Map,
    /// `list<T, N>`
    FixedLengthList,
    /// `error-context`
    ErrorContext,
    /// An interface that is imported under a name of its own.
    NamedImport,
    /// An `@external-id` of any item.
    ExternalId,
    /// A resource of the world itself that the host keeps.
    WorldResource,
    /// A `tuple`, or a list of a fixed length, of more than 16 values.
    LongTuple,
    /// `flags` of more than 32.
    ManyFlags,
}

impl Feature {
    /// Every feature, in the order in which it is listed to users.
    pub const ALL: [Feature; 12] = [
        Feature::AsyncImport,
        Feature::AsyncExport,
        Feature::Stream,
        Feature::Future,
        Feature::Map,
        Feature::FixedLengthList,
        Feature::ErrorContext,
        Feature::NamedImport,
        Feature::ExternalId,
        Feature::WorldResource,
        Feature::LongTuple,
        Feature::ManyFlags,
    ];

    /// What it is, in words for a table.
    pub fn describe(self) -> &'static str {
        match self {
            Feature::AsyncImport => "an imported `async func`",
            Feature::AsyncExport => "an exported `async func`",
            Feature::Stream => "a `stream`",
            Feature::Future => "a `future`",
            Feature::Map => "a `map`",
            Feature::FixedLengthList => "a `list` of a fixed length",
            Feature::ErrorContext => "an `error-context`",
            Feature::NamedImport => "an interface imported under a name of its own",
            Feature::ExternalId => "an `@external-id`",
            Feature::WorldResource => "a `resource` of the world itself",
            Feature::LongTuple => {
                "a `tuple`, or a `list` of a fixed length, of more than 16 values"
            }
            Feature::ManyFlags => "`flags` of more than 32",
        }
    }

    fn of(ty: &Type) -> &'static [Feature] {
        match ty {
            Type::Primitive(Primitive::ErrorContext) => &[Feature::ErrorContext],
            Type::Map(..) => &[Feature::Map],
            Type::FixedLengthList(_, 17..) => &[Feature::FixedLengthList, Feature::LongTuple],
            Type::FixedLengthList(..) => &[Feature::FixedLengthList],
            Type::Future(_) => &[Feature::Future],
            Type::Stream(_) => &[Feature::Stream],
            Type::Tuple(types) if types.len() > 16 => &[Feature::LongTuple],
            _ => &[],
        }
    }
}

/// What to do instead, where a language cannot say it; `None` where it can.
pub fn instead(language: Language, feature: Feature) -> Option<&'static str> {
    match (language, feature) {
        (_, Feature::ErrorContext) => Some("give the error a type of its own"),
        (
            Language::Host | Language::Rust | Language::C,
            Feature::Map | Feature::FixedLengthList,
        ) => None,
        (_, Feature::NamedImport) => Some("import the interface without a name of its own"),
        // No component with one is valid for the engine.
        (_, Feature::ExternalId) => Some("leave it out"),
        (Language::Python, Feature::Map) => {
            Some("componentize-py cannot build it yet, so use a list of tuples")
        }
        (Language::Python, Feature::FixedLengthList) => {
            Some("componentize-py cannot build it yet, so use a list or a tuple")
        }
        (Language::Python, _) => None,
        (Language::Host | Language::Rust | Language::C, _) => None,
        (Language::Go, Feature::LongTuple) => Some("use a record, or a list of any length"),
        (Language::Go, Feature::ManyFlags) => Some("use several flags, or a list of an enum"),
        (Language::Go, _) => None,
        (Language::Js, Feature::AsyncImport) => {
            Some("import a `func` that gives a `future`, which the plugin awaits")
        }
        (Language::Js, Feature::FixedLengthList) => Some("use a list or a tuple"),
        // componentize-qjs composes what it made, and its wasm-compose fails on such a world.
        (Language::Js, Feature::WorldResource) => {
            Some("put the resource into an interface, and import that")
        }
        (Language::Js, _) => None,
    }
}

/// Refuses a world that the language cannot say, with everything that is in the way.
pub(crate) fn check(world: &World, language: Language) -> Result<(), GenerateError> {
    found(world, language).told(language)
}

/// Refuses a world whose host cannot be written.
pub(crate) fn check_host(world: &World, is_async: bool) -> Result<(), GenerateError> {
    let mut found = found(world, Language::Host);
    if is_async {
        found.in_async_host(world);
    } else {
        found.in_sync_host(world);
    }
    found.lent_in_host(world);
    found.told(Language::Host)
}

fn found(world: &World, language: Language) -> Found {
    let mut found = Found::default();
    for (path, direction, function) in world.every_function() {
        found.function(&path, direction, function, language);
        if language == Language::Rust {
            match direction {
                Direction::Import => found.awaited_lists(world, &path, function),
                Direction::Export => found.borrowed_lists(world, &path, function),
            }
        }
        found.external_id(function.has_external_id, &path, &function.location, language);
    }
    for (path, id, location) in world.every_type() {
        found.external_id(world.def(id).has_external_id, &path, location, language);
        if world.types.contains(&id)
            && matches!(world.def(id).kind, TypeKind::Resource)
            && let Some(instead) = instead(language, Feature::WorldResource)
        {
            found.add(location, format!("the resource `{path}` of the world itself"), instead);
        }
        if matches!(&world.def(id).kind, TypeKind::Flags(it) if it.len() > 32)
            && let Some(instead) = instead(language, Feature::ManyFlags)
        {
            found.add(location, format!("the more than 32 flags of `{path}`"), instead);
        }
        for part in world.def(id).kind.parts() {
            part.walk(&mut |it| found.ty(it, &path, location, language));
        }
        if matches!(language, Language::Host | Language::Rust) {
            found.name(world, id, &path, language);
        }
    }
    if language == Language::Host {
        found.exported_keywords(world);
    }
    if language == Language::Js {
        let own = world.functions(Direction::Export);
        for function in own.filter(|it| it.name == "init") {
            let item = "the exported function `init`, which the runtime has itself".to_owned();
            found.add(&function.location, item, "rename the function");
        }
    }
    if language == Language::Go {
        found.meeting_in_go(world);
    }
    for interface in &world.interfaces {
        let path = match interface.direction {
            Direction::Import => format!("import {}", interface.name),
            Direction::Export => format!("export {}", interface.name),
        };
        found.external_id(interface.has_external_id, &path, &interface.location, language);
        if interface.labelled
            && let Some(instead) = instead(language, Feature::NamedImport)
        {
            let item = format!("the name `{}` given to an import of an interface", interface.name);
            found.add(&interface.location, item, instead);
        }
        let is_self = interface.name == "self" && interface.direction == Direction::Export;
        if is_self && language == Language::Rust {
            let item =
                "the exported interface `self`, whose name `Self` is a word of Rust".to_owned();
            found.add(&interface.location, item, "rename the interface");
        }
        let package = interface.package.as_ref();
        if matches!(language, Language::Host | Language::Rust)
            && let Some(package) = package.filter(|it| is_rust_keyword(&it.name))
        {
            let item = format!("the package `{package}`, whose name is a word of Rust");
            found.add(&interface.location, item, "rename the package");
        }
    }
    found
}

/// What the host lends, in messages.
const LENT: &str = "a handle of `plugwright:data`";

#[derive(Default)]
struct Found(Vec<Unsupported>);

impl Found {
    fn told(self, language: Language) -> Result<(), GenerateError> {
        let mut items = self.0;
        items.sort();
        items.dedup();
        if items.is_empty() { Ok(()) } else { Err(GenerateError::Unsupported { language, items }) }
    }

    fn add(&mut self, location: &Location, item: String, instead: &str) {
        let (location, instead) = (location.clone(), instead.to_owned());
        self.0.push(Unsupported { location, item, instead });
    }

    /// Refuses what only a host with `async` functions can answer and call.
    fn in_sync_host(&mut self, world: &World) {
        let instead =
            "make the host async: `async: true` in `bindings!`, `--async` for `generate host`";
        for (path, _, function) in world.every_function() {
            let item = if function.is_async {
                format!("the `async func` `{path}`")
            } else if function.types().any(|it| world.flows(it)) {
                format!("the stream or future in `{path}`")
            } else {
                continue;
            };
            self.add(&function.location, item, instead);
        }
    }

    /// Refuses what has no place in an async host, and a name that `bindgen!` needs for one: it calls a trait `Send`.
    fn in_async_host(&mut self, world: &World) {
        for (path, direction, function) in world.every_function() {
            for ty in function.types() {
                ty.walk(&mut |it| self.flow(world, it, &path, &function.location));
            }
            let gives_out = function.result.as_ref().is_some_and(|it| world.flows(it));
            if direction == Direction::Export && gives_out && world.has_handle(function) {
                let item =
                    format!("the stream or future that `{path}` gives, which works on a resource");
                self.add(&function.location, item, "give it by a function without resources");
            }
        }
        for (path, id, location) in world.every_type() {
            if world.def(id).name == "send" {
                let item = format!(
                    "the type `{path}`, whose name `Send` the generated code of an async host needs itself"
                );
                self.add(location, item, "rename the type");
            }
        }
    }

    /// Refuses what the host lends where the host's types have no place for it.
    fn lent_in_host(&mut self, world: &World) {
        for (path, direction, function) in world.every_function() {
            for ty in function.types() {
                ty.walk(&mut |it| self.lent(world, it, &path, &function.location));
            }
            if direction == Direction::Import || world.is_concurrent(function) {
                continue;
            }
            for param in function.params.iter().filter(|it| world.crosses(&it.ty)) {
                let ty = match world.unaliased(&param.ty) {
                    Type::List(item) => item,
                    ty => ty,
                };
                if world.has_list(ty) {
                    let item =
                        format!("{LENT} beside a text or a list, in `{}` of `{path}`", param.name);
                    self.add(&function.location, item, "pass each as a parameter of its own");
                }
            }
        }
    }

    fn lent(&mut self, world: &World, ty: &Type, path: &str, location: &Location) {
        let lends = |ty: &Type| world.crosses(ty) && !world.flows(ty);
        match (ty, world.unaliased(ty)) {
            (_, Type::Named(id)) if lends(ty) => {
                let item = format!("{LENT} inside `{}`, in `{path}`", world.def(*id).name);
                self.add(location, item, "pass it beside the value, as a parameter or in a tuple");
            }
            (_, Type::Stream(Some(item)) | Type::Future(Some(item))) if lends(item) => {
                let item = format!("{LENT} inside a stream or future, in `{path}`");
                self.add(location, item, "pass it as a parameter or in a list");
            }
            (_, of) if of != ty => of.walk(&mut |it| self.lent(world, it, path, location)),
            _ => {}
        }
    }

    /// Refuses streams and futures where the host's types have no place for them.
    fn flow(&mut self, world: &World, ty: &Type, path: &str, location: &Location) {
        match ty {
            Type::Named(_) => {
                let of = world.unaliased(ty);
                if let Type::Named(id) = of
                    && world.flows(of)
                {
                    let name = &world.def(*id).name;
                    let item = format!("the stream or future inside `{name}`, in `{path}`");
                    self.add(
                        location,
                        item,
                        "pass it beside the value, as a parameter or in a tuple",
                    );
                } else if of != ty {
                    of.walk(&mut |it| self.flow(world, it, path, location));
                }
            }
            Type::Stream(Some(item)) | Type::Future(Some(item)) if world.flows(item) => {
                let item = format!("a stream or future inside another one, in `{path}`");
                self.add(
                    location,
                    item,
                    "pass the parts one after the other, each with its length",
                );
            }
            _ => {}
        }
    }

    fn function(
        &mut self,
        path: &str,
        direction: Direction,
        function: &Function,
        language: Language,
    ) {
        let feature = match direction {
            Direction::Import => Feature::AsyncImport,
            Direction::Export => Feature::AsyncExport,
        };
        if function.is_async
            && let Some(instead) = instead(language, feature)
        {
            self.add(&function.location, format!("the `async func` `{path}`"), instead);
        }
        for ty in function.types() {
            ty.walk(&mut |it| self.ty(it, path, &function.location, language));
        }
    }

    /// Refuses lists of what the host lends for a call: the code that `wit-bindgen` makes of them does not compile.
    fn borrowed_lists(&mut self, world: &World, path: &str, function: &Function) {
        let borrows = |ty: &Type| {
            let mut found = false;
            ty.walk(&mut |it| {
                found |= matches!(world.unaliased(it), Type::Borrow(id) if world.is_of_host(*id));
            });
            found
        };
        for param in &function.params {
            param.ty.walk(&mut |it| {
                if let Type::List(item) = world.unaliased(it)
                    && borrows(item)
                {
                    let item = format!("the list of borrowed resources of the host's in `{path}`");
                    self.add(&function.location, item, "pass them one by one, or owned");
                }
            });
        }
    }

    /// Refuses lists of a fixed length that an `async func` of the host's takes: `wit-bindgen` cannot free them.
    fn awaited_lists(&mut self, world: &World, path: &str, function: &Function) {
        let takes = function.params.iter().any(|it| world.has_fixed_length_list(&it.ty));
        if function.is_async && takes {
            let item = format!("the list of a fixed length that the `async func` `{path}` takes");
            self.add(&function.location, item, "pass a list or a tuple");
        }
    }

    fn external_id(&mut self, has: bool, path: &str, location: &Location, language: Language) {
        if has && let Some(instead) = instead(language, Feature::ExternalId) {
            self.add(location, format!("the `@external-id` of `{path}`"), instead);
        }
    }

    /// Refuses functions to which `wit-bindgen-go` gives one name.
    fn meeting_in_go(&mut self, world: &World) {
        let mut taken = std::collections::BTreeSet::new();
        let own = world.functions.iter().map(|it| (None, it.direction, &it.function));
        let inside = world.interfaces.iter().enumerate().flat_map(|(index, interface)| {
            interface.functions.iter().map(move |it| (Some(index), interface.direction, it))
        });
        for (interface, direction, function) in own.chain(inside) {
            let resource = |id| rust_camel(&world.def(id).name);
            let name = match function.kind {
                FunctionKind::Free => rust_camel(&function.name),
                FunctionKind::Constructor(id) => format!("Make{}", resource(id)),
                FunctionKind::Static(id) => {
                    format!("{}{}", resource(id), rust_camel(&function.name))
                }
                FunctionKind::Method(_) => continue,
            };
            if !taken.insert((direction, interface, name)) {
                let item = format!(
                    "the function `{}`, whose name in the generated code is that of another",
                    function.id
                );
                self.add(&function.location, item, "rename the function");
            }
        }
    }

    /// Refuses exported functions that `bindgen!` cannot name.
    fn exported_keywords(&mut self, world: &World) {
        let exports = world.interfaces.iter().filter(|it| it.direction == Direction::Export);
        let inside = exports.flat_map(|interface| {
            interface.functions.iter().map(|it| (format!("{}.{}", interface.name, it.name), it))
        });
        let own = world.functions(Direction::Export).map(|it| (it.name.clone(), it));
        for (path, function) in own.chain(inside) {
            if function.kind == FunctionKind::Free && is_rust_keyword(&function.name) {
                let item = format!("the exported function `{path}`, whose name is a word of Rust");
                self.add(&function.location, item, "rename the function");
            }
        }
    }

    fn ty(&mut self, ty: &Type, path: &str, location: &Location, language: Language) {
        for feature in Feature::of(ty) {
            let Some(instead) = instead(language, *feature) else { continue };
            let what = feature.describe();
            let what = what.strip_prefix("an ").or(what.strip_prefix("a ")).unwrap_or(what);
            self.add(location, format!("the {what} in `{path}`"), instead);
        }
    }

    /// Refuses names that the generated Rust would define twice.
    fn name(&mut self, world: &World, id: crate::model::TypeId, path: &str, language: Language) {
        let def = world.def(id);
        let exported =
            def.interface.is_some_and(|it| world.interfaces[it].direction == Direction::Export);
        let beside = |prefix: &str, suffix: &str| {
            let stem = def.name.strip_prefix(prefix).and_then(|it| it.strip_suffix(suffix));
            stem.is_some_and(|stem| {
                world.defs.iter().any(|it| {
                    it.interface == def.interface
                        && it.name == stem
                        && matches!(it.kind, TypeKind::Resource)
                })
            })
        };
        let taken = match language {
            Language::Rust => exported && (beside("guest-", "") || beside("", "-borrow")),
            Language::Host if exported => {
                beside("guest-", "") || matches!(def.name.as_str(), "guest" | "guest-indices")
            }
            _ => {
                beside("host-", "")
                    || beside("host-", "-with-store")
                    || matches!(def.name.as_str(), "host" | "host-with-store")
                    || (def.interface.is_none() && taken_by_world(world, &def.name))
            }
        };
        let shadows = match def.name.as_str() {
            "option" | "result" | "self" | "sized" => true,
            "box" => language == Language::Host,
            "string" | "vec" => language == Language::Host && def.interface.is_none(),
            _ => false,
        };
        let keyword = language == Language::Host
            && exported
            && matches!(def.kind, TypeKind::Resource)
            && is_rust_keyword(&def.name);
        if taken || shadows || keyword {
            let item = format!(
                "the type `{path}`, whose name `{}` the generated code needs itself",
                if keyword { def.name.clone() } else { rust_camel(&def.name) }
            );
            self.add(&def.location, item, "rename the type");
        }
        if let TypeKind::Enum(cases) | TypeKind::Variant(cases) = &def.kind
            && cases.iter().any(|it| it.name == "self")
        {
            let item = format!("the case `self` of `{path}`, whose name `Self` is a word of Rust");
            self.add(&def.location, item, "rename the case");
        }
    }
}

/// Whether `bindgen!` or the code around it defines this for the world itself.
fn taken_by_world(world: &World, name: &str) -> bool {
    name.strip_prefix(world.name.as_str()).is_some_and(|rest| {
        ["", "-pre", "-indices", "-imports", "-imports-with-store", "-host", "-plugin", "-instance"]
            .contains(&rest)
    })
}
