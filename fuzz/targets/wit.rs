//! WIT as text, or made by wit-smith: every language, and a component that implements it.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use plugwright_bindgen::{GenerateError, Language, Options, Source, generate, lower, parse};
use plugwright_component::{World, differences};
use plugwright_fuzz::{componentized, hollow, let_libraries_catch_panics, read};
use wit_component::{DecodedWasm, StringEncoding, decode, metadata};

/// The most worlds of one input that are looked at.
const WORLDS: usize = 3;

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let sources = match input.split_first() {
        Some((0, seed)) => smithed(seed),
        _ => std::str::from_utf8(input).map(written).unwrap_or_default(),
    };
    for source in &sources {
        check(source);
    }
});

/// The worlds of a text.
fn written(text: &str) -> Vec<Source> {
    match parse("fuzzed.wit", text, None) {
        Ok(source) => vec![source],
        Err(GenerateError::WorldNotNamed { known }) => known
            .iter()
            .take(WORLDS)
            .map(|world| expect(parse("fuzzed.wit", text, Some(world))))
            .map(|source| source.expect("a world that was listed is there"))
            .collect(),
        error => expect(error).into_iter().collect(),
    }
}

/// The worlds that wit-smith makes.
fn smithed(seed: &[u8]) -> Vec<Source> {
    let mut seed = Unstructured::new(seed);
    let config = wit_smith::Config::arbitrary(&mut seed);
    let Ok(package) = config.and_then(|config| wit_smith::smith(&config, &mut seed)) else {
        return Vec::new();
    };
    let Ok(DecodedWasm::WitPackage(resolve, package)) = decode(&package) else {
        return Vec::new();
    };
    let worlds = resolve.packages[package].worlds.values().take(WORLDS);
    let source = |&world| Source { resolve: resolve.clone(), world, package, files: Vec::new() };
    worlds.map(source).collect()
}

fn check(source: &Source) {
    let _ = expect(lower(source)).map(|world| format!("{world:?}"));
    for language in Language::ALL {
        let _ = expect(generate(language, source, &Options::default()));
    }
    let (resolve, id) = (&source.resolve, source.world);
    // Not every world can be a component: `wit-component` says which.
    let Ok(bytes) = componentized(hollow(resolve, id), resolve, id) else { return };
    let Some(artifact) = read(bytes) else { return };
    let encoded = metadata::encode(resolve, id, StringEncoding::UTF8, None);
    let encoded = encoded.expect("a world that is in a component can be encoded");
    let world = World::decode(&encoded).expect("a world that was encoded can be decoded");
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
