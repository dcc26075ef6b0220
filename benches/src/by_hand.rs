//! The work by wasmtime, written by hand with the best settings known.

use std::path::Path;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiter,
    Store,
    component::{Component, Linker, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::plugwright::INSTANCES;

mod bindings {
    #![expect(missing_docs, reason = "wasmtime generates it")]
    wasmtime::component::bindgen!({ path: "wit", world: "bench" });
}

pub use bindings::{Bench, BenchPre, Reading};

/// What a store holds.
pub struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
    memory: usize,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("memory", &self.memory).finish_non_exhaustive()
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl ResourceLimiter for Host {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.memory += desired - current;
        Ok(self.memory <= 128 << 20)
    }

    fn table_growing(
        &mut self,
        _: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}

/// A live instance.
#[expect(missing_debug_implementations, reason = "wasmtime's bindings have none")]
pub struct Live {
    store: Store<Host>,
    exports: Bench,
}

/// A record of eight plain fields.
pub fn reading() -> Reading {
    Reading {
        sensor: 1,
        at: 2,
        value: 3.0,
        low: 4.0,
        high: 5.0,
        channel: 6,
        offset: 7,
        valid: true,
    }
}

/// An engine with a pool.
///
/// # Errors
///
/// The kernel has no page map, or the pool cannot be reserved.
pub fn engine() -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES)
        .total_core_instances(INSTANCES * 8)
        .total_memories(INSTANCES * 2)
        .total_tables(INSTANCES * 4)
        .total_stacks(INSTANCES)
        .max_unused_warm_slots(INSTANCES)
        .linear_memory_keep_resident(2 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Yes);
    let mut config = Config::new();
    config.concurrency_support(false);
    config.epoch_interruption(true);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// Compiles.
///
/// # Errors
///
/// The component is not valid.
pub fn compile(engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Component> {
    Component::from_binary(engine, bytes)
}

/// Reads what `Component::serialize` wrote.
///
/// # Errors
///
/// It is not for this engine.
#[expect(unsafe_code, reason = "this is what writing it by hand takes")]
pub fn deserialize(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the benchmark wrote the file itself, into a folder of its own.
    unsafe { Component::deserialize_file(engine, path) }
}

/// Links, with WASI if the component wants it.
///
/// # Errors
///
/// The component is of another world.
pub fn link(component: &Component, wasi: bool) -> wasmtime::Result<BenchPre<Host>> {
    let mut linker = Linker::new(component.engine());
    if wasi {
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    }
    BenchPre::new(linker.instantiate_pre(component)?)
}

/// A live instance.
///
/// # Errors
///
/// There is no room.
pub fn instantiate(pre: &BenchPre<Host>) -> wasmtime::Result<Live> {
    let host = Host { wasi: WasiCtxBuilder::new().build(), table: ResourceTable::new(), memory: 0 };
    let mut store = Store::new(pre.engine(), host);
    store.limiter(|host| host);
    store.set_epoch_deadline(1000);
    let exports = pre.instantiate(&mut store)?;
    Ok(Live { store, exports })
}

/// A call of two integers, on a live instance.
///
/// # Errors
///
/// The call failed.
pub fn add(live: &mut Live) -> wasmtime::Result<u32> {
    live.store.set_epoch_deadline(1000);
    live.exports.call_add(&mut live.store, 2, 3)
}

/// A call with a record, on a live instance.
///
/// # Errors
///
/// The call failed.
pub fn echo(live: &mut Live, it: Reading) -> wasmtime::Result<Reading> {
    live.store.set_epoch_deadline(1000);
    live.exports.call_echo(&mut live.store, it)
}

/// A fresh sandbox, one call in it, and its end.
///
/// # Errors
///
/// The call failed.
pub fn fresh(pre: &BenchPre<Host>) -> wasmtime::Result<u32> {
    add(&mut instantiate(pre)?)
}
