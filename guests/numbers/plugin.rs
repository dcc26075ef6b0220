//! Gives numbers back, and works with them.

use numbers_sdk::{arithmetic::Arithmetic, echoes::Echoes};

struct Plugin;

impl Echoes for Plugin {
    fn echo_bool(it: bool) -> bool {
        it
    }

    fn echo_u8(it: u8) -> u8 {
        it
    }

    fn echo_s8(it: i8) -> i8 {
        it
    }

    fn echo_u16(it: u16) -> u16 {
        it
    }

    fn echo_s16(it: i16) -> i16 {
        it
    }

    fn echo_u32(it: u32) -> u32 {
        it
    }

    fn echo_s32(it: i32) -> i32 {
        it
    }

    fn echo_u64(it: u64) -> u64 {
        it
    }

    fn echo_s64(it: i64) -> i64 {
        it
    }

    fn echo_f32(it: f32) -> f32 {
        it
    }

    fn echo_f64(it: f64) -> f64 {
        it
    }
}

impl Arithmetic for Plugin {
    fn add_u8(left: u8, right: u8) -> u8 {
        left.wrapping_add(right)
    }

    fn add_s16(left: i16, right: i16) -> i16 {
        left.wrapping_add(right)
    }

    fn add_u32(left: u32, right: u32) -> u32 {
        left.wrapping_add(right)
    }

    fn add_u64(left: u64, right: u64) -> u64 {
        left.wrapping_add(right)
    }

    fn add_s64(left: i64, right: i64) -> i64 {
        left.wrapping_add(right)
    }

    fn divide_f32(left: f32, right: f32) -> f32 {
        left / right
    }

    fn divide_f64(left: f64, right: f64) -> f64 {
        left / right
    }

    fn is_nan(it: f64) -> bool {
        it.is_nan()
    }

    fn bounds_8() -> (i8, i8, u8) {
        (i8::MIN, i8::MAX, u8::MAX)
    }

    fn bounds_16() -> (i16, i16, u16) {
        (i16::MIN, i16::MAX, u16::MAX)
    }

    fn bounds_32() -> (i32, i32, u32) {
        (i32::MIN, i32::MAX, u32::MAX)
    }

    fn bounds_64() -> (i64, i64, u64) {
        (i64::MIN, i64::MAX, u64::MAX)
    }
}

numbers_sdk::export!(Plugin);
