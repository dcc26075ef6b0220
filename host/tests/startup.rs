//! Code that is compiled in a hurry first, and the move to optimised code while calls go on.

mod common;

use std::{fmt::Write as _, num::NonZeroU32};

use common::{Tested, call, component, load_on};
use plugwright::{
    Artifact, Cache, Code, Engine, EngineOptions, Instances, Limits, Plugin, Policy, Startup,
    Untyped, Verified,
};

/// A plugin so large that whatever is to be optimised after it waits for a while.
fn large() -> Tested<Verified> {
    let mut functions = String::new();
    for at in 0..400 {
        write!(functions, "(func (export \"f{at}\") (param i32) (result i32) (local.get 0)")?;
        for step in 0..200 {
            write!(functions, " (i32.mul (i32.add (local.get 0) (i32.const {step})))")?;
        }
        functions.push(')');
    }
    let text = format!(
        "(component
            (core module $m {functions})
            (core instance $i (instantiate $m))
            (func (export \"f\") (param \"a\" u32) (result u32) (canon lift (core func $i \"f0\"))))"
    );
    Ok(Artifact::from_bytes("large.wasm", wat::parse_str(text)?)?.accept_unsigned())
}

fn quick(instances: Instances) -> Policy {
    Policy { startup: Startup::Quick, instances, ..Policy::default() }
}

/// The plugins that an engine serves from quick code, as long as it optimises a large one.
fn waiting<const N: usize>(
    name: &str,
    policies: [Policy; N],
) -> Tested<(Plugin<Untyped>, [Plugin<Untyped>; N])> {
    let engine = Engine::new(EngineOptions::default())?;
    let first = engine.load::<Untyped>(large()?, quick(Instances::Fresh))?;
    let mut plugins = Vec::new();
    for policy in policies {
        plugins.push(load_on(&engine, name, policy)?);
    }
    let plugins: [_; N] = plugins.try_into().map_err(|_| "another number")?;
    assert!(plugins.iter().all(|it| it.code() == Code::Quick));
    Ok((first, plugins))
}

#[test]
fn calls_are_served_before_and_after_the_move() -> Tested {
    let (large, [plugin]) = waiting("plain", [quick(Instances::Fresh)])?;
    assert_eq!(call(&plugin, "add(1, 2)")??, "3");
    let before = call(&large, "f(7)")??;
    // A call that was read before the move is made after it.
    let request = plugin.request("add(3, 4)")?;
    assert_eq!(plugin.wait_for_code(), Code::Optimised);
    assert_eq!(large.code(), Code::Optimised, "the first to come is the first to be served");
    assert_eq!(plugin.call(&request)?.map(|it| it.to_wave()).transpose()?.as_deref(), Some("7"));
    assert_eq!(call(&large, "f(7)")??, before);
    assert_eq!(call(&plugin, "trap()")?.unwrap_err().kind(), "trap");
    Ok(())
}

#[test]
fn a_pinned_sandbox_keeps_its_state_and_a_reused_one_gives_way() -> Tested {
    let hundred = Instances::Reuse(NonZeroU32::new(100).ok_or("zero")?);
    let (_large, [pinned, reused]) = waiting("plain", [quick(Instances::Pinned), quick(hundred)])?;
    let mut live = reused.instantiate()?;
    let next = reused.request("next()")?;
    live.call(&next)?;
    for plugin in [&pinned, &reused] {
        assert_eq!(call(plugin, "next()")??, "1");
        assert_eq!(call(plugin, "next()")??, "2");
    }
    // Both have a sandbox of quick code by now.
    for plugin in [&pinned, &reused] {
        plugin.wait_for_code();
    }
    assert_eq!(call(&pinned, "next()")??, "3");
    // The sandbox that waited serves once more, and ends.
    assert_eq!(call(&reused, "next()")??, "3");
    assert_eq!(call(&reused, "next()")??, "1");
    assert_eq!(call(&reused, "next()")??, "2");
    let third = live.call(&next)?.map(|it| it.to_wave()).transpose()?;
    assert_eq!(third.as_deref(), Some("2"), "a live instance stays what it is");
    Ok(())
}

#[test]
fn fuel_is_the_same_on_any_code() -> Tested {
    let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
    let (_large, [plugin]) = waiting("plain", [Policy { limits, ..quick(Instances::Fresh) }])?;
    let spent = || -> Tested<_> {
        let request = plugin.request("grow(3)")?;
        let (result, spent) = plugin.spend(|it| it.call(&request))?;
        result?;
        Ok((spent.fuel, spent.memory, spent.copied_in, spent.copied_out))
    };
    let quick = spent()?;
    assert!(quick.0.is_some_and(|fuel| fuel > 0), "{quick:?}");
    assert_eq!(plugin.wait_for_code(), Code::Optimised);
    assert_eq!(spent()?, quick);
    Ok(())
}

#[test]
fn what_the_cache_has_needs_no_quick_code() -> Tested {
    let folder = tempfile::tempdir()?;
    let options = || EngineOptions {
        cache: Cache::Folder(folder.path().join("cache")),
        ..EngineOptions::default()
    };
    let load = |policy| load_on(&Engine::new(options())?, "plain", policy);
    assert_eq!(load(quick(Instances::Fresh))?.wait_for_code(), Code::Optimised);
    // It is there already, so nothing else could have been loaded, however fast the compiler is.
    let entries = || std::fs::read_dir(folder.path().join("cache")).map(|it| it.count());
    let before = entries()?;
    let plugin = load(quick(Instances::Fresh))?;
    assert_eq!(plugin.code(), Code::Optimised);
    assert_eq!(call(&plugin, "add(1, 2)")??, "3");
    assert_eq!(entries()?, before);
    assert_eq!(load(Policy::default())?.code(), Code::Optimised);
    assert_eq!(entries()?, before);
    Ok(())
}

#[test]
fn a_plugin_that_cannot_move_stays_where_it_is() -> Tested {
    // Both want all of the room: there is enough where quick code runs, and none where optimised code would.
    let engine = Engine::new(EngineOptions { instances: 1, ..EngineOptions::default() })?;
    let waits = load_on(&engine, "plain", Policy { reserved: 1, ..Policy::default() })?;
    let plugin = load_on(&engine, "plain", Policy { reserved: 1, ..quick(Instances::Fresh) })?;
    assert_eq!(plugin.wait_for_code(), Code::Quick);
    assert_eq!(call(&plugin, "add(1, 2)")??, "3");
    assert_eq!(call(&waits, "add(1, 2)")??, "3");
    Ok(())
}

#[test]
fn a_plugin_that_is_dropped_is_not_optimised() -> Tested {
    let engine = Engine::new(EngineOptions::default())?;
    let _first = engine.load::<Untyped>(large()?, quick(Instances::Fresh))?;
    drop(engine.load::<Untyped>(component("plain")?, quick(Instances::Fresh))?);
    let last = load_on(&engine, "plain", quick(Instances::Fresh))?;
    assert_eq!(last.wait_for_code(), Code::Optimised);
    Ok(())
}

#[test]
fn a_policy_in_toml_says_how_to_start() -> Tested {
    assert_eq!(toml::from_str::<Policy>("startup = 'quick'")?.startup, Startup::Quick);
    assert_eq!(toml::from_str::<Policy>("")?.startup, Startup::Wait);
    let refusal = toml::from_str::<Policy>("startup = 'soon'").unwrap_err().to_string();
    assert!(refusal.contains("unknown variant `soon`, expected `wait` or `quick`"), "{refusal}");
    Ok(())
}
