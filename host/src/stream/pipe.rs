//! What lies between a plugin that writes and who reads: as much as the policy allows, and no more.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use futures_util::{FutureExt, task::AtomicWaker};
use plugwright_component::policy::Limits;

use super::{Driver, Ended, StreamError};
use crate::spent::Spent;

/// The driver of a call, where only who reads from the call keeps it alive.
pub(crate) type Weakly = Weak<OnceLock<Driver>>;

/// What a call has given out that plugins write to.
#[derive(Debug)]
pub(crate) struct Outputs {
    /// How much one of them may hold, in bytes.
    most: usize,
    open: AtomicUsize,
    /// All that is written in the call, to be ended with it.
    pipes: Mutex<Vec<Weak<dyn Ends>>>,
    closed: AtomicWaker,
    driver: Weakly,
    began: Instant,
    /// Whether the plugin runs.
    has_begun: AtomicBool,
    spent: OnceLock<Spent>,
}

impl Outputs {
    pub(crate) fn new(limits: &Limits, driver: Weakly) -> Self {
        Self {
            most: usize::try_from(limits.stream_buffer).unwrap_or(usize::MAX),
            open: AtomicUsize::default(),
            pipes: Mutex::default(),
            closed: AtomicWaker::default(),
            driver,
            began: Instant::now(),
            has_begun: AtomicBool::new(false),
            spent: OnceLock::default(),
        }
    }

    /// Notes that the plugin runs.
    pub(crate) fn begin(&self) {
        self.has_begun.store(true, Ordering::Release);
    }

    /// Whether the plugin runs, or has run.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Acquire)
    }

    /// How long the call has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What the call spent, since it has ended.
    pub(crate) fn spend(&self, spent: Spent) {
        self.spent.set(spent).ok();
    }

    /// What the call spent, where it has ended.
    pub(super) fn spent(&self) -> Option<Spent> {
        self.spent.get().copied()
    }

    /// How many of them somebody may still read.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Acquire)
    }

    /// Ready as soon as nobody reads any more.
    pub(crate) fn poll_closed(&self, context: &mut Context<'_>) -> Poll<()> {
        self.closed.register(context.waker());
        if self.open() == 0 { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Ends what the call did not, since it is over.
    pub(crate) fn over(&self) {
        let pipes = std::mem::take(&mut *lock(&self.pipes));
        pipes.iter().filter_map(Weak::upgrade).for_each(|it| it.end(End::Unfinished));
    }

    fn add(&self, pipe: Weak<dyn Ends>) {
        let mut pipes = lock(&self.pipes);
        if pipes.len() == pipes.capacity() {
            pipes.retain(|it| it.strong_count() > 0);
            let left = pipes.len();
            pipes.reserve(left.max(1));
        }
        pipes.push(pipe);
    }

    fn close(&self) {
        if self.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.closed.wake();
        }
    }
}

/// What a pipe holds between who writes and who reads.
pub(super) trait Hold: Default {
    /// How much more may be written to it, where it may take so many bytes.
    fn room(&self, most: usize) -> usize;

    /// Whether there is anything for who reads.
    fn is_readable(&self) -> bool;
}

/// A pipe, whatever flows in it.
trait Ends: Send + Sync {
    /// Ends it, unless it has ended, and tells who reads.
    fn end(&self, end: End);
}

/// Makes a pipe; `is_result` is whether the call goes on until this is read.
pub(super) fn pipe<B: Hold + Send + 'static>(
    outputs: &Arc<Outputs>,
    is_result: bool,
) -> (Inlet<B>, Outlet<B>) {
    let driver = outputs.driver.upgrade().filter(|_| is_result);
    if is_result {
        outputs.open.fetch_add(1, Ordering::AcqRel);
    }
    let state = Mutex::new(State { is_counted: is_result, ..State::default() });
    let shared = Arc::new(Shared { state, outputs: Arc::clone(outputs) });
    let pipe: Arc<dyn Ends> = Arc::<Shared<B>>::clone(&shared);
    outputs.add(Arc::downgrade(&pipe));
    let outlet = Outlet { shared: Arc::clone(&shared), driver, own: None, ended: None };
    (Inlet { shared }, outlet)
}

#[derive(Debug)]
struct Shared<B> {
    state: Mutex<State<B>>,
    outputs: Arc<Outputs>,
}

#[derive(Debug, Default)]
struct State<B> {
    held: B,
    end: Option<End>,
    /// Whether nobody reads any more.
    is_dropped: bool,
    /// Whether the call counts it among those that are open.
    is_counted: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    Unfinished,
}

impl<B> Shared<B> {
    fn lock(&self) -> MutexGuard<'_, State<B>> {
        lock(&self.state)
    }

    fn close(&self, state: &mut State<B>) {
        if std::mem::take(&mut state.is_counted) {
            self.outputs.close();
        }
    }
}

impl<B: Send> Ends for Shared<B> {
    fn end(&self, end: End) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end that the plugin writes to, by way of wasmtime, which drops it when the plugin closes it.
#[derive(Debug)]
pub(super) struct Inlet<B: Send> {
    shared: Arc<Shared<B>>,
}

/// What came of an attempt to write.
pub(super) enum Written<R> {
    Some(R),
    /// There is no room until somebody reads.
    Full,
    /// Nobody will read.
    Dropped,
}

impl<B: Hold + Send> Inlet<B> {
    /// Writes as much as there is room for.
    pub(super) fn write<R>(
        &self,
        context: &mut Context<'_>,
        write: impl FnOnce(&mut Context<'_>, &mut B, usize) -> R,
    ) -> Written<R> {
        let mut state = self.shared.lock();
        if state.is_dropped || state.end.is_some() {
            return Written::Dropped;
        }
        let room = state.held.room(self.shared.outputs.most);
        if room == 0 {
            state.writer = Some(context.waker().clone());
            return Written::Full;
        }
        let written = write(context, &mut state.held, room);
        if state.held.is_readable()
            && let Some(reader) = state.reader.take()
        {
            reader.wake();
        }
        Written::Some(written)
    }
}

impl<B: Send> Drop for Inlet<B> {
    fn drop(&mut self) {
        self.shared.end(End::Closed);
    }
}

/// The end that is read.
#[derive(Debug)]
pub(super) struct Outlet<B> {
    shared: Arc<Shared<B>>,
    /// What is to be run so that something comes; nothing where somebody else runs it.
    driver: Option<Arc<OnceLock<Driver>>>,
    own: Option<Driver>,
    ended: Option<Ended>,
}

impl<B: Hold> Outlet<B> {
    /// Looks at what is held, or changes it, without waiting for more.
    pub(super) fn with<R>(&mut self, run: impl FnOnce(&mut B) -> R) -> R {
        run(&mut self.shared.lock().held)
    }

    /// The call that writes it, and what else it writes.
    pub(super) fn outputs(&self) -> &Arc<Outputs> {
        &self.shared.outputs
    }

    /// Takes what `take` finds, as soon as it finds something; nothing where the plugin has closed it.
    pub(super) fn poll<R>(
        &mut self,
        context: &mut Context<'_>,
        mut take: impl FnMut(&mut B) -> Option<R>,
    ) -> Poll<Result<Option<R>, StreamError>> {
        loop {
            let end = {
                let mut state = self.shared.lock();
                if let Some(taken) = take(&mut state.held) {
                    if let Some(writer) = state.writer.take() {
                        writer.wake();
                    }
                    return Poll::Ready(Ok(Some(taken)));
                }
                if state.end.is_some() {
                    self.shared.close(&mut state);
                } else {
                    state.reader = Some(context.waker().clone());
                }
                state.end
            };
            // A call whose last output has come to its end is led to its own: it may still fail.
            let is_closed = matches!(end, Some(End::Closed));
            let is_needed = !is_closed || self.shared.outputs.open() == 0;
            let driven = if is_needed { self.drive(context) } else { None };
            match (end, driven) {
                // What it wrote before it failed is read first.
                (_, Some(Poll::Ready(Err(_)))) if self.is_readable() => {}
                (_, Some(Poll::Ready(Err(error)))) => {
                    return Poll::Ready(Err(StreamError::Call(error)));
                }
                (Some(_), Some(Poll::Pending)) => return Poll::Pending,
                (Some(End::Closed), _) => return Poll::Ready(Ok(None)),
                (Some(End::Unfinished), _) => return Poll::Ready(Err(StreamError::Unfinished)),
                // Something may have come meanwhile.
                (None, Some(_)) if self.has_changed() => {}
                (None, Some(Poll::Ready(Ok(())))) => {
                    return Poll::Ready(Err(StreamError::Unfinished));
                }
                (None, _) => return Poll::Pending,
            }
        }
    }

    /// Whether something came since the reader said that it waits, which it then waits for no more.
    fn has_changed(&self) -> bool {
        let state = self.shared.lock();
        state.end.is_some() || state.reader.is_none()
    }

    fn is_readable(&self) -> bool {
        self.shared.lock().held.is_readable()
    }

    /// Runs the plugin, where it is for this one to run it.
    fn drive(&mut self, context: &mut Context<'_>) -> Option<Poll<Ended>> {
        if self.ended.is_none() {
            if self.own.is_none() {
                self.own = self.driver.as_ref().and_then(|it| it.get().cloned());
            }
            let Poll::Ready(ended) = self.own.as_mut()?.poll_unpin(context) else {
                return Some(Poll::Pending);
            };
            self.ended = Some(ended);
        }
        self.ended.clone().map(Poll::Ready)
    }
}

impl<B> Drop for Outlet<B> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_dropped = true;
        self.shared.close(&mut state);
        if let Some(writer) = state.writer.take() {
            writer.wake();
        }
    }
}
