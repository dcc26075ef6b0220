//! What can be wrong with a composition.

use std::error::Error;
use std::fmt;

use crate::conform::Difference;

/// Says why components do not become one; [`ComposeError::fix`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// Two imports of one part share a resource that would be two: give both the same source.
    #[error(
        "{at} uses the resource `{resource}` of `{interface}` from {theirs}, but the part has that interface from {ours}"
    )]
    #[non_exhaustive]
    Apart {
        /// The import that uses the resource.
        at: Box<Place>,
        /// The resource.
        resource: String,
        /// The interface that defines it.
        interface: String,
        /// Where the import has it from.
        theirs: String,
        /// Where the part has the interface from.
        ours: String,
    },

    /// The plan is right, but no component came of it: report it, with the parts.
    #[error("the parts {} could not be made one component: {message}", quoted(parts))]
    #[non_exhaustive]
    Bug {
        /// The names of all parts.
        parts: Vec<String>,
        /// What went wrong.
        message: String,
        /// What the library below said.
        source: Option<Box<dyn Error + Send + Sync>>,
    },

    /// Parts need each other in a circle: take one link out of it, or make one part of them.
    #[error("parts need each other in a circle: {}", circle(parts))]
    #[non_exhaustive]
    Cycle {
        /// The names of the parts, each of which imports from the next, and the last from the first.
        parts: Vec<String>,
    },

    /// Both sides of a link have the interface or function, but differently: build them from the same WIT.
    #[error("{at} does not fit `{export}` of {provider}{}", listed(differences))]
    #[non_exhaustive]
    Differs {
        /// The import.
        at: Place,
        /// What it is linked to.
        export: String,
        /// Whose that is: a part, or another part that shares an import from outside.
        provider: String,
        /// Every difference: `expected` is what the import says, `found` what the other side says.
        differences: Vec<Difference>,
    },

    /// One export, import or part is named twice: remove one of them.
    #[error("{what} `{name}` is there twice")]
    #[non_exhaustive]
    Duplicate {
        /// What it is, such as `the part`.
        what: String,
        /// Its name.
        name: String,
    },

    /// Imports have no source: give each one.
    #[error("{}", lacks(.0))]
    Missing(Vec<Lack>),

    /// The name of an export can be no name in WIT: change it.
    #[error("`{name}` cannot be the name of an export")]
    #[non_exhaustive]
    Name {
        /// The name.
        name: String,
    },

    /// An export of the whole would use a type that has no name there: let its interface come from outside.
    #[error(
        "export `{export}` uses the type `{ty}` of `{interface}`, which part `{part}` does not have from outside"
    )]
    #[non_exhaustive]
    Nameless {
        /// The export.
        export: String,
        /// The name of the part that has it.
        part: String,
        /// The type.
        ty: String,
        /// The interface that defines it.
        interface: String,
    },

    /// The script of a composition is wrong: mend it at the place that it says.
    #[error("{rendered}")]
    #[non_exhaustive]
    Script {
        /// What is wrong, and the place in the script.
        rendered: String,
    },

    /// Nothing can stand in for what is denied: let it come from outside, or from a part.
    #[error("{at} cannot be denied: {reason}")]
    #[non_exhaustive]
    Undeniable {
        /// The import.
        at: Place,
        /// Why not.
        reason: String,
    },

    /// A part does not have the export that is asked of it: name one that it has.
    #[error("{asked} is to be `{export}` of part `{part}`, which {}", has("exports", there))]
    #[non_exhaustive]
    UnknownExport {
        /// What the export is needed for.
        asked: String,
        /// The name of the part.
        part: String,
        /// The export.
        export: String,
        /// What the part exports.
        there: Vec<String>,
    },

    /// A part does not have the import that a source is named for: name one that it has.
    #[error("part `{part}` does not import `{import}`; it {}", has("imports", there))]
    #[non_exhaustive]
    UnknownImport {
        /// The name of the part.
        part: String,
        /// The import.
        import: String,
        /// What the part imports.
        there: Vec<String>,
    },

    /// A script names a component that was not given: give it.
    #[error("the script names the component `{name}`, which was not given{at}")]
    #[non_exhaustive]
    UnknownPackage {
        /// Its name.
        name: String,
        /// The place in the script.
        at: String,
    },

    /// There is no part of this number: number them from 0.
    #[error("{asked} is to be from part {part}, and there are {there} parts")]
    #[non_exhaustive]
    UnknownPart {
        /// What it is needed for.
        asked: String,
        /// The number.
        part: usize,
        /// How many parts there are.
        there: usize,
    },

    /// The versions of an import and of its source are incompatible: build one of them against the other's WIT.
    #[error("{at} is to be `{export}` of part `{part}`, whose version is incompatible")]
    #[non_exhaustive]
    Version {
        /// The import.
        at: Place,
        /// The name of the part.
        part: String,
        /// The export.
        export: String,
    },
}

/// Names an import of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the part.
    pub part: String,
    /// The full name of the import.
    pub import: String,
}

/// Tells that an import has no source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lack {
    /// The import.
    pub at: Place,
    /// The parts that export it, in a compatible version.
    pub offered: Vec<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "import `{}` of part `{}`", self.import, self.part)
    }
}

impl ComposeError {
    /// Says what to do about it, in one sentence without a full stop.
    pub fn fix(&self) -> String {
        match self {
            ComposeError::Apart { interface, at, .. } => {
                format!("let `{interface}` and `{}` come from the same source", at.import)
            }
            ComposeError::Bug { .. } => "report this with the parts: it is a bug".to_owned(),
            ComposeError::Cycle { .. } => {
                "take one link out of the circle, or build these parts as one".to_owned()
            }
            ComposeError::Differs { .. } => {
                "build both from the same version of their WIT".to_owned()
            }
            ComposeError::Duplicate { .. } => "remove one, or give it another name".to_owned(),
            ComposeError::Missing(lacks) => match lacks.iter().find(|it| !it.offered.is_empty()) {
                Some(lack) => format!(
                    "link them, such as `{}` to part `{}`, let them come from outside, or deny them",
                    lack.at.import, lack.offered[0]
                ),
                None => "let them come from outside, or deny them".to_owned(),
            },
            ComposeError::Name { .. } => {
                "use lower-case words with hyphens, as in `run-all`, or the name of an interface, \
                 as in `example:app/run@0.1.0`"
                    .to_owned()
            }
            ComposeError::Nameless { interface, .. } => format!(
                "let `{interface}` come from outside, or move its types into an interface that has only types, and \
                 build again"
            ),
            ComposeError::Script { .. } => "mend the script there".to_owned(),
            ComposeError::Undeniable { .. } => {
                "let it come from outside, or from another part".to_owned()
            }
            ComposeError::UnknownExport { .. } | ComposeError::UnknownImport { .. } => {
                "name one that is there".to_owned()
            }
            ComposeError::UnknownPackage { name, .. } => format!("give it a file: `{name}=FILE`"),
            ComposeError::UnknownPart { .. } => "number the parts from 0".to_owned(),
            ComposeError::Version { .. } => "build one of them against the other's WIT".to_owned(),
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn circle(parts: &[String]) -> String {
    let [first, rest @ ..] = parts else { return String::new() };
    let rest: Vec<String> =
        rest.iter().chain([first]).map(|name| format!("needs `{name}`")).collect();
    format!("`{first}` {}", rest.join(", which "))
}

fn listed(differences: &[Difference]) -> String {
    let one = |it: &Difference| {
        let Difference { item, problem, expected, found, .. } = it;
        format!(
            "\n  {item}: {problem}\n    the import says: {expected}\n    the other says:  {found}"
        )
    };
    differences.iter().map(one).collect()
}

fn lacks(lacks: &[Lack]) -> String {
    let lines = lacks.iter().map(|Lack { at, offered }| match offered.as_slice() {
        [] => format!("\n  {at}"),
        parts => format!("\n  {at}, which {} exports", quoted(parts)),
    });
    let noun =
        if lacks.len() == 1 { "1 import has" } else { &format!("{} imports have", lacks.len()) };
    format!("{noun} no source:{}", lines.collect::<String>())
}

/// Lists names, the first of them if there are many.
fn has(verb: &str, names: &[String]) -> String {
    const SHOWN: usize = 8;
    match names {
        [] => format!("{verb} nothing"),
        names if names.len() <= SHOWN => format!("{verb} {}", quoted(names)),
        names => format!("{verb} {} and {} more", quoted(&names[..SHOWN]), names.len() - SHOWN),
    }
}
