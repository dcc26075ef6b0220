//! Compositions that are written in WAC, the language of `wac`.

use std::collections::HashMap;
use std::fmt::Write as _;

use miette::{Diagnostic, LabeledSpan};
use semver::Version;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, NodeKind};
use wac_parser::Document;
use wac_parser::resolution;

use super::encode::PROCESSOR;
use super::error::ComposeError;
use super::{Composition, Part, Source, links};
use crate::artifact::Artifact;
use crate::read;

/// How deep a script may be nested; its parser is recursive.
const MAX_DEPTH: usize = 200;

/// How many components a script may name.
const MAX_PACKAGES: usize = 1000;

/// A component that a script names, as in `new example:shop@1.0.0 { .. }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageName {
    /// The name without a version: `example:shop`.
    pub name: String,
    /// The version, if the script gives one.
    pub version: Option<Version>,
}

/// Makes one component of what a script in WAC says; the same script and components give the same bytes.
///
/// `file` is what messages call the script. `find` is asked once for each component that the script names.
///
/// # Errors
///
/// [`ComposeError::Script`] shows the place in the script. [`ComposeError::UnknownPackage`] names the component that
/// `find` does not have.
pub fn compose_script(
    file: &str,
    text: &str,
    find: impl FnMut(&PackageName) -> Option<Artifact>,
) -> Result<Vec<u8>, ComposeError> {
    let bytes = read::guarded(|| script(file, text, find)).map_err(|panic| bug(file, panic))??;
    Artifact::from_bytes(file, bytes.as_slice()).map_err(|source| bug(file, source))?;
    Ok(bytes)
}

fn bug(file: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ComposeError {
    ComposeError::Bug {
        parts: vec![file.to_owned()],
        message: "what the script says is no valid component".to_owned(),
        source: Some(source.into()),
    }
}

fn script(
    file: &str,
    text: &str,
    mut find: impl FnMut(&PackageName) -> Option<Artifact>,
) -> Result<Vec<u8>, ComposeError> {
    if is_too_deep(text) {
        let rendered = format!("`{file}` is nested more than {MAX_DEPTH} levels deep");
        return Err(ComposeError::Script { rendered });
    }
    let document = Document::parse(text).map_err(|err| shown(file, text, &err))?;
    let mut found: Vec<(PackageName, Artifact)> = Vec::new();
    loop {
        let packages = found.iter().map(|(name, artifact)| {
            let key = BorrowedPackageKey::from_name_and_version(&name.name, name.version.as_ref());
            (key, artifact.bytes().to_vec())
        });
        let error = match document.resolve(packages.collect()) {
            Ok(resolution) => {
                apart(resolution.graph(), &found)?;
                // What the parser validates is valid for any tool; ours is checked by who calls this.
                let options = EncodeOptions {
                    define_components: true,
                    validate: false,
                    processor: Some(PROCESSOR),
                };
                return resolution.encode(options).map_err(|err| shown(file, text, &err));
            }
            Err(error) => error,
        };
        // Components are asked for by name one after the other, because only the resolver knows who is needed.
        let resolution::Error::UnknownPackage { span, .. } = &error else {
            return Err(shown(file, text, &error));
        };
        let named = text.get(span.offset()..span.offset() + span.len());
        let Some(name) = named.and_then(package_name) else {
            return Err(shown(file, text, &error));
        };
        if document.directive.package.name == name.name {
            let rendered = format!(
                "`{name}` is the name of the script's own package, so no component can have it{}",
                pointed(file, text, span.offset(), span.len())
            );
            return Err(ComposeError::Script { rendered });
        }
        let known = found.iter().any(|(it, _)| *it == name);
        match find(&name) {
            Some(artifact) if !known && found.len() < MAX_PACKAGES => {
                found.push((name, artifact));
            }
            _ => {
                let at = pointed(file, text, span.offset(), span.len());
                return Err(ComposeError::UnknownPackage { name: name.to_string(), at });
            }
        }
    }
}

/// Tells whether more brackets of one kind are open somewhere than a parser can follow.
fn is_too_deep(text: &str) -> bool {
    let opens = |pair: [char; 2]| {
        let mut depth = 0_usize;
        text.chars().any(|c| {
            match c {
                c if c == pair[0] => depth += 1,
                c if c == pair[1] => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > MAX_DEPTH
        })
    };
    [['(', ')'], ['{', '}'], ['<', '>'], ['[', ']']].into_iter().any(opens)
}

/// Reads `example:shop@1.0.0`, or such a name with a path behind it: `example:shop/api@1.0.0`.
fn package_name(text: &str) -> Option<PackageName> {
    let (path, version) = match text.split_once('@') {
        Some((path, version)) => (path, Some(Version::parse(version).ok()?)),
        None => (text, None),
    };
    let name = path.split('/').next()?.to_owned();
    Some(PackageName { name, version })
}

impl std::fmt::Display for PackageName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Says what is wrong, and shows where, with all that belongs to it.
fn shown(file: &str, text: &str, error: &(impl Diagnostic + 'static)) -> ComposeError {
    let mut rendered = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(rendered, ": {cause}");
        source = cause.source();
    }
    let mut labels: Vec<LabeledSpan> = error.labels().into_iter().flatten().collect();
    // The first place is where the mistake is, the others say what it has to do with.
    labels.sort_by_key(|label| !label.primary());
    for (index, label) in labels.iter().enumerate() {
        match label.label() {
            Some(label) if index > 0 => {
                let _ = write!(rendered, "\n{label}");
            }
            _ => {}
        }
        rendered.push_str(&pointed(file, text, label.offset(), label.len()));
    }
    ComposeError::Script { rendered }
}

/// Shows a place in a text to people.
fn pointed(file: &str, text: &str, offset: usize, len: usize) -> String {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    let line = text[..offset].matches('\n').count() + 1;
    let column = text[start..offset].chars().count() + 1;
    let marked = text.floor_char_boundary(offset.saturating_add(len).min(end)).max(offset);
    let marks = "^".repeat(text[offset..marked].chars().count().max(1));
    // What is before the place keeps its tabs, so that the marks stand below it.
    let before: String =
        text[start..offset].chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let gutter = " ".repeat(line.to_string().len());
    let code = format!("    {line} | {}", &text[start..end]);
    format!(
        "\n     --> {file}:{line}:{column}\n    {gutter} |\n{}\n    {gutter} | {before}{marks}",
        code.trim_end()
    )
}

/// Finds resources that come from two instances, which the graph does not know to be a mistake.
fn apart(graph: &CompositionGraph, found: &[(PackageName, Artifact)]) -> Result<(), ComposeError> {
    let nodes: Vec<NodeId> = graph
        .node_ids()
        .filter(|node| matches!(graph[*node].kind(), NodeKind::Instantiation(_)))
        .collect();
    let mut composition = Composition::default();
    for (index, node) in nodes.iter().enumerate() {
        let Some(package) = graph[*node].package() else { return Ok(()) };
        let key = graph[package].key();
        let is_it = |it: &&(PackageName, Artifact)| {
            it.0.name == key.name && it.0.version.as_ref() == key.version
        };
        let Some((_, artifact)) = found.iter().find(is_it) else { return Ok(()) };
        let given: HashMap<&str, NodeId> = graph.get_instantiation_arguments(*node).collect();
        let imports = artifact.imports().iter().map(|import| {
            let from = given.get(import.name.as_str()).and_then(|it| graph.get_alias_source(*it));
            let part = from.and_then(|(from, _)| nodes.iter().position(|it| *it == from));
            let source = match (part, from) {
                (Some(part), Some((_, export))) => Source::Part { part, export: export.to_owned() },
                _ => Source::Outside,
            };
            (import.name.clone(), source)
        });
        let imports = imports.collect();
        let name = graph[*node].name().map_or_else(|| format!("number {index}"), str::to_owned);
        composition.parts.push(Part { name, artifact: artifact.clone(), imports });
    }
    match links::link(&composition) {
        Err(error @ ComposeError::Apart { .. }) => Err(error),
        // The resolver has checked everything else, and shows where it is.
        _ => Ok(()),
    }
}
