//! What the benchmarks call, for waPC.

use wapc_guest::{CallResult, host_call, register_function};

// SAFETY: the host of waPC looks for a function of this name and type, and no other code has it.
#[unsafe(no_mangle)]
pub extern "C" fn wapc_init() {
    register_function("add", |input| answer("add", input));
    register_function("echo", |input| answer("echo", input));
    register_function("echo_all", |input| answer("echo_all", input));
    register_function("echo_bytes", |input| Ok(input.to_vec()));
    register_function("echo_text", |input| answer("echo_text", input));
    register_function("ask", |input| answer("ask", input));
}

fn answer(function: &str, input: &[u8]) -> CallResult {
    wire::answer(function, input, |a, b| {
        let [sum] =
            wire::read_integers(&host_call("bench", "bench", "sum", &wire::integers(&[a, b]))?)?;
        Ok(sum)
    })
}
