//! What lies between two stages: as many bytes as the policy allows, and whether they are all.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// Makes a link that holds at most so many bytes.
pub fn link(most: usize) -> (Writer, Reader) {
    let (writer, reader) = tokio::io::duplex(most);
    let is_whole = Arc::new(AtomicBool::new(false));
    (Writer { inner: writer, is_whole: Arc::clone(&is_whole) }, Reader { inner: reader, is_whole })
}

/// Why a stage cannot write: the next one reads no further.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the next stage reads no further")]
pub struct Unread;

/// Why a stage cannot read: the one before it ended before it had written everything.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the stage before it ended early")]
pub struct Cut;

/// The end that a stage writes to; flushing it says that it was all.
#[derive(Debug)]
pub struct Writer {
    inner: DuplexStream,
    is_whole: Arc<AtomicBool>,
}

/// The end that the next stage reads from; where it was not all, reading fails at its end.
#[derive(Debug)]
pub struct Reader {
    inner: DuplexStream,
    is_whole: Arc<AtomicBool>,
}

impl AsyncWrite for Writer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(context, bytes));
        // The other end is dropped: there is no other way for it to fail.
        Poll::Ready(written.map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, Unread)))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_whole.store(true, Ordering::Release);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let is_end = buffer.filled().len() == before && buffer.remaining() > 0;
        if is_end && !self.is_whole.load(Ordering::Acquire) {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, Cut)));
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn run<R>(future: impl Future<Output = R>) -> R {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn an_end_is_an_end_only_where_all_was_written() {
        run(async {
            let (mut writer, mut reader) = link(10);
            writer.write_all(b"all").await.unwrap();
            writer.flush().await.unwrap();
            drop(writer);
            let mut text = String::new();
            reader.read_to_string(&mut text).await.unwrap();
            assert_eq!(text, "all");

            let (mut writer, mut reader) = link(10);
            writer.write_all(b"a part").await.unwrap();
            drop(writer);
            let error = reader.read_to_end(&mut Vec::new()).await.unwrap_err();
            assert_eq!(error.to_string(), "the stage before it ended early");
        });
    }

    #[test]
    fn who_writes_is_told_that_nobody_reads() {
        run(async {
            let (mut writer, reader) = link(10);
            drop(reader);
            let error = writer.write_all(b"text").await.unwrap_err();
            assert!(error.get_ref().is_some_and(|it| it.is::<Unread>()));
        });
    }
}
