//! What the benchmarks call, for Extism.

use extism_pdk::{Error, FnResult, plugin_fn};

#[link(wasm_import_module = "extism:host/user")]
unsafe extern "C" {
    // By number, not by memory: the fastest that Extism has.
    fn sum(a: u64, b: u64) -> u64;
}

fn answer(function: &str, input: &[u8]) -> FnResult<Vec<u8>> {
    // SAFETY: the function takes and gives numbers alone.
    let host = |a, b| Ok(unsafe { sum(u64::from(a), u64::from(b)) } as u32);
    Ok(wire::answer(function, input, host).map_err(Error::from_boxed)?)
}

#[plugin_fn]
pub fn add(input: Vec<u8>) -> FnResult<Vec<u8>> {
    answer("add", &input)
}

#[plugin_fn]
pub fn echo(input: Vec<u8>) -> FnResult<Vec<u8>> {
    answer("echo", &input)
}

#[plugin_fn]
pub fn echo_all(input: Vec<u8>) -> FnResult<Vec<u8>> {
    answer("echo_all", &input)
}

#[plugin_fn]
pub fn echo_bytes(input: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(input)
}

#[plugin_fn]
pub fn echo_text(input: String) -> FnResult<String> {
    Ok(input)
}

#[plugin_fn]
pub fn ask(input: Vec<u8>) -> FnResult<Vec<u8>> {
    answer("ask", &input)
}
