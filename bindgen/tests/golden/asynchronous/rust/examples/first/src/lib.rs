//! A first plugin for the world `example:asynchronous/asynchronous`: put your own answers in.

use asynchronous_sdk::feeds;

struct Plugin;

impl asynchronous_sdk::Asynchronous for Plugin {
    async fn count(_given: asynchronous_sdk::StreamReader<u8>) -> u64 {
        0
    }
}

impl feeds::Feeds for Plugin {
    async fn fetch(_url: String) -> Result<Vec<u8>, feeds::Trouble> {
        Ok(Vec::new())
    }

    async fn lines() -> (asynchronous_sdk::StreamReader<String>, asynchronous_sdk::FutureReader<Result<(), feeds::Trouble>>) {
        (asynchronous_sdk::wit_stream::new().1, asynchronous_sdk::wit_future::new(|| Ok(())).1)
    }
}

asynchronous_sdk::export!(Plugin);
