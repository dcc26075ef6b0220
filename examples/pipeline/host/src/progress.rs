//! Shows on a terminal how far it is: bytes, rate, and the time that is left.

use std::io::{self, Write as _};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::io::{AsyncRead, ReadBuf};

/// Where the length of the input is known.
const KNOWN: &str =
    "{bar:30} {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";

/// Where it is not.
const UNKNOWN: &str = "{spinner} {decimal_bytes}, {decimal_bytes_per_sec}, {elapsed}";

/// A line on standard error that moves where that is a terminal, and is not there elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(is_quiet: bool) -> Self {
        Self(if is_quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() })
    }

    /// Says that a plugin is being loaded, which takes a while the first time.
    pub(crate) fn load(&self, file: &Path) {
        self.0.enable_steady_tick(Duration::from_millis(100));
        self.0.set_message(format!("loading {}", file.display()));
    }

    /// Follows what is read.
    pub(crate) fn watch<R>(&self, reader: R, length: Option<u64>) -> Watched<R> {
        let template = if length.is_some() { KNOWN } else { UNKNOWN };
        let style = ProgressStyle::with_template(template);
        self.0.set_style(style.expect("the templates name fields of indicatif"));
        if let Some(length) = length {
            self.0.set_length(length);
        }
        self.0.reset();
        Watched { reader, bar: self.0.clone() }
    }

    /// Says something without disturbing the line.
    pub(crate) fn tell(&self, text: &str) {
        self.0.suspend(|| {
            let _ = writeln!(io::stderr(), "{text}");
        });
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// A reader that moves the line.
#[derive(Debug)]
pub(crate) struct Watched<R> {
    reader: R,
    bar: ProgressBar,
}

impl<R: AsyncRead + Unpin> AsyncRead for Watched<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.reader).poll_read(context, buffer);
        self.bar.inc((buffer.filled().len() - before) as u64);
        read
    }
}
