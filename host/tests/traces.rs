//! What `tracing` is told of loads and calls.

mod common;

use std::{
    io::{Read as _, Seek as _},
    sync::Arc,
};

use common::{Tested, call, load_on};
use plugwright::{Artifact, Cache, Engine, EngineOptions, Limits, Plugin, Policy, Untyped};
use tokio::runtime::Builder;
use tracing_subscriber::fmt::format::FmtSpan;

plugwright::bindings!({
    inline: "
        package example:sipper;
        world sipper { export sip: async func(bytes: stream<u8>) -> u32; }
    ",
    async: true,
});

/// The spans of Plugwright's that end while `work` runs, a line each.
fn spans(work: impl FnOnce() -> Tested) -> Tested<Vec<String>> {
    let mut written = tempfile::tempfile()?;
    let subscriber = tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(Arc::new(written.try_clone()?))
        .finish();
    tracing::subscriber::with_default(subscriber, work)?;
    written.rewind()?;
    let mut text = String::new();
    written.read_to_string(&mut text)?;
    let lines = text.lines().filter(|it| it.contains("plugwright: close"));
    Ok(lines.map(|it| masked(it.trim())).collect())
}

/// The line but for the time that a call took, which has to be a number.
fn masked(line: &str) -> String {
    let Some((before, after)) = line.split_once("seconds=") else { return line.to_owned() };
    let (seconds, after) = after.split_once(' ').unwrap_or((after, ""));
    let seconds = seconds.parse::<f64>().is_ok_and(|it| it > 0.0 && it < 60.0);
    format!("{before}seconds={} {after}", if seconds { "[time]" } else { "[wrong]" })
}

#[test]
fn each_load_and_each_call_is_a_span() -> Tested {
    let folder = tempfile::tempdir()?;
    let told = spans(|| {
        let options = EngineOptions {
            cache: Cache::Folder(folder.path().to_owned()),
            ..EngineOptions::default()
        };
        let engine = Engine::new(options)?;
        let plugin = load_on(&engine, "plain", Policy::default())?;
        assert_eq!(call(&plugin, "add(2, 3)")??, "5");
        assert!(call(&plugin, "trap()")?.is_err());
        let limits = Limits { fuel: Some(1000), ..Limits::default() };
        let counted = load_on(&engine, "plain", Policy { limits, ..Policy::default() })?;
        assert!(call(&counted, "spin()")?.is_err());
        load_on(&engine, "plain", Policy::default())?;
        Ok(())
    })?;
    let digest = common::component("plain")?.digest().hex();
    let load = |cached| {
        format!(
            "DEBUG load{{plugin=\"plain.wasm\" world=\"untyped\" digest=\"{digest}\" cached={cached}}}: \
             plugwright: close"
        )
    };
    let call = |function, outcome, more| {
        format!(
            "DEBUG call{{plugin=\"plain.wasm\" function=\"{function}\" outcome=\"{outcome}\" seconds=[time] {more}}}: plugwright: close"
        )
    };
    let expected = [
        load(false),
        call("add", "ok", "memory=131072 copied_in=8 copied_out=4 host_calls=0"),
        call("trap", "trap", "memory=131072 copied_in=0 copied_out=0 host_calls=0"),
        load(false),
        call("spin", "fuel", "fuel=1000 memory=131072 copied_in=0 copied_out=0 host_calls=0"),
        load(true),
    ];
    assert_eq!(told, expected, "{told:#?}");
    Ok(())
}

#[test]
fn spans_say_the_version_that_a_component_has() -> Tested {
    let told = spans(|| {
        let text = r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func (export "f") (canon lift (core func $i "f")))
            (@custom "version" "1.2.3"))"#;
        let artifact = Artifact::from_bytes("small.wasm", wat::parse_str(text)?)?;
        let engine = Engine::new(EngineOptions::default())?;
        let plugin = engine.load::<Untyped>(artifact.accept_unsigned(), Policy::default())?;
        call(&plugin, "f()")??;
        Ok(())
    })?;
    let start = r#"{plugin="small.wasm" version="1.2.3" "#;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|it| it.contains(start)), "{told:#?}");
    Ok(())
}

#[test]
fn what_flowed_is_in_the_span_of_its_call() -> Tested {
    let told = spans(|| {
        let engine = Engine::new(EngineOptions::default())?;
        let plugin: Plugin<Sipper> =
            engine.load(common::component("sipper")?, Policy::default())?;
        let sip = plugin.sip(vec![1; 100].into());
        assert_eq!(Builder::new_current_thread().enable_time().build()?.block_on(sip)?, 10);
        Ok(())
    })?;
    let flowed = "copied_in=0 copied_out=4 streamed_in=10 streamed_out=0 host_calls=0}";
    assert!(told.iter().any(|it| it.contains(flowed)), "{told:#?}");
    Ok(())
}
