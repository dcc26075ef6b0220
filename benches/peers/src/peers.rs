//! Whoever can do the work, one file each.

mod by_hand;
mod bytes;
mod direct;
mod extism;
mod plugwright;
mod process;
mod wapc;

pub use by_hand::ByHand;
pub use direct::Direct;
pub use extism::Extism;
pub use plugwright::Plugwright;
pub use process::{CHILD, Process, serve};
pub use wapc::Wapc;
