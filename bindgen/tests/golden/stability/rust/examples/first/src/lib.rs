//! A first plugin for the world `example:stability/stability@0.2.0`: put your own answers in.

use stability_sdk::tools;

struct Plugin;

impl tools::Tools for Plugin {
    fn old() -> u8 {
        0
    }

    fn leaving() -> u8 {
        0
    }
}

stability_sdk::export!(Plugin);
