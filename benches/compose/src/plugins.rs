//! The plugins that `cargo xtask bench compose` built, as components.

use std::fs;
use std::path::PathBuf;

use wit_component::ComponentEncoder;

use crate::Result;
use crate::rows::Pair;

/// Two components, of which the first calls the second.
#[derive(Clone, Debug)]
pub struct Plugins {
    pub asker: Vec<u8>,
    pub answerer: Vec<u8>,
}

pub fn plugins(pair: Pair) -> Result<Plugins> {
    let name = match pair {
        Pair::Plain => "plain",
        Pair::Handles => "handles",
        Pair::Flows => "flows",
    };
    Ok(Plugins {
        asker: component(&format!("{name}_asker"))?,
        answerer: component(&format!("{name}_answerer"))?,
    })
}

/// A component by the name of its module.
pub fn component(name: &str) -> Result<Vec<u8>> {
    let built = "../../target/peers/wasm32-unknown-unknown/release/examples";
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(built);
    let module = fs::read(folder.join(name).with_extension("wasm"))?;
    Ok(ComponentEncoder::default().module(&module)?.validate(true).encode()?)
}
