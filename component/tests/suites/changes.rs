//! Changes between two versions of WIT: one folder a pair, in `tests/diff`.

use std::fs;
use std::path::Path;

use plugwright_component::changes::{self, Change, ChangeKind, Changes, Effect, Package};
use plugwright_component::{Artifact, World};
use wit_parser::{PackageId, Resolve};

use crate::support::{self, Result};

/// How many pairs the suite has at least.
const PAIRS: usize = 90;

fn parse(path: &Path) -> Result<(Resolve, PackageId)> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str(path, &fs::read_to_string(path)?)?;
    Ok((resolve, package))
}

/// Compares the packages, and the world if both have exactly one.
fn compare(case: &Path) -> Result<(std::result::Result<Changes, String>, Option<Changes>)> {
    let (old, new) = (parse(&case.join("old.wit"))?, parse(&case.join("new.wit"))?);
    let world = |(resolve, package): &(Resolve, PackageId)| {
        let world = resolve.select_world(&[*package], None).ok();
        world.map(|id| World::new(resolve.clone(), id))
    };
    let worlds = world(&old).zip(world(&new));
    let (old, new) = (Package::new(old.0, old.1), Package::new(new.0, new.1));
    let packages = changes::between_packages(&old, &new).map_err(|err| err.to_string());
    Ok((packages, worlds.map(|(old, new)| changes::between_worlds(&old, &new))))
}

fn render(changes: &Changes) -> String {
    let mut text = String::new();
    for change in &changes.items {
        text.push_str(&format!("{change}\n\n"));
    }
    let Changes { bump, versions, .. } = changes;
    let (implementers, callers) = (changes.for_implementers(), changes.for_callers());
    text.push_str(&format!("implementers: {implementers:?}, callers: {callers:?}\n"));
    text.push_str(&format!("bump: {bump}\n"));
    if let Some(it) = versions {
        let verdict = if it.enough { "enough" } else { "too low" };
        text.push_str(&format!("{} to {}: {verdict}, least {}\n", it.old, it.new, it.least));
    }
    text
}

#[test]
fn changes_are_as_recorded() -> Result<()> {
    let cases = support::entries("diff")?;
    assert!(cases.len() >= PAIRS, "{} pairs", cases.len());
    support::all(&cases, |case| {
        let (packages, world) = compare(case)?;
        let mut text = match packages {
            Ok(changes) => format!("# as a package\n\n{}", render(&changes)),
            Err(error) => format!("error: {error}\n"),
        };
        if let Some(world) = world {
            text.push_str(&format!("\n# as a world\n\n{}", render(&world)));
        }
        support::golden(&case.join("expected.txt"), &text)
    })
}

#[test]
fn every_kind_of_change_has_a_pair() -> Result<()> {
    let mut seen = Vec::new();
    for case in support::entries("diff")? {
        let (packages, world) = compare(&case)?;
        let items = packages.into_iter().chain(world).flat_map(|it| it.items);
        seen.extend(items.map(|it| it.kind));
    }
    let all = [
        ChangeKind::Async,
        ChangeKind::Deprecated,
        ChangeKind::ExportAdded,
        ChangeKind::ExportRemoved,
        ChangeKind::FunctionAdded,
        ChangeKind::FunctionKind,
        ChangeKind::FunctionRemoved,
        ChangeKind::ImportAdded,
        ChangeKind::ImportRemoved,
        ChangeKind::InterfaceAdded,
        ChangeKind::InterfaceRemoved,
        ChangeKind::ItemKind,
        ChangeKind::ParameterCount,
        ChangeKind::ParameterName,
        ChangeKind::ParameterOrder,
        ChangeKind::ParameterType,
        ChangeKind::PartAdded,
        ChangeKind::PartOrder,
        ChangeKind::PartRemoved,
        ChangeKind::PartType,
        ChangeKind::ResourceAdded,
        ChangeKind::ResourceRemoved,
        ChangeKind::ResultType,
        ChangeKind::Type,
        ChangeKind::TypeAdded,
        ChangeKind::TypeRemoved,
        ChangeKind::Version,
        ChangeKind::WorldAdded,
        ChangeKind::WorldRemoved,
    ];
    let missing: Vec<_> = all.iter().filter(|it| !seen.contains(it)).collect();
    assert!(missing.is_empty(), "no pair shows {missing:?}");
    Ok(())
}

/// What the suite `conform` holds is as good a pair, and nothing may change there from itself.
#[test]
fn nothing_changes_from_itself() -> Result<()> {
    support::all(&support::entries("conform")?, |case| {
        for name in ["expected.wit", "found.wit"] {
            let (resolve, id) = support::parse(&case.join(name))?;
            let world = World::new(resolve, id);
            let artifact = Artifact::from_bytes(name, support::component(&case.join(name))?)?;
            for changes in [
                changes::between_worlds(&world, &world),
                changes::between_components(&artifact, &artifact),
            ] {
                if let Some(change) = changes.items.first() {
                    return Err(format!("{name}: {change}").into());
                }
                assert!(changes.capabilities.is_empty() && !changes.is_breaking());
            }
        }
        Ok(())
    })
}

/// What is breaking in one direction for those who provide is so in the other for those who use.
#[test]
fn additions_are_removals_seen_from_the_other_end() -> Result<()> {
    support::all(&support::entries("diff")?, |case| {
        let (old, new) = (parse(&case.join("old.wit"))?, parse(&case.join("new.wit"))?);
        let (old, new) = (Package::new(old.0, old.1), Package::new(new.0, new.1));
        let Ok(forward) = changes::between_packages(&old, &new) else { return Ok(()) };
        let backward = changes::between_packages(&new, &old)?;
        // Nobody has to implement an interface only because it is there.
        if forward.items.iter().any(|it| it.kind == ChangeKind::InterfaceRemoved)
            || backward.items.iter().any(|it| it.kind == ChangeKind::InterfaceRemoved)
        {
            return Ok(());
        }
        let links = |effect: Effect| effect.links();
        assert_eq!(links(forward.for_implementers()), links(backward.for_callers()), "{case:?}");
        assert_eq!(links(forward.for_callers()), links(backward.for_implementers()), "{case:?}");
        Ok(())
    })
}

#[test]
fn components_are_compared_for_their_hosts() -> Result<()> {
    let wasm = |world: &str| -> Result<Artifact> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("it.wit");
        let wasi = "package wasi:clocks@0.2.6 {
              interface wall-clock { now: func() -> u64; }
              interface monotonic-clock { now: func() -> u64; }
            }
            package wasi:cli@0.2.6 {
              interface environment {
                get-environment: func() -> list<string>;
                get-arguments: func() -> list<string>;
              }
            }
            package wasi:sockets@0.2.6 { interface tcp { connect: func(); } }
            package example:host@1.0.0 {
              interface store { get: func() -> string; put: func(it: string); }
              interface secrets { read: func() -> string; }
            }";
        fs::write(&path, format!("package example:it;\n{wasi}\nworld it {{ {world} }}\n"))?;
        Ok(Artifact::from_bytes("it", support::component(&path)?)?)
    };
    let old = wasm(
        "import wasi:clocks/monotonic-clock@0.2.6; import example:host/store@1.0.0;
         import wasi:cli/environment@0.2.6;
         export decide: func() -> bool; export reset: func();",
    )?;
    let new = wasm(
        "import wasi:clocks/wall-clock@0.2.6; import wasi:sockets/tcp@0.2.6;
         import wasi:cli/environment@0.2.6;
         import example:host/secrets@1.0.0; import example:host/store@1.0.0;
         export decide: func() -> u8; export forget: func();",
    )?;
    let changes = changes::between_components(&old, &new);
    assert!(changes.items.iter().all(|it: &Change| it.for_implementers == Effect::None));
    let mut text = render(&changes);
    for it in &changes.capabilities {
        text.push_str(&format!("{:?}: {}\n", it.asked, it.description));
    }
    support::golden(&support::folder("components-diff.txt"), &text)?;

    let more = changes::between_components(&wasm("export decide: func() -> bool;")?, &new);
    let asked: Vec<_> = more.asked().map(|it| it.description.clone()).collect();
    assert_eq!(asked.len(), more.capabilities.len());
    let less = changes::between_components(&new, &wasm("export decide: func() -> u8;")?);
    assert_eq!(less.asked().count(), 0);
    assert!(less.is_breaking(), "`forget` is gone");
    Ok(())
}
