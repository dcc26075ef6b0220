//! Counts by counters of another plugin.

use plugwright::chain::handles::Counter;

wit_bindgen::generate!({ path: "../wit", world: "handles-asker" });

struct Plugin;

impl Guest for Plugin {
    fn method(times: u32) -> u64 {
        let counter = Counter::new(5);
        (0..times).map(|_| u64::from(counter.add(0))).sum()
    }

    fn resource_and_method(times: u32) -> u64 {
        (0..times).map(|_| u64::from(Counter::new(2).add(3))).sum()
    }
}

export!(Plugin);
