//! A secret that one call leaves is read by the next under no policy that says it is not.

mod common;

use std::num::NonZeroU32;

use common::{Tested, call, load, load_on};
use plugwright::{
    Cache, Engine, EngineOptions, Grants, InForce, Instances, Interfaces, Plugin, Policy, Resets,
    Untyped,
};

fn policy(instances: Instances) -> Policy {
    let grants = Grants { wall_clock: true, random: true, ..Grants::default() };
    Policy { instances, grants, ..Policy::default() }
}

/// What a call shows: its result, or that it failed.
fn shown(plugin: &Plugin<Untyped>, text: &str) -> Tested<String> {
    Ok(call(plugin, text)?.unwrap_or_else(|_| "it failed".to_owned()))
}

/// Calls that hide something, each with the call that looks for it.
///
/// The last says whether the sandbox may be used again: where it may not, something was changed that is never restored.
const HIDDEN: &[(&str, &str, &str, bool)] = &[
    ("secrets", "write(0, 5000, 4242)", "read(5000)", true),
    ("secrets", "write(0, 4095, 2139062143)", "read(4098)", true),
    ("secrets", "write(3, 8191, 77)", "read(8198)", true),
    ("secrets", "write(9, 12287, 77)", "read(12302)", true),
    ("secrets", "write(13, 12281, 77)", "read(12288)", true),
    ("secrets", "write(9, 131056, 77)", "read(131071)", true),
    ("secrets", "write(14, 3, 65)", "read(4096)", true),
    ("secrets", "write(15, 100, 65)", "read(100)", true),
    ("secrets", "write(15, 100, 65)", "read(9099)", true),
    ("secrets", "write(16, 8184, 0)", "read(8199)", true),
    ("secrets", "write(17, 8189, 0)", "read(8195)", true),
    ("secrets", "set(99)", "get(0)", true),
    ("secrets", "set(99)", "get(1)", true),
    ("secrets", "set(99)", "get(2)", true),
    ("secrets", "set(99)", "get(3)", true),
    ("secrets", "set(99)", "get(4)", true),
    ("secrets", "set(99)", "get(5)", true),
    ("secrets", "arrange(0)", "arranged()", false),
    ("secrets", "arrange(1)", "arranged()", false),
    ("secrets", "arrange(2)", "arranged()", false),
    ("secrets", "arrange(3)", "arranged()", false),
    ("secrets", "grow()", "size()", false),
    ("secrets", "drop-data()", "has-data()", false),
    ("secrets", "drop-elements()", "has-elements()", false),
    ("secrets", "take(\"a secret\")", "read(1024)", true),
    ("secrets-wasi", "keep(4242)", "read(4094)", true),
    ("secrets-wasi", "time()", "read(12280)", true),
    ("secrets-wasi", "random()", "read(1024)", true),
    ("secrets-wasi", "random()", "read(20480)", true),
    ("secrets-wasi", "open()", "open()", false),
    ("secrets-wasi", "make()", "make()", false),
    ("secrets-wasi", "make()", "represent(1)", false),
    ("secrets-wasi", "shuffle()", "make()", false),
];

#[test]
fn no_secret_is_seen_by_the_next_call() -> Tested {
    let folder = tempfile::tempdir()?;
    let cache = Cache::Folder(folder.path().to_owned());
    let engine = Engine::new(EngineOptions { cache, ..EngineOptions::default() })?;
    let mut wrong = Vec::new();
    for (component, hide, find, is_reset) in HIDDEN {
        let load = |instances| load_on(&engine, component, policy(instances));
        let clean = shown(&load(Instances::Fresh)?, find)?;
        for instances in [Instances::Fresh, Instances::Reset] {
            let plugin = load(instances)?;
            for _ in 0..3 {
                shown(&plugin, hide)?;
                let found = shown(&plugin, find)?;
                if found != clean {
                    wrong.push(format!("{instances:?}: `{find}` shows {found} after `{hide}`"));
                }
            }
        }
        let plugin = load(Instances::Reset)?;
        assert!(matches!(plugin.instances(), InForce::Asked(Instances::Reset)));
        shown(&plugin, hide)?;
        let Resets { reset, dropped, .. } = plugin.resets();
        if (reset, dropped) != (u64::from(*is_reset), u64::from(!is_reset)) {
            wrong.push(format!("after `{hide}` {reset} were reset, {dropped} dropped"));
        }
        // What looks for a secret has to be able to find it.
        for instances in [Instances::Pinned, Instances::Reuse(NonZeroU32::MAX)] {
            let plugin = load(instances)?;
            shown(&plugin, hide)?;
            let found = shown(&plugin, find)?;
            if found == clean {
                wrong.push(format!("{instances:?}: `{find}` does not see what `{hide}` did"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn a_call_that_traps_ends_its_sandbox() -> Tested {
    let plugin = load("secrets", policy(Instances::Reset))?;
    shown(&plugin, "set(1)")?;
    assert_eq!(shown(&plugin, "trap()")?, "it failed");
    assert_eq!(shown(&plugin, "get(0)")?, "11");
    let Resets { reset, dropped, .. } = plugin.resets();
    assert_eq!((reset, dropped), (2, 1));
    Ok(())
}

/// Numbers that look random and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// How many bytes each of the ways to write of the component writes; the last of them writes behind its address.
const WIDTHS: [u64; 18] = [4, 1, 2, 8, 1, 2, 4, 4, 8, 16, 1, 2, 4, 8, 4, 9000, 16, 8];
const OFFSET: u64 = 4093;

#[test]
fn the_memory_is_what_it_was_whatever_was_written() -> Tested {
    const MEMORY: u64 = 2 << 16;
    let plugin = load("secrets", policy(Instances::Reset))?;
    let clean = shown(&plugin, "all()")?;
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for round in 0..150 {
        let mut written = Vec::new();
        let (changed, _) = plugin.spend(|instance| {
            for _ in 0..=numbers.below(6) {
                let how = numbers.below(WIDTHS.len() as u64);
                let behind = WIDTHS[how as usize] + if how == 14 { OFFSET } else { 0 };
                // Near the end of a card or of the memory as often as not.
                let at = match numbers.below(3) {
                    0 => numbers.below(MEMORY - behind + 1),
                    1 => MEMORY - behind - numbers.below(3),
                    _ => (4096 * (1 + numbers.below(28))).saturating_sub(numbers.below(17)),
                };
                written.push(format!("write({how}, {at}, {})", 1 + numbers.below(255)));
                instance.call(&plugin.request(&written[written.len() - 1])?)?;
            }
            let all = instance.call(&plugin.request("all()")?)?;
            Ok::<_, Box<dyn std::error::Error>>(all.map(|it| it.to_wave()).transpose()?)
        })?;
        assert!(changed?.is_some_and(|it| it != clean), "round {round} wrote nothing: {written:?}");
        assert_eq!(shown(&plugin, "all()")?, clean, "after round {round}: {written:?}");
    }
    assert_eq!(plugin.resets().dropped, 0);
    Ok(())
}

plugwright::bindings!({ path: "tests/shop.wit", world: "shop" });

/// A register that counts the steps it was asked for.
#[derive(Default)]
struct Register {
    asked: u32,
}

impl register::Host for Register {
    fn next(&mut self, step: u32) -> u32 {
        self.asked += step;
        self.asked
    }
}

#[test]
fn the_host_authors_state_is_anew_for_each_call() -> Tested {
    let total = |instances| -> Tested<_> {
        let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
        let policy = Policy { grants, instances, ..Policy::default() };
        let engine = Engine::new(EngineOptions::default())?;
        let plugin: Plugin<Shop<Register>> = engine.load(common::component("shop")?, policy)?;
        let calls = (0..4).map(|_| plugin.total(1, 2)).collect::<Result<Vec<_>, _>>()?;
        Ok((calls, plugin.resets().reset))
    };
    assert_eq!(total(Instances::Reset)?, (vec![4; 4], 4));
    assert_eq!(total(Instances::Fresh)?, (vec![4; 4], 0));
    assert_eq!(total(Instances::Pinned)?, (vec![4, 10, 16, 22], 0), "it lives on");
    Ok(())
}

#[test]
fn resources_of_a_call_are_gone_with_it() -> Tested {
    let policy = Policy { instances: Instances::Reset, ..Policy::default() };
    let engine = Engine::new(EngineOptions::default())?;
    let plugin: Plugin<Shop<Register>> = engine.load(common::component("shop")?, policy)?;
    for _ in 0..3 {
        let (added, _) = plugin.spend(|instance| {
            let counter = instance.counters_counter_new(5)?;
            instance.counters_counter_add(counter, 2)
        })?;
        assert_eq!(added?, 7);
        assert_eq!(plugin.counters_live()?, 0);
    }
    let Resets { reset, dropped, .. } = plugin.resets();
    assert_eq!((reset, dropped), (3, 3));
    Ok(())
}

#[test]
fn what_cannot_be_proven_is_told_and_fresh_is_in_force() -> Tested {
    for (component, expected) in [
        ("builtins", "it has async parts, which live on beside a call"),
        (
            "plain",
            "it uses an extension of WebAssembly whose writes are not followed: multiple memories",
        ),
    ] {
        let plugin = load(component, policy(Instances::Reset))?;
        let InForce::FreshBecause(reason) = plugin.instances() else {
            return Err(format!("`{component}` was proven").into());
        };
        assert!(reason.to_string().starts_with(expected), "{reason}");
        assert_eq!(plugin.instances().instances(), Instances::Fresh);
    }
    let plugin = load("plain", policy(Instances::Reset))?;
    for _ in 0..3 {
        assert_eq!(call(&plugin, "next()")??, "1");
    }
    assert_eq!(plugin.resets(), Resets::default());
    Ok(())
}

#[test]
fn what_serves_to_reset_is_nobodys_budget() -> Tested {
    let mut policy = policy(Instances::Reset);
    policy.limits.memory = 2 << 16;
    policy.limits.core_instances = 1;
    policy.limits.fuel = Some(2_000);
    let plugin = load("secrets", policy)?;
    for _ in 0..3 {
        let request = plugin.request("write(0, 0, 1)")?;
        let (result, spent) = plugin.spend(|instance| instance.call(&request))?;
        result?;
        assert_eq!(spent.memory, 2 << 16);
        assert!(spent.fuel.is_some_and(|it| it < 200), "{spent:?}");
    }
    assert_eq!(plugin.resets().reset, 3);
    let error = common::failure(&plugin, "grow()")?;
    assert_eq!(error, "`grow` asked for 196608 bytes of memory, of 131072 that its policy allows");
    Ok(())
}

#[test]
fn what_resets_a_sandbox_is_none_of_its_functions() -> Tested {
    let names = |instances| -> Tested<Vec<String>> {
        let plugin = load("secrets", policy(instances))?;
        Ok(plugin.functions().iter().map(|it| it.full_name()).collect())
    };
    assert_eq!(names(Instances::Reset)?, names(Instances::Fresh)?);
    Ok(())
}
