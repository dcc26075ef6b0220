//! Answers by asking the next one.

use exports::plugwright::chain::plain::{Guest, Reading};
use plugwright::chain::plain as next;

wit_bindgen::generate!({ path: "../wit", world: "plain-relay" });

struct Plugin;

fn there(it: Reading) -> next::Reading {
    let Reading { sensor, at, value, low, high, channel, offset, valid } = it;
    next::Reading { sensor, at, value, low, high, channel, offset, valid }
}

fn back(it: next::Reading) -> Reading {
    let next::Reading { sensor, at, value, low, high, channel, offset, valid } = it;
    Reading { sensor, at, value, low, high, channel, offset, valid }
}

impl Guest for Plugin {
    fn add(a: u32, b: u32) -> u32 {
        next::add(a, b)
    }

    fn echo(it: Reading) -> Reading {
        back(next::echo(there(it)))
    }

    fn echo_all(them: Vec<Reading>) -> Vec<Reading> {
        let them: Vec<_> = them.into_iter().map(there).collect();
        next::echo_all(&them).into_iter().map(back).collect()
    }

    fn echo_text(it: String) -> String {
        next::echo_text(&it)
    }

    fn take(bytes: Vec<u8>) -> u64 {
        next::take(&bytes)
    }

    fn echo_bytes(bytes: Vec<u8>) -> Vec<u8> {
        next::echo_bytes(&bytes)
    }
}

export!(Plugin);
