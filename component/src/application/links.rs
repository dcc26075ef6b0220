//! Who answers which import, as the file says it; nothing is guessed.

use std::ops::Range;

use toml::Spanned;

use super::code::Code;
use super::file::{HOST, How, LinkEntry, listed};
use super::finding::{Findings, closest};
use super::{Draft, End, Wire};
use crate::artifact::Artifact;
use crate::version::{self, Fit, unversioned};
use crate::world::{Extern, World};

/// Finds who answers each import of each plugin, as far as somebody does.
///
/// An import of `wasi:*` is answered by the runtime, unless it is linked.
pub(super) fn resolve(draft: &Draft<'_>, findings: &mut Findings<'_>) -> Vec<Wire> {
    let mut wires: Vec<Wire> = Vec::new();
    // What is linked by a line whose fault is told.
    let mut faulty: Vec<(usize, String)> = Vec::new();
    for (from, entry) in draft.file.entries.iter().enumerate() {
        for link in &entry.links {
            let (found, fault) = chain(draft, from, link, findings);
            faulty.extend(fault);
            for wire in found {
                add(draft, wire, &mut wires, findings);
            }
        }
    }
    for (from, artifact) in draft.known() {
        for import in artifact.imports().iter().filter(|it| !it.is_types_only()) {
            let is = |at: usize, name: &str| at == from && name == import.name;
            let linked = wires.iter().any(|it| is(it.from, &it.import));
            let told = faulty.iter().any(|(at, name)| is(*at, name));
            if !linked && !told && !import.is_of_runtime() {
                wires.extend(of_host(draft, from, import, findings));
            }
        }
    }
    wires
}

/// Adds a link, unless one from another line says something else.
fn add(draft: &Draft<'_>, wire: Wire, wires: &mut Vec<Wire>, findings: &mut Findings<'_>) {
    let same = |it: &&Wire| it.from == wire.from && it.import == wire.import;
    match wires.iter().find(same) {
        None => wires.push(wire),
        Some(other) if other.to == wire.to => {}
        Some(other) => {
            let (name, import) = (draft.name(wire.from), &wire.import);
            let (a, b) = (draft.end(&other.to), draft.end(&wire.to));
            findings
                .add(Code::Ambiguous, &wire.span, format!("`{import}` of `{name}` is linked to {a} and to {b}"))
                .item(import)
                .fix(format!("link it to one of them; for a second chain, add a plugin with the file of `{name}`"));
        }
    }
}

/// Follows one line of links: the import of the first goes to the second, that one's import of the same to the third.
///
/// Where it cannot go on, it also gives the import that is left without an answer.
fn chain(
    draft: &Draft<'_>,
    from: usize,
    link: &LinkEntry,
    findings: &mut Findings<'_>,
) -> (Vec<Wire>, Option<(usize, String)>) {
    let mut wires = Vec::new();
    let mut from = from;
    let how = link.how.as_ref().map(|it| *it.get_ref());
    let mut asked = link.import.clone();
    for to in &link.to {
        let Some(artifact) = &draft.artifacts[from] else { return (wires, None) };
        let Some(import) = import(draft, from, artifact, &asked, findings) else {
            return (wires, None);
        };
        let Some(end) = end(draft, from, import, to, link.export.as_ref(), findings) else {
            return (wires, Some((from, import.name.clone())));
        };
        let span = link.how.as_ref().map_or_else(|| to.span(), Spanned::span);
        wires.push(Wire { from, import: import.name.clone(), to: end.clone(), how, span });
        let End::Plugin { member, .. } = end else { return (wires, None) };
        from = member;
        // What the next one imports may have another version.
        asked = Spanned::new(to.span(), unversioned(&import.name).to_owned());
    }
    (wires, None)
}

/// Finds the import that a link is for.
fn import<'a>(
    draft: &Draft<'_>,
    from: usize,
    artifact: &'a Artifact,
    asked: &Spanned<String>,
    findings: &mut Findings<'_>,
) -> Option<&'a Extern> {
    let (name, text) = (draft.name(from), asked.get_ref());
    let found = named(text, artifact.imports());
    match found.as_slice() {
        [only] if only.is_types_only() => {
            let message = format!("`{name}` imports only types from `{text}`");
            findings
                .add(Code::UnusedLink, &asked.span(), message)
                .item(text)
                .fix("take the link out: types need none");
            None
        }
        [only] => Some(only),
        [] => {
            let finding = findings.add(
                Code::UnusedLink,
                &asked.span(),
                format!("`{name}` does not import `{text}`"),
            );
            finding.item(text);
            let functional = artifact.imports().iter().filter(|it| !it.is_types_only());
            let names: Vec<&str> = functional
                .map(|it| it.name.as_str())
                .filter(|it| !it.starts_with("wasi:"))
                .collect();
            if names.is_empty() {
                finding.note(format!("`{name}` imports nothing that could be linked"));
            } else if !finding.suggest(text, names.iter().copied()) {
                finding.note(format!("it imports {}", listed(names.into_iter())));
            }
            None
        }
        several => {
            let names = listed(several.iter().map(|it| it.name.as_str()));
            let message = format!("`{name}` imports `{text}` in several versions: {names}");
            findings.add(Code::Ambiguous, &asked.span(), message).item(text);
            None
        }
    }
}

/// The items of a name, which may stand without its version.
pub(super) fn named<'a>(name: &str, items: &'a [Extern]) -> Vec<&'a Extern> {
    match items.iter().find(|it| it.name == name) {
        Some(exact) => vec![exact],
        None => items.iter().filter(|it| unversioned(&it.name) == name).collect(),
    }
}

/// The name of an item with its version, where there is one of that name.
pub(super) fn full_name(name: &str, items: &[Extern]) -> String {
    named(name, items).first().map_or_else(|| name.to_owned(), |it| it.name.clone())
}

/// Finds who answers, where the file says who.
fn end(
    draft: &Draft<'_>,
    from: usize,
    import: &Extern,
    to: &Spanned<String>,
    asked: Option<&Spanned<String>>,
    findings: &mut Findings<'_>,
) -> Option<End> {
    if to.get_ref() == HOST {
        return asked_of_host(draft, from, import, to, findings);
    }
    let member = plugin(draft, to, findings)?;
    if member == from {
        let message = format!("`{}` is linked to itself", to.get_ref());
        findings.add(Code::Cycle, &to.span(), message).item(&import.name);
        return None;
    }
    let artifact = draft.artifacts[member].as_ref()?;
    let (asked, span) = match asked {
        Some(asked) => (full_name(asked.get_ref(), artifact.exports()), asked.span()),
        None => (import.name.clone(), to.span()),
    };
    let export = export(draft, member, artifact, &asked, &span, Code::NotExported, findings)?;
    Some(End::Plugin { member, export })
}

/// Finds the plugin of a name.
pub(super) fn plugin(
    draft: &Draft<'_>,
    name: &Spanned<String>,
    findings: &mut Findings<'_>,
) -> Option<usize> {
    let text = name.get_ref();
    let found = draft.file.entries.iter().position(|it| it.name.get_ref() == text);
    if found.is_none() {
        let finding =
            findings.add(Code::UnknownPlugin, &name.span(), format!("there is no plugin `{text}`"));
        let names = draft.file.entries.iter().map(|it| it.name.get_ref().as_str());
        if !finding.suggest(text, names.clone()) {
            finding.fix(format!("name one of {}, or add it", listed(names)));
        }
    }
    found
}

/// Finds the export that answers an import best, and says why where none does.
pub(super) fn export(
    draft: &Draft<'_>,
    member: usize,
    artifact: &Artifact,
    asked: &str,
    span: &Range<usize>,
    lacking: Code,
    findings: &mut Findings<'_>,
) -> Option<String> {
    let name = draft.name(member);
    let entries = artifact.exports().iter().map(|it| (it.name.as_str(), ()));
    match version::find(asked, entries) {
        Some((Fit::Exact | Fit::Compatible, found, ())) => return Some(found.to_owned()),
        Some((_, found, ())) => {
            let message = format!("`{name}` exports `{found}`, and `{asked}` is asked for");
            findings.add(Code::VersionMismatch, span, message).item(asked).note(rule(asked, found));
        }
        None => {
            let finding =
                findings.add(lacking, span, format!("`{name}` does not export `{asked}`"));
            finding.item(asked);
            let offered: Vec<&str> = artifact.exports().iter().map(|it| it.name.as_str()).collect();
            match closest(asked, offered.iter().copied()) {
                Some(close) => finding.note(format!("it exports `{close}`")),
                None if offered.is_empty() => finding.note("it exports nothing"),
                None => finding.note(format!("it exports {}", listed(offered.into_iter()))),
            };
            let others =
                draft.known().filter(|(_, it)| answers(it, asked)).map(|(at, _)| draft.name(at));
            let others: Vec<&str> = others.collect();
            if !others.is_empty() {
                finding
                    .fix(format!("name a plugin that exports it: {}", listed(others.into_iter())));
            }
        }
    }
    None
}

pub(super) fn answers(artifact: &Artifact, asked: &str) -> bool {
    artifact.exports().iter().any(|it| version::same_item(asked, &it.name))
}

/// Says why two versions do not stand in for each other.
fn rule(asked: &str, found: &str) -> String {
    version::rule(asked, found).to_owned()
}

/// Finds what the host offers, where the file says that it answers.
fn asked_of_host(
    draft: &Draft<'_>,
    from: usize,
    import: &Extern,
    to: &Spanned<String>,
    findings: &mut Findings<'_>,
) -> Option<End> {
    if import.is_of_runtime() {
        return Some(End::Host);
    }
    let offered = offered(draft.world.as_ref(), &import.name);
    match offered {
        Some((Fit::Exact | Fit::Compatible, _)) => Some(End::Host),
        Some((_, found)) => {
            host_version(draft, from, &import.name, &found, &to.span(), findings);
            None
        }
        None if draft.world.is_none() && draft.file.wit.is_some() => None,
        None => {
            let message = format!("the world of the host does not offer `{}`", import.name);
            let finding = findings.add(Code::NotExported, &to.span(), message);
            finding
                .item(&import.name)
                .fix("link it to a plugin, or let the world of the host import it");
            None
        }
    }
}

/// Finds what answers an import that the file says nothing of: the host, if its world offers it.
fn of_host(
    draft: &Draft<'_>,
    from: usize,
    import: &Extern,
    findings: &mut Findings<'_>,
) -> Option<Wire> {
    let entry = &draft.file.entries[from];
    let (name, span) = (draft.name(from), entry.name.span());
    match offered(draft.world.as_ref(), &import.name) {
        Some((Fit::Exact | Fit::Compatible, _)) => {
            return Some(Wire {
                from,
                import: import.name.clone(),
                to: End::Host,
                how: None,
                span,
            });
        }
        Some((_, found)) => host_version(draft, from, &import.name, &found, &span, findings),
        // The world could not be read, and nobody knows what it offers.
        None if draft.world.is_none() && draft.file.wit.is_some() => {}
        // A line for it is there, and its fault is told.
        None if entry.links.iter().any(|it| meant(it, &import.name)) => {}
        None => {
            let message = format!("nobody provides `{}`, which `{name}` imports", import.name);
            let finding = findings.add(Code::NotLinked, &span, message);
            finding.item(&import.name);
            let others = draft.known().filter(|(at, it)| *at != from && answers(it, &import.name));
            let others: Vec<&str> = others.map(|(at, _)| draft.name(at)).collect();
            if let [first, ..] = others.as_slice() {
                finding.note(format!("exported by {}", listed(others.iter().copied()))).fix(
                    format!(
                        "write `[plugins.{name}.links]` and `\"{}\" = \"{first}\"`",
                        unversioned(&import.name)
                    ),
                );
            }
        }
    }
    None
}

fn meant(link: &LinkEntry, import: &str) -> bool {
    unversioned(link.import.get_ref()) == unversioned(import)
}

fn host_version(
    draft: &Draft<'_>,
    from: usize,
    asked: &str,
    found: &str,
    span: &Range<usize>,
    findings: &mut Findings<'_>,
) {
    let message =
        format!("the host offers `{found}`, and `{}` imports `{asked}`", draft.name(from));
    findings.add(Code::VersionMismatch, span, message).item(asked).note(rule(asked, found));
}

/// What the world of the host offers under a name.
fn offered(world: Option<&World>, asked: &str) -> Option<(Fit, String)> {
    let imports = world?.imports();
    let entries = imports.iter().map(|it| (it.name.as_str(), ()));
    version::find(asked, entries).map(|(fit, name, ())| (fit, name.to_owned()))
}

impl Draft<'_> {
    /// Says who answers.
    pub(super) fn end(&self, end: &End) -> String {
        match end {
            End::Host => "the host".to_owned(),
            End::Plugin { member, .. } => format!("`{}`", self.name(*member)),
        }
    }
}

impl Wire {
    /// Tells whether the file asks for it to be made in a certain way.
    pub(super) fn asks(&self, how: How) -> bool {
        self.how == Some(how)
    }
}
