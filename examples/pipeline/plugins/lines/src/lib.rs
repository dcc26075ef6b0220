//! Takes a stream of bytes apart into lines, asks about each, and writes those that stay.
//!
//! However much flows, it holds one line and one piece.

use stage_sdk::flow::Count;
use stage_sdk::{
    FutureReader, StreamReader, StreamResult, StreamWriter, report, spawn_local, wit_future,
    wit_stream,
};

/// How much is read at once, in bytes.
const PIECE: usize = 64 << 10;

/// The longest line that is kept, in bytes; a longer one is refused.
pub const LONGEST: usize = 1 << 20;

/// What becomes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is written as it is.
    Keep,
    /// It is left out.
    Drop,
    /// It is left out, because something is wrong with it.
    Refuse(String),
    /// It and all that follow are not read any more.
    Stop,
    /// The stage cannot go on.
    GiveUp(String),
}

/// What a stage gives: the lines that it writes, and how it ended.
pub type Outcome = (StreamReader<u8>, FutureReader<Result<Vec<Count>, String>>);

/// Asks `judge` about each line of `input`, and writes what stays.
///
/// Empty lines are left out. A line that is too long is refused.
pub fn judge(input: StreamReader<u8>, judge: impl FnMut(&[u8]) -> Verdict + 'static) -> Outcome {
    let (output, lines) = wit_stream::new();
    let (told, outcome) = wit_future::new(|| Err("it ended early".to_owned()));
    spawn_local(async move {
        let result = Pump { judge, output, out: Vec::new(), number: 0 }.run(input).await;
        let _ = told.write(result.map(|()| Vec::new())).await;
    });
    (lines, outcome)
}

struct Pump<J> {
    judge: J,
    output: StreamWriter<u8>,
    /// What is to be written.
    out: Vec<u8>,
    /// How many lines were read.
    number: u64,
}

/// Whether more is wanted.
type More = Result<bool, String>;

impl<J: FnMut(&[u8]) -> Verdict> Pump<J> {
    async fn run(mut self, mut input: StreamReader<u8>) -> Result<(), String> {
        // The line that has begun, and behind it what was read last.
        let mut held = Vec::new();
        let mut is_too_long = false;
        loop {
            held.reserve(PIECE);
            let result;
            (result, held) = input.read(held).await;
            let mut start = 0;
            let mut more = Ok(true);
            while let (Ok(true), Some(length)) = (&more, memchr::memchr(b'\n', &held[start..])) {
                more = self.line(&held[start..start + length], std::mem::take(&mut is_too_long));
                start += length + 1;
            }
            held.drain(..start);
            if held.len() > LONGEST {
                is_too_long = true;
                held.clear();
            }
            let is_over = !matches!(result, StreamResult::Complete(_));
            if is_over && matches!(more, Ok(true)) && (is_too_long || !held.is_empty()) {
                more = self.line(&held, is_too_long);
            }
            if !self.write().await || !more? || is_over {
                return Ok(());
            }
        }
    }

    fn line(&mut self, line: &[u8], is_too_long: bool) -> More {
        self.number += 1;
        let verdict = match line {
            _ if is_too_long || line.len() > LONGEST => {
                Verdict::Refuse(format!("it is longer than {LONGEST} bytes"))
            }
            [] => Verdict::Drop,
            line => (self.judge)(line),
        };
        match verdict {
            Verdict::Keep => {
                self.out.extend_from_slice(line);
                self.out.push(b'\n');
            }
            Verdict::Drop => {}
            Verdict::Refuse(reason) => report::refuse(self.number, &reason),
            Verdict::Stop => return Ok(false),
            Verdict::GiveUp(reason) => return Err(reason),
        }
        Ok(true)
    }

    /// Writes what is to be written, and tells whether somebody still reads.
    async fn write(&mut self) -> bool {
        let left = self.output.write_all(std::mem::take(&mut self.out)).await;
        let is_read = left.is_empty();
        self.out = left;
        self.out.clear();
        is_read
    }
}
