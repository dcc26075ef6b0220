//! One difference between a component and a world, and the words for it.

use std::fmt;

use serde::Serialize;
use wit_parser::WorldItem;

use super::Side;
use crate::version;

/// Tells one way in which a component does not conform, and what to do about it.
///
/// It displays as four lines: the item and the problem, what is expected, what was found, the fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Where it is: `example:heater/control.decide`.
    pub item: String,
    /// What is wrong there.
    pub problem: Problem,
    /// What the world says, as WIT text.
    pub expected: String,
    /// What the component says, as WIT text.
    pub found: String,
    /// What to do about it.
    pub fix: String,
}

/// Tells what is wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Problem {
    /// One side is an `async func` and the other a `func`.
    Async,
    /// A function of an exported interface, or of the world, is missing.
    FunctionMissing,
    /// A method is a static function on the other side, or the like.
    FunctionKind,
    /// The world exports an interface and the component does not.
    InterfaceMissing,
    /// An interface has the name of a function, or the like.
    ItemKind,
    /// The component imports what the world does not offer.
    NotOffered,
    /// A function takes more or fewer parameters.
    ParameterCount,
    /// A parameter has another name.
    ParameterName,
    /// A parameter has another type.
    ParameterType,
    /// A record, variant, enum or flags has a part that is not expected.
    PartExtra,
    /// A record, variant, enum or flags lacks a part.
    PartMissing,
    /// The parts are the same, in another order.
    PartOrder,
    /// A field of a record or a case of a variant has another type.
    PartType,
    /// A function gives another type.
    ResultType,
    /// A type stands for something else under the same name.
    Type,
    /// A type that the world's exports use is missing.
    TypeMissing,
    /// The interface is there in a version that cannot stand in.
    Version,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::Async => "one is an async function and the other is not",
            Problem::FunctionMissing => "the function is not exported",
            Problem::FunctionKind => "it is another kind of function",
            Problem::InterfaceMissing => "the interface is not exported",
            Problem::ItemKind => "it is another kind of item",
            Problem::NotOffered => "it is imported, but the world does not offer it",
            Problem::ParameterCount => "the number of parameters differs",
            Problem::ParameterName => "the parameter has another name",
            Problem::ParameterType => "the parameter has another type",
            Problem::PartExtra => "it is not expected",
            Problem::PartMissing => "it is missing",
            Problem::PartOrder => "the order differs",
            Problem::PartType => "it has another type",
            Problem::ResultType => "the result has another type",
            Problem::Type => "the type is defined differently",
            Problem::TypeMissing => "the type is not defined",
            Problem::Version => "the version is incompatible",
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.item, self.problem)?;
        writeln!(f, "  expected: {}", self.expected)?;
        writeln!(f, "  found:    {}", self.found)?;
        write!(f, "  fix:      {}", self.fix)
    }
}

impl Difference {
    /// Two texts differ, and the plugin's WIT has to become the host's.
    pub(crate) fn other(item: &str, problem: Problem, expected: String, found: String) -> Self {
        let fix = match problem {
            Problem::Async => "make both `async func` or both `func` in WIT, and build again",
            Problem::ParameterName => "give the parameter the expected name, and build again",
            Problem::PartExtra => "remove it from the plugin's WIT, and build again",
            Problem::PartMissing => "add it to the plugin's WIT, and build again",
            Problem::PartOrder => "put them in the expected order, and build again",
            _ => "change it in the plugin's WIT to what is expected, and build again",
        };
        Difference { item: item.to_owned(), problem, expected, found, fix: fix.to_owned() }
    }

    /// The component lacks an export of the world.
    pub(super) fn not_exported<'n>(
        name: &str,
        item: &WorldItem,
        text: &str,
        there: impl Iterator<Item = &'n str>,
    ) -> Self {
        let (problem, fix) = match item {
            WorldItem::Interface { .. } => {
                (Problem::InterfaceMissing, format!("export `{name}` from the plugin's world"))
            }
            _ => (Problem::FunctionMissing, format!("export `{text}` from the plugin's world")),
        };
        let found = list("exports", there);
        Difference { item: name.to_owned(), problem, expected: text.to_owned(), found, fix }
    }

    /// A function of an exported interface is missing.
    pub(super) fn function_missing<'n>(
        item: &str,
        text: &str,
        there: impl Iterator<Item = &'n str>,
    ) -> Self {
        Difference {
            item: item.to_owned(),
            problem: Problem::FunctionMissing,
            expected: text.to_owned(),
            found: list("an interface with the functions", there),
            fix: "add it to the plugin's WIT, and implement it".to_owned(),
        }
    }

    /// A type is missing where the exports of the world use it.
    pub(super) fn type_missing<'n>(
        item: &str,
        expected: String,
        there: impl Iterator<Item = &'n str>,
    ) -> Self {
        Difference {
            item: item.to_owned(),
            problem: Problem::TypeMissing,
            expected,
            found: list("an interface with the types", there),
            fix: "define it in the plugin's WIT under this name, and use it".to_owned(),
        }
    }

    /// The component imports what the world does not offer.
    pub(super) fn not_offered<'n>(
        name: &str,
        text: &str,
        offered: impl Iterator<Item = &'n str>,
    ) -> Self {
        Difference {
            item: name.to_owned(),
            problem: Problem::NotOffered,
            expected: list("at most", offered),
            found: text.to_owned(),
            fix: "stop using it in the plugin, or add it to the host's world".to_owned(),
        }
    }

    /// The same interface is there in an incompatible version.
    pub(super) fn version(expected: &str, found: &str, side: Side) -> Self {
        let rule = version::rule(expected, found);
        let (verb, prefix) = match side {
            Side::Export => ("exports", ""),
            Side::Import => ("imports", "the host offers "),
        };
        Difference {
            item: version::unversioned(expected).to_owned(),
            problem: Problem::Version,
            expected: format!("{prefix}{expected}"),
            found: format!("{verb} {found}"),
            fix: format!("build the plugin against `{expected}`; {rule}"),
        }
    }
}

/// Lists names, the first of them if there are many.
fn list<'n>(what: &str, names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<&str> = names.collect();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=SHOWN => format!("{what} {}", names.join(", ")),
        all => format!("{what} {} and {} more", names[..SHOWN].join(", "), all - SHOWN),
    }
}
