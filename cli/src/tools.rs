//! The tools that build plugins: each pinned to one version, in a folder of the user's own, never system-wide.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::Builder;

use crate::commands::doctor::Check;
use crate::failure::Failure;
use crate::ui::Ui;

/// Names the folder for tools; `plugwright/tools` in the user's data folder by default.
const FOLDER: &str = "PLUGWRIGHT_TOOLS";

/// A tool that can be installed without any right but to write to one's own folder.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What it does, as a verb: `compiles`.
    pub(crate) purpose: &'static str,
    pub(crate) registry: Registry,
    /// What the registry calls it and what comes with it, pinned.
    pub(crate) packages: &'static [&'static str],
    /// The file in the tool's folder whose presence says that it is there.
    pub(crate) program: &'static str,
}

/// Where a tool comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registry {
    /// Python's package index, through `python3 -m pip`.
    Pypi,
    /// Node's package registry, through `npm`.
    Npm,
}

impl Tool {
    /// The folder of exactly this version.
    pub(crate) fn dir(&self) -> PathBuf {
        folder().join(format!("{}-{}", self.name, self.version))
    }

    /// The program, whether it is there or not.
    pub(crate) fn program(&self) -> PathBuf {
        self.dir().join(self.program)
    }

    /// Gives the program, or says how to get it.
    pub(crate) fn require(&self, language: &str) -> Result<PathBuf, Failure> {
        let program = self.program();
        if program.is_file() {
            return Ok(program);
        }
        let (name, version) = (self.name, self.version);
        Err(Failure::input(format!("`{name}` {version} is not installed"))
            .cause(format!("it is not in `{}`", self.dir().display()))
            .hint(format!("run `plugwright doctor --install --lang {language}`")))
    }

    /// Says whether it is there.
    pub(crate) fn check(&self, language: &str) -> Check {
        let ok = self.program().is_file();
        Check {
            language: language.to_owned(),
            name: self.name.to_owned(),
            purpose: self.purpose,
            ok,
            version: ok.then(|| self.version.to_owned()),
            install: (!ok).then(|| format!("plugwright doctor --install --lang {language}")),
            optional: false,
        }
    }

    /// Installs it, unless it is there.
    ///
    /// It appears under its name only when it is complete, so an install that was interrupted is no install,
    /// and of two at once both succeed.
    pub(crate) fn install(&self, ui: &Ui) -> Result<(), Failure> {
        if self.program().is_file() {
            return Ok(());
        }
        let dir = self.dir();
        let parent = folder();
        fs::create_dir_all(&parent).map_err(|source| Failure::file("create", &parent, &source))?;
        let making = Builder::new().prefix(".installing-").tempdir_in(&parent);
        let making = making.map_err(|source| Failure::file("create", &parent, &source))?;
        // The folder that is renamed is not the temporary one itself, whose removal then has nothing to do.
        let made = making.path().join("tool");
        fs::create_dir(&made).map_err(|source| Failure::file("create", &made, &source))?;
        self.fetch(ui, &made)?;
        if !made.join(self.program).is_file() {
            let message = format!("`{}` was installed but has no `{}`", self.name, self.program);
            return Err(Failure::input(message).hint("report it: the package changed"));
        }
        // What is there without the program is what an older version of this program left.
        if dir.exists() && !self.program().is_file() {
            fs::remove_dir_all(&dir).map_err(|source| Failure::file("remove", &dir, &source))?;
        }
        match fs::rename(&made, &dir) {
            Err(_) if self.program().is_file() => Ok(()),
            renamed => renamed.map_err(|source| Failure::file("create", &dir, &source)),
        }
    }

    fn fetch(&self, ui: &Ui, into: &Path) -> Result<(), Failure> {
        let mut command = match self.registry {
            Registry::Pypi => {
                let mut pip = Command::new(python());
                pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
                pip.args(["--no-input", "--no-deps", "--no-warn-script-location"]);
                pip.args(["--root-user-action", "ignore", "--target"]).arg(into);
                pip
            }
            Registry::Npm => {
                let mut npm = Command::new("npm");
                npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(into);
                npm
            }
        };
        command.args(self.packages).stdin(Stdio::null()).stdout(Stdio::null());
        let progress = ui.progress(format!("installing {} {}", self.name, self.version));
        let output = command.output();
        drop(progress);
        let installer = match self.registry {
            Registry::Pypi => "`python3` with `pip`",
            Registry::Npm => "`npm`",
        };
        let output = output.map_err(|source| {
            let failure = Failure::system(&format!("{installer} cannot be started"), &source);
            match source.kind() {
                io::ErrorKind::NotFound => failure.hint(self.registry.advice()),
                _ => failure,
            }
        })?;
        if output.status.success() {
            ui.note(format!("installed {} {}", self.name, self.version));
            return Ok(());
        }
        let told = String::from_utf8_lossy(&output.stderr);
        let message = format!("`{}` {} could not be installed", self.name, self.version);
        Err(Failure::input(message)
            .cause(format!("{installer} ended with {}: {}", output.status, told.trim()))
            .hint("its registry must be in reach; behind a proxy, set it up as for any install"))
    }
}

impl Registry {
    /// How to get the program that installs from it.
    fn advice(self) -> &'static str {
        match self {
            Registry::Pypi => {
                "install Python 3.10 or newer with pip, as https://www.python.org says"
            }
            Registry::Npm => "install Node.js 20 or newer, as https://nodejs.org says",
        }
    }

    /// The oldest program that installs from it and runs what is installed.
    fn oldest(self) -> (u32, u32) {
        match self {
            Registry::Pypi => (3, 10),
            Registry::Npm => (20, 0),
        }
    }

    /// Says whether the program that installs from it, and runs what is installed, is there.
    pub(crate) fn check(self, language: &str) -> Check {
        let (program, purpose): (OsString, _) = match self {
            Registry::Pypi => (python(), "installs tools"),
            Registry::Npm => ("node".into(), "installs and runs tools"),
        };
        let version = ask(&program, &["--version"], Path::new("."));
        let ok = version.as_deref().is_some_and(|it| !is_older(it, self.oldest()));
        Check {
            language: language.to_owned(),
            name: program.to_string_lossy().into_owned(),
            purpose,
            ok,
            install: (!ok).then(|| self.advice().to_owned()),
            version,
            optional: false,
        }
    }
}

/// The Python that installs tools.
pub(crate) fn python() -> OsString {
    env::var_os("PYTHON").unwrap_or_else(|| "python3".into())
}

/// The folder of all tools.
fn folder() -> PathBuf {
    match env::var_os(FOLDER) {
        Some(folder) if !folder.is_empty() => folder.into(),
        _ => dirs::data_dir().unwrap_or_else(env::temp_dir).join("plugwright").join("tools"),
    }
}

/// Where tools may keep what they can make again, such as a compiled standard library.
pub(crate) fn cache(name: &str) -> PathBuf {
    dirs::cache_dir().unwrap_or_else(env::temp_dir).join("plugwright").join(name)
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

/// Whether a text such as `Python 3.9.2` or `v18.1.0` tells an older version; what is not understood is not.
pub(crate) fn is_older(told: &str, oldest: (u32, u32)) -> bool {
    let digits = told.find(|c: char| c.is_ascii_digit()).map_or("", |at| &told[at..]);
    let mut numbers = digits.split('.').map(|it| it.parse::<u32>());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < oldest,
        _ => false,
    }
}

/// Runs a tool that prints its own errors, whole, to standard error.
pub(crate) fn run(mut command: Command, tool: &str, plugin: &str) -> Result<(), Failure> {
    // What tools print as data would mix with ours.
    let status = command.stdin(Stdio::null()).stdout(io::stderr()).status();
    let status = status.map_err(|source| {
        Failure::system(&format!("`{tool}` cannot be started"), &source).hint(DOCTOR)
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::input(format!("{tool} could not build `{plugin}`"))
        .cause(format!("it ended with {status}, and printed why above")))
}

/// Where to look when a tool is at fault.
pub(crate) const DOCTOR: &str = "`plugwright doctor` shows what is missing";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_program_is_told_from_a_new_one() {
        assert!(is_older("Python 3.9.2", (3, 10)));
        assert!(!is_older("Python 3.11.7", (3, 10)));
        assert!(is_older("v18.20.1", (20, 0)));
        assert!(!is_older("v20.20.2", (20, 0)));
        assert!(is_older("rustc 1.84.1 (e71f9a9a9 2025-01-27)", (1, 85)));
        assert!(!is_older("something else", (3, 10)));
    }

    #[test]
    fn each_version_has_a_folder_of_its_own() {
        let tool = Tool {
            name: "zig",
            version: "1.2.3",
            purpose: "compiles",
            registry: Registry::Pypi,
            packages: &["zig==1.2.3"],
            program: "bin/zig",
        };
        assert!(tool.program().ends_with("zig-1.2.3/bin/zig"));
    }
}
