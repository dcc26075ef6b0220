//! Well-behaved plugins that are called while others attack.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use plugwright::{Engine, Instances, Plugin, Policy, Untyped};

use crate::common::{Tested, call, load_on};

pub(crate) struct Neighbours(Vec<Plugin<Untyped>>);

impl Neighbours {
    /// So many plugins with a sandbox reserved, of which every fifth keeps its sandbox.
    pub(crate) fn move_in(engine: &Engine, count: usize) -> Tested<Self> {
        let plugins = (0..count).map(|number| {
            let instances = if number % 5 == 0 { Instances::Pinned } else { Instances::Fresh };
            load_on(engine, "plain", Policy { instances, reserved: 1, ..Policy::default() })
        });
        Ok(Self(plugins.collect::<Tested<_>>()?))
    }

    /// Has two threads call them all, one after the other, until `done` is; gives the 99th percentile.
    ///
    /// Not a single call may fail.
    pub(crate) fn watch(&self, work: impl FnOnce() -> Tested) -> Tested<Duration> {
        let done = AtomicBool::new(false);
        let (times, worked) = thread::scope(|scope| {
            let halves = self.0.chunks(self.0.len().div_ceil(2));
            let threads: Vec<_> =
                halves.map(|half| scope.spawn(|| call_until(half, &done))).collect();
            let worked = work();
            done.store(true, Ordering::Relaxed);
            let times = threads.into_iter().map(|it| it.join().unwrap());
            (times.collect::<Result<Vec<_>, String>>().map(|it| it.concat()), worked)
        });
        worked?;
        let mut times = times?;
        times.sort();
        Ok(times[times.len() * 99 / 100])
    }
}

fn call_until(plugins: &[Plugin<Untyped>], done: &AtomicBool) -> Result<Vec<Duration>, String> {
    let mut times = Vec::new();
    for plugin in plugins.iter().cycle() {
        if done.load(Ordering::Relaxed) && times.len() > plugins.len() {
            break;
        }
        let start = Instant::now();
        let sum = call(plugin, "add(20, 22)").map_err(|err| err.to_string())?;
        times.push(start.elapsed());
        match sum.map_err(|err| err.to_string())?.as_str() {
            "42" => {}
            other => return Err(format!("20 and 22 are {other}")),
        }
        // They have pauses, as a program has that serves requests.
        thread::sleep(Duration::from_micros(200));
    }
    Ok(times)
}
