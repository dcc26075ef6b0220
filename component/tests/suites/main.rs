//! The public door of the crate, tested with data in files.

mod artifact;
mod capabilities;
mod compose;
mod conform;
mod pristine;
mod read;
mod support;
