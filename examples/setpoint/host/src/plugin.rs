//! A controller that is a plugin: loaded under a policy, and asked through the bindings of its world.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use plugwright::{Artifact, CallError, Engine, Grants, Interfaces, Limits, Plugin, Policy};

use self::bindings::{Heater, HeaterPlugin as _, control, household, log};
use crate::{
    controller::{Controller, Decision, Fault, Outlook},
    household::Household,
};

mod bindings {
    //! The host's side of the world.

    plugwright::bindings!({ path: "../wit", world: "heater" });
}

/// The time that a plugin has for one decision.
const TIME: Duration = Duration::from_millis(50);

/// A plugin that decides the set point; each decision is made in a fresh sandbox.
#[derive(Debug)]
pub struct Installed {
    plugin: Plugin<Heater<House>>,
    log: Log,
}

/// What a plugin sees of its host.
#[derive(Clone, Debug)]
pub struct House {
    settings: household::Settings,
    log: Log,
}

/// The last messages of a plugin.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

/// How many messages are kept, and how long each may be, in bytes.
const KEPT: usize = 100;
const LONGEST: usize = 200;

impl Installed {
    /// Loads the plugin in a file.
    ///
    /// It may ask for the household's settings and write to the log; it has 50 ms, and 16 MiB of memory.
    ///
    /// # Errors
    ///
    /// The file is not a component, or not a plugin for this world; both name what to do.
    pub fn load(
        engine: &Engine,
        file: &Path,
        household: &Household,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let interfaces = Interfaces::only(["example:setpoint/household", "example:setpoint/log"]);
        let policy = Policy {
            grants: Grants { interfaces, ..Grants::default() },
            limits: Limits { time: TIME, memory: 16 << 20, ..Limits::default() },
            ..Policy::default()
        };
        let house = House { settings: settings(household), log: Log::default() };
        let log = house.log.clone();
        let component = Artifact::read(file)?.accept_unsigned();
        let plugin = engine.load_with(component, policy, move || house.clone())?;
        Ok(Self { plugin, log })
    }

    /// The last message that the plugin logged, if it logged any.
    pub fn last_words(&self) -> Option<String> {
        self.log.0.lock().unwrap_or_else(PoisonError::into_inner).back().cloned()
    }
}

impl Controller for Installed {
    fn decide(&mut self, outlook: &Outlook<'_>) -> Result<Decision, Fault> {
        let slot =
            |slot: &crate::controller::Slot| control::Slot { price: slot.price, draw: slot.draw };
        let outlook = control::Outlook {
            half_hour: outlook.half_hour,
            temperature: outlook.temperature,
            ahead: outlook.ahead.iter().map(slot).collect(),
        };
        match self.plugin.control_decide(&outlook) {
            Ok(Ok(control::Decision { set_point, reason })) => Ok(Decision { set_point, reason }),
            Ok(Err(control::Refusal::BadOutlook)) => {
                Err(Fault::Refused("the forecast is unusable".to_owned()))
            }
            Ok(Err(control::Refusal::BadSettings(which))) => Err(Fault::Refused(which)),
            Err(CallError::Deadline { .. }) => Err(Fault::Overran),
            Err(error @ CallError::Trap { .. }) => Err(Fault::Trapped(error.to_string())),
            Err(error) => Err(Fault::Stopped(error.to_string())),
        }
    }
}

fn settings(household: &Household) -> household::Settings {
    let tank = household.tank;
    household::Settings {
        comfort: household.comfort,
        preferred: household.preferred.celsius(),
        lowest: household.band.lowest(),
        highest: household.band.highest(),
        spare: household.spare,
        tank: household::Tank {
            volume: tank.volume,
            loss: tank.loss,
            element: tank.element,
            inlet: tank.inlet,
            room: tank.room,
        },
    }
}

impl household::Host for House {
    fn current(&mut self) -> household::Settings {
        self.settings
    }
}

impl log::Host for House {
    fn write(&mut self, level: log::Level, message: String) {
        let level = match level {
            log::Level::Debug => "debug",
            log::Level::Info => "info",
            log::Level::Warn => "warn",
        };
        let end = message.floor_char_boundary(LONGEST);
        let mut kept = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(format!("{level}: {}", &message[..end]));
    }
}
