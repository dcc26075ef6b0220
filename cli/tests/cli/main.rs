//! The command line as people and scripts meet it: commands with their exact output, in `tests/cmd`.

mod c;
mod checkout;
mod diff;
mod docs;
mod fixtures;
mod go;
mod graphs;
mod inputs;
mod javascript;
mod layers;
mod projects;
mod public;
mod python;
mod shouter;
mod streams;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

/// Runs the commands of each file, with the fixtures as the current folder.
#[test]
fn commands_print_what_their_cases_say() -> Result<(), Box<dyn Error>> {
    let fixtures = fixtures::make("cases")?;
    std::env::set_current_dir(&fixtures)?;
    let cases = trycmd::TestCases::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    cases
        .case(folder.join("*.md"))
        .case(folder.join("*.toml"))
        .default_bin_path(env!("CARGO_BIN_EXE_plugwright"))
        .register_bin("plugwright", Path::new(env!("CARGO_BIN_EXE_plugwright")))
        .timeout(Duration::from_secs(60));
    for (name, value) in fixtures::ENV {
        cases.env(name, value);
    }
    cases.run();
    Ok(())
}
