//! A first plugin for the world `example:strings/strings`: put your own answers in.

use strings_sdk::text;

struct Plugin;

impl text::Text for Plugin {
    fn join(_left: String, _right: String) -> String {
        String::new()
    }
}

strings_sdk::export!(Plugin);
