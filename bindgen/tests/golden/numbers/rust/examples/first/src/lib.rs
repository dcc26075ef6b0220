//! A first plugin for the world `example:numbers/numbers@0.1.0`: put your own answers in.

use numbers_sdk::arithmetic;

struct Plugin;

impl arithmetic::Arithmetic for Plugin {
    fn add(_left: u32, _right: u32) -> u32 {
        0
    }

    fn narrow(_a: u8, _b: u16, _c: i8, _d: i16) -> i32 {
        0
    }

    fn wide(_a: u64, _b: i64) -> u64 {
        0
    }

    fn real(_a: f32, _b: f64) -> f64 {
        0.0
    }

    fn is_even(_n: u64) -> bool {
        false
    }

    fn next(_c: char) -> char {
        ' '
    }
}

numbers_sdk::export!(Plugin);
