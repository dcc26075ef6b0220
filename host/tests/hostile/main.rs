//! Plugins that attack: each is stopped with an error of its own, nobody beside it notices, and nothing is left behind.

#![allow(clippy::unwrap_used, reason = "all of it is a test")]

#[path = "../common/mod.rs"]
mod common;

mod arena;
mod attacks;
mod liar;
mod neighbours;
mod visitor;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use common::Tested;
use plugwright::{CallError, Engine, EngineOptions, Grants, Instances, Output, Policy, Untyped};

use crate::{arena::Arena, neighbours::Neighbours, visitor::VisitorPlugin as _};

/// One test at a time: they measure the process.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn each_attack_ends_with_its_own_error() -> Tested {
    let _alone = alone();
    let mut arena = Arena::new(128)?;
    attacks::all(&mut arena)?;
    common::expect("hostile.txt", &arena.told())
}

#[test]
fn nobody_beside_an_attack_notices() -> Tested {
    /// The machine has other work, too: one good round of so many counts.
    const ROUNDS: usize = 30;
    let _alone = alone();
    let mut arena = Arena::new(128)?;
    let neighbours = Neighbours::move_in(&arena.engine, 50)?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let quiet = neighbours.watch(|| {
            thread::sleep(Duration::from_secs(1));
            Ok(())
        })?;
        let beside = neighbours.watch(|| attacks::all(&mut arena))?;
        if beside <= quiet * 3 {
            return Ok(());
        }
        rounds.push((quiet, beside));
    }
    Err(format!("the 99th percentiles alone and beside attacks are {rounds:?}").into())
}

/// What listens to the plugin's output stands for any part of the runtime that may have a bug.
#[test]
fn a_panic_of_the_runtime_is_an_error() -> Tested {
    let _alone = alone();
    let engine = Engine::new(EngineOptions::default())?;
    let grants = Grants { stderr: Output::Trace, ..Grants::default() };
    let policy = Policy { grants, instances: Instances::Pinned, ..Policy::default() };
    let plugin = engine.load::<Untyped>(arena::component("wasi")?, policy)?;
    let subscriber = tracing_subscriber::fmt().with_writer(|| -> std::io::Sink { panic!("ouch") });
    let error = tracing::subscriber::with_default(subscriber.finish(), || {
        plugin.call(&plugin.request("print()").unwrap()).unwrap_err()
    });
    assert_eq!(error.to_string(), "the runtime panicked in `print`: ouch");
    assert!(matches!(error, CallError::Panicked { .. }));
    assert_eq!(arena::called(&plugin, "write-too-much()")?, "nothing", "it has another sandbox");
    Ok(())
}

#[test]
fn a_panic_of_the_host_s_own_goes_on() -> Tested {
    let _alone = alone();
    let engine = Engine::new(EngineOptions { instances: 1, ..EngineOptions::default() })?;
    let plugin = visitor::panicking(&engine)?;
    let panic = catch_unwind(AssertUnwindSafe(|| plugin.flood())).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a bug of the host's"));
    let error = plugin.punch_number().unwrap_err();
    assert!(matches!(error, CallError::Trap { .. }), "there is room for a sandbox: {error:?}");
    // Longer than the call of the panic might have taken.
    thread::sleep(plugin.policy().limits.time * 2);
    let error = plugin.punch_number().unwrap_err();
    assert!(matches!(error, CallError::Trap { .. }), "it is part of no other call: {error:?}");
    Ok(())
}

#[test]
fn nothing_is_left_of_an_attack() -> Tested {
    let _alone = alone();
    // The pool keeps a little of each place that was once used, so it has few places, and all are used first.
    let mut arena = Arena::new(16)?;
    for _ in 0..3 {
        attacks::all(&mut arena)?;
    }
    let before = Process::now()?;
    for _ in 0..2 {
        attacks::all(&mut arena)?;
    }
    let after = Process::now()?;
    assert!(after.threads <= before.threads + 1, "{before:?} {after:?}");
    assert!(after.files <= before.files + 1, "{before:?} {after:?}");
    assert!(after.mappings <= before.mappings + 16, "{before:?} {after:?}");
    // What the pool keeps of a place: 2 MiB of each of its two memories.
    assert!(after.resident <= before.resident + (64 << 20), "{before:?} {after:?}");
    Neighbours::move_in(&arena.engine, 10)?.watch(|| Ok(())).map(drop)
}

/// What this process has of the system.
#[derive(Debug)]
struct Process {
    threads: usize,
    mappings: usize,
    files: usize,
    resident: u64,
}

impl Process {
    fn now() -> Tested<Self> {
        let pages = std::fs::read_to_string("/proc/self/statm")?;
        let resident: u64 = pages.split(' ').nth(1).ok_or("no resident pages")?.parse()?;
        Ok(Self {
            threads: std::fs::read_dir("/proc/self/task")?.count(),
            mappings: std::fs::read_to_string("/proc/self/maps")?.lines().count(),
            files: std::fs::read_dir("/proc/self/fd")?.count(),
            resident: resident * 4096,
        })
    }
}
