//! Calls that nobody waits for any more, whatever they were waiting for when they were dropped.

use std::num::NonZeroU32;

use futures_util::{TryStreamExt as _, future::LocalBoxFuture};
use plugwright::{ByteStream, Instances, Limits};

use crate::{
    Flow, FlowsInstance as _, FlowsPlugin as _,
    common::Tested,
    engine,
    host::{Desk, Sink, block_on, polled, waits},
    is_empty, load_as, long,
};

/// What a host and a plugin do together, from the beginning to the end.
type Conversation = fn(Flow, Desk) -> LocalBoxFuture<'static, Tested>;

macro_rules! conversations {
    ($($name:ident: |$plugin:ident, $desk:ident| $talk:block)*) => {
        &[$((stringify!($name), |$plugin, $desk| Box::pin(async move {
            let _ = &$desk;
            $talk
            Ok(())
        }))),*]
    };
}

const ALL: &[(&str, Conversation)] = conversations! {
    bytes_in: |plugin, desk| {
        assert_eq!(plugin.drain(desk.slow(30_000)).await?, 30_000);
    }
    bytes_out: |plugin, desk| {
        assert_eq!(plugin.pour(200_000).await?.write_to(Sink::new(&desk)).await?, 200_000);
    }
    bytes_through: |plugin, desk| {
        let bytes = plugin.through(desk.slow(30_000), u32::MAX).await?;
        waits().await;
        assert_eq!(bytes.collect(30_000).await?.len(), 30_000);
    }
    bytes_handed_on: |plugin, desk| {
        let bytes = plugin.hand_on(desk.slow(30_000)).await?;
        waits().await;
        assert_eq!(bytes.collect(30_000).await?.len(), 30_000);
    }
    a_value_that_comes_later: |plugin, desk| {
        let twice = plugin.double(desk.later(Some(21))).await?;
        waits().await;
        assert_eq!(twice.await?, 42);
    }
    bytes_of_the_host: |plugin, desk| {
        assert_eq!(plugin.fetch(30_000).await?, 30_000);
    }
    bytes_for_the_host: |plugin, desk| {
        assert_eq!(plugin.tell(10_000).await?, 10_000);
    }
    a_function_of_the_host: |plugin, desk| {
        assert_eq!(plugin.ask().await?, 7);
    }
    a_chain: |plugin, desk| {
        let bytes = plugin.through(desk.slow(30_000), u32::MAX).await?;
        let bytes = plugin.through(bytes, u32::MAX).await?;
        assert_eq!(plugin.drain(bytes).await?, 30_000);
    }
    several_streams: |plugin, desk| {
        for bytes in plugin.open(4, true).await? {
            waits().await;
            assert_eq!(bytes.try_collect::<Vec<_>>().await?.concat(), [0]);
        }
        let some = (0..4).map(|_| desk.slow(1_000)).collect();
        assert_eq!(plugin.drain_all(some).await?, 4_000);
    }
    calls_of_one_sandbox: |plugin, desk| {
        let mut instance = plugin.instantiate_async().await?;
        assert_eq!(instance.drain(desk.slow(7_000)).await?, 7_000);
        assert_eq!(instance.tell(2_000).await?, 2_000);
        waits().await;
        assert_eq!(instance.ask().await?, 7);
    }
    a_call_that_is_measured: |plugin, desk| {
        let (read, spent) = plugin.spend_async(async |it| it.fetch(7_000).await).await?;
        assert_eq!((read?, spent.streamed_in), (7_000, 7_000));
    }
};

/// Drops each conversation when it was polled once, twice, and so on, until it comes to its end.
#[test]
fn a_call_that_is_dropped_while_it_waits_leaves_nothing() -> Tested {
    let reuse = Instances::Reuse(NonZeroU32::MAX);
    for (name, conversation) in ALL {
        for instances in [Instances::Fresh, reuse, Instances::Pinned] {
            let (engine, desk) = (engine()?, Desk::default());
            // In a chain, three calls run at once, of which none can be that of the same pinned sandbox.
            let is_chain = *name == "a_chain";
            if is_chain && instances == Instances::Pinned {
                continue;
            }
            let limits = Limits { concurrent: if is_chain { 3 } else { 1 }, ..long() };
            let plugin = load_as(&engine, "flows", instances, limits, &desk)?;
            let most = (1..).find(|most| {
                let ended = polled(conversation(plugin.clone(), desk.clone()), *most);
                let is_over = ended.map(|it| it.unwrap()).is_some();
                assert_eq!(desk.alive(), 0, "{name}: its host runs on after {most} polls");
                let is_clean = instances != Instances::Fresh || is_empty(&engine);
                assert!(is_clean, "{name}, {most} polls: {:?}", engine.metrics());
                assert!(block_on(plugin.count()).is_ok(), "{name} after {most} polls");
                is_over
            });
            assert!(most.is_some_and(|it| it > 3), "{name} waited {most:?} times");
            drop(plugin);
            assert!(is_empty(&engine), "{name}: {:?}", engine.metrics());
        }
    }
    Ok(())
}

/// The same of what a call gave out, which may be read later, elsewhere, or never.
#[test]
fn what_a_call_gave_may_be_dropped_at_any_time() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load_as(&engine, "flows", Instances::Fresh, long(), &desk)?;
    for most in 1..20 {
        let bytes = block_on(plugin.through(desk.slow(100_000), u32::MAX))?;
        assert_eq!(desk.alive(), 1, "it is not read yet");
        let read = polled(bytes.collect(100_000), most);
        assert!(read.is_none(), "{most} polls read it all");
        assert_eq!(desk.alive(), 0, "its reader is there after {most} polls");
        assert!(is_empty(&engine), "{most} polls: {:?}", engine.metrics());
    }
    let unread: Vec<ByteStream> = (0..10)
        .map(|_| block_on(plugin.through(desk.slow(100_000), u32::MAX)))
        .collect::<Result<_, _>>()?;
    assert_eq!((desk.alive(), engine.metrics().plugins[0].sandboxes), (10, 10));
    drop(unread);
    assert_eq!(desk.alive(), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    assert_eq!(engine.metrics().plugins[0].errors.get("cancelled"), Some(&29));
    Ok(())
}
