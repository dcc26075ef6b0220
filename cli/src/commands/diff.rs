//! `diff`: what changed between two versions, and whom it hurts.

mod application;

use std::fmt::Write as _;

use plugwright_bindgen::Package;
use plugwright_component::changes::{
    self, Asked, Bump, CapabilityChange, Change, Changes, Effect, Versioning,
};
use plugwright_component::{Access, Artifact};
use serde::Serialize;

use crate::args::{Format, Output};
use crate::failure::{self, Failure};
use crate::input::{Input, STDIN_ONCE, Subject, world, world_id};
use crate::text::count;
use crate::ui::Ui;

/// Tell what changed between two versions of WIT, of a component or of an application, and whom it hurts
///
/// Two WIT packages are compared interface by interface and world by world, two components by what they export and ask for,
/// two applications plugin by plugin, link by link, and by what the host calls and has to offer.
/// Exits with 1 if any change is breaking.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The old version: a `.wit` file, a folder of such files, a WIT package in binary form, a component, an application, or `-`
    #[arg(value_name = "OLD")]
    old: Input,
    /// The new version, of the same kind
    #[arg(value_name = "NEW")]
    new: Input,
    /// Compare one world, with all that it imports and exports, instead of the package
    #[arg(long, value_name = "WORLD")]
    world: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// What came of the comparison, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    old: &'a str,
    new: &'a str,
    compared: Compared,
    breaking: bool,
    for_implementers: Effect,
    for_callers: Effect,
    bump: Bump,
    versions: Option<&'a Versioning>,
    changes: &'a [Change],
    capabilities: &'a [CapabilityChange],
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Compared {
    Component,
    Package,
    World,
}

/// Two versions of one thing, with their names.
struct Pair {
    compared: Compared,
    old: String,
    new: String,
    changes: Changes,
}

pub(crate) fn run(ui: &Ui, Args { old, new, world, output }: Args) -> Result<(), Failure> {
    if matches!((&old, &new), (Input::Stdin, Input::Stdin)) {
        return Err(Failure::usage(STDIN_ONCE));
    }
    let pair = match (old.subject()?, new.subject()?) {
        (Subject::Application(_), Subject::Application(_)) if world.is_some() => {
            let message = "`--world` names a world of WIT, and these are two applications";
            return Err(Failure::usage(message).hint("leave `--world` out"));
        }
        (Subject::Application(a), Subject::Application(b)) => {
            return application::run(ui, (&old, &a), (&new, &b), output.format);
        }
        (Subject::Application(_), _) => return Err(alone(&old, &new)),
        (_, Subject::Application(_)) => return Err(alone(&new, &old)),
        (Subject::Package(a), Subject::Package(b)) => match world {
            Some(world) => worlds((&old, *a), (&new, *b), &world)?,
            None => packages(*a, *b)?,
        },
        (Subject::Component(_), Subject::Component(_)) if world.is_some() => {
            let message = "`--world` names a world of WIT, and these are two components";
            return Err(Failure::usage(message).hint("leave `--world` out"));
        }
        (Subject::Component(a), Subject::Component(b)) => components((&old, &a), (&new, &b)),
        (Subject::Component(_), Subject::Package(_)) => return Err(mixed(&old, &new)),
        (Subject::Package(_), Subject::Component(_)) => return Err(mixed(&new, &old)),
    };
    let breaking = pair.changes.is_breaking();
    match output.format {
        Format::Json => ui.json(&report(&pair))?,
        Format::Text => ui.data(text(&pair))?,
    }
    if breaking { Err(Failure::told()) } else { Ok(()) }
}

/// Says that an application has no versions that are something else.
fn alone(application: &Input, other: &Input) -> Failure {
    Failure::input(format!("`{application}` is an application, and `{other}` is none"))
        .hint("give two versions of the same kind")
}

/// Only what is of one kind has versions.
fn mixed(component: &Input, wit: &Input) -> Failure {
    let message = format!("`{component}` is a component, and `{wit}` is WIT");
    let check = format!("plugwright check {component} --wit {wit}");
    Failure::input(message)
        .hint("give two versions of the same kind")
        .hint(format!("whether a component conforms to a world, `{check}` tells"))
}

fn packages(old: Package, new: Package) -> Result<Pair, Failure> {
    let old = changes::Package::new(old.resolve, old.package);
    let new = changes::Package::new(new.resolve, new.package);
    let changes = changes::between_packages(&old, &new)
        .map_err(|err| Failure::input(err.to_string()).hint("give two versions of one package"))?;
    Ok(Pair { compared: Compared::Package, old: old.name(), new: new.name(), changes })
}

fn worlds(old: (&Input, Package), new: (&Input, Package), name: &str) -> Result<Pair, Failure> {
    let choose = |(input, package): (&Input, Package)| {
        package.choose(Some(name)).map_err(|err| {
            failure::unusable_wit(&input.to_string(), &err)
                .cause(format!("it was sought in `{input}`"))
        })
    };
    let (old, new) = (choose(old)?, choose(new)?);
    let names = (world_id(&old), world_id(&new));
    let changes = changes::between_worlds(&world(old), &world(new));
    Ok(Pair { compared: Compared::World, old: names.0, new: names.1, changes })
}

fn components((old, a): (&Input, &Artifact), (new, b): (&Input, &Artifact)) -> Pair {
    let changes = changes::between_components(a, b);
    Pair { compared: Compared::Component, old: old.to_string(), new: new.to_string(), changes }
}

fn report(pair: &Pair) -> Report<'_> {
    let Pair { compared, old, new, changes } = pair;
    Report {
        old,
        new,
        compared: *compared,
        breaking: changes.is_breaking(),
        for_implementers: changes.for_implementers(),
        for_callers: changes.for_callers(),
        bump: changes.bump,
        versions: changes.versions.as_ref(),
        changes: &changes.items,
        capabilities: &changes.capabilities,
    }
}

fn text(Pair { old, new, changes, .. }: &Pair) -> String {
    let breaking = changes.items.iter().filter(|it| it.effect().is_breaking()).count();
    let all = count(changes.items.len(), "change");
    let mut text = format!("`{old}` to `{new}`: {all}, {breaking} breaking\n");
    for (heading, group) in [
        ("breaking", Effect::is_breaking as fn(Effect) -> bool),
        ("additive", |effect| effect == Effect::Additive),
        ("without effect", |effect| effect == Effect::None),
    ] {
        let group: Vec<_> = changes.items.iter().filter(|it| group(it.effect())).collect();
        if !group.is_empty() {
            let _ = writeln!(text, "\n{heading}:");
        }
        for change in group {
            let _ = writeln!(text, "\n{change}");
        }
    }
    if !changes.capabilities.is_empty() {
        text.push_str("\ncapabilities:\n\n");
    }
    for change in &changes.capabilities {
        let _ = writeln!(text, "{}", capability(change));
    }
    let _ = write!(text, "\n{}", verdict(changes));
    text
}

fn capability(change: &CapabilityChange) -> String {
    let description = &change.description;
    let words = match change.asked {
        Asked::Newly => format!("newly {description}"),
        Asked::NoLonger => return format!("no longer {description}"),
        _ => format!("otherwise than before: {description}"),
    };
    match &change.access {
        Access::Always => format!("{words}\n  always allowed: it is harmless"),
        Access::Granted(toml) => {
            let lines: Vec<_> = toml.trim_end().lines().map(|it| format!("\n    {it}")).collect();
            format!("{words}\n  granted by{}", lines.concat())
        }
        Access::Refused => format!("{words}\n  refused: no policy grants it"),
        _ => format!("{words}\n  decided by the host"),
    }
}

fn verdict(changes: &Changes) -> String {
    let unchanged = changes.items.is_empty() && changes.capabilities.is_empty();
    let bump = if unchanged {
        "nothing that links or builds has changed".to_owned()
    } else {
        format!("smallest honest bump: {}", changes.bump)
    };
    judged(bump, changes.versions.as_ref())
}

/// Adds what is said of the version.
fn judged(bump: String, versions: Option<&Versioning>) -> String {
    match versions {
        None => bump,
        Some(Versioning { new, enough: true, .. }) => format!("{bump}; {new} is enough"),
        Some(Versioning { old, new, least, .. }) => {
            format!("{bump}; {new} is too low after {old}: it must be at least {least}")
        }
    }
}
