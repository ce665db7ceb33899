//! Names resolved once, and connections whose failure is told apart from everything that goes wrong after a request has
//! been sent.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, RustlsConnector, TcpConnector, Transport,
};

use super::thrift::{Plain, Whole};

/// Marks an error that came before anything of the request was sent: resolving, connecting, the proxy, the TLS handshake.
#[derive(Debug)]
pub(super) struct NotSent(Error);

impl NotSent {
    fn mark(error: Error) -> Error {
        Error::Other(Box::new(NotSent(error)))
    }

    /// The error inside the marks, or the error itself if it bears none. A proxy connects twice and marks twice.
    pub(super) fn inside(error: Error) -> Result<Error, Error> {
        match error {
            Error::Other(boxed) => match boxed.downcast::<NotSent>() {
                Ok(marked) => Ok(NotSent::inside(marked.0).unwrap_or_else(|inner| inner)),
                Err(other) => Err(Error::Other(other)),
            },
            // Found out before a connection is even tried.
            Error::BadUri(_)
            | Error::HostNotFound
            | Error::RequireHttpsOnly(_)
            | Error::TlsRequired
            | Error::Http(_) => Ok(error),
            other => Err(other),
        }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no connection")
    }
}

impl std::error::Error for NotSent {}

/// The library's own connections, their failures marked. The TLS handshake is part of connecting, so whatever passes
/// here unmarked has left nothing on the wire but the handshake.
#[derive(Debug, Clone, Default)]
pub(super) struct Establish(Arc<Ways>);

#[derive(Debug, Default)]
struct Ways {
    tcp: TcpConnector,
    tls: RustlsConnector,
    /// Everything that has to do with a proxy.
    general: DefaultConnector,
}

impl Ways {
    /// A connection that goes through nobody.
    fn direct(&self, details: &ConnectionDetails) -> Result<Option<Box<dyn Transport>>, Error> {
        let Some(plain) = self.tcp.connect(details, None::<()>)? else { return Ok(None) };
        let Some(connected) = self.tls.connect(details, Some(Plain::new(plain)))? else { return Ok(None) };
        Ok(Some(Box::new(Whole::new(connected))))
    }
}

impl Connector<()> for Establish {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        if details.config.proxy().is_some() {
            // Going through a proxy, the library comes back here, on the same thread, for the connection to it.
            let negotiation = Arc::new(Negotiation { ends: deadline(details.timeout), over: AtomicBool::new(false) });
            NEGOTIATION.set(Some(Arc::clone(&negotiation)));
            let connected = self.0.general.connect(details, chained).map_err(NotSent::mark);
            NEGOTIATION.set(None);
            negotiation.over.store(true, Ordering::Relaxed);
            return Ok(connected?.map(|connected| Box::new(Whole::new(connected)) as Box<dyn Transport>));
        }
        let Some(negotiation) = NEGOTIATION.take() else { return self.0.direct(details).map_err(NotSent::mark) };
        let connected = self.0.general.connect(details, chained).map_err(NotSent::mark)?;
        Ok(connected.map(|inner| Box::new(ToProxy { inner, negotiation }) as Box<dyn Transport>))
    }
}

/// The talk with a proxy before the connection behind it is there. The library gives each read of it the whole time
/// limit anew, so a proxy that sends a byte now and then could hold us for ever.
#[derive(Debug)]
struct Negotiation {
    ends: Option<Instant>,
    over: AtomicBool,
}

thread_local! {
    static NEGOTIATION: Cell<Option<Arc<Negotiation>>> = const { Cell::new(None) };
}

fn deadline(timeout: NextTimeout) -> Option<Instant> {
    if timeout.after.is_not_happening() { None } else { Instant::now().checked_add(*timeout.after) }
}

/// The connection to a proxy, with one time limit for the whole of the talk.
#[derive(Debug)]
struct ToProxy {
    inner: Box<dyn Transport>,
    negotiation: Arc<Negotiation>,
}

impl ToProxy {
    fn within(&self, mut timeout: NextTimeout) -> Result<NextTimeout, Error> {
        if let Some(ends) = self.negotiation.ends.filter(|_| !self.negotiation.over.load(Ordering::Relaxed)) {
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Timeout(timeout.reason));
            }
            timeout.after = left.min(*timeout.after).into();
        }
        Ok(timeout)
    }
}

impl Transport for ToProxy {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = self.within(timeout)?;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = self.within(timeout)?;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Looks each host up once. With a time limit set, the library would look it up for every request, in a new thread.
#[derive(Debug, Clone, Default)]
pub(super) struct Remember {
    resolver: Arc<DefaultResolver>,
    known: Arc<Mutex<HashMap<String, Vec<SocketAddr>>>>,
}

impl Remember {
    fn addresses(&self, known: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut addresses = self.resolver.empty();
        for address in known {
            addresses.push(*address);
        }
        addresses
    }
}

impl Resolver for Remember {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().or(match uri.scheme_str() {
            Some("https") => Some(443),
            Some("http") => Some(80),
            _ => None,
        });
        if let (Ok(address), Some(port)) = (host.trim_matches(['[', ']']).parse::<IpAddr>(), port) {
            return Ok(self.addresses(&[SocketAddr::new(address, port)]));
        }
        let key = uri.authority().map(ToString::to_string).unwrap_or_default();
        if let Some(known) = self.known.lock().ok().and_then(|known| known.get(&key).cloned()) {
            return Ok(self.addresses(&known));
        }
        let found = self.resolver.resolve(uri, config, timeout).map_err(|error| {
            // A failed lookup is the one error here that has neither a kind nor a number of its own.
            NotSent::mark(if matches!(&error, Error::Io(error) if error.raw_os_error().is_none()) {
                Error::HostNotFound
            } else {
                error
            })
        })?;
        if let Ok(mut known) = self.known.lock() {
            known.insert(key, found.iter().copied().collect());
        }
        Ok(found)
    }
}
