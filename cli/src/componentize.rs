//! From a core module, as the compilers leave it, to a component.

use plugwright_bindgen::Source;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as WASI, WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::{Parser, Payload};
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
        System::Wasi => encoder.adapter(WASI, adapter(module)),
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

/// Takes out what only a debugger reads; the names of functions stay, for whoever reads a trap.
pub(crate) fn without_debug_info(module: &[u8]) -> Vec<u8> {
    let mut kept = module.get(..8).unwrap_or(module).to_vec();
    let mut from = kept.len();
    for payload in Parser::new(0).parse_all(module) {
        let Ok(payload) = payload else { return module.to_vec() };
        let is_debug = match &payload {
            Payload::CustomSection(it) => it.name().starts_with(".debug_"),
            _ => false,
        };
        let Some((_, range)) = payload.as_section() else { continue };
        if !is_debug {
            kept.extend_from_slice(&module[from..range.end]);
        }
        from = range.end;
    }
    kept
}

/// What of WASI 0.1 has nothing to do with files, arguments and the environment.
const PLAIN: [&str; 9] = [
    "clock_res_get",
    "clock_time_get",
    "fd_close",
    "fd_fdstat_get",
    "fd_read",
    "fd_seek",
    "fd_write",
    "random_get",
    "sched_yield",
];

/// Chooses the adapter: the whole one looks for folders before it prints anything, which a plugin without a grant for
/// folders may not do once it has started.
fn adapter(module: &[u8]) -> &'static [u8] {
    let imports = Parser::new(0).parse_all(module).filter_map(|it| match it {
        Ok(Payload::ImportSection(section)) => Some(section),
        _ => None,
    });
    let imports = imports.flat_map(|it| it.into_imports()).flatten();
    let mut of_wasi = imports.filter(|it| it.module == WASI);
    match of_wasi.all(|it| PLAIN.contains(&it.name)) {
        true => WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER,
        false => WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
    }
}

fn failed(name: &str, causes: &[String]) -> Failure {
    let failure = Failure::input(format!("no component can be made of `{name}`"));
    causes.iter().fold(failure, |failure, cause| failure.cause(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outlive_debug_info() {
        let custom = |name: &str| format!("(@custom \"{name}\" (after last) \"secret\")");
        let text = format!("(module $m (func $f) {} {})", custom(".debug_info"), custom("other"));
        let module = wat::parse_str(text).unwrap();
        let kept = without_debug_info(&module);
        let has =
            |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|it| it == text.as_bytes());
        assert!(has(&module, ".debug_info") && !has(&kept, ".debug_info"));
        assert!(has(&kept, "other") && has(&kept, "name"));
        assert_eq!(without_debug_info(&kept), kept);
    }

    #[test]
    fn who_opens_no_file_gets_the_adapter_without_files() {
        let module = |name: &str| {
            let import = format!("(import \"{WASI}\" \"{name}\" (func (param i32)))");
            wat::parse_str(format!("(module {import})")).unwrap()
        };
        assert_eq!(adapter(&module("fd_write")), WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER);
        assert_eq!(adapter(&module("path_open")), WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER);
    }
}
