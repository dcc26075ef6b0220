//! What changed between two versions of an application.

use std::collections::BTreeSet;

use serde::Serialize;
use wit_parser::WorldItem;

use super::settings::{self, SettingChange};
use super::{Bump, Change, ChangeKind, Changes, Effect, Role, Versioning, between_components};
use crate::application::{End, Export, Link, Member, Plan};
use crate::conform::{self, Problem};
use crate::digest::Digest;
use crate::version::unversioned;
use crate::world::World;

/// Holds all that changed between two versions of an application, and what it amounts to for its host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApplicationChanges {
    /// The plugins that are not what they were, by their names.
    pub plugins: Vec<PluginChange>,
    /// The imports that are answered otherwise than before.
    pub links: Vec<LinkChange>,
    /// What changed for the program that loads it, the worst first: what it calls, and what it has to offer.
    pub host: Vec<Change>,
    /// The smallest bump of the application's version that is honest.
    pub bump: Bump,
    /// Whether the new version is high enough, where both files say which they have.
    pub versions: Option<Versioning>,
}

/// Tells how one plugin of an application changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PluginChange {
    /// Its name in the application.
    pub plugin: String,
    /// The component that it was; nothing, if it is new.
    pub old: Option<Release>,
    /// The component that it is; nothing, if it was removed.
    pub new: Option<Release>,
    /// What changed in its component, if that was replaced.
    pub component: Option<Changes>,
    /// What changed in its policy.
    pub settings: Vec<SettingChange>,
    /// What it may do, because it asks for it and is granted it, and could not do before, in plain words.
    pub granted: Vec<String>,
}

/// Names one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Release {
    /// The version that it says it has.
    pub version: Option<String>,
    /// Its digest.
    pub digest: Digest,
}

/// Tells how an import of a plugin is answered otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LinkChange {
    /// The plugin that imports.
    pub plugin: String,
    /// What it imports, without its version.
    pub import: String,
    /// Who answered; nothing, if nobody was asked.
    pub old: Option<Answered>,
    /// Who answers; nothing, if nobody is asked any more.
    pub new: Option<Answered>,
}

/// Tells who answers an import, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Answered {
    /// The plugin; nothing, if it is the host.
    pub plugin: Option<String>,
    /// How calls get there: `fused`, `isolated` or `host`.
    pub joint: String,
}

impl ApplicationChanges {
    /// Tells whether any change breaks the program that loads the application.
    ///
    /// What a plugin is newly granted is none, since the file says that itself: see [`PluginChange::granted`].
    pub fn is_breaking(&self) -> bool {
        self.host.iter().any(|it| it.effect().is_breaking())
    }

    /// Tells whether there is no change at all.
    pub fn is_empty(&self) -> bool {
        self.plugins.is_empty() && self.links.is_empty() && self.host.is_empty()
    }
}

/// Tells what changed between two versions of an application, for its operator and for its host.
///
/// Plugins match by their names. What one plugin asks of another is no matter of the host's, whatever changes in it:
/// that it fits was found when the application was read.
pub fn between_applications(old: &Plan, new: &Plan) -> ApplicationChanges {
    let plugins = plugins(old, new);
    let links = links(old, new);
    let mut host = exports(old, new);
    host.extend(asked(old, new));
    host.sort_by_key(|it| std::cmp::Reverse(it.effect()));
    let gains = plugins.iter().any(|it| !it.granted.is_empty());
    let least = if gains { Effect::Additive } else { Effect::None };
    let worst = host.iter().map(Change::effect).fold(least, Effect::max);
    let unchanged = plugins.is_empty() && links.is_empty() && host.is_empty();
    let bump = super::bump::bump(worst, old.version());
    let versions = old.version().zip(new.version());
    let versions = versions.map(|(old, new)| super::bump::judge(bump, unchanged, old, new));
    ApplicationChanges { plugins, links, host, bump, versions }
}

fn plugins(old: &Plan, new: &Plan) -> Vec<PluginChange> {
    // Two versions of an application lie in two folders, which is no change.
    let (old, new) = (old.as_written(), new.as_written());
    let names: BTreeSet<&str> = old.iter().chain(&new).map(|it| it.name.as_str()).collect();
    let changes = names.into_iter().map(|name| {
        let find = |members: &'_ [Member]| members.iter().position(|it| it.name == name);
        plugin(name, find(&old).map(|it| &old[it]), find(&new).map(|it| &new[it]))
    });
    changes.flatten().collect()
}

fn plugin(name: &str, old: Option<&Member>, new: Option<&Member>) -> Option<PluginChange> {
    let release = |it: &Member| Release {
        version: it.artifact.version().map(str::to_owned),
        digest: it.artifact.digest(),
    };
    let both = old.zip(new);
    let is_replaced = both.is_none_or(|(old, new)| old.artifact.digest() != new.artifact.digest());
    let component = both.filter(|_| is_replaced);
    let component = component.map(|(old, new)| between_components(&old.artifact, &new.artifact));
    let settings =
        both.map(|(old, new)| settings::between(&old.policy, &new.policy)).unwrap_or_default();
    let granted = new.map(|new| granted(old, new)).unwrap_or_default();
    let is_same = !is_replaced && settings.is_empty() && granted.is_empty();
    (!is_same).then(|| PluginChange {
        plugin: name.to_owned(),
        old: old.map(release),
        new: new.map(release),
        component,
        settings,
        granted,
    })
}

/// What a plugin may do now, and could not do before.
fn granted(old: Option<&Member>, new: &Member) -> Vec<String> {
    use crate::capability::Access;
    let allowed = |it: &Member| -> Vec<String> {
        let all = it.artifact.capabilities().iter();
        let all = all.filter(|capability| !matches!(capability.access(), Access::Always));
        all.filter(|capability| it.policy.grants.allow(capability))
            .map(|it| it.describe())
            .collect()
    };
    let before = old.map(allowed).unwrap_or_default();
    allowed(new).into_iter().filter(|it| !before.contains(it)).collect()
}

fn links(old: &Plan, new: &Plan) -> Vec<LinkChange> {
    let key = |plan: &Plan, link: &Link| {
        (plan.members()[link.from].name.clone(), unversioned(&link.import).to_owned())
    };
    let answered = |plan: &Plan, key_of: &(String, String)| {
        let link = plan.links().iter().find(|it| key(plan, it) == *key_of)?;
        let plugin = match &link.to {
            End::Plugin { member, .. } => Some(plan.members()[*member].name.clone()),
            End::Host => None,
        };
        Some(Answered { plugin, joint: link.joint.to_string() })
    };
    let mut keys: Vec<(String, String)> = old.links().iter().map(|it| key(old, it)).collect();
    keys.extend(new.links().iter().map(|it| key(new, it)));
    keys.sort();
    keys.dedup();
    let changes = keys.into_iter().map(|key| {
        let (before, now) = (answered(old, &key), answered(new, &key));
        let (plugin, import) = key;
        LinkChange { plugin, import, old: before, new: now }
    });
    changes.filter(|it| it.old != it.new).collect()
}

/// What is said of an item of the application, on the host's side.
fn change(item: &str, kind: ChangeKind, effect: Effect) -> Change {
    Change::new(item.to_owned(), kind, Role::Component, (None, None), (Effect::None, effect))
}

/// Compares what the host calls.
fn exports(old: &Plan, new: &Plan) -> Vec<Change> {
    let find = |plan: &'_ Plan, export: &Export| {
        let name = unversioned(&export.name).to_owned();
        plan.exports().iter().position(|it| unversioned(&it.name) == name)
    };
    let mut changes = Vec::new();
    for export in old.exports() {
        let name = unversioned(&export.name);
        match find(new, export) {
            Some(at) => changes.extend(provided((old, export), (new, &new.exports()[at]))),
            None => changes.push(change(name, ChangeKind::ExportRemoved, Effect::Breaking)),
        }
    }
    let added = new.exports().iter().filter(|it| find(old, it).is_none());
    changes.extend(
        added.map(|it| change(unversioned(&it.name), ChangeKind::ExportAdded, Effect::Additive)),
    );
    changes
}

/// Compares one thing that the host calls, whoever provides it.
fn provided(old: (&Plan, &Export), new: (&Plan, &Export)) -> Vec<Change> {
    let (Some(before), Some(now)) = (item(old), item(new)) else { return Vec::new() };
    let name = unversioned(&old.1.name);
    let missing = |it: &conform::Difference| {
        matches!(it.problem, Problem::FunctionMissing | Problem::TypeMissing)
    };
    let mut changes = Vec::new();
    for it in conform::link(name, before, now) {
        changes.push(if missing(&it) {
            let removed = change(&it.item, ChangeKind::FunctionRemoved, Effect::Breaking);
            Change { old: Some(it.expected), ..removed }
        } else {
            Change::inside(it, Role::Component)
        });
    }
    // What the old one lacks, seen from the new one, is new.
    let added = conform::link(name, now, before).into_iter().filter(missing);
    changes.extend(added.map(|it| {
        let added = change(&it.item, ChangeKind::FunctionAdded, Effect::Additive);
        Change { new: Some(it.expected), ..added }
    }));
    changes
}

fn item<'p>((plan, export): (&'p Plan, &Export)) -> Option<(&'p World, &'p WorldItem)> {
    let world = plan.members()[export.member].artifact.world();
    Some((world, world.export(&export.export)?))
}

/// Compares what is asked of the host itself.
///
/// What the host's world already offered can be asked for without anybody noticing.
fn asked(old: &Plan, new: &Plan) -> Vec<Change> {
    let of_host = |plan: &Plan| -> Vec<String> {
        let links = plan.links().iter().filter(|it| it.to == End::Host);
        let mut names: Vec<String> = links.map(|it| unversioned(&it.import).to_owned()).collect();
        names.sort();
        names.dedup();
        names
    };
    let (before, now) = (of_host(old), of_host(new));
    let offered = |name: &str| {
        let world = old.world().map(World::imports).unwrap_or_default();
        world.iter().any(|it| unversioned(&it.name) == name)
    };
    let added = now.iter().filter(|it| !before.contains(it)).map(|it| {
        let effect = if offered(it) { Effect::None } else { Effect::Breaking };
        change(it, ChangeKind::ImportAdded, effect)
    });
    let gone = before.iter().filter(|it| !now.contains(it));
    added.chain(gone.map(|it| change(it, ChangeKind::ImportRemoved, Effect::None))).collect()
}
