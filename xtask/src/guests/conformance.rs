//! Plugins that are one file each: those of `guests`, where each folder is a behaviour, with a world and one plugin a
//! language, and those of the example `checkout`, where each folder is a team, and all worlds are in one package.

use std::fs;
use std::path::{Path, PathBuf};

use super::{BUILDERS, COMPONENTS, plugwright, unless_fresh};
use crate::command;
use crate::error::StepError;
use crate::fingerprint;

/// Lists the languages, by the ending of the plugin's file.
const LANGUAGES: &[Language] = &[
    Language::new("c", "c", "plugin.c"),
    Language::new("go", "go", "main.go"),
    Language::new("js", "js", "plugin.js"),
    Language::new("py", "python", "plugin.py"),
    Language::new("rs", "rust", "src/lib.rs"),
    Language { builder: "js", ..Language::new("ts", "ts", "plugin.ts") },
];

/// What builds a finished project, beside the file of its language.
const TOOLS: [&str; 4] =
    ["cli/src/componentize.rs", "cli/src/tools.rs", "Cargo.lock", "rust-toolchain.toml"];

/// A language that plugins are written in.
#[derive(Debug)]
struct Language {
    /// How the plugin's file ends.
    ending: &'static str,
    /// What `plugwright new --lang` calls it, and the component is named after.
    name: &'static str,
    /// Where a new project has its plugin.
    source: &'static str,
    /// The module of the command line that builds it.
    builder: &'static str,
}

impl Language {
    const fn new(ending: &'static str, name: &'static str, source: &'static str) -> Self {
        Self { ending, name, source, builder: name }
    }
}

/// One plugin of a behaviour, or of a team.
#[derive(Debug)]
pub(super) struct Plugin {
    /// What the component is called, beside its language.
    title: String,
    world: String,
    /// Where the world is.
    wit: PathBuf,
    language: &'static Language,
    /// The folder of the plugin.
    dir: PathBuf,
}

/// Lists the folders of the example's plugins, and the world of each.
const TEAMS: [(&str, &str); 5] = [
    ("discount", "discount"),
    ("fraud", "fraud"),
    ("orders", "ordering"),
    ("pricing", "pricing"),
    ("tax", "tax"),
];

/// Finds the plugins of the example `checkout`.
pub(super) fn checkout(example: &Path) -> Vec<Plugin> {
    let mut plugins = Vec::new();
    for (team, world) in TEAMS {
        let dir = example.join("plugins").join(team);
        let (title, wit) = (format!("checkout-{team}"), example.join("wit"));
        plugins.extend(in_folder(&dir, &title, world, &wit));
    }
    plugins
}

/// Finds the plugins in a folder, one a language.
fn in_folder(dir: &Path, title: &str, world: &str, wit: &Path) -> Vec<Plugin> {
    let there = |it: &&Language| dir.join("plugin").with_extension(it.ending).is_file();
    let plugin = |language| Plugin {
        title: title.to_owned(),
        world: world.to_owned(),
        wit: wit.to_owned(),
        language,
        dir: dir.to_owned(),
    };
    LANGUAGES.iter().filter(there).map(plugin).collect()
}

/// Finds the plugins of all behaviours, in the order of their names.
pub(super) fn find(guests: &Path) -> Result<Vec<Plugin>, StepError> {
    let unreadable = |source| StepError::file("read", guests, source);
    let mut plugins = Vec::new();
    for entry in guests.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (dir, behaviour) = (entry.path(), entry.file_name());
        let behaviour = behaviour.to_string_lossy();
        plugins.extend(in_folder(&dir, &behaviour, &behaviour, &dir.join("world.wit")));
    }
    plugins.sort_by_key(Plugin::name);
    Ok(plugins)
}

impl Plugin {
    /// The component's name.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.title, self.language.name)
    }

    /// The plugin's only file.
    pub(super) fn source(&self) -> PathBuf {
        self.dir.join("plugin").with_extension(self.language.ending)
    }

    /// Makes a project around the plugin, and builds it.
    ///
    /// Most changes to what makes projects change few of them, so that a project that came out as it was is not
    /// built again.
    pub(super) fn build(&self) -> Result<(), StepError> {
        let (wit, source) = (self.wit.clone(), self.source());
        let builders = BUILDERS.iter().map(Path::new);
        let inputs = fingerprint::of([&*wit, &*source].into_iter().chain(builders))?;
        unless_fresh(&self.name(), "inputs", &inputs, |component| {
            let project = self.make_project(&wit, &source)?;
            let builder = format!("cli/src/languages/{}.rs", self.language.builder);
            let builders = [&*builder].into_iter().chain(TOOLS.iter().copied()).map(Path::new);
            let built_from = fingerprint::of([&*project].into_iter().chain(builders))?;
            unless_fresh(&self.name(), "project", &built_from, |_| {
                let mut command = plugwright()?;
                command.arg("build").arg(&project).args(["--release", "-o"]).arg(component);
                // What the plugins have in common is built once.
                command.env("CARGO_TARGET_DIR", absolute(&work().join("target"))?);
                command::run(command)
            })
        })
    }

    fn make_project(&self, wit: &Path, source: &Path) -> Result<PathBuf, StepError> {
        let project = work().join(self.name());
        if project.exists() {
            fs::remove_dir_all(&project)
                .map_err(|source| StepError::file("remove", &project, source))?;
        }
        fs::create_dir_all(work()).map_err(|source| StepError::file("create", &work(), source))?;
        let mut command = plugwright()?;
        command.args(["new", &self.name(), "--lang", self.language.name, "--wit"]);
        command.arg(absolute(wit)?).args(["--world", &self.world]).current_dir(work());
        command::run_silently(command)?;
        let first = project.join(self.language.source);
        if !first.is_file() {
            let source = std::io::ErrorKind::NotFound.into();
            return Err(StepError::file("replace", &first, source));
        }
        fs::copy(source, &first).map_err(|source| StepError::file("write", &first, source))?;
        Ok(project)
    }
}

/// Where the projects are made.
fn work() -> PathBuf {
    Path::new(COMPONENTS).join("work")
}

fn absolute(path: &Path) -> Result<PathBuf, StepError> {
    std::path::absolute(path).map_err(|source| StepError::file("find", path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_behaviour_has_a_world_and_a_plugin_in_rust() {
        let guests = Path::new("../guests");
        let plugins = find(guests).unwrap();
        for entry in guests.read_dir().unwrap() {
            let dir = entry.unwrap().path();
            if dir.is_dir() {
                assert!(dir.join("world.wit").is_file(), "{}", dir.display());
                let is_own = |it: &&Plugin| it.dir == dir && it.language.name == "rust";
                assert_eq!(plugins.iter().filter(is_own).count(), 1, "{}", dir.display());
            }
        }
    }

    #[test]
    fn a_component_is_named_after_behaviour_and_language() {
        let plugins = find(Path::new("../guests")).unwrap();
        let names: Vec<_> = plugins.iter().map(Plugin::name).collect();
        assert!(names.contains(&"reach-rust".to_owned()), "{names:?}");
        assert!(names.is_sorted());
    }
}
