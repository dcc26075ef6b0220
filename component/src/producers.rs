//! Who made a component: the `producers` sections of it and of all that it contains.

use serde::Serialize;
use wasmparser::ProducersSectionReader;

/// Lists the languages and tools that a component says it was made with.
///
/// It is a claim of the file and nothing vouches for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Producers {
    /// The language that the component itself names, whatever what it contains was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_in: Option<String>,
    /// The source languages, such as `Rust`.
    pub languages: Vec<Producer>,
    /// The compilers, linkers and other tools that processed it.
    pub tools: Vec<Producer>,
    /// The SDKs that it was written with.
    pub sdks: Vec<Producer>,
}

/// Names a language, tool or SDK, and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Producer {
    /// The name, such as `rustc`.
    pub name: String,
    /// The version, often empty for a language.
    pub version: String,
}

impl Producers {
    /// Adds what one section says, without repeating what is already known.
    ///
    /// A malformed section ends early and is no error: custom sections never make a file invalid.
    pub(crate) fn add(&mut self, section: ProducersSectionReader<'_>, is_outermost: bool) {
        for field in section.into_iter().map_while(Result::ok) {
            let list = match field.name {
                "language" => &mut self.languages,
                "processed-by" => &mut self.tools,
                "sdk" => &mut self.sdks,
                _ => continue,
            };
            for value in field.values.into_iter().map_while(Result::ok) {
                if is_outermost && field.name == "language" && self.written_in.is_none() {
                    self.written_in = Some(value.name.to_owned());
                }
                let known = |it: &Producer| it.name == value.name && it.version == value.version;
                if !list.iter().any(known) {
                    let (name, version) = (value.name.to_owned(), value.version.to_owned());
                    list.push(Producer { name, version });
                }
            }
        }
    }
}
