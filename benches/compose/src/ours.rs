//! What Plugwright makes of an application file.

use std::fmt::Write as _;
use std::fs;

use plugwright::{Application, Cache, Engine, EngineOptions};
use plugwright_component::application::Plan;
use tempfile::TempDir;

use crate::Result;
use crate::plugins::Plugins;
use crate::rows::{Row, Worker, checked};

/// An application file with two plugins, linked in some way.
fn application(plugins: &Plugins, row: &Row, how: &str) -> Result<(TempDir, Plan)> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("asker.wasm"), &plugins.asker)?;
    fs::write(folder.path().join("answerer.wasm"), &plugins.answerer)?;
    let interface = format!("plugwright:chain/{}", format!("{:?}", row.pair).to_lowercase());
    let mut text = "[application]\nname = \"pair\"\n\n[exports]\n".to_owned();
    writeln!(text, "{} = \"asker\"", row.export)?;
    // A sandbox that lives, as those by hand do, and limits that no turn reaches.
    let limits = "host-bytes = \"64 GiB\"\nhost-calls = 1000000000\ntime = \"100s\"";
    for name in ["asker", "answerer"] {
        let instances = if row.fresh && name == "answerer" { "fresh" } else { "pinned" };
        writeln!(text, "\n[plugins.{name}]\nfile = \"{name}.wasm\"\ntrust = \"us\"")?;
        writeln!(text, "instances = \"{instances}\"")?;
        writeln!(text, "\n[plugins.{name}.limits]\n{limits}")?;
    }
    writeln!(text, "\n[plugins.asker.links]")?;
    writeln!(text, "\"{interface}\" = {{ to = \"answerer\", how = \"{how}\" }}")?;
    let path = folder.path().join("app.toml");
    fs::write(&path, text)?;
    let plan = Plan::read(&path, &|_, _| Err("it has no world".into()))?;
    Ok((folder, plan))
}

/// Gets ready to call from plugin to plugin, linked in some way.
pub fn linked(plugins: &Plugins, row: &Row, how: &str) -> Result<Option<Worker>> {
    let (_folder, plan) = application(plugins, row, how)?;
    let engine = Engine::new(EngineOptions { cache: Cache::Off, ..EngineOptions::default() })?;
    let application = Application::load(&engine, &plan)?;
    let (mut request, export) = (None, row.export);
    checked(row, move |times| {
        let request = match &request {
            Some((known, request)) if *known == times => request,
            _ => &request.insert((times, application.request(&format!("{export}({times})"))?)).1,
        };
        match application.call(request)? {
            Some(plugwright::Val::U64(sum)) => Ok(sum),
            other => Err(format!("the answer is {other:?}").into()),
        }
    })
}
