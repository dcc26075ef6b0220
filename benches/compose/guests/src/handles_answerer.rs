//! Has counters.

use std::cell::Cell;

use exports::plugwright::chain::handles::{Guest, GuestCounter};

wit_bindgen::generate!({ path: "../wit", world: "handles-answerer" });

struct Plugin;

struct Counter(Cell<u32>);

impl Guest for Plugin {
    type Counter = Counter;
}

impl GuestCounter for Counter {
    fn new(start: u32) -> Self {
        Self(Cell::new(start))
    }

    fn add(&self, number: u32) -> u32 {
        self.0.set(self.0.get().wrapping_add(number));
        self.0.get()
    }
}

export!(Plugin);
