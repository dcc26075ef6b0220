//! Lines of JSON through a chain of plugins, as in front of a broker.
//!
//! [`stage`] loads a plugin as one stage of the pipeline, [`link`] is what lies between two stages, [`chain`] lets them
//! run, [`output`] is where the last one writes to, and [`report`] says how it went.

pub mod chain;
pub mod link;
pub mod meter;
pub mod output;
pub mod report;
pub mod stage;
