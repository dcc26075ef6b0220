//! What a sandbox that failed tells of itself.

mod common;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use common::{Tested, load_on};
use plugwright::{Artifact, Engine, EngineOptions, Instance, Limits, Policy, Untyped};
use wasmparser::{KnownCustom, Parser, Payload};

fn engine() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions { core_dumps: true, ..EngineOptions::default() })?)
}

/// What is read in a core dump.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    name: String,
    modules: usize,
    instances: usize,
    /// The functions on the stack, innermost first.
    stack: Vec<u32>,
    /// The pages of the memories, and all bytes that are not zero.
    pages: Vec<u64>,
    data: Vec<u8>,
}

fn read(dump: &[u8]) -> Tested<Read> {
    wasmparser::Validator::new().validate_all(dump)?;
    let mut read = Read::default();
    for payload in Parser::new(0).parse_all(dump) {
        match payload? {
            Payload::MemorySection(memories) => {
                for memory in memories {
                    read.pages.push(memory?.initial);
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    read.data.extend(segment?.data);
                }
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::CoreDump(it) => read.name = it.name.to_owned(),
                KnownCustom::CoreDumpModules(it) => read.modules = it.modules.len(),
                KnownCustom::CoreDumpInstances(it) => read.instances = it.instances.len(),
                KnownCustom::CoreDumpStack(it) => {
                    read.stack = it.frames.iter().map(|it| it.funcidx).collect();
                }
                _ => {}
            },
            _ => {}
        }
    }
    Ok(read)
}

fn failed(engine: &Engine, text: &str, policy: Policy) -> Tested<Instance<Untyped>> {
    let plugin = load_on(engine, "dump", policy)?;
    let mut instance = plugin.instantiate()?;
    assert!(instance.core_dump().is_none(), "it has not failed");
    assert!(instance.call(&plugin.request(text)?).is_err());
    Ok(instance)
}

#[test]
fn a_sandbox_that_trapped_has_a_core_dump() -> Tested {
    let mut instance = failed(&engine()?, "write-and-trap(7)", Policy::default())?;
    let dump = instance.core_dump().ok_or("no core dump")?;
    let expected = Read {
        name: "dump.wasm".to_owned(),
        modules: 1,
        instances: 1,
        stack: vec![0, 1],
        pages: vec![2],
        data: [b"before".as_slice(), &[7]].concat(),
    };
    assert_eq!(read(&dump)?, expected);
    Ok(())
}

#[test]
fn a_sandbox_that_was_stopped_has_one() -> Tested {
    let limits = Limits { time: Duration::from_millis(20), ..Limits::default() };
    let mut instance = failed(&engine()?, "spin()", Policy { limits, ..Policy::default() })?;
    let dump = instance.core_dump().ok_or("no core dump")?;
    assert_eq!(read(&dump)?.stack, [2]);
    Ok(())
}

#[test]
fn nobody_has_one_who_did_not_ask() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let mut instance = failed(&engine, "write-and-trap(7)", Policy::default())?;
    assert_eq!(instance.core_dump(), None);
    Ok(())
}

/// Wasmtime panics on one of a composed component, so it is not asked.
#[test]
fn a_composed_component_has_none_and_nothing_panics() -> Tested {
    static PANICKED: AtomicBool = AtomicBool::new(false);
    std::panic::set_hook(Box::new(|_| PANICKED.store(true, Ordering::Relaxed)));
    let text = r#"(component
        (component $inner
            (core module $m (func (export "f") (param i32) unreachable))
            (core instance $i (instantiate $m))
            (func (export "f") (param "a" u32) (canon lift (core func $i "f"))))
        (instance $inner (instantiate $inner))
        (core func $f (canon lower (func $inner "f")))
        (core module $m
            (import "" "f" (func $f (param i32)))
            (func (export "g") (call $f (i32.const 1))))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
        (func (export "g") (canon lift (core func $i "g"))))"#;
    let artifact = Artifact::from_bytes("composed.wasm", wat::parse_str(text)?)?;
    let plugin = engine()?.load::<Untyped>(artifact.accept_unsigned(), Policy::default())?;
    let mut instance = plugin.instantiate()?;
    assert!(instance.call(&plugin.request("g()")?).is_err());
    assert_eq!(instance.core_dump(), None);
    assert!(!PANICKED.load(Ordering::Relaxed), "wasmtime was asked");
    Ok(())
}
