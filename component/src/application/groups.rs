//! What an application is loaded as: plugins that are fused become one component, under one policy.

use super::code::Code;
use super::file::{File, listed};
use super::finding::Findings;
use super::{End, Joint, Member, Plan, reach};
use crate::artifact::Artifact;
use crate::capability::CapabilityKind;
use crate::compose::{self, ComposeError, Composition, Part, Source, compose};
use crate::policy::{Grants, Interfaces, Limits, Policy};
use crate::version::same_item;

/// Names the plugins that become one component; one that is fused with nobody is a group by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Their places in [`Plan::members`], in ascending order.
    pub members: Vec<usize>,
    /// What the group offers to others and to the host.
    pub exports: Vec<Offer>,
    /// What other groups answer; all other imports are left to the host and the runtime.
    pub answers: Vec<Answer>,
}

/// Names an export of one plugin of a [`Group`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Offer {
    /// The full name, which is that in the plugin.
    pub export: String,
    /// The plugin, as a place in [`Plan::members`].
    pub member: usize,
}

/// Says who answers an import of a [`Group`] that stays one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The full name of the import, whose version may be a compatible one in the component.
    pub import: String,
    /// The plugin that answers, as a place in [`Plan::members`]; it is in another group.
    pub member: usize,
    /// The full name of its export.
    pub export: String,
}

/// What becomes of the imports of a [`Group`] that none of its plugins was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ungranted {
    /// They stay imports: the policy of the group refuses them, with an error that says how they would be granted.
    Outside,
    /// Stand-ins take their place, so that the component asks for nothing that was not granted.
    Denied,
}

impl Plan {
    /// Lists what becomes one component, each after those whom it calls.
    pub fn groups(&self) -> Vec<Group> {
        let mut left: Vec<Group> =
            self.first_of_groups().into_iter().map(|it| self.group(it)).collect();
        let mut ordered: Vec<Group> = Vec::new();
        while !left.is_empty() {
            let waits = |group: &Group| {
                group
                    .answers
                    .iter()
                    .any(|it| left.iter().any(|other| other.members.contains(&it.member)))
            };
            // Links go in no circle, which was checked, so that one of them waits for nobody.
            let at = left.iter().position(|it| !waits(it)).unwrap_or(0);
            ordered.push(left.remove(at));
        }
        ordered
    }

    /// The first plugin of each group.
    fn first_of_groups(&self) -> Vec<usize> {
        (0..self.members.len()).filter(|it| self.fused_with(*it).first() == Some(it)).collect()
    }

    /// The plugins that one becomes one with, itself among them, in ascending order.
    fn fused_with(&self, member: usize) -> Vec<usize> {
        let fused = |at: usize| {
            let fused = self.links.iter().filter(|it| it.joint == Joint::Fused);
            let ends = fused.filter_map(|it| match it.to {
                End::Plugin { member, .. } => Some((it.from, member)),
                End::Host => None,
            });
            ends.filter_map(move |(from, to)| match at {
                _ if at == from => Some(to),
                _ if at == to => Some(from),
                _ => None,
            })
        };
        reach::from([member], fused).into_iter().collect()
    }

    fn group(&self, first: usize) -> Group {
        let members = self.fused_with(first);
        let mut exports: Vec<Offer> = Vec::new();
        let mut answers = Vec::new();
        for export in self.exports.iter().filter(|it| members.contains(&it.member)) {
            exports.push(Offer { export: export.export.clone(), member: export.member });
        }
        for link in self.links.iter().filter(|it| it.joint == Joint::Isolated) {
            let End::Plugin { member, export } = &link.to else { continue };
            if members.contains(member) {
                exports.push(Offer { export: export.clone(), member: *member });
            }
            if members.contains(&link.from) {
                let (import, export) = (link.import.clone(), export.clone());
                answers.push(Answer { import, member: *member, export });
            }
        }
        exports.sort();
        exports.dedup();
        Group { members, exports, answers }
    }

    /// Gives the component that a group becomes; a plugin that is by itself may be left as it is.
    ///
    /// What one of them is granted and another one is not is kept from that one by a stand-in.
    ///
    /// # Errors
    ///
    /// What was not found when the application was read, such as [`ComposeError::Bug`].
    pub fn component(&self, group: &Group, ungranted: Ungranted) -> Result<Artifact, ComposeError> {
        if let ([only], Ungranted::Outside) = (group.members.as_slice(), ungranted) {
            return Ok(self.members[*only].artifact.clone());
        }
        let bytes = compose(&self.composition(group, ungranted))?;
        let names: Vec<&str> =
            group.members.iter().map(|it| self.members[*it].name.as_str()).collect();
        Artifact::from_bytes(names.join("+"), bytes).map_err(|err| ComposeError::Bug {
            parts: names.into_iter().map(str::to_owned).collect(),
            message: "the outcome cannot be read".to_owned(),
            source: Some(err.into()),
        })
    }

    /// Says how a group is composed.
    fn composition(&self, group: &Group, ungranted: Ungranted) -> Composition {
        let place = |member: usize| group.members.iter().position(|it| *it == member);
        let parts = group.members.iter().map(|member| {
            let Member { name, artifact, .. } = &self.members[*member];
            let functional = artifact.imports().iter().filter(|it| !it.is_types_only());
            let imports = functional
                .map(|it| (it.name.clone(), self.source(group, *member, &it.name, ungranted)));
            Part { name: name.clone(), artifact: artifact.clone(), imports: imports.collect() }
        });
        let exports = group.exports.iter().filter_map(|it| {
            let part = place(it.member)?;
            Some(compose::Export { name: it.export.clone(), part, export: it.export.clone() })
        });
        Composition { parts: parts.collect(), exports: exports.collect() }
    }

    fn source(&self, group: &Group, member: usize, import: &str, ungranted: Ungranted) -> Source {
        let link = self.links.iter().find(|it| it.from == member && it.import == import);
        if let Some(End::Plugin { member: to, export }) = link.map(|it| &it.to) {
            let part = group.members.iter().position(|it| it == to);
            return part
                .map_or(Source::Outside, |part| Source::Part { part, export: export.clone() });
        }
        let granted = |member: usize| {
            let Member { artifact, policy, .. } = &self.members[member];
            let of_import = |name: &String| same_item(name, import);
            let mut capabilities = artifact.capabilities().iter();
            let capability = capabilities.find(|it| it.interfaces.iter().any(of_import));
            // Standard input is no policy's to grant, and at its end wherever a host of ours answers. A stand-in would
            // have to trap, and the libraries of C take hold of all three streams at once.
            let capability = capability.filter(|it| it.kind != CapabilityKind::Stdin);
            capability.map(|it| policy.grants.allow(it))
        };
        let by_others = || group.members.iter().any(|it| granted(*it) == Some(true));
        let denied =
            granted(member) == Some(false) && (ungranted == Ungranted::Denied || by_others());
        if denied { Source::Denied } else { Source::Outside }
    }

    /// Gives the policy of a group.
    ///
    /// What plugins hold, such as memory, is the sum of what each may; of everything else it is the most that one of
    /// them may. What one is not granted is kept from it by the component: see [`Plan::component`].
    pub fn policy(&self, group: &Group) -> Policy {
        let mut members = group.members.iter().map(|it| &self.members[*it]);
        let Some(first) = members.next() else { return Policy::default() };
        let mut policy = first.policy.clone();
        policy.grants = asked_for(first);
        for member in members {
            policy.reserved = policy.reserved.max(member.policy.reserved);
            policy.limits = together(&policy.limits, &member.policy.limits);
            policy.grants = both(policy.grants, asked_for(member));
        }
        policy
    }
}

/// Finds what keeps plugins from becoming one component, though their links are right.
pub(super) fn check(plan: &Plan, file: &File, findings: &mut Findings<'_>) {
    // What cannot be linked cannot be composed, which is told.
    if findings.any_error() {
        return;
    }
    for group in plan.groups().iter().filter(|it| it.members.len() > 1) {
        let composition = plan.composition(group, Ungranted::Outside);
        let Err(error) = compose::examine(&composition) else { continue };
        let names = listed(group.members.iter().map(|it| plan.members[*it].name.as_str()));
        let span = file.entries[group.members[0]].name.span();
        findings
            .add(Code::CannotFuse, &span, format!("{names} cannot become one component"))
            .note(error.to_string())
            .fix(format!("{}; or let their links be `isolated`", error.fix()));
    }
}

/// The grants of a plugin, without where it prints if it never does.
fn asked_for(member: &Member) -> Grants {
    let mut grants = member.policy.grants.clone();
    let asks = |kind| member.artifact.capabilities().iter().any(|it| it.kind == kind);
    if !asks(CapabilityKind::Stdout) {
        grants.stdout = Default::default();
    }
    if !asks(CapabilityKind::Stderr) {
        grants.stderr = Default::default();
    }
    grants
}

/// What either is granted; where both are, it is the same, which was checked.
fn both(a: Grants, b: Grants) -> Grants {
    use crate::policy::Output::Discard;
    let output = |a, b| if matches!(a, Discard) { b } else { a };
    Grants {
        stdout: output(a.stdout, b.stdout),
        stderr: output(a.stderr, b.stderr),
        env: if a.env.is_empty() { b.env } else { a.env },
        folders: if a.folders.is_empty() { b.folders } else { a.folders },
        wall_clock: a.wall_clock || b.wall_clock,
        random: a.random || b.random,
        interfaces: match (a.interfaces, b.interfaces) {
            (Interfaces::Only(a), Interfaces::Only(b)) => {
                Interfaces::Only(a.into_iter().chain(b).collect())
            }
            _ => Interfaces::All,
        },
    }
}

/// What two plugins may spend as one.
fn together(a: &Limits, b: &Limits) -> Limits {
    Limits {
        memory: a.memory.saturating_add(b.memory),
        total_memory: a.total_memory.saturating_add(b.total_memory),
        table_elements: a.table_elements.saturating_add(b.table_elements),
        handles: a.handles.saturating_add(b.handles),
        core_instances: a.core_instances.saturating_add(b.core_instances),
        compile: a.compile.saturating_add(b.compile),
        time: a.time.max(b.time),
        // Both count it, or neither, which was checked.
        fuel: a.fuel.zip(b.fuel).map(|(a, b)| a.saturating_add(b)),
        lifted: a.lifted.max(b.lifted),
        host_calls: a.host_calls.max(b.host_calls),
        host_bytes: a.host_bytes.max(b.host_bytes),
        stream_buffer: a.stream_buffer.max(b.stream_buffer),
        concurrent: a.concurrent.max(b.concurrent),
        waiting: a.waiting.max(b.waiting),
    }
}
