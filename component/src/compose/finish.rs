//! The last look at a composed component: its imports have their names, and it is what the plan says.

use wasm_encoder::reencode::{ReencodeComponent as _, RoundtripReencoder};
use wasm_encoder::{Component, ComponentImportSection, RawSection};
use wasmparser::{Parser, Payload};
use wit_parser::WorldItem;

use super::encode::bug;
use super::error::ComposeError;
use super::links::{Import, Link, Plan};
use crate::artifact::Artifact;
use crate::{conform, version};

/// Names the imports after the highest version that a part asks for, and checks the outcome.
pub(super) fn finish(plan: &Plan<'_>, bytes: &[u8]) -> Result<Vec<u8>, ComposeError> {
    let (asked, types) = outside(plan);
    let names: Vec<String> = asked.iter().chain(&types).cloned().collect();
    let bytes = match renamed(&names, bytes) {
        Ok(bytes) => bytes,
        Err(source) => return Err(bug(plan, "what came of them cannot be read", source)),
    };
    let outcome = Artifact::from_bytes("the composition", bytes.as_slice())
        .map_err(|source| bug(plan, "what came of them is no valid component", source))?;
    let imports: Vec<&str> = outcome.imports().iter().map(|it| it.name.as_str()).collect();
    // What is only types is asked for by nobody, and nothing is left of it when it runs.
    let called = outcome.imports().iter().filter(|it| !it.is_types_only());
    let added = called.map(|it| &it.name).find(|it| !asked.contains(it));
    let lost = asked.iter().find(|it| !imports.contains(&it.as_str()));
    match added.or(lost) {
        Some(name) => Err(bug(plan, "what came of them has other imports", format!("`{name}`"))),
        None => Ok(bytes),
    }
}

/// Lists what the parts have from outside, each in its highest version; what is only types stands alone.
fn outside(plan: &Plan<'_>) -> (Vec<String>, Vec<String>) {
    let (mut called, mut types) = (Vec::new(), Vec::new());
    for part in &plan.parts {
        let resolve = part.artifact.world().resolve();
        for import in part.imports.iter().filter(|it| it.link == Link::Outside) {
            let is_type = matches!(import.item, WorldItem::Type { .. })
                || conform::is_types_only(resolve, import.item);
            add(if is_type { &mut types } else { &mut called }, import);
        }
    }
    types.retain(|name| !called.contains(name));
    (called, types)
}

/// Adds the name of an import, or takes it for that of a lower version.
fn add(names: &mut Vec<String>, import: &Import<'_>) {
    match names.iter_mut().find(|it| version::same_item(it, &import.name)) {
        Some(known) if version::split(known).1 < version::split(&import.name).1 => {
            known.clone_from(&import.name);
        }
        Some(_) => {}
        None => names.push(import.name.clone()),
    }
}

fn renamed(
    asked: &[String],
    bytes: &[u8],
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut component = Component::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::Version { .. } if depth == 0 => {}
            Payload::End(_) if depth == 0 => break,
            Payload::End(_) => depth -= 1,
            _ if depth > 0 => {}
            Payload::ComponentImportSection(section) => {
                let mut imports = ComponentImportSection::new();
                for import in section.clone() {
                    let mut import = import?;
                    let name = asked.iter().find(|it| version::same_item(it, import.name.name));
                    if let Some(name) = name {
                        import.name.name = name;
                    }
                    let ty = RoundtripReencoder.component_type_ref(import.ty)?;
                    imports.import(import.name, ty);
                }
                component.section(&imports);
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    component.section(&RawSection { id, data: &bytes[range] });
                }
            }
        }
        if let Payload::ModuleSection { .. } | Payload::ComponentSection { .. } = &payload {
            depth += 1;
        }
    }
    Ok(component.finish())
}
