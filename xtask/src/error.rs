//! Why a step failed.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use crate::tally::Tally;

/// Says why a step failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum StepError {
    /// The step does not know this argument: see `cargo xtask help`.
    #[error("the step does not take `{arg}`")]
    Argument { arg: String },

    /// A command ran and failed: what it printed says why.
    #[error("`{command}` ended with {status}")]
    Command { command: String, status: ExitStatus },

    /// A file or folder could not be used: check that it is there and may be read and written.
    #[error("cannot {action} `{}`", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },

    /// A page has lost the marks between which a table is written: put them back.
    #[error("`{}` has no marks for the table", path.display())]
    Marks { path: PathBuf },

    /// All tests passed because there were none: the command selects the wrong ones, or its
    /// output changed and `tally.rs` no longer understands it.
    #[error("`{command}` succeeded, but not one test result was seen in its output")]
    NoTests { command: String },

    /// `plugwright bench` printed something else than it did: mend the reader or the printer.
    #[error("the report of the plugin in `{}` is not understood", path.display())]
    Report { path: PathBuf },

    /// A program could not be started: install it, or put its folder on `PATH`.
    #[error("`{program}` cannot be started")]
    Start { program: String, source: io::Error },

    /// One step of several failed: mend what its cause says, then start again.
    #[error("step `{step}` failed")]
    Step { step: &'static str, source: Box<Self> },

    /// Tests failed or did not compile: mend them.
    #[error("`{command}` ended with {status}, tests: {tally}")]
    Tests { command: String, status: ExitStatus, tally: Tally },
}

impl StepError {
    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source }
    }

    /// Names the step that failed, when several ran.
    pub(crate) fn step(&self) -> Option<&'static str> {
        match self {
            Self::Step { step, .. } => Some(step),
            _ => None,
        }
    }

    pub(crate) fn is_usage(&self) -> bool {
        matches!(self, Self::Argument { .. })
    }
}
