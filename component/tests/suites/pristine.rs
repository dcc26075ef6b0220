//! Components are rewritten so that they can be put back, or refused with what stands in the way.
//!
//! That they are put back is for those to test who run them.

use std::error::Error;

use plugwright_component::Artifact;
use plugwright_component::pristine::{RESET, Resettable, SNAPSHOT};
use wasmparser::{Validator, WasmFeatures};

type Tested<T = ()> = Result<T, Box<dyn Error>>;

fn read(text: &str) -> Tested<Artifact> {
    Ok(Artifact::from_bytes("test.wasm", wat::parse_str(text)?)?)
}

fn refusal(text: &str) -> Tested<String> {
    match Resettable::of(&read(text)?) {
        Ok(_) => Err(format!("it was not refused: {text}").into()),
        Err(reason) => Ok(reason.to_string()),
    }
}

/// A component around core modules, the last of which is instantiated by `instances`.
fn component(modules: &str, instances: &str) -> String {
    format!("(component {modules} {instances})")
}

const WRITER: &str = r#"
    (core module $m
        (memory (export "memory") 1)
        (data (i32.const 8) "there")
        (global (mut i64) (i64.const 7))
        (func (export "run") (param i32) (result i32)
            (i32.store offset=4 (local.get 0) (i32.const 1))
            (v128.store (i32.const 4090) (v128.const i64x2 1 2))
            (memory.fill (local.get 0) (i32.const 2) (i32.const 3))
            (global.set 0 (i64.const 9))
            (block (br_if 0 (local.get 0)) (return (i32.const 3)))
            unreachable
            (i32.store8 (i32.const 5) (i32.const 1))))"#;
const RUN: &str = r#"
    (core instance $i (instantiate $m))
    (func (export "run") (param "at" u32) (result u32) (canon lift (core func $i "run")))"#;

#[test]
fn what_is_written_anew_is_valid_and_the_same_each_time() -> Tested {
    let artifact = read(&component(WRITER, RUN))?;
    let resettable = Resettable::of(&artifact)?;
    let features = WasmFeatures::default();
    let types = Validator::new_with_features(features).validate_all(resettable.bytes())?;
    for name in [SNAPSHOT, RESET, "run"] {
        assert!(types.as_ref().component_item_for_export(name).is_some(), "{name}");
    }
    assert_eq!(resettable.memory(), 17 << 16, "a page for the image, and the cards");
    assert_eq!(resettable.core_instances(), 1);
    assert_ne!(resettable.digest(), artifact.digest());
    assert_eq!(Resettable::of(&artifact)?.bytes(), resettable.bytes());
    Ok(())
}

#[test]
fn what_is_not_followed_is_refused_by_name() -> Tested {
    let module = |items: &str| component(&format!("(core module $m {items})"), "");
    let unfollowed = "it uses an extension of WebAssembly whose writes are not followed: ";
    for (items, expected) in [
        ("(memory i64 1)", unfollowed),
        ("(memory 1 1 shared)", unfollowed),
        ("(memory 1) (memory 1)", unfollowed),
        ("(memory 1) (func (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))", unfollowed),
        ("(memory 65530)", "a memory of it is too large to have an image beside it"),
        (
            "(import \"a\" \"memory\" (memory 1)) (data (i32.const 0) \"it\")",
            "a core module of it places data in the memory of another",
        ),
        (
            "(type $f (func)) (func $g) (elem declare func $g) (global (mut (ref $f)) (ref.func $g))",
            "a core module of it has a global that cannot be kept: a reference that is never null",
        ),
        (
            "(global (export \"plugwright:pristine/reset\") i32 (i32.const 0))",
            "its name `plugwright:pristine/reset` is one that Plugwright uses",
        ),
    ] {
        let refused = refusal(&module(items))?;
        assert!(refused.starts_with(expected), "{items}: {refused}");
    }
    Ok(())
}

#[test]
fn what_is_outside_of_the_component_is_refused() -> Tested {
    let modules = "it imports or exports core modules, whose writes cannot be followed";
    let composed = "it is composed of other components";
    let nested = r#"(component $c (core module $m (func (export "f"))) (core instance (instantiate $m)))
        (instance (instantiate $c))"#;
    assert_eq!(refusal(&component("", nested))?, composed);
    // Such ones have no WIT, so that they are refused before; a component within one is not.
    let within = r#"(component $c (import "m" (core module)))"#;
    assert_eq!(refusal(&component("", within))?, modules);
    let asynchronous = r#"(core func (canon backpressure.inc))"#;
    assert_eq!(
        refusal(&component("", asynchronous))?,
        "it has async parts, which live on beside a call"
    );
    Ok(())
}

/// Memory that goes through the hands of several instances before somebody writes to it.
#[test]
fn memory_is_followed_to_its_owner() -> Tested {
    let modules = r#"
        (core module $owner (memory (export "memory") 1))
        (core module $between (import "x" "m" (memory 1)) (export "again" (memory 0)))
        (core module $writer
            (import "y" "m" (memory 1))
            (func (export "run") (param i32) (result i32)
                (i32.store (local.get 0) (i32.const 1))
                (i32.const 0)))"#;
    let instances = r#"
        (core instance $o (instantiate $owner))
        (core instance $b (instantiate $between (with "x" (instance (export "m" (memory $o "memory"))))))
        (alias core export $b "again" (core memory $again))
        (core instance $y (export "m" (memory $again)))
        (core instance $i (instantiate $writer (with "y" (instance $y))))
        (func (export "run") (param "at" u32) (result u32) (canon lift (core func $i "run")))"#;
    let resettable = Resettable::of(&read(&component(modules, instances))?)?;
    Validator::new_with_features(WasmFeatures::default()).validate_all(resettable.bytes())?;
    assert_eq!(resettable.memory(), 17 << 16);
    Ok(())
}
