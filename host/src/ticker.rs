//! The clock: one thread that advances the epoch of every running engine, and ends with its owner.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use wasmtime::EngineWeak;

/// Counts ticks and tells wasmtime's engines of each.
#[derive(Debug)]
pub(crate) struct Ticker {
    tick: Duration,
    shared: Arc<Shared>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    now: AtomicU64,
    engines: Mutex<Vec<EngineWeak>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Ticker {
    pub(crate) fn start(tick: Duration) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("plugwright-ticker".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                while stopped.recv_timeout(tick) == Err(mpsc::RecvTimeoutError::Timeout) {
                    shared.advance();
                }
            }
        })?;
        Ok(Self { tick, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Adds an engine whose epoch advances with this clock.
    pub(crate) fn watch(&self, engine: EngineWeak) {
        self.shared.engines.lock().unwrap_or_else(PoisonError::into_inner).push(engine);
    }

    /// Tells this clock from every other one that ticks.
    #[inline]
    pub(crate) fn id(&self) -> usize {
        Arc::as_ptr(&self.shared) as usize
    }

    #[inline]
    pub(crate) fn tick(&self) -> Duration {
        self.tick
    }

    /// The ticks since the clock started.
    #[inline]
    pub(crate) fn now(&self) -> u64 {
        self.shared.now.load(Ordering::Relaxed)
    }

    /// The number of ticks after which at least `time` has passed.
    ///
    /// One more than the quotient, since the present tick is partly over.
    pub(crate) fn ticks(&self, time: Duration) -> u64 {
        let ticks = time.as_nanos().div_ceil(self.tick.as_nanos()).saturating_add(1);
        u64::try_from(ticks).unwrap_or(u64::MAX).min(MAX_TICKS)
    }

    /// The time until the tick at which a call must have ended.
    pub(crate) fn left(&self, deadline: u64) -> Duration {
        self.time(deadline.saturating_sub(self.now()))
    }

    /// The time that `ticks` take.
    pub(crate) fn time(&self, ticks: u64) -> Duration {
        Duration::from_nanos(
            u64::try_from(self.tick.as_nanos()).unwrap_or(u64::MAX).saturating_mul(ticks),
        )
    }
}

/// Far beyond any call, and far from where adding it to the present epoch could overflow.
const MAX_TICKS: u64 = u64::MAX / 4;

impl Shared {
    fn advance(&self) {
        self.now.fetch_add(1, Ordering::Relaxed);
        for engine in self.engines.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
            }
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // Dropping the sender wakes the thread at once.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The last engine may be dropped on the clock's own thread, which must not wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}
