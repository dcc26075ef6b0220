//! What the tests of the runtime share: components in the text format, and calls by name.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::error::Error;
use std::path::Path;

use plugwright::{Artifact, CallError, Engine, EngineOptions, Plugin, Policy, Untyped, Verified};
use plugwright_component::wit_parser::Resolve;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

pub(crate) type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// The component in `tests/components/NAME.wat`.
pub(crate) fn component(name: &str) -> Tested<Verified> {
    let path = format!("{}/tests/components/{name}.wat", env!("CARGO_MANIFEST_DIR"));
    Ok(Artifact::from_bytes(format!("{name}.wasm"), wat::parse_file(path)?)?.accept_unsigned())
}

/// Makes a component of `tests/PATH.wit` and `tests/PATH.wat`.
pub(crate) fn built(path: &str) -> Tested<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path);
    let mut resolve = Resolve::default();
    let wit = path.with_extension("wit");
    let package = resolve.push_str(&wit, &std::fs::read_to_string(&wit)?)?;
    let world = resolve.select_world(&[package], None)?;
    let mut module = wat::parse_file(path.with_extension("wat"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}

pub(crate) fn load(name: &str, policy: Policy) -> Tested<Plugin<Untyped>> {
    load_on(&Engine::new(EngineOptions::default())?, name, policy)
}

pub(crate) fn load_on(engine: &Engine, name: &str, policy: Policy) -> Tested<Plugin<Untyped>> {
    Ok(engine.load(component(name)?, policy)?)
}

/// Calls, and gives the result in WAVE; nothing is empty.
pub(crate) fn call(plugin: &Plugin<Untyped>, text: &str) -> Tested<Result<String, CallError>> {
    Ok(match plugin.call(&plugin.request(text)?) {
        Ok(Some(value)) => Ok(value.to_wave()?),
        Ok(None) => Ok(String::new()),
        Err(error) => Err(error),
    })
}

/// The message of a call that must fail.
pub(crate) fn failure(plugin: &Plugin<Untyped>, text: &str) -> Tested<String> {
    match call(plugin, text)? {
        Ok(value) => Err(format!("`{text}` succeeded with `{value}`").into()),
        Err(error) => Ok(error.to_string()),
    }
}

/// Compares with the file `tests/expected/NAME`; `BLESS=1` writes it instead.
pub(crate) fn expect(name: &str, actual: &str) -> Tested {
    let path = format!("{}/tests/expected/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        return Ok(std::fs::write(path, actual)?);
    }
    let expected = std::fs::read_to_string(&path)?;
    if actual == expected {
        Ok(())
    } else {
        Err(format!("{path} says\n{expected}\nand not\n{actual}").into())
    }
}
