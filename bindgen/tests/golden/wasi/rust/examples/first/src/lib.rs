//! A first plugin for the world `example:wasi/wasi-user`: put your own answers in.

struct Plugin;

impl wasi_user_sdk::WasiUser for Plugin {
    fn run() -> u64 {
        0
    }
}

wasi_user_sdk::export!(Plugin);
