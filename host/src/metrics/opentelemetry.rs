//! What OpenTelemetry is told, whenever it asks.

use std::borrow::Cow;

use opentelemetry::{KeyValue, metrics::Meter};

use super::{
    Metrics,
    families::{FAMILIES, Family, Kind, Point, Unit, Value, cumulated},
};
use crate::Engine;

impl Engine {
    /// Has this meter observe the engine and its plugins, whenever the meter's reader collects.
    ///
    /// Calls cost nothing more for it, and the engine may end before the meter does.
    /// Of times OpenTelemetry lets nobody hand in a histogram that is already sorted.
    /// So each becomes three counters, as Prometheus has them: `NAME.bucket` with the bound as `le`, `NAME.sum` and
    /// `NAME.count`.
    pub fn observe(&self, meter: &Meter) {
        for family in FAMILIES {
            let metrics = self.metrics_while_alive();
            match family.kind {
                Kind::Histogram => observe_times(meter, family, metrics),
                kind => observe_numbers(meter, family, kind, metrics),
            }
        }
    }
}

fn observe_numbers(
    meter: &Meter,
    family: &'static Family,
    kind: Kind,
    metrics: impl Fn() -> Option<Metrics> + Send + Sync + 'static,
) {
    let name = format!("plugwright.{}", family.name);
    let each = move |observe: &dyn Fn(u64, &[KeyValue])| {
        let Some(metrics) = metrics() else { return };
        for Point { labels, value } in (family.points)(&metrics) {
            if let Value::Number(number) = value {
                observe(number, &attributes(&labels));
            }
        }
    };
    let (unit, help) = (unit(family), family.help);
    if kind == Kind::Gauge {
        let gauge = meter.u64_observable_gauge(name).with_unit(unit).with_description(help);
        gauge.with_callback(move |it| each(&|value, labels| it.observe(value, labels))).build();
    } else {
        let counter = meter.u64_observable_counter(name).with_unit(unit).with_description(help);
        counter.with_callback(move |it| each(&|value, labels| it.observe(value, labels))).build();
    }
}

fn observe_times(
    meter: &Meter,
    family: &'static Family,
    metrics: impl Fn() -> Option<Metrics> + Clone + Send + Sync + 'static,
) {
    let name = |part| format!("plugwright.{}.{part}", family.name);
    let each = move |observe: &dyn Fn(&super::Histogram, &[KeyValue])| {
        let Some(metrics) = metrics() else { return };
        for Point { labels, value } in (family.points)(&metrics) {
            if let Value::Times(times) = value {
                observe(times, &attributes(&labels));
            }
        }
    };
    let (buckets, counts, sums) = (each.clone(), each.clone(), each);
    let buckets = move |observe: &dyn Fn(u64, &[KeyValue])| {
        buckets(&|times, labels| {
            for (bound, count) in cumulated(times) {
                observe(count, &[labels, &[KeyValue::new("le", bound)]].concat());
            }
        });
    };
    let counter = |part| meter.u64_observable_counter(name(part)).with_description(family.help);
    let bucket = counter("bucket");
    bucket.with_callback(move |it| buckets(&|value, labels| it.observe(value, labels))).build();
    let count = counter("count");
    count
        .with_callback(move |it| counts(&|times, labels| it.observe(times.count(), labels)))
        .build();
    let sum = meter.f64_observable_counter(name("sum")).with_description(family.help);
    sum.with_unit(unit(family))
        .with_callback(move |it| {
            sums(&|times, labels| it.observe(times.sum().as_secs_f64(), labels));
        })
        .build();
}

/// The unit, as UCUM writes it.
fn unit(family: &Family) -> &'static str {
    match family.unit {
        Unit::None => "1",
        Unit::Bytes => "By",
        Unit::Seconds => "s",
    }
}

fn attributes(labels: &[(&'static str, Cow<'_, str>)]) -> Vec<KeyValue> {
    labels.iter().map(|(name, text)| KeyValue::new(*name, text.clone().into_owned())).collect()
}
