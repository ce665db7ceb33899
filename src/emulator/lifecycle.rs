//! The life of an emulator, from its port to its end.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::place::Place;
use super::server::{self, Server};
use super::tls::Authority;
use super::tokens::Minter;
use crate::app::App;
use crate::error::{Category, Failure, OrFail, Result};

/// What the emulator speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Plain HTTP, which tokenmint and SignalWire's SDKs take for loopback hosts.
    Http,
    /// HTTPS under a certificate authority made for this run, for clients that speak nothing else.
    Https,
}

/// An emulator that has its port. Connections wait in the system's queue until it runs.
pub struct Emulator {
    place: Place,
    listener: TcpListener,
    minter: Minter,
}

/// An emulator at work on a thread of its own. It ends when this is dropped, without being waited for.
#[must_use = "the emulator ends when this is dropped"]
pub struct Running {
    place: Place,
    /// Never sent on: the server ends when this side goes away.
    _stop: oneshot::Sender<()>,
}

impl Emulator {
    /// Takes the port. Port 0 takes any that is free: see [`Emulator::address`].
    ///
    /// # Errors
    /// Exit 2 for an address that clients cannot name as loopback, exit 1 where the port cannot be had or the certificate not be made.
    pub fn bind(listen: SocketAddr, protocol: Protocol, app: App) -> Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(Failure::usage(format!("--listen {listen} is not a loopback address"))
                .with_hint("the emulator's credentials are public; use 127.0.0.1 or [::1]"));
        }
        if listen.ip() != Ipv4Addr::LOCALHOST && listen.ip() != Ipv6Addr::LOCALHOST {
            return Err(Failure::usage(format!("--listen must be 127.0.0.1 or [::1], got {listen}"))
                .with_hint("use --listen 127.0.0.1:0, which picks a free port"));
        }
        let listener = TcpListener::bind(listen).map_err(|error| cannot_listen(listen, error))?;
        listener.set_nonblocking(true).or_fail(Category::Internal)?;
        let address = listener.local_addr().or_fail(Category::Internal)?;
        let authority = match protocol {
            Protocol::Http => None,
            Protocol::Https => Some(Authority::new(address.ip(), app.now())?),
        };
        Ok(Emulator { place: Place { address, authority }, listener, minter: Minter::new(app)? })
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.place.address
    }

    /// `http://127.0.0.1:8793`, or the same with https.
    pub fn url(&self) -> String {
        self.place.url()
    }

    /// The file with the certificate of the authority that vouches for it, where it speaks https.
    pub fn certificate_file(&self) -> Option<&Path> {
        self.place.certificate_file()
    }

    /// The sh lines that point a client at it, each ending in a newline.
    pub fn exports(&self) -> String {
        self.place.exports()
    }

    /// Runs it on a thread of its own. Requests are answered from the moment this returns.
    ///
    /// # Errors
    /// Exit 1 if the system gives no thread or event queue.
    pub fn start(self) -> Result<Running> {
        let runtime = runtime()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (place, server) = self.into_server(&runtime)?;
        let run = move || {
            runtime.block_on(server.run(async {
                let _ = stopped.await;
            }));
            runtime.shutdown_background();
        };
        std::thread::Builder::new().name("emulator".to_owned()).spawn(run).or_fail(Category::Internal)?;
        Ok(Running { place, _stop: stop })
    }

    /// Runs it here until SIGINT, SIGTERM or SIGHUP, which is a good end. `ready` is called when all are watched for and
    /// requests are taken: what it announces is true, and a signal sent on hearing it is not lost.
    ///
    /// # Errors
    /// What `ready` fails with; exit 1 if the system gives no event queue.
    pub fn serve(self, ready: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        let runtime = runtime()?;
        let ended = {
            let _inside = runtime.enter();
            server::end_signal().or_fail(Category::Internal)?
        };
        ready(&self)?;
        let (_place, server) = self.into_server(&runtime)?;
        runtime.block_on(server.run(ended));
        runtime.shutdown_background();
        Ok(())
    }

    fn into_server(self, runtime: &Runtime) -> Result<(Place, Server)> {
        let _inside = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(self.listener).or_fail(Category::Internal)?;
        let acceptor = self.place.authority.as_ref().map(Authority::acceptor);
        Ok((self.place, Server { listener, acceptor, minter: Arc::new(self.minter) }))
    }
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.place.address
    }

    /// The file with the certificate of the authority that vouches for it, where it speaks https.
    pub fn certificate_file(&self) -> Option<&Path> {
        self.place.certificate_file()
    }
}

fn cannot_listen(listen: SocketAddr, error: std::io::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::AddrInUse => Some("another program uses the port; --listen 127.0.0.1:0 picks a free one"),
        ErrorKind::PermissionDenied => Some("ports below 1024 are reserved; --listen 127.0.0.1:0 picks a free one"),
        _ => None,
    };
    let failure = Failure::new(Category::Internal, error).context(format!("cannot listen on {listen}"));
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// One thread does all: answering takes microseconds, and the rest is waiting.
fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().or_fail(Category::Internal)
}
