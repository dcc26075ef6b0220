//! `stream<T>`

use std::{
    any::{Any, TypeId},
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt};
use wasmtime::{
    AsContextMut, StoreContextMut,
    component::{
        Destination, Lift, Lower, Source, StreamConsumer, StreamProducer, StreamReader,
        StreamResult, VecBuffer,
    },
};

use super::{
    StreamError, input_failed,
    pipe::{Hold, Inlet, Outlet, Outputs, Written, pipe},
};
use crate::{nested::theirs, spent::Spent, state::State, weigh::Weigh};

/// Values that are read one after the other: what a host passes where the WIT says `stream<T>`, and what it is given.
///
/// What is said of [`ByteStream`](crate::ByteStream) is true of it.
pub struct ItemStream<T> {
    items: Pin<Box<dyn Stream<Item = Result<T, StreamError>> + Send>>,
    /// The call that writes it, where one does.
    call: Option<Arc<Outputs>>,
}

impl<T: 'static> ItemStream<T> {
    /// What `items` gives, one after the other.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        Self { items: Box::pin(items.map(Ok)), call: None }
    }

    /// What the call that wrote it has spent; nothing as long as that goes on, and where it is no plugin that writes.
    pub fn spent(&self) -> Option<Spent> {
        self.call.as_ref().and_then(|it| it.spent())
    }

    /// Passes it to a plugin.
    #[doc(hidden)]
    pub fn __pass<H: Send + 'static>(
        self,
        store: impl AsContextMut<Data = State<H>>,
    ) -> wasmtime::Result<StreamReader<T>>
    where
        T: Weigh + Lower + Lift + Send + Sync,
    {
        StreamReader::new(store, self)
    }

    /// Takes it from a plugin.
    #[doc(hidden)]
    pub fn __take<H: Send + 'static>(
        raw: StreamReader<T>,
        mut store: impl AsContextMut<Data = State<H>>,
        is_result: bool,
    ) -> wasmtime::Result<Self>
    where
        T: Weigh + Lift + Send,
    {
        let raw = match raw.try_into::<Self>(store.as_context_mut()) {
            Ok(own) => return Ok(own),
            Err(raw) => raw,
        };
        let outputs = store.as_context_mut().data_mut().sandbox.outputs();
        let (inlet, outlet) = pipe(&outputs, is_result);
        raw.pipe(store, inlet)?;
        Ok(Self { items: Box::pin(Items(outlet)), call: Some(outputs) })
    }
}

impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream").finish_non_exhaustive()
    }
}

impl<T> Stream for ItemStream<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.as_mut().poll_next(context)
    }
}

/// What a plugin writes.
struct Items<T>(Outlet<VecDeque<T>>);

impl<T> Unpin for Items<T> {}

impl<T> Stream for Items<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context, VecDeque::pop_front).map(Result::transpose)
    }
}

impl<T, H> StreamProducer<State<H>> for ItemStream<T>
where
    T: Weigh + Lower + Send + Sync + 'static,
    H: Send + 'static,
{
    type Item = T;
    type Buffer = VecBuffer<T>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'a, State<H>>,
        mut destination: Destination<'a, T, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let most = destination.remaining(&mut store).unwrap_or(1);
        if most == 0 {
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        let mut items = Vec::new();
        let mut result = StreamResult::Completed;
        while items.len() < most {
            match theirs(|| self.as_mut().poll_next(context)) {
                Poll::Ready(Some(Ok(item))) => items.push(item),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(input_failed(error))),
                Poll::Ready(None) => {
                    result = StreamResult::Dropped;
                    break;
                }
                Poll::Pending if !items.is_empty() => break,
                Poll::Pending if finish => return Poll::Ready(Ok(StreamResult::Cancelled)),
                Poll::Pending => return Poll::Pending,
            }
        }
        store.data_mut().sandbox.spent.streamed_in += items.bytes();
        destination.set_buffer(items.into());
        Poll::Ready(Ok(result))
    }

    fn try_into(me: Pin<Box<Self>>, ty: TypeId) -> Result<Box<dyn Any>, Pin<Box<Self>>> {
        if ty == TypeId::of::<Self>() { Ok(Pin::into_inner(me) as Box<dyn Any>) } else { Err(me) }
    }
}

impl<T> Hold for VecDeque<T> {
    fn room(&self, most: usize) -> usize {
        // One item is always let through, however large it is.
        (most / size_of::<T>().max(1)).max(1).saturating_sub(self.len())
    }

    fn is_readable(&self) -> bool {
        !self.is_empty()
    }
}

impl<T, H> StreamConsumer<State<H>> for Inlet<VecDeque<T>>
where
    T: Weigh + Lift + Send + 'static,
    H: Send + 'static,
{
    type Item = T;

    fn poll_consume(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'_, State<H>>,
        mut source: Source<'_, T>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let written = self.write(context, |_, held, room| {
            let mut items = Vec::with_capacity(room.min(source.remaining(&mut store)));
            source.read(&mut store, &mut items)?;
            store.data_mut().sandbox.spent.streamed_out += items.bytes();
            held.extend(items);
            Ok(())
        });
        match written {
            Written::Some(Err(error)) => Poll::Ready(Err(error)),
            Written::Some(Ok(())) => Poll::Ready(Ok(StreamResult::Completed)),
            Written::Dropped => Poll::Ready(Ok(StreamResult::Dropped)),
            Written::Full if finish => Poll::Ready(Ok(StreamResult::Cancelled)),
            Written::Full => Poll::Pending,
        }
    }
}
