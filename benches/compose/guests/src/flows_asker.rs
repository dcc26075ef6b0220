//! Writes what flows.

use futures_util::future::join;
use plugwright::chain::flows;

wit_bindgen::generate!({ path: "../wit", world: "flows-asker" });

struct Plugin;

impl Guest for Plugin {
    async fn flow(times: u32) -> u64 {
        let (mut sum, them) = (0, vec![1; 64 << 10]);
        for _ in 0..times {
            let (mut writer, reader) = wit_stream::new();
            let write = async {
                writer.write_all(them.clone()).await;
                drop(writer);
            };
            let (read, ()) = join(flows::sink(reader), write).await;
            sum += read;
        }
        sum
    }
}

export!(Plugin);
