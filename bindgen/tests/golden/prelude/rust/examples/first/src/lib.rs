//! A first plugin for the world `example:prelude/prelude`: put your own answers in.

use prelude_sdk::core;

struct Plugin;

struct MyIterator;

impl core::Core for Plugin {
    type Iterator = MyIterator;

    fn pass(_a: core::String, _b: core::Vec, _c: core::Ok, _d: core::Clone, _e: core::Send, _f: core::Drop) -> Result<core::String, core::Drop> {
        Ok(core::String { of: String::new() })
    }

    fn plain(_std: String, _core: Option<Vec<String>>) -> Result<Vec<u8>, core::Ok> {
        Ok(Vec::new())
    }
}

impl core::IteratorResource for MyIterator {
    fn iter(&self) -> Vec<core::Send> {
        Vec::new()
    }
}

prelude_sdk::export!(Plugin);
