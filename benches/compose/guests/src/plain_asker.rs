//! Asks with plain values.

use plugwright::chain::plain::{self, Reading};

wit_bindgen::generate!({ path: "../wit", world: "plain-asker" });

struct Plugin;

const READING: Reading = Reading {
    sensor: 1,
    at: 2,
    value: 3.0,
    low: 4.0,
    high: 5.0,
    channel: 6,
    offset: 7,
    valid: true,
};

fn repeat(times: u32, mut ask: impl FnMut() -> u64) -> u64 {
    (0..times).map(|_| ask()).sum()
}

impl Guest for Plugin {
    fn sum(times: u32) -> u64 {
        repeat(times, || plain::add(2, 3).into())
    }

    fn one_reading(times: u32) -> u64 {
        repeat(times, || plain::echo(READING).at)
    }

    fn readings(times: u32) -> u64 {
        let them = vec![READING; 1000];
        repeat(times, || plain::echo_all(&them).len() as u64)
    }

    fn text(times: u32) -> u64 {
        let it = "plugwright ".repeat(6);
        repeat(times, || plain::echo_text(&it).len() as u64)
    }

    fn bytes(times: u32) -> u64 {
        let them = vec![1; 64 << 10];
        repeat(times, || plain::take(&them))
    }

    fn bytes_each_way(times: u32) -> u64 {
        let them = vec![1; 64 << 10];
        repeat(times, || plain::echo_bytes(&them).len() as u64)
    }
}

export!(Plugin);
