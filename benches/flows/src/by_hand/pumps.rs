//! What moves bytes and records between the host and a store, with the direct buffers and nothing around them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Destination, Source, StreamConsumer, StreamProducer, StreamResult, VecBuffer,
};

use super::Reading;
use crate::PIECE;

/// Gives what a reader gives.
pub struct Producer<R>(pub R);

impl<R: AsyncRead + Send + Unpin + 'static> StreamProducer<()> for Producer<R> {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        store: StoreContextMut<'a, ()>,
        destination: Destination<'a, u8, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut into = destination.as_direct(store, PIECE);
        let mut buffer = ReadBuf::new(into.remaining());
        match Pin::new(&mut self.0).poll_read(context, &mut buffer)? {
            Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
            Poll::Pending => return Poll::Pending,
            Poll::Ready(()) => {}
        }
        let read = buffer.filled().len();
        into.mark_written(read);
        Poll::Ready(Ok(if read == 0 { StreamResult::Dropped } else { StreamResult::Completed }))
    }
}

/// Tells how much came, and whether that is all.
#[derive(Clone, Default)]
pub struct Tally {
    pub count: Arc<AtomicU64>,
    pub closed: Arc<AtomicU64>,
}

/// Says at its end that it was all.
struct Closed(Tally);

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.closed.store(1, Ordering::Release);
    }
}

/// Writes what comes to a writer.
pub struct Consumer<W> {
    to: W,
    closed: Closed,
}

impl<W> Consumer<W> {
    pub fn new(to: W, tally: &Tally) -> Self {
        Self { to, closed: Closed(tally.clone()) }
    }
}

impl<W: AsyncWrite + Send + Unpin + 'static> StreamConsumer<()> for Consumer<W> {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        store: StoreContextMut<()>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut from = source.as_direct(store);
        let written = match Pin::new(&mut self.to).poll_write(context, from.remaining())? {
            Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
            it => ready!(it),
        };
        from.mark_read(written);
        self.closed.0.count.fetch_add(written as u64, Ordering::Relaxed);
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

/// Gives so many records.
pub struct Readings {
    pub at: u64,
    pub end: u64,
}

impl StreamProducer<()> for Readings {
    type Item = Reading;
    type Buffer = VecBuffer<Reading>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<'a, ()>,
        mut destination: Destination<'a, Reading, Self::Buffer>,
        _: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        if self.at == self.end {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        let most = destination.remaining(&mut store).unwrap_or(1) as u64;
        let end = self.end.min(self.at + most);
        let each = |at| Reading { sensor: 7, at, value: 21.5 };
        destination.set_buffer((self.at..end).map(each).collect::<Vec<_>>().into());
        self.at = end;
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

/// Counts the records that come.
pub struct Counter {
    records: Vec<Reading>,
    closed: Closed,
}

impl Counter {
    pub fn new(tally: &Tally) -> Self {
        Self { records: Vec::new(), closed: Closed(tally.clone()) }
    }
}

impl StreamConsumer<()> for Counter {
    type Item = Reading;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<()>,
        mut source: Source<'_, Reading>,
        _: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let most = source.remaining(&mut store);
        self.records.clear();
        self.records.reserve(most);
        source.read(&mut store, &mut self.records)?;
        let read = std::hint::black_box(&self.records).len() as u64;
        self.closed.0.count.fetch_add(read, Ordering::Relaxed);
        Poll::Ready(Ok(StreamResult::Completed))
    }
}
