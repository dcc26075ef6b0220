//! Checks the JavaScript SDK of every `tests/wit/*.wit`, and its first plugins, by TypeScript and eslint, and makes
//! components of them.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load};
use wit_parser::decoding::DecodedWasm;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// An SDK that was written.
struct Sdk {
    dir: PathBuf,
    source: Source,
    package: String,
    /// What the package says to the build.
    build: serde_json::Value,
}

/// Where `plugwright doctor --install` puts componentize-qjs, esbuild and TypeScript.
fn tools() -> Outcome<PathBuf> {
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|it| Path::new(&it).join(".local/share"));
    let folder = match std::env::var_os("PLUGWRIGHT_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => data.or(home).ok_or("a home")?.join("plugwright/tools"),
    };
    Ok(folder.join("componentize-qjs-0.4.5/node_modules"))
}

/// Where `cargo xtask toolchains` puts what only tests need.
fn test_tools() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools");
    std::env::var_os("PLUGWRIGHT_TEST_TOOLS").map_or_else(default, PathBuf::from)
}

fn cases() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir("tests/wit")?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|it| it.path()).collect();
    paths.sort();
    Ok(paths)
}

fn source(path: &Path, case: &str) -> Outcome<Source> {
    match load(path, None) {
        Err(GenerateError::WorldNotNamed { .. }) => Ok(load(path, Some(case))?),
        other => Ok(other?),
    }
}

/// Writes the SDK of each world that JavaScript can say.
fn write(root: &Path) -> Outcome<Vec<Sdk>> {
    let mut sdks = Vec::new();
    for path in cases()? {
        let case = path.file_stem().and_then(|it| it.to_str()).ok_or("a name in UTF-8")?.to_owned();
        let source = source(&path, &case)?;
        let files = match generate(Language::Js, &source, &Options::default()) {
            Ok(files) => files,
            Err(GenerateError::Unsupported { .. }) => continue,
            Err(err) => return Err(err.into()),
        };
        let dir = root.join(&case);
        let manifest: serde_json::Value =
            serde_json::from_str(files.get("package.json").ok_or("a package.json")?)?;
        for (path, text) in files {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().ok_or("a file in a folder")?)?;
            fs::write(path, text)?;
        }
        let package = manifest["name"].as_str().ok_or("a name")?.to_owned();
        sdks.push(Sdk { dir, source, package, build: manifest["plugwright"].clone() });
    }
    Ok(sdks)
}

fn run(command: &mut Command) -> Outcome<()> {
    let output = command.output().map_err(|err| format!("{command:?}: {err}"))?;
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}:\n{out}{err}").into()) }
}

/// Makes a component of a first plugin, as `plugwright build` does but for what needs more than the tools.
fn componentize(sdk: &Sdk, plugin: &str) -> Outcome<PathBuf> {
    let tools = tools()?;
    let (bundle, component) = (sdk.dir.join("bundle.js"), sdk.dir.join("plugin.wasm"));
    let entry = sdk.build["entry"].as_str().ok_or("an entry")?;
    // A script, or after its installation a program.
    let mut esbuild = Command::new(tools.join("esbuild/bin/esbuild"));
    esbuild.arg(sdk.dir.join(entry));
    esbuild.args(["--bundle", "--format=esm", "--log-level=warning", "--conditions=plugwright"]);
    esbuild.arg(format!("--alias:plugwright-plugin={}", sdk.dir.join(plugin).display()));
    esbuild.arg(format!("--alias:{}={}", sdk.package, sdk.dir.display()));
    for import in sdk.build["imports"].as_array().into_iter().flatten() {
        esbuild.arg(format!("--external:{}", import.as_str().unwrap_or_default()));
    }
    run(esbuild.arg(format!("--outfile={}", bundle.display())))?;
    let mut qjs = Command::new("node");
    qjs.arg(tools.join("componentize-qjs/cli.mjs")).arg("--wit").arg(sdk.dir.join("wit"));
    let world = &sdk.source.resolve.worlds[sdk.source.world].name;
    qjs.arg("--js").arg(&bundle).args(["--world", &format!("%{world}"), "--opt-size"]);
    if sdk.build["async"] == false {
        qjs.arg("--sync");
    }
    run(qjs.arg("--output").arg(&component))?;
    Ok(component)
}

/// Gives what a component exports.
fn exports(component: &Path) -> Outcome<BTreeSet<String>> {
    let decoded = match wit_parser::decoding::decode(&fs::read(component)?) {
        Ok(DecodedWasm::Component(resolve, world)) => (resolve, world),
        Ok(DecodedWasm::WitPackage(..)) => return Err("it is no component".into()),
        Err(err) => return Err(format!("{err:#}").into()),
    };
    let (resolve, world) = decoded;
    // The runtime has an entry of its own, by which it was prepared.
    let exports = resolve.worlds[world].exports.keys().map(|it| resolve.name_world_key(it));
    Ok(exports.filter(|it| it != "init").collect())
}

fn folder(name: &str) -> Outcome<PathBuf> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    fs::create_dir_all(&root)?;
    Ok(root)
}

#[test]
#[ignore = "needs Node.js; run by cargo xtask test"]
fn what_is_written_by_hand_passes_its_own_tests() -> Outcome<()> {
    run(Command::new("node").arg("--test").current_dir("../sdks/js"))
}

#[test]
#[ignore = "needs TypeScript and eslint; run by cargo xtask test"]
fn every_sdk_and_its_first_plugin_pass_tsc_and_eslint() -> Outcome<()> {
    let root = folder("js")?;
    for sdk in write(&root)? {
        let mut tsc = Command::new("node");
        tsc.arg(tools()?.join("typescript/bin/tsc")).arg("-p");
        run(tsc.arg(sdk.dir.join("examples/first-ts")))?;
        // The same for who writes JavaScript and has the types checked.
        let mut tsc = Command::new("node");
        tsc.arg(tools()?.join("typescript/bin/tsc"))
            .arg("-p")
            .arg(sdk.dir.join("examples/first-ts"));
        let project = sdk.dir.join("examples/first-ts/tsconfig.json");
        let text = fs::read_to_string(&project)?;
        fs::write(&project, text.replace("\"plugin.ts\"", "\"../first/plugin.js\""))?;
        run(tsc.args(["--allowJs", "--checkJs"]))?;
        fs::write(&project, text)?;
    }
    let eslint = test_tools().join("eslint/node_modules");
    fs::copy("tests/js/eslint.config.mjs", root.join("eslint.config.mjs"))?;
    let mut command = Command::new("node");
    command.arg(eslint.join("eslint/bin/eslint.js")).args(["--max-warnings", "0", "."]);
    run(command.env("PLUGWRIGHT_ESLINT", &eslint).current_dir(&root))
}

#[test]
#[ignore = "builds components; run by cargo xtask test"]
fn every_first_plugin_becomes_a_component() -> Outcome<()> {
    let root = folder("js-components")?;
    for sdk in write(&root)? {
        // The two differ in their types only, so that each of them is half of the time enough.
        let is_even = sdk.package.len() % 2 == 0;
        let plugin = if is_even { "first/plugin.js" } else { "first-ts/plugin.ts" };
        let component = componentize(&sdk, &format!("examples/{plugin}"))?;
        let world = &sdk.source.resolve.worlds[sdk.source.world];
        let wanted = world.exports.keys().map(|it| sdk.source.resolve.name_world_key(it)).collect();
        assert_eq!(exports(&component)?, wanted, "{}", sdk.dir.display());
    }
    Ok(())
}
