//! A first plugin for the world `plugwright:bench/bench@0.1.0`: put your own answers in.

struct Plugin;

impl bench_sdk::Bench for Plugin {
    fn add(_a: u32, _b: u32) -> u32 {
        0
    }

    fn echo(_it: bench_sdk::Reading) -> bench_sdk::Reading {
        bench_sdk::Reading { sensor: 0, at: 0, value: 0.0, low: 0.0, high: 0.0, channel: 0, offset: 0, valid: false }
    }

    fn print(_line: String) {}
}

bench_sdk::export!(Plugin);
