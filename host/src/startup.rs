//! Which code a plugin runs on: at first, where its policy asks, some that was compiled in a hurry, until the
//! optimised code is ready.
//!
//! A call runs to its end on the code that it began on, so that nothing is ever moved while it runs.

use std::{
    io,
    ops::Deref,
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, mpsc},
};

use crate::{state::Rules, world::World};

/// The code that a plugin's new sandboxes run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Compiled in a hurry; see [`Startup::Quick`](crate::Startup::Quick).
    Quick,
    /// Compiled with optimisation, or taken from the cache.
    Optimised,
}

/// A plugin that is compiled and linked, on one of wasmtime's engines.
pub(crate) struct Linked<W: World> {
    pub(crate) pre: W::Pre,
    pub(crate) rules: Arc<Rules>,
}

/// The code that a plugin runs on, now and in future.
pub(crate) struct Running<W: World> {
    optimised: OnceLock<Linked<W>>,
    quick: Mutex<Quick<W>>,
    settled: Condvar,
}

/// Invariant: `code` is there as long as there is no optimised one.
struct Quick<W: World> {
    code: Option<Arc<Linked<W>>>,
    /// Whether nothing will change any more.
    is_settled: bool,
}

/// The code that a call begins on.
pub(crate) enum Now<'a, W: World> {
    Quick(Arc<Linked<W>>),
    Optimised(&'a Linked<W>),
}

impl<W: World> Deref for Now<'_, W> {
    type Target = Linked<W>;

    #[inline]
    fn deref(&self) -> &Linked<W> {
        match self {
            Self::Quick(it) => it,
            Self::Optimised(it) => it,
        }
    }
}

impl<W: World> Running<W> {
    /// What is optimised already.
    pub(crate) fn optimised(code: Linked<W>) -> Self {
        Self {
            optimised: code.into(),
            quick: Mutex::new(Quick { code: None, is_settled: true }),
            settled: Condvar::new(),
        }
    }

    /// What was compiled in a hurry, and will be told how optimising it ended.
    pub(crate) fn quick(code: Linked<W>) -> Self {
        Self {
            optimised: OnceLock::new(),
            quick: Mutex::new(Quick { code: Some(Arc::new(code)), is_settled: false }),
            settled: Condvar::new(),
        }
    }

    #[inline]
    pub(crate) fn now(&self) -> Now<'_, W> {
        loop {
            if let Some(code) = self.optimised.get() {
                return Now::Optimised(code);
            }
            if let Some(code) = &self.lock().code {
                return Now::Quick(Arc::clone(code));
            }
        }
    }

    /// Moves to this code, or stays for good where there is none.
    pub(crate) fn settle(&self, optimised: Option<Linked<W>>) {
        let has_moved = optimised.is_some_and(|code| self.optimised.set(code).is_ok());
        let mut quick = self.lock();
        quick.is_settled = true;
        if has_moved {
            quick.code = None;
        }
        self.settled.notify_all();
    }

    /// Waits until nothing will change any more.
    pub(crate) fn wait(&self) {
        let settled = self.settled.wait_while(self.lock(), |quick| !quick.is_settled);
        drop(settled.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, Quick<W>> {
        self.quick.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// A thread that compiles what nobody waits for, one plugin after the other, since each takes all cores.
///
/// It is started for the first of them and ends with its owner, when what it is at is done.
#[derive(Debug, Default)]
pub(crate) struct Background(OnceLock<mpsc::Sender<Job>>);

impl Background {
    pub(crate) fn run(&self, job: impl FnOnce() + Send + 'static) -> io::Result<()> {
        if self.0.get().is_none() {
            let (sender, jobs) = mpsc::channel::<Job>();
            std::thread::Builder::new()
                .name("plugwright-compiler".to_owned())
                .spawn(move || jobs.into_iter().for_each(|job| job()))?;
            // Of two that were started at once, one has nothing to do and ends.
            let _ = self.0.set(sender);
        }
        let send = self.0.get().map(|sender| sender.send(Box::new(job)));
        send.and_then(Result::ok).ok_or_else(|| io::Error::other("the compiler's thread is gone"))
    }
}
