//! What an `async func` of the host's reaches its host by, while the plugin and other calls go on.

use std::fmt;

use wasmtime::component::{Access as Store, Accessor, HasSelf};

use crate::{state::State, weigh::Weigh};

/// What an `async func` of the host author's is given instead of `&mut self`: the plugin goes on meanwhile, and may
/// call other functions of the host, so the state is everybody's, and nobody's for longer than a moment.
pub struct Access<'a, H: 'static>(&'a Accessor<State<H>, HasSelf<State<H>>>);

impl<H> fmt::Debug for Access<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl<'a, H> Access<'a, H> {
    #[doc(hidden)]
    pub fn __new(accessor: &'a Accessor<State<H>, HasSelf<State<H>>>) -> Self {
        Self(accessor)
    }

    /// Reads or changes the state of the host author's, without waiting.
    ///
    /// # Panics
    ///
    /// Within itself, or outside of the call that it was given to.
    pub fn with<R>(&self, run: impl FnOnce(&mut H) -> R) -> R {
        self.0.with(|mut store| run(store.data_mut().host_mut()))
    }

    /// Counts a call of the plugin's, and takes what it passes.
    #[doc(hidden)]
    pub fn __asked<R>(
        &self,
        function: &'static str,
        bytes: u64,
        take: impl FnOnce(Store<'_, State<H>, HasSelf<State<H>>>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R> {
        self.0.with(|mut store| {
            store.data_mut().__asked(function, bytes)?;
            take(store)
        })
    }

    /// Passes on what a call was answered.
    #[doc(hidden)]
    pub fn __answered<A: Weigh, R>(
        &self,
        answer: A,
        pass: impl FnOnce(Store<'_, State<H>, HasSelf<State<H>>>, A) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R> {
        self.0.with(|mut store| {
            let answer = store.data_mut().__answered(answer)?;
            pass(store, answer)
        })
    }
}

/// What crosses the border of a sandbox that runs.
#[doc(hidden)]
pub fn crossing<H: Send + 'static, R>(
    accessor: &Accessor<State<H>>,
    cross: impl FnOnce(Store<'_, State<H>, HasSelf<State<H>>>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    accessor.with(cross)
}
