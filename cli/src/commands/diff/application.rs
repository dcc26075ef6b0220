//! `diff` of two applications.

use std::fmt::Write as _;

use plugwright_component::application::Plan;
use plugwright_component::changes::{
    self, Answered, ApplicationChanges, Effect, LinkChange, PluginChange, Release,
};
use serde::Serialize;

use super::judged;
use crate::args::Format;
use crate::failure::Failure;
use crate::input::Input;
use crate::text::count;
use crate::ui::Ui;

/// What came of the comparison, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    old: &'a str,
    new: &'a str,
    compared: &'static str,
    breaking: bool,
    #[serde(flatten)]
    changes: &'a ApplicationChanges,
}

pub(super) fn run(
    ui: &Ui,
    (old, a): (&Input, &Plan),
    (new, b): (&Input, &Plan),
    format: Format,
) -> Result<(), Failure> {
    let changes = changes::between_applications(a, b);
    let (old, new) = (old.to_string(), new.to_string());
    let breaking = changes.is_breaking();
    match format {
        Format::Json => {
            let (old, new) = (old.as_str(), new.as_str());
            ui.json(&Report { old, new, compared: "application", breaking, changes: &changes })?;
        }
        Format::Text => ui.data(text(&old, &new, &changes))?,
    }
    if breaking { Err(Failure::told()) } else { Ok(()) }
}

fn text(old: &str, new: &str, changes: &ApplicationChanges) -> String {
    let breaking = changes.host.iter().filter(|it| it.effect().is_breaking()).count();
    let (plugins, links) = (changes.plugins.len(), changes.links.len());
    let mut text = format!(
        "`{old}` to `{new}`: {} and {} changed, {} for the host, {breaking} breaking\n",
        count(plugins, "plugin"),
        count(links, "link"),
        count(changes.host.len(), "change"),
    );
    if !changes.plugins.is_empty() {
        text.push_str("\nplugins:\n\n");
    }
    changes.plugins.iter().for_each(|it| text.push_str(&plugin(it)));
    if !changes.links.is_empty() {
        text.push_str("\nlinks:\n\n");
    }
    changes.links.iter().for_each(|it| text.push_str(&link(it)));
    if !changes.host.is_empty() {
        text.push_str("\nfor the host:\n");
    }
    for change in &changes.host {
        let _ = writeln!(text, "\n{change}");
    }
    let bump = if changes.is_empty() {
        "nothing has changed".to_owned()
    } else {
        format!("smallest honest bump: {}", changes.bump)
    };
    let _ = write!(text, "\n{}", judged(bump, changes.versions.as_ref()));
    text
}

fn plugin(change: &PluginChange) -> String {
    let PluginChange { plugin, old, new, component, settings, granted, .. } = change;
    let what = match (old, new) {
        (None, Some(new)) => format!("added, {}", release(new)),
        (Some(old), None) => format!("removed, {}", release(old)),
        (Some(old), Some(new)) if component.is_some() => {
            format!("{} replaced by {}", release(old), release(new))
        }
        _ => "the same component".to_owned(),
    };
    let mut text = format!("{plugin}: {what}\n");
    if let Some(component) = component {
        for change in &component.items {
            // What that does to the host is told with what concerns the host.
            let effect = match change.effect() {
                Effect::None => "",
                effect if effect.is_breaking() => ", breaking for who calls it",
                _ => ", additive",
            };
            let _ = writeln!(text, "  {}: {}{effect}", change.item, change.kind);
        }
        for asked in component.asked() {
            let _ = writeln!(text, "  newly asks: {}", asked.description);
        }
    }
    for setting in settings {
        let _ = writeln!(text, "  {}: {}, was {}", setting.key, setting.new, setting.old);
    }
    for granted in granted {
        let _ = writeln!(text, "  newly granted: {granted}");
    }
    text
}

/// The version, if it says one, and the first part of the digest.
fn release(Release { version, digest, .. }: &Release) -> String {
    let digest: String = digest.to_string().chars().take("sha256:".len() + 12).collect();
    version.as_ref().map_or_else(|| digest.clone(), |version| format!("{version} ({digest})"))
}

fn link(LinkChange { plugin, import, old, new, .. }: &LinkChange) -> String {
    let what = match (old, new) {
        (old, Some(new)) => match old {
            Some(old) => format!("{}, was {}", answered(new), answered(old)),
            None => format!("{}, newly", answered(new)),
        },
        (Some(old), None) => format!("no longer {}", answered(old)),
        (None, None) => "nobody".to_owned(),
    };
    format!("{plugin}, `{import}`: {what}\n")
}

fn answered(Answered { plugin, joint, .. }: &Answered) -> String {
    match plugin {
        Some(plugin) => format!("`{plugin}` ({joint})"),
        None => "the host".to_owned(),
    }
}
