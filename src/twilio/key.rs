//! The API key secret: the key that signs and verifies, and what can be known of a set of credentials offline.

use crate::error::{Category, Failure, Note, OrFail, Result};
use crate::jwt::Hs256;
use crate::secret::Secret;
use crate::sid;

/// The key of HS256 signatures: the bytes of an API key secret as they are, since Twilio decodes nothing.
#[derive(Debug, Clone)]
pub struct Key(Hs256);

impl Key {
    /// Keys the HMAC once.
    ///
    /// # Errors
    /// None in practice: HMAC takes a key of any length.
    pub fn new(secret: &Secret) -> Result<Self> {
        Ok(Key(Hs256::new(secret).or_fail(Category::Internal)?))
    }

    /// The key by its algorithm.
    pub(super) fn hs256(&self) -> &Hs256 {
        &self.0
    }

    /// Whether a signature belongs to a text.
    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.0.verify(signed, signature)
    }
}

/// Looks at the secret of a set; `origin` says where it stands. One that looks like something else draws a warning
/// only, since Twilio states no form for it.
///
/// # Errors
/// Exit 3 for what surrounds it, naming the origin, never showing it.
pub fn check_secret(secret: &Secret, origin: &str) -> Result<Option<Note>> {
    let plain = secret.expose();
    if let Some(around) = surrounding(plain) {
        return Err(Failure::configuration(format!("{origin} {around}"))
            .with_hint("a token signed with it would be refused (error 20107); store the secret alone"));
    }
    Ok(likely_mistake(plain).map(|text| Note::Warning(text.to_owned())))
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
fn likely_mistake(secret: &str) -> Option<&'static str> {
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

    fn check(secret: &str) -> std::result::Result<Option<Note>, String> {
        check_secret(&Secret::new(secret.to_owned()), "the API key secret").map_err(|failure| {
            assert_eq!(failure.category(), Category::Configuration);
            failure.to_string()
        })
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
        assert!(check("0123456789abcdef0123456789abcdef").unwrap().is_some());
        assert!(check("AC0123456789abcdef0123456789abcdef").unwrap().is_some());
    }
}
