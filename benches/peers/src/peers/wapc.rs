//! waPC, as its documentation shows: a provider that is built once and rehydrated for each sandbox, here on the same
//! engine as the code by hand.

use std::any::Any;
use std::sync::Arc;

use ::wapc::WapcHost;
use plugwright_benches::Result;
use plugwright_benches::by_hand::{self, Bounds};
use tempfile::TempDir;
use wasmtime::Engine;
use wasmtime_provider::{EpochDeadlines, WasmtimeEngineProviderBuilder, WasmtimeEngineProviderPre};
use wire::{integers, read_integers};

use super::bytes::{self, Sandbox};
use crate::work::{Peer, Work, Worker, checked, unchecked};

/// One module, compiled.
pub struct Wapc {
    module: Arc<[u8]>,
    engine: Engine,
    pre: WasmtimeEngineProviderPre,
    cache: TempDir,
}

/// Ticks of a clock that never ticks here, so that no call ends for want of time.
const DEADLINES: EpochDeadlines = EpochDeadlines { wapc_init: 1000, wapc_func: 1000 };

impl Wapc {
    pub fn new(module: &[u8], instances: u32) -> Result<Self> {
        let engine = by_hand::engine(instances, Bounds::MemoryAndTime)?;
        let pre = builder(module).engine(engine.clone()).build_pre()?;
        Ok(Self { module: module.into(), engine, pre, cache: tempfile::tempdir()? })
    }
}

fn builder(module: &[u8]) -> WasmtimeEngineProviderBuilder<'_> {
    WasmtimeEngineProviderBuilder::new().module_bytes(module).enable_epoch_interruptions(DEADLINES)
}

fn start(pre: &WasmtimeEngineProviderPre) -> Result<WapcHost> {
    let provider = pre.rehydrate(Some(DEADLINES))?;
    let sum = |_, _: &str, _: &str, _: &str, input: &[u8]| {
        let [a, b] = read_integers(input)?;
        Ok(integers(&[a.wrapping_add(b)]))
    };
    Ok(WapcHost::new(Box::new(provider), Some(Box::new(sum)))?)
}

impl Sandbox for WapcHost {
    fn call(&mut self, function: &'static str, input: &[u8]) -> Result<Vec<u8>> {
        Ok(WapcHost::call(self, function, input)?)
    }
}

impl Peer for Wapc {
    fn name(&self) -> &'static str {
        "waPC"
    }

    fn worker(&self, work: Work) -> Result<Option<Worker>> {
        match work {
            Work::Fresh => {
                let pre = self.pre.clone();
                checked(&5, move || start(&pre)?.add())
            }
            Work::LoadCold => {
                let (module, engine) = (Arc::clone(&self.module), self.engine.clone());
                unchecked(move || Ok(builder(&module).engine(engine.clone()).build_pre()?))
            }
            Work::LoadCached => {
                let (module, cache) = (Arc::clone(&self.module), self.cache.path().join("code"));
                unchecked(move || Ok(builder(&module).enable_cache(Some(&cache)).build_pre()?))
            }
            live => bytes::live(live, start(&self.pre)?),
        }
    }

    fn idle(&self) -> Result<Option<Box<dyn Any>>> {
        let mut host = start(&self.pre)?;
        host.add()?;
        Ok(Some(Box::new(host)))
    }
}
