//! A system of plugins, as an application file says it, checked before any of it runs.
//!
//! [`Plan::read`] reads `app.toml` and everything that it names, and finds every fault at once. What it gives
//! has none: every import has one that answers it, with the same types, and every plugin has what its policy allows.
//!
//! Read the files in this order: `code` and `finding` (what can be said), `file` (the text), `members` (what it
//! names), `links` (who answers whom), `provided` (what the host calls), `crossing` (the types on the way),
//! `resources`, `reach`, `policies`, `joints`; then `groups`, by which it is loaded.

mod code;
mod crossing;
mod file;
mod finding;
mod groups;
mod joints;
mod links;
mod members;
mod policies;
mod provided;
mod reach;
mod resources;

use std::error::Error;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use semver::Version;

pub use self::code::{Code, Severity};
use self::file::File;
use self::finding::Findings;
pub use self::finding::{Finding, Place};
pub use self::groups::{Answer, Group, Offer, Ungranted};
use crate::artifact::Artifact;
use crate::policy::Policy;
use crate::world::World;

/// The most bytes that an application file may have.
pub const MAX_TEXT: u64 = 1 << 20;

/// Reads a world from a file or a folder of WIT: the one of this name, or the only one.
///
/// Whoever reads an application brings it along, because this crate knows components and not the text of WIT.
pub type ReadWorld<'a> = &'a dyn Fn(&Path, Option<&str>) -> Result<World, Box<dyn Error>>;

/// Holds an application that was read and checked, in which nothing was found that makes it fail.
#[derive(Debug)]
pub struct Plan {
    text: String,
    /// Where its file lies.
    folder: PathBuf,
    name: String,
    version: Option<Version>,
    world: Option<World>,
    members: Vec<Member>,
    links: Vec<Link>,
    exports: Vec<Export>,
    findings: Vec<Finding>,
}

/// Describes one plugin of an application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Member {
    /// Its name in the application file.
    pub name: String,
    /// Its component.
    pub artifact: Artifact,
    /// What it may use and spend.
    pub policy: Policy,
    /// Who answers for it; plugins for which the same one does may share a sandbox.
    pub trust: Option<String>,
}

/// Describes who answers an import of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The plugin that imports, as a place in [`Plan::members`].
    pub from: usize,
    /// The full name of what it imports.
    pub import: String,
    /// Who answers.
    pub to: End,
    /// How calls get there.
    pub joint: Joint,
    /// Why it is made so.
    pub reason: String,
}

/// Names who answers an import.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The program that loads the application.
    Host,
    /// Another plugin.
    #[non_exhaustive]
    Plugin {
        /// Its place in [`Plan::members`].
        member: usize,
        /// The full name of what it exports, whose version may differ.
        export: String,
    },
}

/// Tells how a link is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Joint {
    /// Both plugins become one component: a call costs nanoseconds, and they share one budget and one fate.
    Fused,
    /// Each lives in a store of its own: a trap in one is an error in the other.
    Isolated,
    /// The host is called.
    Host,
}

/// Describes what an application offers to its host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// The full name, as the world of the host has it.
    pub name: String,
    /// The plugin that provides it, as a place in [`Plan::members`].
    pub member: usize,
    /// The full name in that plugin, whose version may differ.
    pub export: String,
}

/// Holds what was found in an application file, and its text.
#[derive(Debug, thiserror::Error)]
#[error("the application `{}` has {}", path.display(), counted(findings))]
#[non_exhaustive]
pub struct Faults {
    /// The application file.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// What was found, in the order of the file; at least one is an error.
    pub findings: Vec<Finding>,
}

/// Says why an application cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// Something in it is wrong: do what the findings say.
    #[error(transparent)]
    Faults(Box<Faults>),

    /// The application file itself cannot be read: correct the path.
    #[error("cannot read `{}`", path.display())]
    #[non_exhaustive]
    Io {
        /// The path as it was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The application file is larger than [`MAX_TEXT`], or no text: give the file that lists the plugins.
    #[error("`{}` is not an application file: {problem}", path.display())]
    #[non_exhaustive]
    NotText {
        /// The path as it was given.
        path: PathBuf,
        /// What it is instead.
        problem: String,
    },
}

fn counted(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|it| it.severity == Severity::Error).count();
    match errors {
        1 => "1 error".to_owned(),
        all => format!("{all} errors"),
    }
}

impl Plan {
    /// Reads an application file, and the WIT and the components that it names, and checks how they fit.
    ///
    /// Nothing is compiled. What it names has to be in the folder of the file.
    /// `world` reads the WIT of the host, where the file names one.
    ///
    /// # Errors
    ///
    /// [`ApplicationError::Faults`] has everything that is wrong at once.
    pub fn read(path: impl AsRef<Path>, world: ReadWorld<'_>) -> Result<Plan, ApplicationError> {
        let path = path.as_ref();
        let text = text(path)?;
        let mut findings = Findings::new(&text);
        let folder = path.parent().unwrap_or(Path::new(""));
        let built = build(folder, &text, world, &mut findings);
        let failed = findings.any_error();
        let findings = findings.sorted();
        match built {
            Some(plan) if !failed => Ok(Plan { findings, text, ..plan }),
            _ => Err(ApplicationError::Faults(Box::new(Faults {
                path: path.to_owned(),
                text,
                findings,
            }))),
        }
    }

    /// Gives what its file says, in which [`Plan::findings`] have their places.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives its version.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// Gives the world of the host, where the file names one.
    pub fn world(&self) -> Option<&World> {
        self.world.as_ref()
    }

    /// Lists its plugins, in the order of their names.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Gives its plugins with the folders that they are granted as its file names them, wherever it lies.
    pub(crate) fn as_written(&self) -> Vec<Member> {
        let mut members = self.members.clone();
        let granted = members.iter_mut().flat_map(|it| &mut it.policy.grants.folders);
        for it in granted {
            if let Ok(written) = it.host.strip_prefix(&self.folder) {
                it.host = written.to_owned();
            }
        }
        members
    }

    /// Gives the policies of its plugins, to be changed before they are loaded, such as in where plugins print.
    pub fn policies_mut(&mut self) -> impl Iterator<Item = &mut Policy> {
        self.members.iter_mut().map(|it| &mut it.policy)
    }

    /// Lists who answers the imports of the plugins; what the runtime answers, such as `wasi:*`, is not among them.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Lists what it offers to its host.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// Lists what was found, though it makes nothing fail: warnings and notes, in the order of the file.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

fn text(path: &Path) -> Result<String, ApplicationError> {
    use std::io::Read as _;
    let not_text = |problem: String| ApplicationError::NotText { path: path.to_owned(), problem };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_TEXT + 1).read_to_end(&mut bytes))
        .map_err(|source| ApplicationError::Io { path: path.to_owned(), source })?;
    if bytes.len() as u64 > MAX_TEXT {
        return Err(not_text(format!("it has more than {MAX_TEXT} bytes")));
    }
    String::from_utf8(bytes)
        .map_err(|err| not_text(format!("it is not UTF-8: {}", err.utf8_error())))
}

/// An application whose parts are known as far as they could be read.
struct Draft<'f> {
    file: &'f File,
    /// One for each entry of the file.
    artifacts: Vec<Option<Artifact>>,
    world: Option<World>,
}

/// One import, and who answers it.
#[derive(Clone, Debug)]
struct Wire {
    from: usize,
    import: String,
    to: End,
    /// What the file asks for, at its place; where it says nothing, the place of the link.
    how: Option<file::How>,
    span: Range<usize>,
}

fn build(
    folder: &Path,
    text: &str,
    world: ReadWorld<'_>,
    findings: &mut Findings<'_>,
) -> Option<Plan> {
    let file = file::read(text, findings)?;
    let draft = Draft {
        artifacts: members::read(folder, &file, findings),
        world: members::world(folder, &file, world, findings),
        file: &file,
    };
    let wires = links::resolve(&draft, findings);
    let exports = provided::exports(&draft, findings);
    crossing::compare(&draft, &wires, &exports, findings);
    crossing::versions(&draft, findings);
    resources::compare(&draft, &wires, findings);
    reach::order(&draft, &wires, findings);
    // Of what is not linked as it should be nobody knows whether it is used.
    if !findings.any_error() {
        reach::unused(&draft, &wires, &exports, findings);
    }
    policies::check(&draft, &wires, findings);
    let links = joints::choose(&draft, &wires, findings);
    let members = file.entries.iter().zip(draft.artifacts).map(|(entry, artifact)| {
        let mut policy = entry.policy.clone();
        for granted in &mut policy.grants.folders {
            granted.host = folder.join(&granted.host);
        }
        Some(Member {
            name: entry.name.get_ref().clone(),
            artifact: artifact?,
            policy,
            trust: entry.trust.as_ref().map(|it| it.get_ref().clone()),
        })
    });
    let plan = Plan {
        members: members.collect::<Option<_>>()?,
        text: String::new(),
        folder: folder.to_owned(),
        name: file.name.get_ref().clone(),
        version: file.version.clone(),
        world: draft.world,
        links,
        exports: exports.into_iter().map(|(export, _)| export).collect(),
        findings: Vec::new(),
    };
    groups::check(&plan, &file, findings);
    Some(plan)
}

impl fmt::Display for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Joint::Fused => "fused",
            Joint::Isolated => "isolated",
            Joint::Host => "host",
        })
    }
}

impl Draft<'_> {
    fn name(&self, member: usize) -> &str {
        self.file.entries[member].name.get_ref()
    }

    /// The plugins that could be read.
    fn known(&self) -> impl Iterator<Item = (usize, &Artifact)> {
        self.artifacts.iter().enumerate().filter_map(|(at, it)| it.as_ref().map(|it| (at, it)))
    }
}
