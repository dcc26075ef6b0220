//! Bytes that are no usable component: each gives its own error, and none a panic.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use plugwright_component::{Artifact, MAX_FILE_SIZE, ReadError, World};

use crate::support::{self, Result};

/// Renders what reading gave, as the messages are shown one below the other.
fn rendered(result: std::result::Result<Artifact, ReadError>) -> String {
    let err = match result {
        Ok(artifact) => return format!("{} is a component", artifact.name()),
        Err(err) => err,
    };
    let mut text = err.to_string();
    let mut source = err.source();
    while let Some(cause) = source {
        text.push_str(&format!("\n  caused by: {cause}"));
        source = cause.source();
    }
    format!("{text}\n  fix: {}", err.fix())
}

fn small() -> Result<Vec<u8>> {
    support::component(&support::folder("conform").join("several/expected.wit"))
}

/// A component that is all header and one section.
fn with_section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.push(id);
    let mut size = content.len();
    while size >= 0x80 {
        bytes.push((size & 0x7f) as u8 | 0x80);
        size >>= 7;
    }
    bytes.push(size as u8);
    bytes.extend(content);
    bytes
}

#[test]
fn errors_are_as_recorded() -> Result<()> {
    let (resolve, world) = support::parse(&support::folder("conform").join("use/expected.wit"))?;
    let package = resolve.worlds[world].package.ok_or("a world without a package")?;
    let small = small()?;
    let wasm = |wat: &str| wat::parse_str(wat);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("text", b"Hello, world.\n".to_vec()),
        ("wat", b";; A comment.\n\n(module (func))".to_vec()),
        ("wit", b"// A comment.\npackage a:b;\n".to_vec()),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0".to_vec()),
        ("noise", vec![0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe]),
        ("three bytes", b"\0as".to_vec()),
        ("magic alone", b"\0asm".to_vec()),
        ("old component", b"\0asm\x0c\0\x01\0".to_vec()),
        ("core module", wasm("(module (func))")?),
        ("WIT package", wit_component::encode(&resolve, package)?),
        ("header alone", small[..8].to_vec()),
        ("cut in a section's head", small[..9].to_vec()),
        ("cut at a quarter", small[..small.len() / 4].to_vec()),
        ("cut at a half", small[..small.len() / 2].to_vec()),
        ("cut at the last byte", small[..small.len() - 1].to_vec()),
        ("unknown section", with_section(0x3f, b"")),
        ("ill-typed function", wasm("(component (core module (func (result i32))))")?),
        ("exceptions", wasm("(component (core module (tag $t) (func (throw $t))))")?),
        ("exported module", wasm(r#"(component (core module $m) (export "m" (core module $m)))"#)?),
        (
            "cut between the sections of a module",
            wasm("(component (core module (func) (memory 1)))")?[..0x1f].to_vec(),
        ),
        ("module at the end", wasm("(component (core module (func)))")?),
        ("component", small),
    ];
    let mut table = String::new();
    for (name, bytes) in cases {
        table.push_str(&format!("{name}:\n  {}\n\n", rendered(Artifact::from_bytes("it", bytes))));
    }
    support::golden(&support::folder("read").join("errors.txt"), &table)
}

#[test]
fn files_are_refused_before_they_are_read_whole() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("zeros.wasm");
    fs::File::create(&path)?.set_len(100 << 20)?;
    let start = Instant::now();
    let err = Artifact::read(&path).err().ok_or("zeros are no component")?;
    assert!(matches!(err, ReadError::NotWasm { .. }), "{err:?}");
    assert!(start.elapsed() < Duration::from_millis(50), "took {:?}", start.elapsed());

    let path = dir.path().join("huge.wasm");
    fs::File::create(&path)?.set_len(MAX_FILE_SIZE + 1)?;
    let err = Artifact::read(&path).err().ok_or("the file is too large")?;
    assert_eq!(err.to_string(), "the file has 268435457 bytes, and the limit is 268435456");
    Ok(())
}

#[test]
fn files_that_cannot_be_read_are_named() -> Result<()> {
    let dir = tempfile::tempdir()?;
    for path in [dir.path().to_owned(), dir.path().join("missing.wasm")] {
        let err = Artifact::read(&path).err().ok_or("there is no such file")?;
        assert_eq!(err.to_string(), format!("cannot read `{}`", path.display()));
        assert!(err.source().is_some());
    }
    Ok(())
}

#[test]
fn a_file_is_read_whole_and_named_after_itself() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("heater.wasm");
    let bytes = small()?;
    fs::write(&path, &bytes)?;
    let artifact = Artifact::read(&path)?;
    assert_eq!(artifact.name(), "heater.wasm");
    assert_eq!(artifact.bytes(), bytes);
    Ok(())
}

#[test]
fn every_flipped_byte_gives_a_component_or_an_error() -> Result<()> {
    let path = support::folder("conform").join("function-missing/found.wit");
    let bytes = support::component(&path)?;
    for at in 0..bytes.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= mask;
            survives(&format!("byte {at} ^ {mask:#x}"), bytes)?;
        }
    }
    Ok(())
}

#[test]
fn every_beginning_gives_a_component_or_an_error() -> Result<()> {
    let bytes = small()?;
    for end in 0..bytes.len() {
        survives(&format!("cut at {end}"), bytes[..end].to_vec())?;
    }
    Ok(())
}

#[test]
fn random_changes_give_a_component_or_an_error() -> Result<()> {
    // A fixed seed, so that what fails once fails always.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let component = |case| support::component(&support::folder("conform").join(case));
    let originals = [component("use/expected.wit")?, component("resources/found.wit")?];
    for round in 0..4000 {
        let mut bytes = originals[round % 2].clone();
        for _ in 0..=random(4) {
            let at = 8 + random(bytes.len() - 8);
            match random(4) {
                0 => bytes[at] = random(256) as u8,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, random(128) as u8),
                _ => {
                    let from = 8 + random(bytes.len() - 8);
                    let len = random(16).min(bytes.len() - at.max(from));
                    bytes.copy_within(from..from + len, at);
                }
            }
        }
        survives(&format!("round {round}"), bytes)?;
    }
    Ok(())
}

/// Reads the bytes, and takes for a failure only what must not happen.
fn survives(what: &str, bytes: Vec<u8>) -> Result<()> {
    let _ = World::decode(&bytes);
    match Artifact::from_bytes(what, bytes) {
        Err(err @ ReadError::Panicked { .. }) => Err(format!("{what}: {err}").into()),
        Err(_) => Ok(()),
        Ok(artifact) => {
            // What is made on demand must not fail either.
            let _ = artifact.world().to_wit();
            let _ = artifact.parts();
            Ok(())
        }
    }
}

#[test]
fn deep_and_wide_nesting_is_refused_and_not_followed() -> Result<()> {
    // Component types that declare a component type, the last of which is cut off.
    let deep_types = |depth| {
        let mut types = vec![1, 0x41, 0x01];
        types.extend([0x01, 0x41, 0x01].repeat(depth));
        with_section(7, &types)
    };

    // Lists of lists of lists, each one a type of its own.
    let count = 20_000_u32;
    let mut lists = vec![0x80 | (count & 0x7f) as u8, 0x80 | (count >> 7 & 0x7f) as u8];
    lists.extend([(count >> 14) as u8, 0x70, 0x7d]);
    for index in 0..count - 1 {
        lists.extend([0x70, 0x80 | (index & 0x7f) as u8, 0x80 | (index >> 7 & 0x7f) as u8]);
        lists.push((index >> 14) as u8);
    }
    let deep_lists = with_section(7, &lists);

    // Components inside of components.
    let mut nested = b"\0asm\x0d\0\x01\0".to_vec();
    for _ in 0..2000 {
        nested = with_section(4, &nested);
    }
    for (name, bytes) in [("lists", deep_lists), ("types", deep_types(10))] {
        match Artifact::from_bytes(name, bytes) {
            Err(ReadError::Invalid { .. }) => {}
            other => return Err(format!("{name}: {}", rendered(other)).into()),
        }
    }
    let artifact = Artifact::from_bytes("nested", nested)?;
    assert_eq!(artifact.sizes().components, 2000);
    for depth in [1001, 100_000] {
        match Artifact::from_bytes("types", deep_types(depth)) {
            Err(ReadError::TooDeep { .. }) => {}
            other => return Err(format!("{depth} levels: {}", rendered(other)).into()),
        }
    }
    for depth in [10, 22, 100, 990] {
        let result = Artifact::from_bytes("types", nested_types(depth));
        match result {
            Ok(_) if depth == 10 => {}
            Err(ReadError::TooDeep { .. }) if depth > 20 => {}
            other => return Err(format!("{depth} levels: {}", rendered(other)).into()),
        }
    }
    Ok(())
}

/// A valid component with so many component types inside of each other.
fn nested_types(depth: usize) -> Vec<u8> {
    let mut types = vec![1];
    types.extend([0x41, 0x01, 0x01].repeat(depth));
    types.extend([0x41, 0x00]);
    with_section(7, &types)
}

#[test]
fn a_world_is_not_decoded_from_something_else() -> Result<()> {
    let component = small()?;
    for bytes in [b"".as_slice(), b"package a:b;", &component, &wat::parse_str("(component)")?] {
        assert!(World::decode(bytes).is_err());
    }
    let err = World::decode(&component).err().ok_or("a component is no world")?;
    assert!(matches!(err, ReadError::World { .. }), "{err:?}");
    Ok(())
}

#[test]
fn the_path_is_given_as_it_was() {
    let err = Artifact::read(Path::new("no/such/../file.wasm")).unwrap_err();
    assert_eq!(err.to_string(), "cannot read `no/such/../file.wasm`");
}
