//! The host's ends of what flows: who gives bytes, and who takes them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::PIECE;

/// Gives so many bytes.
pub struct Giver {
    left: u64,
    piece: Vec<u8>,
}

impl Giver {
    pub fn new(bytes: u64) -> Self {
        Self { left: bytes, piece: vec![1; PIECE] }
    }
}

impl AsyncRead for Giver {
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
pub struct Taker;

impl AsyncWrite for Taker {
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

/// Never gives anything, and never ends.
pub struct Silent;

impl AsyncRead for Silent {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}
