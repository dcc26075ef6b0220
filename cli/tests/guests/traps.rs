//! What a host learns of a plugin that failed.

use plugwright::{CallError, Frame, Instance};

use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested};

plugwright::bindings!({ path: "../guests/traps/world.wit", world: "traps" });

type Plugin = Instance<Traps>;

const TRIALS: [Trial<Traps>; 4] = [
    ("a panic is told by its message", message),
    ("the functions that were running are told", stack),
    ("what was written before is kept", written),
    ("an instance that trapped is gone", gone),
];

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

/// What a call that failed tells.
struct Told {
    message: String,
    stderr: String,
    frames: Vec<Frame>,
}

fn told<T>(result: Result<T, CallError>) -> Tested<Told> {
    match result {
        Ok(_) => Err("it did not fail".into()),
        Err(CallError::Trap { message, stderr, frames, .. }) => {
            Ok(Told { message, stderr, frames })
        }
        Err(err) => Err(format!("it did not trap: {err}").into()),
    }
}

fn message(plugin: &mut Plugin) -> Tested {
    let Told { message, .. } = told(plugin.failing_panic("Käse ist aus 🧀"))?;
    // Some languages put the name of the exception before it.
    match message.ends_with("Käse ist aus 🧀") {
        true => Ok(()),
        false => Err(format!("the message is `{message}`").into()),
    }
}

fn stack(plugin: &mut Plugin) -> Tested {
    let Told { stderr, frames, .. } = told(plugin.failing_fall(3, "further down"))?;
    let is_plunge = |frame: &Frame| frame.function.contains("plunge");
    if stderr.contains("plunge") || frames.iter().any(is_plunge) {
        return Ok(());
    }
    Err(format!("`plunge` is neither in {frames:?} nor in\n{stderr}").into())
}

fn written(plugin: &mut Plugin) -> Tested {
    let Told { message, stderr, .. } = told(plugin.failing_talk(1000, "after much talk"))?;
    same(message.ends_with("after much talk"), true)?;
    let lines: Vec<_> = stderr.lines().filter(|it| it.starts_with("line ")).collect();
    let expected: Vec<_> = (0..1000).map(|it| format!("line {it}")).collect();
    same(lines, expected.iter().map(String::as_str).collect())
}

fn gone(plugin: &mut Plugin) -> Tested {
    same(plugin.failing_work()?, 7)?;
    told(plugin.failing_panic("out of cheese"))?;
    same(plugin.is_alive(), false)?;
    same(matches!(plugin.failing_work(), Err(CallError::Dead { .. })), true)
}
