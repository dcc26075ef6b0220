//! An application of very many plugins: what it costs to check it, and to compose it.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use plugwright_benches::table::{table, time};
use plugwright_benches::turns::Spread;
use plugwright_component::application::{Plan, Ungranted};
use tempfile::TempDir;

use crate::Result;
use crate::plugins::component;

/// What the table is called.
pub const NAME: &str = "an application of 100 plugins";

/// How many plugins there are, each of which calls the next one.
const PLUGINS: usize = 100;

/// How often each is done.
const TIMES: usize = 25;

/// Adds a custom section, so that no component is the same as another.
fn named(component: &[u8], name: &str) -> Result<Vec<u8>> {
    let section = [&[4][..], b"name"].concat();
    let length = u8::try_from(section.len() + name.len())?;
    Ok([component, &[0, length], &section, name.as_bytes()].concat())
}

fn application() -> Result<(TempDir, usize)> {
    let folder = tempfile::tempdir()?;
    let (relay, last) = (component("plain_relay")?, component("plain_answerer")?);
    let mut text = "[application]\nname = \"many\"\n\n[exports]\n".to_owned();
    writeln!(text, "\"plugwright:chain/plain\" = \"p0\"")?;
    let mut bytes = 0;
    for at in 0..PLUGINS {
        let name = format!("p{at}");
        let is_last = at + 1 == PLUGINS;
        let plugin = named(if is_last { &last } else { &relay }, &name)?;
        bytes += plugin.len();
        fs::write(folder.path().join(format!("{name}.wasm")), plugin)?;
        writeln!(text, "\n[plugins.{name}]\nfile = \"{name}.wasm\"\ntrust = \"us\"")?;
        if !is_last {
            writeln!(text, "links = {{ \"plugwright:chain/plain\" = \"p{}\" }}", at + 1)?;
        }
    }
    fs::write(folder.path().join("app.toml"), text)?;
    Ok((folder, bytes))
}

/// Checks and composes, many times, and gives the table.
pub fn measured() -> Result<String> {
    let (folder, bytes) = application()?;
    let (mut check, mut compose, mut composed) = (Vec::new(), Vec::new(), 0);
    for _ in 0..TIMES {
        let start = Instant::now();
        let plan = Plan::read(folder.path().join("app.toml"), &|_, _| Err("no world".into()))?;
        check.push(start.elapsed().as_nanos() as f64);
        let start = Instant::now();
        let groups = plan.groups();
        let [group] = groups.as_slice() else { return Err("they are not one group".into()) };
        let whole = black_box(plan.component(group, Ungranted::Denied)?);
        compose.push(start.elapsed().as_nanos() as f64);
        composed = whole.bytes().len();
    }
    let row = |name: &str, taken: Vec<f64>| {
        let Spread { low, median, high } = Spread::of(taken);
        vec![name.to_owned(), time(median), format!("{}–{}", time(low), time(high))]
    };
    let check = row(&format!("check {PLUGINS} plugins, {} kB", bytes / 1000), check);
    let compose = row(&format!("compose them, to {} kB", composed / 1000), compose);
    Ok(table(&["time", "spread"], &[check, compose]))
}
