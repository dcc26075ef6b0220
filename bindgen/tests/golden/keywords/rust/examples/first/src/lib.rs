//! A first plugin for the world `example:keywords/keywords`: put your own answers in.

use keywords_sdk::guest;

struct Plugin;

impl keywords_sdk::Keywords for Plugin {
    fn enum_(_ref_: bool) -> bool {
        false
    }

    fn guest_yield() {
    }
}

impl guest::Guest for Plugin {
    fn yield_(_of: guest::Thing) -> guest::Thing {
        guest::Thing { dyn_: 0 }
    }
}

keywords_sdk::export!(Plugin);
