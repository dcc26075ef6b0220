//! `bench`: what is measured, by one command.

use crate::error::StepError;
use crate::step::Outcome;
use crate::{compose, languages, runtime, streams};

/// Measures the runtime, with `languages` what plugins of each language take, with `streams` what flows through them, or
/// with `compose` what they call of each other.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    match args.split_first() {
        None => runtime::run(&[]),
        Some((what, words)) if what == "runtime" => runtime::run(words),
        Some((what, words)) if what == "compose" => compose::run(words),
        Some((what, words)) if what == "streams" => streams::run(words),
        Some((what, [])) if what == "languages" => languages::run(),
        Some((what, rest)) => {
            let arg = rest.first().filter(|_| what == "languages").unwrap_or(what);
            Err(StepError::Argument { arg: arg.clone() })
        }
    }
}
