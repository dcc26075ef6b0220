//! The same as a host author would write it over wasmtime, with the direct buffers and nothing around them.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use wasmtime::component::{
    Component, Destination, Linker, Source, StreamConsumer, StreamProducer, StreamReader,
    StreamResult, VecBuffer,
};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, Store, StoreContextMut};

use crate::{PIECE, Result, Row};

wasmtime::component::bindgen!({ path: "wit", exports: { default: async } });

/// A live instance.
pub struct ByHand {
    store: Store<()>,
    exports: Flows,
}

/// Gives so many bytes.
struct Producer {
    left: u64,
    piece: Vec<u8>,
}

impl StreamProducer<()> for Producer {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<'a, ()>,
        destination: Destination<'a, u8, Self::Buffer>,
        _: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        if self.left == 0 {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        let mut into = destination.as_direct(store, PIECE);
        let buffer = into.remaining();
        let written = buffer.len().min(self.piece.len()).min(self.left as usize);
        buffer[..written].copy_from_slice(&self.piece[..written]);
        into.mark_written(written);
        self.left -= written as u64;
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

/// Counts what it is given, and says when it is closed.
struct Consumer(Arc<AtomicU64>, #[expect(dead_code, reason = "its drop says it")] Closed);

struct Closed(Arc<AtomicU64>);

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.store(1, Ordering::Release);
    }
}

impl StreamConsumer<()> for Consumer {
    type Item = u8;

    fn poll_consume(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<()>,
        source: Source<'_, u8>,
        _: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut from = source.as_direct(store);
        let read = std::hint::black_box(from.remaining()).len();
        from.mark_read(read);
        self.0.fetch_add(read as u64, Ordering::Relaxed);
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

impl ByHand {
    pub async fn new(bytes: &[u8]) -> Result<Self> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        config.allocation_strategy(InstanceAllocationStrategy::pooling());
        let engine = Engine::new(&config)?;
        let component = Component::from_binary(&engine, bytes)?;
        let pre = FlowsPre::new(Linker::new(&engine).instantiate_pre(&component)?)?;
        let mut store = Store::new(&engine, ());
        store.set_epoch_deadline(u64::MAX / 2);
        let exports = pre.instantiate_async(&mut store).await?;
        Ok(Self { store, exports })
    }

    pub async fn run(&mut self, row: Row, bytes: u64, piece: u32) -> Result<u64> {
        let Self { store, exports } = self;
        let producer = || Producer { left: bytes, piece: vec![1; PIECE] };
        let list = vec![1; piece as usize];
        match row {
            Row::Take => {
                for _ in 0..bytes / u64::from(piece) {
                    exports.call_take(&mut *store, &list).await?;
                }
                return Ok(bytes);
            }
            Row::Give => {
                for _ in 0..bytes / u64::from(piece) {
                    exports.call_give(&mut *store, piece).await?;
                }
                return Ok(bytes);
            }
            Row::Nothing => {
                let call = async |accessor: &_| exports.call_nothing(accessor).await;
                return Ok(store.run_concurrent(call).await??.into());
            }
            _ => {}
        }
        let result = store.run_concurrent(async |accessor| {
            let given = || accessor.with(|store| StreamReader::new(store, producer()));
            let out = match row {
                Row::In => return exports.call_sink(accessor, given()?, piece).await,
                Row::Out => exports.call_source(accessor, bytes, piece).await?,
                Row::Through => exports.call_pass(accessor, given()?, piece).await?,
                _ => exports.call_change(accessor, given()?, piece).await?,
            };
            let (count, closed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
            let consumer = Consumer(Arc::clone(&count), Closed(Arc::clone(&closed)));
            accessor.with(|store| out.pipe(store, consumer))?;
            poll_fn(|context| accessor.poll_no_interesting_tasks(context)).await;
            while closed.load(Ordering::Acquire) == 0 {
                tokio::task::yield_now().await;
            }
            Ok(count.load(Ordering::Relaxed))
        });
        Ok(result.await??)
    }
}
