//! As many streams at once as there may be handles, and one more.

use futures_util::future::join_all;
use plugwright::{CallError, Limits};

use crate::{
    FlowsInstance as _, FlowsPlugin as _,
    common::Tested,
    engine,
    host::{Desk, block_on},
    is_empty, load, long,
};

const MANY: usize = 10_000;

/// The plugin holds both ends of each until it gives one away, and what it waits with.
const HANDLES: usize = 2 * MANY + 2;

fn ample() -> Limits {
    Limits { handles: HANDLES, ..long() }
}

#[test]
fn ten_thousand_streams_of_a_plugin_are_open_at_once() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, ample(), &desk)?;
    block_on(async {
        for turn in 0..3 {
            let all = plugin.open(MANY as u32, true).await?;
            assert_eq!(all.len(), MANY);
            // One after the other, in turn from both ends, and all at once.
            let read = match turn {
                0 => {
                    let mut read = Vec::new();
                    for bytes in all {
                        read.extend(bytes.collect(1).await?);
                    }
                    read
                }
                1 => {
                    let mut read = Vec::new();
                    for bytes in all.into_iter().rev() {
                        read.extend(bytes.collect(1).await?);
                    }
                    read
                }
                _ => {
                    let all = join_all(all.into_iter().map(|it| it.collect(1))).await;
                    all.into_iter().collect::<Result<Vec<_>, _>>()?.concat()
                }
            };
            assert_eq!(read, [0; MANY]);
            assert!(is_empty(&engine), "{:?}", engine.metrics());
        }
        let before = resident()?;
        for _ in 0..8 {
            drop(plugin.open(MANY as u32, true).await?);
            assert!(is_empty(&engine), "{:?}", engine.metrics());
        }
        // Each takes more than a KiB as long as it is there: were they left, it would be twice as much.
        let more = resident()?.saturating_sub(before);
        assert!(more < 48 << 20, "{more} bytes");
        Ok(())
    })
}

/// Bytes of memory that this process has.
fn resident() -> Tested<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let resident: u64 = pages.split(' ').nth(1).ok_or("no resident pages")?.parse()?;
    Ok(resident * 4096)
}

#[test]
fn ten_thousand_streams_of_the_host_are_open_at_once() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, ample(), &desk)?;
    let all = |count| (0..count).map(|_| desk.slow(2)).collect();
    assert_eq!(block_on(plugin.drain_all(all(MANY)))?, 2 * MANY as u32);
    assert_eq!(desk.alive(), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn one_stream_too_many_ends_the_call() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = load(&engine, Limits { handles: HANDLES - 1, ..long() }, &desk)?;
    let error = block_on(plugin.open(MANY as u32, true)).map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`open` asked for more than the 20001 live handles that its policy allows"
    );
    assert!(matches!(error, CallError::Handles { .. }));
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    let plugin = load(&engine, long(), &desk)?;
    let all = (0..=MANY).map(|_| desk.slow(2)).collect();
    let error = block_on(plugin.drain_all(all)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`drain-all` asked for more than the 10000 live handles that its policy allows"
    );
    assert_eq!(desk.alive(), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    let mut instance = block_on(plugin.instantiate_async())?;
    assert_eq!(block_on(instance.count())?, 1);
    Ok(())
}
