//! One change between two versions, and the words for it.

use std::fmt;

use serde::Serialize;

use crate::conform::{Difference, Problem};

/// Tells one change, whom it hurts, and what to do about it.
///
/// It displays as some lines: the item and what happened to it, the old text, the new one, whom it
/// hurts, the advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Where it is, without versions: `example:heater/control.decide`.
    pub item: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Where the item stands, which says who its implementers and callers are.
    pub role: Role,
    /// What the old version says, as WIT text; nothing, if it says nothing.
    pub old: Option<String>,
    /// What the new version says, as WIT text; nothing, if it says nothing.
    pub new: Option<String>,
    /// What it does to those who implement the interface or the world: for a world, its plugins.
    pub for_implementers: Effect,
    /// What it does to those who call it: for a world, its hosts.
    pub for_callers: Effect,
    /// What to do about it, in one sentence without a full stop.
    pub advice: String,
}

/// Tells what a change does to one side, from what is built against the old version.
///
/// The effects are in order: the last is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Effect {
    /// They notice nothing.
    None,
    /// They may use something new, and need not.
    Additive,
    /// What they have built goes on in a host, which compares types by structure and parameters by
    /// position; their source has to follow, and composing two components may fail.
    Source,
    /// What they have built does not link with what is built against the new version, or lacks
    /// what that needs.
    Breaking,
}

impl Effect {
    /// Tells whether it is a breaking change of an interface by the rules of semver.
    pub fn is_breaking(self) -> bool {
        self >= Effect::Source
    }

    /// Tells whether what was built before goes on working in a host.
    pub fn links(self) -> bool {
        self < Effect::Breaking
    }
}

/// Tells where an item stands, and with it who implements it and who calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// In a component: hosts call what it exports and offer what it imports, and nobody else
    /// implements it.
    Component,
    /// In an interface by itself, which anybody may implement and anybody else call.
    Interface,
    /// In a world: plugins implement it, and hosts call them and offer what they import.
    World,
}

/// Tells what happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A `func` became an `async func`, or the other way round.
    Async,
    /// A function is marked as one that should no longer be used.
    Deprecated,
    /// A world or a component exports more.
    ExportAdded,
    /// A world or a component exports less.
    ExportRemoved,
    /// An interface has a function more.
    FunctionAdded,
    /// A method became a static function, or the like.
    FunctionKind,
    /// An interface has a function less.
    FunctionRemoved,
    /// A world or a component imports more.
    ImportAdded,
    /// A world or a component imports less.
    ImportRemoved,
    /// A package has an interface more.
    InterfaceAdded,
    /// A package has an interface less.
    InterfaceRemoved,
    /// An interface became a function, or the like.
    ItemKind,
    /// A function takes more or fewer parameters.
    ParameterCount,
    /// A parameter has another name.
    ParameterName,
    /// The parameters are the same, in another order, in which a host would take one for another.
    ParameterOrder,
    /// A parameter has another type.
    ParameterType,
    /// A record, variant, enum or flags has a part more.
    PartAdded,
    /// The parts are the same, in another order.
    PartOrder,
    /// A record, variant, enum or flags has a part less.
    PartRemoved,
    /// A field of a record or a case of a variant has another type.
    PartType,
    /// An interface has a resource more.
    ResourceAdded,
    /// An interface has a resource less.
    ResourceRemoved,
    /// A function gives another type.
    ResultType,
    /// A type stands for something else under the same name.
    Type,
    /// There is a type more.
    TypeAdded,
    /// There is a type less.
    TypeRemoved,
    /// An interface of another package is used in another version.
    Version,
    /// A package has a world more.
    WorldAdded,
    /// A package has a world less.
    WorldRemoved,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChangeKind::Async => "it changed between `func` and `async func`",
            ChangeKind::Deprecated => "the function is deprecated",
            ChangeKind::ExportAdded => "it is a new export",
            ChangeKind::ExportRemoved => "it is no longer exported",
            ChangeKind::FunctionAdded => "the function is new",
            ChangeKind::FunctionKind => "it became another kind of function",
            ChangeKind::FunctionRemoved => "the function was removed",
            ChangeKind::ImportAdded => "it is a new import",
            ChangeKind::ImportRemoved => "it is no longer imported",
            ChangeKind::InterfaceAdded => "the interface is new",
            ChangeKind::InterfaceRemoved => "the interface was removed",
            ChangeKind::ItemKind => "it became another kind of item",
            ChangeKind::ParameterCount => "the number of parameters changed",
            ChangeKind::ParameterName => "the parameter was renamed",
            ChangeKind::ParameterOrder => "the order of the parameters changed",
            ChangeKind::ParameterType => "the type of the parameter changed",
            ChangeKind::PartAdded => "it was added",
            ChangeKind::PartOrder => "the order changed",
            ChangeKind::PartRemoved => "it was removed",
            ChangeKind::PartType => "its type changed",
            ChangeKind::ResourceAdded => "the resource is new",
            ChangeKind::ResourceRemoved => "the resource was removed",
            ChangeKind::ResultType => "the type of the result changed",
            ChangeKind::Type => "the type is defined differently",
            ChangeKind::TypeAdded => "the type is new",
            ChangeKind::TypeRemoved => "the type was removed",
            ChangeKind::Version => "it is used in another version",
            ChangeKind::WorldAdded => "the world is new",
            ChangeKind::WorldRemoved => "the world was removed",
        })
    }
}

impl Change {
    /// Something inside of an item that is in both versions changed, which hurts both sides alike.
    pub(super) fn inside(difference: Difference, role: Role) -> Change {
        let Difference { item, problem, expected, found, .. } = difference;
        let (kind, effect) = match problem {
            Problem::Async => (ChangeKind::Async, Effect::Breaking),
            Problem::FunctionKind => (ChangeKind::FunctionKind, Effect::Breaking),
            Problem::ItemKind => (ChangeKind::ItemKind, Effect::Breaking),
            Problem::ParameterCount => (ChangeKind::ParameterCount, Effect::Breaking),
            Problem::ParameterName => (ChangeKind::ParameterName, Effect::Source),
            Problem::ParameterType => (ChangeKind::ParameterType, Effect::Breaking),
            Problem::PartExtra => (ChangeKind::PartAdded, Effect::Breaking),
            Problem::PartMissing => (ChangeKind::PartRemoved, Effect::Breaking),
            Problem::PartOrder => (ChangeKind::PartOrder, Effect::Breaking),
            Problem::PartType => (ChangeKind::PartType, Effect::Breaking),
            Problem::ResultType => (ChangeKind::ResultType, Effect::Breaking),
            Problem::FunctionMissing
            | Problem::InterfaceMissing
            | Problem::NotOffered
            | Problem::Type
            | Problem::TypeMissing
            | Problem::Version => (ChangeKind::Type, Effect::Breaking),
        };
        let old = (problem != Problem::PartExtra).then_some(expected);
        let new = (problem != Problem::PartMissing).then_some(found);
        Change::new(item, kind, role, (old, new), (effect, effect))
    }

    pub(super) fn new(
        item: String,
        kind: ChangeKind,
        role: Role,
        (old, new): (Option<String>, Option<String>),
        (for_implementers, for_callers): (Effect, Effect),
    ) -> Change {
        let advice = advice(kind, role, for_implementers, for_callers).to_owned();
        // Nobody but the component itself implements what it exports.
        let for_implementers = match role {
            Role::Component => Effect::None,
            Role::Interface | Role::World => for_implementers,
        };
        Change { item, kind, role, old, new, for_implementers, for_callers, advice }
    }

    /// Gives the worse of both effects.
    pub fn effect(&self) -> Effect {
        self.for_implementers.max(self.for_callers)
    }

    /// Says who is hurt, in plain words: `plugins; hosts when they are built anew or composed`.
    pub fn hurts(&self) -> String {
        let (implementers, callers) = match self.role {
            Role::Interface => ("those who implement it", "those who call it"),
            Role::Component | Role::World => ("plugins", "hosts"),
        };
        let sides = [(implementers, self.for_implementers), (callers, self.for_callers)];
        let with = |effect: Effect| -> Vec<&str> {
            sides.iter().filter(|it| it.1 == effect).map(|it| it.0).collect()
        };
        let mut parts = Vec::new();
        if let now @ [_, ..] = with(Effect::Breaking).as_slice() {
            parts.push(now.join(" and "));
        }
        if let anew @ [_, ..] = with(Effect::Source).as_slice() {
            parts.push(format!("{} when they are built anew", anew.join(" and ")));
        }
        if parts.is_empty() { "nobody".to_owned() } else { parts.join("; ") }
    }
}

fn advice(kind: ChangeKind, role: Role, implementers: Effect, callers: Effect) -> &'static str {
    use ChangeKind as Kind;
    let component = role == Role::Component;
    match kind {
        Kind::ParameterName => {
            "keep the old name; hosts link by position, but composing and sources go by name"
        }
        Kind::PartAdded | Kind::PartRemoved | Kind::PartOrder | Kind::PartType | Kind::Type => {
            "leave the type as it was, and add another one with functions of its own; types have \
             to be equal on both sides"
        }
        Kind::Async
        | Kind::FunctionKind
        | Kind::ParameterCount
        | Kind::ParameterOrder
        | Kind::ParameterType
        | Kind::ResultType => {
            "leave the function as it was, and add another one under another name"
        }
        Kind::ItemKind => "give the new item another name",
        Kind::Version => {
            "build both sides anew; the linker takes these versions for different interfaces"
        }
        Kind::Deprecated => "call what its docs name in its place",
        Kind::ImportAdded | Kind::FunctionAdded | Kind::ResourceAdded
            if component && callers.is_breaking() =>
        {
            "see that the host's world offers it, with `plugwright check`, before it is loaded"
        }
        Kind::ImportAdded | Kind::FunctionAdded | Kind::ResourceAdded if callers.is_breaking() => {
            "offer it in the host before plugins are built that import it"
        }
        Kind::ExportAdded if implementers.is_breaking() && !component => {
            "put it into a world of its own, or ask for it only from plugins that export it"
        }
        Kind::FunctionAdded | Kind::ResourceAdded if implementers.is_breaking() && !component => {
            "put it into an interface of its own, which older implementations need not have"
        }
        Kind::ImportRemoved | Kind::FunctionRemoved | Kind::ResourceRemoved
            if implementers == Effect::Breaking =>
        {
            "go on offering it for plugins that are built already"
        }
        Kind::ExportRemoved
        | Kind::FunctionRemoved
        | Kind::ResourceRemoved
        | Kind::InterfaceRemoved
            if callers.is_breaking() =>
        {
            "keep it until nobody calls it any more, marked with `@deprecated`"
        }
        Kind::TypeRemoved | Kind::WorldRemoved => {
            "keep it until nobody names it any more, marked with `@deprecated`"
        }
        _ => "nothing; what is built already goes on",
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.item, self.kind)?;
        if let Some(old) = &self.old {
            writeln!(f, "  old:    {old}")?;
        }
        if let Some(new) = &self.new {
            writeln!(f, "  new:    {new}")?;
        }
        writeln!(f, "  hurts:  {}", self.hurts())?;
        write!(f, "  advice: {}", self.advice)
    }
}
