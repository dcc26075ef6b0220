//! A first plugin for the world `example:docs/docs`: put your own answers in.

use docs_sdk::odd;

struct Plugin;

impl docs_sdk::Docs for Plugin {
    fn last(_type_: String) {}
}

impl odd::Odd for Plugin {
    fn ask() -> Result<(), odd::Reason> {
        Ok(())
    }
}

docs_sdk::export!(Plugin);
