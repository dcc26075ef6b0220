//! A first plugin for the world `example:clashes/clashes@0.1.0`: put your own answers in.

use clashes_sdk::{clashes_types, tools, control};

struct Plugin;

impl tools::Tools for Plugin {
    fn use_them(_n: tools::Size) -> tools::Size {
        0
    }
}

impl control::ControlExports for Plugin {
    fn decide(_given: control::Control) -> control::Control {
        clashes_types::Control { level: 0 }
    }
}

clashes_sdk::export!(Plugin);
