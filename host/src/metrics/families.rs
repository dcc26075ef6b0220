//! The names of all that is measured, their units and labels, and where the numbers come from.

use std::{borrow::Cow, time::Duration};

use super::{Histogram, Metrics, PluginMetrics};

/// Numbers of one name, which differ in their labels.
pub(crate) struct Family {
    /// In words with dots between them, without the unit.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Unit,
    pub(crate) help: &'static str,
    pub(crate) points: fn(&Metrics) -> Vec<Point<'_>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    None,
    Bytes,
    Seconds,
}

/// One number with its labels.
pub(crate) struct Point<'a> {
    pub(crate) labels: Vec<(&'static str, Cow<'a, str>)>,
    pub(crate) value: Value<'a>,
}

pub(crate) enum Value<'a> {
    Number(u64),
    Times(&'a Histogram),
}

/// Everything that is measured.
pub(crate) const FAMILIES: &[Family] = &[
    Family {
        name: "calls",
        kind: Kind::Counter,
        unit: Unit::None,
        help: "calls that ended, by outcome: `ok`, or the kind of the error",
        points: |it| {
            let calls = it.plugins.iter().flat_map(|plugin| {
                let errors = plugin.errors.iter().map(|(kind, count)| (*kind, *count));
                [("ok", plugin.calls)].into_iter().chain(errors).map(move |it| (plugin, it))
            });
            calls
                .map(|(plugin, (outcome, count))| of(plugin, count).and("outcome", outcome))
                .collect()
        },
    },
    Family {
        name: "call.duration",
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        help: "how long calls took in their sandboxes",
        points: |it| it.plugins.iter().map(|it| of(it, &it.call_time)).collect(),
    },
    Family {
        name: "start.duration",
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        help: "how long sandboxes took to start",
        points: |it| it.plugins.iter().map(|it| of(it, &it.start_time)).collect(),
    },
    Family {
        name: "sandboxes",
        kind: Kind::Gauge,
        unit: Unit::None,
        help: "sandboxes that are alive",
        points: |it| it.plugins.iter().map(|it| of(it, it.sandboxes)).collect(),
    },
    Family {
        name: "sandbox.memory",
        kind: Kind::Gauge,
        unit: Unit::Bytes,
        help: "memory of the sandboxes that are alive, at the end of their last calls",
        points: |it| it.plugins.iter().map(|it| of(it, it.memory)).collect(),
    },
    Family {
        name: "copied",
        kind: Kind::Counter,
        unit: Unit::Bytes,
        help: "bytes copied into sandboxes (`in`) and out of them (`out`), streams included",
        points: |it| {
            let copied = it.plugins.iter().flat_map(|it| {
                let direction = |name, bytes| of(it, bytes).and("direction", name);
                [direction("in", it.copied_in), direction("out", it.copied_out)]
            });
            copied.collect()
        },
    },
    Family {
        name: "host.calls",
        kind: Kind::Counter,
        unit: Unit::None,
        help: "calls of the host by plugins, WASI included",
        points: |it| it.plugins.iter().map(|it| of(it, it.host_calls)).collect(),
    },
    Family {
        name: "fuel",
        kind: Kind::Counter,
        unit: Unit::None,
        help: "instructions that plugins ran, where their policies count them",
        points: |it| it.plugins.iter().map(|it| of(it, it.fuel)).collect(),
    },
    Family {
        name: "loads",
        kind: Kind::Counter,
        unit: Unit::None,
        help: "loads of plugins, by outcome: `ok` or `failed`",
        points: |it| {
            let outcome = |name, count| plain(count).and("outcome", name);
            vec![outcome("ok", it.loads), outcome("failed", it.failed_loads)]
        },
    },
    Family {
        name: "load.duration",
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        help: "how long loads took",
        points: |it| vec![plain(&it.load_time)],
    },
    Family {
        name: "cache.lookups",
        kind: Kind::Counter,
        unit: Unit::None,
        help: "looks into the cache of compiled code: `hit`, `miss`, or `refused` where what lay there was not trusted",
        points: |it| {
            let outcome = |name, count| plain(count).and("outcome", name);
            vec![
                outcome("hit", it.cache_hits),
                outcome("miss", it.cache_misses),
                outcome("refused", it.cache_refused),
            ]
        },
    },
    Family {
        name: "pool.places",
        kind: Kind::Gauge,
        unit: Unit::None,
        help: "places for sandboxes in a pool: `sync` or `async`, with `-fuel` where fuel is counted, and `quick-` where code was compiled in a hurry",
        points: |it| it.pools.iter().map(|it| plain(it.places).and("pool", it.pool)).collect(),
    },
    Family {
        name: "pool.taken",
        kind: Kind::Gauge,
        unit: Unit::None,
        help: "places that are taken or reserved",
        points: |it| it.pools.iter().map(|it| plain(it.taken).and("pool", it.pool)).collect(),
    },
];

fn plain<'a>(value: impl Into<Value<'a>>) -> Point<'a> {
    Point { labels: Vec::new(), value: value.into() }
}

/// A number of one plugin.
fn of<'a>(plugin: &'a PluginMetrics, value: impl Into<Value<'a>>) -> Point<'a> {
    // The first digits tell plugins apart as well as all 64 do.
    let digest = plugin.digest.hex()[..12].to_owned();
    let point = plain(value).and("plugin", plugin.plugin.as_str()).and("digest", digest);
    match &plugin.version {
        Some(version) => point.and("version", version.as_str()),
        None => point,
    }
}

impl<'a> Point<'a> {
    fn and(mut self, label: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.labels.push((label, value.into()));
        self
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl<'a> From<&'a Histogram> for Value<'a> {
    fn from(times: &'a Histogram) -> Self {
        Self::Times(times)
    }
}

/// The bound of each bucket in seconds, `+Inf` for the last, and how many times are not above it.
pub(crate) fn cumulated(times: &Histogram) -> impl Iterator<Item = (String, u64)> + '_ {
    let bound =
        |it: Option<Duration>| it.map_or("+Inf".to_owned(), |it| it.as_secs_f64().to_string());
    times.buckets().scan(0, move |sum, (up_to, count)| {
        *sum += count;
        Some((bound(up_to), *sum))
    })
}
