//! Plugwright; `plugwright_benches::plugwright` is the host.

use std::any::Any;

use ::plugwright::{Engine, Instance, Plugin, Policy};
use plugwright_benches::plugwright::{
    self as host, Bench, BenchInstance as _, BenchPlugin as _, Host, Reading,
};
use plugwright_benches::{Result, reading};
use tempfile::TempDir;

use crate::work::{Peer, Work, Worker, asked, bytes, checked, text, unchecked};

/// One plugin, loaded.
pub struct Plugwright {
    name: &'static str,
    component: Vec<u8>,
    policy: Policy,
    engine: Engine,
    plugin: Plugin<Bench<Host>>,
    /// An engine that has compiled the plugin before, and its folder.
    cached: Engine,
    _cache: TempDir,
}

impl Plugwright {
    pub fn new(
        name: &'static str,
        component: &[u8],
        instances: u32,
        policy: Policy,
    ) -> Result<Self> {
        let cache = tempfile::tempdir()?;
        let engine = host::engine(instances, None)?;
        let cached = host::engine(1, Some(&cache.path().join("code")))?;
        let plugin = host::load(&engine, component, policy.clone())?;
        host::load(&cached, component, policy.clone())?;
        let component = component.to_owned();
        Ok(Self { name, component, policy, engine, plugin, cached, _cache: cache })
    }

    fn load(&self, engine: &Engine) -> Result<Option<Worker>> {
        let (engine, component) = (engine.clone(), self.component.clone());
        let policy = self.policy.clone();
        unchecked(move || host::load(&engine, &component, policy.clone()))
    }
}

impl Peer for Plugwright {
    fn name(&self) -> &'static str {
        self.name
    }

    fn worker(&self, work: Work) -> Result<Option<Worker>> {
        let mut live: Instance<Bench<Host>> = self.plugin.instantiate()?;
        match work {
            Work::Integers => checked(&5, move || Ok(live.add(2, 3)?)),
            Work::Record => checked(&reading!(Reading), move || Ok(live.echo(reading!(Reading))?)),
            Work::Records(many) => {
                let them = vec![reading!(Reading); many];
                checked(&them.clone(), move || Ok(live.echo_all(&them)?))
            }
            Work::Text(many) => {
                let it = text(many);
                checked(&it.clone(), move || Ok(live.echo_text(&it)?))
            }
            Work::Bytes(many) => {
                let them = bytes(many);
                checked(&them.clone(), move || Ok(live.echo_bytes(&them)?))
            }
            Work::HostCalls(times) => checked(&asked(times), move || Ok(live.ask(times)?)),
            Work::Loop(rounds) => unchecked(move || Ok(live.spin(rounds)?)),
            Work::Fresh => {
                let plugin = self.plugin.clone();
                checked(&5, move || Ok(plugin.add(2, 3)?))
            }
            Work::LoadCold => self.load(&self.engine),
            Work::LoadCached => self.load(&self.cached),
        }
    }

    fn idle(&self) -> Result<Option<Box<dyn Any>>> {
        let mut live = self.plugin.instantiate()?;
        live.add(2, 3)?;
        Ok(Some(Box::new(live)))
    }
}
