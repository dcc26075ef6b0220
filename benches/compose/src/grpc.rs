//! The same calls over gRPC: tonic on both sides of a Unix socket, the one that answers in a process of its own.

pub mod messages;
mod server;

use std::env;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::thread::sleep;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use prost::bytes::Bytes;
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::{Channel, Endpoint};

pub use self::server::serve;
use crate::Result;
use crate::rows::{Row, Worker, checked};
use messages::{Addition, Blob, Handle, Number, Pair, Reading, Readings, Text};

/// What `build.rs` made.
mod chain {
    tonic::include_proto!("chain.Chain");
}

/// What this program is called with when it is the one that answers.
pub const SERVE: &str = "--serve";

/// As much as may be on its way at once, in bytes, so that nothing waits for permission to send.
const WINDOW: u32 = 8 << 20;

/// The largest message, in bytes.
const MESSAGE: usize = 8 << 20;

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

type Client = chain::chain_client::ChainClient<Channel>;

/// A process that answers, and the connection to it.
pub struct Grpc {
    child: Child,
    runtime: Runtime,
    client: Client,
    _folder: TempDir,
}

impl Grpc {
    pub fn start() -> Result<Rc<Self>> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("socket");
        let mut command = Command::new(env::current_exe()?);
        let child = command.arg(SERVE).arg(&socket).stdin(Stdio::piped()).spawn()?;
        while !socket.exists() {
            sleep(Duration::from_millis(1));
        }
        let runtime = runtime()?;
        let client = runtime.block_on(connect(socket))?;
        let client = Client::new(client);
        let client = client.max_decoding_message_size(MESSAGE).max_encoding_message_size(MESSAGE);
        Ok(Rc::new(Self { child, runtime, client, _folder: folder }))
    }
}

impl Drop for Grpc {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn connect(socket: PathBuf) -> Result<Channel> {
    let endpoint = Endpoint::from_static("http://localhost");
    let endpoint =
        endpoint.initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
    let connector = tower::service_fn(move |_| {
        let socket = socket.clone();
        async move { UnixStream::connect(socket).await.map(TokioIo::new) }
    });
    Ok(endpoint.connect_with_connector(connector).await?)
}

/// Gets ready to do what a row says.
pub fn worker(grpc: &Rc<Grpc>, row: &Row) -> Result<Option<Worker>> {
    let (grpc, export) = (Rc::clone(grpc), row.export);
    checked(row, move |times| {
        let client = grpc.client.clone();
        grpc.runtime.block_on(ask(client, export, times))
    })
}

/// Calls so many times, and adds up what is answered.
async fn ask(mut client: Client, export: &str, times: u32) -> Result<u64> {
    let reading = Reading {
        sensor: 1,
        at: 2,
        value: 3.0,
        low: 4.0,
        high: 5.0,
        channel: 6,
        offset: 7,
        valid: true,
    };
    let readings = vec![reading.clone(); if export == "readings" { 1000 } else { 0 }];
    let text = "plugwright ".repeat(6);
    let bytes = Bytes::from(vec![1; 64 << 10]);
    let kept = match export {
        "method" => Some(client.open(Number { number: 5 }).await?.into_inner().handle),
        _ => None,
    };
    let mut sum = 0;
    for _ in 0..times {
        sum += match export {
            "sum" => client.sum(Pair { a: 2, b: 3 }).await?.into_inner().number,
            "one-reading" => client.one_reading(reading.clone()).await?.into_inner().at,
            "readings" => {
                let readings = Readings { readings: readings.clone() };
                client.readings(readings).await?.into_inner().readings.len() as u64
            }
            "text" => {
                let text = Text { text: text.clone() };
                client.text(text).await?.into_inner().text.len() as u64
            }
            "bytes" => client.take(Blob { bytes: bytes.clone() }).await?.into_inner().number,
            "bytes-each-way" => {
                let blob = Blob { bytes: bytes.clone() };
                client.echo_bytes(blob).await?.into_inner().bytes.len() as u64
            }
            "flow" => {
                let pieces = tokio_stream::once(Blob { bytes: bytes.clone() });
                client.flow(pieces).await?.into_inner().number
            }
            _ => {
                let handle = match kept {
                    Some(handle) => handle,
                    None => client.open(Number { number: 5 }).await?.into_inner().handle,
                };
                let it = client.add(Addition { handle, number: 0 }).await?.into_inner().number;
                if kept.is_none() {
                    client.close(Handle { handle }).await?;
                }
                it
            }
        };
    }
    if let Some(handle) = kept {
        client.close(Handle { handle }).await?;
    }
    Ok(sum)
}
