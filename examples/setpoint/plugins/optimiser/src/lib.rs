//! Heats when electricity is cheap and lets the tank coast when it is dear, as far as comfort allows.
//!
//! [`plan`] decides and knows nothing of plugins; here the SDK's values go in and come out.

mod plan;

use heater_sdk::control::{Control, Decision, Outlook, Refusal};
use heater_sdk::household::{self, Settings};
use heater_sdk::log::{self, Level};

use plan::{Model, Slot};

struct Optimiser;

impl Control for Optimiser {
    fn decide(outlook: Outlook) -> Result<Decision, Refusal> {
        let model = model(&household::current());
        if !model.is_usable() {
            let text = format!("no plan can be made for {model:?}");
            log::write(Level::Warn, &text);
            return Err(Refusal::BadSettings(text));
        }
        let slot = |it: &heater_sdk::control::Slot| Slot { price: it.price, draw: it.draw };
        let ahead: Vec<Slot> = outlook.ahead.iter().map(slot).collect();
        let choice = plan::plan(&model, outlook.temperature, &ahead).ok_or(Refusal::BadOutlook)?;
        if outlook.half_hour.is_multiple_of(48) {
            let (_, cheapest, dearest) = plan::prices(&ahead);
            let text = format!("the day ahead costs from {cheapest:.1} to {dearest:.1} p");
            log::write(Level::Info, &text);
        }
        let reason = plan::reason(&choice, outlook.temperature, &ahead);
        Ok(Decision { set_point: choice.set_point, reason })
    }
}

fn model(settings: &Settings) -> Model {
    Model {
        volume: settings.tank.volume,
        loss: settings.tank.loss,
        element: settings.tank.element,
        inlet: settings.tank.inlet,
        room: settings.tank.room,
        comfort: settings.comfort,
        lowest: settings.lowest,
        highest: settings.highest,
        spare: settings.spare,
    }
}

heater_sdk::export!(Optimiser);
