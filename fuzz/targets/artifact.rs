//! Bytes that claim to be a component: reading, describing and comparing them.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use plugwright_component::{World, differences};
use plugwright_fuzz::{component, let_libraries_catch_panics, read};

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let Some(artifact) = read(component(input)) else { return };
    let _ = (artifact.digest(), artifact.is_async(), artifact.needs_concurrency(), artifact.parts());
    let _ = format!("{:?} {:?} {:?}", artifact.capabilities(), artifact.producers(), artifact.sizes());
    let _ = format!("{:?} {:?}", artifact.imports(), artifact.exports());
    let _ = (artifact.world().to_wit(), artifact.world().extensions());
    // Whatever a component is, it is what it is.
    let differences = differences(artifact.world(), &artifact);
    assert!(differences.is_empty(), "a component differs from itself: {differences:#?}");
    if let Ok(world) = World::decode(artifact.bytes()) {
        let _ = plugwright_component::differences(&world, &artifact);
    }
});

// Text is mutated as text half of the time, and becomes a component that is mutated as bytes the other half.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut size = size;
    if seed.is_multiple_of(2) && data[..size].starts_with(b"(") {
        let bytes = component(&data[..size]);
        if !bytes.is_empty() && bytes.len() <= max_size {
            data[..bytes.len()].copy_from_slice(&bytes);
            size = bytes.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
});
