//! Calls by text of functions that take and give `stream<u8>`.

use std::{
    fmt,
    future::poll_fn,
    io::{self, Read, Write},
    num::NonZeroU64,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
};

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wasmtime::{
    Store,
    component::{self, StreamAny, Type, Val},
};

use super::{Exports, Function, Live, Request, RequestError, Untyped, found, lies_in};
use crate::{
    access::crossing,
    error::CallError,
    instance::{
        Instance,
        flow::{Left, taken},
    },
    link::{Carried, flows, take_back},
    plugin::Plugin,
    state::State,
    stream::{ByteStream, StreamError, input_failed},
    watch::driven,
    weigh::Weigh,
    world::AsyncWorld,
};

/// A call that was read, found in the plugin, and typed, with what opens the streams that it names.
#[derive(Clone)]
pub struct FlowRequest {
    request: Request,
    open: Arc<Open>,
    /// Whether the function takes or gives any.
    flows: bool,
}

type Open = dyn Fn(&str) -> io::Result<Box<dyn Read + Send>> + Send + Sync;

impl fmt::Debug for FlowRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowRequest").field("request", &self.request).finish_non_exhaustive()
    }
}

impl FlowRequest {
    /// The function that will be called.
    pub fn function(&self) -> &Function {
        self.request.function()
    }

    /// What is copied into the sandbox, but for what flows.
    fn bytes(&self) -> u64 {
        let params = self.function().ty.params().zip(&self.request.params);
        params.filter(|((_, ty), _)| !is_bytes(ty)).map(|(_, value)| value.bytes()).sum()
    }

    /// The arguments, with the streams that are named among them.
    fn params<H: Send + 'static>(&self, store: &mut Store<State<H>>) -> wasmtime::Result<Vec<Val>> {
        let params = self.function().ty.params().zip(&self.request.params);
        let open = |((_, ty), value): ((&str, Type), &Val)| match value {
            Val::String(name) if is_bytes(&ty) => {
                let reader = (self.open)(name).map_err(input_failed)?;
                let reader = ByteStream::new(Blocking(reader)).__pass(&mut *store)?;
                Ok(Val::Stream(StreamAny::try_from_stream_reader(&mut *store, reader)?))
            }
            value => Ok(value.clone()),
        };
        params.map(open).collect()
    }
}

impl Function {
    /// Whether it gives a `stream<u8>`.
    pub fn gives_bytes(&self) -> bool {
        self.ty.results().any(|ty| is_bytes(&ty))
    }
}

pub(super) fn is_bytes(ty: &Type) -> bool {
    matches!(ty, Type::Stream(stream) if matches!(stream.ty(), Some(Type::U8)))
}

impl<H: Send + 'static> Plugin<Untyped<H>> {
    /// Reads a call as [`Plugin::request`] does; where a parameter is a `stream<u8>`, the text says a name, such as
    /// `sum("data.bin")`, and `open` gives what is read, whenever the function is called.
    /// The result may be a `stream<u8>`; one that holds a stream or a future in any other way is refused.
    ///
    /// # Errors
    ///
    /// See [`RequestError`].
    pub fn request_flow(
        &self,
        text: &str,
        open: impl Fn(&str) -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static,
    ) -> Result<FlowRequest, RequestError> {
        let request = self.read(text, |ty| if is_bytes(&ty) { Type::String } else { ty })?;
        let function = request.function();
        if function.ty.results().any(|ty| flows(&ty) && !is_bytes(&ty)) {
            let (function, signature) = (function.short_name(), function.signature());
            return Err(RequestError::Unreadable { function, signature });
        }
        let flows = function.gives_bytes() || function.ty.params().any(|(_, ty)| is_bytes(&ty));
        Ok(FlowRequest { request, open: Arc::new(open), flows })
    }
}

impl<H: Send + 'static> AsyncWorld for Untyped<H> {
    async fn instantiate_async(
        pre: &Exports<H>,
        store: &mut Store<State<H>>,
    ) -> wasmtime::Result<(Live, component::Instance)> {
        let instance = pre.pre.instantiate_async(store).await?;
        Ok((Live { instance, functions: Arc::clone(&pre.functions) }, instance))
    }
}

impl<H: Send + 'static> Plugin<Untyped<H>> {
    /// Calls a function with what another sandbox passes; what flows out of it runs the call as it is read.
    pub(crate) async fn flow_carried(
        &self,
        name: &str,
        function: &Function,
        sandbox: Option<NonZeroU64>,
        carried: Carried<H>,
    ) -> Result<Carried<H>, CallError> {
        let (plugin, function) = (self.clone(), function.clone());
        let bytes = carried.bytes();
        let asked = name.to_owned();
        let check = move |instance: &mut Instance<Untyped<H>>| lies_in(instance, sandbox, &asked);
        self.flow_checked(name.to_owned().into(), bytes, check, move |exports, accessor| {
            async move {
                let (func, params, lent) = crossing(accessor, |mut store| {
                    let func = found(exports, &mut store, &function)?;
                    let types = function.ty.params().map(|(_, ty)| ty);
                    let (params, lent) = carried.put(&mut store, types, Some(&plugin), &[])?;
                    Ok((func, params, lent))
                })?;
                let mut results = vec![Val::Bool(false); function.ty.results().len()];
                func.call_concurrent(accessor, &params, &mut results).await?;
                crossing(accessor, |mut store| {
                    take_back(&mut store, lent)?;
                    Carried::take(store, function.ty.results(), results, Some(&plugin))
                })
            }
            .boxed()
        })
        .await
    }
}

impl<H: Send + 'static> Instance<Untyped<H>> {
    /// Calls a function of the plugin that this instance is of, and writes the bytes to `writer` where it gives a
    /// `stream<u8>`; `None` there, and where it returns nothing.
    ///
    /// What is read and written blocks the thread, also beyond [`Limits::time`](crate::Limits::time).
    ///
    /// # Errors
    ///
    /// See [`CallError`]; the error within the result is that of `writer`.
    pub fn call_into(
        &mut self,
        request: &FlowRequest,
        writer: impl Write + Send + Unpin + 'static,
    ) -> Result<io::Result<Option<Val>>, CallError> {
        if !request.flows {
            return self.call(&request.request).map(Ok);
        }
        let name = request.function().short_name();
        let failed = Failed::default();
        let writer = Watched { writer: Blocking(writer), failed: Arc::clone(&failed) };
        let called = self
            .__call(&name, request.bytes(), |exports, store| flow(exports, store, request, writer));
        match taken(&failed) {
            // Whatever the plugin made of it.
            Some(error) => Ok(Err(error)),
            None => called.map(|mut results| Ok(results.pop())),
        }
    }
}

fn flow<H: Send + 'static>(
    exports: &Live,
    store: &mut Store<State<H>>,
    request: &FlowRequest,
    writer: impl AsyncWrite + Send + 'static,
) -> wasmtime::Result<Vec<Val>> {
    let function = request.function();
    let func = found(exports, &mut *store, function)?;
    let params = request.params(store)?;
    let mut results = vec![Val::Bool(false); function.ty.results().len()];
    driven(store, async |store| {
        let flow = store.run_concurrent(async |accessor| {
            func.call_concurrent(accessor, &params, &mut results).await?;
            let stream = results.pop_if(|_| function.gives_bytes());
            if let Some(Val::Stream(stream)) = stream {
                let bytes = crossing(accessor, |store| {
                    ByteStream::__take(stream.try_into_stream_reader()?, store, false)
                })?;
                match bytes.write_to(writer).await {
                    // It is of another plugin, whose stream this one handed on.
                    Err(error) if error.get_ref().is_some_and(|it| it.is::<StreamError>()) => {
                        return Err(input_failed(error));
                    }
                    // The writer keeps its error itself: the plugin may fail of it before it is told here.
                    Ok(_) | Err(_) => {}
                }
            }
            poll_fn(|context| accessor.poll_no_interesting_tasks(context)).await;
            Ok(results)
        });
        flow.await?
    })
}

/// What a writer failed with.
type Failed = Left<io::Error>;

/// A writer that keeps what it failed with.
struct Watched<W> {
    writer: Blocking<W>,
    failed: Failed,
}

impl<W: Write + Unpin> Watched<W> {
    fn watch<R>(
        mut self: Pin<&mut Self>,
        run: impl FnOnce(Pin<&mut Blocking<W>>) -> Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        run(Pin::new(&mut self.writer)).map_err(|error| {
            let kind = error.kind();
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            kind.into()
        })
    }
}

impl<W: Write + Unpin> AsyncWrite for Watched<W> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.watch(|it| it.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.watch(|it| it.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.watch(|it| it.poll_shutdown(context))
    }
}

/// What reads or writes on the thread that runs the plugin.
struct Blocking<T>(T);

impl<R: Read + Unpin> AsyncRead for Blocking<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = uninterrupted(|| self.0.read(buffer.initialize_unfilled()))?;
        buffer.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl<W: Write + Unpin> AsyncWrite for Blocking<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = uninterrupted(|| self.0.write(bytes));
        Poll::Ready(match written {
            Ok(0) if !bytes.is_empty() => Err(io::ErrorKind::WriteZero.into()),
            written => written,
        })
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(uninterrupted(|| self.0.flush()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

/// Tries again when a signal came between.
fn uninterrupted<R>(mut run: impl FnMut() -> io::Result<R>) -> io::Result<R> {
    loop {
        match run() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
