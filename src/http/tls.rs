//! Which certificate authorities are trusted, and what a failed handshake means in words.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::{AlertDescription, CertificateError};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider};

use crate::app::Environment;
use crate::error::{Category, Failure, OrFail as _, Reach, Result};
use crate::os;
use crate::signalwire::Space;

/// The certificate authorities that a server's certificate must come from.
#[derive(Debug)]
pub enum Authorities {
    /// Those built into this program (Mozilla's).
    BuiltIn,
    /// Those of the operating system.
    System,
    /// Those of a file, and no others.
    Given(Vec<Certificate<'static>>),
}

impl Authorities {
    /// `--cacert FILE` or `--cacert system`, else `SSL_CERT_FILE`, else `SIGNALWIRE_REST_CA_FILE`, else the built-in ones.
    ///
    /// # Errors
    /// Exit 2 where the file of `--cacert` holds no certificate, 3 where that of a variable does not.
    pub fn choose(flag: Option<&Path>, secure: bool, env: &Environment) -> Result<Self> {
        if let Some(path) = flag {
            return if path == Path::new("system") {
                Ok(Authorities::System)
            } else {
                read(path, "--cacert", Category::Usage)
            };
        }
        let variables = ["SSL_CERT_FILE", "SIGNALWIRE_REST_CA_FILE"];
        let found =
            variables.iter().find_map(|name| env.get(name).filter(|path| !path.is_empty()).map(|path| (*name, path)));
        match found {
            Some((name, path)) if secure => read(Path::new(path), name, Category::Configuration),
            _ => Ok(Authorities::BuiltIn),
        }
    }

    pub(super) fn tls_config(self) -> TlsConfig {
        let roots = match self {
            Authorities::BuiltIn => RootCerts::WebPki,
            Authorities::System => RootCerts::PlatformVerifier,
            Authorities::Given(certificates) => RootCerts::Specific(Arc::new(certificates)),
        };
        TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(roots).build()
    }
}

/// The most bytes of a file of certificates: several times what an operating system has.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

fn read(path: &Path, origin: &str, kind: Category) -> Result<Authorities> {
    let bytes = std::fs::File::open(path)
        .and_then(|file| os::read_limited(file, MAX_SIZE))
        .with_context(|| format!("{origin}: cannot read {}", crate::text::path(path)))
        .or_fail(kind)?;
    let bytes = bytes.ok_or_else(|| {
        Failure::message(kind, format!("{origin}: {} is larger than 16 MiB", crate::text::path(path)))
    })?;
    let certificates: Vec<_> = ureq::tls::parse_pem(&bytes)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(Failure::message(
            kind,
            format!("{origin}: {} contains no PEM certificate", crate::text::path(path)),
        ));
    }
    Ok(Authorities::Given(certificates))
}

/// What a failure while connecting means if TLS is behind it.
pub(super) fn explain(error: &ureq::Error, space: &Space) -> Option<Failure> {
    let host = space.host();
    let refused = |why: String, hint: &str| Some(Failure::unavailable(why).with_hint(hint).with_reach(Reach::Row));
    match rustls_error(error)? {
        // An authority that was made anew under its old name signs with another key.
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            refused(format!("the certificate of {host} is not signed by a trusted authority"), untrusted_hint(space))
        }
        rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            refused(
                format!("the certificate of {host} has expired"),
                "check this machine's clock; if it is right, the server must renew its certificate",
            )
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => refused(format!("the certificate of {host} is not valid yet"), "check this machine's clock"),
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => refused(format!("the server's certificate is not valid for {host}"), "check the space name"),
        rustls::Error::InvalidCertificate(_) => refused(
            format!("the certificate of {host} is invalid"),
            "pass its CA with --cacert FILE, or use --cacert system",
        ),
        rustls::Error::InvalidMessage(_) => {
            refused(format!("{host}:{} does not speak TLS", space.port()), "check the host and the port of the space")
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::BadCertificate) => {
            refused(
                format!("{host} requires a client certificate"),
                "client certificates are not supported; use a host that accepts a user name and password",
            )
        }
        // In TLS 1.2 a server has no other alert for a missing client certificate.
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => refused(
            format!("{host} refused the TLS handshake"),
            "the server may require a client certificate, or an older or newer TLS version",
        ),
        _ => {
            refused(format!("TLS handshake with {host} failed"), "the server may require an older or newer TLS version")
        }
    }
}

fn untrusted_hint(space: &Space) -> &'static str {
    match (space.is_loopback(), cfg!(feature = "emulator")) {
        (false, _) => {
            "if a proxy inspects TLS, pass its CA with --cacert FILE or SSL_CERT_FILE, or use --cacert system"
        }
        (true, false) => "pass its CA with --cacert FILE or SSL_CERT_FILE, or use --cacert system",
        (true, true) => {
            "pass its CA with --cacert FILE or SSL_CERT_FILE, or use --cacert system; tokenmint emulator --tls prints \
             these variables"
        }
    }
}

/// Whether what came back for a plain request is not HTTP but TLS: an alert, since the request was no handshake. No answer
/// in HTTP begins like that.
pub(super) fn is_alert(answer: &[u8]) -> bool {
    matches!(answer, [ALERT] | [ALERT, 3, ..])
}

/// The type of such a record (RFC 8446, section 5.1); the version that follows begins with a 3 in every version.
const ALERT: u8 = 21;

/// The other side speaks TLS, and could not read the request.
pub(super) fn spoken(space: &Space) -> Failure {
    let (host, port) = (space.host(), space.port());
    Failure::unavailable(format!("{host}:{port} speaks TLS: write https://{host}:{port}"))
        .with_hint("set the space to that URL; --cacert FILE names the CA of the server")
        .with_reach(Reach::Row)
}

/// The alert with which the other side ended TLS, if that is what an error means.
pub(super) fn alert(error: &ureq::Error) -> Option<AlertDescription> {
    match rustls_error(error)? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    }
}

fn rustls_error(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}
