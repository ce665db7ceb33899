//! A connection that knows whether a request is in progress on it, so that the end of the server waits for that one and
//! for nothing else.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where a connection is with its requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Arc<AtomicU8>);

/// Nothing of a request has come since the last answer.
const IDLE: u8 = 0;
/// Some of a request has come.
const RECEIVING: u8 = 1;
/// The answer is known, and on its way.
const ANSWERED: u8 = 2;

impl Progress {
    /// A request is read or answered.
    pub(super) fn begin(&self) {
        self.0.store(RECEIVING, Ordering::Relaxed);
    }

    /// Its answer is known.
    pub(super) fn answer(&self) {
        self.0.store(ANSWERED, Ordering::Relaxed);
    }

    /// Whether the connection owes an answer.
    pub(super) fn is_busy(&self) -> bool {
        self.0.load(Ordering::Relaxed) != IDLE
    }

    fn flushed(&self) {
        let _ = self.0.compare_exchange(ANSWERED, IDLE, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// A stream that notes what passes through it.
pub(super) struct Watched<S> {
    pub stream: S,
    pub progress: Progress,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context, buffer: &mut ReadBuf) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before && !self.progress.is_busy() {
            self.progress.begin();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.progress.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context,
        pieces: &[io::IoSlice],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
