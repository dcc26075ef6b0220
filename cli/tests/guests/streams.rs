//! What flows through a plugin, and what comes of it where one side fails.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use plugwright::{ByteStream, CallError, Instances, ItemFuture, ItemStream, Plugin, StreamError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::trial::{Bench, Outcome, PATIENCE, same};
use crate::{Guest, Tested};

plugwright::bindings!({ path: "../guests/streams/world.wit", world: "streams", async: true });

type Flows = Plugin<Streams<Disk>>;

/// As many bytes as no buffer holds.
const MANY: usize = 3 << 20;

pub(crate) fn run(bench: &Bench, guest: &Guest) -> Tested<Vec<Outcome>> {
    let plugin: Flows = bench.load(guest, Instances::Fresh, PATIENCE)?;
    let hasty: Flows = bench.load(guest, Instances::Fresh, Duration::from_secs(1))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut outcomes = Vec::new();
    macro_rules! trials {
        ($($name:literal: $trial:ident,)*) => {$(
            let result = runtime.block_on($trial(&plugin)).map_err(|err| told(&*err));
            outcomes.push(guest.outcome($name, result));
        )*};
    }
    trials! {
        "bytes flow in": in_,
        "bytes flow out": out,
        "bytes flow through, no faster than they are read": through,
        "a plugin takes the first bytes and drops the rest": first,
        "a plugin drops what it is given": ignored,
        "a plugin writes no more than is read": flooded,
        "a plugin that fails ends no stream": failed,
        "a reader that fails ends the call": broken,
        "a writer that fails ends the call": full,
        "values flow": words,
        "a value comes later": doubled,
        "a stream says why it ended": parsed,
        "the host's streams flow through": copied,
        "one plugin reads what another one writes": chained,
        "a stream that is dropped ends its call": dropped,
    }
    let result = runtime.block_on(late(&hasty)).map_err(|err| told(&*err));
    outcomes.push(guest.outcome("a call that waits for ever ends in time", result));
    let left = same(bench.sandboxes(&plugin.artifact().digest()), 0);
    outcomes.push(guest.outcome("nothing is left", left.map_err(|err| err.to_string())));
    Ok(outcomes)
}

fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// The files of a host.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl files::Host for Disk {
    async fn read(&mut self, name: String) -> Result<ByteStream, String> {
        match &*name {
            "many" => Ok(ByteStream::from(counted(MANY))),
            _ => Err(format!("no file is called {name}")),
        }
    }

    async fn write(&mut self, name: String, bytes: ByteStream) -> ItemFuture<Result<u64, String>> {
        let disk = self.clone();
        ItemFuture::new(async move {
            let bytes = bytes.collect(MANY).await.map_err(|err| err.to_string())?;
            let length = bytes.len() as u64;
            disk.0.lock().map_err(|err| err.to_string())?.insert(name, bytes);
            Ok(length)
        })
    }
}

fn counted(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|it| u8::try_from(it % 251).unwrap_or_default()).collect()
}

async fn in_(plugin: &Flows) -> Tested {
    let expected = counted(MANY).iter().map(|it| u64::from(*it)).sum();
    same(plugin.flows_sum(counted(MANY).into()).await?, expected)?;
    same(plugin.flows_sum(Vec::new().into()).await?, 0)
}

async fn out(plugin: &Flows) -> Tested {
    let mut bytes = plugin.flows_count(MANY as u64).await?;
    let mut all = Vec::new();
    bytes.read_to_end(&mut all).await?;
    same(all.len(), MANY)?;
    same(all == counted(MANY), true)?;
    same(plugin.flows_count(0).await?.collect(0).await?, Vec::new())?;
    let file = Written::default();
    let written = plugin.flows_count(MANY as u64).await?.write_to(file.clone()).await?;
    same(written, MANY as u64)?;
    same(*file.0.lock().map_err(|err| err.to_string())? == counted(MANY), true)
}

/// A writer that takes a little at a time, and keeps it.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl AsyncWrite for Written {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(10_000);
        self.0.lock().expect("no thread panicked").extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

async fn full(plugin: &Flows) -> Tested {
    let (reader, writer) = tokio::io::duplex(1000);
    drop(reader);
    let error = plugin.flows_flood().await?.write_to(writer).await.err();
    let kind = error.ok_or("it was written to nobody")?.kind();
    same(kind, io::ErrorKind::BrokenPipe)
}

/// A reader that notes how much was read of it.
struct Noted(Arc<Mutex<usize>>);

impl AsyncRead for Noted {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let piece = buffer.remaining().min(8 << 10);
        buffer.initialize_unfilled_to(piece).fill(b'a');
        buffer.advance(piece);
        *self.0.lock().expect("no thread panicked") += piece;
        Poll::Ready(Ok(()))
    }
}

async fn through(plugin: &Flows) -> Tested {
    let noted = Arc::default();
    let mut bytes = plugin.flows_shout(ByteStream::new(Noted(Arc::clone(&noted)))).await?;
    let mut read = vec![0; MANY];
    bytes.read_exact(&mut read).await?;
    same(read == vec![b'A'; MANY], true)?;
    let ahead = *noted.lock().expect("no thread panicked") - MANY;
    same(ahead <= 512 << 10, true).map_err(|_| format!("it was {ahead} bytes ahead").into())
}

async fn first(plugin: &Flows) -> Tested {
    let noted = Arc::default();
    let first = plugin.flows_take(ByteStream::new(Noted(Arc::clone(&noted))), 10).await?;
    same(first, vec![b'a'; 10])?;
    same(*noted.lock().expect("no thread panicked") <= 128 << 10, true)?;
    same(plugin.flows_take(counted(3).into(), 10).await?, counted(3))
}

async fn ignored(plugin: &Flows) -> Tested {
    same(plugin.flows_ignore(ByteStream::new(tokio::io::empty())).await?, true)?;
    let (reader, _writer) = tokio::io::simplex(1);
    same(plugin.flows_ignore(ByteStream::new(reader)).await?, true)
}

async fn flooded(plugin: &Flows) -> Tested {
    let mut bytes = plugin.flows_flood().await?;
    let mut read = vec![1; MANY];
    bytes.read_exact(&mut read).await?;
    same(read == vec![0; MANY], true)
}

async fn failed(plugin: &Flows) -> Tested {
    for after in [0, 1, 100_000] {
        let mut bytes = match plugin.flows_fail(after).await {
            Ok(bytes) => bytes,
            // It may fail before it has said what to read.
            Err(CallError::Trap { .. }) => continue,
            Err(other) => return Err(other.into()),
        };
        let mut read = Vec::new();
        let Err(error) = bytes.read_to_end(&mut read).await else {
            return Err(format!("it ended after {} bytes", read.len()).into());
        };
        same(read.len() <= after as usize, true)?;
        let source = error.get_ref().and_then(|it| it.downcast_ref::<StreamError>());
        let Some(StreamError::Call(source)) = source else {
            return Err(format!("unexpected: {error:?}").into());
        };
        same(matches!(**source, CallError::Trap { .. }), true)?;
    }
    Ok(())
}

async fn broken(plugin: &Flows) -> Tested {
    let parts = [Ok(&b"abc"[..]), Err(io::Error::other("the disk is gone"))];
    let reader = || tokio_util::io::StreamReader::new(stream::iter(parts_of(&parts)));
    let error = plugin.flows_sum(ByteStream::new(reader())).await;
    let Err(CallError::Input { source, .. }) = &error else {
        return Err(format!("unexpected: {error:?}").into());
    };
    same(source.to_string(), "the disk is gone".to_owned())?;
    let text = match plugin.flows_shout(ByteStream::new(reader())).await {
        Ok(bytes) => told(&bytes.collect(MANY).await.err().ok_or("a part was taken for all")?),
        // It may have read before it says what to read.
        Err(error) => told(&error),
    };
    same(text.ends_with("failed: the disk is gone"), true).map_err(|_| text.into())
}

fn parts_of(parts: &[io::Result<&'static [u8]>]) -> Vec<io::Result<&'static [u8]>> {
    let copied = |it: &io::Result<&'static [u8]>| match it {
        Ok(bytes) => Ok(*bytes),
        Err(err) => Err(io::Error::other(err.to_string())),
    };
    parts.iter().map(copied).collect()
}

async fn words(plugin: &Flows) -> Tested {
    let words = plugin.flows_words("the quick brown fox".to_owned()).await?;
    let words: Vec<String> = words.try_collect().await?;
    same(words, ["the", "quick", "brown", "fox"].map(str::to_owned).to_vec())?;
    let words = ["a", "größer", "", "bb"].map(str::to_owned);
    let longest = plugin.flows_longest(ItemStream::new(stream::iter(words))).await?;
    same(longest, Some("größer".to_owned()))?;
    let none = plugin.flows_longest(ItemStream::new(stream::empty())).await?;
    same(none, None)
}

async fn doubled(plugin: &Flows) -> Tested {
    let later = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        21
    };
    same(plugin.flows_double(ItemFuture::new(later)).await?.await?, 42)
}

async fn parsed(plugin: &Flows) -> Tested {
    let (numbers, outcome) = plugin.flows_parse(b"1\n22\n333\n".to_vec().into()).await?;
    same(numbers.try_collect::<Vec<_>>().await?, vec![1, 22, 333])?;
    same(outcome.await?, Ok(3))?;
    let (mut numbers, outcome) = plugin.flows_parse(b"1\n22\nthree\n4\n".to_vec().into()).await?;
    same(numbers.next().await.transpose()?, Some(1))?;
    same(numbers.next().await.transpose()?, Some(22))?;
    same(numbers.next().await.transpose()?, None)?;
    same(outcome.await?, Err("three".to_owned()))
}

async fn copied(plugin: &Flows) -> Tested {
    same(plugin.flows_copy("many".to_owned(), "copy".to_owned()).await?, Ok(MANY as u64))?;
    let error = plugin.flows_copy("none".to_owned(), "copy".to_owned()).await?;
    same(error, Err("no file is called none".to_owned()))
}

async fn chained(plugin: &Flows) -> Tested {
    let bytes = plugin.flows_count(MANY as u64).await?;
    let bytes = plugin.flows_shout(bytes).await?;
    let bytes = plugin.flows_shout(bytes).await?;
    let expected = counted(MANY).to_ascii_uppercase();
    same(bytes.collect(MANY).await? == expected, true)?;
    // Who reads is told that who writes failed.
    let error = match plugin.flows_fail(100_000).await {
        Ok(bytes) => plugin.flows_sum(bytes).await.err().ok_or("a part was taken for all")?,
        Err(error) => error,
    };
    same(matches!(error, CallError::Input { .. } | CallError::Trap { .. }), true)
}

async fn late(plugin: &Flows) -> Tested {
    let error = plugin.flows_sum(ByteStream::new(pending_reader())).await.err();
    same(matches!(error, Some(CallError::Deadline { .. })), true)?;
    let error = plugin.flows_shout(ByteStream::new(pending_reader())).await?.read(&mut [0]).await;
    let error = error.err().ok_or("nothing came, and no error")?;
    match error.get_ref().and_then(|it| it.downcast_ref()) {
        Some(StreamError::Call(error)) => same(matches!(**error, CallError::Deadline { .. }), true),
        other => Err(format!("unexpected: {other:?}").into()),
    }
}

async fn dropped(plugin: &Flows) -> Tested {
    drop(plugin.flows_flood().await?);
    let mut waiting = plugin.flows_shout(ByteStream::new(pending_reader())).await?;
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_millis(50), waiting.read(&mut byte));
    same(read.await.is_err(), true)?;
    drop(waiting);
    same(plugin.flows_ignore(Vec::new().into()).await?, true)
}

/// A reader that nothing ever comes from.
fn pending_reader() -> impl AsyncRead + Send + 'static {
    tokio_util::io::StreamReader::new(stream::once(pending::<io::Result<&'static [u8]>>()).boxed())
}
