//! What a cache holds: bounded in number and in bytes; what was not used for longest goes first.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use counting_layer_sdk::counts::Counted;

/// The most that is held, and for how long.
pub(crate) struct Bounds {
    pub(crate) entries: usize,
    /// Bytes of keys and values, and of what it takes to find them.
    pub(crate) bytes: usize,
    pub(crate) age: Option<Duration>,
}

/// What is known of some keys.
pub(crate) struct Entries {
    bounds: Bounds,
    /// In trees, so that nobody who chooses keys can make it slow.
    by_key: BTreeMap<String, Entry>,
    /// The keys, by when they were last used.
    by_use: BTreeMap<u64, String>,
    uses: u64,
    bytes: usize,
    hits: u64,
    misses: u64,
    evictions: u64,
}

struct Entry {
    /// Nothing where the key is known to have no value.
    value: Option<Vec<u8>>,
    used: u64,
    read: Instant,
}

impl Entries {
    /// What an entry takes beside its key, which is there twice, and its value; about so much, for any allocator.
    const OVERHEAD: usize = 160;

    pub(crate) fn new(bounds: Bounds) -> Entries {
        Entries {
            bounds,
            by_key: BTreeMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            bytes: 0,
            hits: 0,
            misses: 0,
            evictions: 0,
        }
    }

    /// Finds what is known of a key: its value, or that it has none.
    pub(crate) fn find(&mut self, key: &str) -> Option<Option<&[u8]>> {
        let old = |it: &Entry| self.bounds.age.is_some_and(|age| it.read.elapsed() >= age);
        if self.by_key.get(key).is_some_and(old) {
            self.forget(key);
        }
        let Some(entry) = self.by_key.get_mut(key) else {
            self.misses += 1;
            return None;
        };
        self.hits += 1;
        self.uses += 1;
        let name = self.by_use.remove(&entry.used).unwrap_or_else(|| key.to_owned());
        self.by_use.insert(self.uses, name);
        entry.used = self.uses;
        Some(entry.value.as_deref())
    }

    /// Keeps what a key has, in place of what was known of it.
    pub(crate) fn keep(&mut self, key: &str, value: Option<Vec<u8>>) {
        self.forget(key);
        let size = size(key, value.as_deref());
        // It would push out all others, and then itself.
        if size > self.bounds.bytes {
            return;
        }
        while self.by_key.len() >= self.bounds.entries || self.bytes + size > self.bounds.bytes {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            if let Some(entry) = self.by_key.remove(&oldest) {
                self.bytes -= size_of(&oldest, &entry);
                self.evictions += 1;
            }
        }
        self.uses += 1;
        self.bytes += size;
        self.by_use.insert(self.uses, key.to_owned());
        let entry = Entry { value, used: self.uses, read: Instant::now() };
        self.by_key.insert(key.to_owned(), entry);
    }

    /// Drops what is known of a key.
    pub(crate) fn forget(&mut self, key: &str) {
        if let Some(entry) = self.by_key.remove(key) {
            self.by_use.remove(&entry.used);
            self.bytes -= size_of(key, &entry);
        }
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted {
            hits: self.hits,
            misses: self.misses,
            evictions: self.evictions,
            entries: self.by_key.len() as u64,
            bytes: self.bytes as u64,
        }
    }
}

fn size_of(key: &str, entry: &Entry) -> usize {
    size(key, entry.value.as_deref())
}

fn size(key: &str, value: Option<&[u8]>) -> usize {
    Entries::OVERHEAD + 2 * key.len() + value.map_or(0, <[u8]>::len)
}
