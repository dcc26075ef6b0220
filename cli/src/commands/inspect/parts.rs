//! The parts of a composed component, for programs and for people.

use std::fmt::Write as _;

use plugwright_component::{Artifact, CapabilityKind, Digest, Nested, Producers};
use serde::Serialize;

use super::listed;
use crate::text::size;

/// One part.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    /// What the composition calls it, if it says so.
    name: Option<String>,
    digest: Digest,
    size: u64,
    producers: Producers,
    capabilities: Vec<Capability>,
    links: Vec<Link>,
    parts: Vec<Part>,
}

/// What a part asks for.
#[derive(Debug, Serialize)]
struct Capability {
    kind: CapabilityKind,
    description: String,
    interfaces: Vec<String>,
    source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Source {
    /// It comes from outside, where a policy decides over it.
    Outside,
    /// A stand-in denies it.
    Denied,
}

/// An import that another part answers.
#[derive(Debug, Serialize)]
struct Link {
    import: String,
    /// The place of that part in the list, counted from 0.
    part: usize,
}

pub(super) fn of(artifact: &Artifact) -> Vec<Part> {
    artifact.parts().into_iter().map(part).collect()
}

fn part(nested: Nested) -> Part {
    let capabilities = |of: Vec<plugwright_component::Capability>, source| {
        of.into_iter().map(move |it| Capability {
            kind: it.kind,
            description: it.describe(),
            interfaces: it.interfaces,
            source,
        })
    };
    let given = capabilities(nested.granted(), Source::Outside);
    let denied = capabilities(nested.denied(), Source::Denied);
    let links = nested.linked().into_iter();
    Part {
        digest: nested.artifact.digest(),
        size: nested.artifact.sizes().total,
        producers: nested.artifact.producers().clone(),
        capabilities: given.chain(denied).collect(),
        links: links.map(|(import, part)| Link { import: import.to_owned(), part }).collect(),
        name: nested.name,
        parts: nested.parts.into_iter().map(part).collect(),
    }
}

/// Writes the parts as a tree, so many spaces from the left.
pub(super) fn write(parts: &[Part], indent: usize, text: &mut String) {
    for (place, it) in parts.iter().enumerate() {
        let _ = writeln!(text, "{:indent$}{}: {}", "", called(parts, place), made(it));
        let mut line = |what: &str, value: &str| {
            let _ = writeln!(text, "{:indent$}  {what:<8}{value}", "");
        };
        if it.capabilities.is_empty() && it.links.is_empty() && it.parts.is_empty() {
            line("reaches", "nothing");
        }
        for capability in &it.capabilities {
            let what = if capability.source == Source::Outside { "given" } else { "denied" };
            line(what, &capability.description);
        }
        for link in &it.links {
            line("linked", &format!("`{}` to {}", link.import, called(parts, link.part)));
        }
        write(&it.parts, indent + 4, text);
    }
}

fn called(parts: &[Part], place: usize) -> String {
    match parts.get(place).and_then(|it| it.name.as_ref()) {
        Some(name) => name.clone(),
        None => format!("part {place}"),
    }
}

/// Says how large it is and what it was made with.
fn made(part: &Part) -> String {
    let Producers { languages, tools, .. } = &part.producers;
    let parts = [size(part.size), listed(languages), listed(tools)];
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("; ")
}
