//! SignalWire's token endpoints on this machine's loopback, with the statuses, errors and token forms that its
//! documentation gives. This file is the server's life, from bind to end; what stands in a request is for
//! `signalwire`, whose tables both sides read.
//!
//! Every key here is public: a token from this server is worth nothing anywhere else.

mod answer;
mod guard;
mod http;
mod seal;
mod server;
mod tls;
mod tokens;
mod validate;
mod watched;
#[cfg(test)]
mod wire_tests;

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::app::App;
use crate::error::{Category, Failure, OrFail, Result};
use server::Server;
use tls::Authority;
use tokens::Minter;

pub use crate::signalwire::sandbox::{API_TOKEN, PROJECT_ID};

/// The HS512 key under which chat, PubSub and video tokens are signed.
pub const SIGNING_KEY: &[u8; 64] = b"tokenmint-emulator-development-signing-key-HS512-not-a-secret-64";

/// The A256GCM key under which guest and refresh tokens are encrypted.
pub const ENCRYPTION_KEY: &[u8; 32] = b"tokenmint-emulator-dev-aes256key";

/// The `kid` in the header of every token, by which `inspect` knows where it is from.
pub const KEY_ID: &str = "tokenmint-emulator";

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

/// Where an emulator is found. It keeps the authority's certificate on disk for as long as it lives.
struct Place {
    address: SocketAddr,
    authority: Option<Authority>,
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

    /// What `SIGNALWIRE_SPACE` should hold to reach it.
    pub fn space(&self) -> String {
        self.place.space()
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
    /// What `SIGNALWIRE_SPACE` should hold to reach it.
    pub fn space(&self) -> String {
        self.place.space()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.place.address
    }

    /// The file with the certificate of the authority that vouches for it, where it speaks https.
    pub fn certificate_file(&self) -> Option<&Path> {
        self.place.certificate_file()
    }
}

impl Place {
    fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    fn space(&self) -> String {
        // Plain http is what a bare loopback host means; https has to be said.
        if self.authority.is_some() { self.url() } else { self.address.to_string() }
    }

    fn certificate_file(&self) -> Option<&Path> {
        self.authority.as_ref().map(Authority::certificate_file)
    }

    fn exports(&self) -> String {
        let mut lines = String::new();
        let mut export = |name: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "export {name}={}", crate::text::sh_quoted(value));
        };
        export("SIGNALWIRE_SPACE", &self.space());
        export("SIGNALWIRE_PROJECT_ID", PROJECT_ID);
        export("SIGNALWIRE_API_TOKEN", API_TOKEN);
        if let Some(file) = self.certificate_file() {
            let file = file.to_string_lossy();
            export("SSL_CERT_FILE", &file);
            export("SIGNALWIRE_REST_CA_FILE", &file);
            // The SDKs that take a host without a scheme read the whole URL here, and Python's requests its own variable.
            export("SIGNALWIRE_REST_BASE_URL", &self.url());
            export("REQUESTS_CA_BUNDLE", &file);
        }
        lines
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
