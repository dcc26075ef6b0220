//! What is special to each language that plugins are written in: its project file, its toolchain, its first plugin.

pub(crate) mod c;
pub(crate) mod go;
pub(crate) mod js;
mod patch;
pub(crate) mod python;
pub(crate) mod rust;

use std::fs;
use std::path::{Path, PathBuf};

use plugwright_bindgen::{Language, Source, load};
use serde::Deserialize;
use wasm_metadata::AddMetadata;

use crate::args::PluginLanguage;
use crate::commands::doctor::Check;
use crate::failure::{self, Failure};
use crate::ui::Ui;

/// A folder with a plugin in it.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) language: PluginLanguage,
    /// The folder, as it was named.
    pub(crate) dir: PathBuf,
    /// The folder in full, for tools that run elsewhere.
    pub(crate) full: PathBuf,
    /// What the plugin is called, which names the component.
    pub(crate) name: String,
    /// Where the WIT is and which world it is about, if the project says so.
    pub(crate) contract: Option<Contract>,
    /// The stack of an optimized plugin in bytes, where the project says that.
    pub(crate) stack: Option<u64>,
}

/// What a project file says about a plugin.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) contract: Option<Contract>,
    /// In Rust only.
    pub(crate) stack: Option<u64>,
}

/// The keys under which a project names its world.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contract {
    /// The WIT, seen from the project.
    pub(crate) wit: PathBuf,
    /// The world; may be left out where there is only one.
    pub(crate) world: Option<String>,
}

/// How to build.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Build<'a> {
    pub(crate) project: &'a Project,
    /// The world, where the project names one.
    pub(crate) source: Option<&'a Source>,
    /// Whether to optimize.
    pub(crate) release: bool,
    /// Whether to build without WASI.
    pub(crate) pure: bool,
}

/// A small plugin for the world that `new` makes by itself.
#[derive(Debug)]
pub(crate) struct Starter {
    /// The file of the plugin, seen from the project.
    pub(crate) file: &'static str,
    pub(crate) text: &'static str,
    /// What the language's tools leave behind, for `.gitignore`.
    pub(crate) ignore: &'static str,
    /// How wide an indentation is; 0 for tabs.
    pub(crate) indent: usize,
}

impl PluginLanguage {
    /// Every language, in the order in which project files are looked for; TypeScript is JavaScript there.
    pub(crate) const ALL: &'static [PluginLanguage] = &[
        PluginLanguage::Rust,
        PluginLanguage::C,
        PluginLanguage::Go,
        PluginLanguage::Js,
        PluginLanguage::Python,
    ];

    /// What its SDK is generated for.
    pub(crate) fn sdk(self) -> Language {
        match self {
            PluginLanguage::Rust => Language::Rust,
            PluginLanguage::C => Language::C,
            PluginLanguage::Go => Language::Go,
            PluginLanguage::Js | PluginLanguage::Ts => Language::Js,
            PluginLanguage::Python => Language::Python,
        }
    }

    /// What people call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            PluginLanguage::Rust => "Rust",
            PluginLanguage::C => "C",
            PluginLanguage::Go => "Go",
            PluginLanguage::Js => "JavaScript",
            PluginLanguage::Ts => "TypeScript",
            PluginLanguage::Python => "Python",
        }
    }

    /// The file by which a project in it is known.
    pub(crate) fn project_file(self) -> &'static str {
        match self {
            PluginLanguage::Rust => "Cargo.toml",
            PluginLanguage::C => "CMakeLists.txt",
            PluginLanguage::Go => "go.mod",
            PluginLanguage::Js | PluginLanguage::Ts => "package.json",
            PluginLanguage::Python => "pyproject.toml",
        }
    }

    /// Where a project says what its WIT and its world are.
    pub(crate) fn contract_place(self) -> &'static str {
        match self {
            PluginLanguage::Rust => "`[package.metadata.plugwright]` in Cargo.toml",
            PluginLanguage::C => "plugwright.toml",
            PluginLanguage::Go => "plugwright.toml",
            PluginLanguage::Js | PluginLanguage::Ts => "`plugwright` in package.json",
            PluginLanguage::Python => "`[tool.plugwright]` in pyproject.toml",
        }
    }

    /// Where its SDK has a whole project with a first plugin.
    pub(crate) fn first(self) -> &'static str {
        match self {
            PluginLanguage::Ts => "examples/first-ts/",
            _ => "examples/first/",
        }
    }

    /// The first plugin of a new project.
    pub(crate) fn starter(self) -> &'static Starter {
        match self {
            PluginLanguage::Rust => &rust::STARTER,
            PluginLanguage::C => &c::STARTER,
            PluginLanguage::Go => &go::STARTER,
            PluginLanguage::Js => &js::STARTER,
            PluginLanguage::Ts => &js::STARTER_TS,
            PluginLanguage::Python => &python::STARTER,
        }
    }

    /// Why a plugin cannot have a name that has the right letters, if it cannot.
    pub(crate) fn reserved(self, name: &str) -> Option<&'static str> {
        match self {
            PluginLanguage::Rust => rust::reserved(name),
            PluginLanguage::C => c::reserved(name),
            PluginLanguage::Go => go::reserved(name),
            PluginLanguage::Js | PluginLanguage::Ts => js::reserved(name),
            PluginLanguage::Python => None,
        }
    }

    /// The tools that build plugins, as they are found in a folder.
    pub(crate) fn look(self, dir: &Path) -> Vec<Check> {
        match self {
            PluginLanguage::Rust => rust::look(dir),
            PluginLanguage::C => c::look(dir),
            PluginLanguage::Go => go::look(),
            PluginLanguage::Js | PluginLanguage::Ts => js::look(),
            PluginLanguage::Python => python::look(),
        }
    }

    /// Installs what is missing of them, where a user may.
    pub(crate) fn install(self, ui: &Ui, dir: &Path) -> Result<(), Failure> {
        match self {
            PluginLanguage::Rust => rust::install(ui, dir),
            PluginLanguage::C => c::install(ui, dir),
            PluginLanguage::Go => go::install(ui),
            PluginLanguage::Js | PluginLanguage::Ts => js::install(ui),
            PluginLanguage::Python => python::install(ui),
        }
    }

    /// Refuses to begin where a tool is missing.
    fn ready(self, dir: &Path, pure: bool) -> Result<(), Failure> {
        match self {
            PluginLanguage::Rust => rust::ready(dir, pure),
            PluginLanguage::C => c::ready(dir, pure),
            PluginLanguage::Go => go::ready(pure),
            PluginLanguage::Js | PluginLanguage::Ts => js::ready(),
            PluginLanguage::Python => python::ready(),
        }
    }

    fn manifest(self, dir: &Path, full: &Path) -> Result<Manifest, Failure> {
        match self {
            PluginLanguage::Rust => rust::manifest(dir, full),
            PluginLanguage::C => c::manifest(dir, full),
            PluginLanguage::Go => go::manifest(dir),
            PluginLanguage::Js | PluginLanguage::Ts => js::manifest(dir, full),
            PluginLanguage::Python => python::manifest(dir),
        }
    }

    fn build(self, build: &Build<'_>) -> Result<Vec<u8>, Failure> {
        match self {
            PluginLanguage::Rust => rust::build(build),
            PluginLanguage::C => c::build(build),
            PluginLanguage::Go => go::build(build),
            PluginLanguage::Js | PluginLanguage::Ts => js::build(build),
            PluginLanguage::Python => python::build(build),
        }
    }
}

impl Project {
    /// Reads the project in a folder; its language is told by its project file, and its tools are there.
    pub(crate) fn read(dir: &Path, pure: bool) -> Result<Project, Failure> {
        if !dir.is_dir() {
            let source = fs::read_dir(dir).err();
            let source = source.unwrap_or(std::io::ErrorKind::NotADirectory.into());
            return Err(Failure::file("open", dir, &source));
        }
        let known = PluginLanguage::ALL.iter().copied();
        let mut found = known.filter(|it| dir.join(it.project_file()).is_file());
        let language = found.next().ok_or_else(|| no_project(dir))?;
        if let Some(other) = found.next() {
            let (one, other) = (language.project_file(), other.project_file());
            let message = format!("`{}` has two projects in it", dir.display());
            return Err(Failure::input(message)
                .cause(format!("it has `{one}` and `{other}`"))
                .hint("keep each plugin in a folder of its own"));
        }
        let full = dir.canonicalize().map_err(|source| Failure::file("open", dir, &source))?;
        language.ready(&full, pure)?;
        let Manifest { name, contract, stack } = language.manifest(dir, &full)?;
        Ok(Project { language, dir: dir.to_owned(), full, name, contract, stack })
    }

    /// Reads the WIT that the project names, if it names any.
    pub(crate) fn source(&self) -> Result<Option<Source>, Failure> {
        let Some(contract) = &self.contract else { return Ok(None) };
        let path = self.dir.join(&contract.wit);
        let source = load(&path, contract.world.as_deref()).map_err(|err| {
            let place = self.language.contract_place();
            failure::unusable_wit(&path.display().to_string(), &err)
                .hint(format!("{place} names both: `wit` and `world`"))
        })?;
        Ok(Some(source))
    }
}

/// Reads the file that says the world of a project whose own file has no place for it.
pub(crate) fn contract_file(dir: &Path) -> Result<Option<Contract>, Failure> {
    let path = dir.join("plugwright.toml");
    match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map(Some).map_err(|err| {
            Failure::input(format!("`{}` is not valid", path.display()))
                .because(&err)
                .hint("it has the keys `wit` and `world`")
        }),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::file("read", &path, &source)),
    }
}

impl Build<'_> {
    /// Has the language's own tools build the component.
    ///
    /// It says which language that is: the tools of some say only what their own runtime was written in.
    pub(crate) fn run(&self) -> Result<Vec<u8>, Failure> {
        let bytes = self.project.language.build(self)?;
        let mut add = AddMetadata::default();
        add.language.push((self.project.language.title().to_owned(), String::new()));
        add.to_wasm(&bytes).map_err(|err| {
            let name = &self.project.name;
            Failure::input(format!("what was built of `{name}` is no component"))
                .cause(err.to_string())
        })
    }
}

fn no_project(dir: &Path) -> Failure {
    let files = PluginLanguage::ALL.iter().map(|it| format!("`{}`", it.project_file()));
    Failure::input(format!("there is no project in `{}`", dir.display()))
        .cause(format!("it has none of {}", files.collect::<Vec<_>>().join(", ")))
        .hint("start one with `plugwright new NAME --lang LANG`")
}
