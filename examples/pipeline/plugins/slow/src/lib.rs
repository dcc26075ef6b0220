//! Takes its time over every line, as a stage does that compresses or signs; the lines stay as they are.

use std::hint::black_box;

use lines::Verdict;
use stage_sdk::flow::{Count, Flow};
use stage_sdk::{FutureReader, StreamReader};

struct Plugin;

/// How often each line is looked at.
const ROUNDS: usize = 400;

impl Flow for Plugin {
    async fn run(
        lines: StreamReader<u8>,
    ) -> (StreamReader<u8>, FutureReader<Result<Vec<Count>, String>>) {
        lines::judge(lines, |line| {
            let mut sum = 0_u32;
            for _ in 0..ROUNDS {
                sum = black_box(line)
                    .iter()
                    .fold(sum, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
            }
            black_box(sum);
            Verdict::Keep
        })
    }
}

stage_sdk::export!(Plugin);
