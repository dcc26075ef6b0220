//! The work by wasmtime, written by hand with the best settings known.

use std::path::Path;

use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, ResourceLimiter, Store,
    component::{Component, HasSelf, Linker, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

mod bindings {
    #![expect(missing_docs, reason = "wasmtime generates it")]
    wasmtime::component::bindgen!({ path: "wit", world: "bench" });
}

use bindings::BenchImports;
pub use bindings::{Bench, BenchPre, Reading};

/// What bounds a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// Nothing at all.
    None,
    /// Its memory and tables, by a limiter, and its time, by epochs.
    MemoryAndTime,
}

/// What a store holds.
pub struct Host {
    wasi: Option<WasiCtx>,
    table: ResourceTable,
    memory: usize,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("memory", &self.memory).finish_non_exhaustive()
    }
}

impl BenchImports for Host {
    fn sum(&mut self, a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let ctx = self.wasi.get_or_insert_with(|| WasiCtxBuilder::new().build());
        WasiCtxView { ctx, table: &mut self.table }
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

/// What is reset by copying after a use, in bytes: more than the plugins of the benchmarks begin with.
const KEPT: usize = 256 << 10;

/// An engine with a pool for so many instances.
///
/// # Errors
///
/// The pool cannot be reserved.
pub fn engine(instances: u32, bounds: Bounds) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances * 8)
        .total_memories(instances * 2)
        .total_tables(instances * 4)
        .total_stacks(1)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(64 << 10);
    let mut config = Config::new();
    config.concurrency_support(false);
    config.epoch_interruption(bounds == Bounds::MemoryAndTime);
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
    Bench::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host)?;
    BenchPre::new(linker.instantiate_pre(component)?)
}

/// A live instance.
#[expect(missing_debug_implementations, reason = "wasmtime's bindings have none")]
pub struct Live {
    store: Store<Host>,
    exports: Bench,
    bounds: Bounds,
}

/// Ticks of a clock that never ticks here, so that no call ends for want of time.
const DEADLINE: u64 = 1000;

impl Live {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// There is no room.
    pub fn new(pre: &BenchPre<Host>, bounds: Bounds) -> wasmtime::Result<Self> {
        let host = Host { wasi: None, table: ResourceTable::new(), memory: 0 };
        let mut store = Store::new(pre.engine(), host);
        if bounds == Bounds::MemoryAndTime {
            store.limiter(|host| host);
            store.set_epoch_deadline(DEADLINE);
        }
        let exports = pre.instantiate(&mut store)?;
        Ok(Self { store, exports, bounds })
    }

    /// Calls it.
    ///
    /// # Errors
    ///
    /// The call failed.
    #[inline]
    pub fn call<R>(
        &mut self,
        call: impl FnOnce(&Bench, &mut Store<Host>) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R> {
        if self.bounds == Bounds::MemoryAndTime {
            self.store.set_epoch_deadline(DEADLINE);
        }
        call(&self.exports, &mut self.store)
    }
}
