//! `run`: an application, as long as there are calls for it.

use std::io::{self, BufRead as _};
use std::path::PathBuf;

use plugwright::{Application, EngineOptions};

use crate::failure::{Failure, Rules};
use crate::plugin;
use crate::policy;
use crate::text::count;
use crate::ui::Ui;
use crate::{input, wave};

/// Load an application, and answer calls until there are none
///
/// Calls are read from standard input, one a line, in WAVE, such as `till.price(100, "A")`; each result is one line on
/// standard output, empty where a function returns nothing. A call that fails is told on standard error, and the next
/// one is answered. Exits with 1 if any failed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The application, a `.toml` file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compile the plugins anew, and keep nothing of them
    #[arg(long)]
    no_cache: bool,
}

pub(crate) fn run(ui: &Ui, Args { file, no_cache }: Args) -> Result<(), Failure> {
    let mut plan = input::plan(&file)?;
    let printed = policy::printed(plan.policies_mut());
    let engine = plugin::engine(ui, EngineOptions::default(), !no_cache)?;
    let progress = ui.progress(format!("loading {}", file.display()));
    let application = Application::load(&engine, &plan)?;
    drop(progress);
    let (plugins, functions) = (application.plugins().count(), application.functions().count());
    ui.note(format!(
        "{}: {} in {}",
        application.name(),
        count(functions, "function"),
        count(plugins, "component")
    ));
    let mut failed = false;
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|err| Failure::system("standard input cannot be read", &err))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer(&application, line.trim());
        printed.pass_on(ui);
        match answer {
            Ok(text) => ui.data(text)?,
            Err(failure) => {
                failed = true;
                ui.failed(&failure);
            }
        }
    }
    if failed { Err(Failure::told()) } else { Ok(()) }
}

fn answer(application: &Application, call: &str) -> Result<String, Failure> {
    let request = application.request(call)?;
    let value = application
        .call(&request)
        .map_err(|err| Failure::of_call(&err, Rules::Application(None)))?;
    let Some(value) = value else { return Ok(String::new()) };
    wave::write(&value).map_err(|err| {
        let function = request.function().short_name();
        Failure::input(format!("the result of `{function}` cannot be written in WAVE")).cause(err)
    })
}
