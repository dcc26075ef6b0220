//! Applications: the same answers where plugins are one component and where each lives by itself.

#![allow(clippy::unwrap_used, reason = "all of it is a test")]

#[path = "../common/mod.rs"]
mod common;
mod flows;
mod handles;
mod typed;

use std::error::Error as _;

use common::{Tested, built};
use plugwright::{Application, CallError, Engine, EngineOptions, Plan};
use plugwright_component::World;
use plugwright_component::wit_parser::Resolve;
use tempfile::TempDir;
use wit_component::StringEncoding;

/// Lays out an application of two plugins: how they are linked, and what stands in the tables of each.
fn laid_out(how: &str, front: &str, back: &str) -> Tested<TempDir> {
    let folder = tempfile::tempdir()?;
    for name in ["front", "back"] {
        let bytes = built(&format!("applications/parts/{name}"))?;
        std::fs::write(folder.path().join(name).with_extension("wasm"), bytes)?;
    }
    let text = format!(
        "[application]\n\
         name = \"desk\"\n\
         [exports]\n\
         \"demo:desk/desk\" = \"front\"\n\
         [plugins.front]\n\
         file = \"front.wasm\"\n\
         trust = \"us\"\n\
         links = {{ \"demo:work/work\" = {{ to = \"back\", how = \"{how}\" }} }}\n\
         {front}\n\
         [plugins.back]\n\
         file = \"back.wasm\"\n\
         trust = \"us\"\n\
         {back}\n"
    );
    std::fs::write(folder.path().join("app.toml"), text)?;
    Ok(folder)
}

fn load(how: &str, front: &str, back: &str) -> Tested<Application> {
    let folder = laid_out(how, front, back)?;
    let plan = Plan::read(folder.path().join("app.toml"), &|_, _| Err("there is no WIT".into()))?;
    Ok(Application::load(&Engine::new(EngineOptions::default())?, &plan)?)
}

/// Reads an application of parts, each a path in `tests`; what it is called there may stand behind it.
///
/// Its host's world is in `parts/host.wit`, where it names one.
fn laid(parts: &[&str], text: &str) -> Tested<Plan> {
    let folder = tempfile::tempdir()?;
    for part in parts {
        let (path, name) = part.split_once('=').unwrap_or((part, part));
        let name = name.rsplit('/').next().unwrap_or(name);
        let wat = format!("{}/tests/{path}.wat", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&wat)?;
        // Some are components already.
        let is_component = source.lines().any(|it| it.starts_with("(component"));
        let bytes = if is_component { wat::parse_str(source)? } else { built(path)? };
        std::fs::write(folder.path().join(name).with_extension("wasm"), bytes)?;
    }
    let host = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/applications/parts/host.wit");
    std::fs::copy(host, folder.path().join("host.wit"))?;
    std::fs::write(folder.path().join("app.toml"), text)?;
    Ok(Plan::read(folder.path().join("app.toml"), &|path, name| {
        let mut resolve = Resolve::default();
        let package = resolve.push_str(path, &std::fs::read_to_string(path)?)?;
        let world = resolve.select_world(&[package], name)?;
        Ok(World::decode(&wit_component::metadata::encode(
            &resolve,
            world,
            StringEncoding::UTF8,
            None,
        )?)?)
    })?)
}

fn loaded(parts: &[&str], text: &str) -> Tested<Application> {
    let plan = laid(parts, text)?;
    Ok(Application::load(&Engine::new(EngineOptions::default())?, &plan)?)
}

fn call<H: Send + 'static>(
    application: &Application<H>,
    text: &str,
) -> Tested<Result<String, CallError>> {
    Ok(match application.call(&application.request(text)?) {
        Ok(Some(value)) => Ok(value.to_wave()?),
        Ok(None) => Ok(String::new()),
        Err(error) => Err(error),
    })
}

/// The error of a call, and all that is below it.
fn told(error: &CallError) -> String {
    let mut lines = vec![error.to_string()];
    let mut below = error.source();
    while let Some(error) = below {
        lines.push(error.to_string());
        below = error.source();
    }
    lines.join("\n")
}

#[test]
fn answers_are_the_same_fused_and_isolated() -> Tested {
    let fused = load("fused", "", "")?;
    let isolated = load("isolated", "", "")?;
    assert_eq!(fused.plugins().map(|(name, _)| name).collect::<Vec<_>>(), ["back+front"]);
    assert_eq!(isolated.plugins().map(|(name, _)| name).collect::<Vec<_>>(), ["back", "front"]);
    let calls = [
        ("echo(nothing)", "nothing"),
        (r#"echo(dot({x: -1, y: 2, label: "där"}))"#, r#"dot({x: -1, y: 2, label: "där"})"#),
        (
            r#"echo(line([{x: 1, y: 2, label: ""}, {x: 3, y: 4, label: "b"}]))"#,
            r#"line([{x: 1, y: 2, label: ""}, {x: 3, y: 4, label: "b"}])"#,
        ),
        ("bytes([0, 255, 7])", "[0, 255, 7]"),
        ("bytes([])", "[]"),
        ("desk.count()", "1"),
        ("demo:desk/desk.count()", "1"),
    ];
    for (text, expected) in calls {
        assert_eq!(call(&fused, text)??, expected, "fused: {text}");
        assert_eq!(call(&isolated, text)??, expected, "isolated: {text}");
    }
    Ok(())
}

#[test]
fn bytes_texts_and_numbers_pass_by_their_types() -> Tested {
    let text = |how: &str| {
        format!(
            "application.name = \"chest\"\n\
             exports = {{ \"demo:chest/chest\" = \"porter\" }}\n\
             [plugins.porter]\n\
             file = \"porter.wasm\"\n\
             trust = \"us\"\n\
             links = {{ \"demo:chest/chest\" = {{ to = \"chest\", how = \"{how}\" }} }}\n\
             [plugins.chest]\n\
             file = \"chest.wasm\"\n\
             trust = \"us\"\n"
        )
    };
    let parts = ["applications/parts/chest", "applications/parts/porter"];
    let calls = [
        ("put(\"no\", [1, 2])", "err(\"no\")"),
        ("put(\"\", [1, 2])", "ok"),
        ("get(\"AB\")", "ok([65, 66])"),
        ("get(\"\")", "err(\"\")"),
        ("find(0)", "none"),
        ("find(2)", "some([97, 98])"),
        ("size(5, [1, 2, 3])", "8"),
        ("second([1], [2, 3])", "[2, 3]"),
        ("close()", ""),
        ("minus(-9223372036854775807, 1)", "-9223372036854775808"),
        ("less(0.5, 2)", "-1.5"),
        ("less(inf, inf)", "nan"),
        ("has(\"\")", "false"),
        ("has(\"ä\")", "true"),
        ("same(\"\")", "none"),
        ("same(\"ä\")", "some(\"ä\")"),
        ("either(\"yes\", \"\")", "ok(\"yes\")"),
        ("either(\"yes\", \"no\")", "err(\"no\")"),
        // These go by their values.
        ("third([1], \"a\", [2, 3])", "[2, 3]"),
        ("sum(255, -300)", "-45"),
    ];
    for how in ["fused", "isolated"] {
        let application = loaded(&parts, &text(how))?;
        for (text, expected) in calls {
            assert_eq!(call(&application, text)??, expected, "{how}: {text}");
        }
    }
    let application = loaded(&parts, &text("isolated"))?;
    let (answer, spent) = application.spend(&application.request("get(\"AB\")")?)?;
    answer?;
    // A text each way in, and bytes with the case they are in each way out.
    assert_eq!((spent.host_calls, spent.copied_in, spent.copied_out), (1, 2 + 3, 2 + 3));
    Ok(())
}

#[test]
fn a_plugin_that_fails_ends_the_call_that_needs_it_and_no_more() -> Tested {
    let isolated = load("isolated", "", "")?;
    let error = call(&isolated, "fail()")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`desk.fail` called `demo:work/work.fail` of plugin `back`, which failed\n\
         `work.fail` trapped: wasm `unreachable` instruction executed"
    );
    assert_eq!(error.kind(), "linked");
    assert_eq!(call(&isolated, "count()")??, "1");
    let fused = load("fused", "", "")?;
    let error = call(&fused, "fail()")?.unwrap_err();
    assert_eq!(told(&error), "`desk.fail` trapped: wasm `unreachable` instruction executed");
    Ok(())
}

#[test]
fn each_plugin_lives_as_its_own_policy_says() -> Tested {
    let pinned = load("isolated", "", "instances = \"pinned\"")?;
    for expected in ["1", "2", "3"] {
        assert_eq!(call(&pinned, "count()")??, expected);
    }
    call(&pinned, "fail()")?.unwrap_err();
    assert_eq!(call(&pinned, "count()")??, "1", "a sandbox that failed is not called again");
    let both = load("fused", "instances = \"pinned\"", "instances = \"pinned\"")?;
    for expected in ["1", "2"] {
        assert_eq!(call(&both, "count()")??, expected);
    }
    Ok(())
}

#[test]
fn what_is_called_ends_with_its_caller() -> Tested {
    let slow = load("isolated", "limits = { time = \"50ms\" }", "limits = { time = \"1h\" }")?;
    match call(&slow, "spin()")?.unwrap_err() {
        CallError::Linked { source, .. } => {
            assert!(matches!(*source, CallError::Deadline { .. }), "{source}");
        }
        CallError::Deadline { .. } => {}
        other => panic!("{}", told(&other)),
    }
    let short = load("isolated", "limits = { time = \"1h\" }", "limits = { time = \"20ms\" }")?;
    let error = call(&short, "spin()")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`desk.spin` called `demo:work/work.spin` of plugin `back`, which failed\n\
         `work.spin` took longer than the 20ms that its policy allows"
    );
    let fuel = load("isolated", "limits = { fuel = 10000 }", "limits = { fuel = 1000000 }")?;
    let error = call(&fuel, "spin()")?.unwrap_err();
    assert!(told(&error).contains("units of fuel"), "{}", told(&error));
    Ok(())
}

#[test]
fn what_is_passed_is_counted_on_both_sides() -> Tested {
    let tight = load("isolated", "limits = { host-bytes = 100 }", "")?;
    let some = format!("bytes([{}])", ["1"; 64].join(", "));
    call(&tight, &some)??;
    let many = format!("bytes([{}])", ["1"; 200].join(", "));
    let error = call(&tight, &many)?.unwrap_err();
    assert_eq!(
        told(&error),
        "`desk.bytes` passed its host 200 bytes, of 100 that its policy allows, the last of them to \
         `demo:work/work.bytes`"
    );
    let few = load("isolated", "limits = { host-calls = 0 }", "")?;
    assert!(matches!(call(&few, "count()")?, Err(CallError::HostCalls { allowed: 0, .. })));
    let counted = load("isolated", "", "")?;
    let (answer, spent) = counted.spend(&counted.request(&some)?)?;
    answer?;
    // In are the argument and what the other one answered, out is what was passed to it and the result.
    assert_eq!((spent.host_calls, spent.copied_in, spent.copied_out), (1, 128, 128));
    Ok(())
}

#[test]
fn nobody_inherits_what_another_one_was_granted() -> Tested {
    let granted = "grants = { wall-clock = true }";
    let fused = load("fused", granted, "")?;
    assert_ne!(call(&fused, "own-clock()")??, "0");
    let error = call(&fused, "clock()")?.unwrap_err();
    let CallError::Trap { frames, .. } = &error else { panic!("{}", told(&error)) };
    let denied = frames.iter().any(|it| it.function.contains("denied: wasi:clocks/wall-clock"));
    assert!(denied, "{frames:?}");

    let isolated = load("isolated", granted, "")?;
    assert_ne!(call(&isolated, "own-clock()")??, "0");
    let error = call(&isolated, "clock()")?.unwrap_err();
    assert_eq!(
        told(&error),
        "`desk.clock` called `demo:work/work.clock` of plugin `back`, which failed\n\
         `work.clock` reached for the date and time (`wasi:clocks/wall-clock.now`), which its policy does not grant"
    );
    let none = load("fused", "", "")?;
    let error = call(&none, "clock()")?.unwrap_err();
    assert!(matches!(error, CallError::NotGranted { .. }), "{}", told(&error));
    Ok(())
}

#[test]
fn a_plugin_answers_many_threads_at_once() -> Tested {
    let application = load("isolated", "", "")?;
    let request = application.request("bytes([1, 2, 3])")?;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    (0..50).map(|_| application.call(&request)).filter(Result::is_ok).count()
                })
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 50);
        }
    });
    Ok(())
}
