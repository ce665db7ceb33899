//! The API key secret at work: the keyed HMAC that signs and verifies, and what can be told of a set of credentials
//! without asking anybody. Nothing else here or in `inspect` sees the secret in the clear.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::sid;
use crate::error::{Category, Failure, Note, OrFail, Result};
use crate::secret::Secret;

/// HMAC-SHA256, keyed with the bytes of an API key secret as they are: Twilio decodes nothing.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Keys the HMAC once; a signature then starts from a copy of its state.
    ///
    /// # Errors
    /// None in practice: HMAC takes a key of any length.
    pub fn new(secret: &Secret) -> Result<Self> {
        let keyed = Hmac::new_from_slice(in_the_clear(secret).as_bytes());
        Ok(Key(keyed.or_fail(Category::Internal)?))
    }

    /// The HMAC, ready for text.
    pub(super) fn start(&self) -> Hmac<Sha256> {
        self.0.clone()
    }

    /// Whether a signature belongs to a text. The comparison takes the same time wherever they differ.
    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.start().chain_update(signed).verify_slice(signature).is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// Looks at the secret of a set; `origin` says where it stands. One that looks like something else draws a warning
/// only, since Twilio states no form for it.
///
/// # Errors
/// Exit 3 for what surrounds it, naming the origin, never showing it.
pub fn check_secret(secret: &Secret, key_sid: &str, origin: &str, notes: &mut Vec<Note>) -> Result<()> {
    let plain = in_the_clear(secret);
    if let Some(around) = surrounding(plain) {
        return Err(Failure::configuration(format!("{origin} {around}"))
            .hint("a token signed with it would be refused (error 20107); store the secret alone"));
    }
    notes.extend(suspicion(plain, key_sid).map(|text| Note::Warning(text.to_owned())));
    Ok(())
}

/// The one place where the secret is read.
fn in_the_clear(secret: &Secret) -> &str {
    secret.expose()
}

/// What is around or inside a secret that cannot belong to it.
fn surrounding(secret: &str) -> Option<&'static str> {
    let quote =
        |character: char| matches!(character, '"' | '\'' | '`' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}');
    match secret {
        "" => Some("is empty"),
        _ if secret.contains(['\n', '\r']) => Some("has a line break in it"),
        _ if secret.trim() != secret => Some("has white space around it"),
        _ if secret.contains(char::is_control) => Some("has control characters in it"),
        _ if secret.starts_with(quote) || secret.ends_with(quote) => Some("has quotes around it"),
        _ => None,
    }
}

/// What a secret is more likely to be than an API key secret.
fn suspicion(secret: &str, key_sid: &str) -> Option<&'static str> {
    if secret == key_sid {
        return Some("the API key secret is the API key SID itself; the secret was shown once, when the key was made");
    }
    if sid::is_bare_hex(secret) {
        return Some(
            "the API key secret looks like an auth token (32 hexadecimal digits), and an auth token cannot sign",
        );
    }
    sid::described(secret).map(|_| "the API key secret looks like a SID, which is no secret and cannot sign")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "SK0123456789abcdef0123456789abcdef";

    fn check(secret: &str) -> std::result::Result<Vec<Note>, String> {
        let mut notes = Vec::new();
        match check_secret(&Secret::new(secret.to_owned()), KEY, "the API key secret", &mut notes) {
            Ok(()) => Ok(notes),
            Err(failure) => {
                assert_eq!(failure.kind(), Category::Configuration);
                Err(failure.to_string())
            }
        }
    }

    #[test]
    fn what_surrounds_a_secret_is_named_and_the_secret_is_not() {
        for (secret, what) in [
            ("", "empty"),
            ("\"hunter2\"", "quotes"),
            ("'hunter2", "quotes"),
            ("hunter2\n", "line break"),
            ("hunter2 ", "white space"),
            ("hunt\u{7f}er2", "control"),
        ] {
            let message = check(secret).unwrap_err();
            assert!(message.contains(what) && !message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn a_secret_that_looks_like_something_else_draws_a_warning() {
        assert_eq!(check(KEY).unwrap().len(), 1);
        assert_eq!(check("0123456789abcdef0123456789abcdef").unwrap().len(), 1);
        assert_eq!(check("AC0123456789abcdef0123456789abcdef").unwrap().len(), 1);
    }

    #[test]
    fn the_hmac_is_that_of_the_standard() {
        // RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?".
        let key = Key::new(&Secret::new("Jefe".to_owned())).unwrap();
        let expected = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00,
            0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
        ];
        assert!(key.verify(b"what do ya want for nothing?", &expected));
        assert!(!key.verify(b"what do ya want for nothing!", &expected));
        assert!(!key.verify(b"what do ya want for nothing?", &expected[..31]));
        assert_eq!(format!("{key:?}"), "[redacted]");
    }
}
