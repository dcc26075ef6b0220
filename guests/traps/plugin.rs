//! Fails in many ways.

use traps_sdk::failing::Failing;

struct Plugin;

impl Failing for Plugin {
    fn panic(message: String) {
        panic!("{message}");
    }

    fn fall(depth: u32, message: String) -> u32 {
        plunge(depth, &message)
    }

    fn talk(lines: u32, message: String) {
        for line in 0..lines {
            eprintln!("line {line}");
        }
        panic!("{message}");
    }

    fn element(of: Vec<u32>, at: u32) -> u32 {
        of[at as usize]
    }

    fn recurse(depth: u64) -> u64 {
        recurse(depth)
    }

    fn exhaust() -> u64 {
        let mut taken = Vec::new();
        loop {
            taken.push(vec![taken.len() as u8; 1 << 20]);
        }
    }

    fn spin() {
        loop {
            std::hint::spin_loop();
        }
    }

    fn work() -> u32 {
        7
    }
}

#[inline(never)]
fn plunge(depth: u32, message: &str) -> u32 {
    assert!(depth > 0, "{message}");
    plunge(depth - 1, message) + 1
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    if depth == 0 { 0 } else { std::hint::black_box(recurse(depth - 1)) + 1 }
}

traps_sdk::export!(Plugin);
