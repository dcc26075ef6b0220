//! The work for peers that pass nothing but bytes.

use plugwright_benches::Result;
use wire::{Reading, integers, read, read_integers, write};

use crate::work::{Work, Worker, asked, bytes, checked, reading, text};

/// A sandbox, or what stands for one.
pub trait Sandbox: 'static {
    /// Calls a function of it.
    fn call(&mut self, function: &'static str, input: &[u8]) -> Result<Vec<u8>>;

    /// Calls the function that adds two integers.
    fn add(&mut self) -> Result<u32> {
        let [sum] = read_integers(&self.call("add", &integers(&[2, 3]))?)?;
        Ok(sum)
    }
}

/// Does the work in a sandbox that lives; `None` for all other work.
pub fn live(work: Work, mut sandbox: impl Sandbox) -> Result<Option<Worker>> {
    match work {
        Work::Integers => checked(&5, move || sandbox.add()),
        Work::Record => {
            let it = reading();
            checked(&it.clone(), move || read::<Reading>(&sandbox.call("echo", &write(&it)?)?))
        }
        Work::Records(many) => {
            let them = vec![reading(); many];
            checked(&them.clone(), move || {
                read::<Vec<Reading>>(&sandbox.call("echo_all", &write(&them)?)?)
            })
        }
        Work::Text(many) => {
            let it = text(many);
            checked(&it.clone(), move || {
                Ok(String::from_utf8(sandbox.call("echo_text", it.as_bytes())?)?)
            })
        }
        Work::Bytes(many) => {
            let them = bytes(many);
            checked(&them.clone(), move || sandbox.call("echo_bytes", &them))
        }
        Work::HostCalls(times) => checked(&asked(times), move || {
            let [sum] = read_integers(&sandbox.call("ask", &integers(&[times]))?)?;
            Ok(sum)
        }),
        Work::Loop(_) | Work::Fresh | Work::LoadCold | Work::LoadCached => Ok(None),
    }
}
