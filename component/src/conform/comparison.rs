//! What two versions of an item have in common, whoever asks: functions and the types below them.

use std::collections::{HashMap, HashSet};

use wit_parser::{Function, FunctionKind, Resolve, TypeId};

use super::difference::{Difference, Problem};
use super::types::{self, Types};
use crate::version::{self, Fit};
use crate::wit;

/// Which side of the component is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Export,
    Import,
}

/// Which versions of an interface count as the same interface.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    /// Those that stand in for each other in wasmtime's linker.
    Linked,
    /// All of them: what the versions do is told elsewhere.
    Any,
}

impl Versions {
    /// Tells whether two full names stand for the same interface.
    pub(super) fn join(self, asked: &str, there: &str) -> bool {
        let least = match self {
            Versions::Linked => Fit::Compatible,
            Versions::Any => Fit::OtherVersion,
        };
        version::fit(asked, there) >= least
    }
}

/// An interface on both sides, or neither: then the functions are the worlds' own.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The interface's name without the version.
    pub(crate) path: Option<&'a str>,
}

impl Place<'_> {
    pub(crate) fn item(self, function: &str) -> String {
        match self.path {
            Some(path) => format!("{path}.{function}"),
            None => function.to_owned(),
        }
    }
}

/// Collects how what is expected differs from what was found.
pub(crate) struct Comparison<'a> {
    /// What the expected items refer to, and the found ones.
    resolves: (&'a Resolve, &'a Resolve),
    pub(crate) side: Side,
    pub(crate) versions: Versions,
    /// The items that have been reported, so that a type is reported once however often it is used.
    reported: HashSet<(String, Problem)>,
    /// What came of comparing two types, each of which may be used any number of times.
    pub(super) compared: HashMap<(TypeId, TypeId), bool>,
    pub(crate) differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(expected: &'a Resolve, found: &'a Resolve, versions: Versions) -> Self {
        Comparison {
            resolves: (expected, found),
            side: Side::Export,
            versions,
            reported: HashSet::new(),
            compared: HashMap::new(),
            differences: Vec::new(),
        }
    }

    pub(crate) fn report(&mut self, difference: Difference) {
        let key = (difference.item.clone(), difference.problem);
        if self.reported.insert(key) {
            self.differences.push(difference);
        }
    }

    pub(crate) fn types(&mut self) -> Types<'_, 'a> {
        Types { comparison: self }
    }

    pub(crate) fn resolves(&self) -> (&'a Resolve, &'a Resolve) {
        self.resolves
    }

    pub(crate) fn function(
        &mut self,
        place: Place<'_>,
        expected: &'a Function,
        found: &'a Function,
    ) {
        let (a, b) = self.resolves();
        let item = place.item(&wit::function_name(expected));
        let texts = || (wit::signature(a, expected), wit::signature(b, found));
        if kind(expected) != kind(found) {
            let (a, b) = texts();
            self.report(Difference::other(&item, Problem::FunctionKind, a, b));
            return;
        }
        if expected.kind.is_async() != found.kind.is_async() {
            let (a, b) = texts();
            self.report(Difference::other(&item, Problem::Async, a, b));
        }
        let (params, others) = (wit::params(expected), wit::params(found));
        if params.len() != others.len() {
            let (a, b) = texts();
            self.report(Difference::other(&item, Problem::ParameterCount, a, b));
        } else {
            for (param, other) in params.iter().zip(others) {
                if param.name != other.name {
                    let (a, b) = (param.name.clone(), other.name.clone());
                    let item = format!("{item} parameter `{a}`");
                    self.report(Difference::other(&item, Problem::ParameterName, a, b));
                }
                if !self.types().same(&param.ty, &other.ty) {
                    let (a, b) = types::texts((a, &param.ty), (b, &other.ty));
                    let item = format!("{item} parameter `{}`", param.name);
                    self.report(Difference::other(&item, Problem::ParameterType, a, b));
                }
            }
        }
        if !self.types().same_option(&expected.result, &found.result) {
            let (a, b) = match (&expected.result, &found.result) {
                (Some(x), Some(y)) => types::texts((a, x), (b, y)),
                (x, y) => (types::text_or_none(a, x), types::text_or_none(b, y)),
            };
            self.report(Difference::other(&item, Problem::ResultType, a, b));
        }
    }
}

/// What stays of a function's kind when its resource and its colour are set aside.
fn kind(func: &Function) -> u8 {
    match func.kind {
        FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => 0,
        FunctionKind::Method(_) | FunctionKind::AsyncMethod(_) => 1,
        FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => 2,
        FunctionKind::Constructor(_) => 3,
    }
}
