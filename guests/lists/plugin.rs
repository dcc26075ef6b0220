//! Gives lists back, makes them, and sums them up.

use lists_sdk::{
    echoes::{Access, Colour, Echoes, Point, Shape},
    lengths::Lengths,
};

struct Plugin;

impl Echoes for Plugin {
    fn echo_bool(it: Vec<bool>) -> Vec<bool> {
        it
    }

    fn echo_u8(it: Vec<u8>) -> Vec<u8> {
        it
    }

    fn echo_s8(it: Vec<i8>) -> Vec<i8> {
        it
    }

    fn echo_u16(it: Vec<u16>) -> Vec<u16> {
        it
    }

    fn echo_s16(it: Vec<i16>) -> Vec<i16> {
        it
    }

    fn echo_u32(it: Vec<u32>) -> Vec<u32> {
        it
    }

    fn echo_s32(it: Vec<i32>) -> Vec<i32> {
        it
    }

    fn echo_u64(it: Vec<u64>) -> Vec<u64> {
        it
    }

    fn echo_s64(it: Vec<i64>) -> Vec<i64> {
        it
    }

    fn echo_f32(it: Vec<f32>) -> Vec<f32> {
        it
    }

    fn echo_f64(it: Vec<f64>) -> Vec<f64> {
        it
    }

    fn echo_char(it: Vec<char>) -> Vec<char> {
        it
    }

    fn echo_string(it: Vec<String>) -> Vec<String> {
        it
    }

    fn echo_list(it: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        it
    }

    fn echo_deep(it: Vec<Vec<Vec<String>>>) -> Vec<Vec<Vec<String>>> {
        it
    }

    fn echo_record(it: Vec<Point>) -> Vec<Point> {
        it
    }

    fn echo_tuple(it: Vec<(u8, String, u64)>) -> Vec<(u8, String, u64)> {
        it
    }

    fn echo_variant(it: Vec<Shape>) -> Vec<Shape> {
        it
    }

    fn echo_enum(it: Vec<Colour>) -> Vec<Colour> {
        it
    }

    fn echo_flags(it: Vec<Access>) -> Vec<Access> {
        it
    }

    fn echo_option(it: Vec<Option<u32>>) -> Vec<Option<u32>> {
        it
    }

    fn echo_result(it: Vec<Result<u8, String>>) -> Vec<Result<u8, String>> {
        it
    }
}

impl Lengths for Plugin {
    fn count_u32(length: u32) -> Vec<u32> {
        (0..length).collect()
    }

    fn count_u8(length: u32) -> Vec<u8> {
        (0..length).map(|it| it as u8).collect()
    }

    fn count_string(length: u32) -> Vec<String> {
        (0..length).map(|it| it.to_string()).collect()
    }

    fn count_point(length: u32) -> Vec<Point> {
        (0..length as i32).map(|it| Point { x: it, y: -it }).collect()
    }

    fn sum_u8(it: Vec<u8>) -> u64 {
        it.into_iter().map(u64::from).sum()
    }

    fn sum_u32(it: Vec<u32>) -> u64 {
        it.into_iter().map(u64::from).sum()
    }

    fn sum_f64(it: Vec<f64>) -> f64 {
        it.into_iter().fold(0.0, |sum, it| sum + it)
    }

    fn sum_string(it: Vec<String>) -> u64 {
        it.iter().map(|it| it.len() as u64).sum()
    }

    fn sum_point(it: Vec<Point>) -> i64 {
        it.iter().map(|Point { x, y }| i64::from(*x) + i64::from(*y)).sum()
    }
}

lists_sdk::export!(Plugin);
