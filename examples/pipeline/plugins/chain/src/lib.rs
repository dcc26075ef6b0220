//! Three stages, one behind the other, as one: what the first writes, the second reads, and so on.
//!
//! No byte comes by here: the end of each stream is handed on, and the stages themselves read and write.

use chain_sdk::counts::Count;
use chain_sdk::flow::Flow;
use chain_sdk::{FutureReader, StreamReader, first, second, spawn_local, third, wit_future};

#[derive(Debug)]
struct Plugin;

/// How a stage ended, once it has.
type Ended = FutureReader<Result<Vec<Count>, String>>;

impl Flow for Plugin {
    async fn run(lines: StreamReader<u8>) -> (StreamReader<u8>, Ended) {
        let (lines, one) = first::run(lines).await;
        let (lines, two) = second::run(lines).await;
        let (lines, three) = third::run(lines).await;
        let (told, outcome) = wit_future::new(|| Err("it ended early".to_owned()));
        spawn_local(async move {
            let _ =
                told.write(all([("first", one), ("second", two), ("third", three)]).await).await;
        });
        (lines, outcome)
    }
}

/// What all stages counted, in their order; or why the first of those gave up that did.
async fn all(stages: [(&str, Ended); 3]) -> Result<Vec<Count>, String> {
    let mut counts = Ok(Vec::new());
    for (name, ended) in stages {
        // Each is waited for, whatever became of those before it.
        match (&mut counts, ended.await) {
            (Ok(counts), Ok(more)) => counts.extend(more),
            (Ok(_), Err(reason)) => counts = Err(format!("its {name} stage: {reason}")),
            (Err(_), _) => {}
        }
    }
    counts
}

chain_sdk::export!(Plugin);
