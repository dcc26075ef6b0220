//! What an engine counts, and how it tells it.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

use common::{Tested, call, component, expect, load_on};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::{
    InMemoryMetricExporter, PeriodicReader, SdkMeterProvider,
    data::{AggregatedMetrics, MetricData},
};
use plugwright::{
    Artifact, Cache, Engine, EngineOptions, Grants, Instances, Interfaces, Limits, Metrics, Policy,
};

plugwright::bindings!({ path: "tests/shop.wit", world: "shop" });

/// A register that counts the steps it was asked for.
#[derive(Default)]
struct Register(u32);

impl register::Host for Register {
    fn next(&mut self, step: u32) -> u32 {
        self.0 += step;
        self.0
    }
}

fn fuel(fuel: u64) -> Policy {
    Policy { limits: Limits { fuel: Some(fuel), ..Limits::default() }, ..Policy::default() }
}

/// An engine with a cache, whose plugins have done the same whenever it is asked for, and what is alive of them.
fn worked(cache: &std::path::Path) -> Tested<(Engine, impl Sized)> {
    let cache = Cache::Folder(cache.to_owned());
    let engine = Engine::new(EngineOptions { cache, ..EngineOptions::default() })?;
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    let policy = Policy { grants, reserved: 3, ..Policy::default() };
    let shop = engine.load::<Shop<Register>>(component("shop")?, policy)?;
    assert_eq!(shop.total(1, 2)?, 4);
    let plain = load_on(&engine, "plain", fuel(1000))?;
    assert_eq!(call(&plain, "add(2, 3)")??, "5");
    assert!(call(&plain, "text(40)")?.is_ok());
    assert!(call(&plain, "trap()")?.is_err());
    assert!(call(&plain, "spin()")?.is_err());
    assert!(call(&plain, "spin()")?.is_err());
    let broken = Policy { instances: Instances::Pinned, ..fuel(0) };
    assert!(load_on(&engine, "plain", broken).is_err());
    // What two plugins share is one, also after one of them is gone.
    let again = load_on(&engine, "plain", fuel(1000))?;
    let mut kept = again.instantiate()?;
    assert!(kept.call(&again.request("grow(1)")?).is_ok());
    assert_eq!(engine.metrics().plugins[0].sandboxes, 1);
    drop((kept, plain));
    assert_eq!(engine.metrics().plugins[0].sandboxes, 0);
    let kept = again.instantiate()?;
    Ok((engine, (kept, again, shop)))
}

#[test]
fn what_plugins_do_is_counted() -> Tested {
    let folder = tempfile::tempdir()?;
    let (engine, _alive) = worked(folder.path())?;
    let metrics = engine.metrics();
    let [plain, shop] = &metrics.plugins[..] else { return Err("not two plugins".into()) };
    assert_eq!((plain.plugin.as_str(), shop.plugin.as_str()), ("plain.wasm", "shop.wasm"));
    assert_eq!(plain.digest, component("plain")?.digest());
    assert_eq!(plain.calls, 3);
    assert_eq!(plain.errors, BTreeMap::from([("fuel", 2), ("trap", 1)]));
    assert_eq!((plain.call_time.count(), plain.start_time.count()), (6, 7));
    assert_eq!((plain.sandboxes, plain.memory), (1, 2 << 16));
    // Two numbers, one length, one number in; one number, a text and one number out.
    assert_eq!((plain.copied_in, plain.copied_out), (8 + 4 + 4, 4 + 40 + 4));
    assert!(plain.fuel > 2000, "{}", plain.fuel);
    assert_eq!((shop.calls, shop.host_calls, shop.fuel), (1, 2, 0));
    assert_eq!((shop.copied_in, shop.copied_out), (8 + 8, 8 + 4));
    assert_eq!((metrics.loads, metrics.failed_loads, metrics.load_time.count()), (3, 1, 4));
    assert_eq!((metrics.cache_hits, metrics.cache_misses, metrics.cache_refused), (1, 2, 0));
    let pools = metrics.pools.iter().map(|it| (it.pool, it.places, it.taken));
    assert_eq!(pools.collect::<Vec<_>>(), [("small-sync", 128, 3), ("small-sync-fuel", 128, 1)]);
    Ok(())
}

#[test]
fn a_plugin_that_is_gone_is_not_told_of() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let plugin = load_on(&engine, "plain", Policy::default())?;
    call(&plugin, "add(2, 3)")??;
    assert_eq!(engine.metrics().plugins.len(), 1);
    drop(plugin);
    assert_eq!(engine.metrics().plugins, []);
    assert_eq!(engine.metrics().loads, 1);
    Ok(())
}

#[test]
fn calls_that_find_no_sandbox_are_counted() -> Tested {
    let options = EngineOptions { instances: 1, ..EngineOptions::default() };
    let engine = Engine::new(options)?;
    let limits = Limits { waiting: 0, concurrent: 1, ..Limits::default() };
    let plugin = load_on(&engine, "plain", Policy { limits, ..Policy::default() })?;
    let mut kept = plugin.instantiate()?;
    assert!(call(&plugin, "add(2, 3)")?.is_err());
    assert!(kept.call(&plugin.request("trap()")?).is_err());
    assert!(kept.call(&plugin.request("add(2, 3)")?).is_err());
    drop(kept);
    plugin.spend(|_| assert!(call(&plugin, "add(2, 3)").is_ok_and(|it| it.is_err())))?;
    let it = &engine.metrics().plugins[0];
    assert_eq!(it.errors, BTreeMap::from([("busy", 1), ("dead", 1), ("queue", 1), ("trap", 1)]));
    assert_eq!((it.calls, it.call_time.count(), it.sandboxes, it.memory), (0, 1, 0, 0));
    Ok(())
}

#[test]
fn threads_count_together() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let plugin = load_on(&engine, "plain", Policy::default())?;
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut instance = plugin.instantiate().expect("there is room");
                let request = plugin.request("add(2, 3)").expect("it is exported");
                (0..1000).for_each(|_| drop(instance.call(&request)));
            });
        }
        assert!(engine.metrics().plugins[0].sandboxes <= 8);
    });
    let it = &engine.metrics().plugins[0];
    assert_eq!((it.calls, it.call_time.count(), it.copied_out), (8000, 8000, 4 * 8000));
    assert_eq!((it.start_time.count(), it.sandboxes), (8, 0));
    Ok(())
}

/// A long call has its own time, however many short ones surround it.
#[test]
fn long_calls_are_not_lost_among_short_ones() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let limits = Limits { time: Duration::from_millis(20), ..Limits::default() };
    let plugin = load_on(&engine, "plain", Policy { limits, ..Policy::default() })?;
    for _ in 0..5 {
        let mut instance = plugin.instantiate()?;
        let request = plugin.request("add(2, 3)")?;
        (0..100).for_each(|_| drop(instance.call(&request)));
        assert!(instance.call(&plugin.request("spin()")?).is_err());
    }
    let times = &engine.metrics().plugins[0].call_time;
    let long =
        times.buckets().filter(|(bound, _)| bound.is_none_or(|it| it > Duration::from_millis(10)));
    assert_eq!(times.count(), 505);
    let long: u64 = long.map(|(_, count)| count).sum();
    assert!((5..50).contains(&long), "{long} of {times:?}");
    Ok(())
}

/// What a page says, but for times and digests.
fn masked(page: &str) -> String {
    let line = |line: &str| {
        let is_time = ["_seconds_sum", "_seconds_bucket"].iter().any(|it| line.contains(it));
        let line = match line.rsplit_once(' ') {
            Some((sample, _)) if is_time && !line.contains("+Inf") => format!("{sample} [time]"),
            _ => line.to_owned(),
        };
        match line.split_once("digest=\"") {
            Some((before, after)) => format!("{before}digest=\"[digest]{}", &after[12..]),
            None => line,
        }
    };
    page.lines().map(|it| line(it) + "\n").collect()
}

#[test]
fn prometheus_reads_the_page() -> Tested {
    let folder = tempfile::tempdir()?;
    let (engine, _alive) = worked(folder.path())?;
    let page = engine.metrics().to_prometheus();
    // Fuel is what wasmtime counts, which changes with its versions.
    let fuel = engine.metrics().plugins[0].fuel.to_string();
    expect("metrics.prom", &masked(&page).replace(&format!(" {fuel}\n"), " [fuel]\n"))?;
    let lines = page.lines().map(|it| Ok(it.to_owned()));
    let read = prometheus_parse::Scrape::parse(lines)?;
    let sample = |name: &str, label: (&str, &str)| {
        let it = read
            .samples
            .iter()
            .find(|it| it.metric == name && it.labels.get(label.0) == Some(label.1));
        it.map(|it| it.value.clone())
    };
    use prometheus_parse::Value::{Counter, Gauge, Histogram};
    let errors = sample("plugwright_calls_total", ("outcome", "fuel"));
    assert_eq!(errors, Some(Counter(2.0)));
    let memory = sample("plugwright_sandbox_memory_bytes", ("plugin", "plain.wasm"));
    assert_eq!(memory, Some(Gauge(131072.0)));
    let Some(Histogram(times)) =
        sample("plugwright_call_duration_seconds", ("plugin", "plain.wasm"))
    else {
        return Err("no histogram of calls".into());
    };
    assert_eq!(times.len(), 29);
    assert_eq!((times[0].less_than, times[28].less_than), (1e-7, f64::INFINITY));
    assert_eq!(times[28].count, 6.0);
    Ok(())
}

#[test]
fn what_would_break_a_page_is_escaped() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let bytes = wat::parse_str(r#"(component (@custom "version" "1.0\"\5c"))"#)?;
    let artifact = Artifact::from_bytes("a \"b\"\\\nc", bytes)?;
    let plugin =
        engine.load::<plugwright::Untyped>(artifact.accept_unsigned(), Policy::default())?;
    let page = engine.metrics().to_prometheus();
    drop(plugin);
    let line = page.lines().find(|it| it.starts_with("plugwright_sandboxes"));
    let line = line.ok_or("no sandboxes")?;
    assert!(line.contains(r#"plugin="a \"b\"\\\nc","#), "{line}");
    assert!(line.ends_with(r#",version="1.0\"\\"} 0"#), "{line}");
    Ok(())
}

#[test]
fn opentelemetry_observes_the_engine_as_long_as_it_is_there() -> Tested {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let folder = tempfile::tempdir()?;
    let (engine, alive) = worked(folder.path())?;
    engine.observe(&provider.meter("test"));
    provider.force_flush()?;
    let told = told(&exporter)?;
    assert_eq!(told.get("plugwright.calls{outcome=fuel}"), Some(&2.0), "{told:#?}");
    assert_eq!(told.get("plugwright.call.duration.bucket{le=+Inf}"), Some(&6.0));
    assert_eq!(told.get("plugwright.call.duration.count{}"), Some(&6.0));
    assert_eq!(told.get("plugwright.sandbox.memory{} By"), Some(&131072.0));
    assert_eq!(told.get("plugwright.loads{outcome=ok}"), Some(&3.0));
    let samples = samples(&engine.metrics());
    assert_eq!(told.len(), samples, "as many numbers as the page has, of one plugin");
    let names = told.keys().filter_map(|it| it.split('{').next());
    let parts = [".bucket", ".sum", ".count"];
    let names = names.map(|it| parts.iter().find_map(|part| it.strip_suffix(part)).unwrap_or(it));
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    let documented = documented()?.into_iter().map(|[_, name, ..]| name);
    assert_eq!(names, documented.collect());
    drop((engine, alive));
    exporter.reset();
    provider.force_flush()?;
    assert!(exporter.get_finished_metrics()?.iter().all(|it| it.scope_metrics().count() == 0));
    Ok(())
}

/// The last numbers that were exported of `plain.wasm` and of the engine, by name and labels.
fn told(exporter: &InMemoryMetricExporter) -> Tested<BTreeMap<String, f64>> {
    let mut told = BTreeMap::new();
    let exported = exporter.get_finished_metrics()?;
    let last = exported.last().ok_or("nothing was exported")?;
    for metric in last.scope_metrics().flat_map(|it| it.metrics()) {
        let unit = match metric.unit() {
            "By" => " By",
            _ => "",
        };
        let mut point = |attributes: Vec<&opentelemetry::KeyValue>, value: f64| {
            let own = attributes
                .iter()
                .all(|it| it.key.as_str() != "plugin" || it.value.as_str() == "plain.wasm");
            let labels =
                attributes.iter().filter(|it| !["plugin", "digest"].contains(&it.key.as_str()));
            let labels: Vec<String> = labels.map(|it| format!("{}={}", it.key, it.value)).collect();
            if own {
                told.insert(format!("{}{{{}}}{unit}", metric.name(), labels.join(",")), value);
            }
        };
        match metric.data() {
            AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                assert!(sum.is_monotonic(), "{}", metric.name());
                sum.data_points()
                    .for_each(|it| point(it.attributes().collect(), it.value() as f64));
            }
            AggregatedMetrics::F64(MetricData::Sum(sum)) => {
                sum.data_points().for_each(|it| point(it.attributes().collect(), it.value()));
            }
            AggregatedMetrics::U64(MetricData::Gauge(gauge)) => {
                gauge
                    .data_points()
                    .for_each(|it| point(it.attributes().collect(), it.value() as f64));
            }
            other => return Err(format!("{} is {other:?}", metric.name()).into()),
        }
    }
    Ok(told)
}

/// How many samples the page has of `plain.wasm` and of the engine.
fn samples(metrics: &Metrics) -> usize {
    let page = metrics.to_prometheus();
    page.lines().filter(|it| !it.starts_with('#') && !it.contains("shop.wasm")).count()
}

/// The table in the docs: the name for Prometheus, the one for OpenTelemetry, the kind and the labels.
fn documented() -> Tested<Vec<[String; 4]>> {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/concepts/observing.md");
    let docs = std::fs::read_to_string(docs)?;
    let rows = docs.lines().filter(|it| it.starts_with("| `plugwright_"));
    let rows = rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(|cell| cell.trim().replace('`', ""));
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    });
    Ok(rows.collect())
}

#[test]
fn the_docs_name_all_that_is_measured() -> Tested {
    let folder = tempfile::tempdir()?;
    let (engine, _alive) = worked(folder.path())?;
    let page = engine.metrics().to_prometheus();
    let read = prometheus_parse::Scrape::parse(page.lines().map(|it| Ok(it.to_owned())))?;
    let types = page.lines().filter_map(|it| it.strip_prefix("# TYPE ")?.split_once(' '));
    let measured = types.map(|(name, kind)| {
        let sample = read.samples.iter().find(|it| it.metric == name);
        let labels = sample.into_iter().flat_map(|it| it.labels.keys());
        let mut labels: Vec<&str> =
            labels.map(String::as_str).filter(|it| *it != "digest").collect();
        labels.sort_by_key(|it| (*it != "plugin", it.len()));
        [name.to_owned(), kind.to_owned(), labels.join(", ")]
    });
    let written = documented()?.into_iter().map(|[name, _, kind, labels]| [name, kind, labels]);
    assert_eq!(written.collect::<Vec<_>>(), measured.collect::<Vec<_>>());
    Ok(())
}
