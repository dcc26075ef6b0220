//! Long texts, and what a thousand of them leave behind in the plugin's memory: nothing.

use plugwright::{Instance, World};

use crate::trial::{Bench, Outcome, Trial, same};
use crate::{Guest, Tested};

plugwright::bindings!({ path: "../guests/strings/world.wit", world: "strings" });

type Plugin = Instance<Strings>;

const TRIALS: [Trial<Strings>; 3] = [
    ("1 MB of text goes there and back", long),
    ("1,000 calls with 1 MB of text", texts),
    ("1,000 calls with 1 MB of characters beyond ASCII", characters),
];

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    bench.run(guest, &TRIALS)
}

const LENGTH: usize = 1 << 20;

/// What memory may grow after the first calls: a garbage collector has no exact time.
const SLACK: u64 = 4 << 20;

/// Makes the call again and again, and sees that the plugin's memory stays as it was after the first tenth.
pub(crate) fn stays<W: World>(
    plugin: &mut Instance<W>,
    calls: u32,
    call: impl Fn(&mut Instance<W>) -> Tested,
) -> Tested {
    let mut before = 0;
    for round in 0..calls {
        call(plugin).map_err(|err| {
            format!("call {round}, with {} bytes of memory: {err}", plugin.memory())
        })?;
        if round == calls / 10 {
            before = plugin.memory();
        }
    }
    let after = plugin.memory();
    if after > before + SLACK {
        let grown = format!("it grew from {before} bytes of memory to {after}");
        return Err(grown.into());
    }
    Ok(())
}

fn long(plugin: &mut Plugin) -> Tested {
    for unit in ["a", "é", "🦀", "\0"] {
        let text = unit.repeat(LENGTH / unit.len());
        same(plugin.texts_echo(&text)? == text, true)?;
        same(plugin.texts_length(&text)?, LENGTH as u32)?;
        same(plugin.texts_characters(&text)?, (LENGTH / unit.len()) as u32)?;
        same(plugin.texts_repeat(unit, (LENGTH / unit.len()) as u32)? == text, true)?;
    }
    Ok(())
}

fn texts(plugin: &mut Plugin) -> Tested {
    let given = "0123456789abcdef".repeat(LENGTH / 16);
    stays(plugin, 1000, |plugin| same(plugin.texts_echo(&given)? == given, true))
}

fn characters(plugin: &mut Plugin) -> Tested {
    let given = "é🦀".repeat(LENGTH / 6);
    stays(plugin, 1000, |plugin| same(plugin.texts_echo(&given)? == given, true))
}
