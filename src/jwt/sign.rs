//! Signatures with a shared secret: HS256, HS512 (RFC 7518, section 3.2). What is the same for many tokens is worked out
//! once, so that a token costs one pass over its claims.

use std::fmt;

use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

use super::base64url::{append, encoded_length};
use crate::secret::Secret;

/// A key for HMAC-SHA256.
pub type Hs256 = Key<Hmac<Sha256>>;
/// A key for HMAC-SHA512.
pub type Hs512 = Key<Hmac<Sha512>>;

/// A keyed HMAC; a signature starts from a copy of its state.
#[derive(Clone)]
pub struct Key<M>(M);

impl<M: Mac + KeyInit + Clone> Key<M> {
    /// A key from the bytes of a secret as they are.
    ///
    /// # Errors
    /// None in practice: HMAC takes a key of any length.
    pub fn new(secret: &Secret) -> Result<Self, InvalidLength> {
        Self::from_bytes(secret.expose().as_bytes())
    }

    /// A key that is no secret.
    ///
    /// # Errors
    /// None in practice.
    pub fn from_bytes(key: &[u8]) -> Result<Self, InvalidLength> {
        <M as KeyInit>::new_from_slice(key).map(Key)
    }

    /// Whether a signature belongs to a text. The comparison takes the same time wherever they differ.
    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.0.clone().chain_update(signed).verify_slice(signature).is_ok()
    }
}

impl<M> fmt::Debug for Key<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// An encoded header with its dot, and the HMAC that has read it: the beginning of every token that has this header.
#[derive(Clone)]
pub struct Head<M> {
    encoded: Vec<u8>,
    started: M,
}

impl<M: Mac + Clone> Head<M> {
    /// The beginning of a token with this header, as JSON.
    pub fn new(key: &Key<M>, header: &str) -> Self {
        let mut encoded = Vec::with_capacity(encoded_length(header.len()) + 1);
        append(&mut encoded, header.as_bytes());
        encoded.push(b'.');
        let started = key.0.clone().chain_update(&encoded);
        Head { encoded, started }
    }

    /// The beginning of the tokens whose claims begin like this, as far as that makes whole groups of four characters,
    /// and of how many bytes it is.
    fn and(&self, claims: &[u8]) -> (Self, usize) {
        let read = claims.len() / 3 * 3;
        let mut encoded = self.encoded.clone();
        append(&mut encoded, &claims[..read]);
        let started = self.started.clone().chain_update(&encoded[self.encoded.len()..]);
        (Head { encoded, started }, read)
    }

    /// Appends a signed token with these claims, as JSON.
    pub fn sign_into(&self, claims: &[u8], token: &mut String) {
        // Room for all of it at once, and no more: a string that grows leaves pieces of the token behind, and what is
        // wiped in the end is the room.
        let signature = encoded_length(M::output_size());
        token.reserve_exact(self.encoded.len() + encoded_length(claims.len()) + 1 + signature);
        let mut text = std::mem::take(token).into_bytes();
        text.extend_from_slice(&self.encoded);
        let start = text.len();
        append(&mut text, claims);
        let signature = self.started.clone().chain_update(&text[start..]).finalize().into_bytes();
        text.push(b'.');
        append(&mut text, &signature);
        // What stood there was text, and so is base64.
        *token = String::from_utf8(text).unwrap_or_default();
    }
}

impl<M> fmt::Debug for Head<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Head").finish_non_exhaustive()
    }
}

/// The beginning that the claims of one token are likely to share with those of the next one, and once they do, a
/// [`Head`] that has read it: a fifth of the claims is then neither encoded nor signed again. It serves one head.
pub struct Begun<M> {
    claims: Vec<u8>,
    head: Option<(Head<M>, usize)>,
}

impl<M> Default for Begun<M> {
    fn default() -> Self {
        Begun { claims: Vec::new(), head: None }
    }
}

impl<M: Mac + Clone> Begun<M> {
    /// Appends a signed token with these claims, as JSON, whose first `shared` bytes the next token's may begin with.
    pub fn sign_into(&mut self, head: &Head<M>, claims: &[u8], shared: usize, token: &mut String) {
        let beginning = &claims[..shared];
        if self.claims != beginning {
            self.claims.clear();
            self.claims.extend_from_slice(beginning);
            self.head = None;
            return head.sign_into(claims, token);
        }
        let (head, read) = self.head.get_or_insert_with(|| head.and(beginning));
        head.sign_into(&claims[*read..], token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_with_a_beginning_that_has_been_read_is_the_same() {
        let head = Head::new(&Hs256::from_bytes(b"key").unwrap(), "{}");
        let mut begun = Begun::default();
        for claims in
            ["{\"jti\":\"a-1\"}", "{\"jti\":\"a-2\"}", "{\"jti\":\"a-345\"}", "{\"jti\":\"b-3\"}", "{\"jti\":\"b-4\"}"]
        {
            for shared in [0, 1, 2, 3, 9, 10, 11, 10, 10, claims.len()] {
                let (mut token, mut expected) = (String::new(), String::new());
                begun.sign_into(&head, claims.as_bytes(), shared, &mut token);
                head.sign_into(claims.as_bytes(), &mut expected);
                assert_eq!(token, expected, "{claims} {shared}");
            }
        }
    }

    #[test]
    fn the_hmac_is_that_of_the_standard() {
        // RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?".
        let key = Hs256::new(&Secret::new("Jefe".to_owned())).unwrap();
        let expected = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00,
            0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
        ];
        assert!(key.verify(b"what do ya want for nothing?", &expected));
        assert!(!key.verify(b"what do ya want for nothing!", &expected));
        assert!(!key.verify(b"what do ya want for nothing?", &expected[..31]));
        assert_eq!(format!("{key:?}"), "[redacted]");
    }

    #[test]
    fn a_token_is_signed_behind_what_stands_there_and_fits_its_room() {
        // RFC 7515, appendix A.1, has line breaks in its JSON; the key is its 64 bytes.
        let key = decode_key();
        let head = Head::new(&Hs256::from_bytes(&key).unwrap(), "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
        let claims = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        let mut token = String::from(">");
        head.sign_into(claims.as_bytes(), &mut token);
        assert_eq!(
            token,
            ">eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
             eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
             dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        assert_eq!(token.len(), token.capacity());
    }

    fn decode_key() -> Vec<u8> {
        super::super::decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap()
    }
}
