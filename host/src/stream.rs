//! What flows between a host and its plugins, and between plugins, piece by piece, without ever lying anywhere whole.
//!
//! A host passes what it reads from, and is given the same: what one plugin writes is what another one reads.
//! Nobody runs ahead: a plugin that writes waits for who reads, and is not even run before somebody does.

mod bytes;
mod items;
mod pipe;
mod value;

use std::{io, sync::Arc};

use futures_util::future::{BoxFuture, Shared};

pub(crate) use self::pipe::{Outputs, Weakly};
pub use self::{bytes::ByteStream, items::ItemStream, value::ItemFuture};
use crate::error::CallError;

/// Why what a plugin wrote came to no proper end.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The call that wrote it failed: what was read is a part, of a length that says nothing.
    #[error("the plugin that wrote it failed")]
    Call(#[source] Arc<CallError>),
    /// The call that wrote it ended, or was given up, before the plugin closed it: what was read is a part.
    #[error("the call that wrote it ended before it was closed")]
    Unfinished,
}

impl From<StreamError> for io::Error {
    fn from(error: StreamError) -> Self {
        Self::other(error)
    }
}

/// What runs the plugin: whoever waits for what it writes.
pub(crate) type Driver = Shared<BoxFuture<'static, Ended>>;

/// How the call ended.
pub(crate) type Ended = Result<(), Arc<CallError>>;

/// What a host passed to a plugin failed, as it travels to who called the plugin.
#[derive(Debug, thiserror::Error)]
#[error("what it was to read failed: {0}")]
pub(crate) struct InputFailed(pub(crate) Arc<io::Error>);

/// Says so where wasmtime asks what a host passed.
pub(crate) fn input_failed(error: impl Into<io::Error>) -> wasmtime::Error {
    InputFailed(Arc::new(error.into())).into()
}
