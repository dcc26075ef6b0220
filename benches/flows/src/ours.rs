//! The same with Plugwright, under a policy with all its limits.

use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use plugwright::{
    Artifact, ByteStream, Cache, Engine, EngineOptions, Instance, Instances, ItemStream, Limits,
    Plugin, Policy, World,
};
use plugwright_component::{Composition, Export, Part, Source, compose};

use self::chain::{Chain, ChainPlugin as _};
use self::flows::{Flows, FlowsInstance as _, FlowsPlugin as _, readings::Reading};
use self::streams::{Streams, StreamsPlugin as _};
use crate::ends::{Giver, Silent, Taker};
use crate::{AT_ONCE, Result, Row};

mod flows {
    plugwright::bindings!({ path: "wit", world: "flows", async: true });
}

mod chain {
    plugwright::bindings!({ path: "wit", world: "chain", async: true });
}

mod streams {
    plugwright::bindings!({ path: "../../guests/streams/world.wit", async: true });
}

const PASSING: &str = "plugwright:flows/passing@0.1.0";

/// Makes one component of two that hand on to the next one, and one that hands on.
pub fn composed(plugin: &[u8], relay: &[u8]) -> Result<Vec<u8>> {
    let relay = Artifact::from_bytes("relay", relay.to_vec())?;
    let plugin = Artifact::from_bytes("flows", plugin.to_vec())?;
    let next = |part| vec![(PASSING.to_owned(), Source::Part { part, export: PASSING.to_owned() })];
    let parts = vec![
        Part { name: "first".to_owned(), artifact: relay.clone(), imports: next(1) },
        Part { name: "second".to_owned(), artifact: relay, imports: next(2) },
        Part { name: "third".to_owned(), artifact: plugin, imports: Vec::new() },
    ];
    let export = Export { name: PASSING.to_owned(), part: 0, export: PASSING.to_owned() };
    Ok(compose(&Composition { parts, exports: vec![export] })?)
}

fn engine() -> Result<Engine> {
    Ok(Engine::new(EngineOptions {
        cache: Cache::Off,
        instances: AT_ONCE + 100,
        ..EngineOptions::default()
    })?)
}

fn load<W: World<Host = ()>>(
    engine: &Engine,
    bytes: &[u8],
    instances: Instances,
) -> Result<Plugin<W>> {
    let time = Duration::from_secs(600);
    let limits = Limits { time, concurrent: AT_ONCE, ..Limits::default() };
    let policy = Policy { limits, instances, ..Policy::default() };
    let artifact = Artifact::from_bytes("flows", bytes.to_vec())?.accept_unsigned();
    Ok(engine.load(artifact, policy)?)
}

/// A plugin whose sandbox lives, and one with a sandbox for each call.
pub struct Ours {
    plugin: Plugin<Flows>,
    fresh: Plugin<Flows>,
    instance: Instance<Flows>,
}

impl Ours {
    pub async fn new(bytes: &[u8]) -> Result<Self> {
        let engine = engine()?;
        let plugin: Plugin<Flows> = load(&engine, bytes, Instances::Pinned)?;
        let instance = plugin.instantiate_async().await?;
        Ok(Self { plugin, fresh: load(&engine, bytes, Instances::Fresh)?, instance })
    }

    pub async fn run(&mut self, row: Row, bytes: u64, piece: u32) -> Result<u64> {
        let Self { plugin, instance, .. } = self;
        let given = || ByteStream::new(Giver::new(bytes));
        let calls = bytes / u64::from(piece);
        let out = match row {
            Row::Take => {
                let list = vec![1; piece as usize];
                for _ in 0..calls {
                    instance.take(&list).await?;
                }
                return Ok(bytes);
            }
            Row::Give => {
                for _ in 0..calls {
                    instance.give(piece).await?;
                }
                return Ok(bytes);
            }
            Row::In => return Ok(plugin.sink(given(), piece).await?),
            Row::Out => plugin.source(bytes, piece).await?,
            _ => plugin.change(given(), piece).await?,
        };
        Ok(out.write_to(Taker).await?)
    }

    /// Makes the least call.
    pub async fn nothing(&mut self) -> Result<()> {
        self.instance.nothing().await?;
        Ok(())
    }

    /// Makes a call that waits for ever.
    pub fn wait(&self) -> impl Future<Output = Result<()>> + use<> {
        let plugin = self.fresh.clone();
        async move {
            plugin.sink(ByteStream::new(Silent), 1).await?;
            Ok(())
        }
    }

    /// Has so many records flow into the plugin.
    pub async fn take(&mut self, records: u64) -> Result<u64> {
        let each = |at| Reading { sensor: 7, at, value: 21.5 };
        let given = ItemStream::new(stream::iter((0..records).map(each)));
        Ok(self.plugin.readings_take(given).await?)
    }

    /// Has so many records flow out of the plugin.
    pub async fn give(&mut self, records: u64) -> Result<u64> {
        let mut out = self.plugin.readings_give(records).await?;
        let mut count = 0;
        while let Some(reading) = out.next().await {
            std::hint::black_box(reading?);
            count += 1;
        }
        Ok(count)
    }
}

/// Plugins that hand on, one after the other.
pub struct Hops(Vec<Plugin<Chain>>);

impl Hops {
    pub fn new(bytes: &[u8], count: usize) -> Result<Self> {
        let engine = engine()?;
        let hops = (0..count).map(|_| load(&engine, bytes, Instances::Pinned));
        Ok(Self(hops.collect::<Result<_>>()?))
    }

    pub async fn run(&self, bytes: u64, piece: u32) -> Result<u64> {
        let mut flowing = ByteStream::new(Giver::new(bytes));
        for hop in &self.0 {
            flowing = hop.passing_pass(flowing, piece).await?;
        }
        Ok(flowing.write_to(Taker).await?)
    }
}

/// The plugin of the conformance suite that has streams, in some language.
pub struct Speaker(Plugin<Streams<NoFiles>>);

/// A host whose files are never asked for.
pub struct NoFiles;

impl streams::files::Host for NoFiles {
    async fn read(&mut self, _: String) -> std::result::Result<ByteStream, String> {
        Err("there are none".to_owned())
    }

    async fn write(
        &mut self,
        _: String,
        _: ByteStream,
    ) -> plugwright::ItemFuture<std::result::Result<u64, String>> {
        plugwright::ItemFuture::new(async { Err("there are none".to_owned()) })
    }
}

impl Speaker {
    pub fn new(file: &Path) -> Result<Self> {
        let engine = Engine::new(EngineOptions { cache: Cache::Off, ..EngineOptions::default() })?;
        let limits = Limits {
            time: Duration::from_secs(600),
            host_calls: u64::MAX,
            host_bytes: u64::MAX,
            ..Limits::default()
        };
        let policy = Policy { limits, instances: Instances::Pinned, ..Policy::default() };
        let artifact = Artifact::read(file)?.accept_unsigned();
        Ok(Self(engine.load_with(artifact, policy, || NoFiles)?))
    }

    /// Has so many bytes flow out of the plugin.
    pub async fn give(&self, bytes: u64) -> Result<u64> {
        Ok(self.0.flows_count(bytes).await?.write_to(Taker).await?)
    }

    /// Has so many bytes flow through the plugin, which looks at each.
    pub async fn change(&self, bytes: u64) -> Result<u64> {
        let given = ByteStream::new(Giver::new(bytes));
        Ok(self.0.flows_shout(given).await?.write_to(Taker).await?)
    }
}
