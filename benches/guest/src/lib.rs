//! What the benchmarks call.

use std::hint::black_box;

use bench_sdk::{Bench, Reading, sum};

struct Guest;

impl Bench for Guest {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn echo(it: Reading) -> Reading {
        it
    }

    fn echo_all(them: Vec<Reading>) -> Vec<Reading> {
        them
    }

    fn echo_bytes(them: Vec<u8>) -> Vec<u8> {
        them
    }

    fn echo_text(it: String) -> String {
        it
    }

    fn ask(times: u32) -> u32 {
        (0..times).fold(0, sum)
    }

    fn spin(rounds: u32) -> u32 {
        // A loop whose rounds depend on each other, so that the compiler cannot take them together.
        (0..rounds).fold(black_box(1), |it, round| (it ^ round).wrapping_mul(0x0100_0193))
    }

    fn print(line: String) {
        println!("{line}");
    }
}

bench_sdk::export!(Guest);
