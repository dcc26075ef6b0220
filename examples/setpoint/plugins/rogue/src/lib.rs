//! Misbehaves on purpose, each half hour in another way, to show that the heater stays safe.
//!
//! What it does follows from the half hour alone, so it misbehaves the same whether its instances live long or not.
//! Eleven ways take turns, and eleven does not divide the half hours of a day: each way meets each time of day.

use std::hint::black_box;

use heater_sdk::control::{Control, Decision, Outlook, Refusal};
use heater_sdk::household;
use heater_sdk::log::{self, Level};

struct Rogue;

impl Control for Rogue {
    fn decide(outlook: Outlook) -> Result<Decision, Refusal> {
        match outlook.half_hour % 11 {
            0 => honest(),
            1 => spin(),
            2 => allocate(),
            3 => says(f64::NAN),
            4 => says(1e9),
            5 => says(-300.0),
            6 => panic!("the rogue panics on purpose"),
            7 => Err(Refusal::BadSettings("the rogue does not feel like it".to_owned())),
            8 => says(dive(0) as f64),
            9 => babble(),
            _ => says(f64::INFINITY),
        }
    }
}

fn honest() -> Result<Decision, Refusal> {
    says(household::current().preferred)
}

fn says(set_point: f64) -> Result<Decision, Refusal> {
    Ok(Decision { set_point, reason: "trust the rogue".to_owned() })
}

/// Never ends.
fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Takes memory until there is none.
fn allocate() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1_u8; 1 << 20]));
    }
}

/// Calls itself until the stack ends.
#[expect(unconditional_recursion, reason = "that is how it misbehaves")]
fn dive(depth: u64) -> u64 {
    let ballast = black_box([depth; 16]);
    dive(ballast[0] + 1) + black_box(ballast)[15]
}

/// Floods the log and gives a reason of a megabyte.
fn babble() -> Result<Decision, Refusal> {
    for _ in 0..1000 {
        log::write(Level::Warn, "it is a very bad day");
    }
    Ok(Decision { set_point: 55.0, reason: "because ".repeat(1 << 17) })
}

heater_sdk::export!(Rogue);
