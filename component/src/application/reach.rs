//! Which plugins a call can come to, and that it never comes to one again that waits.

use std::collections::BTreeSet;
use std::ops::Range;

use super::code::Code;
use super::finding::Findings;
use super::{Draft, End, Export, Wire};

/// Finds plugins that need each other in a circle.
pub(super) fn order(draft: &Draft<'_>, wires: &[Wire], findings: &mut Findings<'_>) {
    let mut left: BTreeSet<usize> = (0..draft.file.entries.len()).collect();
    let next = |from: usize, left: &BTreeSet<usize>| {
        wires.iter().find_map(|wire| match &wire.to {
            End::Plugin { member, .. } if wire.from == from && left.contains(member) => {
                Some((wire, *member))
            }
            _ => None,
        })
    };
    while let Some(free) = left.iter().copied().find(|it| next(*it, &left).is_none()) {
        left.remove(&free);
    }
    // Whoever is left needs somebody who is left, so that a walk comes to where it was; each circle is told once.
    while let Some(start) = left.first().copied() {
        let mut path: Vec<(usize, &Wire)> = Vec::new();
        let mut at = start;
        let begin = loop {
            if let Some(begin) = path.iter().position(|(it, _)| *it == at) {
                break begin;
            }
            match next(at, &left) {
                Some((wire, member)) => {
                    path.push((at, wire));
                    at = member;
                }
                None => break path.len(),
            }
        };
        let circle = &path[begin..];
        if let Some((_, wire)) = circle.last() {
            let names = circle
                .iter()
                .map(|(it, _)| *it)
                .chain([at])
                .map(|it| format!("`{}`", draft.name(it)));
            let names = names.collect::<Vec<_>>().join(" to ");
            findings
                .add(
                    Code::Cycle,
                    &wire.span,
                    format!("plugins need each other in a circle: {names}"),
                )
                .item(&wire.import);
        }
        for (it, _) in &path {
            left.remove(it);
        }
        left.remove(&start);
    }
}

/// Finds plugins that nobody can ever call.
pub(super) fn unused(
    draft: &Draft<'_>,
    wires: &[Wire],
    exports: &[(Export, Range<usize>)],
    findings: &mut Findings<'_>,
) {
    let mut used: BTreeSet<usize> = exports.iter().map(|(it, _)| it.member).collect();
    let mut fresh: Vec<usize> = used.iter().copied().collect();
    while let Some(from) = fresh.pop() {
        for wire in wires.iter().filter(|it| it.from == from) {
            if let End::Plugin { member, .. } = wire.to
                && used.insert(member)
            {
                fresh.push(member);
            }
        }
    }
    // Where nothing is exported, that is the fault.
    if exports.is_empty() {
        return;
    }
    for (at, entry) in draft.file.entries.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        let message = format!("nobody can ever call `{}`", draft.name(at));
        findings.add(Code::UnusedPlugin, &entry.name.span(), message);
    }
}
