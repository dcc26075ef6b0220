//! Answers what is asked with plain values.

use exports::plugwright::chain::plain::{Guest, Reading};

wit_bindgen::generate!({ path: "../wit", world: "plain-answerer" });

struct Plugin;

impl Guest for Plugin {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn echo(it: Reading) -> Reading {
        it
    }

    fn echo_all(them: Vec<Reading>) -> Vec<Reading> {
        them
    }

    fn echo_text(it: String) -> String {
        it
    }

    fn take(bytes: Vec<u8>) -> u64 {
        bytes.len() as u64
    }

    fn echo_bytes(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
}

export!(Plugin);
