//! Stands before another one: reads everything, and hands it on.

use relay_sdk::passing::Passing;
use relay_sdk::passing_import as next;
use relay_sdk::{StreamReader, StreamResult, StreamWriter, spawn_local, wit_stream};

struct Plugin;

/// Hands on what it reads, piece by piece.
async fn hand_on(mut from: StreamReader<u8>, mut to: StreamWriter<u8>, piece: u32) {
    let mut bytes = Vec::with_capacity(piece as usize);
    loop {
        let result;
        (result, bytes) = from.read(bytes).await;
        bytes = to.write_all(bytes).await;
        if !bytes.is_empty() || !matches!(result, StreamResult::Complete(_)) {
            return;
        }
        if bytes.capacity() < piece as usize {
            bytes.reserve(piece as usize);
        }
    }
}

impl Passing for Plugin {
    async fn pass(bytes: StreamReader<u8>, piece: u32) -> StreamReader<u8> {
        let (writer, reader) = wit_stream::new();
        spawn_local(hand_on(bytes, writer, piece));
        next::pass(reader, piece).await
    }
}

relay_sdk::export!(Plugin);
