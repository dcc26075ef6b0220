//! What an artifact tells about itself.

use plugwright_component::{Artifact, ExternKind};
use wasm_metadata::AddMetadata;

use crate::support::{self, Result};

fn case(name: &str) -> Result<Artifact> {
    let path = support::folder("conform").join(name).join("expected.wit");
    Ok(Artifact::from_bytes(name, support::component(&path)?)?)
}

#[test]
fn the_digest_is_the_sha_256_of_the_bytes() -> Result<()> {
    let artifact = Artifact::from_bytes("empty", wat::parse_str("(component)")?)?;
    // `printf '\0asm\x0d\0\1\0' | sha256sum`
    let hex = "24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29";
    assert_eq!(artifact.digest().hex(), hex);
    assert_eq!(artifact.digest().to_string(), format!("sha256:{hex}"));
    Ok(())
}

#[test]
fn imports_and_exports_are_told_in_wit() -> Result<()> {
    let artifact = case("imports-resource")?;
    let [store] = artifact.imports() else { return Err("expected one import".into()) };
    assert_eq!(store.name, "example:heater/store@0.1.0");
    assert_eq!(store.version.as_ref().map(ToString::to_string).as_deref(), Some("0.1.0"));
    let ExternKind::Interface { functions, resources, .. } = &store.kind else {
        return Err("expected an interface".into());
    };
    assert_eq!(resources, &["counter"]);
    assert_eq!(functions[0].name, "counter.add");
    assert_eq!(functions[0].signature, "func(by: u32)");
    let [run] = artifact.exports() else { return Err("expected one export".into()) };
    assert_eq!((run.name.as_str(), run.version.is_none()), ("run", true));
    assert_eq!(run.functions()[0].signature, "func()");
    Ok(())
}

#[test]
fn the_world_is_written_as_wit_without_wasi() -> Result<()> {
    let path = support::folder("conform").join("imports-wasi/found.wit");
    let artifact = Artifact::from_bytes("it", support::component(&path)?)?;
    let expected = "package root:component;

world root {
  import wasi:cli/stdout@0.2.6;
  import wasi:clocks/wall-clock@0.2.6;

  export run: func();
}
";
    assert_eq!(artifact.world().to_wit(), expected);
    let wit = case("resources")?.world().to_wit();
    assert!(wit.contains("package example:heater@0.1.0 {"), "{wit}");
    assert!(
        wit.contains("merge: static func(a: counter, b: borrow<counter>) -> counter;"),
        "{wit}"
    );
    Ok(())
}

#[test]
fn endless_signatures_are_cut() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("wide.wit");
    let types = vec!["string"; 3000].join(", ");
    let function = format!("export wide: func(it: tuple<{types}>);");
    std::fs::write(&path, format!("package a:b;\nworld w {{ {function} }}\n"))?;
    let artifact = Artifact::from_bytes("wide", support::component(&path)?)?;
    let signature = &artifact.exports()[0].functions()[0].signature;
    assert!(signature.starts_with("func(it: tuple<string, ") && signature.ends_with('…'));
    assert!(signature.len() < 2100, "{}", signature.len());
    Ok(())
}

#[test]
fn producers_and_sizes_include_nested_modules() -> Result<()> {
    let wat = r#"(component
        (core module
            (memory 1)
            (data (i32.const 0) "0123456789")
            (func $f (nop))
            (@custom ".debug_info" "12345"))
        (component (core module)))"#;
    let mut add = AddMetadata::default();
    add.language = vec![("Rust".to_owned(), String::new())];
    add.processed_by = vec![("rustc".to_owned(), "1.95.0".to_owned())];
    let bytes = add.to_wasm(&wat::parse_str(wat)?)?;
    let size = bytes.len() as u64;
    let artifact = Artifact::from_bytes("it", bytes.clone())?;

    let sizes = artifact.sizes();
    assert_eq!((sizes.total, sizes.modules, sizes.components), (size, 2, 1));
    assert!(sizes.code >= 3 && sizes.data >= 10 && sizes.debug >= 5, "{sizes:?}");
    assert!(sizes.names > 0 && sizes.custom >= sizes.names + sizes.debug, "{sizes:?}");

    let producers = artifact.producers();
    assert_eq!(producers.languages[0].name, "Rust");
    assert_eq!(producers.written_in.as_deref(), Some("Rust"));
    assert_eq!((&*producers.tools[0].name, &*producers.tools[0].version), ("rustc", "1.95.0"));
    // What it contains says nothing about itself.
    let mut outer = wasm_encoder::ComponentBuilder::default();
    outer.component_raw(None, &bytes);
    let outer = Artifact::from_bytes("outer", outer.finish())?;
    assert_eq!(outer.producers().written_in, None);
    assert_eq!(outer.producers().languages[0].name, "Rust");
    let encoded = case("identical")?;
    assert!(encoded.producers().tools.iter().any(|tool| tool.name == "wit-component"));
    Ok(())
}

#[test]
fn the_version_is_the_components_own_and_can_be_shown() -> Result<()> {
    let version = |text: &str| -> Result<_> {
        let part = r#"(core module (@custom "version" "9.9.9"))"#;
        let wat = format!(r#"(component {part} (@custom "version" "{text}") {part})"#);
        let artifact = Artifact::from_bytes("it", wat::parse_str(wat)?)?;
        Ok(artifact.version().map(str::to_owned))
    };
    assert_eq!(version("1.2.3-rc.1+5")?.as_deref(), Some("1.2.3-rc.1+5"));
    for unfit in ["", "1.0\\n", "1 .0", "\\ff", &"1".repeat(65)] {
        assert_eq!(version(unfit)?, None, "{unfit}");
    }
    Ok(())
}

#[test]
fn async_functions_and_streams_make_a_world_async() -> Result<()> {
    for (name, expected) in [("identical", false), ("resources", false), ("async", true)] {
        assert_eq!(case(name)?.is_async(), expected, "{name}");
    }
    let path = support::folder("conform").join("streams/expected.wit");
    let artifact = Artifact::from_bytes("it", support::component(&path)?)?;
    assert!(artifact.is_async());
    Ok(())
}

#[test]
fn artifacts_are_shared_and_sent() -> Result<()> {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let verified = case("identical")?.accept_unsigned();
    shared(&verified);
    shared(verified.artifact());
    assert_eq!(verified.artifact().digest(), verified.clone().digest());
    Ok(())
}

/// What compiling a function of this body takes, as estimated; it has four locals.
fn compile_time(body: &str) -> Result<u128> {
    let text = format!(
        "(component (core module (func (param i32) (local i64 i64 i64) {body})
           (func (export \"other\"))))"
    );
    Ok(Artifact::from_bytes("it", wat::parse_str(text)?)?.compile_time().as_nanos())
}

#[test]
fn compiling_takes_longer_the_more_is_alive_and_joined() -> Result<()> {
    const FUNCTION: u128 = 130_000;
    let values = |branches: u128, alive: u128, joined: u128| {
        2 * FUNCTION + branches * alive * (1_800 + joined)
    };
    // Both functions end; the second has nothing that could be alive there.
    assert_eq!(compile_time("")?, values(1, 4, 0));
    assert_eq!(compile_time("block end")?, values(2, 4, 0));
    assert_eq!(compile_time("local.get 0 if local.get 0 local.set 0 end")?, values(4, 4, 1));
    // One is set twice, one in a loop within the loop, and one where nothing joins.
    let body = "i64.const 1 local.set 1
        loop local.get 1 local.set 2 local.get 1 local.set 2
          loop local.get 1 local.set 3 local.get 0 br_if 0 local.get 0 br_if 1 end
        end";
    assert_eq!(compile_time(body)?, values(7, 4, 3));
    // What cannot be reached joins nothing.
    let body = "loop unreachable local.get 1 local.set 2 br 0 end";
    assert_eq!(compile_time(body)?, values(3, 4, 0));
    Ok(())
}

#[test]
fn compiling_loops_within_loops_takes_much_longer_than_they_are_long() -> Result<()> {
    let loops = |count: usize| {
        let set = |at: usize| format!("i64.const 1 local.set {at} local.get 0 br_if 0 end ");
        let sets: String = (1..=count).map(|at| set(at % 4 + 1)).collect();
        compile_time(&format!("(local i64) {} {sets}", "loop ".repeat(count)))
    };
    let (one, ten) = (loops(100)?, loops(1_000)?);
    assert!(ten > 12 * one, "{one} ns and {ten} ns");
    Ok(())
}
