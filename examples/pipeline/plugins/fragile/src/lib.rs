//! Breaks on purpose, where a line tells it to, to show what becomes of the others.

use lines::Verdict;
use stage_sdk::flow::{Count, Flow};
use stage_sdk::{FutureReader, StreamReader};

struct Plugin;

impl Flow for Plugin {
    async fn run(
        lines: StreamReader<u8>,
    ) -> (StreamReader<u8>, FutureReader<Result<Vec<Count>, String>>) {
        lines::judge(lines, |line| match line {
            br#""refuse""# => Verdict::Refuse("it was told to".to_owned()),
            br#""stop""# => Verdict::Stop,
            br#""give up""# => Verdict::GiveUp("it was told to".to_owned()),
            br#""trap""# => panic!("it was told to"),
            _ => Verdict::Keep,
        })
    }
}

stage_sdk::export!(Plugin);
