//! Counts while plugins are called, at the price of a few instructions a call.
//!
//! Each thread that calls a plugin has numbers of its own, so no two cores share a line of the cache; whoever asks
//! adds them up.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use plugwright_component::{Artifact, Digest};
use thread_local::ThreadLocal;

use super::{
    Metrics, PluginMetrics,
    histogram::{self, BUCKETS, Histogram},
};
use crate::{error::CallError, spent::Counted, ticker::Ticker};

/// What an engine counts.
#[derive(Debug, Default)]
pub(crate) struct EngineCounters {
    plugins: Mutex<Plugins>,
    loads: Mutex<Loads>,
}

/// The plugins that are loaded, and some that were.
#[derive(Debug, Default)]
struct Plugins {
    by_name: HashMap<(String, Digest), Weak<Counters>>,
    /// How many there are when those that are gone are next removed.
    full: usize,
}

#[derive(Debug, Default)]
struct Loads {
    well: u64,
    failed: u64,
    time: Histogram,
}

/// What the sandboxes of one plugin count.
#[derive(Debug)]
pub(crate) struct Counters {
    plugin: String,
    version: Option<String>,
    digest: Digest,
    threads: ThreadLocal<Tally>,
    /// Failures are rare, so threads share these.
    errors: Mutex<BTreeMap<&'static str, u64>>,
}

/// What one thread counts of one plugin, on cache lines of its own: processors fetch two at once.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Tally {
    calls: Number,
    copied_in: Number,
    copied_out: Number,
    host_calls: Number,
    fuel: Number,
    /// Sandboxes that began and ended on this thread, and the memory that they took and gave back.
    began: Number,
    ended: Number,
    taken: Number,
    given: Number,
    call_time: Times,
    start_time: Times,
}

/// A number that one thread writes, and that others may read.
#[derive(Debug, Default)]
struct Number(AtomicU64);

impl Number {
    #[inline]
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Not one atomic step, which would cost five times as much: nobody else writes.
    #[inline]
    fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    #[inline]
    fn add(&self, more: u64) {
        self.set(self.get().wrapping_add(more));
    }

    /// The same for what is nothing as a rule.
    #[inline]
    fn add_any(&self, more: u64) {
        if more > 0 {
            self.add(more);
        }
    }
}

/// How long what one thread does takes; see [`PluginMetrics::call_time`] for what is measured.
#[derive(Debug, Default)]
struct Times {
    counts: [Number; BUCKETS],
    nanos: Number,
    /// One more than the tick in which the last of them began.
    tick: Number,
    /// How many more go by before one is measured.
    skip: Number,
    /// What those that go by count as, the last one that was measured for them: its nanoseconds and its bucket.
    typical: Number,
    typical_bucket: Number,
}

/// One in so many is measured, of those that a thread does within one tick.
const SAMPLE: u64 = 64;

/// How long something has taken so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timer {
    tick: u64,
    began: Began,
}

#[derive(Clone, Copy, Debug)]
enum Began {
    /// It is measured, and stands for itself.
    Alone(Instant),
    /// It is measured, and stands for those after it, too.
    Sample(Instant),
    Unmeasured,
}

impl Times {
    #[inline]
    fn begin(&self, tick: u64) -> Timer {
        let skip = self.skip.get();
        if self.tick.get() == tick + 1 && skip > 0 {
            self.skip.set(skip - 1);
            return Timer { tick, began: Began::Unmeasured };
        }
        self.measure(tick)
    }

    #[cold]
    fn measure(&self, tick: u64) -> Timer {
        if self.tick.get() != tick + 1 {
            self.tick.set(tick + 1);
            return Timer { tick, began: Began::Alone(Instant::now()) };
        }
        self.skip.set(SAMPLE - 1);
        Timer { tick, began: Began::Sample(Instant::now()) }
    }

    #[inline]
    fn end(&self, timer: Timer, ticker: &Ticker) {
        let ticks = ticker.now() - timer.tick;
        // What takes longer than two ticks stands for itself.
        let is_long = ticks > 2;
        if matches!(timer.began, Began::Unmeasured) && !is_long {
            self.count(self.typical.get(), self.typical_bucket.get() as usize);
        } else {
            self.measured(timer.began, is_long, ticker.time(ticks));
        }
    }

    #[cold]
    fn measured(&self, began: Began, is_long: bool, ticks: Duration) {
        let nanos = nanos(match began {
            Began::Alone(start) | Began::Sample(start) => start.elapsed(),
            Began::Unmeasured => ticks,
        });
        let bucket = histogram::bucket(nanos);
        if matches!(began, Began::Sample(_)) && !is_long {
            self.typical.set(nanos);
            self.typical_bucket.set(bucket as u64);
        }
        self.count(nanos, bucket);
    }

    #[inline]
    fn count(&self, nanos: u64, bucket: usize) {
        self.counts[bucket].add(1);
        self.nanos.add(nanos);
    }

    fn add_to(&self, histogram: &mut Histogram) {
        for (sum, count) in histogram.counts.iter_mut().zip(&self.counts) {
            *sum += count.get();
        }
        histogram.sum += Duration::from_nanos(self.nanos.get());
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Counters {
    fn of(artifact: &Artifact) -> Self {
        Self {
            plugin: artifact.name().to_owned(),
            version: artifact.version().map(str::to_owned),
            digest: artifact.digest(),
            threads: ThreadLocal::new(),
            errors: Mutex::default(),
        }
    }

    /// What this thread counts.
    #[inline]
    pub(crate) fn tally(&self) -> &Tally {
        self.threads.get().unwrap_or_else(|| self.first_tally())
    }

    /// What a thread counts that has not counted yet.
    #[cold]
    fn first_tally(&self) -> &Tally {
        self.threads.get_or_default()
    }

    /// A call, or the start of a sandbox, has failed.
    #[cold]
    pub(crate) fn failed(&self, error: &CallError) {
        self.ended_as(error.kind());
    }

    /// The same for one of this kind.
    #[cold]
    pub(crate) fn ended_as(&self, kind: &'static str) {
        *lock(&self.errors).entry(kind).or_default() += 1;
    }

    /// A sandbox begins to start.
    #[inline]
    pub(crate) fn starts(&self, tick: u64) -> Timer {
        let tally = self.tally();
        tally.began.add(1);
        tally.start_time.begin(tick)
    }

    /// It has started, or failed to.
    #[inline]
    pub(crate) fn started(&self, timer: Timer, ticker: &Ticker) {
        self.tally().start_time.end(timer, ticker);
    }

    /// A sandbox has taken more memory.
    #[inline]
    pub(crate) fn grew(&self, bytes: u64) {
        self.tally().taken.add(bytes);
    }

    /// A sandbox is gone, and so much memory with it.
    #[inline]
    pub(crate) fn ended(&self, bytes: u64) {
        let tally = self.tally();
        tally.ended.add(1);
        tally.given.add(bytes);
    }

    fn metrics(&self) -> PluginMetrics {
        let mut it = PluginMetrics {
            plugin: self.plugin.clone(),
            version: self.version.clone(),
            digest: self.digest,
            calls: 0,
            errors: lock(&self.errors).clone(),
            call_time: Histogram::default(),
            start_time: Histogram::default(),
            sandboxes: 0,
            memory: 0,
            copied_in: 0,
            copied_out: 0,
            host_calls: 0,
            fuel: 0,
        };
        // What ends is read before what begins, so that nothing ends that has not begun.
        let (ended, given) = self.threads.iter().fold((0, 0), |(ended, given), tally| {
            (ended + tally.ended.get(), given + tally.given.get())
        });
        for tally in &self.threads {
            it.calls += tally.calls.get();
            it.copied_in += tally.copied_in.get();
            it.copied_out += tally.copied_out.get();
            it.host_calls += tally.host_calls.get();
            it.fuel += tally.fuel.get();
            it.sandboxes += tally.began.get();
            it.memory += tally.taken.get();
            tally.call_time.add_to(&mut it.call_time);
            tally.start_time.add_to(&mut it.start_time);
        }
        it.sandboxes = it.sandboxes.saturating_sub(ended);
        it.memory = it.memory.saturating_sub(given);
        it
    }
}

impl Tally {
    /// A call begins, in this tick.
    #[inline]
    pub(crate) fn calls(&self, tick: u64) -> Timer {
        self.call_time.begin(tick)
    }

    /// A call has ended.
    #[inline]
    pub(crate) fn called(&self, timer: Timer, ticker: &Ticker, well: bool, spent: &Counted) {
        self.call_time.end(timer, ticker);
        self.calls.add(u64::from(well));
        self.copied_in.add(spent.copied_in + spent.streamed_in);
        self.copied_out.add(spent.copied_out + spent.streamed_out);
        self.host_calls.add_any(spent.host_calls);
        self.fuel.add_any(spent.fuel);
    }
}

impl EngineCounters {
    /// The counters of this plugin: those of another with its name and its bytes, where one is loaded.
    pub(crate) fn plugin(&self, artifact: &Artifact) -> Arc<Counters> {
        let mut plugins = lock(&self.plugins);
        let key = (artifact.name().to_owned(), artifact.digest());
        if let Some(counters) = plugins.by_name.get(&key).and_then(Weak::upgrade) {
            return counters;
        }
        if plugins.by_name.len() >= plugins.full {
            plugins.by_name.retain(|_, it| it.strong_count() > 0);
            plugins.full = (2 * plugins.by_name.len()).max(64);
        }
        let counters = Arc::new(Counters::of(artifact));
        plugins.by_name.insert(key, Arc::downgrade(&counters));
        counters
    }

    /// A load has ended.
    pub(crate) fn loaded(&self, well: bool, time: Duration) {
        let mut loads = lock(&self.loads);
        *(if well { &mut loads.well } else { &mut loads.failed }) += 1;
        loads.time.record(time);
    }

    /// Everything but what the engine's pools and its cache know.
    pub(crate) fn metrics(&self) -> Metrics {
        let counters: Vec<Arc<Counters>> =
            lock(&self.plugins).by_name.values().filter_map(Weak::upgrade).collect();
        let mut plugins: Vec<PluginMetrics> = counters.iter().map(|it| it.metrics()).collect();
        plugins.sort_by(|a, b| (&a.plugin, a.digest.hex()).cmp(&(&b.plugin, b.digest.hex())));
        let loads = lock(&self.loads);
        Metrics {
            plugins,
            loads: loads.well,
            failed_loads: loads.failed,
            load_time: loads.time.clone(),
            ..Metrics::default()
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that stands still unless it is told to go on.
    fn ticker() -> Ticker {
        Ticker::start(Duration::from_secs(3600)).unwrap()
    }

    fn end(times: &Times, tick: u64, began: Began) {
        times.end(Timer { tick, began }, &ticker());
    }

    #[test]
    fn one_in_so_many_within_a_tick_is_measured_and_the_first_of_each() {
        let times = Times::default();
        let measured = |tick| match times.begin(tick).began {
            Began::Alone(_) => "alone",
            Began::Sample(_) => "sample",
            Began::Unmeasured => "-",
        };
        assert_eq!(measured(0), "alone");
        assert_eq!(measured(0), "sample");
        assert!((1..SAMPLE).all(|_| measured(0) == "-"));
        assert_eq!(measured(0), "sample");
        assert_eq!(measured(1), "alone");
        assert_eq!(measured(1), "-");
    }

    #[test]
    fn what_is_not_measured_counts_as_the_sample_before_it() {
        let (times, mut histogram) = (Times::default(), Histogram::default());
        let second = Instant::now() - Duration::from_secs(1);
        end(&times, 0, Began::Sample(second));
        end(&times, 0, Began::Alone(second - Duration::from_secs(10)));
        (0..3).for_each(|_| end(&times, 0, Began::Unmeasured));
        times.add_to(&mut histogram);
        let filled: Vec<_> = histogram.buckets().filter(|(_, count)| *count > 0).collect();
        let seconds = |it| Some(Duration::from_secs_f64(it));
        assert_eq!(filled, [(seconds(2.5), 4), (seconds(25.0), 1)]);
    }

    #[test]
    fn plugins_that_are_gone_are_forgotten() {
        let counters = EngineCounters::default();
        let wat = "(component)";
        let artifact =
            |name: usize| Artifact::from_bytes(name.to_string(), wat::parse_str(wat).unwrap());
        let kept = counters.plugin(&artifact(0).unwrap());
        assert!(Arc::ptr_eq(&kept, &counters.plugin(&artifact(0).unwrap())));
        for name in 1..1000 {
            counters.plugin(&artifact(name).unwrap());
        }
        let plugins = lock(&counters.plugins);
        assert!(plugins.by_name.len() <= 64, "{}", plugins.by_name.len());
        drop(plugins);
        assert_eq!(counters.metrics().plugins.len(), 1);
    }
}
