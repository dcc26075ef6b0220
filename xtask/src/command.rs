//! How steps run other programs: announced, with the terminal passed through, and stopped at failure.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::error::StepError;
use crate::tally::Tally;

/// Starts a call of the cargo that runs this tool.
pub(crate) fn cargo<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Result<(), StepError> {
    println!("$ {}", shown(&command));
    let status = command.status().map_err(|source| not_started(&command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(StepError::Command { command: shown(&command), status })
    }
}

/// Runs a command to its end, and gives what it printed as data.
pub(crate) fn output(mut command: Command) -> Result<String, StepError> {
    println!("$ {}", shown(&command));
    let output = command.output().map_err(|source| not_started(&command, source))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(StepError::Command { command: shown(&command), status: output.status })
    }
}

/// Runs a command to its end, and shows what it printed only if it failed.
pub(crate) fn run_silently(mut command: Command) -> Result<(), StepError> {
    let output = command.output().map_err(|source| not_started(&command, source))?;
    if output.status.success() {
        return Ok(());
    }
    println!("$ {}", shown(&command));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    Err(StepError::Command { command: shown(&command), status: output.status })
}

/// Runs a `cargo test` to its end, shows its output as it comes, and counts its tests.
pub(crate) fn run_tests(mut command: Command) -> Result<Tally, StepError> {
    println!("$ {}", shown(&command));
    let (status, tally) = tee(&mut command).map_err(|source| not_started(&command, source))?;
    let command = shown(&command);
    if !status.success() {
        Err(StepError::Tests { command, status, tally })
    } else if tally.passed == 0 {
        Err(StepError::NoTests { command })
    } else {
        Ok(tally)
    }
}

fn tee(command: &mut Command) -> io::Result<(ExitStatus, Tally)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().expect("stdout was piped one line above");
    let tally = Tally::copy(BufReader::new(output), io::stdout().lock());
    let status = child.wait()?;
    Ok((status, tally?))
}

fn not_started(command: &Command, source: io::Error) -> StepError {
    StepError::Start { program: word(command.get_program()), source }
}

/// Prints a command as one would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let envs = command.get_envs().filter_map(|(key, value)| {
        value.map(|value| format!("{}={}", key.to_string_lossy(), word(value)))
    });
    let program = word(program.file_stem().unwrap_or(program.as_os_str()));
    let args = command.get_args().map(word);
    envs.chain([program]).chain(args).collect::<Vec<_>>().join(" ")
}

fn word(text: &OsStr) -> String {
    let text = text.to_string_lossy();
    if text.is_empty() || text.contains(char::is_whitespace) {
        format!("'{text}'")
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/toolchain/bin/cargo");
        command.args(["doc", "--no-deps", "two words"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(shown(&command), "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'two words'");
    }

    #[test]
    fn a_missing_program_is_named() {
        let err = run(Command::new("plugwright-no-such-program")).unwrap_err();
        assert_eq!(err.to_string(), "`plugwright-no-such-program` cannot be started");
    }

    #[test]
    fn a_failing_program_is_shown_with_its_status() {
        let mut command = cargo(["no-such-subcommand"]);
        command.stderr(Stdio::null());
        let err = run(command).unwrap_err();
        assert_eq!(err.to_string(), "`cargo no-such-subcommand` ended with exit status: 101");
    }

    #[test]
    fn a_run_without_tests_does_not_pass() {
        let mut silent = Command::new("git");
        silent.args(["check-ref-format", "a/name"]);
        let err = run_tests(silent).unwrap_err();
        assert!(matches!(err, StepError::NoTests { .. }), "{err}");
    }
}
