//! Composed components as plugins: what their parts hand to each other, and what is denied to them.

#![allow(clippy::unwrap_used, reason = "all of it is a test")]

#[path = "../common/mod.rs"]
mod common;

use common::{Tested, built, call, failure};
use plugwright::{
    Artifact, ByteStream, CallError, Engine, EngineOptions, Grants, Interfaces, Plugin, Policy,
    Untyped,
};
use plugwright_component::{Composition, Export, Part, Source, compose};
use tokio::io::AsyncReadExt as _;

mod pipe {
    plugwright::bindings!({
        inline: "
            package demo:pipe;
            world pipe { export run: async func(bytes: stream<u8>) -> stream<u8>; }
        ",
        async: true,
    });
}

/// Makes a component of `parts/NAME.wit` and `parts/NAME.wat`.
fn artifact(name: &str) -> Tested<Artifact> {
    Ok(Artifact::from_bytes(name, built(&format!("composing/parts/{name}"))?)?)
}

/// A part whose imports come all from where `source` says.
fn part(artifact: Artifact, source: impl Fn(&str) -> Source) -> Part {
    let called = artifact.imports().iter().filter(|it| !it.is_types_only());
    let imports = called.map(|it| (it.name.clone(), source(&it.name))).collect();
    Part { name: artifact.name().to_owned(), artifact, imports }
}

fn from(part: usize, export: &str) -> Source {
    Source::Part { part, export: export.to_owned() }
}

/// Composes, and exports all that one part exports.
fn composed(parts: Vec<Part>, exports: usize) -> Tested<Artifact> {
    let exported = parts[exports].artifact.exports().to_vec();
    let export = |it: plugwright_component::Extern| Export {
        name: it.name.clone(),
        part: exports,
        export: it.name,
    };
    let exports = exported.into_iter().map(export).collect();
    Ok(Artifact::from_bytes("composed", compose(&Composition { parts, exports })?)?)
}

fn load(artifact: Artifact) -> Tested<Plugin<Untyped>> {
    Ok(Engine::new(EngineOptions::default())?
        .load(artifact.accept_unsigned(), Policy::default())?)
}

#[test]
fn a_resource_is_the_same_one_in_three_parts() -> Tested {
    let parts = vec![
        part(artifact("app")?, |name| match name {
            "demo:shop/store" => from(2, name),
            _ => from(1, name),
        }),
        part(artifact("reader")?, |name| from(2, name)),
        part(artifact("store")?, |_| Source::Outside),
    ];
    let composed = composed(parts, 0)?;
    assert!(composed.imports().is_empty());
    assert_eq!(call(&load(composed)?, "run()")??, "\"lamp\"");
    Ok(())
}

#[test]
fn values_go_to_a_part_of_another_version() -> Tested {
    let parts = vec![
        part(artifact("guest")?, |_| from(1, "demo:vault/doors@0.1.7")),
        part(artifact("doors")?, |_| Source::Outside),
    ];
    let plugin = load(composed(parts, 0)?)?;
    assert_eq!(call(&plugin, "open()")??, "ok(5)");
    assert_eq!(call(&plugin, "plain()")??, "ok");
    assert_eq!(call(&plugin, "count()")??, "1");
    assert!(failure(&plugin, "text()")?.contains("trap"));
    Ok(())
}

#[test]
fn what_is_denied_answers_with_the_error_that_says_so() -> Tested {
    let plugin = load(composed(vec![part(artifact("guest")?, |_| Source::Denied)], 0)?)?;
    assert_eq!(call(&plugin, "open()")??, "err(access)");
    assert_eq!(call(&plugin, "plain()")??, "err");
    assert_eq!(call(&plugin, "text()")??, "err(\"denied: demo:vault/doors.text\")");
    assert_eq!(
        call(&plugin, "whole()")??,
        "err({refusal: not-permitted(\"denied: demo:vault/doors.whole\"), notes: [], \
         message: \"denied: demo:vault/doors.whole\"})"
    );
    Ok(())
}

#[test]
fn who_is_denied_finds_nothing_where_a_list_says_so() -> Tested {
    // A host that grants no folder shows one all the same, behind which everything is refused.
    for (source, found) in [(Source::Denied, "(0, 0, 0)"), (Source::Outside, "(0, 0, 1)")] {
        let looker = part(artifact("looker")?, |_| source.clone());
        let plugin = load(composed(vec![looker], 0)?)?;
        assert_eq!(call(&plugin, "found()")??, found, "{source:?}");
        assert_eq!(call(&plugin, "has-start()")??, "false", "{source:?}");
    }
    Ok(())
}

#[test]
fn what_has_no_such_error_traps_under_its_name() -> Tested {
    let plugin = load(composed(vec![part(artifact("guest")?, |_| Source::Denied)], 0)?)?;
    match call(&plugin, "count()")? {
        Err(error @ CallError::Trap { .. }) => {
            let told = format!("{error:?}");
            assert!(told.contains("denied: demo:vault/doors.count"), "{told}");
            Ok(())
        }
        other => Err(format!("{other:?}").into()),
    }
}

#[test]
fn a_plugin_that_reaches_out_can_be_denied_everything() -> Tested {
    let reach = common::component("reach")?.into_artifact();
    let composed = composed(vec![part(reach, |_| Source::Denied)], 0)?;
    assert!(composed.imports().is_empty(), "{:?}", composed.imports());
    let policy = Policy {
        grants: Grants { wall_clock: true, interfaces: Interfaces::All, ..Grants::default() },
        ..Policy::default()
    };
    let plugin: Plugin<Untyped> =
        Engine::new(EngineOptions::default())?.load(composed.accept_unsigned(), policy)?;
    let told = format!("{:?}", call(&plugin, "wall-clock()")?);
    assert!(told.contains("denied: wasi:clocks/wall-clock.now"), "{told}");
    Ok(())
}

#[test]
fn a_stream_is_handed_through_the_parts() -> Tested {
    let flows = wat::parse_file(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flows/plugin.wat"))?;
    let parts = vec![
        part(artifact("pipe")?, |_| from(1, "through")),
        part(Artifact::from_bytes("flows", flows)?, |_| Source::Denied),
    ];
    let composed = composed(parts, 0)?;
    assert!(composed.imports().is_empty(), "{:?}", composed.imports());
    let engine = Engine::new(EngineOptions::default())?;
    let plugin = engine.load::<pipe::Pipe>(composed.accept_unsigned(), Policy::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sent: Vec<u8> = (0..300_000_u32).map(|it| it.to_le_bytes()[0]).collect();
    let mut found = Vec::new();
    runtime.block_on(async {
        use pipe::PipePlugin as _;
        let mut stream: ByteStream = plugin.run(sent.clone().into()).await?;
        stream.read_to_end(&mut found).await?;
        Tested::Ok(())
    })?;
    assert_eq!(found, sent);
    Ok(())
}
