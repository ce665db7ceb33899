//! The accept loop and the life of a connection: its limits in time, TLS, keep-alive. What a request gets for an
//! answer is for `http`.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::http;
use super::tokens::Minter;

/// How long a TLS handshake may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection may go without a complete request head, keep-alive pauses included.
const HEAD_LIMIT: Duration = Duration::from_mins(1);

/// How long to wait when the system has no more sockets to give.
const BREATH: Duration = Duration::from_millis(50);

/// A server that is ready to run.
pub(super) struct Server {
    /// Where connections come in.
    pub listener: TcpListener,
    /// What makes TLS of them, if anything does.
    pub acceptor: Option<TlsAcceptor>,
    /// What mints the tokens.
    pub minter: Arc<Minter>,
}

impl Server {
    /// Serves until `end` comes to pass.
    pub(super) async fn run(self, end: impl Future<Output = ()>) {
        let accept = async { match self.accept().await {} };
        first(accept, end).await;
    }

    async fn accept(&self) -> Infallible {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, self.acceptor.clone(), Arc::clone(&self.minter)));
                }
                // A client that went away before it was taken, or too many open files: neither ends the server.
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
    }
}

async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, minter: Arc<Minter>) {
    // Answers are small and written once; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => requests(stream, minter).await,
        Some(acceptor) => {
            let handshake = tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream));
            if let Ok(Ok(stream)) = handshake.await {
                requests(stream, minter).await;
            }
        }
    }
}

async fn requests<S: AsyncRead + AsyncWrite + Unpin>(stream: S, minter: Arc<Minter>) {
    let service = service_fn(move |request| {
        let minter = Arc::clone(&minter);
        async move { Ok::<_, Infallible>(http::answer(&minter, request).await) }
    });
    // How a connection fails is the client's business; the server has nobody to tell.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Waits for one of two things, whichever comes first.
async fn first<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        let is_over = one.as_mut().poll(context).is_ready() || other.as_mut().poll(context).is_ready();
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Starts to watch for the signals that end the server, and gives what waits for the first of them.
#[cfg(unix)]
pub(super) fn end_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        first(interrupt.recv(), terminate.recv()).await;
    })
}

/// Starts to watch for Ctrl-C, and gives what waits for it.
#[cfg(windows)]
pub(super) fn end_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}
