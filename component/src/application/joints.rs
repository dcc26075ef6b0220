//! How each link is made: fused into one component, or isolated in stores of their own.
//!
//! A fused call costs some nanoseconds and copies a list of numbers element by element; an isolated one costs more,
//! copies such a list as a whole, and a trap ends one of the two only. So plugins are fused if somebody answers for
//! both, their policies agree where they cannot be told apart in one sandbox, and no list of numbers is passed.

use super::code::Code;
use super::crossing::{Carried, carried};
use super::file::How;
use super::finding::Findings;
use super::{Draft, End, Joint, Link, Wire};
use crate::capability::CapabilityKind;
use crate::policy::{Grants, Output};

/// Chooses for each link, and refuses what the file asks for where it cannot be.
pub(super) fn choose(draft: &Draft<'_>, wires: &[Wire], findings: &mut Findings<'_>) -> Vec<Link> {
    let mut groups = Groups((0..draft.file.entries.len()).collect());
    let mut links: Vec<Link> =
        wires.iter().map(|wire| link(wire, Joint::Host, "the host answers")).collect();
    let between: Vec<(usize, usize)> =
        wires.iter().enumerate().filter_map(|(at, it)| Some((at, it.target()?))).collect();
    // What has to be fused or isolated is settled first; what may be either goes by what is left.
    for (at, to) in &between {
        let wire = &wires[*at];
        let what = what_crosses(draft, wire);
        if wire.asks(How::Fused) {
            if let Some(why) = forbidden(draft, wire.from, *to) {
                cannot_fuse(draft, wire, *to, &why, findings);
            }
            groups.join(wire.from, *to);
            links[*at] = link(wire, Joint::Fused, "the file says so");
        } else if wire.asks(How::Isolated) && what.handles {
            cannot_isolate(draft, wire, "it passes resources, streams or futures", findings);
        } else if what.handles {
            // There is no other way for it than to be fused.
            match forbidden(draft, wire.from, *to).or_else(|| distrust(draft, wire.from, *to)) {
                Some(why) => cannot_fuse(draft, wire, *to, &why, findings),
                None => groups.join(wire.from, *to),
            }
            links[*at] = link(wire, Joint::Fused, "it passes resources, streams or futures");
        }
    }
    for (at, to) in &between {
        let wire = &wires[*at];
        if links[*at].joint == Joint::Fused {
            continue;
        }
        let why = if wire.asks(How::Isolated) {
            Some("the file says so".to_owned())
        } else {
            reason_to_isolate(draft, wires, wire, *to, &groups)
        };
        match why {
            Some(why) if groups.same(wire.from, *to) => {
                let why = format!("other links fuse both plugins into one, and {why}");
                if wire.asks(How::Isolated) {
                    cannot_isolate(draft, wire, "other links fuse both plugins into one", findings);
                }
                links[*at] = link(wire, Joint::Fused, &why);
            }
            Some(why) => links[*at] = link(wire, Joint::Isolated, &why),
            None => {
                groups.join(wire.from, *to);
                links[*at] =
                    link(wire, Joint::Fused, "the same trust, and no list of numbers is passed");
            }
        }
    }
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

fn what_crosses(draft: &Draft<'_>, wire: &Wire) -> Carried {
    let artifact = draft.artifacts[wire.from].as_ref();
    artifact.map(|it| carried(it.world(), &wire.import)).unwrap_or_default()
}

/// Says why a link that may be either is better isolated.
fn reason_to_isolate(
    draft: &Draft<'_>,
    wires: &[Wire],
    wire: &Wire,
    to: usize,
    groups: &Groups,
) -> Option<String> {
    let apart = distrust(draft, wire.from, to).or_else(|| forbidden(draft, wire.from, to));
    apart.or_else(|| {
        if what_crosses(draft, wire).bulk {
            return Some(
                "it passes lists of numbers, which are copied as a whole between stores".to_owned(),
            );
        }
        let mut joined = groups.clone();
        joined.join(wire.from, to);
        joined.returns(wires).then(|| {
            "the two would be called again while they wait for a plugin between them".to_owned()
        })
    })
}

/// Says why nobody answers for both.
fn distrust(draft: &Draft<'_>, a: usize, b: usize) -> Option<String> {
    let trust = |at: usize| draft.file.entries[at].trust.as_ref().map(|it| it.get_ref().as_str());
    match (trust(a), trust(b)) {
        (Some(x), Some(y)) if x == y => None,
        (Some(x), Some(y)) => Some(format!("they are trusted as `{x}` and as `{y}`")),
        _ => Some("no `trust` says that somebody answers for both".to_owned()),
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
        (x.instances != y.instances, "instances"),
        (x.startup != y.startup, "startup"),
    ];
    let reason = reasons.into_iter().find(|(is, _)| *is);
    reason.map(|(_, key)| format!("they have different `{key}`"))
}

fn cannot_fuse(draft: &Draft<'_>, wire: &Wire, to: usize, why: &str, findings: &mut Findings<'_>) {
    let (from, to) = (draft.name(wire.from), draft.name(to));
    let message = format!("`{from}` and `{to}` cannot be fused: {why}");
    let finding = findings.add(Code::CannotFuse, &wire.span, message);
    finding.item(&wire.import);
    if what_crosses(draft, wire).handles {
        finding
            .note(format!(
                "`{}` passes resources, streams or futures, which only fused plugins can",
                wire.import
            ))
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
pub(super) struct Groups(Vec<usize>);

impl Groups {
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

    /// Tells whether a call that leaves a group can come back to it.
    fn returns(&self, wires: &[Wire]) -> bool {
        let leaves = |group: usize| {
            let of_group = wires.iter().filter(move |it| self.0[it.from] == group);
            of_group.filter_map(|it| Some(self.0[it.target()?])).filter(move |it| *it != group)
        };
        self.0.iter().any(|start| {
            let mut seen: Vec<usize> = leaves(*start).collect();
            let mut next = 0;
            while let Some(group) = seen.get(next).copied() {
                next += 1;
                for further in leaves(group) {
                    if !seen.contains(&further) {
                        seen.push(further);
                    }
                }
            }
            seen.contains(start)
        })
    }
}
