//! Policies in TOML: what is read can be written and read again, and a plugin loads and runs under it or not.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use plugwright::{
    Engine, EngineOptions, Grants, Instances, Interfaces, Limits, Output, Policy, Startup, Untyped,
    Verified,
};
use plugwright_fuzz::{let_libraries_catch_panics, read, told};
use toml::{Table, Value};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let options = EngineOptions { instances: 8, ..EngineOptions::default() };
    Engine::new(options).expect("the engine starts")
});

static PLUGIN: LazyLock<Verified> = LazyLock::new(|| {
    let component = wat::parse_str(include_str!("../../host/tests/components/plain.wat"));
    read(component.expect("the component is well formed"))
        .expect("the component is valid")
        .accept_unsigned()
});

fuzz_target!(init: let_libraries_catch_panics(), |input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let policy = match toml::from_str::<Policy>(text) {
        Ok(policy) => policy,
        Err(error) => return drop(error.to_string()),
    };
    if let Some(again) = written(&policy) {
        let again = toml::from_str::<Policy>(&again).unwrap_or_else(|error| panic!("{again}\n{error}"));
        assert_eq!(format!("{policy:?}"), format!("{again:?}"));
    }
    match ENGINE.load::<Untyped>(PLUGIN.clone(), policy) {
        Ok(plugin) => {
            let request = plugin.request("add(1, 2)").expect("the plugin exports `add`");
            if let Err(error) = plugin.call(&request) {
                told(&error);
            }
        }
        Err(error) => drop(told(&error)),
    }
});

/// Writes a policy; `None` where a number is larger than TOML's.
fn written(policy: &Policy) -> Option<String> {
    let Policy { grants, limits, instances, reserved, startup } = policy;
    let instances = match instances {
        Instances::Fresh => Value::from("fresh"),
        Instances::Pinned => Value::from("pinned"),
        Instances::Reuse(calls) => {
            Table::from_iter([("reuse".to_owned(), calls.get().into())]).into()
        }
    };
    let table = [
        ("grants", grants_written(grants)),
        ("limits", limits_written(limits)?),
        ("instances", instances),
        ("reserved", (*reserved).into()),
        (
            "startup",
            match startup {
                Startup::Wait => "wait".into(),
                Startup::Quick => "quick".into(),
            },
        ),
    ];
    Some(toml::to_string(&keyed(table)).expect("a table can be written"))
}

fn grants_written(grants: &Grants) -> Value {
    let Grants { stdout, stderr, env, folders, wall_clock, random, interfaces } = grants;
    let output = |output: &Output| match output {
        Output::Discard => Value::from("discard"),
        Output::Capture(_) => Value::from("capture"),
        Output::Trace => Value::from("trace"),
    };
    let folders = folders.iter().map(|folder| {
        let host = folder.host.to_str().expect("it came from TOML");
        keyed([
            ("host", host.into()),
            ("guest", folder.guest.clone().into()),
            ("write", folder.write.into()),
        ])
    });
    let env = env.iter().map(|(name, value)| (name.clone(), Value::from(value.clone())));
    keyed([
        ("stdout", output(stdout)),
        ("stderr", output(stderr)),
        ("env", Value::Table(env.collect())),
        ("folders", Value::Array(folders.collect())),
        ("wall-clock", (*wall_clock).into()),
        ("random", (*random).into()),
        (
            "interfaces",
            match interfaces {
                Interfaces::All => "all".into(),
                Interfaces::Only(names) => {
                    names.iter().cloned().map(Value::from).collect::<Vec<_>>().into()
                }
            },
        ),
    ])
}

fn limits_written(limits: &Limits) -> Option<Value> {
    let number = |number: u64| i64::try_from(number).ok().map(Value::from);
    let count = |count: usize| number(count as u64);
    let mut table = vec![
        ("memory", number(limits.memory)?),
        ("table-elements", number(limits.table_elements)?),
        ("time", humantime::format_duration(limits.time).to_string().into()),
        ("compile", humantime::format_duration(limits.compile).to_string().into()),
        ("handles", count(limits.handles)?),
        ("lifted", number(limits.lifted)?),
        ("host-calls", number(limits.host_calls)?),
        ("host-bytes", number(limits.host_bytes)?),
        ("stream-buffer", number(limits.stream_buffer)?),
        ("core-instances", count(limits.core_instances)?),
        ("concurrent", limits.concurrent.into()),
        ("waiting", limits.waiting.into()),
    ];
    if let Some(fuel) = limits.fuel {
        table.push(("fuel", number(fuel)?));
    }
    Some(keyed(table))
}

fn keyed(table: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Table(table.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
