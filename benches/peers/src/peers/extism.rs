//! Extism, as its documentation shows: a compiled plugin, and from it a plugin for each sandbox.

use std::any::Any;
use std::fs;
use std::sync::Arc;

use ::extism::{CompiledPlugin, Plugin, PluginBuilder, UserData, ValType};
use plugwright_benches::Result;
use tempfile::TempDir;

use super::bytes::{self, Sandbox};
use crate::work::{Peer, Work, Worker, checked, unchecked};

/// One module, compiled.
pub struct Extism {
    module: Arc<[u8]>,
    compiled: CompiledPlugin,
    cache: TempDir,
}

impl Extism {
    pub fn new(module: &[u8]) -> Result<Self> {
        let cache = tempfile::tempdir()?;
        let code = format!("[cache]\ndirectory = {:?}\n", cache.path().join("code"));
        fs::write(cache.path().join("config.toml"), code)?;
        let compiled = builder(module).with_cache_disabled().compile()?;
        Ok(Self { module: module.into(), compiled, cache })
    }
}

fn builder(module: &[u8]) -> PluginBuilder<'_> {
    let types = [ValType::I64, ValType::I64];
    PluginBuilder::new(module).with_function(
        "sum",
        types,
        [ValType::I64],
        UserData::new(()),
        |_, inputs, outputs, _| {
            let sum = inputs[0].unwrap_i64() as u32 + inputs[1].unwrap_i64() as u32;
            outputs[0] = i64::from(sum).into();
            Ok(())
        },
    )
}

impl Sandbox for Plugin {
    fn call(&mut self, function: &'static str, input: &[u8]) -> Result<Vec<u8>> {
        Ok(Plugin::call(self, function, input)?)
    }
}

impl Peer for Extism {
    fn name(&self) -> &'static str {
        "Extism"
    }

    fn worker(&self, work: Work) -> Result<Option<Worker>> {
        match work {
            Work::Fresh => {
                let compiled = self.compiled.clone();
                checked(&5, move || Plugin::new_from_compiled(&compiled)?.add())
            }
            Work::LoadCold => {
                let module = Arc::clone(&self.module);
                unchecked(move || Ok(builder(&module).with_cache_disabled().compile()?))
            }
            Work::LoadCached => {
                let module = Arc::clone(&self.module);
                let config = self.cache.path().join("config.toml");
                unchecked(move || Ok(builder(&module).with_cache_config(&config).compile()?))
            }
            live => bytes::live(live, Plugin::new_from_compiled(&self.compiled)?),
        }
    }

    fn idle(&self) -> Result<Option<Box<dyn Any>>> {
        let mut plugin = Plugin::new_from_compiled(&self.compiled)?;
        plugin.add()?;
        Ok(Some(Box::new(plugin)))
    }
}
