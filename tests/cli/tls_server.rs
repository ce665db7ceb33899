//! Servers that stand before a scripted one: TLS with a certificate of any kind, and proxies that lead to it. What passes
//! through TLS is recorded by the scripted server, what a proxy itself is told, by the proxy.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
#[cfg(unix)]
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::server::Server;

/// Longer than any run may take; only so that no thread stays for ever.
const PATIENCE: Duration = Duration::from_mins(3);

/// A certificate authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub fn new() -> Self {
        Self::named("an authority of the tests")
    }

    pub fn named(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// Its certificate.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// What a server needs to show a certificate for this name, good in these years.
    fn server_config(&self, name: &str, years: (i32, i32)) -> Arc<ServerConfig> {
        let (chain, key) = self.certificate(name, years);
        let config = server_builder(rustls::ALL_VERSIONS).with_no_client_auth().with_single_cert(chain, key);
        Arc::new(config.expect("a certificate and its key"))
    }

    /// The same, and a demand for a certificate of this authority from the client.
    #[cfg(unix)]
    fn demanding_config(&self, name: &str, version: &'static rustls::SupportedProtocolVersion) -> Arc<ServerConfig> {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(self.pem.as_bytes()) {
            roots.add(certificate.expect("a certificate")).expect("an authority");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let (chain, key) = self.certificate(name, (2020, 2090));
        let config = server_builder(&[version]).with_client_cert_verifier(verifier.build().expect("a verifier"));
        Arc::new(config.with_single_cert(chain, key).expect("a certificate and its key"))
    }

    /// A certificate for this name, good in these years, and its key.
    fn certificate(&self, name: &str, years: (i32, i32)) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (vec![certificate.der().clone()], PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())))
    }
}

fn server_builder(
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).expect("TLS versions")
}

/// A listener whose connections are each served by a thread of their own.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    listen_at(Ipv4Addr::LOCALHOST, serve)
}

fn listen_at(address: Ipv4Addr, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((address, 0)).expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    let serve = Arc::new(serve);
    // It ends with the test program; a connection that is over ends its own thread.
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            let limited =
                stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
            limited.expect("a time limit");
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// TLS with a certificate of this authority for this name, good in these years, before a scripted server.
pub fn tls_with(authority: &Authority, name: &str, years: (i32, i32), server: &Server) -> SocketAddr {
    let (config, behind) = (authority.server_config(name, years), server.address());
    listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a TLS session");
        let mut outer = StreamOwned::new(connection, stream);
        // A client that will not have the certificate ends here.
        let Some(request) = read_request(&mut outer) else { return };
        let mut inner = TcpStream::connect(behind).expect("the scripted server");
        let _ = inner.write_all(&request).and_then(|()| inner.shutdown(Shutdown::Write));
        let mut answer = Vec::new();
        let _ = inner.read_to_end(&mut answer);
        let _ = outer.write_all(&answer);
        outer.conn.send_close_notify();
        let _ = outer.flush();
    })
}

/// TLS that stays open and answers each request with what `answer` makes of its body, in one record where it fits.
#[cfg(unix)]
pub fn tls_talking(
    authority: &Authority,
    name: &str,
    answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> SocketAddr {
    tls_at(Ipv4Addr::LOCALHOST, authority, name, answer)
}

/// The same at another loopback address.
#[cfg(unix)]
pub fn tls_at(
    address: Ipv4Addr,
    authority: &Authority,
    name: &str,
    answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> SocketAddr {
    let config = authority.server_config(name, (2020, 2090));
    listen_at(address, move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a TLS session");
        let mut stream = StreamOwned::new(connection, stream);
        while let Some(request) = read_request(&mut stream) {
            let body = request.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |place| place + 4);
            if stream.write_all(&answer(&request[body..])).and_then(|()| stream.flush()).is_err() {
                return;
            }
        }
    })
}

/// TLS that demands a certificate from the client, and tells by the flag whether it ever saw a request.
#[cfg(unix)]
pub fn tls_demanding(
    authority: &Authority,
    name: &str,
    version: &'static rustls::SupportedProtocolVersion,
) -> (SocketAddr, Arc<AtomicBool>) {
    let config = authority.demanding_config(name, version);
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&asked);
    let address = listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a TLS session");
        if read_request(&mut StreamOwned::new(connection, stream)).is_some() {
            seen.store(true, Ordering::SeqCst);
        }
    });
    (address, asked)
}

/// The same with a certificate that is good today.
pub fn tls(authority: &Authority, name: &str, server: &Server) -> SocketAddr {
    tls_with(authority, name, (2020, 2090), server)
}

/// A server that takes connections and sends these bytes again and again, now and then, without ever making sense.
pub fn stalling(bytes: &'static [u8]) -> SocketAddr {
    listen(move |mut stream| {
        if bytes.is_empty() {
            while matches!(stream.read(&mut [0; 1024]), Ok(1..)) {}
        }
        while stream.write_all(bytes).is_ok() && !bytes.is_empty() {
            thread::sleep(Duration::from_millis(20));
        }
    })
}

/// Head and body of a request, as they are.
fn read_request(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut request = read_head(stream)?;
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.extend(body);
    Some(request)
}

/// Everything up to and with the first empty line.
fn read_head(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    Some(head)
}

/// A proxy, and what it was told.
pub struct Proxy {
    address: SocketAddr,
    told: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// A proxy for CONNECT that leads everybody to one address, whatever host they name.
    pub fn connect(target: SocketAddr) -> Self {
        Self::listening(move |mut stream, told| {
            let Some(head) = read_head(&mut stream) else { return };
            told.lock().expect("the record").push(String::from_utf8_lossy(&head).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
            pump(stream, target);
        })
    }

    /// A proxy that answers CONNECT with these bytes, the last of them again and again if it is to drip.
    pub fn answering(answer: impl Into<Vec<u8>>, drip: bool) -> Self {
        let answer = answer.into();
        Self::listening(move |mut stream, told| {
            let Some(head) = read_head(&mut stream) else { return };
            told.lock().expect("the record").push(String::from_utf8_lossy(&head).into_owned());
            let mut sent = stream.write_all(&answer);
            while drip && sent.is_ok() {
                thread::sleep(Duration::from_millis(20));
                sent = stream.write_all(b"x");
            }
        })
    }

    /// A SOCKS5 proxy (RFC 1928, 1929) that asks for a user and a password. It records them with the host it is asked for.
    pub fn socks(target: SocketAddr) -> Self {
        Self::listening(move |mut stream, told| {
            let Some(()) = socks_request(&mut stream, &told) else { return };
            pump(stream, target);
        })
    }

    fn listening(serve: impl Fn(TcpStream, Arc<Mutex<Vec<String>>>) + Send + Sync + 'static) -> Self {
        let told = Arc::new(Mutex::default());
        let shared = Arc::clone(&told);
        Proxy { address: listen(move |stream| serve(stream, Arc::clone(&shared))), told }
    }

    /// Its URL, with a user and a password.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://proxyuser:proxypassword@{}", self.address)
    }

    /// What it was told, one entry for each connection.
    pub fn told(&self) -> Vec<String> {
        self.told.lock().expect("the record").clone()
    }
}

fn socks_request(stream: &mut TcpStream, told: &Mutex<Vec<String>>) -> Option<()> {
    let mut bytes = |count: usize| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).ok().map(|()| bytes)
    };
    let greeting = bytes(2)?;
    bytes(greeting[1].into())?;
    stream.write_all(&[5, 2]).ok()?;
    let field = |stream: &mut TcpStream, before: usize| {
        let mut head = vec![0; before + 1];
        stream.read_exact(&mut head).ok()?;
        let mut text = vec![0; head[before].into()];
        stream.read_exact(&mut text).ok()?;
        String::from_utf8(text).ok()
    };
    let (user, password) = (field(stream, 1)?, field(stream, 0)?);
    stream.write_all(&[1, 0]).ok()?;
    // Version, command, reserved, and the type of address 3: a name with its length before it.
    let host = field(stream, 4)?;
    stream.read_exact(&mut [0; 2]).ok()?;
    told.lock().expect("the record").push(format!("{user}:{password} {host}"));
    stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).ok()
}

/// Carries bytes both ways until both sides have ended.
fn pump(near: TcpStream, target: SocketAddr) {
    let far = TcpStream::connect(target).expect("what is behind the proxy");
    let (mut near_in, mut far_in) = (near.try_clone().expect("a socket"), far.try_clone().expect("a socket"));
    let (mut near_out, mut far_out) = (near, far);
    let there = thread::spawn(move || {
        let _ = std::io::copy(&mut near_in, &mut far_out);
        let _ = far_out.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut far_in, &mut near_out);
    let _ = near_out.shutdown(Shutdown::Write);
    let _ = there.join();
}
