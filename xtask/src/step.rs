//! The table of steps, and what a step gives back.

use std::fmt;

use crate::error::StepError;
use crate::tally::Tally;
use crate::{
    bench, bless, clippy, codegen, demo, deny, docs, fmt as format, fuzz, guests, soak, suite,
    test, toolchains,
};

/// Lists all steps, in the order of the usage text.
pub(crate) static STEPS: &[Step] = &[
    Step {
        name: "test",
        call: "test",
        about: "everything CI does: the steps below, up to `deny`, in this order",
        fix: "",
        run: test::run,
    },
    Step {
        name: "toolchains",
        call: "toolchains",
        about: "adds the wasm targets, and installs the languages' toolchains and linters, pinned",
        fix: "check the network; `plugwright doctor` shows what is missing and how to get it",
        run: toolchains::run,
    },
    Step {
        name: "fmt",
        call: "fmt",
        about: "checks the formatting of the workspace and of the examples' plugins",
        fix: "run `cargo fmt --all`, in the workspace or in the plugin's folder named above",
        run: format::run,
    },
    Step {
        name: "clippy",
        call: "clippy",
        about: "lints all targets, warnings are errors",
        fix: "do what the lint says, or `#[expect]` it with a reason",
        run: clippy::run,
    },
    Step {
        name: "codegen",
        call: "codegen [--check]",
        about: "writes the committed generated code, or compares with it",
        fix: "run `cargo xtask codegen` and commit what it wrote",
        run: codegen::run,
    },
    Step {
        name: "guests",
        call: "guests [NAMES]",
        about: "builds the plugins for examples and tests whose inputs changed; NAMES are parts of theirs",
        fix: "run the command above by hand; delete `target/guests` to build all of them anew",
        run: guests::run,
    },
    Step {
        name: "suite",
        call: "suite [ARGS]",
        about: "runs all tests and doctests, and counts them; ARGS go to cargo",
        fix: "`cargo test -p PACKAGE` repeats one crate; `cargo xtask bless` accepts new golden files",
        run: suite::run,
    },
    Step {
        name: "docs",
        call: "docs",
        about: "renders the API documentation, warnings are errors",
        fix: "mend the doc comment that rustdoc names",
        run: docs::run,
    },
    Step {
        name: "deny",
        call: "deny",
        about: "checks licences, advisories and sources, if cargo-deny is installed",
        fix: "replace the dependency, or change `deny.toml` with the reason beside it",
        run: deny::run,
    },
    Step {
        name: "demo",
        call: "demo [checkout|pipeline [FILE]]",
        about: "builds and runs the example `setpoint` from nothing, or `checkout`, or `pipeline`, on FILE or on its data",
        fix: "",
        run: demo::run,
    },
    Step {
        name: "bench",
        call: "bench [WHAT]",
        about: "measures `runtime [WORDS]`, the default, `compose [WORDS]`, `languages` or `streams`, and writes the page; WORDS are parts of rows",
        fix: "",
        run: bench::run,
    },
    Step {
        name: "fuzz",
        call: "fuzz [--seconds N] [TARGETS]",
        about: "looks for inputs that hurt us: each target of `fuzz/`, or those named, for 60 s",
        fix: "`cargo xtask fuzz` prints the input's file; make a test of it, then mend what it shows",
        run: fuzz::run,
    },
    Step {
        name: "soak",
        call: "soak [--seconds N]",
        about: "loads, calls, breaks and unloads plugins for 600 s, and counts what is left",
        fix: "the test names what grew; `strace` and `/proc/PID/maps` show what it is",
        run: soak::run,
    },
    Step {
        name: "bless",
        call: "bless [ARGS]",
        about: "rewrites golden files from what the tests see; ARGS go to cargo",
        fix: "a test that fails while blessing is about something other than a golden file",
        run: bless::run,
    },
];

/// One thing that `cargo xtask` can do.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// The name with its arguments, as the usage text shows it.
    pub(crate) call: &'static str,
    pub(crate) about: &'static str,
    /// What to do when the step fails; empty when what it printed says so.
    pub(crate) fix: &'static str,
    pub(crate) run: fn(&[String]) -> Result<Outcome, StepError>,
}

impl Step {
    /// Finds a step by its name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        STEPS.iter().find(|step| step.name == name)
    }
}

/// What a step that did not fail has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Skipped(String),
    Tested(Tally),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Skipped(reason) => write!(f, "skipped: {reason}"),
            Self::Tested(tally) => tally.fmt(f),
        }
    }
}

/// Takes `--seconds N` off the arguments; `default` where it is not there.
pub(crate) fn seconds(args: &[String], default: u64) -> Result<(u64, Vec<String>), StepError> {
    let mut rest = args.to_vec();
    let Some(at) = rest.iter().position(|arg| arg == "--seconds") else {
        return Ok((default, rest));
    };
    let number = rest.get(at + 1).and_then(|number| number.parse().ok());
    let seconds = number.ok_or_else(|| StepError::Argument { arg: rest[at..].join(" ") })?;
    rest.drain(at..=at + 1);
    Ok((seconds, rest))
}

/// Refuses arguments, for the steps that have none.
pub(crate) fn no_arguments(args: &[String]) -> Result<(), StepError> {
    match args.first() {
        None => Ok(()),
        Some(arg) => Err(StepError::Argument { arg: arg.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_found_by_its_own_name_only() {
        for step in STEPS {
            assert_eq!(Step::named(step.name).map(|it| it.call), Some(step.call));
            assert_eq!(step.call.split(' ').next(), Some(step.name));
        }
        assert!(Step::named("ci-all").is_none());
    }

    #[test]
    fn seconds_are_a_number_wherever_they_stand() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(seconds(&words("a --seconds 5 b"), 1).unwrap(), (5, words("a b")));
        assert_eq!(seconds(&words("a"), 1).unwrap(), (1, words("a")));
        for wrong in ["--seconds", "--seconds long"] {
            let err = seconds(&words(wrong), 1).unwrap_err();
            assert_eq!(err.to_string(), format!("the step does not take `{wrong}`"));
        }
    }

    #[test]
    fn an_argument_too_many_is_wrong_usage() {
        assert!(no_arguments(&[]).is_ok());
        let err = no_arguments(&["--fast".to_owned()]).unwrap_err();
        assert!(err.is_usage());
        assert_eq!(err.to_string(), "the step does not take `--fast`");
    }
}
