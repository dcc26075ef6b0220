//! What can be generated.

use std::fmt;
use std::str::FromStr;

/// What the files are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Language {
    /// The host's side, in Rust.
    Host,
    /// An SDK for plugins written in Rust.
    Rust,
    /// An SDK for plugins written in C and C++.
    C,
    /// An SDK for plugins written in Go.
    Go,
    /// An SDK for plugins written in JavaScript and TypeScript.
    Js,
    /// An SDK for plugins written in Python.
    Python,
}

/// The name of a language that cannot be generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of `host`, `rust`, `c`, `go`, `js`, `python`")]
pub struct UnknownLanguage(pub String);

impl Language {
    /// Every language, in the order in which it is listed to users.
    pub const ALL: [Language; 6] =
        [Language::Host, Language::Rust, Language::C, Language::Go, Language::Js, Language::Python];
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Host => "host",
            Language::Rust => "rust",
            Language::C => "c",
            Language::Go => "go",
            Language::Js => "js",
            Language::Python => "python",
        })
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|it| it.to_string() == name);
        found.ok_or_else(|| UnknownLanguage(name.to_owned()))
    }
}
