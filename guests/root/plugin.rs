//! Functions of the world itself.

use root_sdk::{
    Failure, Root, Settings,
    timer::{Span, Ticks, Timer},
};

struct Plugin;

impl Root for Plugin {
    fn echo(it: Settings) -> Settings {
        it
    }

    fn apply(it: Settings) -> Result<String, Failure> {
        let first = it.into_iter().next().ok_or(Failure::Unknown)?;
        first.value.ok_or(Failure::Locked)
    }

    fn add(left: u32, right: u32) -> u32 {
        left.wrapping_add(right)
    }
}

impl Timer for Plugin {
    fn end(it: Span) -> Ticks {
        it.start + it.length
    }
}

root_sdk::export!(Plugin);
