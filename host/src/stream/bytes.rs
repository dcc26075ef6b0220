//! `stream<u8>`

use std::{
    any::{Any, TypeId},
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use wasmtime::{
    AsContextMut, StoreContextMut,
    component::{
        Destination, Source, StreamConsumer, StreamProducer, StreamReader, StreamResult, VecBuffer,
    },
};

use super::{
    input_failed,
    pipe::{Hold, Inlet, Outlet, Written, pipe},
};
use crate::{nested::theirs, spent::Spent, state::State};

/// Bytes that are read piece by piece: what a host passes where the WIT says `stream<u8>`, and what it is given.
///
/// A host makes one of anything that is `AsyncRead`, or of bytes.
/// One that a plugin writes is read as `AsyncRead`, `AsyncBufRead`, or as a `Stream` of `Bytes`; or it is passed on to
/// another plugin.
/// Reading runs the plugin that writes, so where nobody reads it does not run; the sandbox is its as long as it may
/// still be read, and to drop it ends the call.
///
/// The end of the stream is the end of the call, too, unless other streams of it are open: a plugin that fails after
/// it wrote all is an error, not an end.
///
/// # Errors
///
/// Reading one that a plugin writes fails with an `io::Error` around a [`StreamError`](crate::StreamError), where the
/// plugin came to no proper end.
/// Where the host's own reader fails, the call ends with [`CallError::Input`](crate::CallError::Input): WIT's streams
/// end, and have no way to say that they failed. Where the plugin shall know, and go on, the WIT passes a future
/// beside the stream.
pub struct ByteStream {
    origin: Origin,
    /// What was taken out of that, and not read yet.
    piece: Bytes,
}

enum Origin {
    Host(Pin<Box<dyn AsyncRead + Send>>),
    Plugin(Outlet<Held>),
}

/// What a plugin wrote and nobody has read yet.
#[derive(Default)]
struct Held {
    bytes: BytesMut,
    /// Where it goes instead.
    sink: Option<Sink>,
}

struct Sink {
    writer: Pin<Box<dyn AsyncWrite + Send>>,
    written: u64,
    failed: Option<io::Error>,
}

impl Hold for Held {
    fn room(&self, most: usize) -> usize {
        match &self.sink {
            // It has no room of its own, and says so by itself.
            Some(_) => most.max(1),
            None => most.saturating_sub(self.bytes.len()),
        }
    }

    fn is_readable(&self) -> bool {
        !self.bytes.is_empty() || self.sink.as_ref().is_some_and(|it| it.failed.is_some())
    }
}

impl Held {
    /// Takes as much of `piece` as there is room for, or as the sink takes; nothing where that has to wait.
    fn take(&mut self, context: &mut Context<'_>, piece: &[u8], room: usize) -> Poll<usize> {
        let Some(sink) = &mut self.sink else {
            let taken = piece.len().min(room);
            self.bytes.extend_from_slice(&piece[..taken]);
            return Poll::Ready(taken);
        };
        if sink.failed.is_some() || piece.is_empty() {
            return Poll::Ready(0);
        }
        match ready!(theirs(|| sink.writer.as_mut().poll_write(context, piece))) {
            Ok(0) => sink.failed = Some(io::ErrorKind::WriteZero.into()),
            Ok(taken) => {
                sink.written += taken as u64;
                return Poll::Ready(taken);
            }
            Err(error) => sink.failed = Some(error),
        }
        Poll::Ready(0)
    }
}

/// How much of a host's reader is read at once where it is read by the piece, in bytes.
const PIECE: usize = 16 << 10;

impl ByteStream {
    /// What `reader` reads, straight into the memory of the plugin that asks for it.
    pub fn new(reader: impl AsyncRead + Send + 'static) -> Self {
        Self { origin: Origin::Host(Box::pin(reader)), piece: Bytes::new() }
    }

    /// Reads all that is left, unless that is more than `most` bytes.
    ///
    /// # Errors
    ///
    /// See [`ByteStream`]; [`io::ErrorKind::FileTooLarge`] where it is more.
    pub async fn collect(mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let piece = self.piece().await?;
            if piece.is_empty() {
                return Ok(all);
            }
            if all.len() + piece.len() > most {
                let message = format!("the stream is longer than {most} bytes");
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
            all.extend_from_slice(piece);
            piece.clear();
        }
    }

    /// Writes all that is left to `writer`, straight out of the memory of the plugin, flushes it, and tells how many
    /// bytes that were.
    ///
    /// To keep the writer, read from the stream with `tokio::io::copy`, which copies once more.
    ///
    /// # Errors
    ///
    /// See [`ByteStream`]; what `writer` fails with, which ends the call that wrote the stream.
    pub async fn write_to(mut self, writer: impl AsyncWrite + Send + 'static) -> io::Result<u64> {
        let mut writer: Pin<Box<dyn AsyncWrite + Send>> = Box::pin(writer);
        let mut written = 0;
        loop {
            let is_held = match &mut self.origin {
                Origin::Host(_) => true,
                Origin::Plugin(outlet) => {
                    !self.piece.is_empty() || outlet.with(|it| !it.bytes.is_empty())
                }
            };
            if !is_held {
                break;
            }
            let piece = self.piece().await?;
            if piece.is_empty() {
                break;
            }
            let taken = poll_fn(|context| writer.as_mut().poll_write(context, piece)).await?;
            if taken == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            piece.advance(taken);
            written += taken as u64;
        }
        if let Origin::Plugin(outlet) = &mut self.origin {
            outlet.with(|it| it.sink = Some(Sink { writer, written: 0, failed: None }));
            let failed = |it: &mut Held| it.sink.as_mut().and_then(|it| it.failed.take());
            if let Some(error) = poll_fn(|context| outlet.poll(context, failed)).await? {
                return Err(error);
            }
            let Some(sink) = outlet.with(|it| it.sink.take()) else { return Ok(written) };
            (writer, written) = (sink.writer, written + sink.written);
        }
        poll_fn(|context| writer.as_mut().poll_flush(context)).await?;
        Ok(written)
    }

    /// What the call that wrote it has spent; nothing as long as that goes on, and where it is no plugin that writes.
    pub fn spent(&self) -> Option<Spent> {
        match &self.origin {
            Origin::Host(_) => None,
            Origin::Plugin(outlet) => outlet.outputs().spent(),
        }
    }

    async fn piece(&mut self) -> io::Result<&mut Bytes> {
        poll_fn(|context| self.poll_piece(context)).await?;
        Ok(&mut self.piece)
    }

    /// Passes it to a plugin.
    #[doc(hidden)]
    pub fn __pass<H: Send + 'static>(
        self,
        store: impl AsContextMut<Data = State<H>>,
    ) -> wasmtime::Result<StreamReader<u8>> {
        StreamReader::new(store, self)
    }

    /// Takes it from a plugin.
    #[doc(hidden)]
    pub fn __take<H: Send + 'static>(
        raw: StreamReader<u8>,
        mut store: impl AsContextMut<Data = State<H>>,
        is_result: bool,
    ) -> wasmtime::Result<Self> {
        // One that the host passed in, and the plugin did not read, needs no plugin.
        let raw = match raw.try_into::<Self>(store.as_context_mut()) {
            Ok(own) => return Ok(own),
            Err(raw) => raw,
        };
        let outputs = store.as_context_mut().data_mut().sandbox.outputs();
        let (inlet, outlet) = pipe(&outputs, is_result);
        raw.pipe(store, inlet)?;
        Ok(Self { origin: Origin::Plugin(outlet), piece: Bytes::new() })
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = match self.origin {
            Origin::Host(_) => "host",
            Origin::Plugin(_) => "plugin",
        };
        f.debug_struct("ByteStream").field("from", &from).finish_non_exhaustive()
    }
}

impl From<Bytes> for ByteStream {
    fn from(bytes: Bytes) -> Self {
        Self::new(io::Cursor::new(bytes))
    }
}

impl From<Vec<u8>> for ByteStream {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(io::Cursor::new(bytes))
    }
}

impl From<&'static [u8]> for ByteStream {
    fn from(bytes: &'static [u8]) -> Self {
        Self::new(bytes)
    }
}

impl ByteStream {
    /// Waits until there is a piece; it is empty at the end.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.piece.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.piece = match &mut self.origin {
            Origin::Host(reader) => {
                let mut piece = BytesMut::zeroed(PIECE);
                let mut buffer = ReadBuf::new(&mut piece);
                ready!(reader.as_mut().poll_read(context, &mut buffer))?;
                let read = buffer.filled().len();
                piece.truncate(read);
                piece.freeze()
            }
            Origin::Plugin(outlet) => {
                let held =
                    |it: &mut Held| (!it.bytes.is_empty()).then(|| it.bytes.split().freeze());
                ready!(outlet.poll(context, held))?.unwrap_or_default()
            }
        };
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for ByteStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let is_empty = self.piece.is_empty();
        if let (Origin::Host(reader), true) = (&mut self.origin, is_empty) {
            return reader.as_mut().poll_read(context, buffer);
        }
        ready!(self.poll_piece(context))?;
        let read = self.piece.len().min(buffer.remaining());
        buffer.put_slice(&self.piece.split_to(read));
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for ByteStream {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        ready!(this.poll_piece(context))?;
        Poll::Ready(Ok(&this.piece))
    }

    fn consume(mut self: Pin<&mut Self>, read: usize) {
        self.piece.advance(read);
    }
}

impl Stream for ByteStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        ready!(self.poll_piece(context))?;
        let piece = std::mem::take(&mut self.piece);
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}

impl<H: Send + 'static> StreamProducer<State<H>> for ByteStream {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, State<H>>,
        destination: Destination<'a, u8, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        // A plugin that asks whether there is something is told to try.
        if destination.remaining(&mut store) == Some(0) {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        let mut into = destination.as_direct(store.as_context_mut(), PIECE);
        let mut buffer = ReadBuf::new(into.remaining());
        let read = match theirs(|| self.as_mut().poll_read(context, &mut buffer)) {
            Poll::Ready(Ok(())) => buffer.filled().len(),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(input_failed(error))),
            Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
            Poll::Pending => return Poll::Pending,
        };
        if read == 0 {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        into.mark_written(read);
        store.data_mut().sandbox.spent.streamed_in += read as u64;
        Poll::Ready(Ok(StreamResult::Completed))
    }

    fn try_into(me: Pin<Box<Self>>, ty: TypeId) -> Result<Box<dyn Any>, Pin<Box<Self>>> {
        if ty == TypeId::of::<Self>() { Ok(Pin::into_inner(me) as Box<dyn Any>) } else { Err(me) }
    }
}

impl<H: Send + 'static> StreamConsumer<State<H>> for Inlet<Held> {
    type Item = u8;

    fn poll_consume(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'_, State<H>>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut from = source.as_direct(store.as_context_mut());
        let piece = from.remaining();
        let is_empty = piece.is_empty();
        let written = self.write(context, |context, held, room| held.take(context, piece, room));
        match written {
            // Only a sink that failed takes nothing.
            Written::Some(Poll::Ready(0)) if !is_empty => Poll::Ready(Ok(StreamResult::Dropped)),
            Written::Some(Poll::Ready(written)) => {
                from.mark_read(written);
                store.data_mut().sandbox.spent.streamed_out += written as u64;
                Poll::Ready(Ok(StreamResult::Completed))
            }
            Written::Dropped => Poll::Ready(Ok(StreamResult::Dropped)),
            Written::Some(Poll::Pending) | Written::Full if finish => {
                Poll::Ready(Ok(StreamResult::Cancelled))
            }
            Written::Some(Poll::Pending) | Written::Full => Poll::Pending,
        }
    }
}
