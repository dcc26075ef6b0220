//! wasmtime, written by hand with the best settings known; `plugwright_benches::by_hand` is the host.

use std::any::Any;
use std::fs;

use plugwright_benches::by_hand::{self, BenchPre, Bounds, Host, Live, Reading};
use plugwright_benches::{Result, reading};
use tempfile::TempDir;
use wasmtime::Engine;

use crate::work::{Peer, Work, Worker, asked, bytes, checked, text, unchecked};

/// One component, compiled.
pub struct ByHand {
    name: &'static str,
    component: Vec<u8>,
    bounds: Bounds,
    engine: Engine,
    pre: BenchPre<Host>,
    cache: TempDir,
}

impl ByHand {
    pub fn new(
        name: &'static str,
        component: &[u8],
        instances: u32,
        bounds: Bounds,
    ) -> Result<Self> {
        let engine = by_hand::engine(instances, bounds)?;
        let compiled = by_hand::compile(&engine, component)?;
        let cache = tempfile::tempdir()?;
        fs::write(cache.path().join("code"), compiled.serialize()?)?;
        let pre = by_hand::link(&compiled, true)?;
        Ok(Self { name, component: component.to_owned(), bounds, engine, pre, cache })
    }

    fn live(&self) -> Result<Live> {
        Ok(Live::new(&self.pre, self.bounds)?)
    }
}

impl Peer for ByHand {
    fn name(&self) -> &'static str {
        self.name
    }

    fn worker(&self, work: Work) -> Result<Option<Worker>> {
        let mut live = self.live()?;
        match work {
            Work::Integers => {
                checked(&5, move || Ok(live.call(|exports, store| exports.call_add(store, 2, 3))?))
            }
            Work::Record => checked(&reading!(Reading), move || {
                Ok(live.call(|exports, store| exports.call_echo(store, reading!(Reading)))?)
            }),
            Work::Records(many) => {
                let them = vec![reading!(Reading); many];
                checked(&them.clone(), move || {
                    Ok(live.call(|exports, store| exports.call_echo_all(store, &them))?)
                })
            }
            Work::Text(many) => {
                let it = text(many);
                checked(&it.clone(), move || {
                    Ok(live.call(|exports, store| exports.call_echo_text(store, &it))?)
                })
            }
            Work::Bytes(many) => {
                let them = bytes(many);
                checked(&them.clone(), move || {
                    Ok(live.call(|exports, store| exports.call_echo_bytes(store, &them))?)
                })
            }
            Work::HostCalls(times) => checked(&asked(times), move || {
                Ok(live.call(|exports, store| exports.call_ask(store, times))?)
            }),
            Work::Loop(rounds) => {
                unchecked(move || Ok(live.call(|exports, store| exports.call_spin(store, rounds))?))
            }
            Work::Fresh => {
                let (pre, bounds) = (self.pre.clone(), self.bounds);
                checked(&5, move || {
                    let mut live = Live::new(&pre, bounds)?;
                    Ok(live.call(|exports, store| exports.call_add(store, 2, 3))?)
                })
            }
            Work::LoadCold => {
                let (engine, component) = (self.engine.clone(), self.component.clone());
                unchecked(move || Ok(by_hand::link(&by_hand::compile(&engine, &component)?, true)?))
            }
            Work::LoadCached => {
                let (engine, code) = (self.engine.clone(), self.cache.path().join("code"));
                unchecked(move || Ok(by_hand::link(&by_hand::deserialize(&engine, &code)?, true)?))
            }
        }
    }

    fn idle(&self) -> Result<Option<Box<dyn Any>>> {
        let mut live = self.live()?;
        live.call(|exports, store| exports.call_add(store, 2, 3))?;
        Ok(Some(Box::new(live)))
    }
}
