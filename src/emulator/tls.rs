//! A certificate authority for one run and the server certificate it vouches for. Its certificate lies in a file for
//! clients to trust; its key never leaves memory and is gone once the server's certificate is signed.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::{Category, OrFail, Result};
use crate::os;

/// How long both certificates hold. Some clients refuse a server certificate of more than 825 days.
const VALIDITY: SignedDuration = SignedDuration::from_hours(365 * 24);

/// How far back they reach, for clients whose clock is behind.
const SLACK: SignedDuration = SignedDuration::from_hours(24);

/// The authority of one run.
pub(super) struct Authority {
    acceptor: TlsAcceptor,
    certificate_file: PathBuf,
    /// Removes the folder with the certificate when the emulator ends.
    _folder: TempDir,
}

impl Authority {
    /// Makes an authority and has it vouch for loopback, `listen` included.
    pub(super) fn new(listen: IpAddr, now: Timestamp) -> Result<Self> {
        let (authority, config) = certificates(listen, now)?;
        let folder = os::private_folder("tokenmint-emulator-")
            .or_fail(Category::Internal)
            .map_err(|failure| failure.context("cannot make a folder for the certificate"))?;
        let certificate_file = folder.path().join("ca.pem");
        os::create_private(&certificate_file)
            .and_then(|mut file| file.write_all(authority.as_bytes()))
            .or_fail(Category::Internal)
            .map_err(|failure| failure.context("cannot write the certificate"))?;
        Ok(Authority { acceptor: TlsAcceptor::from(Arc::new(config)), certificate_file, _folder: folder })
    }

    /// What turns connections into TLS.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// The authority's certificate, as PEM.
    pub(super) fn certificate_file(&self) -> &Path {
        &self.certificate_file
    }
}

/// The authority's certificate as PEM, and a server that holds one it signed.
fn certificates(listen: IpAddr, now: Timestamp) -> Result<(String, ServerConfig)> {
    let mut params = named("tokenmint emulator CA", Vec::new(), now)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate().or_fail(Category::Internal)?;
    let authority = CertifiedIssuer::self_signed(params, authority_key).or_fail(Category::Internal)?;

    let mut names: Vec<String> = ["127.0.0.1", "::1", "localhost"].map(str::to_owned).to_vec();
    if !names.contains(&listen.to_string()) {
        names.push(listen.to_string());
    }
    let mut params = named("tokenmint emulator", names, now)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let server_key = KeyPair::generate().or_fail(Category::Internal)?;
    let server = params.signed_by(&server_key, &authority).or_fail(Category::Internal)?;

    let server_key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .or_fail(Category::Internal)?
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], server_key)
        .or_fail(Category::Internal)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((authority.pem(), config))
}

fn named(name: &str, subject_names: Vec<String>, now: Timestamp) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(subject_names).or_fail(Category::Internal)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let (year, month, day) = date(now.checked_sub(SLACK).unwrap_or(now));
    params.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = date(now.checked_add(VALIDITY).unwrap_or(now));
    params.not_after = date_time_ymd(year, month, day);
    Ok(params)
}

/// The year, month and day of a time in UTC.
fn date(time: Timestamp) -> (i32, u8, u8) {
    let date = time.to_zoned(TimeZone::UTC).date();
    (date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};
    #[cfg(unix)]
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio_rustls::rustls::crypto::ring::default_provider;
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::version::{TLS12, TLS13};
    use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

    use crate::app::App;
    use crate::emulator::{Emulator, Protocol};

    fn https() -> Emulator {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        Emulator::bind(free, Protocol::Https, App::of_process()).unwrap()
    }

    #[test]
    fn clients_that_trust_the_file_are_served_under_every_loopback_name() {
        let emulator = https().start().unwrap();
        let mut roots = RootCertStore::empty();
        let pem = std::fs::read(emulator.certificate_file().unwrap()).unwrap();
        roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
        let versions: [&'static SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
        for (version, name) in
            versions.into_iter().flat_map(|version| ["127.0.0.1", "::1", "localhost"].map(|name| (version, name)))
        {
            let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
                .with_protocol_versions(&[version])
                .unwrap()
                .with_root_certificates(roots.clone())
                .with_no_client_auth();
            let server = ServerName::try_from(name).unwrap();
            let client = ClientConnection::new(Arc::new(config), server).unwrap();
            let socket = TcpStream::connect(emulator.address()).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let mut stream = StreamOwned::new(client, socket);
            stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 404", "{name}");
        }
    }

    #[test]
    fn the_certificate_lies_in_a_file_of_the_owner_for_as_long_as_the_emulator_lives() {
        let emulator = https();
        let file = emulator.certificate_file().unwrap().to_owned();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        }
        assert!(!std::fs::read_to_string(&file).unwrap().contains("PRIVATE"));
        let (port, shown) = (emulator.address().port(), file.display());
        let exports = emulator.exports();
        assert!(exports.starts_with(&format!("export SIGNALWIRE_SPACE='https://127.0.0.1:{port}'\n")), "{exports}");
        for name in ["SSL_CERT_FILE", "SIGNALWIRE_REST_CA_FILE", "REQUESTS_CA_BUNDLE"] {
            assert!(exports.contains(&format!("export {name}='{shown}'\n")), "{exports}");
        }
        assert!(
            exports.contains(&format!("export SIGNALWIRE_REST_BASE_URL='https://127.0.0.1:{port}'\n")),
            "{exports}"
        );
        drop(emulator);
        assert!(!file.exists());
    }
}
