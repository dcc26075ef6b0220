//! Pictures of an application: who calls whom, what shares a sandbox, and what crosses the border of the host.
//!
//! Read the files in this order: `measure` (how wide texts are), `layers` (boxes and edges get their places), `scene`
//! (the picture as boxes with places), `svg` (written), `mermaid` (written as text for others to draw).

#[cfg(test)]
mod geometry;
mod layers;
mod measure;
mod mermaid;
mod scene;
mod svg;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plugwright_component::application::{Joint, Link, Member, Plan, Severity};
use plugwright_component::policy::{Grants, Output};
use plugwright_component::{CapabilityKind, application, unversioned};

use crate::failure::Failure;
use crate::files;
use crate::text::count;
use crate::ui::Ui;

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Svg,
    Mermaid,
    /// A page of Markdown with a block of Mermaid.
    Markdown,
}

impl Form {
    /// Tells by the ending of a file what it is to hold.
    fn of(path: &Path) -> Result<Form, Failure> {
        match path.extension().and_then(|it| it.to_str()) {
            Some("svg") => Ok(Form::Svg),
            Some("mmd") => Ok(Form::Mermaid),
            Some("md") => Ok(Form::Markdown),
            _ => {
                let message = format!("`{}` does not say what to draw", path.display());
                Err(Failure::usage(message).hint(
                    "end the name in `.svg` for a picture, in `.mmd` or `.md` for Mermaid text",
                ))
            }
        }
    }
}

/// What a picture of an application shows. Nothing in it has control characters.
#[derive(Debug)]
struct Graph {
    name: String,
    plugins: Vec<Plugin>,
    /// Plugins that become one component: two or more each, in the order of the file.
    groups: Vec<Vec<usize>>,
    wires: Vec<Wire>,
    /// What was warned of.
    findings: Vec<String>,
}

#[derive(Debug)]
struct Plugin {
    name: String,
    languages: Vec<String>,
    /// What it may reach outside its sandbox, in a word each.
    reaches: Vec<&'static str>,
    /// Whether anybody calls it.
    used: bool,
}

/// One who calls, and one who is called.
#[derive(Debug)]
struct Wire {
    from: End,
    to: End,
    /// As short as it can be told from the others.
    label: String,
    /// What it stands for.
    full: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Host,
    Plugin(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Fused,
    Isolated,
    /// The host calls, or is called.
    Host,
    /// The runtime answers what was granted.
    Runtime,
}

/// A picture that was asked for.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    file: &'a Path,
    form: Form,
}

impl<'a> Asked<'a> {
    /// Takes the name of the file, if one was given; its ending says what is to be drawn.
    pub(crate) fn of(file: Option<&'a Path>) -> Result<Option<Asked<'a>>, Failure> {
        file.map(|file| Ok(Asked { file, form: Form::of(file)? })).transpose()
    }

    /// Draws an application, and says so.
    pub(crate) fn draw(&self, ui: &Ui, plan: &Plan) -> Result<(), Failure> {
        let graph = Graph::of(plan);
        files::write(self.file, graph.draw(self.form).as_bytes())?;
        ui.note(format!("{}: {}", self.file.display(), count(graph.plugins.len(), "plugin")));
        Ok(())
    }
}

impl Graph {
    fn of(plan: &Plan) -> Graph {
        let mut wires = Vec::new();
        for export in plan.exports() {
            wires.push(wire(End::Host, End::Plugin(export.member), &export.name, Kind::Host));
        }
        wires.extend(plan.links().iter().map(link));
        let called = called(&wires);
        let mut plugins = Vec::new();
        for (at, member) in plan.members().iter().enumerate() {
            let reaches = reaches(at, member, plan.links());
            wires.extend(reaches.iter().map(|(word, full)| Wire {
                label: (*word).to_owned(),
                ..wire(End::Plugin(at), End::Host, full, Kind::Runtime)
            }));
            let made = member.artifact.producers();
            let all = || made.languages.iter().map(|it| plain(&it.name)).collect();
            let languages: BTreeSet<String> =
                made.written_in.as_ref().map_or_else(all, |it| BTreeSet::from([plain(it)]));
            plugins.push(Plugin {
                name: plain(&member.name),
                languages: languages.into_iter().collect(),
                reaches: reaches.into_iter().map(|(word, _)| word).collect(),
                used: called.contains(&End::Plugin(at)),
            });
        }
        name(&mut wires);
        Graph {
            name: plain(plan.name()),
            groups: groups(plan.members().len(), plan.links()),
            // Notes are for who asks for them.
            findings: plan
                .findings()
                .iter()
                .filter(|it| it.severity != Severity::Note)
                .map(|it| plain(&format!("{}: {}", it.severity, it.message)))
                .collect(),
            plugins,
            wires,
        }
    }

    /// Draws it.
    fn draw(&self, form: Form) -> String {
        match form {
            Form::Svg => svg::write(self),
            Form::Mermaid => mermaid::write(self),
            Form::Markdown => format!("```mermaid\n{}```\n", mermaid::write(self)),
        }
    }
}

/// Whom a call of the host's may come to.
fn called(wires: &[Wire]) -> BTreeSet<End> {
    let mut called = BTreeSet::from([End::Host]);
    loop {
        let next = wires.iter().filter(|it| called.contains(&it.from) && !called.contains(&it.to));
        let next: Vec<End> = next.map(|it| it.to).collect();
        if next.is_empty() {
            return called;
        }
        called.extend(next);
    }
}

fn wire(from: End, to: End, full: &str, kind: Kind) -> Wire {
    Wire { from, to, label: String::new(), full: plain(full), kind }
}

fn link(link: &Link) -> Wire {
    let to = match &link.to {
        application::End::Plugin { member, .. } => End::Plugin(*member),
        _ => End::Host,
    };
    let kind = match link.joint {
        Joint::Fused => Kind::Fused,
        Joint::Isolated => Kind::Isolated,
        _ => Kind::Host,
    };
    wire(End::Plugin(link.from), to, &link.import, kind)
}

/// What a plugin imports of the runtime and was granted: a word, and all of it.
fn reaches(at: usize, member: &Member, links: &[Link]) -> Vec<(&'static str, String)> {
    let is_linked = |name: &String| links.iter().any(|it| it.from == at && it.import == *name);
    let Member { artifact, policy, .. } = member;
    let granted = artifact
        .capabilities()
        .iter()
        .filter(|it| policy.grants.allow(it) && !it.interfaces.iter().all(is_linked));
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for capability in granted {
        let Some(word) = word(capability.kind, &policy.grants) else { continue };
        let full = found.entry(word).or_default();
        let and = if full.is_empty() { "" } else { ", " };
        *full = format!("{full}{and}{}", capability.interfaces.join(", "));
    }
    found.into_iter().collect()
}

/// A word for what leaves the sandbox; nothing for what does not.
fn word(kind: CapabilityKind, grants: &Grants) -> Option<&'static str> {
    let kept = |output: &Output| !matches!(output, Output::Discard);
    Some(match kind {
        CapabilityKind::Files if grants.folders.iter().any(|it| it.write) => "files, to write",
        CapabilityKind::Files => "files, to read",
        CapabilityKind::Network => "network",
        CapabilityKind::Http => "HTTP",
        CapabilityKind::Environment => "environment",
        CapabilityKind::Stdin => "standard input",
        CapabilityKind::Stdout if kept(&grants.stdout) => "standard output",
        CapabilityKind::Stderr if kept(&grants.stderr) => "standard error",
        CapabilityKind::WallClock => "clock",
        CapabilityKind::Random | CapabilityKind::InsecureRandom => "random",
        CapabilityKind::Lent => "lent data",
        CapabilityKind::OtherWasi => "other WASI",
        _ => return None,
    })
}

/// Gives every interface the shortest name by which it can be told from the others.
fn name(wires: &mut [Wire]) {
    let all: BTreeSet<String> =
        wires.iter().filter(|it| it.label.is_empty()).map(|it| it.full.clone()).collect();
    let forms: [fn(&str) -> &str; 2] =
        [|full| unversioned(full).rsplit('/').next().unwrap_or(full), |full| unversioned(full)];
    for wire in wires.iter_mut().filter(|it| it.label.is_empty()) {
        let full = &wire.full;
        let is_alone =
            |form: &&fn(&str) -> &str| all.iter().filter(|it| form(it) == form(full)).count() == 1;
        wire.label =
            forms.iter().find(is_alone).map_or(full.as_str(), |form| form(full)).to_owned();
    }
}

/// Finds the plugins that become one component.
fn groups(plugins: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..plugins).collect();
    for link in links {
        let application::End::Plugin { member, .. } = &link.to else { continue };
        if link.joint == Joint::Fused {
            let (a, b) = (group[link.from], group[*member]);
            group.iter_mut().filter(|it| **it == a.max(b)).for_each(|it| *it = a.min(b));
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (plugin, group) in group.into_iter().enumerate() {
        groups.entry(group).or_default().push(plugin);
    }
    groups.into_values().filter(|it| it.len() > 1).collect()
}

/// Replaces what cannot be shown, or would turn what follows around.
fn plain(text: &str) -> String {
    let misleads = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    text.replace(misleads, "\u{fffd}")
}
