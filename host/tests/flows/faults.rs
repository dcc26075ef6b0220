//! Each fault of `docs/concepts/streams.md` that a plugin in any language shows in the same way.

use std::{
    future::poll_fn,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use futures_util::{TryStreamExt as _, future::join, stream};
use plugwright::{
    ByteStream, CallError, Engine, Instances, ItemFuture, ItemStream, Limits, StreamError,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use crate::{
    Flow, FlowsInstance as _, FlowsPlugin as _,
    common::Tested,
    engine,
    host::{Alive, Desk, Sink, begun, block_on, waits},
    is_empty, load, load_as, long, short, told,
};

/// The error that a stream gave, of the call that wrote it.
fn call_error(error: &io::Error) -> &CallError {
    match error.get_ref().and_then(|it| it.downcast_ref()) {
        Some(StreamError::Call(error)) => error,
        other => panic!("unexpected: {other:?}"),
    }
}

fn is_unfinished(error: &io::Error) -> bool {
    let source = error.get_ref().and_then(|it| it.downcast_ref());
    matches!(source, Some(StreamError::Unfinished))
}

/// Why a call failed: who runs on when the plugin has said what to read is told by the call, or as it reads.
async fn why<R>(call: Result<R, CallError>, read: impl AsyncFnOnce(R) -> String) -> String {
    match call {
        Ok(given) => read(given).await,
        Err(error) => told(&error),
    }
}

/// How a read or a write of so many ended, with more to come or not.
fn came(count: u64) -> u64 {
    count << 4
}
const AT_AN_END: u64 = 1;

#[test]
fn a_read_of_nothing_is_told_to_try() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    let peek = |bytes| Tested::Ok(block_on(plugin.peek(bytes))?);
    assert_eq!(peek(vec![1; 3].into())?, came(3));
    assert_eq!(peek(vec![1; 30].into())?, came(10));
    // Of one that has to wait, and of one at its end, too: the next read waits, or ends.
    assert_eq!(peek(desk.slow(30))?, came(10));
    assert_eq!(peek(Vec::new().into())?, AT_AN_END);
    assert_eq!(peek(desk.slow(0))?, AT_AN_END);
    let numbers = |count| ItemStream::new(stream::iter(0..count));
    let peek = |numbers| Tested::Ok(block_on(plugin.peek_numbers(numbers))?);
    assert_eq!(peek(numbers(30))?, came(10));
    assert_eq!(peek(numbers(0))?, AT_AN_END);
    // A plugin that is asked is not run for it.
    let written = block_on(plugin.pour(3))?;
    assert_eq!(block_on(plugin.peek(written))?, came(3));
    assert_eq!(desk.alive(), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn a_write_of_nothing_comes_to_pass_when_somebody_reads() -> Tested {
    let engine = engine()?;
    for stream_buffer in [1, 64 << 10] {
        let plugin = load(&engine, Limits { stream_buffer, ..long() }, &Desk::default())?;
        block_on(async {
            assert_eq!(plugin.poke().await?.collect(3).await?, [0; 3]);
            assert_eq!(plugin.poke().await?.write_to(tokio::io::sink()).await?, 3);
            // It writes once, and one value is always let through.
            let numbers = plugin.poke_numbers().await?.try_collect::<Vec<_>>().await?;
            assert_eq!(numbers, vec![0; if stream_buffer == 1 { 1 } else { 3 }]);
            assert_eq!(plugin.drain(plugin.poke().await?).await?, 3);
            let numbers = plugin.poke_numbers().await?;
            assert!(plugin.peek_numbers(numbers).await? >= came(1));
            Tested::Ok(())
        })?;
        assert!(is_empty(&engine), "{:?}", engine.metrics());
    }
    Ok(())
}

#[test]
fn what_is_empty_flows_as_well() -> Tested {
    let plugin = load(&engine()?, long(), &Desk::default())?;
    let lists = |lists: Vec<Vec<u8>>| block_on(plugin.lists(ItemStream::new(stream::iter(lists))));
    assert_eq!(lists(vec![Vec::new(); 3])?, 3 << 32);
    assert_eq!(lists(vec![Vec::new(), vec![1, 2], Vec::new()])?, 3 << 32 | 2);
    assert_eq!(lists(Vec::new())?, 0);
    assert_eq!(block_on(plugin.pour(0))?.spent(), None);
    let none = block_on(async { Tested::Ok(plugin.pour(0).await?.collect(0).await?) })?;
    assert!(none.is_empty());
    Ok(())
}

#[test]
fn a_future_that_is_never_resolved_ends_with_its_call() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, short(), &desk)?;
    let late =
        "the plugin that wrote it failed: `NAME` took longer than the 50ms that its policy allows";
    // By the host, and by the plugin: one that has ended, and one that waits.
    let double = block_on(plugin.double(desk.later(None)))?;
    assert_eq!(told(&block_on(double).unwrap_err()), late.replace("NAME", "double"));
    assert_eq!(desk.alive(), 0);
    let forgotten = block_on(plugin.forget())?;
    assert_eq!(told(&block_on(forgotten).unwrap_err()), late.replace("NAME", "forget"));
    let never = block_on(plugin.never())?;
    assert_eq!(told(&block_on(never).unwrap_err()), late.replace("NAME", "never"));
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn a_future_that_is_dropped_ends_with_its_call() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    // The plugin drops what it would read, and goes on.
    block_on(plugin.ignore(desk.later(None)))?;
    assert_eq!(desk.alive(), 0);
    // The host does, and nothing goes on.
    drop(block_on(plugin.double(desk.later(None)))?);
    let mut double = block_on(plugin.double(desk.later(None)))?;
    assert!(begun(&mut double));
    drop((double, block_on(plugin.forget())?, block_on(plugin.never())?));
    assert_eq!(desk.alive(), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    // The plugin drops what it would write, which no future allows.
    let error = block_on(async {
        why(plugin.let_go().await, async |number| told(&number.await.unwrap_err())).await
    });
    let dropped = "`let-go` trapped: cannot drop future write end without first writing a value";
    assert!(error.ends_with(dropped), "{error}");
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn a_plugin_that_traps_while_it_writes_ends_no_stream() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    // As long as there is room for what it writes, it does not wait for who reads.
    for after in [0, 1, 1_000] {
        let error = block_on(async {
            why(plugin.pour_and_fall(after).await, async |bytes| {
                told(&bytes.collect(1_000).await.unwrap_err())
            })
            .await
        });
        assert!(error.ends_with(FELL), "{error}");
        assert!(is_empty(&engine), "{:?}", engine.metrics());
    }
    for after in [100_000, 200_000] {
        let mut read = Vec::new();
        let error = block_on(async {
            plugin.pour_and_fall(after).await.unwrap().read_to_end(&mut read).await.unwrap_err()
        });
        assert_eq!(read.len(), after as usize, "what was read before stays");
        assert_eq!(call_error(&error).to_string(), FELL);
        let writer = Sink::new(&desk);
        let taken = Arc::clone(&writer.taken);
        let error = block_on(async {
            plugin.pour_and_fall(after).await.unwrap().write_to(writer).await.unwrap_err()
        });
        assert_eq!(taken.load(Ordering::SeqCst), after as usize);
        assert_eq!(call_error(&error).to_string(), FELL);
        assert_eq!(desk.alive(), 0);
        assert!(is_empty(&engine), "{:?}", engine.metrics());
    }
    // While it reads, too: what the host passed is dropped.
    let error = block_on(async {
        let bytes = plugin.through(desk.slow(100_000), 50_000).await.unwrap();
        bytes.collect(100_000).await.unwrap_err()
    });
    assert_eq!(call_error(&error).kind(), "trap");
    assert_eq!(desk.alive(), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

const FELL: &str = "`pour-and-fall` trapped: wasm `unreachable` instruction executed";

/// What a host passes, and has a bug.
struct Falls(u32, #[expect(dead_code, reason = "its drop says it")] Alive);

impl AsyncRead for Falls {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0 = self.0.checked_sub(1).expect("the reader fell over");
        buffer.put_slice(b"some");
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Falls {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        panic!("the writer fell over")
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_panic_of_what_the_host_passed_is_the_hosts() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    let panic = |run: &mut dyn FnMut()| {
        let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
        assert_eq!(desk.alive(), 0);
        assert!(is_empty(&engine), "{:?}", engine.metrics());
        assert!(block_on(plugin.count()).is_ok());
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap()
    };
    for reads in [0, 3] {
        let reader = || ByteStream::new(Falls(reads, desk.lives()));
        let read = panic(&mut || drop(block_on(plugin.drain(reader()))));
        assert_eq!(read, "the reader fell over");
        let read = panic(&mut || {
            block_on(async {
                let bytes = plugin.through(reader(), u32::MAX).await.unwrap();
                // In a chain, it is still the host's.
                drop(plugin.drain(bytes).await);
            });
        });
        assert_eq!(read, "the reader fell over");
    }
    let written = panic(&mut || {
        let bytes = block_on(plugin.pour(100_000)).unwrap();
        drop(block_on(bytes.write_to(Falls(0, desk.lives()))));
    });
    assert_eq!(written, "the writer fell over");
    let item = panic(&mut || {
        let items = stream::poll_fn(|_| -> Poll<Option<u32>> { panic!("the items fell over") });
        drop(block_on(plugin.peek_numbers(ItemStream::new(items))));
    });
    assert_eq!(item, "the items fell over");
    let value = panic(&mut || {
        let value = ItemFuture::new(poll_fn(|_| panic!("the value fell over")));
        let double = block_on(plugin.double(value)).unwrap();
        drop(block_on(double));
    });
    assert_eq!(value, "the value fell over");
    Ok(())
}

#[test]
fn a_stream_that_is_dropped_half_way_ends() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    // By the plugin, which goes on.
    assert_eq!(block_on(plugin.take(desk.slow(100_000), 10))?, 10);
    assert_eq!(desk.alive(), 0);
    // By the host, of a plugin that writes, and of one that reads and writes.
    for count in [1, 100, 70_000] {
        let mut read = vec![1; count];
        let mut bytes = block_on(plugin.pour(1_000_000))?;
        block_on(bytes.read_exact(&mut read))?;
        drop(bytes);
        assert!(is_empty(&engine), "{:?}", engine.metrics());
        let mut bytes = block_on(plugin.through(desk.slow(1_000_000), u32::MAX))?;
        block_on(bytes.read_exact(&mut read))?;
        drop(bytes);
        assert_eq!(desk.alive(), 0);
        assert!(is_empty(&engine), "{:?}", engine.metrics());
    }
    // By nobody, where the plugin neither reads nor drops it: it goes with the sandbox.
    let mut instance = block_on(plugin.instantiate_async())?;
    assert_eq!(block_on(instance.peek(desk.slow(30)))?, came(10));
    assert_eq!(desk.alive(), 1);
    drop(instance);
    assert_eq!(desk.alive(), 0);
    // One of several: the others are read on.
    let mut all = block_on(plugin.open(3, true))?;
    drop(all.remove(1));
    for bytes in all {
        assert_eq!(block_on(bytes.collect(1))?, [0]);
    }
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

/// Three plugins, of which each reads what the one before it writes.
fn three(engine: &Engine, desk: &Desk, middle: Limits) -> Tested<[Flow; 3]> {
    let load = |name, limits| load_as(engine, name, Instances::Fresh, limits, desk);
    Ok([load("first", long())?, load("middle", middle)?, load("last", long())?])
}

#[test]
fn where_the_middle_of_three_dies_both_ends_are_told() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let [first, middle, last] = three(&engine, &desk, long())?;
    let mut inputs = 0;
    for after in [0, 10_000, 200_000] {
        let ended = block_on(async {
            let bytes = first.pour(1_000_000).await?;
            let bytes = middle.through(bytes, after).await?;
            last.drain(bytes).await
        });
        let error = ended.unwrap_err();
        let fell = "`through` trapped: wasm `unreachable` instruction executed";
        match &error {
            // As long as there is room for what it writes, it does not wait for who reads.
            CallError::Trap { .. } if after < 200_000 => assert_eq!(told(&error), fell),
            _ => {
                let read = "what `drain` was given to read failed: the plugin that wrote it failed";
                assert_eq!(told(&error), format!("{read}: {fell}"));
                inputs += 1;
            }
        }
        assert!(is_empty(&engine), "{:?}", engine.metrics());
    }
    let errors = |name: &str| {
        let metrics = engine.metrics();
        let it = metrics.plugins.iter().find(|it| it.plugin == name).unwrap();
        it.errors.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>()
    };
    assert_eq!(errors("first"), ["cancelled 3"]);
    assert_eq!(errors("middle"), ["trap 3"]);
    assert_eq!(errors("last"), [format!("input {inputs}")]);
    Ok(())
}

#[test]
fn where_the_middle_of_three_is_late_both_ends_are_told() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let [first, middle, last] = three(&engine, &desk, short())?;
    let ended = block_on(async {
        // What the first one reads never comes.
        let nothing = ByteStream::new(silent());
        let bytes = first.through(nothing, u32::MAX).await?;
        let bytes = middle.through(bytes, u32::MAX).await?;
        last.drain(bytes).await
    });
    assert_eq!(
        told(&ended.unwrap_err()),
        "what `drain` was given to read failed: the plugin that wrote it failed: \
         `through` took longer than the 50ms that its policy allows"
    );
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

/// A reader that nothing ever comes from.
fn silent() -> impl AsyncRead + Send + 'static {
    struct Silent;
    impl AsyncRead for Silent {
        fn poll_read(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }
    Silent
}

#[test]
fn what_is_handed_on_unread_needs_its_plugin_no_more() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let [first, middle, last] = three(&engine, &desk, long())?;
    let sandboxes = || engine.metrics().plugins.iter().map(|it| it.sandboxes).sum::<u64>();
    let bytes = block_on(first.pour(1_000_000))?;
    let bytes = block_on(middle.hand_on(bytes))?;
    assert_eq!(sandboxes(), 1, "the middle one is gone");
    drop(middle);
    assert_eq!(block_on(last.drain(bytes))?, 1_000_000);
    // One that dies as it hands on takes with it what it was given.
    let middle = load(&engine, long(), &desk)?;
    let bytes = block_on(first.pour(1_000_000))?;
    let error = block_on(middle.hand_on_and_fall(bytes)).map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`hand-on-and-fall` trapped: wasm `unreachable` instruction executed"
    );
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

/// What a plugin does when it has left its host a stream.
const END: u32 = 0;
const TRAP: u32 = 1;
const ASK: u32 = 2;
const WAIT: u32 = 3;

#[test]
fn what_a_plugin_left_open_with_its_host_is_no_end() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    let left = || desk.kept().ok_or("nothing was left");
    let unfinished = |bytes: ByteStream| {
        let error = block_on(bytes.collect(10)).unwrap_err();
        assert!(is_unfinished(&error), "{error:?}");
    };
    block_on(plugin.leave(END))?;
    unfinished(left()?);
    assert_eq!(block_on(plugin.leave(TRAP)).unwrap_err().kind(), "trap");
    unfinished(left()?);
    // In a sandbox that lives on, and in one that is dead and not dropped yet.
    let mut instance = block_on(plugin.instantiate_async())?;
    block_on(instance.leave(END))?;
    unfinished(left()?);
    assert_eq!(block_on(instance.count())?, 1);
    block_on(instance.leave_plainly(END))?;
    unfinished(left()?);
    assert_eq!(block_on(instance.leave(TRAP)).unwrap_err().kind(), "trap");
    unfinished(left()?);
    assert!(!instance.is_alive());
    drop(instance);
    // By a function that is not async.
    block_on(plugin.leave_plainly(END))?;
    unfinished(left()?);
    assert_eq!(block_on(plugin.leave_plainly(TRAP)).unwrap_err().kind(), "trap");
    unfinished(left()?);
    // By a call that nobody waits for any more.
    let mut instance = block_on(plugin.instantiate_async())?;
    assert!(begun(instance.leave(WAIT)));
    unfinished(left()?);
    drop(instance);
    assert!(begun(plugin.leave(WAIT)));
    unfinished(left()?);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn who_reads_what_was_left_open_is_woken() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, long(), &desk)?;
    let mut instance = block_on(plugin.instantiate_async())?;
    let ended = block_on(async {
        let leaves = instance.leave(ASK);
        let reads = async {
            let bytes = loop {
                match desk.kept() {
                    Some(bytes) => break bytes,
                    None => waits().await,
                }
            };
            bytes.collect(10).await
        };
        let (left, read) = join(leaves, reads).await;
        left.map(|()| read)
    })?;
    assert!(is_unfinished(&ended.unwrap_err()));
    assert_eq!(block_on(instance.count())?, 1, "the sandbox lives on");
    Ok(())
}

#[test]
fn each_stream_of_a_call_that_fails_tells_why() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, short(), &desk)?;
    let all = block_on(plugin.open(3, false))?;
    let errors = all.into_iter().map(|it| block_on(it.collect(10)).unwrap_err());
    let kinds: Vec<_> = errors.map(|it| call_error(&it).kind()).collect();
    assert_eq!(kinds, ["deadline"; 3]);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}
