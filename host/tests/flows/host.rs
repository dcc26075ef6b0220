//! The host of these tests, what it reads and writes, and how it waits.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use plugwright::{Access, ByteStream, ItemFuture};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use crate::FlowsPlugin as _;

/// The host of a test, and what is alive of what it gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk {
    alive: Arc<AtomicUsize>,
    kept: Arc<Mutex<Vec<ByteStream>>>,
    /// Who answers what it is asked, if not itself.
    inner: Option<Inner>,
}

/// What a desk does when it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Inner {
    Asks(crate::Flow),
    /// Has so many bytes drained.
    Drains(crate::Flow, usize),
    /// Has so many bytes poured, and reads them.
    Pours(crate::Flow, u32),
    Never,
}

impl Inner {
    async fn answer(self) -> u32 {
        match self {
            Self::Asks(plugin) => plugin.ask().await.unwrap_or_default(),
            Self::Drains(plugin, bytes) => plugin.drain(vec![1; bytes].into()).await.unwrap(),
            Self::Pours(plugin, bytes) => {
                let poured = plugin.pour(bytes).await.unwrap();
                poured.collect(usize::MAX).await.unwrap().len() as u32
            }
            Self::Never => std::future::pending().await,
        }
    }
}

/// What a host gave to a plugin, until it is dropped.
#[derive(Debug)]
pub(crate) struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Desk {
    /// One that has others answer what it is asked.
    pub(crate) fn asking(inner: Inner) -> Self {
        Self { inner: Some(inner), ..Self::default() }
    }

    pub(crate) fn lives(&self) -> Alive {
        self.alive.fetch_add(1, Ordering::SeqCst);
        Alive(Arc::clone(&self.alive))
    }

    /// How much is alive of what it gave.
    pub(crate) fn alive(&self) -> usize {
        self.alive.load(Ordering::SeqCst)
    }

    /// So many bytes, a few at a time, each after a wait.
    pub(crate) fn slow(&self, bytes: usize) -> ByteStream {
        ByteStream::new(Slow { left: bytes, waits: Waits::default(), _alive: self.lives() })
    }

    /// What comes after some waits, where it ever comes.
    pub(crate) fn later<T: Send + 'static>(&self, value: Option<T>) -> ItemFuture<T> {
        let alive = self.lives();
        ItemFuture::new(async move {
            let _alive = alive;
            for _ in 0..3 {
                waits().await;
            }
            match value {
                Some(value) => value,
                None => std::future::pending().await,
            }
        })
    }

    /// What a plugin left with it.
    pub(crate) fn kept(&self) -> Option<ByteStream> {
        self.kept.lock().unwrap().pop()
    }
}

impl crate::desk::Host for Desk {
    async fn give(&mut self, bytes: u32) -> ByteStream {
        self.slow(bytes as usize)
    }

    async fn hear(&mut self, mut bytes: ByteStream) -> ItemFuture<u32> {
        let alive = self.lives();
        ItemFuture::new(async move {
            let _alive = alive;
            let (mut heard, mut piece) = (0, [0; 1000]);
            loop {
                waits().await;
                match bytes.read(&mut piece).await {
                    Ok(read @ 1..) => heard += read as u32,
                    _ => return heard,
                }
            }
        })
    }

    async fn keep(&mut self, bytes: ByteStream) {
        self.kept.lock().unwrap().push(bytes);
    }

    async fn ask(access: &Access<'_, Self>) -> u32 {
        if let Some(inner) = access.with(|desk| desk.inner.clone()) {
            return inner.answer().await;
        }
        let _alive = access.with(|desk| desk.lives());
        for _ in 0..3 {
            waits().await;
        }
        7
    }
}

thread_local! {
    /// How often this thread has polled a future of a test's.
    static POLLS: Cell<usize> = const { Cell::new(0) };
    /// Who waits for the next time.
    static WAITING: RefCell<Vec<Waker>> = const { RefCell::new(Vec::new()) };
}

/// Waits each second time that it is asked, until its test's future is polled again.
#[derive(Debug, Default)]
struct Waits(Option<usize>);

impl Waits {
    fn now(&mut self, context: &Context<'_>) -> bool {
        let now = POLLS.get();
        if *self.0.get_or_insert(now) < now {
            self.0 = None;
            return false;
        }
        WAITING.with_borrow_mut(|it| it.push(context.waker().clone()));
        true
    }
}

/// Waits once.
pub(crate) async fn waits() {
    let mut waits = Waits::default();
    poll_fn(|context| if waits.now(context) { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// Bytes that come a few at a time.
struct Slow {
    left: usize,
    waits: Waits,
    _alive: Alive,
}

impl AsyncRead for Slow {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.waits.now(context) {
            return Poll::Pending;
        }
        let piece = buffer.remaining().min(self.left).min(5_000);
        buffer.initialize_unfilled_to(piece).fill(b'a');
        buffer.advance(piece);
        self.left -= piece;
        Poll::Ready(Ok(()))
    }
}

/// A writer that takes a few bytes at a time, each after a wait, and counts them.
#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) taken: Arc<AtomicUsize>,
    waits: Waits,
    _alive: Alive,
}

impl Sink {
    pub(crate) fn new(desk: &Desk) -> Self {
        Self { taken: Arc::default(), waits: Waits::default(), _alive: desk.lives() }
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.waits.now(context) {
            return Poll::Pending;
        }
        let taken = bytes.len().min(7_000);
        self.taken.fetch_add(taken, Ordering::SeqCst);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Wakes the thread that waits.
struct Woken {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// Longer than anything here waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// Polls a future whenever it was woken, so often at the most, and drops it: gives nothing where it was not done.
///
/// # Panics
///
/// Where nobody wakes it.
pub(crate) fn polled<R>(future: impl Future<Output = R>, most: usize) -> Option<R> {
    let woken = Arc::new(Woken { thread: thread::current(), is_woken: AtomicBool::new(true) });
    let waker = Arc::clone(&woken).into();
    let mut future = pin!(future);
    for _ in 0..most {
        POLLS.set(POLLS.get() + 1);
        WAITING.take().into_iter().for_each(Waker::wake);
        while !woken.is_woken.swap(false, Ordering::SeqCst) {
            let before = std::time::Instant::now();
            thread::park_timeout(PATIENCE);
            assert!(before.elapsed() < PATIENCE, "nobody wakes it");
        }
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(result);
        }
    }
    None
}

/// Polls a future that nobody wakes, and drops it.
pub(crate) fn begun<R>(future: impl Future<Output = R>) -> bool {
    let mut future = pin!(future);
    let is_pending = || {
        POLLS.set(POLLS.get() + 1);
        future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
    };
    std::iter::repeat_with(is_pending).take(10).all(|it| it)
}

/// Waits for a future on this thread.
pub(crate) fn block_on<R>(future: impl Future<Output = R>) -> R {
    polled(future, usize::MAX).unwrap()
}
