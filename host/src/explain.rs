//! Turns wasmtime's one error type into ours.

use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::{
    error::CallError,
    link::NotGranted,
    state::{Exceeded, Sandbox},
};

/// What the error of a call to `function` tells its caller.
pub(crate) fn explain(function: &str, error: &wasmtime::Error, sandbox: &Sandbox) -> CallError {
    let limits = sandbox.limits();
    let function = function.to_owned();
    if let Some(exceeded) = error.downcast_ref::<Exceeded>() {
        return match *exceeded {
            Exceeded::Memory { allowed, asked } => CallError::Memory { function, allowed, asked },
            Exceeded::TableElements { allowed, asked } => {
                CallError::TableElements { function, allowed, asked }
            }
            Exceeded::Deadline => CallError::Deadline { function, allowed: limits.time },
        };
    }
    if let Some(NotGranted { capability, import, grant }) = error.downcast_ref::<NotGranted>() {
        let (capability, import, grant) = ((*capability).to_owned(), import.clone(), grant.clone());
        return CallError::NotGranted { function, capability, import, grant };
    }
    if let Some(&I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        return CallError::Exit { function, code };
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return CallError::Busy { function, allowed: sandbox.rules.engine.options().instances };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => return CallError::Deadline { function, allowed: limits.time },
        Some(Trap::OutOfFuel) => {
            return CallError::Fuel { function, allowed: limits.fuel.unwrap_or_default() };
        }
        _ => {}
    }
    let reason = error.root_cause().to_string();
    let reason = reason.strip_prefix("wasm trap: ").unwrap_or(&reason).to_owned();
    // Wasmtime has no public type for these two. The tests of the limits hold the texts.
    if reason.contains("store handle limit exceeded") {
        return CallError::Handles { function, allowed: limits.handles };
    }
    if reason.contains("fuel allocated for hostcalls has been exhausted") {
        return CallError::Lifted { function, allowed: limits.lifted };
    }
    let backtrace = error.downcast_ref::<WasmBacktrace>();
    if sandbox.starting && backtrace.is_none() && !error.is::<Trap>() {
        return CallError::System { function, source: wasmtime::format_err!("{error:#}") };
    }
    let backtrace = backtrace.map(functions).unwrap_or_default();
    CallError::Trap { function, reason, stderr: sandbox.stderr.text(), backtrace }
}

/// The functions that were running, without those of Rust's standard library where others are left.
fn functions(backtrace: &WasmBacktrace) -> Vec<String> {
    let named = backtrace.frames().iter().filter_map(|frame| frame.func_name());
    let mut functions: Vec<String> =
        named.map(|name| format!("{:#}", rustc_demangle::demangle(name))).collect();
    let own = |name: &String| {
        let path = name.trim_start_matches(['<', '&']);
        !["std::", "core::", "alloc::", "__rustc::"].iter().any(|library| path.starts_with(library))
    };
    if functions.iter().any(own) {
        functions.retain(own);
    }
    functions
}
