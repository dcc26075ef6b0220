//! The page that Prometheus reads: its text format, version 0.0.4.

use std::fmt::{self, Display, Write};

use super::{
    Metrics,
    families::{FAMILIES, Family, Kind, Point, Unit, Value, cumulated},
};

impl Metrics {
    /// The page that Prometheus reads, of content type `text/plain; version=0.0.4`.
    ///
    /// Pages of several engines cannot be put together, since each name may stand in a page once.
    pub fn to_prometheus(&self) -> String {
        let mut page = String::new();
        for family in FAMILIES {
            write(&mut page, family, &(family.points)(self))
                .expect("a string takes all that is written");
        }
        page
    }
}

fn write(page: &mut String, family: &Family, points: &[Point<'_>]) -> fmt::Result {
    if points.is_empty() {
        return Ok(());
    }
    let name = name(family);
    let kind = match family.kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    writeln!(page, "# HELP {name} {}", family.help)?;
    writeln!(page, "# TYPE {name} {kind}")?;
    for Point { labels, value } in points {
        let labels: Vec<(&str, &str)> = labels.iter().map(|(name, it)| (*name, &**it)).collect();
        match value {
            Value::Number(number) => sample(page, &name, &labels, number)?,
            Value::Times(times) => {
                for (bound, count) in cumulated(times) {
                    let labels = [&labels[..], &[("le", &bound)]].concat();
                    sample(page, &format!("{name}_bucket"), &labels, &count)?;
                }
                sample(page, &format!("{name}_sum"), &labels, &times.sum().as_secs_f64())?;
                sample(page, &format!("{name}_count"), &labels, &times.count())?;
            }
        }
    }
    Ok(())
}

/// The name as Prometheus wants it: with the unit, and with what a counter's name ends in.
pub(crate) fn name(family: &Family) -> String {
    let unit = match family.unit {
        Unit::None => "",
        Unit::Bytes => "_bytes",
        Unit::Seconds => "_seconds",
    };
    let total = if family.kind == Kind::Counter { "_total" } else { "" };
    format!("plugwright_{}{unit}{total}", family.name.replace('.', "_"))
}

fn sample(
    page: &mut String,
    name: &str,
    labels: &[(&str, &str)],
    value: &dyn Display,
) -> fmt::Result {
    page.push_str(name);
    for (at, (label, text)) in labels.iter().enumerate() {
        let text = text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n");
        write!(page, "{}{label}=\"{text}\"", if at == 0 { '{' } else { ',' })?;
    }
    let end = if labels.is_empty() { "" } else { "}" };
    writeln!(page, "{end} {value}")
}
