//! `future<T>`

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use wasmtime::{
    AsContextMut, StoreContextMut,
    component::{FutureConsumer, FutureProducer, FutureReader, Lift, Lower, Source},
};

use super::{
    StreamError, input_failed,
    pipe::{Hold, Inlet, Outlet, Outputs, Written, pipe},
};
use crate::{nested::theirs, spent::Spent, state::State, weigh::Weigh};

/// A value that comes later: what a host passes where the WIT says `future<T>`, and what it is given.
///
/// A host makes one of any `Future`, and awaits one that a plugin resolves, which gives a `Result`: the plugin may fail
/// before.
/// What is said of [`ByteStream`](crate::ByteStream) is true of it.
pub struct ItemFuture<T> {
    value: Pin<Box<dyn Future<Output = Result<T, StreamError>> + Send>>,
    /// The call that resolves it, where one does.
    call: Option<Arc<Outputs>>,
}

impl<T: 'static> ItemFuture<T> {
    /// What `value` gives.
    pub fn new(value: impl Future<Output = T> + Send + 'static) -> Self {
        Self { value: Box::pin(async { Ok(value.await) }), call: None }
    }

    /// What the call that resolved it has spent; nothing as long as that goes on, and where it is no plugin that does.
    pub fn spent(&self) -> Option<Spent> {
        self.call.as_ref().and_then(|it| it.spent())
    }

    /// Passes it to a plugin.
    #[doc(hidden)]
    pub fn __pass<H: Send + 'static>(
        self,
        store: impl AsContextMut<Data = State<H>>,
    ) -> wasmtime::Result<FutureReader<T>>
    where
        T: Weigh + Lower + Lift + Send + Sync,
    {
        FutureReader::new(store, Producer(self))
    }

    /// Takes it from a plugin.
    #[doc(hidden)]
    pub fn __take<H: Send + 'static>(
        raw: FutureReader<T>,
        mut store: impl AsContextMut<Data = State<H>>,
        is_result: bool,
    ) -> wasmtime::Result<Self>
    where
        T: Weigh + Lift + Send,
    {
        let outputs = store.as_context_mut().data_mut().sandbox.outputs();
        let (inlet, outlet) = pipe(&outputs, is_result);
        raw.pipe(store, inlet)?;
        Ok(Self { value: Box::pin(Value { outlet, value: None }), call: Some(outputs) })
    }
}

impl<T> fmt::Debug for ItemFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemFuture").finish_non_exhaustive()
    }
}

impl<T> Future for ItemFuture<T> {
    type Output = Result<T, StreamError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.value.as_mut().poll(context)
    }
}

/// What a plugin resolves.
struct Value<T> {
    outlet: Outlet<Option<T>>,
    /// What it gave, while its call comes to an end.
    value: Option<T>,
}

impl<T> Unpin for Value<T> {}

impl<T> Future for Value<T> {
    type Output = Result<T, StreamError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        while let Some(value) = ready!(self.outlet.poll(context, Option::take))? {
            self.value = Some(value);
        }
        Poll::Ready(self.value.take().ok_or(StreamError::Unfinished))
    }
}

/// Apart from [`ItemFuture`], since wasmtime takes any future for one whose error traps.
struct Producer<T>(ItemFuture<T>);

impl<T, H> FutureProducer<State<H>> for Producer<T>
where
    T: Weigh + Send + 'static,
    H: Send + 'static,
{
    type Item = T;

    fn poll_produce(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut store: StoreContextMut<'_, State<H>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<Option<T>>> {
        match theirs(|| Pin::new(&mut self.0).poll(context)) {
            Poll::Ready(Ok(value)) => {
                store.data_mut().sandbox.spent.streamed_in += value.bytes();
                Poll::Ready(Ok(Some(value)))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(input_failed(error))),
            Poll::Pending if finish => Poll::Ready(Ok(None)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T> Hold for Option<T> {
    fn room(&self, _: usize) -> usize {
        1
    }

    fn is_readable(&self) -> bool {
        self.is_some()
    }
}

impl<T, H> FutureConsumer<State<H>> for Inlet<Option<T>>
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
        _finish: bool,
    ) -> Poll<wasmtime::Result<()>> {
        let written = self.write(context, |_, held, _| {
            source.read(&mut store, held)?;
            store.data_mut().sandbox.spent.streamed_out += held.as_ref().map_or(0, T::bytes);
            Ok(())
        });
        Poll::Ready(match written {
            Written::Some(result) => result,
            Written::Full | Written::Dropped => Ok(()),
        })
    }
}
