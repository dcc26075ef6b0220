//! `generate`: a world becomes source files.

use std::path::{Path, PathBuf};

use plugwright_bindgen::{Language, Options};
use semver::Version;

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
    /// What the SDK's package is called; `<world>-sdk` by default
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The version of the SDK's package; by default that of the WIT package, or 0.1.0
    #[arg(long, value_name = "VERSION")]
    sdk_version: Option<Version>,
    /// The licence of the SDK's package, as an SPDX expression; none by default
    #[arg(long, value_name = "SPDX")]
    license: Option<String>,
    /// For `host`: the host's functions wait, so they are `async`, and so are those that call plugins; worlds with
    /// `async func`, `stream` or `future` need it
    #[arg(long = "async")]
    is_async: bool,
    /// For `host`: the host's functions are given texts and bytes as they lie in the plugin's memory, as `&str` and
    /// `&[u8]`, and not as copies
    #[arg(long, conflicts_with = "is_async")]
    borrow: bool,
    /// Compare with what is there, and write nothing; exits with 1 if anything differs
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(ui: &Ui, args: Args) -> Result<(), Failure> {
    let Args { language, wit, output, name, sdk_version, license, is_async, borrow, check } = args;
    if is_async && language != Language::Host {
        return Err(Failure::usage("`--async` is for `host`; an SDK is async where its world is"));
    }
    if borrow && language != Language::Host {
        return Err(Failure::usage(
            "`--borrow` is for `host`; what an SDK borrows its language says",
        ));
    }
    let source = wit.source()?;
    let version = sdk_version;
    let options =
        Options { name, version, license, is_async, borrows: borrow, ..Options::default() };
    let generated = plugwright_bindgen::generate(language, &source, &options)
        .map_err(|err| failure::unusable_wit(&wit.name(), &err))?;
    let all = generated.iter().count();
    if !check {
        let Update { written, left } = files::update(&generated, &output)?;
        ui.note(format!("{}: {written} of {} written", output.display(), count(all, "file")));
        tell_left(ui, &output, &left);
        return Ok(());
    }
    let (differences, left) = files::differences(&generated, &output);
    tell_left(ui, &output, &left);
    if differences.is_empty() {
        let same = count(all - left.len(), "file");
        ui.note(format!("{}: {same} up to date", output.display()));
        return Ok(());
    }
    for difference in &differences {
        ui.data(files::describe(difference, &output))?;
    }
    ui.note("run the same command without `--check` to write them");
    Err(Failure::told())
}

/// Names the files in whose place stands something else.
fn tell_left(ui: &Ui, output: &Path, left: &[String]) {
    for path in left {
        let path = output.join(path);
        ui.note(format!("{}: left, because Plugwright did not write it", path.display()));
    }
}
