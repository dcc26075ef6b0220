//! Every limit holds, and says which it was.

mod common;

use std::time::{Duration, Instant};

use common::{Tested, call, failure, load};
use plugwright::{CallError, Limits, Policy};

fn limited(limits: Limits) -> Policy {
    Policy { limits, ..Policy::default() }
}

#[test]
fn a_call_that_keeps_within_its_limits_returns() -> Tested {
    let plugin = load("plain", Policy::default())?;
    assert_eq!(call(&plugin, "add(2, 3)")??, "5");
    assert_eq!(call(&plugin, "grow(3)")??, "1");
    Ok(())
}

#[test]
fn a_call_that_spins_ends_at_its_deadline() -> Tested {
    let plugin =
        load("plain", limited(Limits { time: Duration::from_millis(20), ..Limits::default() }))?;
    let start = Instant::now();
    assert_eq!(
        failure(&plugin, "spin()")?,
        "`spin` took longer than the 20ms that its policy allows"
    );
    assert!(start.elapsed() >= Duration::from_millis(20));
    Ok(())
}

#[test]
fn a_call_that_sleeps_ends_at_its_deadline() -> Tested {
    let plugin =
        load("reach", limited(Limits { time: Duration::from_millis(20), ..Limits::default() }))?;
    assert_eq!(
        failure(&plugin, "sleep(3600000000000)")?,
        "`sleep` took longer than the 20ms that its policy allows"
    );
    assert_eq!(call(&plugin, "sleep(1000)")??, "");
    Ok(())
}

#[test]
fn memory_is_counted_over_all_memories() -> Tested {
    // The two memories begin with a page each; twice 7 more make 16 pages, which is 1 MiB.
    let plugin = load("plain", limited(Limits { memory: 1 << 20, ..Limits::default() }))?;
    assert_eq!(call(&plugin, "grow(7)")??, "1");
    assert_eq!(
        failure(&plugin, "grow(8)")?,
        "`grow` asked for 1179648 bytes of memory, of 1048576 that its policy allows"
    );
    let error = plugin.call(&plugin.request("grow(8)")?).unwrap_err();
    assert!(
        matches!(error, CallError::Memory { allowed: 0x10_0000, asked: 0x12_0000, .. }),
        "{error:?}"
    );
    Ok(())
}

#[test]
fn memory_that_a_sandbox_starts_with_counts() -> Tested {
    let plugin = load("plain", limited(Limits { memory: 100_000, ..Limits::default() }))?;
    assert_eq!(
        failure(&plugin, "add(1, 2)")?,
        "`start` asked for 131072 bytes of memory, of 100000 that its policy allows"
    );
    Ok(())
}

#[test]
fn table_elements_are_counted() -> Tested {
    let plugin = load("plain", limited(Limits { table_elements: 100, ..Limits::default() }))?;
    assert_eq!(call(&plugin, "grow-table(90)")??, "10");
    assert_eq!(
        failure(&plugin, "grow-table(91)")?,
        "`grow-table` asked for 101 table elements, of 100 that its policy allows"
    );
    Ok(())
}

#[test]
fn fuel_is_exact() -> Tested {
    let plugin = load("plain", limited(Limits { fuel: Some(10_000), ..Limits::default() }))?;
    assert_eq!(call(&plugin, "add(2, 3)")??, "5");
    assert_eq!(
        failure(&plugin, "spin()")?,
        "`spin` used up the 10000 units of fuel that its policy allows"
    );
    Ok(())
}

#[test]
fn live_handles_are_counted() -> Tested {
    let plugin = load("handles", limited(Limits { handles: 50, ..Limits::default() }))?;
    assert_eq!(call(&plugin, "hoard(50)")??, "");
    assert_eq!(
        failure(&plugin, "hoard(51)")?,
        "`hoard` asked for more than the 50 live handles that its policy allows"
    );
    Ok(())
}

#[test]
fn bytes_that_the_host_copies_are_counted() -> Tested {
    let plugin = load("plain", limited(Limits { lifted: 1000, ..Limits::default() }))?;
    assert_eq!(
        call(&plugin, "text(1000)")??.len(),
        5002,
        "a thousand zero bytes, each written as five characters, in quotes"
    );
    assert_eq!(
        failure(&plugin, "text(1001)")?,
        "`text` passed the host more than the 1000 bytes at once that its policy allows"
    );
    Ok(())
}

#[test]
fn a_trap_says_what_happened() -> Tested {
    let plugin = load("plain", Policy::default())?;
    assert_eq!(
        failure(&plugin, "trap()")?,
        "`trap` trapped: wasm `unreachable` instruction executed"
    );
    assert_eq!(failure(&plugin, "recurse()")?, "`recurse` trapped: call stack exhausted");
    assert_eq!(
        failure(&plugin, "text(70000)")?,
        "`text` trapped: string pointer/length out of bounds of memory"
    );
    Ok(())
}

#[test]
fn a_policy_that_cannot_hold_is_refused() -> Tested {
    let refusal = |policy| load("plain", policy).map(|_| ()).unwrap_err().to_string();
    let limits = Limits { time: Duration::ZERO, ..Limits::default() };
    assert_eq!(
        refusal(limited(limits)),
        "the policy for plugin `plain.wasm` cannot hold: `limits.time` is zero, so no call could ever end in time"
    );
    let limits = Limits { fuel: Some(0), ..Limits::default() };
    assert_eq!(
        refusal(limited(limits)),
        "the policy for plugin `plain.wasm` cannot hold: `limits.fuel` is zero, so no call could ever begin"
    );
    let limits = Limits { fuel: Some(u64::MAX), ..Limits::default() };
    assert_eq!(
        refusal(limited(limits)),
        "the policy for plugin `plain.wasm` cannot hold: `limits.fuel` is more than 9,223,372,036,854,775,807"
    );
    Ok(())
}
