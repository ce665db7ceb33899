//! Where an emulator is found, and what a client needs to be pointed at it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use super::tls::Authority;
use crate::signalwire::sandbox::{API_TOKEN, PROJECT_ID};

/// Where an emulator is found. It keeps the authority's certificate on disk for as long as it lives.
pub(super) struct Place {
    pub(super) address: SocketAddr,
    pub(super) authority: Option<Authority>,
}

impl Place {
    /// `http://127.0.0.1:8793`, or the same with https.
    pub(super) fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// What `SIGNALWIRE_SPACE` should hold to reach it.
    pub(super) fn space(&self) -> String {
        // Plain http is what a bare loopback host means; https has to be said.
        if self.authority.is_some() { self.url() } else { self.address.to_string() }
    }

    /// The file with the certificate of the authority that vouches for it, where it speaks https.
    pub(super) fn certificate_file(&self) -> Option<&Path> {
        self.authority.as_ref().map(Authority::certificate_file)
    }

    /// The sh lines that point a client at it, each ending in a newline.
    pub(super) fn exports(&self) -> String {
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
