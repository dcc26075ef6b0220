//! `demo checkout`: the example `checkout`, from a fresh clone to its receipts.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::error::StepError;
use crate::guests;
use crate::step::{Outcome, no_arguments};
use crate::toolchains;

const EXAMPLE: &str = "examples/checkout";

/// Where the application is laid out, and keeps what it stores.
const FOLDER: &str = "target/checkout";

/// Lists the components, and the names that the application has for them.
const COMPONENTS: [(&str, &str); 7] = [
    ("checkout-orders-rust", "plugins/orders"),
    ("checkout-pricing-rust", "plugins/pricing"),
    ("checkout-discount-js", "plugins/discount"),
    ("checkout-tax-go", "plugins/tax"),
    ("checkout-fraud-python", "plugins/fraud"),
    ("layer-cache", "layers/cache"),
    ("layer-folder", "layers/folder"),
];

/// The calls: first those that fill the catalogue, then those of a customer.
const CALLS: [&str; 2] = ["catalogue.wave", "cases/orders.wave"];

/// Builds the plugins, lays the application out, draws it, and runs it.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    toolchains::run(&[])?;
    guests::run(&["checkout-".to_owned(), "layer-".to_owned()])?;
    let folder = Path::new(FOLDER);
    lay_out(folder).map_err(|source| StepError::file("write", folder, source))?;
    let mut check = plugwright()?;
    check.args(["check", "app.toml", "--graph", "checkout.svg"]);
    command::run(check)?;
    for file in CALLS {
        let calls = folder.join("calls.wave");
        fs::copy(Path::new(EXAMPLE).join(file), &calls)
            .map_err(|source| StepError::file("write", &calls, source))?;
        let calls = File::open(&calls).map_err(|source| StepError::file("read", &calls, source))?;
        let mut run = plugwright()?;
        run.args(["run", "app.toml"]).stdin(calls);
        command::run(run)?;
    }
    Ok(Outcome::Done)
}

/// Puts the files of the application where `app.toml` says, with an empty store.
fn lay_out(folder: &Path) -> io::Result<()> {
    let store = folder.join("store");
    if store.exists() {
        fs::remove_dir_all(&store)?;
    }
    for it in ["plugins", "layers", "store", "wit"] {
        fs::create_dir_all(folder.join(it))?;
    }
    for file in ["app.toml", "wit/checkout.wit"] {
        fs::copy(Path::new(EXAMPLE).join(file), folder.join(file))?;
    }
    for (built, name) in COMPONENTS {
        fs::copy(guests::component(built), folder.join(name).with_extension("wasm"))?;
    }
    Ok(())
}

/// Starts a call of the command line in the folder of the application.
fn plugwright() -> Result<Command, StepError> {
    let program = guests::beside("plugwright")?.get_program().to_owned();
    let mut command = Command::new(PathBuf::from(program));
    command.current_dir(FOLDER);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plugin_of_the_application_is_laid_out() {
        let text = fs::read_to_string(Path::new("..").join(EXAMPLE).join("app.toml")).unwrap();
        let lines = text.lines().filter_map(|it| it.strip_prefix("file = \"")?.strip_suffix('"'));
        let mut named: Vec<_> = lines.map(|it| it.trim_end_matches(".wasm")).collect();
        let mut laid_out = COMPONENTS.map(|(_, name)| name).to_vec();
        named.sort_unstable();
        laid_out.sort_unstable();
        assert_eq!(named, laid_out);
    }
}
