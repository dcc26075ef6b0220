//! Functions of two worlds.

use renames_sdk::{Renames, state::State};

struct Plugin;

impl Renames for Plugin {
    fn begin(speed: u8) -> String {
        format!("at speed {speed}")
    }

    fn finish() -> String {
        "stopped".to_owned()
    }

    fn start_lap(lap: String) -> u32 {
        lap.len() as u32
    }

    fn reset() {}
}

impl State for Plugin {
    fn steps() -> u32 {
        0
    }
}

renames_sdk::export!(Plugin);
