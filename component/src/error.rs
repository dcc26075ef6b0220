//! What can be wrong with a file that should be a component.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::read::MAX_FILE_SIZE;

/// Says why bytes are not a component that can be used; [`ReadError::fix`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is a core module: make a component of it.
    #[error("this is a core WebAssembly module, not a component")]
    CoreModule,

    /// It has no bytes: build it again, the build was interrupted or wrote elsewhere.
    #[error("the file is empty")]
    Empty,

    /// It breaks the rules of WebAssembly, or needs a proposal that is not enabled: fix the
    /// toolchain that made it.
    #[error("not a valid component: byte {offset:#x} breaks the rules of WebAssembly")]
    #[non_exhaustive]
    Invalid {
        /// Where in the file.
        offset: u64,
        /// Which rule.
        source: wasmparser::BinaryReaderError,
    },

    /// The file could not be read: fix the path or its permissions.
    #[error("cannot read `{}`", path.display())]
    #[non_exhaustive]
    Io {
        /// The path as it was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// It does not start as WebAssembly does: give the component itself, not what it is made from.
    #[error("not WebAssembly: {looks}")]
    #[non_exhaustive]
    NotWasm {
        /// What it looks like instead.
        looks: Lookalike,
    },

    /// The bytes are valid, yet the decoder of its WIT gave up on them in a way that it should
    /// not: report it, with the file.
    #[error("the component's WIT could not be decoded: the decoder panicked: {message}")]
    #[non_exhaustive]
    Panicked {
        /// What the decoder said.
        message: String,
    },

    /// Its types are nested deeper than anything that is made from WIT: do not trust it.
    #[error("the types in the section at byte {offset:#x} are nested too deeply to be read")]
    #[non_exhaustive]
    TooDeep {
        /// Where the section is.
        offset: u64,
    },

    /// It is larger than [`MAX_FILE_SIZE`]: make it smaller, by stripping debug sections first.
    #[error("the file has {size} bytes, and the limit is {MAX_FILE_SIZE}")]
    #[non_exhaustive]
    TooLarge {
        /// The size of the file in bytes.
        size: u64,
    },

    /// It ends in the middle: copy or build it again.
    #[error(
        "the file ends too early: after byte {offset:#x} at least {missing} more are announced"
    )]
    #[non_exhaustive]
    Truncated {
        /// Where the part that is cut off starts.
        offset: u64,
        /// How many bytes are missing at least.
        missing: u64,
    },

    /// It is a valid component that WIT cannot describe, such as one that exports a module: change
    /// its imports and exports.
    #[error("the imports and exports of the component cannot be described in WIT")]
    #[non_exhaustive]
    Undecodable {
        /// What the decoder of WIT said.
        source: Box<dyn Error + Send + Sync>,
    },

    /// It is in a version of the binary format that nobody reads any more, or not yet: build it
    /// with a current toolchain.
    #[error("the binary format has version {version} and layer {layer}; components have 13 and 1")]
    #[non_exhaustive]
    UnknownVersion {
        /// The version in the header.
        version: u16,
        /// The layer in the header: 0 for modules, 1 for components.
        layer: u16,
    },

    /// It is a WIT package in binary form, which describes components and is none.
    #[error("this is a WIT package in binary form, not a component")]
    WitPackage,

    /// It is not the encoding of one world: pass what the bindings of the host embed.
    #[error("the bytes do not describe a world")]
    #[non_exhaustive]
    World {
        /// What the decoder of WIT said.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ReadError {
    /// Says what to do about it, in one sentence without a full stop.
    pub fn fix(&self) -> &'static str {
        match self {
            ReadError::CoreModule => {
                "build for a component target such as `wasm32-wasip2`, or make a component of it \
                 with `wasm-tools component new`"
            }
            ReadError::Empty => "build it again, and check that the build succeeded",
            ReadError::Invalid { .. } => {
                "build it again with a current toolchain, and with stable WebAssembly features only"
            }
            ReadError::Io { .. } => "check the path and its permissions",
            ReadError::NotWasm { looks } => looks.fix(),
            ReadError::Panicked { .. } => "report this with the file: it is a bug",
            ReadError::TooDeep { .. } => "do not trust it: no toolchain makes such a file",
            ReadError::TooLarge { .. } => {
                "remove debug sections with `wasm-tools strip`, and build with optimizations"
            }
            ReadError::Truncated { .. } => "copy or build it again: its end is missing",
            ReadError::Undecodable { .. } => {
                "import and export only functions, types and interfaces"
            }
            ReadError::UnknownVersion { .. } => "build it again with a current toolchain",
            ReadError::WitPackage => "give a component that implements a world of this package",
            ReadError::World { .. } => "encode exactly one world, as `wit-component` does",
        }
    }
}

/// Guesses what a file is that is not WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookalike {
    /// A compressed or packed file.
    Archive,
    /// Nothing known.
    Other,
    /// Some text.
    Text,
    /// WebAssembly in its text format.
    Wat,
    /// A WIT document.
    Wit,
}

impl Lookalike {
    /// Guesses from the first bytes of a file.
    pub(crate) fn guess(start: &[u8]) -> Lookalike {
        const ARCHIVES: [&[u8]; 3] = [b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd"];
        if ARCHIVES.iter().any(|magic| start.starts_with(magic)) {
            return Lookalike::Archive;
        }
        // The start may end inside a character.
        let text = match str::from_utf8(start) {
            Ok(text) => text,
            Err(err) if err.error_len().is_none() => {
                str::from_utf8(&start[..err.valid_up_to()]).expect("checked up to here")
            }
            Err(_) => return Lookalike::Other,
        };
        if text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
            return Lookalike::Other;
        }
        let code = |line: &&str| !line.is_empty() && !is_comment(line);
        let line = text.lines().map(str::trim).find(code).unwrap_or("");
        let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
        if starts(&["(module", "(component"]) {
            Lookalike::Wat
        } else if starts(&["package ", "world ", "interface ", "@since", "@unstable"]) {
            Lookalike::Wit
        } else {
            Lookalike::Text
        }
    }

    fn fix(self) -> &'static str {
        match self {
            Lookalike::Archive => "unpack it first",
            Lookalike::Other | Lookalike::Text => "give the `.wasm` file that the build wrote",
            Lookalike::Wat => "translate it with `wasm-tools parse`",
            Lookalike::Wit => "give a component that implements this WIT",
        }
    }
}

fn is_comment(line: &str) -> bool {
    [";;", "(;", "//", "/*", "*"].iter().any(|mark| line.starts_with(mark))
}

impl fmt::Display for Lookalike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lookalike::Archive => "it looks like an archive",
            Lookalike::Other => "it does not start with the bytes `\\0asm`",
            Lookalike::Text => "it looks like text",
            Lookalike::Wat => "it looks like the text format, WAT",
            Lookalike::Wit => "it looks like a WIT document",
        })
    }
}
