//! Reads and writes what flows.

use streams_sdk::{
    FutureReader, StreamReader, StreamResult, StreamWriter, files, flows::Flows, spawn_local,
    wit_future, wit_stream,
};

struct Plugin;

/// How much is read or written at once.
const PIECE: usize = 64 << 10;

/// Gives `each` piece after piece, until there is none, or it wants no more.
async fn pieces(bytes: &mut StreamReader<u8>, mut each: impl AsyncFnMut(&mut Vec<u8>) -> bool) {
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let (result, read) = bytes.read(piece).await;
        piece = read;
        if !piece.is_empty() && !each(&mut piece).await {
            return;
        }
        piece.clear();
        if !matches!(result, StreamResult::Complete(_)) {
            return;
        }
    }
}

/// Writes zeroes until there are so many, or nobody reads.
async fn zeroes(mut writer: StreamWriter<u8>, mut count: usize) {
    while count > 0 {
        let piece = count.min(PIECE);
        if !writer.write_all(vec![0; piece]).await.is_empty() {
            return;
        }
        count -= piece;
    }
}

/// Gives what it is given, in capitals.
fn capitals(mut bytes: StreamReader<u8>) -> StreamReader<u8> {
    let (mut writer, reader) = wit_stream::new();
    spawn_local(async move {
        pieces(&mut bytes, async |piece| {
            piece.make_ascii_uppercase();
            writer.write_all(piece.clone()).await.is_empty()
        })
        .await;
    });
    reader
}

impl Flows for Plugin {
    async fn sum(mut bytes: StreamReader<u8>) -> u64 {
        let mut sum = 0;
        pieces(&mut bytes, async |piece| {
            sum += piece.iter().map(|it| u64::from(*it)).sum::<u64>();
            true
        })
        .await;
        sum
    }

    async fn count(bytes: u64) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let mut at = 0;
            while at < bytes {
                let end = bytes.min(at + PIECE as u64);
                let piece = (at..end).map(|it| (it % 251) as u8).collect();
                if !writer.write_all(piece).await.is_empty() {
                    return;
                }
                at = end;
            }
        });
        reader
    }

    async fn shout(bytes: StreamReader<u8>) -> StreamReader<u8> {
        capitals(bytes)
    }

    async fn take(mut bytes: StreamReader<u8>, most: u32) -> Vec<u8> {
        let mut taken = Vec::new();
        while taken.len() < most as usize {
            let (result, piece) = bytes.read(Vec::with_capacity(most as usize - taken.len())).await;
            taken.extend(piece);
            if !matches!(result, StreamResult::Complete(_)) {
                break;
            }
        }
        taken
    }

    async fn ignore(_bytes: StreamReader<u8>) -> bool {
        true
    }

    async fn flood() -> StreamReader<u8> {
        let (writer, reader) = wit_stream::new();
        spawn_local(zeroes(writer, usize::MAX));
        reader
    }

    async fn fail(after: u32) -> StreamReader<u8> {
        let (writer, reader) = wit_stream::new();
        spawn_local(async move {
            zeroes(writer, after as usize).await;
            panic!("it was to fail");
        });
        reader
    }

    async fn words(text: String) -> StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let words = text.split_whitespace().map(str::to_owned).collect();
            writer.write_all(words).await;
        });
        reader
    }

    async fn longest(mut words: StreamReader<String>) -> Option<String> {
        let mut longest: Option<String> = None;
        while let Some(word) = words.next().await {
            if longest.as_ref().is_none_or(|it| word.len() > it.len()) {
                longest = Some(word);
            }
        }
        longest
    }

    async fn double(number: FutureReader<u32>) -> FutureReader<u32> {
        let (writer, reader) = wit_future::new(|| 0);
        spawn_local(async move {
            let _ = writer.write(number.await * 2).await;
        });
        reader
    }

    async fn parse(
        mut text: StreamReader<u8>,
    ) -> (StreamReader<u32>, FutureReader<Result<u32, String>>) {
        let (mut writer, reader) = wit_stream::new();
        let (told, outcome) = wit_future::new(|| Ok(0));
        spawn_local(async move {
            let (mut line, mut count) = (Vec::new(), Ok(0));
            pieces(&mut text, async |piece| {
                for byte in piece.drain(..) {
                    if byte != b'\n' {
                        line.push(byte);
                        continue;
                    }
                    let text = String::from_utf8_lossy(&line).into_owned();
                    line.clear();
                    let Ok(number) = text.parse() else {
                        count = Err(text);
                        return false;
                    };
                    count = count.clone().map(|it| it + 1);
                    if writer.write_one(number).await.is_some() {
                        return false;
                    }
                }
                true
            })
            .await;
            drop(writer);
            let _ = told.write(count).await;
        });
        (reader, outcome)
    }

    async fn copy(source: String, target: String) -> Result<u64, String> {
        files::write(&target, capitals(files::read(&source)?)).await
    }
}

streams_sdk::export!(Plugin);
