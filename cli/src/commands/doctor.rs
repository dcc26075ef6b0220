//! `doctor`: which tools there are, and what is missing.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;

use crate::args::{Format, Output, PluginLanguage};
use crate::failure::Failure;
use crate::rust::{self, PURE_TARGET, TARGET};
use crate::ui::Ui;

/// Show which tools there are to build plugins with, and what is missing
///
/// Exits with 1 if anything is missing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Look at the tools of one language only
    #[arg(long = "lang", value_name = "LANG", value_enum)]
    language: Option<PluginLanguage>,
    /// Add the Rust targets that are missing, with `rustup target add`; nothing else is changed
    #[arg(long)]
    install: bool,
    #[command(flatten)]
    output: Output,
}

/// What was found, for programs.
#[derive(Debug, Serialize)]
struct Report {
    /// Whether nothing is missing.
    complete: bool,
    tools: Vec<Tool>,
}

#[derive(Debug, Serialize)]
struct Tool {
    language: String,
    name: String,
    purpose: &'static str,
    /// Whether it is there, and new enough.
    ok: bool,
    /// What it says about itself, or `installed`; `null` where it is missing.
    version: Option<String>,
    /// The command that installs it; `null` where there is nothing to install.
    install: Option<String>,
    /// Whether plugins can be built without it.
    #[serde(skip)]
    optional: bool,
}

/// The oldest Rust that builds plugins: SDKs are written in the edition of 2024.
const OLDEST: (u32, u32) = (1, 85);

pub(crate) fn run(ui: &Ui, Args { language, install, output }: Args) -> Result<(), Failure> {
    let dir = env::current_dir()
        .map_err(|source| Failure::system("the current folder cannot be used", &source))?;
    let language = language.unwrap_or(PluginLanguage::Rust);
    let mut tools = look(language, &dir);
    if install {
        add_targets(ui, &dir, &tools)?;
        tools = look(language, &dir);
    }
    let complete = tools.iter().all(|it| it.ok || it.optional);
    let report = Report { complete, tools };
    match output.format {
        Format::Json => ui.json(&report)?,
        Format::Text => ui.data(text(&report))?,
    }
    if complete { Ok(()) } else { Err(Failure::told()) }
}

fn look(language: PluginLanguage, dir: &Path) -> Vec<Tool> {
    match language {
        PluginLanguage::Rust => rust_tools(dir),
    }
}

fn rust_tools(dir: &Path) -> Vec<Tool> {
    let language = PluginLanguage::Rust.to_string();
    let rustup = rust::ask(&"rustup".into(), &["--version"], dir);
    let has_rustup = rustup.is_some();
    let tool = |name: &str, purpose, version: Option<String>, install: String, optional| {
        let ok = version.is_some();
        let install = (!ok).then_some(install);
        let (language, name) = (language.clone(), name.to_owned());
        Tool { language, name, purpose, ok, version, install, optional }
    };
    let website = || "follow https://rustup.rs".to_owned();
    let mut rustc = tool("rustc", "compiles", ask_rustc(dir), website(), false);
    if rustc.version.as_deref().is_some_and(is_too_old) {
        let (major, minor) = OLDEST;
        rustc.ok = false;
        let how = if has_rustup { "rustup update stable" } else { "follow https://rustup.rs" };
        rustc.install = Some(format!("{how}; at least {major}.{minor} is needed"));
    }
    let cargo = rust::ask(&rust::cargo(), &["--version"], dir);
    let mut tools = vec![
        tool("rustup", "adds targets", rustup, website(), true),
        tool("cargo", "builds", cargo, website(), false),
    ];
    tools.insert(1, rustc);
    for (target, purpose) in [(TARGET, "builds plugins"), (PURE_TARGET, "builds with `--pure`")] {
        let found = rust::is_installed(target, dir).then(|| "installed".to_owned());
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
    rust::ask(&rust::rustc(), &["--version"], dir)
}

/// Whether a text such as `rustc 1.84.0 (..)` is too old; what is not understood is not.
fn is_too_old(version: &str) -> bool {
    let numbers = version.split_whitespace().nth(1).unwrap_or_default();
    let mut numbers = numbers.split('.').map(|it| it.parse::<u32>());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < OLDEST,
        _ => false,
    }
}

fn add_targets(ui: &Ui, dir: &Path, tools: &[Tool]) -> Result<(), Failure> {
    let is_target = |it: &&Tool| [TARGET, PURE_TARGET].contains(&it.name.as_str());
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

fn text(report: &Report) -> String {
    let width = report.tools.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let mut lines: Vec<String> = Vec::new();
    for Tool { name, purpose, ok, version, install, optional, .. } in &report.tools {
        let state = match (version, ok) {
            (Some(version), true) => version.clone(),
            (Some(version), false) => format!("{version}, which is too old"),
            (None, _) if *optional => "missing, and not needed".to_owned(),
            (None, _) => "missing".to_owned(),
        };
        lines.push(format!("{name:<width$}  {purpose:<20}  {state}"));
        lines.extend(install.iter().map(|it| format!("{:width$}    install: {it}", "")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_rust_is_told_from_a_new_one() {
        assert!(is_too_old("rustc 1.84.1 (e71f9a9a9 2025-01-27)"));
        assert!(!is_too_old("rustc 1.85.0 (4d91de4e4 2025-02-17)"));
        assert!(!is_too_old("rustc 2.0.0"));
        assert!(!is_too_old("something else"));
    }

    #[test]
    fn what_is_missing_is_shown_with_the_command_that_installs_it() {
        let tool = |name: &str, version: Option<&str>, optional| Tool {
            language: "rust".to_owned(),
            name: name.to_owned(),
            purpose: "builds",
            ok: version.is_some(),
            version: version.map(str::to_owned),
            install: version.is_none().then(|| format!("get {name}")),
            optional,
        };
        let tools =
            vec![tool("a", None, true), tool("long", Some("1.2"), false), tool("c", None, false)];
        let expected = "\
a     builds                missing, and not needed
        install: get a
long  builds                1.2
c     builds                missing
        install: get c";
        assert_eq!(text(&Report { complete: false, tools }), expected);
    }
}
