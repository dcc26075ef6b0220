//! Which plugins a call can come to, and that it never comes to one again that waits.

use std::collections::BTreeSet;
use std::ops::Range;

use super::code::Code;
use super::finding::Findings;
use super::{Draft, Export, Wire};

/// All that is come to from some, by as many steps as it takes, and those themselves.
pub(super) fn from<N: IntoIterator<Item = usize>>(
    starts: impl IntoIterator<Item = usize>,
    next: impl Fn(usize) -> N,
) -> BTreeSet<usize> {
    let mut found: BTreeSet<usize> = starts.into_iter().collect();
    let mut fresh: Vec<usize> = found.iter().copied().collect();
    while let Some(at) = fresh.pop() {
        fresh.extend(next(at).into_iter().filter(|it| found.insert(*it)));
    }
    found
}

/// Finds plugins that need each other in a circle.
pub(super) fn order(draft: &Draft<'_>, wires: &[Wire], findings: &mut Findings<'_>) {
    let mut left: BTreeSet<usize> = (0..draft.file.entries.len()).collect();
    let next = |from: usize, left: &BTreeSet<usize>| {
        let of_plugin = wires.iter().filter(|it| it.from == from);
        let mut called = of_plugin.filter_map(|it| Some((it, it.target()?)));
        called.find(|(_, to)| left.contains(to))
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
    // Where nothing is exported, that is the fault.
    if exports.is_empty() {
        return;
    }
    let used = from(exports.iter().map(|(it, _)| it.member), |at| {
        wires.iter().filter(move |it| it.from == at).filter_map(Wire::target)
    });
    for (at, entry) in draft.file.entries.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
        let message = format!("nobody can ever call `{}`", draft.name(at));
        findings.add(Code::UnusedPlugin, &entry.name.span(), message);
    }
}
