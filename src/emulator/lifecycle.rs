//! The life of an emulator, from its port to its end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use super::place::Place;
use super::rules::Rules;
use super::service::Service;
use super::tls::Authority;
use super::tokens::Minter;
use crate::app::App;
use crate::error::Result;
use crate::server::{Exposure, Listener, RequestLog, Stop};

/// What the emulator speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Plain HTTP, which tokenmint and SignalWire's SDKs take for loopback hosts.
    Http,
    /// HTTPS under a certificate authority made for this run, for clients that speak nothing else.
    Https,
}

/// What is said about a `--listen` that will not do.
pub const EXPOSURE: Exposure =
    Exposure { flag: "--listen", reason: "the emulator's credentials are public", free: "--listen 127.0.0.1:0" };

/// An emulator that has its port. Connections wait in the system's queue until it runs.
pub struct Emulator {
    place: Place,
    listener: Listener,
    service: Service,
}

/// An emulator at work on its own thread. It ends when this is dropped, without being waited for.
#[must_use = "the emulator ends when this is dropped"]
pub struct Running {
    place: Place,
    stop: Stop,
}

impl Emulator {
    /// Takes the port. Port 0 takes any that is free: see [`Emulator::address`].
    ///
    /// # Errors
    /// Exit 2 for an address that clients cannot name as loopback, exit 1 where the port cannot be had or the certificate not be made.
    pub fn bind(listen: SocketAddr, protocol: Protocol, app: App) -> Result<Self> {
        let listener = Listener::bind(listen, &EXPOSURE)?;
        let address = listener.address();
        let authority = match protocol {
            Protocol::Http => None,
            Protocol::Https => Some(Authority::new(address.ip(), app.now())?),
        };
        let service = Service { minter: Minter::new(app)?, rules: Rules::default(), log: RequestLog::silent() };
        Ok(Emulator { place: Place { address, authority }, listener, service })
    }

    /// The emulator with rules that the documents do not give.
    #[must_use]
    pub fn with_rules(mut self, rules: Rules) -> Self {
        self.service.minter.set_clock(rules.clock);
        self.service.rules = rules;
        self
    }

    /// The emulator with a line for each request.
    #[must_use]
    pub fn with_log(mut self, log: RequestLog) -> Self {
        self.service.log = log;
        self
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

    /// The variables that point a client at it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        self.place.variables()
    }

    /// The sh lines that point a client at it, each ending in a newline.
    pub fn exports(&self) -> String {
        self.place.exports()
    }

    /// Runs it on its own thread. Requests are answered from the moment this returns.
    ///
    /// # Errors
    /// Exit 1 if the system gives no thread or event queue.
    pub fn start(self) -> Result<Running> {
        let acceptor = self.place.authority.as_ref().map(Authority::acceptor);
        Ok(Running { stop: self.listener.start(acceptor, Arc::new(self.service))?, place: self.place })
    }

    /// Runs it here until a signal ends it, which is a good end. `ready` is called when requests are taken.
    ///
    /// # Errors
    /// What `ready` fails with; exit 1 if the system gives no event queue.
    pub fn serve(self, ready: impl FnOnce(&Place) -> Result<()>) -> Result<()> {
        let Emulator { place, listener, service } = self;
        let acceptor = place.authority.as_ref().map(Authority::acceptor);
        listener.serve(acceptor, Arc::new(service), || ready(&place))
    }
}

impl Running {
    /// Ends it and waits until it has: requests in progress are finished, and their lines printed.
    pub fn finish(self) {
        self.stop.finish();
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
