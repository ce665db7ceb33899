//! The life of a server, from its port to its end.

use std::io::{ErrorKind, IsTerminal as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::address::{self, Exposure};
use super::run::{Handler, Server};
use crate::error::{Category, Failure, OrFail, Result};
use crate::os::end_signal::end_signal;
use crate::output::report;

/// How many threads a handler's blocking work may use.
const BLOCKING_THREADS: usize = 8;

/// A port that is taken. Connections wait in the system's queue until it is served.
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

/// Ends a server that runs on its own thread when it is dropped, without waiting for it.
#[must_use = "the server ends when this is dropped"]
pub struct Stop {
    /// Never sent on: the server ends when this side goes away.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Stop {
    /// Ends the server and waits until it has: requests in progress are finished, and the log is printed.
    pub fn finish(self) {
        drop(self.stop);
        // A server that panicked has ended, too.
        let _ = self.thread.join();
    }
}

impl Listener {
    /// Takes the port. Port 0 takes any that is free: see [`Listener::address`].
    ///
    /// # Errors
    /// Exit 2 for an address that clients cannot name as loopback, exit 1 where the port cannot be had.
    pub fn bind(address: SocketAddr, exposure: &Exposure) -> Result<Self> {
        address::check(address, exposure)?;
        let listener = TcpListener::bind(address).map_err(|error| cannot_listen(address, exposure, error))?;
        listener.set_nonblocking(true).or_fail(Category::Internal)?;
        let address = listener.local_addr().or_fail(Category::Internal)?;
        Ok(Listener { listener, address })
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves on a thread. Requests are answered from the moment this returns.
    ///
    /// # Errors
    /// Exit 1 if the system gives no thread or event queue.
    pub fn start(self, acceptor: Option<TlsAcceptor>, handler: Arc<impl Handler>) -> Result<Stop> {
        let runtime = runtime()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = self.into_server(&runtime, acceptor, handler)?;
        let run = move || {
            runtime.block_on(server.run(async {
                let _ = stopped.await;
            }));
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("server".to_owned()).spawn(run).or_fail(Category::Internal)?;
        Ok(Stop { stop, thread })
    }

    /// Serves until SIGINT, SIGTERM or SIGHUP, which is a good end. `ready` is called when all are watched for and
    /// requests are taken: what it announces is true, and a signal sent on hearing it is not lost.
    ///
    /// # Errors
    /// What `ready` fails with; exit 1 if the system gives no event queue.
    pub fn serve(
        self,
        acceptor: Option<TlsAcceptor>,
        handler: Arc<impl Handler>,
        ready: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let runtime = runtime()?;
        let ended = {
            let _inside = runtime.enter();
            end_signal().or_fail(Category::Internal)?
        };
        ready()?;
        let server = self.into_server(&runtime, acceptor, handler)?;
        let mut interrupted = false;
        runtime.block_on(server.run(async { interrupted = ended.await }));
        runtime.shutdown_background();
        // The terminal has echoed ^C; the prompt belongs on a line below it.
        if interrupted && std::io::stderr().is_terminal() {
            report::verbatim("\n");
        }
        Ok(())
    }

    fn into_server<H: Handler>(
        self,
        runtime: &Runtime,
        acceptor: Option<TlsAcceptor>,
        handler: Arc<H>,
    ) -> Result<Server<H>> {
        let _inside = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(self.listener).or_fail(Category::Internal)?;
        Ok(Server { listener, acceptor, handler })
    }
}

fn cannot_listen(address: SocketAddr, exposure: &Exposure, error: std::io::Error) -> Failure {
    let free = exposure.free;
    let hint = match error.kind() {
        ErrorKind::AddrInUse => Some(format!("another program uses the port; {free} picks a free one")),
        ErrorKind::PermissionDenied => Some(format!("ports below 1024 are reserved; {free} picks a free one")),
        _ => None,
    };
    let failure = Failure::new(Category::Internal, error).context(format!("cannot listen on {address}"));
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// One thread does all: answering takes microseconds, and the rest is waiting.
fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .or_fail(Category::Internal)
}
