//! The streams of the guides, in plugins that are really built, and run.

use std::error::Error;
use std::fs;

use plugwright::{Artifact, Engine, EngineOptions, Plugin, Policy};

use crate::docs::blocks;
use crate::projects::{in_project, succeed};

plugwright::bindings!({ path: "tests/wit/shouter.wit", world: "shouter", async: true });

/// Builds the plugin that a guide has, and reads its answer.
fn shout(language: &str, guide: &str, code: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let blocks = blocks(&format!("docs/guide/{guide}.md"), code)?;
    let plugin = blocks.iter().find(|it| it.contains("shouter")).ok_or("a plugin")?;
    let outside = tempfile::tempdir()?;
    fs::write(outside.path().join("shouter.wit"), include_str!("../wit/shouter.wit"))?;
    let new = ["new", "shouter", "--lang", language, "--wit", "shouter.wit", "--world", "shouter"];
    succeed(&mut in_project(outside.path(), &new))?;
    let dir = outside.path().join("shouter");
    fs::write(dir.join(file), plugin)?;
    succeed(&mut in_project(&dir, &["build"]))?;
    let engine = Engine::new(EngineOptions::default())?;
    let component = Artifact::read(dir.join("shouter.wasm"))?.accept_unsigned();
    let plugin: Plugin<Shouter> = engine.load(component, Policy::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let text = runtime.block_on(async {
        let text = plugin.shout(b"hello, world".to_vec().into()).await?;
        Ok::<_, Box<dyn Error>>(text.collect(100).await?)
    })?;
    assert_eq!(String::from_utf8(text)?, "HELLO, WORLD");
    Ok(())
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_stream_of_the_guide_to_c_flows() -> Result<(), Box<dyn Error>> {
    shout("c", "c", "c", "plugin.c")
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_stream_of_the_guide_to_go_flows() -> Result<(), Box<dyn Error>> {
    shout("go", "go", "go", "main.go")
}

#[test]
#[ignore = "builds a plugin; run by cargo xtask test"]
fn the_stream_of_the_guide_to_javascript_flows() -> Result<(), Box<dyn Error>> {
    shout("js", "javascript", "js", "plugin.js")
}

#[test]
#[ignore = "builds a plugin with componentize-py; run by cargo xtask test"]
fn the_stream_of_the_guide_to_python_flows() -> Result<(), Box<dyn Error>> {
    shout("python", "python", "python", "plugin.py")
}
