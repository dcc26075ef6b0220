//! The seam between the heater and whoever decides: a plugin, or code of the host itself.
//!
//! The types mirror `wit/setpoint.wit`; nothing here knows of WebAssembly.

/// Decides the set point of the coming half hour.
pub trait Controller {
    /// Decides; takes as long as it likes, so whoever implements this for a plugin sets a limit.
    ///
    /// # Errors
    ///
    /// Each [`Fault`] makes the host fall back to the household's preferred set point, for this half hour only.
    fn decide(&mut self, outlook: &Outlook<'_>) -> Result<Decision, Fault>;
}

/// What is known when a decision is due.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    /// The coming half hour, counted from midnight on a Monday.
    pub half_hour: u32,
    /// The temperature of the water, in degrees Celsius.
    pub temperature: f64,
    /// The forecast, the coming half hour first; never empty.
    pub ahead: &'a [Slot],
}

/// One half hour of the forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// The price of electricity, in pounds a kilowatt hour.
    pub price: f64,
    /// What the household usually draws, in litres at the comfort temperature.
    pub draw: f64,
}

/// An answer, not yet trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The wanted set point in degrees Celsius: any number, or none.
    pub set_point: f64,
    /// Why, in one line.
    pub reason: String,
}

/// Why there is no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is no plugin; install one.
    #[error("there is no plugin")]
    Missing,
    /// The set point is not a number; report it to the author of the plugin.
    #[error("the set point is not a number")]
    Nonsense,
    /// The plugin took more time than it has; replace it, or give it more.
    #[error("the plugin overran its time")]
    Overran,
    /// The plugin declined, with its own words; look into what it names.
    #[error("the plugin refused: {0}")]
    Refused(String),
    /// The plugin spent or reached for more than it may; replace it, or change its policy.
    #[error("the plugin was stopped: {0}")]
    Stopped(String),
    /// The plugin failed and its instance is gone; report it to the author of the plugin.
    #[error("the plugin trapped: {0}")]
    Trapped(String),
}

/// What controls the heater while no plugin is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Absent;

impl Controller for Absent {
    fn decide(&mut self, _outlook: &Outlook<'_>) -> Result<Decision, Fault> {
        Err(Fault::Missing)
    }
}
