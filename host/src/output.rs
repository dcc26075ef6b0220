//! Where what a plugin prints goes.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use plugwright_component::policy::{Captured, Output};
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError},
};

/// The last that a sandbox wrote to standard error, which tells why it trapped.
#[derive(Clone, Debug)]
pub(crate) struct Tail(Captured);

impl Default for Tail {
    fn default() -> Self {
        Self(Captured::with_capacity(Self::CAPACITY))
    }
}

impl Tail {
    const CAPACITY: usize = 64 << 10;

    /// What is kept, from the first line that is whole.
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.peek();
        let text = String::from_utf8_lossy(&bytes);
        let whole = match text.split_once('\n') {
            Some((_, rest)) if bytes.len() == Self::CAPACITY => rest,
            _ => &text,
        };
        whole.trim().to_owned()
    }
}

/// One of a sandbox's standard streams, as WASI wants it.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) plugin: Arc<str>,
    pub(crate) stream: &'static str,
    pub(crate) to: Output,
    pub(crate) tail: Option<Tail>,
    /// The line that has begun and not ended, for [`Output::Trace`].
    pub(crate) line: Arc<Mutex<Vec<u8>>>,
}

impl Sink {
    fn accept(&self, bytes: &[u8]) {
        if let Some(tail) = &self.tail {
            tail.0.write(bytes);
        }
        match &self.to {
            Output::Discard => {}
            Output::Capture(captured) => captured.write(bytes),
            Output::Trace => self.trace(bytes),
        }
    }

    fn trace(&self, bytes: &[u8]) {
        /// A longer line is told in pieces, so that a plugin that never ends one cannot fill the host's memory.
        const LONGEST: usize = 4 << 10;
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        for &byte in bytes {
            if byte != b'\n' {
                line.push(byte);
            }
            if byte == b'\n' || line.len() == LONGEST {
                let text = String::from_utf8_lossy(&line);
                tracing::info!(target: "plugwright::plugin", plugin = &*self.plugin, stream = self.stream, "{text}");
                line.clear();
            }
        }
    }
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.accept(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(64 << 10)
    }
}

#[async_trait::async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl tokio::io::AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.accept(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    fn sink(to: Output, tail: Option<Tail>) -> Sink {
        Sink { plugin: "printer.wasm".into(), stream: "stdout", to, tail, line: Arc::default() }
    }

    #[test]
    fn what_is_captured_is_taken_once_and_bounded() {
        let captured = Captured::default();
        let sink = sink(Output::Capture(captured.clone()), None);
        sink.accept(b"one ");
        sink.clone().accept(b"two\xff");
        assert_eq!(captured.take(), "one two\u{fffd}");
        assert_eq!(captured.take(), "");
        sink.accept(b"first");
        sink.accept(&vec![b'x'; Captured::CAPACITY]);
        assert_eq!(captured.take(), "x".repeat(Captured::CAPACITY));
    }

    #[test]
    fn the_last_words_are_kept_whatever_is_granted() {
        let tail = Tail::default();
        let sink = sink(Output::Discard, Some(tail.clone()));
        sink.accept(b" one\n\n");
        assert_eq!(tail.text(), "one");
        sink.accept(&vec![b'.'; 1 << 20]);
        assert_eq!(tail.text().len(), Tail::CAPACITY);
        sink.accept(b"\n panicked at the disco\n twice\n");
        assert_eq!(tail.text(), "panicked at the disco\n twice");
    }

    /// Keeps what a subscriber writes.
    #[derive(Clone, Default)]
    struct Written(Captured);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn each_line_is_an_event() {
        let written = Written::default();
        let subscriber = tracing_subscriber::fmt()
            .without_time()
            .with_ansi(false)
            .with_writer(written.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let sink = sink(Output::Trace, None);
            sink.accept(b"one\ntw");
            sink.clone().accept(b"o\nthree");
            sink.accept(&vec![b'-'; 4 << 10]);
        });
        let text = written.0.take();
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        let event = "INFO plugwright::plugin:";
        let fields = r#"plugin="printer.wasm" stream="stdout""#;
        assert_eq!(lines[..2], [format!("{event} one {fields}"), format!("{event} two {fields}")]);
        assert!(
            lines[2].starts_with(&format!("{event} three---")),
            "an endless line is told in pieces"
        );
        assert_eq!(lines.len(), 3);
    }
}
