//! Makes the connections that ureq asks for: to one of the host's addresses or through a proxy, with TLS where the space
//! has it.

use std::io;
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::Resolver as _;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, Transport, TransportAdapter,
};
use ureq::{Error, Proxy};

use super::coalesce::CoalescingTransport;
use super::deadline::Deadline;
use super::dial::dial;
use super::resolve::{CachingResolver, NoResolver};
use super::sent::{AnswerWatch, Lost, Reuse};
use super::tcp::{Socket, TcpTransport};
use super::tunnel::{self, Target};

/// What the connections of a run share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) hosts: CachingResolver,
    pub(super) reuse: Reuse,
    pub(super) proxy: Option<Proxy>,
    /// The server's, and that of a proxy which is reached over TLS.
    pub(super) tls: Arc<RustlsConnector>,
}

/// Connects for one agent, within the time limit of the request that it is sending.
#[derive(Debug)]
pub(super) struct SpaceConnector {
    pub(super) shared: Shared,
    pub(super) deadline: Deadline,
}

impl Connector<()> for SpaceConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Self::Out>, Error> {
        let connected = match &self.shared.proxy {
            Some(proxy) => self.connect_through(proxy, details),
            None => self.connect_directly(details),
        };
        // The TLS handshake is part of connecting, so whatever fails here has sent nothing of the request.
        connected.map(Some).map_err(Lost::not_connected)
    }
}

impl SpaceConnector {
    fn connect_directly(&self, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
        let (host, port) = host_and_port(details.uri)?;
        self.with_tcp(host, port, details.needs_tls(), details.config, |socket, tcp| {
            let tls = self.over_tls(details, Box::new(tcp))?;
            Ok(self.watched(tls, socket))
        })
    }

    fn connect_through(&self, proxy: &Proxy, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
        let (host, port) = host_and_port(details.uri)?;
        let resolved = if proxy.resolve_target() {
            Some(self.shared.hosts.resolve(host, port, self.deadline.check()?)?)
        } else {
            None
        };
        let target = match resolved.as_ref().and_then(|addresses| addresses.all.first()) {
            Some(address) => Target::Address(*address),
            None => Target::Name(host, port),
        };
        let login = match (proxy.username(), proxy.password()) {
            (None, None) => None,
            (user, password) => Some((user.unwrap_or_default(), password.unwrap_or_default())),
        };
        self.with_tcp(proxy.host(), proxy.port(), true, details.config, |socket, tcp| {
            let to_proxy = self.over_tls(&details_of_proxy(proxy, details), Box::new(tcp))?;
            let mut handshake = TransportAdapter::new(to_proxy, Arc::clone(&details.current_time));
            tunnel::open(&mut handshake, proxy.protocol(), target, login)?;
            let tls = self.over_tls(details, Box::new(Tunnel(handshake.into_inner())))?;
            Ok(self.watched(tls, socket))
        })
    }

    /// A TCP connection, and what is built on it. Where nothing comes of it, the host is looked up anew the next time.
    fn with_tcp<T>(
        &self,
        host: &str,
        port: u16,
        protected: bool,
        config: &Config,
        build: impl FnOnce(Arc<Socket>, TcpTransport) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut addresses = self.shared.hosts.resolve(host, port, self.deadline.check()?)?;
        if !protected {
            addresses.all.retain(|address| address.ip().is_loopback());
        }
        if addresses.all.is_empty() {
            let text = "credentials are sent without TLS to loopback addresses only";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text).into());
        }
        let connected = dial(&addresses.all, &self.deadline).and_then(|(address, stream)| {
            addresses.answered(address);
            let socket = Socket::new(stream);
            let tcp = TcpTransport::new(Arc::clone(&socket), self.deadline.clone(), config.input_buffer_size());
            build(socket, tcp)
        });
        connected.inspect_err(|_| self.shared.hosts.forget(host, port, &addresses))
    }

    fn over_tls(
        &self,
        details: &ConnectionDetails,
        transport: Box<dyn Transport>,
    ) -> Result<Box<dyn Transport>, Error> {
        let connected = self.shared.tls.connect(details, Some(transport))?.ok_or(Error::ConnectionFailed)?;
        Ok(Box::new(connected))
    }

    fn watched(&self, transport: Box<dyn Transport>, socket: Arc<Socket>) -> Box<dyn Transport> {
        let coalescing = CoalescingTransport::new(transport);
        Box::new(AnswerWatch::new(coalescing, socket, self.deadline.clone(), self.shared.reuse.clone()))
    }
}

fn host_and_port(uri: &Uri) -> Result<(&str, u16), Error> {
    let host = uri.host().filter(|host| !host.is_empty()).ok_or(Error::HostNotFound)?;
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    Ok((host, port))
}

/// The same for the connection to the proxy: TLS looks at the host, and at the scheme to know whether it is wanted.
fn details_of_proxy<'a>(proxy: &'a Proxy, details: &'a ConnectionDetails) -> ConnectionDetails<'a> {
    ConnectionDetails {
        uri: proxy.uri(),
        addrs: NoResolver.empty(),
        config: details.config,
        request_level: details.request_level,
        resolver: details.resolver,
        now: details.now,
        timeout: details.timeout,
        current_time: Arc::clone(&details.current_time),
        run_connector: Arc::clone(&details.run_connector),
        register_shutdown: Arc::clone(&details.register_shutdown),
    }
}

/// What leads through a proxy. It may be encrypted up to there, which says nothing about the way behind it.
#[derive(Debug)]
struct Tunnel(Box<dyn Transport>);

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        false
    }
}
