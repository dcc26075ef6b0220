//! What the benchmark of streams calls.

use flows_sdk::passing::Passing;
use flows_sdk::readings::{Reading, Readings};
use flows_sdk::{Flows, StreamReader, StreamResult, StreamWriter, spawn_local, wit_stream};

struct Plugin;

/// How many records it reads or writes at once.
const RECORDS: usize = 1024;

/// Hands on what it reads, piece by piece.
async fn hand_on(
    mut from: StreamReader<u8>,
    mut to: StreamWriter<u8>,
    piece: u32,
    change: impl Fn(&mut [u8]),
) {
    let mut bytes = Vec::with_capacity(piece as usize);
    loop {
        let result;
        (result, bytes) = from.read(bytes).await;
        change(&mut bytes);
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
        spawn_local(hand_on(bytes, writer, piece, |_| {}));
        reader
    }
}

impl Readings for Plugin {
    async fn take(mut readings: StreamReader<Reading>) -> u64 {
        let (mut read, mut buffer) = (0, Vec::with_capacity(RECORDS));
        loop {
            let result;
            (result, buffer) = readings.read(buffer).await;
            read += buffer.len() as u64;
            buffer.clear();
            if !matches!(result, StreamResult::Complete(_)) {
                return read;
            }
        }
    }

    async fn give(count: u64) -> StreamReader<Reading> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for start in (0..count).step_by(RECORDS) {
                let end = count.min(start + RECORDS as u64);
                let each = |at| Reading { sensor: 7, at, value: 21.5 };
                if !writer.write_all((start..end).map(each).collect()).await.is_empty() {
                    return;
                }
            }
        });
        reader
    }
}

impl Flows for Plugin {
    async fn sink(mut bytes: StreamReader<u8>, piece: u32) -> u64 {
        let (mut read, mut buffer) = (0, Vec::with_capacity(piece as usize));
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

    async fn source(bytes: u64, piece: u32) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let mut left = bytes;
            while left > 0 {
                let piece = left.min(piece.into());
                if !writer.write_all(vec![1; piece as usize]).await.is_empty() {
                    return;
                }
                left -= piece;
            }
        });
        reader
    }

    async fn change(bytes: StreamReader<u8>, piece: u32) -> StreamReader<u8> {
        let (writer, reader) = wit_stream::new();
        spawn_local(hand_on(bytes, writer, piece, |bytes| {
            bytes.iter_mut().for_each(|it| *it ^= 0x20);
        }));
        reader
    }

    fn take(bytes: Vec<u8>) -> u32 {
        bytes.len() as u32
    }

    fn give(bytes: u32) -> Vec<u8> {
        vec![1; bytes as usize]
    }

    async fn nothing() -> u32 {
        1
    }
}

flows_sdk::export!(Plugin);
