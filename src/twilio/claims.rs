//! The header and the claims of an Access Token, in the order and with the bytes of Twilio's Node library (6.2), so that
//! the two can be compared. Whether they are right was settled before; signing is for `sign`.

use std::borrow::Cow;

use jiff::Timestamp;

use super::grants::Grants;
use crate::catalog::Nonce;
use crate::json::{self, Digits, Integer, Writer};

/// The content type that makes a JWT an Access Token. Version 1 is the only one there is.
pub const CONTENT_TYPE: &str = "twilio-fpa;v=1";

/// What one token says.
#[derive(Debug, Clone)]
pub struct Claims<'a> {
    pub(super) identity: Cow<'a, str>,
    pub(super) grants: Cow<'a, Grants>,
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
        self.grants.region.as_deref()
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

    /// Appends the claims as compact JSON, and gives how many bytes of them all tokens of a second have.
    pub(super) fn write(&self, issuer: &Issuer, nonce: Option<Nonce>, out: &mut Vec<u8>) -> usize {
        let known = self.identity.len() + self.grants.members.len() + issuer.jti.len() + issuer.members.len();
        out.reserve(known + 144);
        let mut json = Writer::new(out);
        let mut digits = Digits::default();
        let second = Integer::from(self.issued_at).digits(&mut digits);
        match nonce {
            Some(Nonce(bytes)) => {
                json.object().raw_pieces("jti", &[&issuer.jti, second, b"-", &hexadecimal(bytes), b"\""])
            }
            None => json.object().raw_pieces("jti", &[&issuer.jti, second, b"\""]),
        };
        json.object_in("grants").string("identity", &self.identity);
        json.raw_members(&self.grants.members).end();
        if let Some(second) = self.not_before {
            json.number("nbf", second);
        }
        json.raw_ascii("iat", second).number("exp", self.expires_at);
        json.raw_members(&issuer.members).end();
        "{\"jti\":".len() + issuer.jti.len() + second.len()
    }
}

/// The header for a region.
pub(super) fn header_json(region: Option<&str>) -> String {
    let mut header = String::new();
    let mut json = Writer::new(&mut header);
    json.object().string("alg", "HS256").string("typ", "JWT").string("cty", CONTENT_TYPE);
    if let Some(region) = region {
        json.string("twr", region);
    }
    json.end();
    header
}

fn hexadecimal(bytes: [u8; 8]) -> [u8; 16] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 16];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    text
}

/// Who signs (`iss`, the API key) and for which account (`sub`): the claims that are the same for a whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    key: String,
    /// How every `jti` begins, as JSON: the key and a dash, with the quote before them.
    jti: Vec<u8>,
    /// `iss` and `sub` as JSON.
    members: String,
}

impl Issuer {
    /// The issuer with these SIDs.
    pub fn new(key_sid: &str, account_sid: &str) -> Self {
        let mut members = String::new();
        Writer::new(&mut members).string("iss", key_sid).string("sub", account_sid);
        let mut jti = json::string(&format!("{key_sid}-")).into_bytes();
        // The quote behind it follows the rest.
        jti.pop();
        Issuer { key: key_sid.to_owned(), jti, members }
    }

    /// The SID of the API key.
    pub fn key_sid(&self) -> &str {
        &self.key
    }

    /// The names of the values where there are no credentials, for `--dry-run`.
    pub fn placeholder() -> Self {
        Issuer::new("API_KEY_SID", "ACCOUNT_SID")
    }
}
