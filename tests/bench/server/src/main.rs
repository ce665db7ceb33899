//! A TLS 1.3 server that answers every request with one and the same Chat token, as fast as it can or after a fixed
//! delay. It does as little as a server can, so that a measurement is of the client.
//!
//! `bench-server CA_FILE [DELAY_MS]` writes the certificate of an authority made for this run to `CA_FILE`, prints
//! its URL, and ends when its stdin does.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (ca, delay) = match words.as_slice() {
        [ca] => (ca, 0),
        [ca, delay] => (ca, delay.parse()?),
        _ => return Err("usage: bench-server CA_FILE [DELAY_MS]".into()),
    };
    let config = Arc::new(tls(ca)?);
    let answer: Arc<[u8]> = answer().into();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("https://{}", listener.local_addr()?);
    // Whoever started us holds our stdin: when they are gone, so are we.
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    for stream in listener.incoming() {
        let (config, answer) = (config.clone(), answer.clone());
        // A thread for each connection: it answers without waiting for any other.
        std::thread::spawn(move || {
            // A client that goes away in the middle is no matter of ours.
            let _ = stream.and_then(|stream| serve(stream, config, &answer, Duration::from_millis(delay)));
        });
    }
    Ok(())
}

fn tls(ca: &str) -> Result<ServerConfig, Box<dyn Error>> {
    let mut params = CertificateParams::default();
    // Authority and server need names of their own: OpenSSL takes a certificate issued to its issuer as self-signed.
    params.distinguished_name.push(DnType::CommonName, "bench-server's authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let certificate = CertificateParams::new(names)?.signed_by(&key, &authority)?;
    std::fs::write(ca, authority.pem())?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?)
}

/// The whole answer: a token as long as the service's own, an hour from its end.
fn answer() -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"CRT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(format!(
        r#"{{"iat":{now},"jti":"0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0","sub":"00000000-0000-4000-8000-000000000000","ch":{{"lobby":{{"read":true,"write":true}}}},"u":"user","t":60,"rt":{now}}}"#
    ));
    let body = format!(r#"{{"token":"{header}.{claims}.{}"}}"#, URL_SAFE_NO_PAD.encode([0x5a; 64]));
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, answer: &[u8], delay: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut received = Vec::with_capacity(4096);
    let mut buffer = [0; 4096];
    loop {
        match whole_request(&received)? {
            Some((length, close)) => {
                received.drain(..length);
                std::thread::sleep(delay);
                stream.write_all(answer)?;
                if close {
                    return Ok(());
                }
            }
            None => match stream.read(&mut buffer)? {
                0 => return Ok(()),
                read => received.extend_from_slice(&buffer[..read]),
            },
        }
    }
}

/// The length of the request that stands whole at the beginning, and whether the connection is to end after it.
fn whole_request(received: &[u8]) -> io::Result<Option<(usize, bool)>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(received).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let value = |name: &str| {
        let found = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.and_then(|header| std::str::from_utf8(header.value).ok())
    };
    let body: usize = value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let close = value("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok((received.len() >= head + body).then_some((head + body, close)))
}
