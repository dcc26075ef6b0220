//! Streams and futures on their way from sandbox to sandbox.
//!
//! The runtime's types say at compile time what flows, so it is one of what is listed here: the check of an application
//! refuses all else, by the same list.

use wasmtime::{
    AsContextMut,
    component::{FutureAny, StreamAny, Type, Val},
};

use crate::{
    state::State,
    stream::{ByteStream, ItemFuture, ItemStream},
};

/// What no plugin can be linked with.
#[derive(Debug, thiserror::Error)]
#[error("what flows in it cannot be passed to another plugin")]
struct CannotFlow;

/// What the values of a stream or a future are, among those that can be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Unit,
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    Float32,
    Float64,
    Char,
    Text,
    Bytes,
    Done,
    DoneOrText,
    TextOrText,
    BytesOrText,
}

impl Item {
    fn of(ty: Option<&Type>) -> Option<Self> {
        let is_bytes = |ty: &Type| matches!(ty, Type::List(list) if matches!(list.ty(), Type::U8));
        Some(match ty {
            None => Self::Unit,
            Some(Type::Bool) => Self::Bool,
            Some(Type::S8) => Self::S8,
            Some(Type::U8) => Self::U8,
            Some(Type::S16) => Self::S16,
            Some(Type::U16) => Self::U16,
            Some(Type::S32) => Self::S32,
            Some(Type::U32) => Self::U32,
            Some(Type::S64) => Self::S64,
            Some(Type::U64) => Self::U64,
            Some(Type::Float32) => Self::Float32,
            Some(Type::Float64) => Self::Float64,
            Some(Type::Char) => Self::Char,
            Some(Type::String) => Self::Text,
            Some(ty) if is_bytes(ty) => Self::Bytes,
            Some(Type::Result(result)) => match (result.ok(), result.err()) {
                (None, None) => Self::Done,
                (None, Some(Type::String)) => Self::DoneOrText,
                (Some(Type::String), Some(Type::String)) => Self::TextOrText,
                (Some(ty), Some(Type::String)) if is_bytes(&ty) => Self::BytesOrText,
                _ => return None,
            },
            Some(_) => return None,
        })
    }
}

macro_rules! flows {
    ($($item:ident $ty:ty),* $(,)?) => {
        /// A stream that was taken out of a sandbox.
        #[derive(Debug)]
        pub(super) enum Streams {
            U8(ByteStream),
            $($item(ItemStream<$ty>)),*
        }

        /// A future that was taken out of a sandbox.
        #[derive(Debug)]
        pub(super) enum Futures {
            U8(ItemFuture<u8>),
            $($item(ItemFuture<$ty>)),*
        }

        impl Streams {
            fn take<H: Send + 'static>(
                mut store: impl AsContextMut<Data = State<H>>,
                stream: StreamAny,
                item: Item,
                is_result: bool,
            ) -> wasmtime::Result<Self> {
                let store = store.as_context_mut();
                Ok(match item {
                    Item::U8 => {
                        let raw = stream.try_into_stream_reader()?;
                        Self::U8(ByteStream::__take(raw, store, is_result)?)
                    }
                    $(Item::$item => {
                        let raw = stream.try_into_stream_reader()?;
                        Self::$item(ItemStream::__take(raw, store, is_result)?)
                    })*
                })
            }

            fn pass<H: Send + 'static>(
                self,
                mut store: impl AsContextMut<Data = State<H>>,
            ) -> wasmtime::Result<StreamAny> {
                let mut store = store.as_context_mut();
                match self {
                    Self::U8(stream) => {
                        let raw = stream.__pass(&mut store)?;
                        StreamAny::try_from_stream_reader(store, raw)
                    }
                    $(Self::$item(stream) => {
                        let raw = stream.__pass(&mut store)?;
                        StreamAny::try_from_stream_reader(store, raw)
                    })*
                }
            }
        }

        impl Futures {
            fn take<H: Send + 'static>(
                mut store: impl AsContextMut<Data = State<H>>,
                future: FutureAny,
                item: Item,
                is_result: bool,
            ) -> wasmtime::Result<Self> {
                let store = store.as_context_mut();
                Ok(match item {
                    Item::U8 => {
                        let raw = future.try_into_future_reader()?;
                        Self::U8(ItemFuture::__take(raw, store, is_result)?)
                    }
                    $(Item::$item => {
                        let raw = future.try_into_future_reader()?;
                        Self::$item(ItemFuture::__take(raw, store, is_result)?)
                    })*
                })
            }

            fn pass<H: Send + 'static>(
                self,
                mut store: impl AsContextMut<Data = State<H>>,
            ) -> wasmtime::Result<FutureAny> {
                let mut store = store.as_context_mut();
                match self {
                    Self::U8(future) => {
                        let raw = future.__pass(&mut store)?;
                        FutureAny::try_from_future_reader(store, raw)
                    }
                    $(Self::$item(future) => {
                        let raw = future.__pass(&mut store)?;
                        FutureAny::try_from_future_reader(store, raw)
                    })*
                }
            }
        }
    };
}

flows! {
    Unit (),
    Bool bool,
    S8 i8,
    S16 i16,
    U16 u16,
    S32 i32,
    U32 u32,
    S64 i64,
    U64 u64,
    Float32 f32,
    Float64 f64,
    Char char,
    Text String,
    Bytes Vec<u8>,
    Done Result<(), ()>,
    DoneOrText Result<(), String>,
    TextOrText Result<String, String>,
    BytesOrText Result<Vec<u8>, String>,
}

/// A stream or a future that was taken out of a sandbox.
#[derive(Debug)]
pub(super) enum Flow {
    Stream(Streams),
    Future(Futures),
}

impl Flow {
    /// Takes one out of a sandbox; `is_result` is whether the call goes on until it is read.
    pub(super) fn take<H: Send + 'static>(
        store: impl AsContextMut<Data = State<H>>,
        ty: &Type,
        value: Val,
        is_result: bool,
    ) -> wasmtime::Result<Self> {
        let known = |ty: Option<Type>| Item::of(ty.as_ref()).ok_or(CannotFlow);
        match (ty, value) {
            (Type::Stream(ty), Val::Stream(stream)) => {
                let item = known(ty.ty())?;
                Ok(Self::Stream(Streams::take(store, stream, item, is_result)?))
            }
            (Type::Future(ty), Val::Future(future)) => {
                let item = known(ty.ty())?;
                Ok(Self::Future(Futures::take(store, future, item, is_result)?))
            }
            _ => Err(CannotFlow.into()),
        }
    }

    /// Puts it into another one.
    pub(super) fn pass<H: Send + 'static>(
        self,
        store: impl AsContextMut<Data = State<H>>,
    ) -> wasmtime::Result<Val> {
        Ok(match self {
            Self::Stream(stream) => Val::Stream(stream.pass(store)?),
            Self::Future(future) => Val::Future(future.pass(store)?),
        })
    }
}
