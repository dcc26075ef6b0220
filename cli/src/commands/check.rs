//! `check`: whether a component conforms to a world.

use plugwright_component::{Difference, differences};
use serde::Serialize;

use crate::args::{Format, Output};
use crate::failure::Failure;
use crate::input::{Input, WitArgs, world, world_id};
use crate::text::count;
use crate::ui::Ui;

/// Check that a component conforms to a world
///
/// Prints every difference at once, each with what to do about it, and exits with 1 if there is any.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The component: a `.wasm` file, or `-`
    #[arg(value_name = "FILE")]
    file: Input,
    #[command(flatten)]
    wit: WitArgs,
    #[command(flatten)]
    output: Output,
}

/// What came of the comparison, for programs.
#[derive(Debug, Serialize)]
struct Report<'a> {
    component: &'a str,
    world: &'a str,
    conforms: bool,
    differences: &'a [Difference],
}

pub(crate) fn run(ui: &Ui, Args { file, wit, output }: Args) -> Result<(), Failure> {
    let source = wit.source()?;
    let artifact = file.artifact()?;
    let id = world_id(&source);
    let differences = differences(&world(source), &artifact);
    let conforms = differences.is_empty();
    if output.format == Format::Json {
        let component = artifact.name();
        ui.json(&Report { component, world: &id, conforms, differences: &differences })?;
    } else if conforms {
        ui.data(format!("`{file}` conforms to `{id}`"))?;
    } else {
        let all = count(differences.len(), "difference");
        ui.data(format!("`{file}` does not conform to `{id}`: {all}"))?;
        for difference in &differences {
            ui.data(format!("\n{difference}"))?;
        }
    }
    if conforms { Ok(()) } else { Err(Failure::told()) }
}
