//! The process that answers.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

use super::chain::chain_server::{Chain, ChainServer};
use super::messages::{Addition, Blob, Handle, Nothing, Number, Pair, Reading, Readings, Text};
use super::{MESSAGE, WINDOW, runtime};
use crate::Result;

type Answer<T> = std::result::Result<Response<T>, Status>;

/// The counters that are open, by their handles.
#[derive(Debug, Default)]
struct Answerer(Mutex<(u64, HashMap<u64, u32>)>);

impl Answerer {
    fn with<R>(
        &self,
        handle: u64,
        work: impl FnOnce(&mut u32) -> R,
    ) -> std::result::Result<R, Status> {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.1.get_mut(&handle);
        counter.map(work).ok_or_else(|| Status::not_found("there is no such counter"))
    }
}

#[tonic::async_trait]
impl Chain for Answerer {
    async fn sum(&self, request: Request<Pair>) -> Answer<Number> {
        let Pair { a, b } = request.into_inner();
        Ok(Response::new(Number { number: a.wrapping_add(b).into() }))
    }

    async fn one_reading(&self, request: Request<Reading>) -> Answer<Reading> {
        Ok(Response::new(request.into_inner()))
    }

    async fn readings(&self, request: Request<Readings>) -> Answer<Readings> {
        Ok(Response::new(request.into_inner()))
    }

    async fn text(&self, request: Request<Text>) -> Answer<Text> {
        Ok(Response::new(request.into_inner()))
    }

    async fn take(&self, request: Request<Blob>) -> Answer<Number> {
        Ok(Response::new(Number { number: request.into_inner().bytes.len() as u64 }))
    }

    async fn echo_bytes(&self, request: Request<Blob>) -> Answer<Blob> {
        Ok(Response::new(request.into_inner()))
    }

    async fn flow(&self, request: Request<Streaming<Blob>>) -> Answer<Number> {
        let (mut pieces, mut number) = (request.into_inner(), 0);
        while let Some(piece) = pieces.message().await? {
            number += piece.bytes.len() as u64;
        }
        Ok(Response::new(Number { number }))
    }

    async fn open(&self, request: Request<Number>) -> Answer<Handle> {
        let start = request.into_inner().number as u32;
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters.0 += 1;
        let handle = counters.0;
        counters.1.insert(handle, start);
        Ok(Response::new(Handle { handle }))
    }

    async fn add(&self, request: Request<Addition>) -> Answer<Number> {
        let Addition { handle, number } = request.into_inner();
        let number = self.with(handle, |counter| {
            *counter = counter.wrapping_add(number);
            u64::from(*counter)
        })?;
        Ok(Response::new(Number { number }))
    }

    async fn close(&self, request: Request<Handle>) -> Answer<Nothing> {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters.1.remove(&request.into_inner().handle);
        Ok(Response::new(Nothing {}))
    }
}

/// Answers at a socket until the standard input ends, which it does when the one who asks is gone.
pub fn serve(socket: &Path) -> Result<()> {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    runtime()?.block_on(async {
        let sockets = UnixListenerStream::new(UnixListener::bind(socket)?);
        let chain = ChainServer::new(Answerer::default());
        let chain = chain.max_decoding_message_size(MESSAGE).max_encoding_message_size(MESSAGE);
        let server = Server::builder();
        let server =
            server.initial_stream_window_size(WINDOW).initial_connection_window_size(WINDOW);
        Ok(server.tcp_nodelay(true).add_service(chain).serve_with_incoming(sockets).await?)
    })
}
