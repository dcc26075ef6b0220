//! Files of cases, as `plugwright test` reads them: calls in WAVE of a plugin that gives back what it is given.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use plugwright::{CallError, Engine, EngineOptions, Plugin, Policy, Untyped};
use plugwright_fuzz::{componentized, let_libraries_catch_panics, read, told};
use wit_parser::Resolve;

// The command line is no library, and this part of it needs nothing of the rest.
#[expect(dead_code, reason = "it is a part of the command line")]
#[path = "../../cli/src/commands/test/case.rs"]
mod case;
#[expect(dead_code, reason = "it is a part of the command line")]
#[path = "../../cli/src/failure.rs"]
mod failure;
#[path = "../../cli/src/wave.rs"]
mod wave;

/// The most calls of one file that are made.
const CALLS: usize = 20;

static PLUGIN: LazyLock<Plugin<Untyped>> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("echo.wit", include_str!("echo.wit")).expect("the WIT is valid");
    let world = resolve.select_world(&[package], None).expect("it has a world");
    let module = wat::parse_str(include_str!("echo.wat")).expect("the module is well formed");
    let bytes = componentized(module, &resolve, world).expect("the module implements the world");
    let plugin = read(bytes).expect("the component is valid").accept_unsigned();
    let engine = Engine::new(EngineOptions::default()).expect("the engine starts");
    engine.load(plugin, Policy::default()).expect("the plugin loads")
});

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    // What a host passes on without a look at it.
    let _ = PLUGIN.request(text).map_err(|error| told(&error));
    let Ok(cases) = case::parse("fuzzed.wave", text) else { return };
    for case in cases.iter().take(CALLS) {
        if let case::Expected::Result(result) = case.expected {
            for function in PLUGIN.functions().iter() {
                let _ = case::normal(function, result);
            }
        }
        if let Some((function, result)) = called(case.call) {
            // The value of the call was echoed, so the same text calls it again.
            let again = called(&format!("{function}({result})"));
            assert_eq!(again, Some((function, result)));
        }
    }
});

/// Makes a call; gives the name of a function that echoes, and what it gave.
fn called(text: &str) -> Option<(String, String)> {
    let request = match PLUGIN.request(text) {
        Ok(request) => request,
        Err(error) => {
            told(&error);
            return None;
        }
    };
    let result = match PLUGIN.call(&request) {
        Ok(result) => result?,
        Err(error @ CallError::Panicked { .. }) => panic!("{}", told(&error)),
        Err(error) => {
            told(&error);
            return None;
        }
    };
    let written = wave::write(&result).expect("what was written as text can be written again");
    let function = request.function().full_name();
    function.contains("boxes").then_some((function, written))
}
