//! Plugins of a known world, called through what `bindings!` makes.

mod common;

use common::{Tested, component, expect};
use plugwright::{
    CallError, Engine, EngineOptions, Grants, Interfaces, LoadError, Plugin, Policy, Verified,
};

plugwright::bindings!({ path: "tests/shop.wit", world: "shop" });

/// The macro stands where a program has a `Result` of its own.
type Result<T = (), E = LoadError> = std::result::Result<T, E>;

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

fn granted() -> Policy {
    Policy {
        grants: Grants {
            interfaces: Interfaces::only(["example:shop/register"]),
            ..Grants::default()
        },
        ..Policy::default()
    }
}

fn load(component: Verified, policy: Policy) -> Result<Plugin<Shop<Register>>> {
    let engine = Engine::new(EngineOptions::default()).expect("the default options are in range");
    engine.load(component, policy)
}

#[test]
fn functions_are_methods_of_the_plugin() -> Tested {
    let plugin = load(component("shop")?, granted())?;
    assert_eq!(plugin.total(1, 2)?, 4, "1 after one step, 3 after two more");
    assert_eq!(plugin.total(1, 2)?, 4, "each call has a fresh sandbox and a fresh host");
    let swapped = plugin.counters_swap(counters::Pair { left: 1, right: 2 })?;
    assert_eq!((swapped.left, swapped.right), (2, 1));
    Ok(())
}

#[test]
fn an_instance_has_the_resources_too() -> Tested {
    let plugin = load(component("shop")?, granted())?;
    let mut instance = plugin.instantiate()?;
    let counter = instance.counters_counter_new(5)?;
    let zero = instance.counters_counter_zero()?;
    assert_eq!(instance.counters_counter_add(counter, 2)?, 7);
    assert_eq!(instance.counters_counter_add(zero, 2)?, 2);
    assert_eq!(instance.counters_live()?, 2);
    instance.drop_resource(counter)?;
    assert_eq!(instance.counters_live()?, 1);
    Ok(())
}

#[test]
fn the_host_sees_its_state() -> Tested {
    let plugin = load(component("shop")?, granted())?;
    let mut instance = plugin.instantiate_with(Register { asked: 10 })?;
    assert_eq!(instance.total(1, 1)?, 11 + 12);
    assert_eq!(instance.host().asked, 12);
    instance.host_mut().asked = 0;
    assert_eq!(instance.total(1, 1)?, 1 + 2);
    Ok(())
}

#[test]
fn an_own_interface_must_be_granted() -> Tested {
    let plugin = load(component("shop")?, Policy::default())?;
    let error = plugin.total(1, 2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`total` reached for its host (`example:shop/register.next`), which its policy does not grant"
    );
    let CallError::NotGranted { grant, .. } = error else { return Err("another error".into()) };
    assert_eq!(grant.as_deref(), Some("[grants]\ninterfaces = [\"example:shop/register\"]"));
    assert_eq!(plugin.counters_live()?, 0, "what does not reach out works");
    let all = Policy {
        grants: Grants { interfaces: Interfaces::All, ..Grants::default() },
        ..Policy::default()
    };
    assert_eq!(load(component("shop")?, all)?.total(1, 2)?, 4);
    Ok(())
}

#[test]
fn a_misspelt_grant_is_refused() -> Tested {
    let refusal = |name: &str| {
        let grants = Grants { interfaces: Interfaces::only([name]), ..Grants::default() };
        let policy = Policy { grants, ..Policy::default() };
        Ok::<_, Box<dyn std::error::Error>>(
            load(component("shop")?, policy).map(|_| ()).unwrap_err().to_string(),
        )
    };
    assert_eq!(
        refusal("example:shop/regsiter")?,
        "the policy for plugin `shop.wasm` cannot hold: `grants.interfaces` names `example:shop/regsiter`, and world \
         `example:shop/shop@1.0.0` imports `example:shop/register@1.0.0`"
    );
    assert!(
        refusal("example:shop/register@9.0.0")?.contains("names `example:shop/register@9.0.0`")
    );
    Ok(())
}

#[test]
fn a_component_for_another_world_is_explained() -> Tested {
    let error = load(component("plain")?, granted()).unwrap_err();
    assert!(matches!(error, LoadError::NonConforming { .. }), "{error:?}");
    let stranger = load(component("reach")?, granted()).unwrap_err();
    expect("nonconforming.txt", &format!("{error}\n\n{stranger}"))
}
