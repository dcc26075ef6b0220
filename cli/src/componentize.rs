//! From a core module, as the compilers leave it, to a component.

use plugwright_bindgen::Source;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::failure::Failure;

/// What a core module may import beside what its world says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Nothing.
    None,
    /// WASI 0.1, which the adapter turns into imports of WASI 0.2.
    Wasi,
}

/// Says in a core module which world it was built for.
pub(crate) fn embed(name: &str, module: &mut Vec<u8>, source: &Source) -> Result<(), Failure> {
    embed_component_metadata(module, &source.resolve, source.world, StringEncoding::UTF8)
        .map_err(|err| failed(name, &err.chain().map(ToString::to_string).collect::<Vec<_>>()))
}

/// Makes a component of a core module that says its world.
pub(crate) fn encode(name: &str, module: &[u8], system: System) -> Result<Vec<u8>, Failure> {
    let adapted = |encoder: ComponentEncoder| match system {
        System::None => Ok(encoder),
        System::Wasi => encoder
            .adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER),
    };
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(adapted)
        .and_then(|mut encoder| encoder.encode());
    encoded.map_err(|err| {
        let failure = failed(name, &err.chain().map(ToString::to_string).collect::<Vec<_>>());
        match system {
            System::Wasi => failure,
            System::None => failure.hint(
                "with `--pure` it may import only what its world says; build it without `--pure`",
            ),
        }
    })
}

fn failed(name: &str, causes: &[String]) -> Failure {
    let failure = Failure::input(format!("no component can be made of `{name}`"));
    causes.iter().fold(failure, |failure, cause| failure.cause(cause))
}
