//! Where an emulator is found, and what a client needs to be pointed at it.

use std::net::SocketAddr;
use std::path::Path;

use super::tls::Authority;
use crate::signalwire::sandbox::{API_TOKEN, PROJECT_ID};

/// Where an emulator is found. It keeps the authority's certificate on disk for as long as it lives.
pub struct Place {
    pub(super) address: SocketAddr,
    pub(super) authority: Option<Authority>,
}

impl Place {
    /// `http://127.0.0.1:8793`, or the same with https.
    pub fn url(&self) -> String {
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

    /// The variables that point a client at it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("SIGNALWIRE_SPACE", self.space()),
            ("SIGNALWIRE_PROJECT_ID", PROJECT_ID.to_owned()),
            ("SIGNALWIRE_API_TOKEN", API_TOKEN.to_owned()),
        ];
        if let Some(file) = self.certificate_file() {
            let file = file.to_string_lossy();
            variables.push(("SSL_CERT_FILE", file.to_string()));
            variables.push(("SIGNALWIRE_REST_CA_FILE", file.to_string()));
            // The SDKs that take a host without a scheme read the whole URL here, and Python's requests its own variable.
            variables.push(("SIGNALWIRE_REST_BASE_URL", self.url()));
            variables.push(("REQUESTS_CA_BUNDLE", file.to_string()));
        }
        variables
    }

    /// The same as sh lines, each ending in a newline.
    pub fn exports(&self) -> String {
        let line = |(name, value): &(&str, String)| format!("export {name}={}\n", crate::text::sh_quoted(value));
        self.variables().iter().map(line).collect()
    }
}
