//! `bench`: what is measured, by one command.

use crate::error::StepError;
use crate::step::Outcome;
use crate::{languages, runtime, streams};

/// Measures the runtime, with `languages` what plugins of each language take, or with `streams` what flows through them.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    match args.split_first() {
        None => runtime::run(&[]),
        Some((what, words)) if what == "runtime" => runtime::run(words),
        Some((what, [])) if what == "languages" => languages::run(),
        Some((what, [])) if what == "streams" => streams::run(),
        Some((what, rest)) => {
            let arg = rest
                .first()
                .filter(|_| ["languages", "streams"].contains(&&**what))
                .unwrap_or(what);
            Err(StepError::Argument { arg: arg.clone() })
        }
    }
}
