//! The accept loop and the lifetime of a connection: its limits in time, TLS, keep-alive, the end of the server.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::request::{Reply, Request};
use super::watched::{Progress, Watched};

/// How long a TLS handshake may take.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// How long a connection may go without a complete request head, keep-alive pauses included.
const HEAD_LIMIT: Duration = Duration::from_mins(1);

/// How long to wait when the system has no more sockets to give.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// How long the requests in progress may take when the server is to end.
const DRAIN_LIMIT: Duration = Duration::from_secs(3);

/// What answers requests.
pub trait Handler: Send + Sync + 'static {
    /// The answer to one request.
    fn answer(&self, request: Request) -> impl Future<Output = Reply> + Send;
}

/// A server that is ready to run.
pub(super) struct Server<H> {
    /// Where connections come in.
    pub listener: TcpListener,
    /// What makes TLS of them, if anything does.
    pub acceptor: Option<TlsAcceptor>,
    /// What answers.
    pub handler: Arc<H>,
}

impl<H: Handler> Server<H> {
    /// Serves until `end` resolves, then finishes the requests in progress.
    pub(super) async fn run(self, end: impl Future<Output = ()>) {
        let (ending, watcher) = watch::channel(false);
        first(self.accept(&watcher), end).await;
        // New connections are refused from here on.
        drop((self, watcher));
        ending.send_replace(true);
        // Each connection has a watcher of its own, which goes when it is done.
        let _ = tokio::time::timeout(DRAIN_LIMIT, ending.closed()).await;
    }

    async fn accept(&self, ending: &watch::Receiver<bool>) -> Infallible {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(connection(stream, self.acceptor.clone(), Arc::clone(&self.handler), ending.clone()));
                }
                // A client that went away before it was taken, or too many open files: neither ends the server.
                Err(_) => tokio::time::sleep(ACCEPT_BACKOFF).await,
            }
        }
    }
}

async fn connection<H: Handler>(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    handler: Arc<H>,
    mut ending: watch::Receiver<bool>,
) {
    // Answers are small and written once; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else { return requests(stream, handler, ending).await };
    let handshake = tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream));
    let mut stream = None;
    // No request has begun before the handshake is done.
    first(async { stream = handshake.await.ok().and_then(Result::ok) }, ended(&mut ending)).await;
    if let Some(stream) = stream {
        requests(stream, handler, ending).await;
    }
}

async fn requests<S, H>(stream: S, handler: Arc<H>, mut ending: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Handler,
{
    let progress = Progress::default();
    let (noted, is_ending) = (progress.clone(), ending.clone());
    let service = service_fn(move |request| {
        let (handler, noted, is_ending) = (Arc::clone(&handler), noted.clone(), is_ending.clone());
        async move {
            noted.begin();
            let mut response = handler.answer(Request::new(request)).await;
            if *is_ending.borrow() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            noted.answer();
            Ok::<_, Infallible>(response)
        }
    });
    let stream = TokioIo::new(Watched { stream, progress: progress.clone() });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(stream, service);
    let (mut connection, mut end, mut is_ending) = (pin!(connection), pin!(ended(&mut ending)), false);
    poll_fn(|context| {
        // How a connection fails concerns the client alone.
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        is_ending = is_ending || end.as_mut().poll(context).is_ready();
        if is_ending && !progress.is_busy() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Resolves when the server is to end.
async fn ended(ending: &mut watch::Receiver<bool>) {
    // The sender goes after the connections only, so there is no error.
    let _ = ending.wait_for(|is_ending| *is_ending).await;
}

/// Waits, without keeping other requests waiting.
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Does work that blocks on another thread, of which there are few. `None` where it did not come to its end.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
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
