//! A first plugin for the world `example:renamed/renamed`: put your own answers in.

struct Plugin;

impl renamed_sdk::Renamed for Plugin {
    fn stop() {}

    fn begin() {}
}

renamed_sdk::export!(Plugin);
