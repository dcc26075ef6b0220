//! The same as a host author would write it over wasmtime, with the direct buffers and nothing around them.

mod pumps;

use std::future::poll_fn;
use std::sync::atomic::Ordering;

use tokio::io::{AsyncRead, AsyncWrite};
use wasmtime::component::{Accessor, Component, Linker, StreamConsumer, StreamReader};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use self::flows::exports::plugwright::flows::readings::Reading;
use self::pumps::{Consumer, Counter, Producer, Readings, Tally};
use crate::ends::{Giver, Silent, Taker};
use crate::{AT_ONCE, BUFFER, Result, Row};

mod flows {
    wasmtime::component::bindgen!({ path: "wit", world: "flows", exports: { default: async } });
}

mod chain {
    wasmtime::component::bindgen!({ path: "wit", world: "chain", exports: { default: async } });
}

/// What instances are made of.
pub struct ByHand {
    engine: Engine,
    flows: flows::FlowsPre<()>,
    pass: chain::ChainPre<()>,
    composed: chain::ChainPre<()>,
}

impl ByHand {
    pub fn new(bytes: &[u8], composed: &[u8]) -> Result<Self> {
        // Room for those that wait, and some; each is made of a few.
        let (places, parts) = (AT_ONCE + 100, 4 * (AT_ONCE + 100));
        let mut pool = PoolingAllocationConfig::default();
        pool.total_component_instances(places).total_core_instances(parts);
        pool.total_memories(places).total_tables(parts).total_stacks(places);
        let mut config = Config::new();
        config.epoch_interruption(true);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = Engine::new(&config)?;
        let pre = |bytes: &[u8]| {
            let component = Component::from_binary(&engine, bytes)?;
            Linker::new(&engine).instantiate_pre(&component)
        };
        let (single, composed) = (pre(bytes)?, pre(composed)?);
        Ok(Self {
            flows: flows::FlowsPre::new(single.clone())?,
            pass: chain::ChainPre::new(single)?,
            composed: chain::ChainPre::new(composed)?,
            engine,
        })
    }

    fn store(&self) -> Store<()> {
        let mut store = Store::new(&self.engine, ());
        store.set_epoch_deadline(u64::MAX / 2);
        store
    }

    /// Makes an instance of the plugin.
    pub async fn plugin(&self) -> Result<Plugin> {
        let mut store = self.store();
        let exports = self.flows.instantiate_async(&mut store).await?;
        Ok(Plugin { store, exports })
    }

    /// Makes an instance of the plugin that hands on, or of three of them in one component.
    pub async fn hop(&self, composed: bool) -> Result<Hop> {
        let mut store = self.store();
        let pre = if composed { &self.composed } else { &self.pass };
        let exports = pre.instantiate_async(&mut store).await?;
        Ok(Hop { store, exports })
    }
}

/// Waits until all has come that a plugin writes, and tells how much that was.
async fn drained<T: 'static>(
    accessor: &Accessor<()>,
    out: StreamReader<T>,
    into: impl StreamConsumer<(), Item = T>,
    tally: &Tally,
) -> wasmtime::Result<u64> {
    accessor.with(|store| out.pipe(store, into))?;
    poll_fn(|context| accessor.poll_no_interesting_tasks(context)).await;
    while tally.closed.load(Ordering::Acquire) == 0 {
        tokio::task::yield_now().await;
    }
    Ok(tally.count.load(Ordering::Relaxed))
}

/// A live instance that hands on.
pub struct Hop {
    store: Store<()>,
    exports: chain::Chain,
}

impl Hop {
    async fn pass(
        &mut self,
        from: impl AsyncRead + Send + Unpin + 'static,
        to: impl AsyncWrite + Send + Unpin + 'static,
        piece: u32,
    ) -> Result<u64> {
        let Self { store, exports } = self;
        let passing = exports.plugwright_flows_passing();
        let result = store.run_concurrent(async |accessor| {
            let given = accessor.with(|store| StreamReader::new(store, Producer(from)))?;
            let out = passing.call_pass(accessor, given, piece).await?;
            let tally = Tally::default();
            drained(accessor, out, Consumer::new(to, &tally), &tally).await
        });
        Ok(result.await??)
    }

    pub async fn run(&mut self, bytes: u64, piece: u32) -> Result<u64> {
        self.pass(Giver::new(bytes), Taker, piece).await
    }
}

/// Has three instances hand on, each in a store of its own, with buffers between them.
pub async fn linked([first, second, third]: &mut [Hop; 3], bytes: u64, piece: u32) -> Result<u64> {
    let (to_second, from_first) = tokio::io::duplex(BUFFER);
    let (to_third, from_second) = tokio::io::duplex(BUFFER);
    let (_, _, count) = futures_util::try_join!(
        first.pass(Giver::new(bytes), to_second, piece),
        second.pass(from_first, to_third, piece),
        third.pass(from_second, Taker, piece),
    )?;
    Ok(count)
}

/// A live instance.
pub struct Plugin {
    store: Store<()>,
    exports: flows::Flows,
}

impl Plugin {
    pub async fn run(&mut self, row: Row, bytes: u64, piece: u32) -> Result<u64> {
        let Self { store, exports } = self;
        let calls = bytes / u64::from(piece);
        match row {
            Row::Take => {
                let list = vec![1; piece as usize];
                for _ in 0..calls {
                    exports.call_take(&mut *store, &list).await?;
                }
                return Ok(bytes);
            }
            Row::Give => {
                for _ in 0..calls {
                    exports.call_give(&mut *store, piece).await?;
                }
                return Ok(bytes);
            }
            _ => {}
        }
        let result = store.run_concurrent(async |accessor| {
            let given =
                || accessor.with(|store| StreamReader::new(store, Producer(Giver::new(bytes))));
            let out = match row {
                Row::In => return exports.call_sink(accessor, given()?, piece).await,
                Row::Out => exports.call_source(accessor, bytes, piece).await?,
                _ => exports.call_change(accessor, given()?, piece).await?,
            };
            let tally = Tally::default();
            drained(accessor, out, Consumer::new(Taker, &tally), &tally).await
        });
        Ok(result.await??)
    }

    /// Makes the least call.
    pub async fn nothing(&mut self) -> Result<()> {
        let Self { store, exports } = self;
        store.run_concurrent(async |accessor| exports.call_nothing(accessor).await).await??;
        Ok(())
    }

    /// Makes a call that waits for ever.
    pub async fn wait(mut self) -> Result<()> {
        let Self { store, exports } = &mut self;
        let result = store.run_concurrent(async |accessor| {
            let given = accessor.with(|store| StreamReader::new(store, Producer(Silent)))?;
            exports.call_sink(accessor, given, 1).await
        });
        result.await??;
        Ok(())
    }

    /// Has so many records flow into the plugin.
    pub async fn take(&mut self, records: u64) -> Result<u64> {
        let Self { store, exports } = self;
        let readings = exports.plugwright_flows_readings();
        let result = store.run_concurrent(async |accessor| {
            let given = Readings { at: 0, end: records };
            let given = accessor.with(|store| StreamReader::new(store, given))?;
            readings.call_take(accessor, given).await
        });
        Ok(result.await??)
    }

    /// Has so many records flow out of the plugin.
    pub async fn give(&mut self, records: u64) -> Result<u64> {
        let Self { store, exports } = self;
        let readings = exports.plugwright_flows_readings();
        let result = store.run_concurrent(async |accessor| {
            let out = readings.call_give(accessor, records).await?;
            let tally = Tally::default();
            drained(accessor, out, Counter::new(&tally), &tally).await
        });
        Ok(result.await??)
    }
}
