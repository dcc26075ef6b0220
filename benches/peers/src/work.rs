//! What is measured: pieces of work that every peer does, or says that it cannot.

use std::any::Any;
use std::fmt::Debug;
use std::hint::black_box;

use plugwright_benches::Result;
pub use plugwright_benches::turns::Worker;

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Two integers in, one out, in a sandbox that lives; as is all that follows, up to `Loop`.
    Integers,
    /// A record of eight fields in and out.
    Record,
    /// So many records in and out.
    Records(usize),
    /// A text in and out, of so many bytes.
    Text(usize),
    /// So many bytes in and out.
    Bytes(usize),
    /// A call in which the plugin calls the host so many times.
    HostCalls(u32),
    /// A loop of so many rounds, which calls nobody.
    Loop(u32),
    /// A fresh sandbox, a call of two integers in it, and its end.
    Fresh,
    /// From the plugin's bytes to where sandboxes can be made, with nothing cached.
    LoadCold,
    /// The same, with the compiled code in a cache.
    LoadCached,
}

/// Whoever can do the work.
pub trait Peer: Sync {
    /// What it is called in tables.
    fn name(&self) -> &'static str;

    /// Gets ready for a piece of work; `None` where it cannot be done.
    fn worker(&self, work: Work) -> Result<Option<Worker>>;

    /// Makes a sandbox that has served one call, and keeps it as long as what it gives; `None` where it cannot be done.
    fn idle(&self) -> Result<Option<Box<dyn Any>>>;
}

/// Does the work once, so that its answer is known to be right, and then as often as asked.
pub fn checked<T: Debug>(
    expected: &impl Debug,
    mut work: impl FnMut() -> Result<T> + 'static,
) -> Result<Option<Worker>> {
    let (expected, answer) = (format!("{expected:?}"), format!("{:?}", work()?));
    if answer != expected {
        return Err(format!("the answer is {answer:.200}, and not {expected:.200}").into());
    }
    unchecked(work)
}

/// The same where the answer tells nothing.
pub fn unchecked<T>(mut work: impl FnMut() -> Result<T> + 'static) -> Result<Option<Worker>> {
    Ok(Some(Box::new(move |times| {
        for _ in 0..times {
            black_box(work()?);
        }
        Ok(())
    })))
}

/// The text that is passed.
pub fn text(bytes: usize) -> String {
    "plugwright ".chars().cycle().take(bytes).collect()
}

/// The bytes that are passed.
pub fn bytes(many: usize) -> Vec<u8> {
    text(many).into_bytes()
}

/// What a plugin answers that has added up what it has asked its host.
pub fn asked(times: u32) -> u32 {
    (0..times).fold(0, u32::wrapping_add)
}

/// The record that is passed where only bytes are, or nothing is copied at all.
pub fn reading() -> wire::Reading {
    use wire::Reading;
    plugwright_benches::reading!(Reading)
}
