//! A first plugin for the world `plugwright:guests/reach@0.1.0`: put your own answers in.

struct Plugin;

impl reach_sdk::Reach for Plugin {
    fn count_words(_text: String) -> u32 {
        0
    }

    fn print(_line: String) {}

    fn elapsed() -> u64 {
        0
    }

    fn now() -> u64 {
        0
    }

    fn variable(_name: String) -> Option<String> {
        None
    }

    fn read(_path: String) -> Result<String, String> {
        Ok(String::new())
    }

    fn write(_path: String, _text: String) -> Result<(), String> {
        Ok(())
    }

    fn connect(_address: String) -> Result<(), String> {
        Ok(())
    }

    fn sleep(_milliseconds: u32) {}

    fn panic(_message: String) {}

    fn exit(_code: i32) {}
}

reach_sdk::export!(Plugin);
