//! `doctor`: which tools there are, and what is missing.

use std::env;

use serde::Serialize;

use crate::args::{Format, Output, PluginLanguage};
use crate::failure::Failure;
use crate::ui::Ui;

/// Show which tools there are to build plugins with, and what is missing
///
/// Exits with 1 if anything is missing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Look at the tools of one language only
    #[arg(long = "lang", value_name = "LANG", value_enum)]
    language: Option<PluginLanguage>,
    /// Install what is missing: Rust targets by `rustup target add`, everything else pinned into
    /// the user's data folder
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
    tools: Vec<Check>,
}

/// A tool that was looked for.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) language: String,
    pub(crate) name: String,
    pub(crate) purpose: &'static str,
    /// Whether it is there, and new enough.
    pub(crate) ok: bool,
    /// What it says about itself, or `installed`; `null` where it is missing.
    pub(crate) version: Option<String>,
    /// The command that installs it; `null` where there is nothing to install.
    pub(crate) install: Option<String>,
    /// Whether plugins can be built without it.
    #[serde(skip)]
    pub(crate) optional: bool,
}

pub(crate) fn run(ui: &Ui, Args { language, install, output }: Args) -> Result<(), Failure> {
    let dir = env::current_dir()
        .map_err(|source| Failure::system("the current folder cannot be used", &source))?;
    let languages = match &language {
        Some(one) => std::slice::from_ref(one),
        None => PluginLanguage::ALL,
    };
    if install {
        for language in languages {
            language.install(ui, &dir)?;
        }
    }
    let tools: Vec<_> = languages.iter().flat_map(|it| it.look(&dir)).collect();
    let complete = tools.iter().all(|it| it.ok || it.optional);
    let report = Report { complete, tools };
    match output.format {
        Format::Json => ui.json(&report)?,
        Format::Text => ui.data(text(&report))?,
    }
    if complete { Ok(()) } else { Err(Failure::told()) }
}

/// Lists the tools by language, in columns.
fn text(report: &Report) -> String {
    let width = |of: fn(&Check) -> &str| report.tools.iter().map(|it| of(it).len()).max();
    let width = [width(|it| &it.name), width(|it| it.purpose)].map(Option::unwrap_or_default);
    let mut lines: Vec<String> = Vec::new();
    let mut last = None;
    for Check { language, name, purpose, ok, version, install, optional } in &report.tools {
        if last.replace(language) != Some(language) {
            lines.push(language.clone());
        }
        let state = match (version, ok) {
            (Some(version), true) => version.clone(),
            (Some(version), false) => format!("{version}, which is too old"),
            (None, _) if *optional => "missing, and not needed".to_owned(),
            (None, _) => "missing".to_owned(),
        };
        let [wide, purposes] = width;
        lines.push(format!("  {name:<wide$}  {purpose:<purposes$}  {state}"));
        lines.extend(install.iter().map(|it| format!("  {:wide$}    install: {it}", "")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_shown_with_the_command_that_installs_it() {
        let tool = |name: &str, version: Option<&str>, optional| Check {
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
rust
  a     builds  missing, and not needed
          install: get a
  long  builds  1.2
  c     builds  missing
          install: get c";
        assert_eq!(text(&Report { complete: false, tools }), expected);
    }
}
