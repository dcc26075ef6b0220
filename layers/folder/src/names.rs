//! How a key becomes the name of a file, and back.
//!
//! No two keys have the same name, not even where upper and lower case are one or where letters with accents are
//! composed and taken apart: what stands in a name are `a` to `z`, `0` to `9`, `-`, `_` and `%`, and everything else
//! of a key is written as `%` and two digits for each byte.
//! What would be longer than file systems allow is named by its hash, and the key stands in the file.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// How the name of a file begins whose name is the key.
const PLAIN: char = 'k';

/// How the name of a file begins whose name is the hash of the key.
const HASHED: char = 'h';

/// The longest name that is given, in bytes; file systems allow 255, and those that encrypt names as few as 143.
const LONGEST: usize = 143;

/// What the name of a file says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Key(String),
    /// The key has to be read from the file.
    Hash,
}

pub(crate) fn of(key: &str) -> String {
    let mut name = String::from(PLAIN);
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            _ => hex(byte, &mut name),
        }
        if name.len() > LONGEST {
            return hashed(key);
        }
    }
    name
}

fn hashed(key: &str) -> String {
    let mut name = String::from(HASHED);
    for byte in Sha256::digest(key) {
        // Writing to a text cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

fn hex(byte: u8, name: &mut String) {
    let _ = write!(name, "%{byte:02x}");
}

/// Reads a name; nothing if no key has it.
pub(crate) fn read(name: &str) -> Option<Name> {
    if name.starts_with(HASHED) {
        return Some(Name::Hash);
    }
    let rest = name.strip_prefix(PLAIN)?;
    let mut bytes = Vec::new();
    let mut left = rest.bytes();
    while let Some(byte) = left.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [left.next()?, left.next()?];
                u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    let key = String::from_utf8(bytes).ok()?;
    // A file that somebody else put there may have a name that reads the same as that of a key.
    (of(&key) == name).then_some(Name::Key(key))
}
