//! Plugins that were compiled before they are loaded, maybe on another machine.
//!
//! Compiled code is native code, so it is kept under a seal wherever others could write it.
//! Before the seal stand a name, a format and a length, which need no trust: they only tell what went wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{cache::Trusted, seal::SealKey, target::Target};

/// What a file of sealed code begins with.
const MAGIC: &[u8; 16] = b"plugwright code\n";

/// What stands after it, as long as nothing about such files changes.
const FORMAT: u32 = 1;

/// A plugin's compiled code, and what it was compiled for.
///
/// It is made by [`Engine::precompile`](crate::Engine::precompile), put into bytes by [`Precompiled::seal`], got back
/// by [`Precompiled::open`], and used by [`Engine::load_precompiled`](crate::Engine::load_precompiled).
#[derive(Clone)]
pub struct Precompiled {
    pub(crate) made: Made,
    pub(crate) code: Trusted,
}

/// What code was compiled from, by whom and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Made {
    /// The version of Plugwright, which fixes that of wasmtime.
    pub(crate) version: String,
    pub(crate) component: String,
    /// What the compiler was given: the component, or what it becomes where sandboxes are reset.
    pub(crate) compiled: String,
    pub(crate) target: Target,
    pub(crate) fuel: bool,
    pub(crate) resets: bool,
}

/// Why bytes are no code that was sealed with the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The bytes are something else: name the file that `plugwright build --precompile` wrote.
    #[error(
        "it is no code that Plugwright sealed: name a file that `plugwright build --precompile` wrote"
    )]
    NotSealed,
    /// Another version of Plugwright sealed it: compile the component again with the version of the host.
    #[error(
        "it is in format {found}, and this host reads format {FORMAT}: compile it with the host's version of Plugwright"
    )]
    Format {
        /// The format of the file.
        found: u32,
    },
    /// The end is missing, or something stands behind it: copy the file again.
    #[error("it should have {expected} bytes and has {found}: copy the file again")]
    Length {
        /// What the file says.
        expected: u64,
        /// What there is.
        found: u64,
    },
    /// Somebody without the key wrote it, or a part of it has changed: copy the file again, or compile it with the
    /// host's key.
    #[error(
        "its seal does not hold, so it was sealed with another key, or changed since: copy the file again, or compile it with the host's key"
    )]
    Seal,
}

/// Why code does not fit what is to be loaded, or the engine: compile the component again, as each says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeMisfit {
    /// It is the code of another component: take the two that were made together.
    #[error(
        "it was compiled from another component, {compiled}, and this one is {found}: take the two that were made together"
    )]
    Component {
        /// The digest of the one that was compiled.
        compiled: String,
        /// The digest of the one that is loaded.
        found: String,
    },
    /// Another version of Plugwright compiled it: compile it with the version of the host.
    #[error(
        "it was compiled by Plugwright {compiled}, and this host has {host}: compile it with the host's version"
    )]
    Version {
        /// The version that compiled it.
        compiled: String,
        /// The version of this host.
        host: &'static str,
    },
    /// It is for another machine: compile it for this one; or it is for the interpreter: turn on
    /// [`EngineOptions::interpreter`](crate::EngineOptions::interpreter).
    #[error("it was compiled for `{compiled}`, and this engine runs `{host}`: compile it for that")]
    Target {
        /// What it was compiled for.
        compiled: Target,
        /// What this engine runs.
        host: Target,
    },
    /// Fuel is counted by the code: compile it under the policy under which it is loaded.
    #[error(
        "it was compiled to {}count fuel, and its policy does {}limit it: compile it under that policy",
        not_unless(.counted), not_if(.counted)
    )]
    Fuel {
        /// Whether the code counts fuel.
        counted: bool,
    },
    /// Sandboxes are reset by the help of the code: compile it under the policy under which it is loaded.
    #[error(
        "it was compiled for sandboxes that are {}reset, and its policy says otherwise: compile it under that policy",
        not_unless(.resets)
    )]
    Resets {
        /// Whether the code helps to reset sandboxes.
        resets: bool,
    },
    /// The engine or the processor lacks what it was compiled for, which follows: compile it on a machine like this
    /// one and with the same [`EngineOptions`](crate::EngineOptions), or for a named [`Target`].
    #[error(
        "this machine or engine cannot run it: compile it for a named target, with the engine's own options"
    )]
    Settings(#[source] wasmtime::Error),
}

fn not_if(is_so: &bool) -> &'static str {
    if *is_so { "not " } else { "" }
}

fn not_unless(is_so: &bool) -> &'static str {
    not_if(&!is_so)
}

impl Precompiled {
    /// Opens the bytes that [`Precompiled::seal`] made with the same key.
    ///
    /// The key is what makes it safe to run what is in them: whoever has it could have put any code there.
    ///
    /// # Errors
    ///
    /// See [`SealError`]. A byte that was changed is one, wherever it stands.
    pub fn open(bytes: &[u8], key: &SealKey) -> Result<Self, SealError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SealError::NotSealed)?;
        let cut = |expected| SealError::Length { expected, found: bytes.len() as u64 };
        let (format, rest) = rest.split_first_chunk().ok_or(cut(MAGIC.len() as u64 + 12))?;
        let format = u32::from_le_bytes(*format);
        if format != FORMAT {
            return Err(SealError::Format { found: format });
        }
        let (length, rest) = rest.split_first_chunk().ok_or(cut(MAGIC.len() as u64 + 12))?;
        let length = u64::from_le_bytes(*length);
        if length != bytes.len() as u64 {
            return Err(cut(length));
        }
        let code = Trusted::open(rest, key).ok_or(SealError::Seal)?;
        let made = postcard::from_bytes(code.head()).map_err(|_| SealError::Seal)?;
        Ok(Self { made, code })
    }

    /// Puts the code into bytes that a host with the same key opens, wherever they were kept.
    pub fn seal(&self, key: &SealKey) -> Vec<u8> {
        let sealed = self.code.seal(key);
        let length = (MAGIC.len() + 4 + 8 + sealed.len()) as u64;
        [&MAGIC[..], &FORMAT.to_le_bytes(), &length.to_le_bytes(), &sealed].concat()
    }

    /// What it was compiled for; a machine's own name where that was [`Target::host`].
    pub fn target(&self) -> &Target {
        &self.made.target
    }
}

impl fmt::Debug for Precompiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Precompiled").field("made", &self.made).finish_non_exhaustive()
    }
}

impl Made {
    /// Why code that was made like this does not stand for code that would be made like that.
    pub(crate) fn misfit(self, wanted: Self) -> Option<CodeMisfit> {
        let version = |compiled| CodeMisfit::Version { compiled, host: VERSION };
        match self {
            it if it.component != wanted.component => {
                Some(CodeMisfit::Component { compiled: it.component, found: wanted.component })
            }
            it if !wanted.target.runs(&it.target) => {
                Some(CodeMisfit::Target { compiled: it.target, host: wanted.target })
            }
            it if it.version != wanted.version => Some(version(it.version)),
            it if it.fuel != wanted.fuel => Some(CodeMisfit::Fuel { counted: it.fuel }),
            it if it.resets != wanted.resets => Some(CodeMisfit::Resets { resets: it.resets }),
            it if it.compiled != wanted.compiled => Some(version(it.version)),
            _ => None,
        }
    }
}

/// The version of Plugwright.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
