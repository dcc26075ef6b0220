//! What the fuzz targets share: components, and what counts as a finding.

use std::error::Error;
use std::panic;

use plugwright::{Artifact, ReadError};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

/// Lets a panic that our libraries catch pass, so that the target sees the error that they make of it.
///
/// The fuzzer's own hook ends the process at every panic. One that nobody catches still ends it.
pub fn let_libraries_catch_panics() {
    drop(panic::take_hook());
}

/// Takes text as a component in the text format, and everything else as it is.
pub fn component(input: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(input) {
        Ok(text) if text.starts_with(['(', ';']) => wat::parse_str(text).unwrap_or_default(),
        _ => input.to_vec(),
    }
}

/// Reads a component.
///
/// # Panics
///
/// Panics where the decoder did, although the bytes were validated before.
pub fn read(bytes: Vec<u8>) -> Option<Artifact> {
    match Artifact::from_bytes("fuzzed.wasm", bytes) {
        Ok(artifact) => Some(artifact),
        Err(ReadError::Panicked { message, .. }) => panic!("the decoder panicked: {message}"),
        Err(error) => {
            told(&error);
            None
        }
    }
}

/// Writes an error and its causes, as a host would.
pub fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// A core module with everything that a world asks of one, whose functions trap.
pub fn hollow(resolve: &Resolve, world: WorldId) -> Vec<u8> {
    dummy_module(resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::AsyncCallback))
}

/// Makes a component of a core module and the world that it implements.
pub fn componentized(
    mut module: Vec<u8>,
    resolve: &Resolve,
    world: WorldId,
) -> anyhow::Result<Vec<u8>> {
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default().module(&module)?.encode()
}
