//! The public door of the crate, tested with data in files.

mod applications;
mod artifact;
mod capabilities;
mod changes;
mod compose;
mod conform;
mod pristine;
mod read;
mod support;
