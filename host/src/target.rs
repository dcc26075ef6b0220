//! The machines that plugins are compiled for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use target_lexicon::{Architecture, BinaryFormat, Triple};

use crate::error::quoted;

/// A machine that plugins are compiled for: this one, another, or wasmtime's interpreter.
///
/// It is read from a name: `host`, `pulley64` for the interpreter, or a target of Rust such as
/// `aarch64-unknown-linux-gnu`.
/// Code for `host` uses all that this machine's processor can; code for a named target runs on every processor of its
/// kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target(Option<Triple>);

/// Why there is no such target: choose one that there is.
#[derive(Debug, thiserror::Error)]
#[error("plugins are not compiled for `{name}`; there are {}", quoted(.known))]
#[non_exhaustive]
pub struct TargetError {
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub known: Vec<&'static str>,
}

const HOST: &str = "host";

const TRIPLES: [&str; 17] = [
    "pulley32",
    "pulley64",
    "aarch64-apple-darwin",
    "aarch64-apple-ios",
    "aarch64-linux-android",
    "aarch64-pc-windows-msvc",
    "aarch64-unknown-linux-gnu",
    "aarch64-unknown-linux-musl",
    "riscv64gc-unknown-linux-gnu",
    "s390x-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "x86_64-linux-android",
    "x86_64-pc-windows-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-freebsd",
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
];

impl Target {
    /// The names of all targets that there are.
    ///
    /// Those of other architectures than this machine's need the cargo feature `cross`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let is_there = |name: &&str| {
            name.parse::<Triple>().is_ok_and(|it| {
                let own = it.architecture == Triple::host().architecture;
                cfg!(feature = "cross") || own || is_interpreted(&it)
            })
        };
        std::iter::once(HOST).chain(TRIPLES.into_iter().filter(is_there))
    }

    /// The machine that the program runs on.
    pub fn host() -> Self {
        Self(None)
    }

    /// The interpreter for machines like this one.
    pub fn interpreter() -> Self {
        let architecture = match (cfg!(target_endian = "big"), cfg!(target_pointer_width = "64")) {
            (false, false) => Architecture::Pulley32,
            (false, true) => Architecture::Pulley64,
            (true, false) => Architecture::Pulley32be,
            (true, true) => Architecture::Pulley64be,
        };
        let binary_format = BinaryFormat::Elf;
        Self(Some(Triple { architecture, binary_format, ..Triple::unknown() }))
    }

    /// Whether code for this target is interpreted: it needs
    /// [`EngineOptions::interpreter`](crate::EngineOptions::interpreter).
    pub fn is_interpreted(&self) -> bool {
        is_interpreted(&self.triple())
    }

    /// What a compiler is told; `None` where it is to find out what this machine can.
    pub(crate) fn named(&self) -> Option<&Triple> {
        self.0.as_ref()
    }

    pub(crate) fn triple(&self) -> Triple {
        self.0.clone().unwrap_or_else(Triple::host)
    }

    /// Whether machines of this target run code that was compiled for the other.
    pub(crate) fn runs(&self, other: &Self) -> bool {
        let (own, other) = (self.triple(), other.triple());
        own.architecture == other.architecture && own.operating_system == other.operating_system
    }

    /// The same under the name that other machines know it by.
    pub(crate) fn everywhere(&self) -> Self {
        Self(Some(self.triple()))
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(name: &str) -> Result<Self, TargetError> {
        if name == HOST {
            return Ok(Self::host());
        }
        let unknown = || TargetError { name: name.to_owned(), known: Self::names().collect() };
        let known = Self::names().find(|it| *it == name).ok_or_else(unknown)?;
        Ok(Self(Some(known.parse().map_err(|_| unknown())?)))
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.triple())
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <&str>::deserialize(deserializer)?;
        let triple = name.parse().map_err(|error| D::Error::custom(format!("{error}")))?;
        Ok(Self(Some(triple)))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str(HOST),
            Some(triple) => {
                let is_it = |name: &&&str| name.parse::<Triple>().is_ok_and(|it| it == *triple);
                match TRIPLES.iter().find(is_it) {
                    Some(name) => f.write_str(name),
                    None => triple.fmt(f),
                }
            }
        }
    }
}

fn is_interpreted(triple: &Triple) -> bool {
    use Architecture as A;
    matches!(triple.architecture, A::Pulley32 | A::Pulley32be | A::Pulley64 | A::Pulley64be)
}
