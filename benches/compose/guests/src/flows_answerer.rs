//! Reads what flows.

use exports::plugwright::chain::flows::Guest;
use wit_bindgen::{StreamReader, StreamResult};

wit_bindgen::generate!({ path: "../wit", world: "flows-answerer" });

/// How much is read at once, in bytes.
const PIECE: usize = 64 << 10;

struct Plugin;

impl Guest for Plugin {
    async fn sink(mut bytes: StreamReader<u8>) -> u64 {
        let (mut read, mut buffer) = (0, Vec::with_capacity(PIECE));
        loop {
            let result;
            (result, buffer) = bytes.read(buffer).await;
            read += buffer.len() as u64;
            buffer.clear();
            if !matches!(result, StreamResult::Complete(_)) {
                return read;
            }
        }
    }
}

export!(Plugin);
