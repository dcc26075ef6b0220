//! `check` of an application: every finding, drawn where it stands.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use plugwright_component::application::{
    self, ApplicationError, End, Faults, Finding, Joint, Plan, Severity,
};
use serde::Serialize;

use super::{Args, Format, sarif};
use crate::failure::Failure;
use crate::graph::Asked;
use crate::input;
use crate::text::count;
use crate::ui::Ui;

/// What was found, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    application: &'a str,
    sound: bool,
    findings: &'a [Finding],
    links: Vec<Link<'a>>,
}

/// How one plugin reaches another, or the host.
#[derive(Debug, Serialize)]
struct Link<'a> {
    from: &'a str,
    import: &'a str,
    /// The name of a plugin, or `host`.
    to: &'a str,
    joint: String,
    reason: &'a str,
}

pub(super) fn run(ui: &Ui, path: &Path, args: &Args) -> Result<(), Failure> {
    let &Args { format, notes, .. } = args;
    let graph = Asked::of(args.graph.as_deref())?;
    let application = match input::plan(path) {
        Ok(application) => application,
        Err(ApplicationError::Faults(faults)) => {
            told(ui, path, &faults, format, notes)?;
            return Err(Failure::told());
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(graph) = graph {
        graph.draw(ui, &application)?;
    }
    match format {
        Format::Text => {
            draw(ui, path, application.text(), application.findings(), notes)?;
            ui.data(summary(path, &application, notes))
        }
        Format::Json => ui.json(&Report {
            application: &path.to_string_lossy(),
            sound: true,
            findings: application.findings(),
            links: links(&application),
        }),
        Format::Sarif => ui.json(&sarif::log(path, application.findings())),
    }
}

fn told(ui: &Ui, path: &Path, faults: &Faults, format: Format, notes: bool) -> Result<(), Failure> {
    match format {
        Format::Text => {
            draw(ui, path, &faults.text, &faults.findings, notes)?;
            ui.data(format!(
                "`{}` does not hold together: {}",
                path.display(),
                counted(&faults.findings)
            ))
        }
        Format::Json => ui.json(&Report {
            application: &path.to_string_lossy(),
            sound: false,
            findings: &faults.findings,
            links: Vec::new(),
        }),
        Format::Sarif => ui.json(&sarif::log(path, &faults.findings)),
    }
}

/// Draws findings; notes only where they are asked for, since most plugins have one.
fn draw(
    ui: &Ui,
    path: &Path,
    text: &str,
    findings: &[Finding],
    notes: bool,
) -> Result<(), Failure> {
    let shown = findings.iter().filter(|it| notes || it.severity != Severity::Note);
    for finding in shown {
        ui.styled(format!("{}\n", drawn(path, text, finding)))?;
    }
    Ok(())
}

fn counted(findings: &[Finding]) -> String {
    let of = |severity: Severity| findings.iter().filter(|it| it.severity == severity).count();
    let kinds =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let told = kinds.map(|(severity, word)| (of(severity), word));
    told.into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| count(n, word))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Draws a finding with the lines that it is about.
fn drawn(path: &Path, text: &str, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        _ => Level::NOTE,
    };
    let code = finding.code.to_string();
    let (name, message) = (
        crate::ui::plain(&path.to_string_lossy()).into_owned(),
        crate::ui::plain(&finding.message),
    );
    let place = AnnotationKind::Primary.span(finding.place.span.clone());
    let mut main = level
        .primary_title(&*message)
        .id(&code)
        .element(Snippet::source(text).path(&name).annotation(place));
    let notes: Vec<_> = finding.notes.iter().map(|it| crate::ui::plain(it)).collect();
    for note in &notes {
        main = main.element(Level::NOTE.no_name().message(&**note));
    }
    let fix = crate::ui::plain(&finding.fix);
    let report = [main, Group::with_title(Level::HELP.with_name("fix").secondary_title(&*fix))];
    Renderer::styled().render(&report)
}

fn links<'a>(application: &'a Plan) -> Vec<Link<'a>> {
    let name = |at: usize| application.members()[at].name.as_str();
    let link = |it: &'a application::Link| -> Link<'a> {
        let to = match &it.to {
            End::Plugin { member, .. } => name(*member),
            _ => "host",
        };
        Link {
            from: name(it.from),
            import: &it.import,
            to,
            joint: it.joint.to_string(),
            reason: &it.reason,
        }
    };
    application.links().iter().map(link).collect()
}

/// Says what there is, and how it is linked.
fn summary(path: &Path, application: &Plan, notes: bool) -> String {
    let links = application.links();
    let of = |joint: Joint| links.iter().filter(|it| it.joint == joint).count();
    let found = match application.findings() {
        [] => String::new(),
        findings => {
            let hidden = !notes && findings.iter().any(|it| it.severity == Severity::Note);
            let more = if hidden { "; `--notes` draws them" } else { "" };
            format!(" ({}{more})", counted(findings))
        }
    };
    let mut text = format!(
        "`{}` holds together{found}: {}",
        path.display(),
        count(application.members().len(), "plugin")
    );
    for (joint, word) in [
        (Joint::Fused, "fused link"),
        (Joint::Isolated, "isolated link"),
        (Joint::Host, "link to the host"),
    ] {
        match of(joint) {
            0 => {}
            1 => text += &format!(", 1 {word}"),
            n => text += &format!(", {n} {}", word.replacen("link", "links", 1)),
        }
    }
    for link in self::links(application) {
        let Link { from, import, to, joint, reason } = link;
        if joint != Joint::Host.to_string() {
            text += &format!("\n  `{from}` to `{to}`, `{import}`: {joint}, {reason}");
        }
    }
    text
}
