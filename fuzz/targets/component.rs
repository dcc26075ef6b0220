//! Components whose code nobody wrote: loaded and called under tight limits, and stopped in time.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use plugwright::{
    Artifact, CallError, Engine, EngineOptions, Grants, Instances, Interfaces, Limits, LoadError,
    Plugin, Policy, Untyped,
};
use plugwright_fuzz::{componentized, hollow, let_libraries_catch_panics, read, told};
use wasm_smith::{Config, Module};
use wit_parser::{Resolve, WorldId};

/// How long a call may take.
const TIME: Duration = Duration::from_millis(20);

/// How much longer a call may take on a machine that does other things, too.
const GRACE: Duration = Duration::from_secs(5);

/// What wasmtime gets wrong and says so of itself; `host/tests/hostile` has each.
///
/// It ends the call with an error, and only with debug assertions, which the fuzzer has, with a panic.
const KNOWN: &[&str] = &["BUG: lift_result field is missing"];

/// Calls that fit the worlds of `worlds.wit`; what they do is up to the component.
const CALLS: &[&str] = &[
    "nothing()",
    "number(1, 2, 3.5)",
    "echo(\"text\")",
    "reshape({name: \"a\", sides: [1, 2, 3], kind: circle(1.5)})",
    "results(\"a\", some([\"b\", \"c\"]))",
    "wide(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, \"end\")",
    "make(1)",
    "wait(\"a\")",
];

/// A world, and the core module that has all that it asks for.
struct Shape {
    world: WorldId,
    module: Vec<u8>,
}

static WORLDS: LazyLock<(Resolve, Vec<Shape>)> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("worlds.wit", include_str!("worlds.wit"));
    let package = package.expect("the WIT is valid");
    let worlds = resolve.packages[package].worlds.values();
    let shapes = worlds.map(|&world| Shape { world, module: hollow(&resolve, world) }).collect();
    (resolve, shapes)
});

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let options = EngineOptions { instances: 16, ..EngineOptions::default() };
    Engine::new(options).expect("the engine starts")
});

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let mut input = Unstructured::new(input);
    let Ok((bytes, policy)) = smith(&mut input) else { return };
    let Some(artifact) = read(bytes) else { return };
    let Some(plugin) = load(artifact, policy) else { return };
    for call in CALLS {
        if let Ok(request) = plugin.request(call) {
            let start = Instant::now();
            // Twice, because what the first call leaves behind may be met by the second.
            for _ in 0..2 {
                match plugin.call(&request) {
                    Err(CallError::Panicked { message, .. }) if !KNOWN.contains(&&*message) => {
                        panic!("the runtime panicked: {message}")
                    }
                    Err(error) => drop(told(&error)),
                    Ok(_) => {}
                }
            }
            let took = start.elapsed();
            assert!(took < GRACE, "`{call}` took {took:?}");
        }
    }
});

fn smith(input: &mut Unstructured<'_>) -> arbitrary::Result<(Vec<u8>, Policy)> {
    let (resolve, shapes) = &*WORLDS;
    let policy = policy(input)?;
    let mut config: Config = input.arbitrary()?;
    config.gc_enabled = false;
    config.exceptions_enabled = false;
    config.memory64_enabled = false;
    config.custom_page_sizes_enabled = false;
    config.shared_everything_threads_enabled = false;
    config.threads_enabled = false;
    config.custom_descriptors_enabled = false;
    config.allow_invalid_funcs = false;
    // The kinds of components that wasm-smith makes by itself have types and imports, and nothing to call.
    let at = input.int_in_range(0..=shapes.len())?;
    let Some(shape) = shapes.get(at) else {
        let component = wasm_smith::Component::new(config, input)?;
        return Ok((component.to_bytes(), policy));
    };
    config.exports = Some(shape.module.clone());
    config.available_imports = Some(shape.module.clone());
    config.max_memories = config.max_memories.clamp(1, 4);
    let module = Module::new(config, input)?.to_bytes();
    let component = componentized(module, resolve, shape.world);
    Ok((component.map_err(|_| arbitrary::Error::IncorrectFormat)?, policy))
}

fn policy(input: &mut Unstructured<'_>) -> arbitrary::Result<Policy> {
    let limits = Limits {
        memory: 4 << 20,
        table_elements: 1_000,
        time: TIME,
        fuel: input.arbitrary::<bool>()?.then_some(1_000_000),
        handles: 20,
        lifted: 1 << 20,
        host_calls: 100,
        host_bytes: 1 << 20,
        ..Limits::default()
    };
    let instances = *input.choose(&[
        Instances::Fresh,
        Instances::Pinned,
        Instances::Reuse(std::num::NonZeroU32::MIN.saturating_add(2)),
    ])?;
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    Ok(Policy { grants, limits, instances, ..Policy::default() })
}

fn load(artifact: Artifact, policy: Policy) -> Option<Plugin<Untyped>> {
    match ENGINE.load(artifact.accept_unsigned(), policy) {
        Ok(plugin) => Some(plugin),
        Err(error @ LoadError::CompilerPanicked { .. }) => panic!("{error}"),
        Err(error) => {
            told(&error);
            None
        }
    }
}
