//! What the bytes of a component are spent on.

use serde::Serialize;

/// Counts the bytes of a component by purpose, nested modules and components included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sizes {
    /// The whole file.
    pub total: u64,
    /// The code sections: the instructions of all functions.
    pub code: u64,
    /// The data sections: what memories are filled with.
    pub data: u64,
    /// All custom sections, `names` and `debug` included; a component runs without them.
    pub custom: u64,
    /// The name sections, which give names to functions in traces.
    pub names: u64,
    /// The DWARF sections, `.debug_*`.
    pub debug: u64,
    /// The memory with which a sandbox begins, where each core module is used once.
    pub memory: u64,
    /// The number of core modules.
    pub modules: u32,
    /// The number of components nested in the outermost one.
    pub components: u32,
}
