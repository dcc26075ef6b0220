//! Gives texts back, and measures them.

use strings_sdk::texts::Texts;

struct Plugin;

impl Texts for Plugin {
    fn echo(text: String) -> String {
        text
    }

    fn length(text: String) -> u32 {
        text.len() as u32
    }

    fn characters(text: String) -> u32 {
        text.chars().count() as u32
    }

    fn repeat(text: String, times: u32) -> String {
        text.repeat(times as usize)
    }

    fn join(texts: Vec<String>, between: String) -> String {
        texts.join(&between)
    }

    fn measure(text: String, times: u32) -> u32 {
        Self::length(Self::echo(Self::repeat(text, times)))
    }
}

strings_sdk::export!(Plugin);
