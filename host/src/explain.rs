//! Turns wasmtime's one error type into ours.

use std::sync::Arc;

use wasmtime::{FrameInfo, PoolConcurrencyLimitError, Trap, WasmBacktrace, WasmtimeBug};
use wasmtime_wasi::I32Exit;

#[cfg(feature = "async")]
use crate::stream::InputFailed;
use crate::{
    error::{CallError, Frame},
    instance::Panicked,
    link::{Failed, NotGranted},
    state::{Exceeded, Sandbox},
    words::{self, Words},
};

/// What the error of a call to `function` tells its caller.
pub(crate) fn explain(function: &str, error: &wasmtime::Error, sandbox: &Sandbox) -> CallError {
    let limits = sandbox.limits();
    let function = function.to_owned();
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return match exceeded.clone() {
            Exceeded::Memory { allowed, asked } => CallError::Memory { function, allowed, asked },
            Exceeded::TotalMemory { allowed, asked } => {
                CallError::TotalMemory { function, allowed, asked }
            }
            Exceeded::TableElements { allowed, asked } => {
                CallError::TableElements { function, allowed, asked }
            }
            Exceeded::Deadline => CallError::Deadline { function, allowed: sandbox.allowed() },
            Exceeded::HostCalls => CallError::HostCalls { function, allowed: limits.host_calls },
            Exceeded::HostBytes { function: import, allowed, asked } => {
                CallError::HostBytes { function, import, allowed, asked }
            }
        };
    }
    if let Some(NotGranted { capability, import, grant }) = error.downcast_ref::<NotGranted>() {
        let (capability, import, grant) = ((*capability).to_owned(), import.clone(), grant.clone());
        return CallError::NotGranted { function, capability, import, grant };
    }
    if let Some(Failed { plugin, import, source }) = error.downcast_ref::<Failed>() {
        let (plugin, import) = (plugin.to_string(), import.to_string());
        return CallError::Linked { function, plugin, import, source: Arc::clone(source) };
    }
    #[cfg(feature = "async")]
    if let Some(InputFailed(source)) = error.downcast_ref::<InputFailed>() {
        return CallError::Input { function, source: Arc::clone(source) };
    }
    if let Some(&I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        let stderr = sandbox.stderr.text();
        let words = words::read(&stderr);
        // Some runtimes end a panic so.
        return match words.message.filter(|_| code != 0) {
            Some(_) => {
                trap(function, format!("it ended itself with exit code {code}"), words, error)
            }
            None => CallError::Exit { function, code, stderr },
        };
    }
    if let Some(Panicked(message)) = error.downcast_ref::<Panicked>() {
        return CallError::Panicked { function, message: message.clone() };
    }
    if let Some(bug) = error.downcast_ref::<WasmtimeBug>() {
        // A panic where the runtime has debug assertions. The first line says as much as that one.
        let message = bug.to_string().lines().next().unwrap_or_default().to_owned();
        return CallError::Panicked { function, message };
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return CallError::Busy { function, allowed: sandbox.rules.share.most() };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => {
            return CallError::Deadline { function, allowed: sandbox.allowed() };
        }
        Some(Trap::OutOfFuel) => {
            return CallError::Fuel { function, allowed: sandbox.fuel.unwrap_or_default() };
        }
        _ => {}
    }
    let reason = error.root_cause().to_string();
    let reason = reason.strip_prefix("wasm trap: ").unwrap_or(&reason).to_owned();
    // Wasmtime has no public type for these. The tests of the limits hold the texts.
    if reason.contains("store handle limit exceeded") {
        return CallError::Handles { function, allowed: limits.handles };
    }
    if reason.contains("instance count too high") {
        return CallError::CoreInstances { function, allowed: limits.core_instances };
    }
    if reason.contains("fuel allocated for hostcalls has been exhausted") {
        return CallError::Lifted { function, allowed: limits.lifted };
    }
    let trap_code = error.downcast_ref::<Trap>();
    if sandbox.starting && trap_code.is_none() && !error.is::<WasmBacktrace>() {
        return CallError::System { function, source: wasmtime::format_err!("{error:#}") };
    }
    let stderr = sandbox.stderr.text();
    let mut words = words::read(&stderr);
    if trap_code == Some(&Trap::UnreachableCodeReached) {
        // It is what compilers make of the end of a panic or an abort.
        words.message = words.message.or_else(|| words::last_line(words.text));
    } else {
        // Any other trap says by itself what went wrong.
        words = Words { message: None, text: &stderr, is_interpreted: false };
    }
    trap(function, reason, words, error)
}

/// A trap, with what the plugin says about it and what is seen from outside.
fn trap(
    function: String,
    reason: String,
    Words { message, text, is_interpreted }: Words<'_>,
    error: &wasmtime::Error,
) -> CallError {
    let message = message.unwrap_or(&reason).to_owned();
    let frames = if is_interpreted { Vec::new() } else { frames(error) };
    CallError::Trap { function, message, reason, stderr: text.to_owned(), frames }
}

/// The functions that were running: the plugin author's, where there are any left.
fn frames(error: &wasmtime::Error) -> Vec<Frame> {
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    let frames = backtrace.into_iter().flat_map(WasmBacktrace::frames);
    let mut frames: Vec<Frame> = frames.flat_map(located).collect();
    if frames.iter().any(|frame| is_own(&frame.function)) {
        frames.retain(|frame| is_own(&frame.function));
    }
    frames
}

/// Whether a function is neither a standard library's nor what a generator put between plugin and host.
fn is_own(function: &str) -> bool {
    let path = function.trim_start_matches(['<', '&']);
    let is_library =
        ["std::", "core::", "alloc::", "__rustc::"].iter().any(|library| path.starts_with(library));
    let is_export = function.split_once('#').is_some_and(|(interface, _)| {
        interface.contains('/') && interface.contains(':') && !interface.contains("::")
    });
    let is_generated = function.contains("::__bindings::exports::") && function.ends_with("_cabi")
        || function.starts_with("__wasm_export_");
    let is_end = ["abort", "pw_panic"].contains(&function);
    !(is_library || is_export || is_generated || is_end)
}

/// The functions of one frame, which are several where some were inlined; none where it has no name.
fn located(info: &FrameInfo) -> Vec<Frame> {
    let symbols = info.symbols().iter().filter_map(|symbol| {
        let name = symbol.name().or(info.func_name())?;
        Some(Frame {
            function: demangled(name),
            file: symbol.file().map(str::to_owned),
            line: symbol.line(),
        })
    });
    let symbols: Vec<_> = symbols.collect();
    if !symbols.is_empty() {
        return symbols;
    }
    let named = |name| Frame { function: demangled(name), file: None, line: None };
    info.func_name().map(named).into_iter().collect()
}

/// A function's name as its author wrote it, in Rust or C++.
fn demangled(name: &str) -> String {
    if let Ok(rust) = rustc_demangle::try_demangle(name) {
        return format!("{rust:#}");
    }
    let cpp = cpp_demangle::Symbol::new(name).ok();
    cpp.and_then(|it| it.demangle().ok()).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_their_authors_wrote_them() {
        let names = [
            ("plunge", "plunge"),
            ("_RNvCs1234_7mycrate3foo", "mycrate::foo"),
            ("_ZN7mycrate3foo17h0123456789abcdefE", "mycrate::foo"),
            ("_ZN4heat6Heater4riseEii", "heat::Heater::rise(int, int)"),
            ("_Zwrong", "_Zwrong"),
        ];
        for (mangled, written) in names {
            assert_eq!(demangled(mangled), written);
        }
    }

    #[test]
    fn what_an_author_wrote_is_told_from_what_lies_around_it() {
        let own = [
            "plunge",
            "my_plugin::plunge",
            "<my_plugin::Plugin as sdk::__bindings::exports::a::b::c::Guest>::fall",
            "my_plugin::plunge::{closure#0}",
            "main.plunge",
        ];
        for function in own {
            assert!(is_own(function), "{function}");
        }
        let around = [
            "abort",
            "pw_panic",
            "__wasm_export_exports_i0_fall",
            "std::panicking::panic_with_hook",
            "<core::option::Option<u8> as core::fmt::Debug>::fmt",
            "__rustc::rust_begin_unwind",
            "sdk::__bindings::exports::a::b::c::_export_fall_cabi",
            "plugwright:guests/failing@0.1.0#fall",
        ];
        for function in around {
            assert!(!is_own(function), "{function}");
        }
    }
}
