//! How often what crosses the border is copied: each kind of passing, to the byte.

use std::future::ready;

use futures_util::{TryStreamExt as _, stream};
use plugwright::{ByteStream, Engine, Instances, ItemFuture, ItemStream, Limits, Policy, Spent};
use tokio::io::AsyncReadExt as _;

use crate::{
    Flow, FlowsInstance as _, FlowsPlugin as _,
    common::{Tested, component},
    engine,
    host::{Desk, Sink, block_on},
    load, load_as, long,
};

mod shop {
    plugwright::bindings!({ path: "tests/shop.wit", world: "shop" });
}

/// As many bytes as no buffer holds.
const MANY: u32 = 300_000;

fn many() -> ByteStream {
    vec![1; MANY as usize].into()
}

/// What went into the sandbox and out of it: by value, and by stream.
#[derive(Debug, PartialEq, Eq)]
struct Copied {
    by_value: (u64, u64),
    by_stream: (u64, u64),
}

impl From<Spent> for Copied {
    fn from(spent: Spent) -> Self {
        Self {
            by_value: (spent.copied_in, spent.copied_out),
            by_stream: (spent.streamed_in, spent.streamed_out),
        }
    }
}

fn copied(by_value: (u32, u32), by_stream: (u32, u32)) -> Copied {
    let wide = |(into, out): (u32, u32)| (into.into(), out.into());
    Copied { by_value: wide(by_value), by_stream: wide(by_stream) }
}

fn flow() -> Tested<Flow> {
    load(&engine()?, Limits { lifted: 64 << 20, ..long() }, &Desk::default())
}

/// Checks the result of a call in a sandbox, and gives what it copied.
macro_rules! spent {
    ($plugin:expr, |$it:ident| $call:expr, $result:expr) => {{
        let (result, spent) = block_on($plugin.spend_async(async |$it| $call.await))?;
        assert_eq!(result?, $result);
        Copied::from(spent)
    }};
}

#[test]
fn values_are_copied_once() -> Tested {
    let plugin = flow()?;
    let list = vec![1; MANY as usize];
    assert_eq!(spent!(plugin, |it| it.length(&list), MANY), copied((MANY, 4), (0, 0)));
    let list = vec![0; MANY as usize];
    assert_eq!(spent!(plugin, |it| it.zeroes(MANY), list), copied((4, MANY), (0, 0)));
    // A number weighs its size, and so do what is in an option, which weighs one more, and in a tuple.
    let sum = spent!(plugin, |it| it.add(1, 2, Some(3), (4, true)), 3);
    assert_eq!(sum, copied((4 + 8 + (1 + 2) + 2, 8), (0, 0)));
    let sum = spent!(plugin, |it| it.add(1, 2, None, (4, true)), 3);
    assert_eq!(sum, copied((4 + 8 + 1 + 2, 8), (0, 0)));
    Ok(())
}

#[test]
fn a_stream_into_a_plugin_is_copied_once() -> Tested {
    let plugin = flow()?;
    assert_eq!(spent!(plugin, |it| it.drain(many()), MANY), copied((0, 4), (MANY, 0)));
    // Of what it does not read, nothing.
    assert_eq!(spent!(plugin, |it| it.take(many(), 10), 10), copied((4, 4), (10, 0)));
    let lists = ItemStream::new(stream::iter([vec![1; 10], Vec::new(), vec![2; 20]]));
    assert_eq!(spent!(plugin, |it| it.lists(lists), 3 << 32 | 30), copied((0, 8), (30, 0)));
    // A read of nothing copies nothing.
    assert_eq!(spent!(plugin, |it| it.peek(many()), 10 << 4), copied((0, 8), (10, 0)));
    Ok(())
}

#[test]
fn a_stream_between_a_plugin_and_its_host_is_copied_once() -> Tested {
    let plugin = flow()?;
    // The plugin passes its host a number, and is given a stream.
    assert_eq!(spent!(plugin, |it| it.fetch(MANY), MANY), copied((4, 4 + 4), (MANY, 0)));
    // It passes a stream, and is given a number later.
    assert_eq!(spent!(plugin, |it| it.tell(MANY), MANY), copied((4, 4), (4, MANY)));
    Ok(())
}

#[test]
fn a_stream_out_of_a_plugin_is_copied_once() -> Tested {
    let plugin = flow()?;
    block_on(async {
        let mut bytes = plugin.pour(MANY).await?;
        assert_eq!(bytes.spent(), None, "the call goes on");
        let mut read = Vec::new();
        bytes.read_to_end(&mut read).await?;
        assert_eq!(read.len(), MANY as usize);
        assert_eq!(bytes.spent().map(Copied::from), Some(copied((4, 0), (0, MANY))));
        let mut numbers = plugin.poke_numbers().await?;
        assert_eq!((&mut numbers).try_collect::<Vec<_>>().await?.len(), 3);
        assert_eq!(numbers.spent().map(Copied::from), Some(copied((0, 0), (0, 3 * 4))));
        let mut twice = plugin.double(ItemFuture::new(ready(4))).await?;
        assert_eq!((&mut twice).await?, 8);
        assert_eq!(twice.spent().map(Copied::from), Some(copied((0, 0), (4, 4))));
        Ok(())
    })
}

#[test]
fn a_stream_through_a_plugin_is_copied_once_in_and_once_out() -> Tested {
    let plugin = flow()?;
    block_on(async {
        let mut bytes = plugin.through(many(), u32::MAX).await?;
        tokio::io::copy(&mut bytes, &mut tokio::io::sink()).await?;
        assert_eq!(bytes.spent().map(Copied::from), Some(copied((4, 0), (MANY, MANY))));
        // What is handed on unread is what the host passed.
        let mut bytes = plugin.hand_on(many()).await?;
        assert_eq!(bytes.read_u8().await?, 1);
        assert_eq!(bytes.spent(), None, "no call writes it");
        Ok(())
    })
}

#[test]
fn a_handle_is_not_copied() -> Tested {
    use shop::ShopInstance as _;
    let plugin = engine()?.load::<shop::Shop<NoRegister>>(component("shop")?, Policy::default())?;
    let mut instance = plugin.instantiate()?;
    let (counter, spent) = instance.spend(|it| it.counters_counter_new(5));
    let counter = counter?;
    assert_eq!(Copied::from(spent), copied((4, 0), (0, 0)));
    let (sum, spent) = instance.spend(|it| it.counters_counter_add(counter, 2));
    assert_eq!((sum?, Copied::from(spent)), (7, copied((4, 4), (0, 0))));
    let (zero, spent) = instance.spend(|it| it.counters_counter_zero());
    zero?;
    assert_eq!(Copied::from(spent), copied((0, 0), (0, 0)));
    Ok(())
}

/// Nobody asks it.
#[derive(Default)]
struct NoRegister;

impl shop::register::Host for NoRegister {
    fn next(&mut self, step: u32) -> u32 {
        step
    }
}

/// The page that Prometheus reads, of what one plugin copied.
fn page(plugin: &Flow, engine: &Engine) -> Vec<String> {
    let page = engine.metrics().to_prometheus();
    let own = format!("plugin=\"{}\"", plugin.name());
    let lines = page.lines().filter(|it| it.starts_with("plugwright_copied_") && it.contains(&own));
    let label = |line: &str| line.split_once("direction=").map(|(_, it)| it.to_owned());
    lines.filter_map(label).collect()
}

#[test]
fn metrics_count_streams_too() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let [first, second] = ["first", "second"]
        .map(|name| load_as(&engine, name, Instances::Fresh, long(), &desk).unwrap());
    block_on(async {
        let bytes = first.pour(MANY).await?;
        let bytes = second.through(bytes, u32::MAX).await?;
        assert_eq!(bytes.write_to(Sink::new(&desk)).await?, u64::from(MANY));
        Tested::Ok(())
    })?;
    assert_eq!(page(&first, &engine), ["\"in\"} 4", "\"out\"} 300000"]);
    assert_eq!(page(&second, &engine), ["\"in\"} 300004", "\"out\"} 300000"]);
    Ok(())
}
