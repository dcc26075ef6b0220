//! How each link is made: fused into one component, or isolated in stores of their own.
//!
//! A fused call costs some nanoseconds, and a trap ends both; between stores everything is copied twice, value by value,
//! and a trap ends one of the two only. So plugins are fused if somebody answers for both, and their policies agree
//! where they cannot be told apart in one sandbox.

use super::code::Code;
use super::crossing::hindrance;
use super::file::{How, listed};
use super::finding::Findings;
use super::{Draft, End, Joint, Link, Wire, reach};
use crate::capability::CapabilityKind;
use crate::policy::{Grants, Output};
use crate::version;

/// Why a link is fused that nobody asked about.
const TOGETHER: &str = "other links fuse both plugins into one";

/// Chooses for each link, and refuses what the file asks for where it cannot be.
pub(super) fn choose(draft: &Draft<'_>, wires: &[Wire], findings: &mut Findings<'_>) -> Vec<Link> {
    let mut system = System { draft, wires, groups: Groups::apart(draft.file.entries.len()) };
    let mut links: Vec<Link> =
        wires.iter().map(|wire| link(wire, Joint::Host, "the host answers")).collect();
    let between: Vec<(usize, usize)> =
        wires.iter().enumerate().filter_map(|(at, it)| Some((at, it.target()?))).collect();
    // What has to be fused is settled first; what may be either goes by what is left.
    for (at, to) in &between {
        let wire = &wires[*at];
        let hindrance = hindrance(draft, wires, wire);
        let reason = match (&hindrance, wire.asks(How::Isolated), wire.asks(How::Fused)) {
            (Some(why), true, _) => {
                cannot_isolate(draft, wire, why, findings);
                continue;
            }
            (_, _, true) => "the file says so",
            (Some(why), ..) => why,
            (None, ..) => continue,
        };
        match system.reason_against(wire.from, *to, wire.asks(How::Fused)) {
            Some(why) => cannot_fuse(draft, wire, *to, (&why, hindrance.as_deref()), findings),
            None => system.groups.join(wire.from, *to),
        }
        links[*at] = link(wire, Joint::Fused, reason);
    }
    for (at, to) in &between {
        let wire = &wires[*at];
        if links[*at].joint == Joint::Fused {
            continue;
        }
        let together = system.groups.same(wire.from, *to);
        links[*at] = if wire.asks(How::Isolated) {
            link(wire, Joint::Isolated, "the file says so")
        } else if together {
            link(wire, Joint::Fused, TOGETHER)
        } else if let Some(why) = system.reason_against(wire.from, *to, false) {
            link(wire, Joint::Isolated, &why)
        } else if system.would_return(wire.from, *to) {
            let why = "one would be called again while it waits for a plugin between them";
            link(wire, Joint::Isolated, why)
        } else {
            system.groups.join(wire.from, *to);
            link(wire, Joint::Fused, "both have the same `trust`")
        };
    }
    // What was to be isolated may have become one by way of others.
    for (at, to) in &between {
        if links[*at].joint == Joint::Isolated && system.groups.same(wires[*at].from, *to) {
            links[*at] = link(&wires[*at], Joint::Fused, TOGETHER);
        }
    }
    system.returning(findings);
    links
}

fn link(wire: &Wire, joint: Joint, reason: &str) -> Link {
    Link {
        from: wire.from,
        import: wire.import.clone(),
        to: wire.to.clone(),
        joint,
        reason: reason.to_owned(),
    }
}

/// The plugins, as far as they have become one.
struct System<'s> {
    draft: &'s Draft<'s>,
    wires: &'s [Wire],
    groups: Groups,
}

impl System<'_> {
    /// Says why two plugins, with all that are one with them already, cannot become one.
    fn reason_against(&self, a: usize, b: usize, trusted: bool) -> Option<String> {
        let pairs = || {
            let of = |at: usize| self.groups.members(at);
            of(a).into_iter().flat_map(move |x| of(b).into_iter().map(move |y| (x, y)))
        };
        let apart = |(x, y): (usize, usize)| {
            let distrusted = if trusted { None } else { distrust(self.draft, x, y) };
            distrusted.or_else(|| self.kept_apart(x, y)).or_else(|| forbidden(self.draft, x, y))
        };
        if self.groups.same(a, b) {
            return None;
        }
        pairs().find_map(apart).or_else(|| {
            let mut joined = self.groups.clone();
            joined.join(a, b);
            self.clash(&joined.members(a))
        })
    }

    /// Says which link the file wants between two plugins that stay two.
    fn kept_apart(&self, a: usize, b: usize) -> Option<String> {
        let between = |it: &&Wire| {
            [(Some(b), a), (Some(a), b)].contains(&(it.target(), it.from)) && it.asks(How::Isolated)
        };
        let wire = self.wires.iter().find(between)?;
        let (from, to) = (self.draft.name(wire.from), self.draft.end(&wire.to));
        Some(format!("the link from `{from}` to {to} is to be isolated"))
    }

    /// Tells whether two plugins, as one, would be called again through others while they wait for them.
    fn would_return(&self, a: usize, b: usize) -> bool {
        let mut joined = self.groups.clone();
        joined.join(a, b);
        joined.returns(self.wires, a)
    }

    /// Finds plugins that are one, and would be called again through others while they wait for them.
    fn returning(&self, findings: &mut Findings<'_>) {
        // Where plugins need each other in a circle, that is told by itself.
        if findings.has(Code::Cycle) {
            return;
        }
        for wire in self.wires {
            let Some(to) = wire.target() else { continue };
            let leaves = !self.groups.same(wire.from, to);
            if leaves && self.groups.reaches(self.wires, to, wire.from) {
                let (from, to) = (self.draft.name(wire.from), self.draft.name(to));
                let one = self.groups.members(wire.from);
                let one = listed(one.into_iter().map(|it| self.draft.name(it)));
                let message = format!(
                    "{one} are one component, which is called again while `{from}` waits for `{to}`"
                );
                findings.add(Code::Cycle, &wire.span, message).item(&wire.import);
            }
        }
    }

    /// Says which name would stand for two things, were some plugins one component.
    fn clash(&self, members: &[usize]) -> Option<String> {
        let inside = |it: &Wire| it.target().is_some_and(|to| members.contains(&to));
        let mut answers: Vec<(&str, End)> = Vec::new();
        for member in members {
            let artifact = self.draft.artifacts[*member].as_ref()?;
            for import in artifact.imports().iter().filter(|it| !it.is_types_only()) {
                let of_import = |it: &&Wire| it.from == *member && it.import == import.name;
                let wire = self.wires.iter().find(of_import);
                if !wire.is_some_and(inside) {
                    answers.push((&import.name, wire.map_or(End::Host, |it| it.to.clone())));
                }
            }
        }
        let mut offers: Vec<(&str, End)> = Vec::new();
        let mut offer = |name: &'_ str, member: usize| {
            let exports = self.draft.artifacts[member].as_ref().map(|it| it.exports())?;
            let export = exports.iter().find(|it| version::same_item(&it.name, name))?;
            offers.push((&export.name, End::Plugin { member, export: export.name.clone() }));
            Some(())
        };
        for wire in self.wires.iter().filter(|it| !members.contains(&it.from)) {
            if let End::Plugin { member, export } = &wire.to
                && members.contains(member)
            {
                offer(export, *member);
            }
        }
        for (name, to) in &self.draft.file.exports {
            let of_name = |it: &&usize| self.draft.name(**it) == to.get_ref();
            if let Some(member) = members.iter().find(of_name) {
                offer(name.get_ref(), *member);
            }
        }
        let twice = |all: &[(&str, End)]| {
            let other = |(name, to): &&(&str, End)| {
                all.iter().any(|(it, end)| version::same_item(it, name) && end != to)
            };
            all.iter().find(other).map(|(name, _)| (*name).to_owned())
        };
        let of_import =
            twice(&answers).map(|it| format!("two of them import `{it}` from different plugins"));
        of_import.or_else(|| twice(&offers).map(|it| format!("two of them are asked for `{it}`")))
    }
}

/// Says why nobody answers for both.
fn distrust(draft: &Draft<'_>, a: usize, b: usize) -> Option<String> {
    let trust = |at: usize| draft.file.entries[at].trust.as_ref().map(|it| it.get_ref().as_str());
    match (trust(a), trust(b)) {
        (Some(x), Some(y)) if x == y => None,
        (Some(x), Some(y)) => {
            let (a, b) = (draft.name(a), draft.name(b));
            Some(format!("`{a}` is trusted as `{x}`, and `{b}` as `{y}`"))
        }
        _ => {
            let (a, b) = (draft.name(a), draft.name(b));
            Some(format!("no `trust` says that somebody answers for `{a}` and `{b}`"))
        }
    }
}

/// Says why two plugins cannot share a sandbox, because one would inherit what is the other's.
///
/// What only one of them asks for is kept from the other by itself; what is granted by yes or no, too.
fn forbidden(draft: &Draft<'_>, a: usize, b: usize) -> Option<String> {
    use CapabilityKind as Kind;
    let (x, y) = (&draft.file.entries[a].policy, &draft.file.entries[b].policy);
    let asks = |at: usize, kind: Kind| {
        let artifact = draft.artifacts[at].as_ref();
        artifact.is_some_and(|it| it.capabilities().iter().any(|it| it.kind == kind))
    };
    let both = |kind: Kind| asks(a, kind) && asks(b, kind);
    let granted = |has: fn(&Grants) -> bool| has(&x.grants) && has(&y.grants);
    let differs = |a: &Output, b: &Output| std::mem::discriminant(a) != std::mem::discriminant(b);
    let folders = granted(|it| !it.folders.is_empty()) && x.grants.folders != y.grants.folders;
    let env = granted(|it| !it.env.is_empty()) && x.grants.env != y.grants.env;
    let reasons = [
        (both(Kind::Files) && folders, "grants.folders"),
        (both(Kind::Environment) && env, "grants.env"),
        (both(Kind::Stdout) && differs(&x.grants.stdout, &y.grants.stdout), "grants.stdout"),
        (both(Kind::Stderr) && differs(&x.grants.stderr, &y.grants.stderr), "grants.stderr"),
        (x.limits.fuel.is_some() != y.limits.fuel.is_some(), "limits.fuel"),
        (x.instances != y.instances, "instances"),
        (x.startup != y.startup, "startup"),
    ];
    let reason = reasons.into_iter().find(|(is, _)| *is);
    let (a, b) = (draft.name(a), draft.name(b));
    reason.map(|(_, key)| format!("`{a}` and `{b}` have different `{key}`"))
}

/// Says why a link cannot be fused, and why it cannot be isolated, where it is so.
fn cannot_fuse(
    draft: &Draft<'_>,
    wire: &Wire,
    to: usize,
    (why, hindrance): (&str, Option<&str>),
    findings: &mut Findings<'_>,
) {
    let (from, to) = (draft.name(wire.from), draft.name(to));
    let message = format!("`{from}` and `{to}` cannot be fused: {why}");
    let finding = findings.add(Code::CannotFuse, &wire.span, message);
    finding.item(&wire.import);
    if let Some(hindrance) = hindrance {
        finding
            .note(format!("the link cannot be isolated: {hindrance}"))
            .fix("give both the same, and the same `trust` if somebody answers for both");
    }
}

fn cannot_isolate(draft: &Draft<'_>, wire: &Wire, why: &str, findings: &mut Findings<'_>) {
    let (from, to) = (draft.name(wire.from), draft.end(&wire.to));
    let message = format!("the link from `{from}` to {to} cannot be isolated: {why}");
    findings.add(Code::CannotIsolate, &wire.span, message).item(&wire.import);
}

impl Wire {
    /// The plugin that answers, if one does.
    pub(super) fn target(&self) -> Option<usize> {
        match self.to {
            End::Plugin { member, .. } => Some(member),
            End::Host => None,
        }
    }
}

/// Which plugins become one: for each the first of its group.
#[derive(Clone, Debug)]
struct Groups(Vec<usize>);

impl Groups {
    fn apart(plugins: usize) -> Groups {
        Groups((0..plugins).collect())
    }

    fn members(&self, of: usize) -> Vec<usize> {
        (0..self.0.len()).filter(|it| self.same(*it, of)).collect()
    }

    fn same(&self, a: usize, b: usize) -> bool {
        self.0[a] == self.0[b]
    }

    fn join(&mut self, a: usize, b: usize) {
        let (keep, gone) = (self.0[a].min(self.0[b]), self.0[a].max(self.0[b]));
        for it in &mut self.0 {
            if *it == gone {
                *it = keep;
            }
        }
    }

    /// Tells whether a call that leaves the group of a plugin can come back to it.
    fn returns(&self, wires: &[Wire], of: usize) -> bool {
        let left = wires.iter().filter(|it| self.same(it.from, of)).filter_map(Wire::target);
        let mut left = left.filter(|it| !self.same(*it, of));
        left.any(|it| self.reaches(wires, it, of))
    }

    /// Tells whether a call of one group comes to another one.
    fn reaches(&self, wires: &[Wire], from: usize, to: usize) -> bool {
        let called = |group| {
            let of_group = wires.iter().filter(move |it| self.0[it.from] == group);
            of_group.filter_map(|it| Some(self.0[it.target()?]))
        };
        reach::from([self.0[from]], called).contains(&self.0[to])
    }
}
