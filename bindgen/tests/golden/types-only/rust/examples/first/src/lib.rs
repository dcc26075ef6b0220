//! A first plugin for the world `example:types-only/types-only`: put your own answers in.

use types_only_sdk::store;

struct Plugin;

impl store::Store for Plugin {
    fn put(_it: store::Item) {}
}

types_only_sdk::export!(Plugin);
