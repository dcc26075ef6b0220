//! What calls have spent of their budgets.

use std::time::Duration;

/// What calls have spent: the answer of [`Plugin::spend`](crate::Plugin::spend) and
/// [`Instance::spend`](crate::Instance::spend).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spent {
    /// From the beginning to the end, with what it took to make the sandbox, and to wait for a turn.
    pub time: Duration,
    /// Instructions, as wasmtime counts them; `None` where the policy counts no fuel.
    pub fuel: Option<u64>,
    /// The most memory that the sandbox had, over all its memories, in bytes.
    pub memory: u64,
    /// Bytes copied into the sandbox: the arguments of the call, and what the host author's functions answered.
    pub copied_in: u64,
    /// Bytes copied out of the sandbox: the result of the call, and the arguments of the host author's functions.
    pub copied_out: u64,
    /// Bytes that the plugin read from streams and futures of the host's, each copied once.
    pub streamed_in: u64,
    /// Bytes that the plugin wrote to streams and futures, each copied once.
    pub streamed_out: u64,
    /// How often the plugin called the host, WASI included.
    pub host_calls: u64,
}

/// What is counted while a call runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) fuel: u64,
    pub(crate) copied_in: u64,
    pub(crate) copied_out: u64,
    /// Bytes that the host looked at where they were.
    pub(crate) borrowed: u64,
    pub(crate) streamed_in: u64,
    pub(crate) streamed_out: u64,
    pub(crate) host_calls: u64,
}

impl Counted {
    pub(crate) fn plus(self, more: Self) -> Self {
        Self {
            fuel: self.fuel.saturating_add(more.fuel),
            copied_in: self.copied_in + more.copied_in,
            copied_out: self.copied_out + more.copied_out,
            borrowed: self.borrowed + more.borrowed,
            streamed_in: self.streamed_in + more.streamed_in,
            streamed_out: self.streamed_out + more.streamed_out,
            host_calls: self.host_calls + more.host_calls,
        }
    }

    /// What has come since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            fuel: self.fuel - earlier.fuel,
            copied_in: self.copied_in - earlier.copied_in,
            copied_out: self.copied_out - earlier.copied_out,
            borrowed: self.borrowed - earlier.borrowed,
            streamed_in: self.streamed_in - earlier.streamed_in,
            streamed_out: self.streamed_out - earlier.streamed_out,
            host_calls: self.host_calls - earlier.host_calls,
        }
    }
}
