//! Plugins in Rust: what their projects say, and how cargo builds them.

use std::env;
use std::ffi::OsString;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::{CrateType, Message, MetadataCommand, Package};
use serde::Deserialize;

use crate::failure::Failure;

/// What plugins compile to.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// What plugins compile to that import nothing of WASI.
pub(crate) const PURE_TARGET: &str = "wasm32-unknown-unknown";

/// What a plugin's `Cargo.toml` says.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder, as it was named.
    pub(crate) dir: PathBuf,
    /// The folder in full, for cargo.
    full: PathBuf,
    package: Package,
    /// Where the WIT is and which world it is about, if the project says so.
    pub(crate) wit: Option<Wit>,
}

/// `[package.metadata.plugwright]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wit {
    /// The WIT, seen from the project.
    pub(crate) wit: PathBuf,
    /// The world; may be left out where there is only one.
    pub(crate) world: Option<String>,
}

impl Project {
    /// Reads the project in a folder.
    pub(crate) fn read(dir: &Path) -> Result<Project, Failure> {
        let full = dir.canonicalize().map_err(|source| Failure::file("open", dir, &source))?;
        let manifest = dir.join("Cargo.toml");
        let full_manifest = full.join("Cargo.toml");
        let mut command = MetadataCommand::new();
        command.cargo_path(cargo()).manifest_path(&full_manifest).current_dir(&full).no_deps();
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
        let wit = match package.metadata.get("plugwright") {
            None => None,
            Some(value) => Some(Wit::deserialize(value).map_err(|err| {
                Failure::input(format!(
                    "`[package.metadata.plugwright]` in `{}` is not valid",
                    manifest.display()
                ))
                .because(&err)
                .hint("it has the keys `wit` and `world`")
            })?),
        };
        Ok(Project { dir: dir.to_owned(), full, package, wit })
    }

    pub(crate) fn name(&self) -> &str {
        &self.package.name
    }

    /// Has cargo build the project's library, and says where it is.
    ///
    /// Cargo prints its own errors to standard error.
    pub(crate) fn build(&self, target: &str, release: bool) -> Result<PathBuf, Failure> {
        let mut command = Command::new(cargo());
        command.current_dir(&self.full).stdout(Stdio::piped());
        command.args(["build", "--lib", "--message-format=json-render-diagnostics"]);
        command.args(["--target", target, "--package", self.name()]);
        if release {
            command.arg("--release");
        }
        let failed = |source| Failure::system("`cargo` cannot be started", &source);
        let mut child = command.spawn().map_err(|err| failed(err).hint(DOCTOR))?;
        let output = child.stdout.take().expect("it was piped a few lines above");
        let mut built = None;
        for message in Message::parse_stream(BufReader::new(output)).map_while(Result::ok) {
            if let Message::CompilerArtifact(artifact) = message
                && artifact.package_id == self.package.id
            {
                let wasm =
                    |path: &&cargo_metadata::camino::Utf8PathBuf| path.extension() == Some("wasm");
                built = artifact.filenames.iter().find(wasm).cloned().or(built);
            }
        }
        let status = child.wait().map_err(failed)?;
        if !status.success() {
            return Err(Failure::input(format!("cargo could not build `{}`", self.name()))
                .cause(format!("it ended with {status}, and printed why above")));
        }
        built.map(PathBuf::from).ok_or_else(|| {
            Failure::input(format!("cargo built `{}` but no `.wasm` file", self.name()))
        })
    }
}

const DOCTOR: &str = "`plugwright doctor` shows what is missing";

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

/// Runs a tool in a folder, and gives the first line that it prints, if it runs at all.
///
/// A toolchain that the folder asks for and that is missing is not installed by that.
pub(crate) fn ask(program: &OsString, args: &[&str], dir: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).env("RUSTUP_AUTO_INSTALL", "0").stderr(Stdio::null());
    let output = command.stdin(Stdio::null()).output().ok().filter(|it| it.status.success())?;
    String::from_utf8(output.stdout).ok()?.lines().next().map(|line| line.trim().to_owned())
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
pub(crate) fn check_target(target: &str, dir: &Path) -> Result<(), Failure> {
    if ask(&rustc(), &["--version"], dir).is_none() {
        return Err(Failure::input("Rust is not installed").hint(DOCTOR));
    }
    if is_installed(target, dir) {
        return Ok(());
    }
    let message = format!("the Rust target `{target}` is not installed");
    let hint = format!("run `plugwright doctor --install`, or `rustup target add {target}`");
    Err(Failure::input(message).hint(hint))
}
