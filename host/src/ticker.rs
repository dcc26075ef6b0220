//! The clock: one thread that advances the epoch of every running engine, and ends with its owner.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError, Weak,
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
    shared: Arc<Shared>,
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Which clock it is, of all that tick: the address of what it shares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clock(NonZeroUsize);

struct Shared {
    /// How long a tick is, in nanoseconds.
    nanos: u64,
    now: AtomicU64,
    engines: Mutex<Vec<EngineWeak>>,
}

/// All clocks of the program: asked only where a plugin of one engine is called while one of another answers a call.
static CLOCKS: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Ticker {
    pub(crate) fn start(tick: Duration) -> std::io::Result<Self> {
        let nanos = u64::try_from(tick.as_nanos()).unwrap_or(u64::MAX);
        let (now, engines) = (AtomicU64::new(0), Mutex::default());
        let shared = Arc::new(Shared { nanos, now, engines });
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("plugwright-ticker".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                while stopped.recv_timeout(tick) == Err(mpsc::RecvTimeoutError::Timeout) {
                    shared.advance();
                }
            }
        })?;
        let mut clocks = CLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        clocks.retain(|it| it.strong_count() > 0);
        clocks.push(Arc::downgrade(&shared));
        Ok(Self { shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Adds an engine whose epoch advances with this clock.
    pub(crate) fn watch(&self, engine: EngineWeak) {
        self.shared.engines.lock().unwrap_or_else(PoisonError::into_inner).push(engine);
    }

    /// Tells this clock from every other one.
    #[inline]
    pub(crate) fn id(&self) -> Clock {
        Clock(of(Arc::as_ptr(&self.shared)))
    }

    /// The tick of this clock when another one has come to `deadline`.
    pub(crate) fn when(&self, other: Clock, deadline: u64) -> u64 {
        if other == self.id() {
            return deadline;
        }
        let clocks = CLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        let other = clocks.iter().find(|it| of(it.as_ptr()) == other.0).and_then(Weak::upgrade);
        // A clock that is gone has nothing left to wait for.
        let left = other.map_or(Duration::ZERO, |it| it.left(deadline));
        self.now().saturating_add(self.ticks(left))
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
        let ticks = time.as_nanos().div_ceil(self.shared.nanos.into()).saturating_add(1);
        u64::try_from(ticks).unwrap_or(u64::MAX).min(MAX_TICKS)
    }

    /// The time until the tick at which a call must have ended.
    pub(crate) fn left(&self, deadline: u64) -> Duration {
        self.shared.left(deadline)
    }

    /// The time that `ticks` take.
    pub(crate) fn time(&self, ticks: u64) -> Duration {
        self.shared.time(ticks)
    }
}

/// Far beyond any call, and far from where adding it to the present epoch could overflow.
const MAX_TICKS: u64 = u64::MAX / 4;

fn of(shared: *const Shared) -> NonZeroUsize {
    NonZeroUsize::new(shared.addr()).expect("nothing lies at address 0")
}

impl Shared {
    fn left(&self, deadline: u64) -> Duration {
        self.time(deadline.saturating_sub(self.now.load(Ordering::Relaxed)))
    }

    fn time(&self, ticks: u64) -> Duration {
        Duration::from_nanos(self.nanos.saturating_mul(ticks))
    }

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
