//! The commands, one file each: what can be typed, then what it does.

pub(crate) mod bench;
pub(crate) mod build;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod compose;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod generate;
pub(crate) mod inspect;
pub(crate) mod new;
pub(crate) mod run;
pub(crate) mod test;
