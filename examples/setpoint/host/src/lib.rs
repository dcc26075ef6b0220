//! An electric water heater whose set point comes from a plugin.
//!
//! [`price`] turns a real demand series into prices, [`household`] draws water, [`tank`] obeys physics, [`band`] keeps
//! every set point safe, [`controller`] is what a plugin is to the rest, [`plugin`] makes a controller of one, [`season`] lets them live together for some
//! weeks, and [`picture`] and [`report`] show how it went.

pub mod band;
pub mod controller;
pub mod household;
pub mod picture;
pub mod plugin;
pub mod price;
pub mod report;
pub mod season;
pub mod tank;
