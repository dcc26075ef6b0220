//! The same with Plugwright, under a policy with all its limits.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use plugwright::{
    Artifact, ByteStream, Cache, Engine, EngineOptions, Instance, Instances, Limits, Plugin, Policy,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{PIECE, Result, Row};

plugwright::bindings!({ path: "wit", async: true });

/// A plugin whose sandbox lives.
pub struct Ours {
    plugin: Plugin<Flows>,
    instance: Instance<Flows>,
}

/// Gives so many bytes.
struct Reader {
    left: u64,
    piece: Vec<u8>,
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = buffer.remaining().min(self.piece.len()).min(self.left as usize);
        buffer.put_slice(&self.piece[..read]);
        self.left -= read as u64;
        Poll::Ready(Ok(()))
    }
}

/// Takes all that it is given.
struct Writer;

impl AsyncWrite for Writer {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(std::hint::black_box(bytes).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Ours {
    pub async fn new(bytes: &[u8]) -> Result<Self> {
        let engine = Engine::new(EngineOptions { cache: Cache::Off, ..EngineOptions::default() })?;
        let limits = Limits { time: Duration::from_secs(600), ..Limits::default() };
        let policy = Policy { limits, instances: Instances::Pinned, ..Policy::default() };
        let artifact = Artifact::from_bytes("flows", bytes.to_vec())?.accept_unsigned();
        let plugin: Plugin<Flows> = engine.load(artifact, policy)?;
        let instance = plugin.instantiate_async().await?;
        Ok(Self { plugin, instance })
    }

    pub async fn run(&mut self, row: Row, bytes: u64, piece: u32) -> Result<u64> {
        let Self { plugin, instance } = self;
        let given = || ByteStream::new(Reader { left: bytes, piece: vec![1; PIECE] });
        let list = vec![1; piece as usize];
        let out = match row {
            Row::Take => {
                for _ in 0..bytes / u64::from(piece) {
                    instance.take(&list).await?;
                }
                return Ok(bytes);
            }
            Row::Give => {
                for _ in 0..bytes / u64::from(piece) {
                    instance.give(piece).await?;
                }
                return Ok(bytes);
            }
            Row::Nothing => return Ok(instance.nothing().await?.into()),
            Row::In => return Ok(plugin.sink(given(), piece).await?),
            Row::Out => plugin.source(bytes, piece).await?,
            Row::Through => plugin.pass(given(), piece).await?,
            Row::Change => plugin.change(given(), piece).await?,
        };
        Ok(out.write_to(Writer).await?)
    }
}
