//! Plugins in Python: what their projects say, and how componentize-py builds them.

mod finish;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_bindgen::{Source, load};
use serde::Deserialize;
use tempfile::TempDir;
use wit_component::WitPrinter;
use wit_parser::{WorldItem, WorldKey};

use crate::commands::doctor::Check;
use crate::failure::{self, Failure};
use crate::languages::{Build, Contract, Manifest, Starter};
use crate::tools::{self, DOCTOR, Registry, Tool, python};
use crate::ui::Ui;

const LANGUAGE: &str = "python";

const FILE: &str = "pyproject.toml";

const TOOL: Tool = Tool {
    name: "componentize-py",
    version: "0.25.1",
    purpose: "builds plugins",
    registry: Registry::Pypi,
    packages: &["componentize-py==0.25.1"],
    program: "componentize_py/__init__.py",
};

/// The first plugin of a project.
pub(crate) const STARTER: Starter = Starter {
    file: "plugin.py",
    text: include_str!("../commands/new/plugin.py.txt"),
    ignore: "__pycache__/\n.venv/\n",
    indent: 4,
};

/// Runs componentize-py, and tells its errors as the plugin's: with the paths of files as they are on this disk.
const DRIVER: &str = "\
import os, re, sys
from componentize_py import script
roots = sys.argv.pop(1).split(os.pathsep)
try:
    script()
except BaseException as error:
    text = str(error)
    if isinstance(error, SystemExit) and not text.strip('0'):
        raise
    place = lambda found: '\"' + roots[int(found[1])] + '/' if int(found[1]) < len(roots) else found[0]
    sys.exit(re.sub(r'\"/(\\d+)/', place, text.partition('\\n\\nStack backtrace:')[0]))
";

#[derive(Debug, Deserialize)]
struct Pyproject {
    project: Option<Metadata>,
    #[serde(default)]
    tool: Tools,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
struct Tools {
    plugwright: Option<Settings>,
}

/// What stands under `[tool.plugwright]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    wit: Option<PathBuf>,
    world: Option<String>,
    /// The folder of the SDK, seen from the project.
    sdk: Option<PathBuf>,
    /// The module that exports the plugin's classes.
    module: Option<String>,
}

/// How an SDK wants to be built with.
#[derive(Debug, Deserialize)]
struct Sdk {
    package: String,
    world: String,
    #[serde(default)]
    imports: BTreeMap<String, String>,
    #[serde(default)]
    exports: BTreeMap<String, String>,
}

/// Reads what `pyproject.toml` says.
pub(crate) fn manifest(dir: &Path) -> Result<Manifest, Failure> {
    let (name, settings) = read(dir)?;
    let contract = match settings {
        Settings { wit: Some(wit), world, .. } => Some(Contract { wit, world }),
        Settings { wit: None, .. } => None,
    };
    Ok(Manifest { name, contract, stack: None })
}

fn read(dir: &Path) -> Result<(String, Settings), Failure> {
    let path = dir.join(FILE);
    let text = fs::read_to_string(&path).map_err(|source| Failure::file("read", &path, &source))?;
    let invalid = |err: toml::de::Error| {
        Failure::input(format!("`{}` is not valid", path.display()))
            .cause(err.to_string().trim_end())
            .hint("`[tool.plugwright]` has the keys `wit`, `world`, `sdk` and `module`")
    };
    let Pyproject { project, tool } = toml::from_str(&text).map_err(invalid)?;
    let Metadata { name } = project.ok_or_else(|| {
        Failure::input(format!("`{}` names no project", path.display()))
            .hint("add to it:\n  [project]\n  name = \"a-plugin\"\n  version = \"0.1.0\"")
    })?;
    Ok((name, tool.plugwright.unwrap_or_default()))
}

/// Has componentize-py build the component.
pub(crate) fn build(build: &Build<'_>) -> Result<Vec<u8>, Failure> {
    let project = build.project;
    let (_, settings) = read(&project.full)?;
    let sdk = project.full.join(settings.sdk.as_deref().unwrap_or(Path::new("sdk")));
    let Sdk { package, world, imports, exports } = read_sdk(&sdk, &project.name)?;
    let source = load(&sdk.join("wit"), Some(&world))
        .map_err(|err| failure::unusable_wit(&sdk.join("wit").display().to_string(), &err))?;
    let module = settings.module.as_deref().unwrap_or("plugin");
    let mut source = source;
    let aliases = rename(&mut source);
    let temporary = prepare(&source, &package, module)?;
    let output = temporary.path().join("plugin.wasm");
    let roots = [
        temporary.path().join("app"),
        project.full.clone(),
        project.full.join("src"),
        sdk.join("src"),
    ];
    let roots: Vec<_> = roots.into_iter().filter(|it| it.is_dir()).collect();
    let joined = env::join_paths(&roots).map_err(|err| {
        Failure::input(format!("`{}` cannot be built where it is", project.name))
            .cause(err.to_string())
            .hint("move it into a folder whose name has no colon")
    })?;
    let mut command = Command::new(python());
    command.args(["-c", DRIVER]).arg(joined).arg("--quiet").arg("--wit-path");
    command.arg(temporary.path().join("wit")).args(["--world", &selector(&source)]);
    for (option, names) in [("import", &imports), ("export", &exports)] {
        for (interface, name) in names {
            command.arg(format!("--{option}-interface-name")).arg(format!("{interface}={name}"));
        }
    }
    command.args(["componentize", APP]);
    for root in &roots {
        command.arg("--python-path").arg(root);
    }
    if build.pure {
        command.arg("--stub-wasi");
    }
    command.arg("--output").arg(&output).current_dir(&project.full);
    // The backtrace would be that of the tool.
    command.env("PYTHONPATH", TOOL.dir()).env("RUST_BACKTRACE", "0");
    let environment = project.full.join(".venv");
    if env::var_os("VIRTUAL_ENV").is_none() && environment.is_dir() {
        command.env("VIRTUAL_ENV", environment);
    }
    tools::run(command, "componentize-py", &project.name)?;
    let component = fs::read(&output).map_err(|source| Failure::file("read", &output, &source))?;
    let failed =
        || Failure::internal(format!("the component of `{}` cannot be finished", project.name));
    let finished = finish::finish(&component, &aliases).map_err(|err| failed().because(&err))?;
    finished.ok_or_else(|| failed().cause("it has no runtime of Python that is known"))
}

/// Gives functions of the world itself other names, as long, where the C library could have the same; componentize-py
/// cannot link those.
///
/// In Python there is no difference: it writes `read` for `READ` as well. And nothing else in a world can have the
/// name, as names of WIT differ in more than that.
fn rename(source: &mut Source) -> Vec<(String, String)> {
    let exports = &mut source.resolve.worlds[source.world].exports;
    let mut aliases = Vec::new();
    for (key, mut item) in std::mem::take(exports) {
        let key = match (key, &mut item) {
            // Names of C have no hyphen, and functions of the library no capitals.
            (WorldKey::Name(name), WorldItem::Function(function)) if !name.contains('-') => {
                let alias = name.to_ascii_uppercase();
                function.name.clone_from(&alias);
                aliases.push((alias.clone(), name));
                WorldKey::Name(alias)
            }
            (key, _) => key,
        };
        exports.insert(key, item);
    }
    aliases
}

/// The module that componentize-py loads; it loads the plugin's.
const APP: &str = "plugwright_app";

/// Writes what componentize-py is given: the module to load, and the WIT.
fn prepare(source: &Source, package: &str, module: &str) -> Result<TempDir, Failure> {
    let temporary = tempfile::tempdir()
        .map_err(|err| Failure::system("a temporary folder cannot be made", &err))?;
    let app = format!(
        "from {package} import _component, _world\n\n\
         globals().update(_component.connect({module:?}, _world.WORLD))\n"
    );
    let files = [
        (temporary.path().join("app").join(format!("{APP}.py")), app),
        (temporary.path().join("wit").join("world.wit"), wit(source)?),
    ];
    for (path, text) in files {
        crate::files::write(&path, text.as_bytes())?;
    }
    Ok(temporary)
}

/// Prints the WIT without its docs, which componentize-py would copy into code.
fn wit(source: &Source) -> Result<String, Failure> {
    let others = source.resolve.packages.iter().map(|(id, _)| id);
    let others: Vec<_> = others.filter(|it| *it != source.package).collect();
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print(&source.resolve, source.package, &others).map_err(|err| {
        Failure::input("the WIT of the SDK cannot be printed").cause(err.to_string())
    })?;
    Ok(printer.output.to_string())
}

/// Names the world so that it cannot be taken for a word of WIT.
fn selector(source: &Source) -> String {
    let world = &source.resolve.worlds[source.world];
    match world.package.filter(|it| *it != source.package) {
        None => format!("%{}", world.name),
        Some(package) => {
            let package = &source.resolve.packages[package].name;
            let version = package.version.as_ref().map(|it| format!("@{it}")).unwrap_or_default();
            format!("{}:{}/%{}{version}", package.namespace, package.name, world.name)
        }
    }
}

/// Finds the package in the folder of an SDK.
fn read_sdk(sdk: &Path, project: &str) -> Result<Sdk, Failure> {
    let packages = fs::read_dir(sdk.join("src")).into_iter().flatten().flatten();
    let mut files = packages.map(|it| it.path().join("componentize.toml"));
    let path = files.find(|it| it.is_file()).ok_or_else(|| {
        Failure::input(format!("`{project}` has no SDK"))
            .cause(format!("there is none in `{}`", sdk.display()))
            .hint("make it: `plugwright generate python --wit wit --world WORLD -o sdk`, or name its folder with `sdk` under `[tool.plugwright]`")
    })?;
    let text = fs::read_to_string(&path).map_err(|source| Failure::file("read", &path, &source))?;
    toml::from_str(&text).map_err(|err| {
        Failure::input(format!("`{}` is not valid", path.display()))
            .cause(err.to_string().trim_end())
            .hint("generate the SDK again with `plugwright generate python`")
    })
}

/// Refuses to build where a tool is missing.
pub(crate) fn ready() -> Result<(), Failure> {
    let check = Registry::Pypi.check(LANGUAGE);
    if !check.ok {
        let message = "there is no Python that builds plugins";
        let cause = match &check.version {
            Some(version) => format!("`{}` is {version}", check.name),
            None => format!("`{}` cannot be started", check.name),
        };
        return Err(Failure::input(message).cause(cause).hint(DOCTOR));
    }
    TOOL.require(LANGUAGE).map(drop)
}

/// The tools.
pub(crate) fn look() -> Vec<Check> {
    vec![Registry::Pypi.check(LANGUAGE), TOOL.check(LANGUAGE)]
}

/// Installs what is missing.
pub(crate) fn install(ui: &Ui) -> Result<(), Failure> {
    TOOL.install(ui)
}

#[cfg(test)]
mod tests {
    use plugwright_bindgen::parse;

    use super::*;

    #[test]
    fn a_world_may_have_a_word_of_wit_for_a_name() {
        let text = "package a:b@1.0.0; world %enum {}";
        assert_eq!(selector(&parse("a.wit", text, Some("enum")).unwrap()), "%enum");
        let text = "package a:b; package c:d@1.0.0 { world e {} }";
        let source = parse("a.wit", text, Some("c:d/e@1.0.0")).unwrap();
        assert_eq!(selector(&source), "c:d/%e@1.0.0");
    }

    #[test]
    fn what_the_world_exports_is_not_called_as_in_c() {
        let text = "package a:b; world c { import exit: func(); export read: func(); \
            export read-all: func(); export i: interface { write: func(); } }";
        let mut source = parse("a.wit", text, None).unwrap();
        assert_eq!(rename(&mut source), [("READ".to_owned(), "read".to_owned())]);
        let wit = wit(&source).unwrap();
        for name in ["import exit:", "export READ:", "export read-all:", "write:"] {
            assert!(wit.contains(name), "{wit}");
        }
    }

    #[test]
    fn docs_do_not_reach_the_tool() {
        let text = "package a:b;\n/// \"\"\" odd\nworld c { /// odd\nimport f: func(); }";
        let wit = wit(&parse("a.wit", text, None).unwrap()).unwrap();
        assert!(!wit.contains("odd"), "{wit}");
    }
}
