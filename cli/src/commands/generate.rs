//! `generate`: a world becomes source files.

use std::path::PathBuf;

use plugwright_bindgen::{Language, Options};

use crate::failure::{self, Failure};
use crate::files::{self, Update};
use crate::input::WitArgs;
use crate::text::count;
use crate::ui::Ui;

/// Write the host's bindings, or the SDK for plugins in one language
///
/// Only files that change are written, and none is removed. A file that Plugwright did not write
/// stays as it is: what it writes says so in the first line.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to generate: `host`, or the language of the SDK, such as `rust`
    #[arg(value_name = "LANG")]
    language: Language,
    #[command(flatten)]
    wit: WitArgs,
    /// The folder to write to
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Compare with what is there, and write nothing; exits with 1 if anything differs
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(ui: &Ui, Args { language, wit, output, check }: Args) -> Result<(), Failure> {
    let source = wit.source()?;
    let generated = plugwright_bindgen::generate(language, &source, &Options::default())
        .map_err(|err| failure::unusable_wit(&wit.name(), &err))?;
    let all = generated.iter().count();
    if !check {
        let Update { written, left } = files::update(&generated, &output)?;
        ui.note(format!("{}: {written} of {} written", output.display(), count(all, "file")));
        for path in left {
            let path = output.join(path);
            ui.note(format!("{}: left, because Plugwright did not write it", path.display()));
        }
        return Ok(());
    }
    let differences = files::differences(&generated, &output);
    if differences.is_empty() {
        ui.note(format!("{}: {} up to date", output.display(), count(all, "file")));
        return Ok(());
    }
    for difference in &differences {
        ui.data(files::describe(difference, &output))?;
    }
    ui.note("run the same command without `--check` to write them");
    Err(Failure::told())
}
