//! What the benchmarks call.

use bench_sdk::{Bench, Reading};

struct Guest;

impl Bench for Guest {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn echo(it: Reading) -> Reading {
        it
    }

    fn print(line: String) {
        println!("{line}");
    }
}

bench_sdk::export!(Guest);
