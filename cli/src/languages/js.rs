//! Plugins in JavaScript and TypeScript: what their projects say, and how esbuild and componentize-qjs build them.

mod contract;
mod finish;
mod handles;
mod loader;
mod undo;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_bindgen::load;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::args::PluginLanguage;
use crate::commands::doctor::Check;
use crate::failure::{self, Failure};
use crate::languages::{Build, Contract, Manifest, Starter};
use crate::tools::{self, Registry, Tool};
use crate::ui::Ui;

/// The first plugin of a project.
pub(crate) const STARTER: Starter = Starter {
    file: "plugin.js",
    text: include_str!("../commands/new/plugin.js.txt"),
    ignore: "/node_modules/\n",
    indent: 2,
};

/// The first plugin of a project in TypeScript.
pub(crate) const STARTER_TS: Starter = Starter { file: "plugin.ts", ..STARTER };

/// What builds plugins; the runtime, the bundler and the checker of types fit each other.
const TOOL: Tool = Tool {
    name: "componentize-qjs",
    version: "0.4.5",
    purpose: "builds plugins",
    registry: Registry::Npm,
    packages: &["componentize-qjs@0.4.5", "esbuild@0.28.2", "typescript@7.0.2"],
    program: "node_modules/componentize-qjs/cli.mjs",
};

const DRIVER: &str = include_str!("js/build.mjs");

/// What is read of a `package.json`.
#[derive(Debug, Deserialize)]
struct Package {
    name: Option<String>,
    main: Option<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
    #[serde(default, rename = "devDependencies")]
    dev_dependencies: BTreeMap<String, String>,
    plugwright: Option<serde_json::Value>,
}

/// What an SDK says to the build.
#[derive(Debug, Deserialize)]
struct Recipe {
    entry: PathBuf,
    world: String,
    #[serde(rename = "async")]
    is_async: bool,
    imports: Vec<String>,
    aliases: BTreeMap<String, String>,
}

/// The SDK of a project.
#[derive(Debug)]
struct Sdk {
    name: String,
    dir: PathBuf,
    recipe: Recipe,
}

/// What `build.mjs` is told.
#[derive(Debug, Serialize)]
struct Todo<'a> {
    tools: PathBuf,
    project: &'a Path,
    plugin: &'a Path,
    sdk: TodoSdk<'a>,
    entry: PathBuf,
    external: Vec<String>,
    /// What the runtime is told that imports of the plugin are called.
    told: BTreeMap<&'a str, &'a str>,
    conditions: Vec<&'static str>,
    wit: &'a Path,
    world: &'a str,
    component: &'a Path,
    release: bool,
    pure: bool,
    sync: bool,
}

#[derive(Debug, Serialize)]
struct TodoSdk<'a> {
    name: &'a str,
    dir: &'a Path,
}

fn read(path: &Path) -> Result<Package, Failure> {
    let text = fs::read_to_string(path).map_err(|source| Failure::file("read", path, &source))?;
    serde_json::from_str(&text)
        .map_err(|err| Failure::input(format!("`{}` is not valid", path.display())).because(&err))
}

/// Reads what `package.json` says.
pub(crate) fn manifest(dir: &Path, _full: &Path) -> Result<Manifest, Failure> {
    let path = dir.join("package.json");
    let package = read(&path)?;
    let name = package.name.ok_or_else(|| {
        Failure::input(format!("`{}` does not name the plugin", path.display()))
            .hint("give it a `name`")
    })?;
    let contract = match package.plugwright {
        None => None,
        Some(value) => Some(Contract::deserialize(value).map_err(|err| {
            Failure::input(format!("`plugwright` in `{}` is not valid", path.display()))
                .because(&err)
                .hint("it has the keys `wit` and `world`")
        })?),
    };
    // A scope is for the registry, and no part of a file's name.
    let name = name.rsplit('/').next().unwrap_or(&name).to_owned();
    Ok(Manifest { name, contract, stack: None })
}

/// Why a package cannot have a name.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    ["favicon", "node_modules"].contains(&name).then_some("npm has reserved it")
}

/// The tools, as they are found.
pub(crate) fn look() -> Vec<Check> {
    let language = PluginLanguage::Js.to_string();
    vec![Registry::Npm.check(&language), TOOL.check(&language)]
}

/// Installs what is missing of them.
pub(crate) fn install(ui: &Ui) -> Result<(), Failure> {
    TOOL.install(ui)
}

/// Refuses to begin where a tool is missing.
pub(crate) fn ready() -> Result<(), Failure> {
    let language = PluginLanguage::Js.to_string();
    TOOL.require(&language)?;
    if Registry::Npm.check(&language).ok {
        return Ok(());
    }
    Err(Failure::input("Node.js 20 or newer is not installed").hint(tools::DOCTOR))
}

/// Bundles the plugin with its SDK, and makes a component of it.
pub(crate) fn build(build: &Build<'_>) -> Result<Vec<u8>, Failure> {
    let Build { project, source, .. } = *build;
    let package = read(&project.full.join("package.json"))?;
    let plugin = plugin(&project.full, &package)?;
    let sdk = sdk(&project.full, &package)?;
    let work = TempDir::with_prefix("plugwright-")
        .map_err(|source| Failure::system("no temporary folder can be made", &source))?;
    if plugin.extension().is_some_and(|it| it == "ts" || it == "mts") {
        check_types(&project.full, &plugin, &sdk, work.path(), &project.name)?;
    }
    let own;
    let source = match source {
        Some(source) => source,
        None => {
            let wit = sdk.dir.join("wit");
            own = load(&wit, Some(&sdk.recipe.world))
                .map_err(|err| failure::unusable_wit(&wit.display().to_string(), &err))?;
            &own
        }
    };
    let contract = contract::contract(source, &sdk.aliases(), build.pure).map_err(|reason| {
        Failure::internal("the world cannot be written for the toolchain").cause(reason)
    })?;
    let bytes = componentize(build, &plugin, &sdk, &contract, work.path())?;
    finished(&bytes, &contract, &sdk).map_err(|err| {
        let message = format!("the component of `{}` cannot be finished", project.name);
        Failure::internal(message).because(&err)
    })
}

/// Makes of what the toolchain gives what the world says.
fn finished(bytes: &[u8], contract: &contract::Contract, sdk: &Sdk) -> finish::Result<Vec<u8>> {
    let taken_out = loader::taken_out(bytes)?;
    let bytes = undo::without_private(taken_out.as_deref().unwrap_or(bytes))?;
    let mut aliases = undo::apart(&bytes, &contract.aliases)?;
    aliases.extend(contract.aliases.iter().cloned());
    aliases.extend(sdk.aliases());
    finish::finish(&bytes, &aliases)
}

/// Finds the plugin's file.
fn plugin(dir: &Path, package: &Package) -> Result<PathBuf, Failure> {
    if let Some(main) = &package.main {
        let path = dir.join(main);
        return path.is_file().then_some(path).ok_or_else(|| {
            Failure::input(format!("there is no `{main}`, which package.json names as `main`"))
        });
    }
    let mut paths =
        ["plugin.ts", "plugin.js", "plugin.mts", "plugin.mjs"].iter().map(|it| dir.join(it));
    paths.find(|it| it.is_file()).ok_or_else(|| {
        Failure::input(format!("there is no plugin in `{}`", dir.display()))
            .cause("it has neither `plugin.ts` nor `plugin.js`")
            .hint("name the file as `main` in package.json")
    })
}

/// Finds the SDK among what the project depends on: by its path, or where npm puts packages.
fn sdk(dir: &Path, package: &Package) -> Result<Sdk, Failure> {
    for (name, version) in package.dependencies.iter().chain(&package.dev_dependencies) {
        let named = version.strip_prefix("file:").map(|it| dir.join(it));
        let installed = dir.ancestors().map(|it| it.join("node_modules").join(name));
        let mut places = named.into_iter().chain(installed);
        let Some(place) = places.find(|it| it.join("package.json").is_file()) else { continue };
        let Some(recipe) = read(&place.join("package.json"))?.plugwright else { continue };
        let Ok(recipe) = Recipe::deserialize(recipe) else { continue };
        let dir = place.canonicalize().map_err(|source| Failure::file("open", &place, &source))?;
        return Ok(Sdk { name: name.clone(), dir, recipe });
    }
    Err(Failure::input(format!("`{}` depends on no SDK", dir.join("package.json").display()))
        .cause("none of its dependencies that can be found was made by `plugwright generate js`")
        .hint(
            "name the SDK by its path, as in `\"heater-sdk\": \"file:sdk\"`, or run `npm install`",
        ))
}

impl Sdk {
    /// What the toolchain is told that interfaces are called, each with its name.
    fn aliases(&self) -> Vec<(String, String)> {
        self.recipe.aliases.clone().into_iter().collect()
    }
}

/// Has TypeScript check the plugin, by the project's own settings where it has any.
fn check_types(
    project: &Path,
    plugin: &Path,
    sdk: &Sdk,
    work: &Path,
    name: &str,
) -> Result<(), Failure> {
    let mut settings = project.join("tsconfig.json");
    if !settings.is_file() {
        settings = work.join("tsconfig.json");
        let paths = serde_json::json!({
            &sdk.name: [sdk.dir.join("index.d.ts")],
            format!("{}/*", sdk.name): [sdk.dir.join("*")],
        });
        let text = serde_json::json!({
            "compilerOptions": {
                "target": "ES2023",
                "lib": ["ES2023", "ESNext.Disposable"],
                "module": "ESNext",
                "moduleResolution": "Bundler",
                "strict": true,
                "types": [],
                "paths": paths,
            },
            "files": [plugin],
        });
        write(&settings, text.to_string().as_bytes())?;
    }
    let mut tsc = Command::new("node");
    tsc.arg(TOOL.dir().join("node_modules/typescript/bin/tsc"));
    tsc.args(["--noEmit", "--pretty", "false", "--project"]).arg(&settings).current_dir(project);
    tools::run(tsc, "tsc", name)
}

fn componentize(
    build: &Build<'_>,
    plugin: &Path,
    sdk: &Sdk,
    contract: &contract::Contract,
    work: &Path,
) -> Result<Vec<u8>, Failure> {
    let Build { project, release, pure, .. } = *build;
    let (driver, wit) = (work.join("build.mjs"), work.join("world.wit"));
    let (todo, component) = (work.join("todo.json"), work.join("plugin.wasm"));
    write(&driver, DRIVER.as_bytes())?;
    write(&wit, contract.wit.as_bytes())?;
    let mut external = sdk.recipe.imports.clone();
    let mut conditions = vec!["plugwright"];
    if contract.has_stdio {
        conditions.push("plugwright-stdio");
        external.extend(contract::STREAMS.map(str::to_owned));
    }
    let what = Todo {
        tools: TOOL.dir().join("node_modules"),
        project: &project.full,
        plugin,
        sdk: TodoSdk { name: &sdk.name, dir: &sdk.dir },
        entry: sdk.dir.join(&sdk.recipe.entry),
        external,
        told: contract.aliases.iter().map(|(told, it)| (it.as_str(), told.as_str())).collect(),
        conditions,
        wit: &wit,
        world: &contract.world,
        component: &component,
        release,
        pure,
        // It is smaller, and calls are faster.
        sync: !sdk.recipe.is_async,
    };
    let text = serde_json::to_string(&what).expect("paths of temporary folders are text");
    write(&todo, text.as_bytes())?;
    let mut node = Command::new("node");
    node.arg(&driver).arg(&todo).current_dir(&project.full);
    tools::run(node, TOOL.name, &project.name)?;
    fs::read(&component).map_err(|source| Failure::file("read", &component, &source))
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    fs::write(path, content).map_err(|source| Failure::file("write", path, &source))
}
