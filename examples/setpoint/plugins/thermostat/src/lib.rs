//! A plain thermostat: the preferred temperature, at any hour and any price.

use heater_sdk::control::{Control, Decision, Outlook, Refusal};
use heater_sdk::household;

struct Thermostat;

impl Control for Thermostat {
    fn decide(_outlook: Outlook) -> Result<Decision, Refusal> {
        let preferred = household::current().preferred;
        if !preferred.is_finite() {
            return Err(Refusal::BadSettings(format!("the preferred temperature is {preferred}")));
        }
        Ok(Decision { set_point: preferred, reason: "the household prefers it".to_owned() })
    }
}

heater_sdk::export!(Thermostat);
