//! A first plugin for the world `example:root/root@3.0.0-rc.1`: put your own answers in.

use root_sdk::timer;

struct Plugin;

impl root_sdk::Root for Plugin {
    fn apply(_settings: Vec<root_sdk::Setting>) -> Result<(), root_sdk::Failure> {
        Ok(())
    }
}

impl timer::Timer for Plugin {
    fn tick(_n: timer::Ticks) -> timer::Ticks {
        0
    }
}

root_sdk::export!(Plugin);
