//! Where what a plugin prints goes, and what is kept of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

/// Where a plugin's standard output or standard error goes.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// Nowhere; the plugin's writes succeed.
    #[default]
    Discard,
    /// Into a buffer that the host reads; in TOML `"capture"`.
    Capture(Captured),
    /// Into `tracing`, an event a line with target `plugwright::plugin`; in TOML `"trace"`.
    Trace,
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        enum Word {
            Discard,
            Capture,
            Trace,
        }
        Ok(match Word::deserialize(deserializer)? {
            Word::Discard => Self::Discard,
            Word::Capture => Self::Capture(Captured::default()),
            Word::Trace => Self::Trace,
        })
    }
}

/// What a plugin's sandboxes printed and nobody has taken yet; clones share it.
///
/// It keeps the last 1 MiB, unless it was made for more or less; a plugin that prints more pushes out what it printed
/// first.
#[derive(Clone, Debug)]
pub struct Captured {
    kept: Arc<Mutex<VecDeque<u8>>>,
    capacity: usize,
}

impl Default for Captured {
    fn default() -> Captured {
        Captured::with_capacity(Captured::CAPACITY)
    }
}

impl Captured {
    /// The most that is kept by default, in bytes.
    pub const CAPACITY: usize = 1 << 20;

    /// Makes one that keeps the last `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Captured {
        Captured { kept: Arc::default(), capacity }
    }

    /// Takes what has been printed so far, invalid UTF-8 replaced.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.kept());
        String::from_utf8_lossy(&Vec::from(bytes)).into_owned()
    }

    /// Copies what has been printed so far, and leaves it there.
    pub fn peek(&self) -> Vec<u8> {
        self.kept().iter().copied().collect()
    }

    /// Adds what is printed.
    pub fn write(&self, bytes: &[u8]) {
        let bytes = &bytes[bytes.len().saturating_sub(self.capacity)..];
        let mut kept = self.kept();
        let excess = (kept.len() + bytes.len()).saturating_sub(self.capacity);
        kept.drain(..excess);
        kept.extend(bytes);
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
