//! The one error type of this crate.

use std::fmt;
use std::path::PathBuf;

use crate::Language;
use crate::model::Location;

/// Why no files came out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// There is no WIT where it was looked for: correct the path.
    #[error("there is no WIT at `{}`", path.display())]
    MissingPath {
        /// What was looked for.
        path: PathBuf,
    },
    /// A WIT file or folder cannot be read: make it readable.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// What cannot be read.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The WIT is wrong: correct it where the message points.
    #[error("{rendered}")]
    Syntax {
        /// What is wrong, with the file, the line and the text around it.
        rendered: String,
    },
    /// The world asked for is not there: ask for one of the known ones.
    #[error("there is no world `{asked}`; the WIT has {}", list(known))]
    WorldNotFound {
        /// The world asked for.
        asked: String,
        /// The worlds there are.
        known: Vec<String>,
    },
    /// The WIT has several worlds and none was named: name one.
    #[error("the WIT has several worlds, name one of {}", list(known))]
    WorldNotNamed {
        /// The worlds there are.
        known: Vec<String>,
    },
    /// The WIT has no world: write one.
    #[error("the WIT package `{package}` has no world")]
    NoWorld {
        /// The package that was read.
        package: String,
    },
    /// The world says what the language cannot: change the items named, or choose another language.
    #[error("{}", refusal(*language, items))]
    Unsupported {
        /// The language that was asked for.
        language: Language,
        /// Everything that is in the way.
        items: Vec<Unsupported>,
    },
    /// An option cannot be used as it is: correct it.
    #[error("the option `{option}` cannot be `{value}`: {reason}")]
    Option {
        /// The name of the option.
        option: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A generator underneath failed on WIT that it should support: report it, it is our bug.
    #[error("{generator} failed on the world `{world}`, which is a bug in Plugwright: {message}")]
    Upstream {
        /// The generator.
        generator: &'static str,
        /// The world it failed on.
        world: String,
        /// What it said.
        message: String,
    },
}

/// One thing in the WIT that stands in the way of a language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsupported {
    /// Where it stands.
    pub location: Location,
    /// What it is, such as ``the `stream` in `logs.tail` ``.
    pub item: String,
    /// What to do instead.
    pub instead: String,
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "),
    }
}

fn refusal(language: Language, items: &[Unsupported]) -> String {
    let mut text = format!("`{language}` does not support what the world says");
    for Unsupported { location, item, instead } in items {
        text.push_str(&format!("\n  {location}: {item}; {instead}"));
    }
    text
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.location, self.item, self.instead)
    }
}
