//! What each plugin may use and spend, against what it asks for and who calls it.

use std::ops::Range;
use std::time::Duration;

use super::code::Code;
use super::file::{Entry, listed};
use super::finding::Findings;
use super::{Draft, End, Wire};
use crate::artifact::Artifact;
use crate::capability::{Access, Capability, CapabilityKind};
use crate::policy::Interfaces;
use crate::version::unversioned;

/// Checks the grants and limits of every plugin.
pub(super) fn check(draft: &Draft<'_>, wires: &[Wire], findings: &mut Findings<'_>) {
    for (at, artifact) in draft.known() {
        let entry = &draft.file.entries[at];
        let left = left(at, artifact, wires);
        // What nobody answers is told by itself.
        let of_host =
            |import: &String| wires.iter().any(|it| it.from == at && it.import == *import);
        let open = left
            .iter()
            .filter(|it| it.kind != CapabilityKind::Host || it.interfaces.iter().all(of_host));
        lacking(entry, open, findings);
        unasked(entry, &left, findings);
        limits(entry, artifact, findings);
    }
    for at in 0..draft.file.entries.len() {
        unreachable(draft, at, wires, findings);
    }
}

/// The capabilities of a plugin that no other plugin answers.
fn left(at: usize, artifact: &Artifact, wires: &[Wire]) -> Vec<Capability> {
    let answered = |import: &String| {
        let wire = wires.iter().find(|it| it.from == at && it.import == *import);
        wire.is_some_and(|it| matches!(it.to, End::Plugin { .. }))
    };
    let mut left = artifact.capabilities().to_vec();
    for it in &mut left {
        it.interfaces.retain(|import| !answered(import));
    }
    left.retain(|it| !it.interfaces.is_empty());
    left
}

/// Tells what a plugin may reach for and was not granted.
fn lacking<'c>(
    entry: &Entry,
    open: impl Iterator<Item = &'c Capability>,
    findings: &mut Findings<'_>,
) {
    let (name, grants) = (entry.name.get_ref(), &entry.policy.grants);
    let mut refused: Vec<&Capability> = Vec::new();
    for capability in open.filter(|it| !grants.allow(it)) {
        if capability.kind != CapabilityKind::Host {
            refused.push(capability);
            continue;
        }
        let interface = listed(capability.interfaces.iter().map(String::as_str));
        let message = format!("`{name}` imports {interface} of the host, and was not granted it");
        let finding = findings.add(Code::NotGranted, &entry.name.span(), message);
        finding.item(&capability.interfaces[0]);
        if let Some(snippet) = capability.grant() {
            let line = snippet.lines().last().unwrap_or_default();
            finding.fix(format!(
                "write `[plugins.{name}.grants]` and `{line}`, or link the import to a plugin"
            ));
        }
    }
    if refused.is_empty() {
        return;
    }
    let what = refused.iter().map(|it| it.describe()).collect::<Vec<_>>();
    let message = format!("`{name}` imports more of WASI than it was granted");
    let finding = findings.add(Code::Refused, &entry.name.span(), message);
    for (text, capability) in what.into_iter().zip(refused) {
        let how = match capability.access() {
            Access::Granted(snippet) => {
                format!("granted by `{}`", snippet.lines().last().unwrap_or_default())
            }
            Access::Always | Access::Refused => "no grant allows it".to_owned(),
        };
        finding.note(format!("{text}: {how}"));
    }
}

/// Tells which grants nobody asks for.
fn unasked(entry: &Entry, left: &[Capability], findings: &mut Findings<'_>) {
    let name = entry.name.get_ref();
    let asks = |kinds: &[CapabilityKind]| left.iter().any(|it| kinds.contains(&it.kind));
    use CapabilityKind as Kind;
    let kinds: [(&str, &[Kind]); 6] = [
        ("grants.stdout", &[Kind::Stdout]),
        ("grants.stderr", &[Kind::Stderr]),
        ("grants.env", &[Kind::Environment]),
        ("grants.folders", &[Kind::Files]),
        ("grants.wall-clock", &[Kind::WallClock]),
        ("grants.random", &[Kind::Random, Kind::InsecureRandom]),
    ];
    for (key, kinds) in kinds {
        if let Some(span) = entry.place(key)
            && !asks(kinds)
        {
            let message = format!("`{name}` does not ask for what `{key}` grants");
            findings.add(Code::UnusedGrant, &span, message);
        }
    }
    let (Some(span), Interfaces::Only(granted)) =
        (entry.place("grants.interfaces"), &entry.policy.grants.interfaces)
    else {
        return;
    };
    for interface in granted {
        let only = Interfaces::only([interface.clone()]);
        if !left.iter().any(|it| it.granted_as().any(|name| only.grant(name))) {
            let message =
                format!("`{name}` does not ask the host for `{}`", unversioned(interface));
            findings
                .add(Code::UnusedGrant, &span, message)
                .item(interface)
                .fix("take the name out");
        }
    }
}

/// Tells which limits cannot hold, whoever calls.
fn limits(entry: &Entry, artifact: &Artifact, findings: &mut Findings<'_>) {
    for (key, problem) in entry.policy.problems() {
        let span = entry.place(key).unwrap_or_else(|| entry.name.span());
        findings.add(Code::LimitTooSmall, &span, format!("`{key}` {problem}"));
    }
    let (memory, begins) = (entry.policy.limits.memory, artifact.sizes().memory);
    if memory < begins {
        let span = entry.place("limits.memory").unwrap_or_else(|| entry.name.span());
        let name = entry.name.get_ref();
        let message =
            format!("`{name}` begins with {begins} bytes of memory, and may have {memory}");
        let enough = begins.div_ceil(1 << 20);
        findings
            .add(Code::LimitTooSmall, &span, message)
            .fix(format!("allow more than what it begins with: `memory = \"{} MiB\"`", enough + 1));
    }
}

/// Tells which limits of a plugin are never reached, because those of everybody who calls it are smaller.
fn unreachable(draft: &Draft<'_>, at: usize, wires: &[Wire], findings: &mut Findings<'_>) {
    let entry = &draft.file.entries[at];
    let exported = draft.file.exports.iter().any(|(_, to)| to.get_ref() == entry.name.get_ref());
    let calls = |it: &&Wire| matches!(it.to, End::Plugin { member, .. } if member == at);
    let callers: Vec<&Entry> =
        wires.iter().filter(calls).map(|it| &draft.file.entries[it.from]).collect();
    if exported || callers.is_empty() {
        return;
    }
    let most = |of: fn(&Entry) -> Option<Duration>| callers.iter().filter_map(|it| of(it)).max();
    let time = most(|it| Some(it.policy.limits.time));
    if let (Some(span), Some(most)) = (entry.place("limits.time"), time)
        && entry.policy.limits.time > most
    {
        let own = entry.policy.limits.time;
        tell(entry, &span, "time", &format!("{own:?}"), &format!("{most:?}"), &callers, findings);
    }
    let fuels: Option<Vec<u64>> = callers.iter().map(|it| it.policy.limits.fuel).collect();
    if let (Some(span), Some(most), Some(own)) = (
        entry.place("limits.fuel"),
        fuels.and_then(|it| it.into_iter().max()),
        entry.policy.limits.fuel,
    ) && own > most
    {
        tell(entry, &span, "fuel", &own.to_string(), &most.to_string(), &callers, findings);
    }
}

fn tell(
    entry: &Entry,
    span: &Range<usize>,
    limit: &str,
    own: &str,
    most: &str,
    callers: &[&Entry],
    findings: &mut Findings<'_>,
) {
    let name = entry.name.get_ref();
    let who = listed(callers.iter().map(|it| it.name.get_ref().as_str()));
    let message = format!("the {limit} of `{name}` is {own}, and who calls it has {most} at most");
    findings.add(Code::LimitUnreachable, span, message).note(format!("it is called by {who}"));
}

impl Entry {
    /// Finds where a key of the policy stands, written `limits.memory`.
    pub(super) fn place(&self, key: &str) -> Option<Range<usize>> {
        self.keys.iter().find(|it| it.get_ref() == key).map(toml::Spanned::span)
    }
}
