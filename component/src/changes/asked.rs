//! How the capabilities of a component changed.

use serde::Serialize;

use crate::capability::{Access, Capability, CapabilityKind};
use crate::version;

/// Tells how a component asks otherwise than before for one way out of its sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CapabilityChange {
    /// What it reaches.
    pub kind: CapabilityKind,
    /// How it is asked for now.
    pub asked: Asked,
    /// What the component may do by it, in plain words: `may read the wall clock`.
    ///
    /// For one that is dropped these are the words for the old component, else those for the new one.
    pub description: String,
    /// How a policy decides over it.
    pub access: Access,
}

/// Tells how a capability is asked for by the new component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Asked {
    /// It was not asked for before.
    Newly,
    /// It was asked for before, and is in other words, because other functions are used.
    Otherwise,
    /// It is no longer asked for.
    NoLonger,
}

impl CapabilityChange {
    fn new(capability: &Capability, asked: Asked) -> CapabilityChange {
        CapabilityChange {
            kind: capability.kind,
            asked,
            description: capability.describe(),
            access: capability.access(),
        }
    }

    /// Tells whether the new component may do something by it that the old one did not ask for.
    pub fn is_more(&self) -> bool {
        self.asked != Asked::NoLonger
    }
}

/// Compares what two components may do.
pub(super) fn between(old: &[Capability], new: &[Capability]) -> Vec<CapabilityChange> {
    let mut changes = Vec::new();
    for capability in new {
        match old.iter().find(|it| is_same(it, capability)) {
            None => changes.push(CapabilityChange::new(capability, Asked::Newly)),
            Some(before) if in_words(before) == in_words(capability) => {}
            // What is only less than before is nothing that anybody has to be asked about.
            Some(before) if capability.functions.iter().all(|it| before.functions.contains(it)) => {
            }
            Some(_) => changes.push(CapabilityChange::new(capability, Asked::Otherwise)),
        }
    }
    let gone = old.iter().filter(|it| !new.iter().any(|other| is_same(it, other)));
    changes.extend(gone.map(|it| CapabilityChange::new(it, Asked::NoLonger)));
    changes
}

/// Gives the words without versions, which are no other way out.
fn in_words(capability: &Capability) -> String {
    let interfaces = capability.interfaces.iter();
    interfaces.fold(capability.describe(), |words, interface| {
        words.replace(interface.as_str(), version::unversioned(interface))
    })
}

/// The host's own interfaces are a capability each, all others one for each kind.
fn is_same(a: &Capability, b: &Capability) -> bool {
    let path =
        |it: &Capability| it.interfaces.first().map(|it| version::unversioned(it).to_owned());
    a.kind == b.kind && (a.kind != CapabilityKind::Host || path(a) == path(b))
}
