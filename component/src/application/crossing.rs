//! The types on the way from plugin to plugin, and between the plugins and the host.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use semver::Version;
use wit_parser::{Resolve, Result_, Type, TypeDefKind};

use super::code::{Code, Severity};
use super::finding::Findings;
use super::{Draft, End, Export, Wire, resources};
use crate::conform::{self, Difference, Problem};
use crate::version::{self, unversioned};
use crate::world::{Extern, World};

/// Compares the types at both ends of each link and each export, down to the field that differs.
pub(super) fn compare(
    draft: &Draft<'_>,
    wires: &[Wire],
    exports: &[(Export, Range<usize>)],
    findings: &mut Findings<'_>,
) {
    for wire in wires {
        link(draft, wire, findings);
    }
    for (export, span) in exports {
        provision(draft, export, span, findings);
    }
}

fn link(draft: &Draft<'_>, wire: &Wire, findings: &mut Findings<'_>) -> Option<()> {
    let asking = draft.artifacts[wire.from].as_ref()?.world();
    let asked = asking.import(&wire.import)?;
    let (world, offered, code) = match &wire.to {
        End::Plugin { member, export } => {
            let world = draft.artifacts[*member].as_ref()?.world();
            (world, world.export(export)?, Code::TypeMismatch)
        }
        End::Host => {
            let world = draft.world.as_ref()?;
            let imports = world.imports();
            let names = imports.iter().map(|it| (it.name.as_str(), ()));
            let (_, name, ()) = version::find(&wire.import, names)?;
            (world, world.import(name)?, Code::WorldMismatch)
        }
    };
    let (from, to) = (format!("`{}`", draft.name(wire.from)), draft.end(&wire.to));
    for it in conform::link(&wire.import, (asking, asked), (world, offered)) {
        let message = format!("{}: {}", it.item, differs(&it, &from, &to));
        let width = from.len().max(to.len()) + 1;
        findings
            .add(code, &wire.span, message)
            .item(&it.item)
            .note(format!("{:width$} {}", format!("{from}:"), it.expected))
            .note(format!("{:width$} {}", format!("{to}:"), it.found));
    }
    Some(())
}

/// Says what differs between two of which neither is the right one.
fn differs(difference: &Difference, from: &str, to: &str) -> String {
    match difference.problem {
        Problem::FunctionMissing | Problem::InterfaceMissing | Problem::TypeMissing => {
            format!("{from} asks for it, and {to} lacks it")
        }
        Problem::PartExtra | Problem::PartMissing => {
            format!("its parts are not the same in {from} and in {to}")
        }
        other => format!("{other} in {from} and in {to}"),
    }
}

fn provision(
    draft: &Draft<'_>,
    export: &Export,
    span: &Range<usize>,
    findings: &mut Findings<'_>,
) -> Option<()> {
    let expecting = draft.world.as_ref()?;
    let expected = expecting.export(&export.name)?;
    let providing = draft.artifacts[export.member].as_ref()?.world();
    let found = providing.export(&export.export)?;
    for it in conform::link(&export.name, (expecting, expected), (providing, found)) {
        let message = format!("{}: {}", it.item, it.problem);
        findings
            .add(Code::WorldMismatch, span, message)
            .item(&it.item)
            .note(format!("expected: {}", it.expected))
            .note(format!("found:    {}", it.found))
            .fix(&it.fix);
    }
    Some(())
}

/// Finds packages that are there in several versions.
pub(super) fn versions(draft: &Draft<'_>, findings: &mut Findings<'_>) {
    // By package, by version, who has it.
    let mut seen: BTreeMap<String, BTreeMap<Version, BTreeSet<String>>> = BTreeMap::new();
    let mut note = |items: &[Extern], who: &str| {
        for item in items.iter().filter(|it| !it.is_of_runtime()) {
            let package = unversioned(&item.name).split('/').next();
            if let (Some(package), Some(version)) = (package, &item.version) {
                let versions = seen.entry(package.to_owned()).or_default();
                versions.entry(version.clone()).or_default().insert(who.to_owned());
            }
        }
    };
    for (at, artifact) in draft.known() {
        let who = format!("`{}`", draft.name(at));
        note(artifact.imports(), &who);
        note(artifact.exports(), &who);
    }
    if let Some(world) = &draft.world {
        note(&world.imports(), "the host");
        note(&world.exports(), "the host");
    }
    for (package, versions) in seen.iter().filter(|(_, versions)| versions.len() > 1) {
        let span = place(draft, versions.values().next_back().into_iter().flatten());
        let listed = versions.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("`{package}` is there in the versions {listed}");
        let finding = findings.add(Code::TwoVersions, &span, message);
        finding.item(package);
        for (version, who) in versions {
            finding
                .note(format!("{version}: {}", who.iter().cloned().collect::<Vec<_>>().join(", ")));
        }
        let name = |version: &Version| format!("{package}@{version}");
        let first = versions.keys().next().map(name).unwrap_or_default();
        if versions.keys().all(|it| version::same_item(&first, &name(it))) {
            finding.severity = Severity::Note;
            finding.fix("nothing has to be done: they are compatible. What the newer one added is not there for who has the older");
        }
    }
}

/// The place of the first plugin among some who are named; where only the host is, that of its world.
fn place<'n>(draft: &Draft<'_>, who: impl Iterator<Item = &'n String>) -> Range<usize> {
    let names: BTreeSet<&String> = who.collect();
    let entries = draft.file.entries.iter();
    let mut entries = entries.filter(|it| names.contains(&format!("`{}`", it.name.get_ref())));
    let entry = entries.next().map(|it| it.name.span());
    entry.or_else(|| draft.file.wit.as_ref().map(toml::Spanned::span)).unwrap_or(0..0)
}

/// Says what keeps a link from being isolated: what it passes and is not known outside of its store.
///
/// Values are copied, and so is what flows in streams and futures, where it is of a type that the runtime knows.
/// Handles of plugins are held for each other; those of the host lie in one store.
pub(super) fn hindrance(draft: &Draft<'_>, wires: &[Wire], wire: &Wire) -> Option<String> {
    use wit_parser::{LiveTypes, TypeDefKind as Kind, WorldItem};
    let world = draft.artifacts[wire.from].as_ref()?.world();
    let resolve = world.resolve();
    let functions: Vec<&wit_parser::Function> = match world.import(&wire.import)? {
        WorldItem::Interface { id, .. } => resolve.interfaces[*id].functions.values().collect(),
        WorldItem::Function(func) => vec![func],
        WorldItem::Type { .. } => Vec::new(),
    };
    let mut live = LiveTypes::default();
    for func in &functions {
        live.add_func(resolve, func);
    }
    live.iter().find_map(|id| {
        let ty = &resolve.types[id];
        let (kind, item) = match &ty.kind {
            Kind::Resource => {
                let name = ty.name.as_deref().unwrap_or_default();
                return of_host(world, wires, wire.from, ty.owner)
                    .then(|| format!("`{name}` is a resource of the host's"));
            }
            Kind::Stream(item) => ("stream", item),
            Kind::Future(item) => ("future", item),
            _ => return None,
        };
        let item = item.as_ref().filter(|it| !is_known(resolve, it))?;
        Some(format!("it passes a `{kind}<{}>`", crate::wit::expression(resolve, item)))
    })
}

/// Tells whether a resource is not one that another plugin defines.
fn of_host(world: &World, wires: &[Wire], from: usize, owner: wit_parser::TypeOwner) -> bool {
    let wit_parser::TypeOwner::Interface(owner) = owner else { return true };
    resources::definition(world, wires, from, owner).is_none_or(|it| it == resources::Origin::Host)
}

/// Tells whether the runtime knows a type of what flows: numbers, `bool`, `char`, `string`, `list<u8>`, and results of
/// nothing or a text or bytes, whose error is a text.
fn is_known(resolve: &Resolve, ty: &Type) -> bool {
    let is = |ty: &Option<Type>, all: &[Shape]| all.contains(&shape(resolve, ty.as_ref()));
    match shape(resolve, Some(ty)) {
        Shape::Other => match defined(resolve, ty) {
            Some(TypeDefKind::Result(Result_ { ok, err })) => {
                is(ok, &[Shape::Nothing]) && is(err, &[Shape::Nothing, Shape::Text])
                    || is(ok, &[Shape::Text, Shape::Bytes]) && is(err, &[Shape::Text])
            }
            _ => false,
        },
        _ => true,
    }
}

/// What a type is, as far as the runtime tells types of what flows apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Nothing,
    Plain,
    Text,
    Bytes,
    Other,
}

fn shape(resolve: &Resolve, ty: Option<&Type>) -> Shape {
    match ty {
        None => Shape::Nothing,
        Some(Type::String) => Shape::Text,
        Some(Type::ErrorContext) => Shape::Other,
        Some(ty @ Type::Id(_)) => match defined(resolve, ty) {
            Some(TypeDefKind::List(Type::U8)) => Shape::Bytes,
            Some(TypeDefKind::Type(ty)) => shape(resolve, Some(ty)),
            _ => Shape::Other,
        },
        Some(_) => Shape::Plain,
    }
}

/// What a name stands for; nothing where it is not a name.
fn defined<'r>(resolve: &'r Resolve, ty: &Type) -> Option<&'r TypeDefKind> {
    let Type::Id(id) = ty else { return None };
    match &resolve.types[*id].kind {
        TypeDefKind::Type(ty @ Type::Id(_)) => defined(resolve, ty),
        kind => Some(kind),
    }
}
