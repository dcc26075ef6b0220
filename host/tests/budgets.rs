//! What a call spends with its host: how often it calls it, how much it passes, and how long the host takes for it.

mod common;

use std::{
    sync::{Arc, Barrier, mpsc},
    thread,
    time::{Duration, Instant},
};

use common::{Tested, component, failure, load};
use plugwright::{
    CallError, Engine, EngineOptions, Grants, Instances, Interfaces, Limits, LoadError, Plugin,
    Policy,
};

plugwright::bindings!({
    inline: "
        package example:talk;

        interface listener {
            hear: func(bytes: list<u8>) -> u32;
            /// Has the host sleep so long, or ask the other plugin.
            ask: func(milliseconds: u32) -> string;
        }

        world talker {
            import listener;
            export talk: func(times: u32, bytes: u32) -> u32;
            export ask: func(milliseconds: u32) -> string;
        }
    ",
});

/// Counts what it hears, and asks another plugin where it has one.
#[derive(Default)]
struct Ear {
    heard: u32,
    other: Option<Plugin<plugwright::Untyped>>,
    /// Who is asked says so here, and goes on when it is told to.
    gate: Option<Arc<Barrier>>,
}

impl listener::Host for Ear {
    fn hear(&mut self, bytes: Vec<u8>) -> u32 {
        self.heard += u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.heard
    }

    fn ask(&mut self, milliseconds: u32) -> String {
        match (&self.other, &self.gate) {
            (Some(other), _) => {
                let ask = |_| failure(other, "spin()").unwrap_or_default();
                (0..milliseconds.max(1)).map(ask).collect::<Vec<_>>().join("\n")
            }
            (None, Some(gate)) => {
                gate.wait();
                gate.wait();
                "waited".to_owned()
            }
            (None, None) => {
                thread::sleep(Duration::from_millis(milliseconds.into()));
                "slept".to_owned()
            }
        }
    }
}

fn policy(limits: Limits) -> Policy {
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    Policy { grants, limits, ..Policy::default() }
}

fn talker(engine: &Engine, policy: Policy) -> Tested<Plugin<Talker<Ear>>> {
    Ok(engine.load(component("talker")?, policy)?)
}

fn engine() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions::default())?)
}

#[test]
fn calls_of_the_host_are_counted() -> Tested {
    let plugin = talker(&engine()?, policy(Limits { host_calls: 10, ..Limits::default() }))?;
    assert_eq!(plugin.talk(10, 1)?, 10);
    assert_eq!(
        plugin.talk(11, 1).unwrap_err().to_string(),
        "`talk` called its host more often than the 10 times that its policy allows"
    );
    assert_eq!(plugin.talk(10, 1)?, 10, "each call has a budget of its own");
    Ok(())
}

#[test]
fn calls_of_wasi_are_counted() -> Tested {
    let limits = Limits { host_calls: 100, time: Duration::from_secs(20), ..Limits::default() };
    let policy = Policy { limits, ..Policy::default() };
    let plugin = load("reach", policy)?;
    assert_eq!(common::call(&plugin, "ask-the-time(50)")??, "");
    assert_eq!(
        failure(&plugin, "ask-the-time(100000000)")?,
        "`ask-the-time` called its host more often than the 100 times that its policy allows"
    );
    Ok(())
}

#[test]
fn bytes_for_the_host_are_counted() -> Tested {
    let plugin = talker(&engine()?, policy(Limits { host_bytes: 5000, ..Limits::default() }))?;
    assert_eq!(plugin.talk(5, 1000)?, 5000);
    let error = plugin.talk(6, 1000).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`talk` passed its host 6000 bytes, of 5000 that its policy allows, the last of them to \
         `example:talk/listener.hear`"
    );
    assert!(matches!(error, CallError::HostBytes { allowed: 5000, asked: 6000, .. }), "{error:?}");
    Ok(())
}

#[test]
fn core_instances_are_counted() -> Tested {
    let plugin = talker(&engine()?, policy(Limits { core_instances: 1, ..Limits::default() }))?;
    let error = plugin.talk(1, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`start` needs more than the 1 core instances that its policy allows"
    );
    Ok(())
}

#[test]
fn what_a_call_spent_is_told() -> Tested {
    let fuel = Some(1_000_000);
    let plugin = talker(&engine()?, policy(Limits { fuel, ..Limits::default() }))?;
    let (heard, spent) = plugin.spend(|it| it.talk(3, 1000))?;
    assert_eq!(heard?, 3000);
    // Two numbers go in with the call, and one with each answer; the result comes out, and the bytes.
    assert_eq!((spent.copied_in, spent.copied_out, spent.host_calls), (8 + 3 * 4, 4 + 3000, 3));
    assert_eq!(spent.memory, 4 << 16);
    let again = plugin.spend(|it| it.talk(3, 1000))?.1;
    assert!(spent.fuel.is_some_and(|it| (10..1000).contains(&it)), "{spent:?}");
    assert_eq!(again.fuel, spent.fuel, "fuel is exact");

    let mut instance = plugin.instantiate()?;
    instance.talk(1, 1)?;
    let (_, twice) = instance.spend(|it| (it.talk(2, 10), it.talk(2, 10)));
    assert_eq!((twice.copied_in, twice.copied_out, twice.host_calls), (2 * 16, 2 * 24, 4));
    Ok(())
}

#[test]
fn what_a_failed_call_spent_is_told() -> Tested {
    let plugin = talker(&engine()?, policy(Limits { host_calls: 5, ..Limits::default() }))?;
    let (error, spent) = plugin.spend(|it| it.talk(100, 1))?;
    assert!(matches!(error, Err(CallError::HostCalls { .. })), "{error:?}");
    assert_eq!((spent.host_calls, spent.fuel), (5, None), "a call that is refused is none");
    Ok(())
}

#[test]
fn time_that_the_host_takes_counts() -> Tested {
    let limits = Limits { time: Duration::from_millis(20), ..Limits::default() };
    let plugin = talker(&engine()?, policy(limits))?;
    assert_eq!(
        plugin.ask(100).unwrap_err().to_string(),
        "`ask` took longer than the 20ms that its policy allows"
    );
    Ok(())
}

#[test]
fn a_plugin_that_another_asks_ends_with_it() -> Tested {
    let (here, there) = (engine()?, engine()?);
    for engine in [&here, &there] {
        let limits = Limits { time: Duration::from_secs(600), ..Limits::default() };
        let other = Policy { limits, ..Policy::default() };
        let other = engine.load(component("plain")?, other)?;
        let limits = Limits { time: Duration::from_millis(40), ..Limits::default() };
        let plugin =
            here.load_with::<Talker<Ear>>(component("talker")?, policy(limits), move || Ear {
                heard: 0,
                other: Some(other.clone()),
                gate: None,
            })?;
        let start = Instant::now();
        match plugin.ask(0) {
            Err(CallError::Deadline { .. }) => {}
            // The other engine's clock may tick a moment before this one's: then the plugin is told of it.
            Ok(told) => assert!(told.starts_with("`spin` took longer than"), "{told}"),
            Err(error) => return Err(error.into()),
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    }
    Ok(())
}

#[test]
fn a_plugin_that_another_asks_spends_no_more_than_that_one_was_given() -> Tested {
    let engine = engine()?;
    let of = |fuel| Limits { fuel: Some(fuel), ..Limits::default() };
    let generous = Policy { limits: of(1_000_000_000), ..Policy::default() };
    let other = engine.load(component("plain")?, generous)?;
    let plugin =
        engine.load_with::<Talker<Ear>>(component("talker")?, policy(of(5000)), move || Ear {
            heard: 0,
            other: Some(other.clone()),
            gate: None,
        })?;
    let told = |fuel| format!("`spin` used up the {fuel} units of fuel that its policy allows");
    assert_eq!(plugin.ask(1)?, told(5000));
    assert_eq!(plugin.ask(2)?, [told(5000), told(0)].join("\n"), "all of them together");
    assert_eq!(plugin.ask(1)?, told(5000), "each call has a budget of its own");
    Ok(())
}

#[test]
fn all_sandboxes_of_a_plugin_share_its_memory() -> Tested {
    let page = 65_536;
    let limits = Limits { total_memory: 6 * page, ..Limits::default() };
    let plugin = load("plain", Policy { limits, ..Policy::default() })?;
    let (first, mut second) = (plugin.instantiate()?, plugin.instantiate()?);
    assert_eq!(first.memory() + second.memory(), 4 * page);
    let grow = plugin.request("grow(1)")?;
    second.call(&grow)?;
    let error = second.call(&grow).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`grow` asked for memory, and all sandboxes of the plugin together would have 458752 bytes, \
         of 393216 that its policy allows"
    );
    assert_eq!(error.kind(), "total-memory");
    assert!(plugin.instantiate().is_err(), "what failed is there until it is dropped");
    drop(second);
    for _ in 0..3 {
        let mut third = plugin.instantiate()?;
        third.call(&grow)?;
    }
    drop(first);
    Ok(())
}

#[test]
fn a_call_waits_for_its_turn_and_not_for_ever() -> Tested {
    const LONG: Duration = Duration::from_secs(30);
    let limits = Limits { concurrent: 1, waiting: 1, time: LONG, ..Limits::default() };
    let gate = Arc::new(Barrier::new(2));
    let asked = Arc::clone(&gate);
    let ear = move || Ear { gate: Some(Arc::clone(&asked)), ..Ear::default() };
    let plugin: Plugin<Talker<Ear>> =
        engine()?.load_with(component("talker")?, policy(limits), ear)?;
    thread::scope(|scope| {
        let slow = scope.spawn(|| plugin.ask(0).map_err(|err| err.to_string()));
        gate.wait();
        // One of them waits, whichever; there is no place for the other one.
        let (tell, told) = mpsc::channel();
        for tell in [tell.clone(), tell] {
            let plugin = &plugin;
            scope.spawn(move || tell.send(plugin.talk(1, 1).map_err(|err| err.to_string())));
        }
        let refused = told.recv_timeout(LONG);
        gate.wait();
        let message = "`talk` got no turn within 0ns: its policy allows 1 calls at once";
        assert_eq!(refused, Ok(Err(message.to_owned())));
        assert_eq!(slow.join().unwrap().as_deref(), Ok("waited"));
        assert_eq!(told.recv(), Ok(Ok(1)));
    });
    Ok(())
}

#[test]
fn a_pinned_plugin_that_asks_itself_is_told_so() -> Tested {
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let pinned = Policy { instances: Instances::Pinned, ..policy(limits) };
    let plugin = load("plain", Policy { instances: Instances::Pinned, ..pinned.clone() })?;
    let held = plugin.spend(|_| failure(&plugin, "next()"))?.0?;
    assert_eq!(held, "`next` got no turn within 50ms: its policy allows 1 calls at once");
    Ok(())
}

#[test]
fn a_burst_leaves_others_what_they_reserved() -> Tested {
    let engine = Engine::new(EngineOptions { instances: 3, ..EngineOptions::default() })?;
    let quiet = engine.load::<plugwright::Untyped>(
        component("plain")?,
        Policy { reserved: 2, ..Policy::default() },
    )?;
    let loud = engine.load::<plugwright::Untyped>(component("plain")?, Policy::default())?;
    let burst = loud.instantiate()?;
    assert!(matches!(loud.instantiate(), Err(CallError::Busy { .. })));
    let (one, two) = (quiet.instantiate()?, quiet.instantiate()?);
    assert!(matches!(quiet.instantiate(), Err(CallError::Busy { .. })));
    drop((burst, one, two));
    let greedy = Policy { reserved: 2, ..Policy::default() };
    let error = engine.load::<plugwright::Untyped>(component("plain")?, greedy).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `plain.wasm` reserves 2 sandboxes of 1 places each, and 1 of the engine's 3 places are free"
    );
    assert!(matches!(error, LoadError::Room { .. }));
    drop(quiet);
    let greedy = Policy { reserved: 3, ..Policy::default() };
    assert!(engine.load::<plugwright::Untyped>(component("plain")?, greedy).is_ok());
    Ok(())
}
