//! A first plugin for the world `example:keywords/enum`: put your own answers in.

use enum_sdk::guest;

struct Plugin;

struct MyPlugin;

impl enum_sdk::Enum for Plugin {
    fn guest_new() {}
}

impl guest::Guest for Plugin {
    type Plugin = MyPlugin;

    fn new(_async_: String, _store: bool, _self_: guest::Thing) -> bool {
        false
    }
}

impl guest::PluginResource for MyPlugin {
    fn dyn_(&self, _ref_: u8) -> u8 {
        0
    }
}

enum_sdk::export!(Plugin);
