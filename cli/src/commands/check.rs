//! `check`: whether a component conforms to a world, and whether an application holds together.

mod application;
mod sarif;

use std::path::PathBuf;

use clap::ValueEnum;
use plugwright_component::{Difference, differences};
use serde::Serialize;

use crate::failure::Failure;
use crate::input::{self, Input, world_id};
use crate::text::count;
use crate::ui::Ui;

/// Check that a component conforms to a world, or that an application holds together
///
/// Prints every difference at once, each with what to do about it, and exits with 1 if there is any.
///
/// Of an application, `app.toml`, it prints every finding with its code, its place and its fix, and exits with 1 if one
/// of them is an error. Nothing is compiled or run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The component, a `.wasm` file or `-`; or the application, a `.toml` file
    #[arg(value_name = "FILE")]
    file: Input,
    /// The WIT of the component: a file, a folder of files with its dependencies in `deps/`, or `-`
    #[arg(long, value_name = "PATH")]
    wit: Option<Input>,
    /// The world in it; may be left out where there is only one
    #[arg(long, value_name = "WORLD", requires = "wit")]
    world: Option<String>,
    /// Where to draw the application, if none of the findings is an error: `.svg` for a picture, `.mmd` or `.md` for
    /// Mermaid text
    #[arg(long, value_name = "FILE")]
    graph: Option<PathBuf>,
    /// Draw the notes of an application, too: what is as it has to be, and worth knowing
    #[arg(long)]
    notes: bool,
    /// How to print the data
    #[arg(long, value_name = "FORMAT", default_value_t, value_enum)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs: stable within a major version
    Json,
    /// SARIF 2.1.0, for systems that show findings beside the code; of an application
    Sarif,
}

/// What came of the comparison, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    component: &'a str,
    world: &'a str,
    conforms: bool,
    differences: &'a [Difference],
}

pub(crate) fn run(ui: &Ui, args: &Args) -> Result<(), Failure> {
    let Args { file, wit, .. } = args;
    let application = file.path().filter(|it| it.extension().is_some_and(|it| it == "toml"));
    match (application, wit) {
        (Some(path), None) => application::run(ui, path, args),
        (Some(path), Some(_)) => {
            let message =
                format!("`{}` is an application, which names its WIT itself", path.display());
            Err(Failure::usage(message).hint("leave `--wit` out"))
        }
        (None, _) if args.graph.is_some() => {
            let message = format!("`{file}` is no application, which could be drawn");
            Err(Failure::usage(message)
                .hint("leave `--graph` out, or name a file that ends in `.toml`"))
        }
        (None, Some(wit)) => component(ui, args, wit),
        (None, None) => {
            let message = format!("nothing says what `{file}` has to conform to");
            Err(Failure::usage(message)
                .hint("name the WIT of the host with `--wit`; an application is a file whose name ends in `.toml`"))
        }
    }
}

fn component(ui: &Ui, args: &Args, wit: &Input) -> Result<(), Failure> {
    let file = &args.file;
    let source = wit.wit(args.world.as_deref())?;
    let artifact = file.artifact()?;
    let id = world_id(&source);
    let differences = differences(&input::world(source), &artifact);
    let conforms = differences.is_empty();
    match args.format {
        Format::Json => {
            let component = artifact.name();
            ui.json(&Report { component, world: &id, conforms, differences: &differences })?;
        }
        Format::Sarif => {
            let message = "a component has no lines that SARIF could point to";
            return Err(Failure::usage(message).hint("use `--format json`"));
        }
        Format::Text if conforms => ui.data(format!("`{file}` conforms to `{id}`"))?,
        Format::Text => {
            let all = count(differences.len(), "difference");
            ui.data(format!("`{file}` does not conform to `{id}`: {all}"))?;
            for difference in &differences {
                ui.data(format!("\n{difference}"))?;
            }
        }
    }
    if conforms { Ok(()) } else { Err(Failure::told()) }
}
