//! The engine's clock is one thread, and it ends with the engine.

mod common;

use std::fs;

use common::{Tested, call, load_on};
use plugwright::{Engine, EngineOptions, Limits, Policy};

/// How many clocks run in this process; the kernel keeps the first 15 bytes of a thread's name.
fn clocks() -> Tested<usize> {
    let mut clocks = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        // A thread may end between the listing and the reading.
        let name = fs::read_to_string(thread?.path().join("comm")).unwrap_or_default();
        clocks += usize::from(name.starts_with("plugwright-tick"));
    }
    Ok(clocks)
}

#[test]
fn one_clock_an_engine_which_ends_with_it() -> Tested {
    assert_eq!(clocks()?, 0);
    let engine = Engine::new(EngineOptions::default())?;
    let plain = load_on(&engine, "plain", Policy::default())?;
    let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
    let fuelled = load_on(&engine, "plain", Policy { limits, ..Policy::default() })?;
    assert_eq!(clocks()?, 1, "two kinds of engine share one clock");
    drop(engine);
    assert_eq!(call(&plain, "add(1, 2)")??, "3", "a plugin keeps its engine");
    assert_eq!(call(&fuelled, "add(1, 2)")??, "3");
    assert_eq!(clocks()?, 1);
    drop((plain, fuelled));
    assert_eq!(clocks()?, 0);
    Ok(())
}
