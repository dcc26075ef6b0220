//! A host that offers a desk, and a plugin that abuses it.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use plugwright::{
    CallError, Engine, Grants, HostError, Instance, Instances, Interfaces, Limits, Plugin, Policy,
    Resource, Verified,
};

use self::desk::Color;
use crate::{
    arena::{Arena, ample, brief, component},
    common::Tested,
};

plugwright::bindings!({ path: "tests/hostile/desk.wit", world: "visitor" });

/// Has tickets, and asks its visitor again.
#[derive(Clone, Default)]
pub(crate) struct Desk {
    visitor: Arc<Mutex<Option<Plugin<Visitor<Self>>>>>,
    panics: bool,
    /// What the visitor failed with when it was asked by its host, the innermost first.
    failed: Arc<Mutex<Vec<String>>>,
}

impl desk::HostTicket for Desk {
    fn new(&mut self, number: u32) -> Resource<Ticket> {
        Resource::new_own(number)
    }

    fn punch(&mut self, ticket: Resource<Ticket>) -> u32 {
        ticket.rep()
    }

    fn redeem(&mut self, ticket: Resource<Ticket>) -> u32 {
        ticket.rep()
    }

    fn drop(&mut self, _: Resource<Ticket>) -> Result<(), HostError> {
        Ok(())
    }
}

impl desk::Host for Desk {
    fn hear(&mut self, bytes: Vec<u8>) -> u32 {
        assert!(!self.panics, "a bug of the host's");
        u32::try_from(bytes.len()).unwrap_or(u32::MAX)
    }

    fn read(&mut self, text: String) -> u32 {
        u32::try_from(text.len()).unwrap_or(u32::MAX)
    }

    fn pick(&mut self, color: Color) -> u32 {
        color as u32
    }

    fn spell(&mut self, letter: char) -> u32 {
        letter.into()
    }

    fn say(&mut self) -> String {
        "a text that has to go somewhere".to_owned()
    }

    fn again(&mut self) -> String {
        let visitor = self.visitor.lock().unwrap().clone();
        if let Some(Err(error)) = visitor.as_ref().map(VisitorPlugin::again_from_deep_down) {
            // How far it came depends on the compiler.
            let error = error.to_string();
            let error = error.split(": they took").next().unwrap_or_default().to_owned();
            self.failed.lock().unwrap().push(error);
        }
        String::new()
    }

    fn doze(&mut self) {
        thread::sleep(Duration::from_millis(150));
    }
}

fn policy(limits: Limits) -> Policy {
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    Policy { grants, limits, ..Policy::default() }
}

type Attack = (&'static str, fn(&Plugin<Visitor<Desk>>) -> Result<(), CallError>);
type LentAttack =
    (&'static str, fn(&mut Instance<Visitor<Desk>>, Resource<Ticket>) -> Result<(), CallError>);

const ATTACKS: &[Attack] = &[
    ("flood", |it| it.flood()),
    ("flood-resources", |it| it.flood_resources()),
    ("leak", |it| it.leak()),
    ("trap-while-borrowed", |it| it.trap_while_borrowed()),
    ("punch-foreign", |it| it.punch_foreign()),
    ("punch-number", |it| it.punch_number()),
    ("drop-twice", |it| it.drop_twice()),
    ("use-after-drop", |it| it.use_after_drop()),
    ("use-after-redeem", |it| it.use_after_redeem()),
    ("redeem-foreign", |it| it.redeem_foreign()),
    ("say-huge", |it| it.say_huge()),
    ("say-not-utf8", |it| it.say_not_utf8()),
    ("say-misaligned", |it| it.say_misaligned()),
    ("pick-none", |it| it.pick_none()),
    ("spell-none", |it| it.spell_none()),
    ("answer-misaligned", |it| it.answer_misaligned()),
    ("answer-out-of-bounds", |it| it.answer_out_of_bounds()),
];

/// With a ticket that the host lends.
const LENT: &[LentAttack] = &[
    ("keep-borrowed", |it, ticket| it.keep_borrowed(ticket)),
    ("drop-borrowed-twice", |it, ticket| it.drop_borrowed_twice(ticket)),
    ("redeem-borrowed", |it, ticket| it.redeem_borrowed(ticket)),
    ("trap-with-borrowed", |it, ticket| it.trap_with_borrowed(ticket)),
    ("spin-with-borrowed", |it, ticket| it.spin_with_borrowed(ticket)),
    ("remember-borrowed, use-remembered", |it, ticket| {
        it.remember_borrowed(ticket)?;
        it.use_remembered()
    }),
];

pub(crate) fn attacks(arena: &mut Arena) -> Tested {
    let engine = arena.engine.clone();
    let component = component("visitor")?;
    let plugin = engine.load(component.clone(), policy(ample()))?;
    for (name, attack) in ATTACKS {
        arena.attack(&format!("visitor.wat {name}"), || told(attack(&plugin)));
    }
    for (name, attack) in LENT {
        arena.attack(&format!("visitor.wat {name}"), || {
            let mut instance = plugin.instantiate()?;
            let ended = attack(&mut instance, Resource::new_own(7));
            assert!(!instance.is_alive(), "what failed is not used again");
            told(ended)
        });
    }
    let sleepy = engine.load::<Visitor<Desk>>(component.clone(), policy(brief()))?;
    arena.attack("visitor.wat doze", || told(sleepy.doze()));
    asked_again(arena, &component, Instances::Fresh)?;
    asked_again(arena, &component, Instances::Pinned)
}

/// A plugin whose host has a bug.
pub(crate) fn panicking(engine: &Engine) -> Tested<Plugin<Visitor<Desk>>> {
    let host = || Desk { panics: true, ..Desk::default() };
    let limits = Limits { time: Duration::from_millis(100), ..ample() };
    Ok(engine.load_with(component("visitor")?, policy(limits), host)?)
}

/// A plugin that has its host ask it again, without end.
fn asked_again(arena: &mut Arena, component: &Verified, instances: Instances) -> Tested {
    let limits = Limits { time: Duration::from_millis(100), ..ample() };
    let policy = Policy { instances, ..policy(limits) };
    let desk = Desk::default();
    let host = desk.clone();
    let plugin =
        arena.engine.load_with::<Visitor<Desk>>(component.clone(), policy, move || host.clone())?;
    *desk.visitor.lock().unwrap() = Some(plugin.clone());
    arena.attack(&format!("visitor.wat again, {instances:?}"), || {
        let ended = told(plugin.again());
        let failed = desk.failed.lock().unwrap();
        Ok(format!("{:?} after {}", ended.map_err(|it| it.to_string()), failed.join("\n")))
    });
    // The plugin's host has the plugin.
    desk.visitor.lock().unwrap().take();
    Ok(())
}

fn told(result: Result<(), CallError>) -> Tested<String> {
    result?;
    Ok("nothing".to_owned())
}
