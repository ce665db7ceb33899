//! The header and the claims of an Access Token, in the order and with the bytes of Twilio's Node library (6.2), so that
//! the two can be compared. Whether they are right was settled before; signing is for `sign`.

use std::borrow::Cow;
use std::io::Write as _;

use jiff::Timestamp;

use super::grants::Terms;
use crate::catalog::Nonce;
use crate::json;

/// The content type that makes a JWT an Access Token. Version 1 is the only one there is.
pub const CONTENT_TYPE: &str = "twilio-fpa;v=1";

/// What one token says.
#[derive(Debug, Clone)]
pub struct Claims<'a> {
    pub(super) identity: Cow<'a, str>,
    pub(super) terms: Cow<'a, Terms>,
    pub(super) not_before: Option<i64>,
    pub(super) issued_at: i64,
    pub(super) expires_at: i64,
}

impl Claims<'_> {
    /// The user.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The region that the header names, if it names one.
    pub fn region(&self) -> Option<&str> {
        self.terms.region.as_deref()
    }

    /// When the token ends.
    pub fn expires_at(&self) -> Timestamp {
        // At most a day after a time that the clock gave.
        Timestamp::from_second(self.expires_at).unwrap_or(Timestamp::MAX)
    }

    /// The header as compact JSON.
    pub fn header_json(&self) -> String {
        header_json(self.region())
    }

    /// The claims as compact JSON.
    pub fn claims_json(&self, issuer: &Issuer, nonce: Option<Nonce>) -> String {
        let mut json = Vec::new();
        self.write(issuer, nonce, &mut json);
        String::from_utf8(json).unwrap_or_default()
    }

    /// Appends the claims as compact JSON.
    pub(super) fn write(&self, issuer: &Issuer, nonce: Option<Nonce>, json: &mut Vec<u8>) {
        json.reserve(self.identity.len() + self.terms.grants.len() + issuer.before.len() + issuer.after.len() + 160);
        json.extend_from_slice(issuer.before.as_bytes());
        // Writing to memory cannot fail, so the results below say nothing.
        let _ = serde_json::to_writer(&mut *json, &self.issued_at);
        if let Some(Nonce(bytes)) = nonce {
            json.push(b'-');
            json.extend(bytes.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]));
        }
        json.extend_from_slice(b"\",\"grants\":{\"identity\":");
        let _ = serde_json::to_writer(&mut *json, self.identity.as_ref());
        json.extend_from_slice(self.terms.grants.as_bytes());
        json.push(b'}');
        if let Some(second) = self.not_before {
            let _ = write!(json, ",\"nbf\":{second}");
        }
        json.extend_from_slice(b",\"iat\":");
        let _ = serde_json::to_writer(&mut *json, &self.issued_at);
        json.extend_from_slice(b",\"exp\":");
        let _ = serde_json::to_writer(&mut *json, &self.expires_at);
        json.extend_from_slice(issuer.after.as_bytes());
    }
}

/// The header for a region.
pub(super) fn header_json(region: Option<&str>) -> String {
    let region = region.map_or_else(String::new, |region| format!(",\"twr\":{}", json::string(region)));
    format!("{{\"alg\":\"HS256\",\"typ\":\"JWT\",\"cty\":\"{CONTENT_TYPE}\"{region}}}")
}

fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}

/// Who signs (`iss`, the API key) and for which account (`sub`): the claims that are the same for a whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    before: String,
    after: String,
}

impl Issuer {
    /// The issuer with these SIDs.
    pub fn new(key_sid: &str, account_sid: &str) -> Self {
        let (key, account) = (json::string(key_sid), json::string(account_sid));
        Issuer {
            before: format!("{{\"jti\":{}-", key.trim_end_matches('"')),
            after: format!(",\"iss\":{key},\"sub\":{account}}}"),
        }
    }

    /// Stands in where there are no credentials, for `--dry-run`.
    pub fn placeholder() -> Self {
        Issuer::new("API_KEY_SID", "ACCOUNT_SID")
    }
}
