//! A first plugin for the world `example:options/options`: put your own answers in.

use options_sdk::lookup;

struct Plugin;

impl lookup::Lookup for Plugin {
    fn find(_key: Option<String>) -> Option<Vec<u8>> {
        None
    }

    fn half(_n: u32) -> Result<u32, String> {
        Ok(0)
    }

    fn check(_n: Option<Option<u8>>) -> Result<(), ()> {
        Ok(())
    }

    fn only_ok() -> Result<u8, ()> {
        Ok(0)
    }

    fn only_err(_given: Result<(), String>) -> Result<(), u8> {
        Ok(())
    }
}

options_sdk::export!(Plugin);
