//! A plain `dyn` call: no sandbox at all.

use std::any::Any;
use std::hint::black_box;

use plugwright_benches::Result;
use wire::Reading;

use crate::work::{Peer, Work, Worker, asked, bytes, checked, reading, text};

/// What a plugin would be, were it part of the program.
trait Plugin {
    fn add(&self, a: u32, b: u32) -> u32;
    fn echo(&self, it: Reading) -> Reading;
    fn echo_all(&self, them: &[Reading]) -> Vec<Reading>;
    fn echo_text(&self, it: &str) -> String;
    fn echo_bytes(&self, them: &[u8]) -> Vec<u8>;
    fn ask(&self, times: u32, host: &mut dyn FnMut(u32, u32) -> u32) -> u32;
}

struct Here;

impl Plugin for Here {
    fn add(&self, a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn echo(&self, it: Reading) -> Reading {
        it
    }

    fn echo_all(&self, them: &[Reading]) -> Vec<Reading> {
        them.to_vec()
    }

    fn echo_text(&self, it: &str) -> String {
        it.to_owned()
    }

    fn echo_bytes(&self, them: &[u8]) -> Vec<u8> {
        them.to_vec()
    }

    fn ask(&self, times: u32, host: &mut dyn FnMut(u32, u32) -> u32) -> u32 {
        (0..times).fold(0, host)
    }
}

/// The plain call.
pub struct Direct;

impl Peer for Direct {
    fn name(&self) -> &'static str {
        "`dyn`"
    }

    fn worker(&self, work: Work) -> Result<Option<Worker>> {
        // The compiler must not know what is behind it.
        let plugin: Box<dyn Plugin> = black_box(Box::new(Here));
        match work {
            Work::Integers => checked(&5, move || Ok(plugin.add(black_box(2), black_box(3)))),
            Work::Record => checked(&reading(), move || Ok(plugin.echo(black_box(reading())))),
            Work::Records(many) => {
                let them = vec![reading(); many];
                checked(&them.clone(), move || Ok(plugin.echo_all(&them)))
            }
            Work::Text(many) => {
                let it = text(many);
                checked(&it.clone(), move || Ok(plugin.echo_text(&it)))
            }
            Work::Bytes(many) => {
                let them = bytes(many);
                checked(&them.clone(), move || Ok(plugin.echo_bytes(&them)))
            }
            Work::HostCalls(times) => checked(&asked(times), move || {
                Ok(plugin.ask(times, black_box(&mut |a: u32, b| a.wrapping_add(b))))
            }),
            Work::Loop(_) | Work::Fresh | Work::LoadCold | Work::LoadCached => Ok(None),
        }
    }

    fn idle(&self) -> Result<Option<Box<dyn Any>>> {
        Ok(None)
    }
}
