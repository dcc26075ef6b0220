//! What `changes` says of two versions, held against what wasmtime links.
//!
//! For each pair in `component/tests/diff` both versions are built, as a plugin and as its host, or
//! as an implementation of the interfaces and a caller of them, and are linked crosswise: as two
//! components by composing them, and as the typed functions of a host by comparing what those
//! compare.

mod common;
#[path = "changes/linking.rs"]
mod linking;
#[path = "changes/parties.rs"]
mod parties;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use plugwright_component::World;
use plugwright_component::changes::{self, Changes, Effect, Package};
use plugwright_component::same_item;
use wasmtime::Engine;
use wasmtime::component::{Component, ComponentType, Lift, Linker, Lower};
use wit_parser::{PackageId, Resolve};

use self::linking::{composes, hosts};
use self::parties::Parties;

pub(crate) type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// Where a verdict is breaking though something links: the pair, which side, and why.
const STRICTER: &[(&str, Side, &str)] = &[
    ("parameter-order", Side::Callers, "a host goes by position, and takes one for the other"),
    ("parameter-order", Side::Implementers, "a host goes by position, and takes one for the other"),
    (
        "resource-moved",
        Side::Callers,
        "an implementation exports the resource in both interfaces, but a host defines it in one",
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Implementers,
    Callers,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../component/tests/diff")
}

/// Parses a version of a pair, as it is published: without what is behind gates.
fn parse(path: &Path) -> Tested<(Resolve, PackageId)> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str(path, &fs::read_to_string(path)?)?;
    Ok((resolve, package))
}

/// The verdict on a pair, and the components of its two versions; nothing if they never link.
fn pair(case: &Path) -> Tested<Option<(Changes, Parties, Parties)>> {
    let (old, new) = (parse(&case.join("old.wit"))?, parse(&case.join("new.wit"))?);
    let name = |(resolve, id): &(Resolve, PackageId)| resolve.packages[*id].name.interface_id("it");
    if !same_item(&name(&old), &name(&new)) {
        return Ok(None);
    }
    let world = |(resolve, id): &(Resolve, PackageId)| {
        resolve.packages[*id].worlds.get("plugin").map(|id| World::new(resolve.clone(), *id))
    };
    if let Some((x, y)) = world(&old).zip(world(&new)) {
        let verdict = changes::between_worlds(&x, &y);
        return Ok(Some((verdict, Parties::of_world(&x)?, Parties::of_world(&y)?)));
    }
    let interfaces = |(resolve, id): &(Resolve, PackageId)| -> Vec<String> {
        resolve.packages[*id].interfaces.keys().cloned().collect()
    };
    let known = interfaces(&old);
    let parties = (Parties::of_interfaces(&old, &known)?, Parties::of_interfaces(&new, &known)?);
    let (old, new) = (Package::new(old.0, old.1), Package::new(new.0, new.1));
    Ok(Some((changes::between_packages(&old, &new)?, parties.0, parties.1)))
}

#[test]
fn verdicts_are_what_the_linker_does() -> Tested {
    let engine = Engine::default();
    let mut cases = fs::read_dir(folder())?.collect::<Result<Vec<_>, _>>()?;
    cases.sort_by_key(fs::DirEntry::path);
    let mut complaints = Vec::new();
    let mut table = String::new();
    for case in cases {
        let name = case.file_name().to_string_lossy().into_owned();
        let found = pair(&case.path()).map_err(|err| format!("{name}: {err}"))?;
        let Some((verdict, old, new)) = found else { continue };
        table.push_str(&format!("{name}\n"));
        for (side, effect, implementation, caller) in [
            (Side::Implementers, verdict.for_implementers(), &old, &new),
            (Side::Callers, verdict.for_callers(), &new, &old),
        ] {
            let composed = composes(&engine, implementation, caller)?;
            let hosted = hosts(&engine, implementation, caller)?;
            let stricter = STRICTER.iter().any(|it| (it.0, it.1) == (name.as_str(), side));
            let is_true = match effect {
                Effect::Breaking => {
                    stricter || (hosted.is_err() && !composed.as_ref().is_some_and(Result::is_ok))
                }
                // Names of parameters and types may keep components apart, or not.
                Effect::Source => hosted.is_ok(),
                _ => hosted.is_ok() && !composed.as_ref().is_some_and(Result::is_err),
            };
            if !is_true {
                let line = format!("{name}: {effect:?} for {side:?}: {composed:?}, {hosted:?}");
                complaints.push(line);
            }
            let word = |linked: &Result<(), String>| match linked {
                Ok(()) => "links",
                Err(_) => "breaks",
            };
            let (composed, hosted) = (composed.as_ref().map_or("-", word), word(&hosted));
            let linked = format!("composed {composed}, with a host {hosted}");
            table.push_str(&format!("  {side:?}, {effect:?}: {linked}\n"));
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    common::expect("changes.txt", &table)
}

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Outlook {
    price: u32,
    hour: u8,
}

#[derive(ComponentType, Lift, Lower, Clone, Copy)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "one of them is enough to have the type")]
enum Level {
    #[component(name = "low")]
    Low,
    #[component(name = "high")]
    High,
}

mod modes {
    #![allow(missing_docs, reason = "the macro makes methods that nobody can document")]

    wasmtime::component::flags! {
        Modes {
            #[component(name = "eco")]
            const ECO;
            #[component(name = "boost")]
            const BOOST;
        }
    }
}

/// Whether a component that calls a version of `control.decide` links with a function of a host.
fn links<F>(case: &str, version: &str, define: F) -> Tested<bool>
where
    F: FnOnce(&mut wasmtime::component::LinkerInstance<'_, ()>) -> wasmtime::Result<()>,
{
    let source = parse(&folder().join(case).join(version))?;
    let caller = Parties::of_interfaces(&source, &["control".to_owned()])?;
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    define(&mut linker.instance("example:heater/control@0.1.0")?)?;
    let component = Component::new(&engine, caller.user())?;
    Ok(linker.instantiate_pre(&component).is_ok())
}

/// The functions of a host go by position and structure: the names of parameters and of types do
/// not matter to them, the order of fields, cases and flags does.
#[test]
fn functions_of_a_host_link_by_position_and_structure() -> Tested {
    for version in ["old.wit", "new.wit"] {
        let old = version == "old.wit";
        let linked = links("parameter-renamed", version, |it| {
            it.func_wrap("decide", |_, (_,): (u32,)| Ok((true,)))
        })?;
        assert!(linked, "parameter-renamed {version}");
        let linked = links("record-renamed", version, |it| {
            it.func_wrap("decide", |_, (it,): (Outlook,)| Ok((it.price > u32::from(it.hour),)))
        });
        assert!(linked?, "record-renamed {version}");
        let linked = links("record-field-order", version, |it| {
            it.func_wrap("decide", |_, (it,): (Outlook,)| Ok((it.price > u32::from(it.hour),)))
        });
        assert_eq!(linked?, old, "record-field-order {version}");
        let linked = links("enum-case-order", version, |it| {
            it.func_wrap("decide", |_, (_,): (u32,)| Ok((Level::Low,)))
        });
        assert_eq!(linked?, old, "enum-case-order {version}");
        let linked = links("flag-order", version, |it| {
            it.func_wrap("decide", |_, (_,): (u32,)| Ok((modes::Modes::ECO,)))
        });
        assert_eq!(linked?, old, "flag-order {version}");
        let linked =
            links("async", version, |it| it.func_wrap("decide", |_, (_,): (u32,)| Ok((true,))));
        assert_eq!(linked?, old, "async {version}");
    }
    Ok(())
}
