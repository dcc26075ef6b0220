//! WIT as text, or made by wit-smith: every language, and a component that implements it.
#![no_main]

use std::fs;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, load, lower, parse};
use plugwright_component::{ReadError, World, differences};
use plugwright_fuzz::{componentized, hollow, let_libraries_catch_panics, read, told};
use tempfile::NamedTempFile;
use wit_component::{DecodedWasm, StringEncoding, decode, metadata};

/// The most worlds of one input that are looked at.
const WORLDS: usize = 3;

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let sources = match input.split_first() {
        Some((0, seed)) => smithed(seed).map(|bytes| decoded(&bytes)).unwrap_or_default(),
        Some((1, seed)) => smithed(seed).map(|bytes| loaded(&bytes)).unwrap_or_default(),
        _ => std::str::from_utf8(input).map(written).unwrap_or_default(),
    };
    for source in &sources {
        check(source);
    }
});

/// The worlds of a text.
fn written(text: &str) -> Vec<Source> {
    worlds(|world| parse("fuzzed.wit", text, world))
}

/// The WIT that wit-smith makes, as a binary.
fn smithed(seed: &[u8]) -> Option<Vec<u8>> {
    let mut seed = Unstructured::new(seed);
    let config = wit_smith::Config::arbitrary(&mut seed).ok()?;
    wit_smith::smith(&config, &mut seed).ok()
}

/// The worlds of a binary, as a program has them that reads WIT by itself, with every feature.
fn decoded(bytes: &[u8]) -> Vec<Source> {
    let Ok(DecodedWasm::WitPackage(resolve, package)) = decode(bytes) else { return Vec::new() };
    let worlds = resolve.packages[package].worlds.values().take(WORLDS);
    let source = |&world| Source { resolve: resolve.clone(), world, package, files: Vec::new() };
    worlds.map(source).collect()
}

/// The worlds of a binary, as they are read from a file, without what is behind a feature.
fn loaded(bytes: &[u8]) -> Vec<Source> {
    let file = NamedTempFile::with_suffix(".wasm").expect("a file");
    fs::write(file.path(), bytes).expect("the file can be written");
    worlds(|world| load(file.path(), world))
}

/// Reads the only world, or the first of several.
fn worlds(read: impl Fn(Option<&str>) -> Result<Source, GenerateError>) -> Vec<Source> {
    match read(None) {
        Ok(source) => vec![source],
        Err(GenerateError::WorldNotNamed { known }) => known
            .iter()
            .take(WORLDS)
            .map(|world| expect(read(Some(world))))
            .map(|source| source.expect("a world that was listed is there"))
            .collect(),
        error => expect(error).into_iter().collect(),
    }
}

fn check(source: &Source) {
    let _ = expect(lower(source)).map(|world| format!("{world:?}"));
    let mut hosted = false;
    for language in Language::ALL {
        let generated = expect(generate(language, source, &Options::default()));
        hosted |= language == Language::Host && generated.is_some();
    }
    let (resolve, id) = (&source.resolve, source.world);
    // Not every world can be a component: `wit-component` says which.
    let Ok(bytes) = componentized(hollow(resolve, id), resolve, id) else { return };
    let Some(artifact) = read(bytes) else { return };
    let encoded = metadata::encode(resolve, id, StringEncoding::UTF8, None);
    let encoded = encoded.expect("a world that is in a component can be encoded");
    let world = match World::decode(&encoded) {
        Ok(world) => world,
        // The component is without what of its world is empty, even if that is more than any engine runs.
        Err(ReadError::Invalid { .. }) if !hosted => return,
        Err(error) => panic!("a world that was encoded cannot be decoded: {}", told(&error)),
    };
    let differences = differences(&world, &artifact);
    assert!(differences.is_empty(), "a component differs from its world: {differences:#?}");
}

/// Lets every refusal pass but the one that says that the fault is ours.
fn expect<T>(result: Result<T, GenerateError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error @ GenerateError::Upstream { .. }) => panic!("{error}"),
        Err(error) => {
            let _ = error.to_string();
            None
        }
    }
}
