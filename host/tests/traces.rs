//! What `tracing` is told of loads and calls.

mod common;

use std::{
    io::{Read as _, Seek as _},
    sync::Arc,
};

use common::{Tested, call, load_on};
use plugwright::{Cache, Engine, EngineOptions, Limits, Policy};
use tracing_subscriber::fmt::format::FmtSpan;

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
    Ok(lines.map(|it| it.trim().to_owned()).collect())
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
            "DEBUG call{{plugin=\"plain.wasm\" function=\"{function}\" outcome=\"{outcome}\" {more}}}: plugwright: close"
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
