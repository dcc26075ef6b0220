//! Applications of a host that knows its world: to it they are plugins like any other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use plugwright::{
    Application, ApplicationLoadError, CallError, Engine, EngineOptions, Plan, Plugin,
};

use super::{Tested, call, laid, told};

mod sync {
    plugwright::bindings!({ path: "tests/applications/parts/host.wit", world: "house" });
}

mod waiting {
    plugwright::bindings!({ path: "tests/applications/parts/host.wit", world: "house", async: true });
}

/// A bell that counts, for all sandboxes.
#[derive(Clone, Default)]
struct Bell(Arc<AtomicU32>);

impl sync::bell::Host for Bell {
    fn ring(&mut self, number: u32) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed);
        number + 1
    }
}

impl waiting::bell::Host for Bell {
    async fn ring(&mut self, number: u32) -> u32 {
        tokio::task::yield_now().await;
        self.0.fetch_add(1, Ordering::Relaxed);
        number + 1
    }
}

/// A door with an echo behind it.
fn plan(how: &str, exports: &str, door: &str, echo: &str) -> Tested<Plan> {
    let world = if exports.is_empty() { "house" } else { "open-house" };
    let text = format!(
        "[application]\n\
         name = \"house\"\n\
         wit = \"host.wit\"\n\
         world = \"{world}\"\n\
         [exports]\n\
         \"demo:door/door\" = \"door\"\n\
         {exports}\n\
         [plugins.door]\n\
         file = \"door.wasm\"\n\
         trust = \"us\"\n\
         links = {{ \"demo:echo/echo\" = {{ to = \"echo\", how = \"{how}\" }} }}\n\
         {door}\n\
         [plugins.echo]\n\
         file = \"echo.wasm\"\n\
         trust = \"us\"\n\
         {echo}\n"
    );
    laid(&["applications/parts/door", "applications/parts/echo"], &text)
}

const GRANTED: &str = "grants = { interfaces = [\"demo:bell/bell\"] }";

fn engine() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions::default())?)
}

#[test]
fn an_application_is_a_plugin_of_its_hosts_world() -> Tested {
    use sync::HousePlugin as _;
    for how in ["fused", "isolated"] {
        let bell = Bell::default();
        let plan = plan(how, "", GRANTED, GRANTED)?;
        let plugin: Plugin<sync::House<Bell>> = Application::load_as(&engine()?, &plan, {
            let bell = bell.clone();
            move || bell.clone()
        })?;
        assert_eq!(plugin.door_knock(5)?, 18, "{how}");
        assert_eq!(bell.0.load(Ordering::Relaxed), 2, "{how}");
    }
    Ok(())
}

#[test]
fn an_application_is_called_by_name_with_its_host_behind_it() -> Tested {
    for how in ["fused", "isolated"] {
        let plan = plan(how, "", GRANTED, GRANTED)?;
        let application =
            Application::load_with::<sync::House<Bell>>(&engine()?, &plan, Bell::default)?;
        assert_eq!(call(&application, "knock(5)")??, "18", "{how}");
    }
    Ok(())
}

#[test]
fn the_host_is_there_for_who_was_granted_it() -> Tested {
    use sync::HousePlugin as _;
    for how in ["fused", "isolated"] {
        let plan = plan(how, "", GRANTED, "grants = { interfaces = [] }")?;
        let plugin: Plugin<sync::House<Bell>> =
            Application::load_as(&engine()?, &plan, Bell::default)?;
        let error = plugin.door_knock(5).unwrap_err();
        if how == "fused" {
            let CallError::Trap { frames, .. } = &error else { panic!("{}", told(&error)) };
            let denied = |it: &plugwright::Frame| it.function.contains("denied: demo:bell/bell");
            assert!(frames.iter().any(denied), "{frames:?}");
        } else {
            assert_eq!(
                told(&error),
                "`demo:door/door@0.1.0.knock` called `demo:echo/echo.back` of plugin `echo`, which failed\n\
                 `echo.back` reached for its host (`demo:bell/bell.ring`), which its policy does not grant"
            );
        }
    }
    Ok(())
}

#[test]
fn an_application_of_an_async_host_calls_it_only_in_front() -> Tested {
    use waiting::HousePlugin as _;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fused = plan("fused", "", GRANTED, GRANTED)?;
    let plugin: Plugin<waiting::House<Bell>> =
        Application::load_as(&engine()?, &fused, Bell::default)?;
    assert_eq!(runtime.block_on(async { plugin.door_knock(5).await })?, 18);
    let isolated = plan("isolated", "", GRANTED, GRANTED)?;
    let loaded = Application::load_as::<waiting::House<Bell>>(&engine()?, &isolated, Bell::default);
    assert_eq!(
        loaded.unwrap_err().to_string(),
        "the plugin `echo` imports `demo:bell/bell@0.1.0` of a host that is `async`, and is called by plugins only"
    );
    Ok(())
}

#[test]
fn what_one_plugin_does_not_export_is_told() -> Tested {
    let scattered = plan("isolated", "\"demo:echo/echo\" = \"echo\"", GRANTED, GRANTED)?;
    let loaded = Application::load_as::<sync::House<Bell>>(&engine()?, &scattered, Bell::default);
    let error = loaded.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the exports of world `demo:host/house` are those of plugins that are not one component: `echo`, `door`"
    );
    assert!(matches!(error, ApplicationLoadError::Scattered { .. }));
    Ok(())
}

#[test]
fn a_call_error_keeps_its_kind_across_the_world() -> Tested {
    use sync::HousePlugin as _;
    let plan = plan("isolated", "", GRANTED, &format!("{GRANTED}\nlimits = {{ host-calls = 0 }}"))?;
    let plugin: Plugin<sync::House<Bell>> = Application::load_as(&engine()?, &plan, Bell::default)?;
    let CallError::Linked { source, plugin, .. } = plugin.door_knock(5).unwrap_err() else {
        panic!("it is the other one's fault");
    };
    assert_eq!(plugin, "echo");
    assert!(matches!(*source, CallError::HostCalls { allowed: 0, .. }), "{source}");
    Ok(())
}
