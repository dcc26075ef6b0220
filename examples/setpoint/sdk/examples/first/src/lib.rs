//! A first plugin for the world `example:setpoint/heater@0.1.0`: put your own answers in.

use heater_sdk::control;

struct Plugin;

impl control::Control for Plugin {
    fn decide(_outlook: control::Outlook) -> Result<control::Decision, control::Refusal> {
        Ok(control::Decision { set_point: 0.0, reason: String::new() })
    }
}

heater_sdk::export!(Plugin);
