//! Counts what is read or written at one place, and how long that had to wait.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What went through one place so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Bytes.
    pub bytes: u64,
    /// Lines, the last one included where nothing ended it.
    pub lines: u64,
    /// How long there was nothing to read, or no room to write.
    pub waited: Duration,
}

/// Counts at one place.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    passed: Passed,
    /// Whether a line has begun that nothing ended yet.
    is_in_line: bool,
    waits_since: Option<Instant>,
}

impl Meter {
    /// Tells what was counted.
    pub fn passed(&self) -> Passed {
        let counted = self.lock();
        let lines = counted.passed.lines + u64::from(counted.is_in_line);
        Passed { lines, ..counted.passed }
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) {
        self.lock().waits_since.get_or_insert_with(Instant::now);
    }

    fn count(&self, bytes: &[u8]) {
        let mut counted = self.lock();
        if let Some(since) = counted.waits_since.take() {
            counted.passed.waited += since.elapsed();
        }
        let Some(last) = bytes.last() else { return };
        counted.is_in_line = *last != b'\n';
        counted.passed.bytes += bytes.len() as u64;
        counted.passed.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
    }
}

/// What is read from, or written to, with a meter at it.
#[derive(Debug)]
pub struct Metered<T> {
    inner: T,
    meter: Meter,
}

impl<T> Metered<T> {
    /// Puts a meter at it.
    pub fn new(inner: T, meter: Meter) -> Self {
        Self { inner, meter }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Metered<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(context, buffer);
        match read {
            Poll::Ready(_) => self.meter.count(&buffer.filled()[before..]),
            Poll::Pending => self.meter.wait(),
        }
        read
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Metered<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        if written.is_pending() {
            self.meter.wait();
        }
        let written = ready!(written)?;
        self.meter.count(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_whether_it_is_ended_or_not() {
        for (pieces, lines) in [
            (&[""][..], 0),
            (&["a\n", "b\n"], 2),
            (&["a\nb"], 2),
            (&["a", "b", "\n"], 1),
            (&["\n\n", "a", ""], 3),
        ] {
            let meter = Meter::default();
            pieces.iter().for_each(|it| meter.count(it.as_bytes()));
            let bytes = pieces.concat().len() as u64;
            let waited = Duration::ZERO;
            assert_eq!(meter.passed(), Passed { bytes, lines, waited }, "{pieces:?}");
        }
    }

    #[test]
    fn waiting_ends_with_what_comes() {
        let meter = Meter::default();
        meter.wait();
        meter.wait();
        assert_eq!(meter.passed().waited, Duration::ZERO, "it is not over");
        meter.count(b"a");
        let waited = meter.passed().waited;
        assert!(waited > Duration::ZERO);
        meter.count(b"b");
        assert_eq!(meter.passed().waited, waited);
    }
}
