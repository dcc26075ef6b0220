//! Plugins in Rust: what their projects say, and how cargo builds them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bytesize::ByteSize;
use cargo_metadata::{CrateType, Message, MetadataCommand, Package};
use serde::Deserialize;

use crate::args::PluginLanguage;
use crate::commands::doctor::Check;
use crate::componentize::{self, System};
use crate::failure::Failure;
use crate::languages::{Build, Contract, Manifest, Starter};
use crate::tools::{DOCTOR, ask, is_older};
use crate::ui::Ui;

/// What plugins compile to.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// What plugins compile to that import nothing of WASI.
pub(crate) const PURE_TARGET: &str = "wasm32-unknown-unknown";

/// The first plugin of a project.
pub(crate) const STARTER: Starter = Starter {
    file: "src/lib.rs",
    text: include_str!("../commands/new/lib.rs.txt"),
    ignore: "/target/\n",
    indent: 4,
};

/// The oldest Rust that builds plugins: SDKs are written in the edition of 2024.
const OLDEST: (u32, u32) = (1, 85);

/// Names that cargo refuses for a package, beside Rust's keywords.
const RESERVED: [&str; 5] = ["alloc", "core", "proc-macro", "std", "test"];

const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Why a package cannot have a name.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    let is_reserved =
        KEYWORDS.contains(&name) || RESERVED.contains(&name.replace('_', "-").as_str());
    is_reserved.then_some("Rust has reserved it")
}

/// Reads what `Cargo.toml` says.
pub(crate) fn manifest(dir: &Path, full: &Path) -> Result<Manifest, Failure> {
    let manifest = dir.join("Cargo.toml");
    let full_manifest = full.join("Cargo.toml");
    let mut command = MetadataCommand::new();
    command.cargo_path(cargo()).manifest_path(&full_manifest).current_dir(full).no_deps();
    let metadata = command.exec().map_err(|err| unread(&manifest, err))?;
    let package = metadata.packages.into_iter().find(|it| it.manifest_path == full_manifest);
    let package = package.ok_or_else(|| {
        Failure::input(format!("`{}` is a workspace, not a plugin", dir.display()))
            .hint("name the folder of one plugin in it")
    })?;
    if library(&package).is_none() {
        let message = format!("`{}` does not build a plugin: it has no `cdylib`", package.name);
        let hint = "add to its Cargo.toml:\n  [lib]\n  crate-type = [\"cdylib\"]";
        return Err(Failure::input(message).hint(hint));
    }
    let settings = match package.metadata.get("plugwright") {
        None => None,
        Some(value) => Some(Settings::deserialize(value).map_err(|err| {
            Failure::input(format!(
                "`[package.metadata.plugwright]` in `{}` is not valid",
                manifest.display()
            ))
            .because(&err)
            .hint("it has the keys `wit`, `world` and `stack`, such as `stack = \"64 KiB\"`")
        })?),
    };
    let stack = settings.as_ref().and_then(|it| it.stack).map(|it| it.as_u64());
    let contract = settings.map(|Settings { wit, world, .. }| Contract { wit, world });
    Ok(Manifest { name: package.name.to_string(), contract, stack })
}

/// What stands under `[package.metadata.plugwright]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    wit: PathBuf,
    world: Option<String>,
    stack: Option<ByteSize>,
}

/// Has cargo build the project's library.
///
/// Cargo prints its own errors to standard error.
pub(crate) fn build(build: &Build<'_>) -> Result<Vec<u8>, Failure> {
    let Build { project, release, pure, .. } = *build;
    let mut command = Command::new(cargo());
    command.current_dir(&project.full).stdout(Stdio::piped());
    command.args(["rustc", "--lib", "--message-format=json-render-diagnostics"]);
    command.args(["--target", target(pure), "--package", &project.name]);
    if release {
        command.arg("--release");
        // What is not optimized has larger frames, and keeps the stack that Rust gives it.
        if let Some(stack) = project.stack {
            let stack = stack.max(STACK_UNIT).next_multiple_of(STACK_UNIT);
            command.args(["--", "-C", &format!("link-arg=-zstack-size={stack}")]);
        }
    }
    let failed = |source| Failure::system("`cargo` cannot be started", &source);
    let mut child = command.spawn().map_err(|err| failed(err).hint(DOCTOR))?;
    let output = child.stdout.take().expect("it was piped a few lines above");
    let manifest = project.full.join("Cargo.toml");
    let mut built = None;
    for message in Message::parse_stream(BufReader::new(output)).map_while(Result::ok) {
        if let Message::CompilerArtifact(artifact) = message
            && artifact.manifest_path == manifest
        {
            let wasm =
                |path: &&cargo_metadata::camino::Utf8PathBuf| path.extension() == Some("wasm");
            built = artifact.filenames.iter().find(wasm).cloned().or(built);
        }
    }
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(Failure::input(format!("cargo could not build `{}`", project.name))
            .cause(format!("it ended with {status}, and printed why above")));
    }
    let built = built.map(PathBuf::from).ok_or_else(|| {
        Failure::input(format!("cargo built `{}` but no `.wasm` file", project.name))
    })?;
    let bytes = fs::read(&built).map_err(|source| Failure::file("read", &built, &source))?;
    if pure { componentize::encode(&project.name, &bytes, System::None) } else { Ok(bytes) }
}

/// The linker takes a stack only in units of these, in bytes.
const STACK_UNIT: u64 = 16;

fn target(pure: bool) -> &'static str {
    if pure { PURE_TARGET } else { TARGET }
}

fn unread(manifest: &Path, err: cargo_metadata::Error) -> Failure {
    let failure = Failure::input(format!("cargo cannot read `{}`", manifest.display()));
    match err {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            let text = stderr.trim();
            failure.cause(text.strip_prefix("error: ").unwrap_or(text))
        }
        err => failure.because(&err).hint(DOCTOR),
    }
}

fn library(package: &Package) -> Option<&cargo_metadata::Target> {
    package.targets.iter().find(|it| it.crate_types.contains(&CrateType::CDyLib))
}

/// The cargo that runs this program, or else the one on the path.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Whether Rust's standard library is there for a target.
pub(crate) fn is_installed(target: &str, dir: &Path) -> bool {
    let library = ask(&rustc(), &["--print", "target-libdir", "--target", target], dir);
    library.is_some_and(|it| Path::new(&it).is_dir())
}

pub(crate) fn rustc() -> OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// Refuses to build what the toolchain cannot.
pub(crate) fn ready(dir: &Path, pure: bool) -> Result<(), Failure> {
    if ask(&rustc(), &["--version"], dir).is_none() {
        return Err(Failure::input("Rust is not installed").hint(DOCTOR));
    }
    let target = target(pure);
    if is_installed(target, dir) {
        return Ok(());
    }
    let message = format!("the Rust target `{target}` is not installed");
    let hint = format!("run `plugwright doctor --install`, or `rustup target add {target}`");
    Err(Failure::input(message).hint(hint))
}

/// The tools, as they are found in a folder.
pub(crate) fn look(dir: &Path) -> Vec<Check> {
    let language = PluginLanguage::Rust.to_string();
    let rustup = ask(&"rustup".into(), &["--version"], dir);
    let has_rustup = rustup.is_some();
    let tool = |name: &str, purpose, version: Option<String>, install: String, optional| {
        let ok = version.is_some();
        let install = (!ok).then_some(install);
        let (language, name) = (language.clone(), name.to_owned());
        Check { language, name, purpose, ok, version, install, optional }
    };
    let website = || "follow https://rustup.rs".to_owned();
    let mut rustc = tool("rustc", "compiles", ask_rustc(dir), website(), false);
    if rustc.version.as_deref().is_some_and(|it| is_older(it, OLDEST)) {
        let (major, minor) = OLDEST;
        rustc.ok = false;
        let how = if has_rustup { "rustup update stable" } else { "follow https://rustup.rs" };
        rustc.install = Some(format!("{how}; at least {major}.{minor} is needed"));
    }
    let cargo = ask(&cargo(), &["--version"], dir);
    let mut tools = vec![
        tool("rustup", "adds targets", rustup, website(), true),
        tool("cargo", "builds", cargo, website(), false),
    ];
    tools.insert(1, rustc);
    for (target, purpose) in [(TARGET, "builds plugins"), (PURE_TARGET, "builds with `--pure`")] {
        let found = is_installed(target, dir).then(|| "installed".to_owned());
        let install = if has_rustup {
            format!("rustup target add {target}")
        } else {
            "get it the way you got Rust: rustup is not there to add it".to_owned()
        };
        tools.push(tool(target, purpose, found, install, false));
    }
    tools
}

fn ask_rustc(dir: &Path) -> Option<String> {
    ask(&rustc(), &["--version"], dir)
}

/// Adds the targets that are missing; nothing else is changed.
pub(crate) fn install(ui: &Ui, dir: &Path) -> Result<(), Failure> {
    let tools = look(dir);
    let is_target = |it: &&Check| [TARGET, PURE_TARGET].contains(&it.name.as_str());
    let missing = tools.iter().filter(is_target).filter(|it| !it.ok);
    let missing: Vec<_> = missing.map(|it| it.name.as_str()).collect();
    if missing.is_empty() {
        ui.note("no Rust target is missing");
        return Ok(());
    }
    ui.note(format!("rustup target add {}", missing.join(" ")));
    let mut command = Command::new("rustup");
    command.args(["target", "add"]).args(&missing).current_dir(dir);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().map_err(|source| {
        Failure::system("`rustup` cannot be started", &source)
            .hint("install it as https://rustup.rs says, or get the targets the way you got Rust")
    })?;
    if status.success() {
        return Ok(());
    }
    let ended = format!("it ended with {status}, and printed why above");
    Err(Failure::input("rustup could not add the targets").cause(ended))
}
