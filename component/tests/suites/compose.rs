//! Compositions: one folder a case, in `tests/compose`, with a plan and the WIT of its parts.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::Path;

use plugwright_component::{
    Artifact, ComposeError, Composition, Export, Given, Nested, PackageName, Part, Source, compose,
    compose_script,
};

use crate::support::{self, Result};

/// What stands in `plan.toml`.
#[derive(serde::Deserialize)]
struct Plan {
    parts: BTreeMap<String, BTreeMap<String, String>>,
    exports: BTreeMap<String, String>,
}

/// Reads a plan; `backwards` lists its parts and exports the other way round.
fn composition(case: &Path, backwards: bool) -> Result<Composition> {
    let plan: Plan = toml::from_str(&std::fs::read_to_string(case.join("plan.toml"))?)?;
    let mut names: Vec<&String> = plan.parts.keys().collect();
    let mut exports: Vec<_> = plan.exports.iter().collect();
    if backwards {
        names.reverse();
        exports.reverse();
    }
    let place = |name: &str| names.iter().position(|it| *it == name).unwrap_or(99);
    // `part` is an export of the same name, `part: name` one of another.
    let target = |text: &str, name: &str| {
        let (part, export) = text.split_once(": ").unwrap_or((text, name));
        (place(part), export.to_owned())
    };
    let mut composition = Composition::default();
    for name in &names {
        let mut entries = plan.parts[*name].clone();
        let file = entries.remove("file").unwrap_or_else(|| format!("{name}.wit"));
        let artifact = Artifact::from_bytes(file.as_str(), support::component(&case.join(&file))?)?;
        let imports = entries.into_iter().map(|(import, source)| {
            let source = match source.as_str() {
                "outside" => Source::Outside,
                "denied" => Source::Denied,
                part => {
                    let (part, export) = target(part, &import);
                    Source::Part { part, export }
                }
            };
            (import, source)
        });
        let imports = imports.collect();
        composition.parts.push(Part { name: (*name).clone(), artifact, imports });
    }
    for (name, from) in exports {
        let (part, export) = target(from, name);
        composition.exports.push(Export { name: name.clone(), part, export });
    }
    Ok(composition)
}

#[test]
fn outcomes_are_as_recorded() -> Result<()> {
    support::all(&support::entries("compose")?, |case| {
        let composed = compose(&composition(case, false)?);
        let backwards = compose(&composition(case, true)?);
        let text = match (&composed, &backwards) {
            (Ok(bytes), Ok(other)) if bytes == other => world(bytes)?,
            (Err(error), Err(_)) => rendered(error),
            _ => return Err("it depends on the order of the parts".into()),
        };
        support::golden(&case.join("outcome.txt"), &text)
    })
}

/// Finds the components that scripts name: `demo:shop` is `parts/demo-shop.wit`.
fn package(name: &PackageName) -> Option<Artifact> {
    let file = format!("compose-scripts/parts/{}.wit", name.name.replace(':', "-"));
    let bytes = support::component(&support::folder(&file)).ok()?;
    name.version.is_none().then(|| Artifact::from_bytes(file, bytes).ok()).flatten()
}

#[test]
fn scripts_give_what_is_recorded() -> Result<()> {
    let scripts: Vec<_> = support::entries("compose-scripts")?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "wac"))
        .collect();
    support::all(&scripts, |path| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let script = std::fs::read_to_string(path)?;
        let text = match compose_script(&file, &script, package) {
            Ok(bytes) if bytes == compose_script(&file, &script, package)? => world(&bytes)?,
            Ok(_) => return Err("two runs give two components".into()),
            Err(error) => rendered(&error),
        };
        support::golden(&path.with_extension("txt"), &text)
    })
}

#[test]
fn parts_within_parts_are_told_up_to_a_limit() -> Result<()> {
    // Each level has ten instances of the one below it, so there are ten million parts.
    let mut text = "(component (core module))".to_owned();
    for _ in 0..7 {
        let instances = "(instance (instantiate 0))".repeat(10);
        text = format!("(component {text} {instances})");
    }
    fn count(parts: &[Nested]) -> usize {
        parts.iter().map(|it| 1 + count(&it.parts)).sum()
    }
    let artifact = Artifact::from_bytes("nested", wat::parse_str(text)?)?;
    assert_eq!(count(&artifact.parts()), 1000);
    Ok(())
}

#[test]
fn changed_bytes_give_an_error_or_a_component() -> Result<()> {
    let case = support::folder("compose/denied-files");
    let bytes = compose(&composition(&case, false)?)?;
    for at in (8..bytes.len()).step_by(13) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x11;
        if let Ok(artifact) = Artifact::from_bytes("changed", bytes) {
            let _ = artifact.parts();
        }
    }
    Ok(())
}

#[test]
fn the_script_in_the_docs_composes() -> Result<()> {
    let page = support::folder("../../docs/concepts/composing.md");
    let page = std::fs::read_to_string(page)?;
    let (_, rest) = page.split_once("```wac\n").ok_or("the page has no script")?;
    let (script, _) = rest.split_once("```").ok_or("the script has no end")?;
    let composed = world(&compose_script("app.wac", script, package)?)?;
    assert!(composed.starts_with("exports demo:shop/reader\npart store\n"), "{composed}");
    Ok(())
}

fn world(bytes: &[u8]) -> Result<String> {
    let artifact = Artifact::from_bytes("composed", bytes)?;
    let mut text = String::new();
    for import in artifact.imports() {
        let note = if import.is_types_only() { " (types only)" } else { "" };
        text.push_str(&format!("imports {}{note}\n", import.name));
    }
    for export in artifact.exports() {
        text.push_str(&format!("exports {}\n", export.name));
    }
    tree(&artifact.parts(), &mut text);
    Ok(text)
}

fn tree(parts: &[Nested], text: &mut String) {
    for part in parts {
        text.push_str(&format!("part {}\n", part.name.as_deref().unwrap_or("without a name")));
        for (import, given) in &part.sources {
            let given = match given {
                Given::Outside(name) => format!("outside: {name}"),
                Given::Part(at) => format!("part {}", parts[*at].name.as_deref().unwrap_or("?")),
                Given::Denied => "denied".to_owned(),
                other => format!("{other:?}"),
            };
            text.push_str(&format!("  {} <- {given}\n", import.name));
        }
        assert!(part.parts.is_empty());
    }
}

fn rendered(error: &ComposeError) -> String {
    let mut text = format!("{error}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("  caused by: {cause}\n"));
        source = cause.source();
    }
    format!("{text}fix: {}\n", error.fix())
}
