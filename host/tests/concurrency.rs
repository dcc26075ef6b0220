//! A plugin whose world has `async func` runs on an engine with concurrency support, under the same policy.

mod common;

use std::time::Duration;

use common::{Tested, call, component, failure, load};
use plugwright::{Captured, Engine, EngineOptions, Grants, Limits, Output, Plugin, Policy};

use self::adder::{AdderInstance as _, AdderPlugin as _};

mod adder {
    plugwright::bindings!({ inline: "
        package example:adder;
        world adder { export add: func(a: u32, b: u32) -> u32; }
    " });
}

#[test]
fn async_functions_are_called_by_name() -> Tested {
    assert!(component("async")?.is_async());
    assert!(!component("plain")?.is_async());
    let plugin = load("async", Policy::default())?;
    assert_eq!(call(&plugin, "add(2, 3)")??, "5");
    assert_eq!(call(&plugin, "plain(2, 3)")??, "5");
    Ok(())
}

/// A language's runtime may bring what its plugin never uses.
#[test]
fn a_world_without_async_may_need_concurrency_all_the_same() -> Tested {
    let component = component("builtins")?;
    assert!(component.needs_concurrency() && !component.is_async());
    let engine = Engine::new(EngineOptions::default())?;
    let typed: Plugin<adder::Adder> = engine.load(component, Policy::default())?;
    assert_eq!(typed.add(2, 3)?, 5);
    let mut instance = typed.instantiate()?;
    assert_eq!((instance.add(2, 3)?, instance.add(3, 4)?), (5, 7));
    assert_eq!(call(&load("builtins", Policy::default())?, "add(2, 3)")??, "5");
    Ok(())
}

#[test]
fn the_limits_hold_there_too() -> Tested {
    let limits = Limits { time: Duration::from_millis(20), ..Limits::default() };
    let plugin = load("async", Policy { limits, ..Policy::default() })?;
    assert_eq!(
        failure(&plugin, "spin()")?,
        "`spin` took longer than the 20ms that its policy allows"
    );
    let limits = Limits { fuel: Some(10_000), ..Limits::default() };
    let plugin = load("async", Policy { limits, ..Policy::default() })?;
    assert_eq!(
        failure(&plugin, "spin()")?,
        "`spin` used up the 10000 units of fuel that its policy allows"
    );
    Ok(())
}

#[test]
fn an_async_import_that_nobody_provides_is_refused_where_it_is_called() -> Tested {
    let plugin = load("async", Policy::default())?;
    assert_eq!(
        failure(&plugin, "fetch()")?,
        "`fetch` reached for an interface of its own host (`example:host/later.fetch`), which is not offered here"
    );
    Ok(())
}

/// What waits in the host's WASI waits inside of what waits for the plugin.
#[test]
fn async_functions_print_and_wait() -> Tested {
    let captured = Captured::default();
    let grants = Grants { stderr: Output::Capture(captured.clone()), ..Grants::default() };
    let limits = Limits { time: Duration::from_secs(1), ..Limits::default() };
    let plugin = load("waiting", Policy { grants, limits, ..Policy::default() })?;
    assert_eq!(call(&plugin, "print(\"hello\")")??, "");
    assert_eq!(captured.take(), "hello");
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    assert_eq!(single.block_on(async { call(&plugin, "print(\"there\")") })??, "");
    assert_eq!(captured.take(), "there");
    assert_eq!(call(&plugin, "sleep(1000000)")??, "");
    assert_eq!(
        failure(&plugin, "sleep(60000000000)")?,
        "`sleep` took longer than the 1s that its policy allows"
    );
    Ok(())
}

#[test]
fn a_call_from_an_async_program_works() -> Tested {
    let plugin = load("async", Policy::default())?;
    let multi =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for runtime in [multi, single] {
        assert_eq!(runtime.block_on(async { call(&plugin, "add(20, 22)") })??, "42");
    }
    Ok(())
}
