//! How long a sandbox lives under each policy, and what an instance keeps.

mod common;

use std::num::NonZeroU32;

use common::{Tested, call, load, load_on};
use plugwright::{CallError, Engine, EngineOptions, Instances, Policy};

fn policy(instances: Instances) -> Policy {
    Policy { instances, ..Policy::default() }
}

#[test]
fn a_fresh_sandbox_remembers_nothing() -> Tested {
    let plugin = load("plain", Policy::default())?;
    for _ in 0..3 {
        assert_eq!(call(&plugin, "next()")??, "1");
    }
    Ok(())
}

#[test]
fn a_reused_sandbox_serves_so_many_calls() -> Tested {
    let plugin = load("plain", policy(Instances::Reuse(NonZeroU32::new(2).ok_or("not zero")?)))?;
    let counted = (0..5).map(|_| Ok(call(&plugin, "next()")??)).collect::<Tested<Vec<_>>>()?;
    assert_eq!(counted, ["1", "2", "1", "2", "1"]);
    assert!(call(&plugin, "trap()")?.is_err());
    assert_eq!(call(&plugin, "next()")??, "1", "a sandbox that trapped is not used again");
    Ok(())
}

#[test]
fn a_pinned_sandbox_lives_until_it_traps() -> Tested {
    let plugin = load("plain", policy(Instances::Pinned))?;
    let counted = (0..4).map(|_| Ok(call(&plugin, "next()")??)).collect::<Tested<Vec<_>>>()?;
    assert_eq!(counted, ["1", "2", "3", "4"]);
    assert!(call(&plugin, "trap()")?.is_err());
    assert_eq!(call(&plugin, "next()")??, "1");
    Ok(())
}

#[test]
fn calls_to_a_pinned_sandbox_wait_for_each_other() -> Tested {
    let plugin = load("plain", policy(Instances::Pinned))?;
    std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..4).map(|_| scope.spawn(|| call(&plugin, "next()").is_ok())).collect();
        assert!(calls.into_iter().all(|it| it.join().unwrap()));
    });
    assert_eq!(call(&plugin, "next()")??, "5");
    Ok(())
}

#[test]
fn an_instance_keeps_its_state_and_is_dead_after_a_trap() -> Tested {
    let plugin = load("plain", Policy::default())?;
    let mut instance = plugin.instantiate()?;
    assert_eq!(
        instance.call(&plugin.request("next()")?)?.map(|it| it.to_wave()).transpose()?.as_deref(),
        Some("1")
    );
    assert_eq!(
        instance.call(&plugin.request("next()")?)?.map(|it| it.to_wave()).transpose()?.as_deref(),
        Some("2")
    );
    assert_eq!((instance.calls(), instance.is_alive(), instance.memory()), (2, true, 2 << 16));
    assert!(instance.call(&plugin.request("trap()")?).is_err());
    let error = instance.call(&plugin.request("next()")?).unwrap_err();
    assert!(matches!(error, CallError::Dead { .. }), "{error:?}");
    assert_eq!(error.to_string(), "`next` cannot be called: an earlier call ended this instance");
    Ok(())
}

#[test]
fn a_full_engine_says_so_and_recovers() -> Tested {
    let options = EngineOptions { instances: 2, ..EngineOptions::default() };
    let plugin = load_on(&Engine::new(options)?, "handles", Policy::default())?;
    let held = [plugin.instantiate()?, plugin.instantiate()?];
    let error = plugin.instantiate().unwrap_err();
    assert_eq!(error.to_string(), "`start` found no free sandbox: the engine has room for 2");
    drop(held);
    assert!(plugin.instantiate().is_ok());
    Ok(())
}

#[test]
fn a_request_is_read_with_its_mistakes_named() -> Tested {
    let plugin = load("plain", Policy::default())?;
    let mistakes = [
        "add",
        "subtract(1, 2)",
        "add(1)",
        "add(1, \"two\")",
        "add(1, -2)",
        "add(1, 2",
        "text(99999999999)",
    ];
    let told = mistakes.map(|text| plugin.request(text).map(|_| ()).unwrap_err().to_string());
    common::expect("requests.txt", &told.join("\n"))
}
