//! Loads, calls, breaks and unloads plugins on all cores, and counts what is left of them in the process.
//!
//! `cargo xtask soak --seconds N` runs it for long; in the suite it is short.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "`cargo xtask soak` shows what is left")]

mod common;

use std::{
    env, fmt, fs,
    num::NonZeroU32,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use common::{Tested, component};
use plugwright::{
    Cache, CallError, Engine, EngineOptions, Grants, Instances, Limits, Output, Policy, Untyped,
    Verified,
};

/// How long it runs where nobody says, in seconds.
const SECONDS: u64 = 8;

/// How long a thread may stay that has nothing to do: tokio keeps those that may block for ten seconds.
const IDLE: Duration = Duration::from_secs(15);

/// How long a call may take.
const TIME: Duration = Duration::from_millis(10);

/// How many plugins a thread loads on an engine of its own, before it drops the engine.
const LOADS: usize = 24;

/// What a process may have more of in the end, however long it ran.
///
/// Threads and files are exactly as many as before.
/// The allocator keeps pages that it may need again, a heap for each thread that was ever busy at the same time, and
/// the kernel splits and joins mappings as their protection changes: all of that has an end, which the warm-up may not
/// have reached.
/// A leak has none: one mapping, or 16 KiB, a load is over these bounds after some 2,000 loads.
const MAPPINGS: u64 = 200;
const RESIDENT: u64 = 32 << 20;

/// A plugin, calls that it answers and calls that end its sandbox.
struct Kind {
    component: Verified,
    good: &'static [&'static str],
    bad: &'static [&'static str],
}

/// What the process has.
#[derive(Clone, Copy, Debug)]
struct Holdings {
    threads: u64,
    files: u64,
    mappings: u64,
    resident: u64,
}

/// What was done.
#[derive(Default)]
struct Done {
    loads: AtomicU64,
    answered: AtomicU64,
    ended: AtomicU64,
    late: AtomicU64,
    engines: AtomicU64,
}

#[test]
fn plugins_leave_nothing_behind() -> Tested {
    let seconds = match env::var("PLUGWRIGHT_SOAK_SECONDS") {
        Ok(seconds) => seconds.parse()?,
        Err(_) => SECONDS,
    };
    let kinds = kinds()?;
    let folder = tempfile::tempdir()?;
    let engine = engine(Some(folder.path()))?;
    let run = |time| {
        let done = Done::default();
        let end = Instant::now() + time;
        let threads = thread::available_parallelism().map_or(2, usize::from).max(2);
        thread::scope(|scope| {
            let work = |_| scope.spawn(|| work(&engine, folder.path(), &kinds, end, &done));
            let workers: Vec<_> = (0..threads).map(work).collect();
            workers.into_iter().for_each(|it| it.join().unwrap().unwrap());
        });
        done
    };
    let time = Duration::from_secs(seconds);
    run(time / 4);
    // Where there is time, until no pool of threads keeps idle ones.
    thread::sleep(IDLE.min(time / 8));
    let before = Holdings::now()?;
    let done = run(time - time / 4);
    let after = settled(before)?;
    println!("{done}\nbefore: {before}\nafter:  {after}");
    let all = [&done.loads, &done.answered, &done.ended, &done.late, &done.engines];
    assert!(all.iter().all(|it| it.load(Ordering::Relaxed) > 0), "{done}");
    assert!(after.holds_no_more_than(before), "\n{done}\nbefore: {before}\nafter:  {after}");
    Ok(())
}

fn kinds() -> Tested<Vec<Kind>> {
    let kind =
        |name, good, bad| -> Tested<Kind> { Ok(Kind { component: component(name)?, good, bad }) };
    Ok(vec![
        kind(
            "plain",
            &["add(1, 2)", "next()", "text(9)"],
            &["trap()", "spin()", "recurse()", "grow(5000)"],
        )?,
        kind("handles", &["hoard(5)"], &["hoard(20000)"])?,
        kind("async", &["add(1, 2)", "plain(1, 2)"], &["spin()", "fetch()"])?,
        kind("waiting", &["print(\"line\")", "sleep(1)"], &["sleep(60000000000)"])?,
        kind("talker", &["talk(0, 0)"], &["talk(1, 1)"])?,
    ])
}

fn policies() -> [Policy; 4] {
    let reuse = Instances::Reuse(NonZeroU32::MIN.saturating_add(2));
    let policy = |instances| Policy {
        instances,
        limits: Limits { time: TIME, ..Limits::default() },
        grants: Grants { stderr: Output::Capture(Default::default()), ..Grants::default() },
        ..Policy::default()
    };
    let mut counted = policy(reuse);
    counted.limits.fuel = Some(1_000_000);
    [policy(Instances::Fresh), policy(Instances::Pinned), policy(reuse), counted]
}

fn engine(cache: Option<&Path>) -> Tested<Engine> {
    let cache = cache.map_or(Cache::Off, |folder| Cache::Folder(folder.to_owned()));
    Ok(Engine::new(EngineOptions { cache, instances: 32, ..EngineOptions::default() })?)
}

/// Takes a few plugins on the engine that all share, then as many on an engine of its own, until the time is over.
fn work(
    shared: &Engine,
    folder: &Path,
    kinds: &[Kind],
    end: Instant,
    done: &Done,
) -> Result<(), String> {
    let work = || -> Tested {
        for round in 0.. {
            let own = engine((round % 2 == 0).then_some(folder))?;
            done.engines.fetch_add(1, Ordering::Relaxed);
            for turn in 0..LOADS {
                if Instant::now() > end {
                    return Ok(());
                }
                let engine = if turn % 2 == 0 { shared } else { &own };
                let policies = policies();
                let policy = &policies[turn / 2 % policies.len()];
                live(engine, &kinds[turn % kinds.len()], policy.clone(), done)?;
            }
        }
        Ok(())
    };
    work().map_err(|error| error.to_string())
}

/// The life of one plugin.
fn live(engine: &Engine, kind: &Kind, policy: Policy, done: &Done) -> Tested {
    let plugin = engine.load::<Untyped>(kind.component.clone(), policy)?;
    let turn = done.loads.fetch_add(1, Ordering::Relaxed) as usize;
    for text in kind.good {
        done.note(plugin.call(&plugin.request(text)?).map(drop))?;
    }
    let good = plugin.request(kind.good[0])?;
    let bad = plugin.request(kind.bad[turn % kind.bad.len()])?;
    done.note(plugin.call(&bad).map(drop))?;
    // Another sandbox takes the place of the one that is gone.
    done.note(plugin.call(&good).map(drop))?;
    let mut instance = plugin.instantiate()?;
    done.note(instance.call(&good).map(drop))?;
    done.note(instance.call(&bad).map(drop))?;
    // One that nobody calls.
    drop(plugin.instantiate()?);
    Ok(())
}

impl Done {
    /// Counts what came of a call. One that should be answered may be late where the machine is busy.
    fn note(&self, ended: Result<(), CallError>) -> Result<(), CallError> {
        let counter = match ended {
            Ok(()) => &self.answered,
            Err(CallError::Deadline { .. }) => &self.late,
            Err(CallError::Panicked { .. } | CallError::System { .. }) => return ended,
            Err(_) => &self.ended,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// What the process has when what ends by itself has ended.
fn settled(before: Holdings) -> Tested<Holdings> {
    let end = Instant::now() + IDLE;
    loop {
        let now = Holdings::now()?;
        if now.holds_no_more_than(before) || Instant::now() > end {
            return Ok(now);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

impl Holdings {
    fn now() -> Tested<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| -> Tested<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            Ok(number.ok_or("the kernel has no such field")?.parse()?)
        };
        Ok(Self {
            threads: field("Threads:")?,
            files: fs::read_dir("/proc/self/fd")?.count() as u64,
            mappings: fs::read_to_string("/proc/self/maps")?.lines().count() as u64,
            resident: field("VmRSS:")? << 10,
        })
    }

    fn holds_no_more_than(&self, before: Self) -> bool {
        self.threads <= before.threads
            && self.files <= before.files
            && self.mappings <= before.mappings + MAPPINGS
            && self.resident <= before.resident + RESIDENT
    }
}

impl fmt::Display for Holdings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { threads, files, mappings, resident } = self;
        let resident = resident >> 10;
        write!(f, "{threads} threads, {files} files, {mappings} mappings, {resident} KiB resident")
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [loads, answered, ended, late, engines] =
            [&self.loads, &self.answered, &self.ended, &self.late, &self.engines]
                .map(|it| it.load(Ordering::Relaxed));
        write!(
            f,
            "{loads} plugins on {engines} engines: {answered} calls answered, {ended} ended, {late} too late"
        )
    }
}
