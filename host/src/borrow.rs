//! Answers a plugin that calls its host with what lies in the plugin's own memory, and is not copied for that.

use wasmtime::StoreContextMut;

use crate::{
    state::{HOST, State},
    weigh::Weigh,
};

/// Lets the host look into the plugin's memory, which neither of them changes meanwhile.
///
/// `answer` gives the bytes that were copied for the call, those that were not, and what the host said.
#[doc(hidden)]
pub fn borrowing<H: 'static, R: Weigh>(
    store: &mut StoreContextMut<'_, State<H>>,
    answer: impl FnOnce(&mut H, &StoreContextMut<'_, State<H>>) -> wasmtime::Result<(u64, u64, R)>,
) -> wasmtime::Result<R> {
    let host = store.data_mut().take_host();
    let mut apart = Apart { store, host: Some(host) };
    let Apart { store, host } = &mut apart;
    let (copied, borrowed, answer) = answer(host.as_mut().expect(HOST), store)?;
    let state = store.data_mut();
    state.sandbox.shown(copied, borrowed);
    state.renew(host.take().expect(HOST));
    state.__answered(answer)
}

/// The host author's state while it is taken out of its store, into which it goes back even where the host panics.
struct Apart<'a, 'b, H: 'static> {
    store: &'a mut StoreContextMut<'b, State<H>>,
    host: Option<H>,
}

impl<H> Drop for Apart<'_, '_, H> {
    fn drop(&mut self) {
        if let Some(host) = self.host.take() {
            self.store.data_mut().renew(host);
        }
    }
}
