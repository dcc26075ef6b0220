//! Keeps panics of the generators underneath inside this crate.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::GenerateError;

/// Runs a generator; its error or its panic becomes ours.
pub(crate) fn guarded<T, E: Display>(
    generator: &'static str,
    world: &str,
    run: impl FnOnce() -> Result<T, E>,
) -> Result<T, GenerateError> {
    let message = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(err)) => format!("{err:#}"),
        Err(panic) => match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
            (Some(text), _) => text.clone(),
            (None, Some(text)) => (*text).to_owned(),
            (None, None) => "it panicked".to_owned(),
        },
    };
    Err(GenerateError::Upstream { generator, world: world.to_owned(), message })
}
