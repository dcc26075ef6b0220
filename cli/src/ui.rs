//! The only place that prints: data to standard output, everything else to standard error.
//!
//! Escape sequences are taken out where the stream is no terminal or `NO_COLOR` is set.
//! What comes from files that nobody vouches for cannot steer the terminal: its control characters
//! are replaced.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::failure::{Failure, Kind};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const CAUSE: Style = Style::new().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// The two streams that the program prints to.
#[derive(Debug)]
pub(crate) struct Ui {
    /// Whether somebody watches standard error.
    watched: bool,
}

/// Something that takes a while; it is over when this is dropped.
#[derive(Debug)]
#[expect(dead_code, reason = "dropping them is what they are for")]
pub(crate) enum Progress {
    /// A moving line on a terminal.
    Moving(Spinner),
    /// A plain line elsewhere, unless this is dropped before it is printed.
    Plain(Sender<()>),
}

#[derive(Debug)]
pub(crate) struct Spinner(ProgressBar);

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// What takes less time than this is not told where nothing can move.
const PATIENCE: Duration = Duration::from_secs(2);

impl Ui {
    pub(crate) fn new() -> Ui {
        Ui { watched: io::stderr().is_terminal() }
    }

    /// Prints lines of data.
    pub(crate) fn data(&self, text: impl Display) -> Result<(), Failure> {
        let mut out = anstream::stdout();
        writeln!(out, "{}", plain(&text.to_string()))
            .and_then(|()| out.flush())
            .map_err(|err| unwritten(&err))
    }

    /// Prints lines of data that were styled, and whose parts were made plain before that.
    pub(crate) fn styled(&self, text: impl Display) -> Result<(), Failure> {
        let mut out = anstream::stdout();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|err| unwritten(&err))
    }

    /// Prints data for programs.
    pub(crate) fn json(&self, data: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(data).expect("all keys of our data are texts");
        let mut out = anstream::stdout();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|err| unwritten(&err))
    }

    /// What bytes are written to that are data as they stand.
    pub(crate) fn bytes(&self) -> impl io::Write + Send + Unpin + 'static {
        io::stdout()
    }

    /// Tells that those could not be written.
    pub(crate) fn unwritten(&self, err: &io::Error) -> Failure {
        unwritten(err)
    }

    /// Says something beside the data.
    pub(crate) fn note(&self, text: impl Display) {
        note(&text.to_string());
    }

    /// Passes on what a plugin printed, as it stands.
    pub(crate) fn plugin_output(&self, text: &str) {
        let _ = write!(anstream::stderr(), "{}", plain(text));
    }

    /// Tells that something takes a while.
    pub(crate) fn progress(&self, what: impl Into<String>) -> Progress {
        let what = what.into();
        if self.watched {
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .expect("the template names fields of indicatif");
            let bar = ProgressBar::new_spinner().with_style(style).with_message(what);
            bar.enable_steady_tick(Duration::from_millis(100));
            return Progress::Moving(Spinner(bar));
        }
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                note(&what);
            }
        });
        Progress::Plain(sender)
    }

    /// Prints what was wrong with the arguments, or the help that was asked for.
    pub(crate) fn parse_error(&self, err: &clap::Error) -> ExitCode {
        let _ = err.print();
        ExitCode::from(u8::try_from(err.exit_code()).unwrap_or(2))
    }

    /// Prints a failure after which the command goes on.
    pub(crate) fn failed(&self, failure: &Failure) {
        let _ = print(failure);
    }

    /// Prints a failure, if there is one to print, and gives what the program exits with.
    pub(crate) fn end(&self, result: Result<(), Failure>) -> ExitCode {
        let Err(failure) = result else { return ExitCode::SUCCESS };
        if !matches!(failure.kind(), Kind::Told | Kind::Unread) {
            let _ = print(&failure);
        }
        failure.kind().exit_code()
    }
}

fn note(text: &str) {
    // When nobody can read it any more, nobody can be told.
    let _ = writeln!(anstream::stderr(), "{}", plain(text));
}

fn print(failure: &Failure) -> io::Result<()> {
    let mut out = anstream::stderr().lock();
    let mut part = |style: Style, heading: &str, text: &str| {
        writeln!(out, "{style}{heading}:{style:#} {}", plain(text))
    };
    part(ERROR, "error", failure.message())?;
    for cause in failure.causes() {
        part(CAUSE, "caused by", cause)?;
    }
    for hint in failure.hints() {
        part(HINT, "\nhint", hint)?;
    }
    Ok(())
}

/// Replaces control characters.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains(steers) {
        Cow::Owned(text.replace(steers, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn unwritten(err: &io::Error) -> Failure {
    if err.kind() == io::ErrorKind::BrokenPipe {
        Failure::unread()
    } else {
        Failure::system("standard output cannot be written", err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_is_replaced() {
        assert_eq!(plain("a\tb\nü"), "a\tb\nü");
        assert_eq!(plain("\u{1b}[31mred\u{9b}0m\r"), "\u{fffd}[31mred\u{fffd}0m\u{fffd}");
    }
}
