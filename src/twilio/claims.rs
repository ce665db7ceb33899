//! The header and the claims of an Access Token, in the order and with the bytes of Twilio's Node library (6.2), so that
//! the two can be compared. Whether they are right was settled before; signing is for `sign`.

use std::borrow::Cow;

use jiff::Timestamp;

use super::grants::Terms;
use crate::error::Result;
use crate::json::{Digits, Integer, Writer};

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
    pub(super) fn write(&self, issuer: &Issuer, nonce: Option<Nonce>, out: &mut Vec<u8>) {
        let known = self.identity.len() + self.terms.grants.len() + 2 * issuer.key.len() + issuer.account.len();
        out.reserve(known + 160);
        let mut json = Writer::new(out);
        let (mut digits, mut hex) = (Digits::default(), [0; 16]);
        let second = Integer::from(self.issued_at).text(&mut digits);
        match nonce {
            Some(Nonce(bytes)) => {
                json.object().joined("jti", &[&issuer.key, "-", second, "-", hexadecimal(bytes, &mut hex)])
            }
            None => json.object().joined("jti", &[&issuer.key, "-", second]),
        };
        json.object_in("grants").string("identity", &self.identity);
        json.raw_members(self.terms.grants.trim_start_matches(',')).end();
        if let Some(second) = self.not_before {
            json.number("nbf", second);
        }
        json.number("iat", self.issued_at).number("exp", self.expires_at);
        json.string("iss", &issuer.key).string("sub", &issuer.account).end();
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

fn hexadecimal(bytes: [u8; 8], room: &mut [u8; 16]) -> &str {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in room.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    str::from_utf8(room).unwrap_or_default()
}

/// Who signs (`iss`, the API key) and for which account (`sub`): the claims that are the same for a whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    key: String,
    account: String,
}

impl Issuer {
    /// The issuer with these SIDs.
    pub fn new(key_sid: &str, account_sid: &str) -> Self {
        Issuer { key: key_sid.to_owned(), account: account_sid.to_owned() }
    }

    /// The names of the values where there are no credentials, for `--dry-run`.
    pub fn placeholder() -> Self {
        Issuer::new("API_KEY_SID", "ACCOUNT_SID")
    }
}

/// The random end of a `jti`, by which two tokens of one second differ. Without one the `jti` is that of Twilio's own
/// libraries: API key SID and second alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 8]);

/// Nonces for a whole run: the system is asked once for many of them.
pub struct Nonces {
    random: fn(&mut [u8]) -> Result<()>,
    pool: [u8; 512],
    used: usize,
}

impl Nonces {
    /// Nonces from this source of random bytes.
    pub fn new(random: fn(&mut [u8]) -> Result<()>) -> Self {
        Nonces { random, pool: [0; 512], used: 512 }
    }

    /// The next one.
    ///
    /// # Errors
    /// What the source says when it has nothing to give.
    pub fn take(&mut self) -> Result<Nonce> {
        if self.pool.len() - self.used < 8 {
            (self.random)(&mut self.pool)?;
            self.used = 0;
        }
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.pool[self.used..self.used + 8]);
        self.used += 8;
        Ok(Nonce(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_differ_across_helpings() {
        let mut nonces = Nonces::new(|bytes| {
            static COUNT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
            let helping = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            bytes.iter_mut().enumerate().for_each(|(place, byte)| *byte = u8::try_from(place / 8).unwrap());
            bytes.iter_mut().step_by(8).for_each(|byte| *byte = helping);
            Ok(())
        });
        let all: std::collections::BTreeSet<[u8; 8]> = (0..200).map(|_| nonces.take().unwrap().0).collect();
        assert_eq!(all.len(), 200);
    }

    #[test]
    fn a_source_that_fails_gives_no_nonce() {
        let mut nonces = Nonces::new(|_| Err(crate::error::Failure::internal("dry")));
        assert!(nonces.take().is_err());
        assert!(nonces.take().is_err());
    }
}
