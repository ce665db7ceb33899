//! The two forms of SignalWire's tokens: JWS compact, signed with HS512, and JWE compact, encrypted with A256GCM under
//! a shared key. What a token says is for `tokens`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha512;

use super::{ENCRYPTION_KEY, KEY_ID, SIGNING_KEY};
use crate::error::{Category, Failure, OrFail, Result};

/// The development keys, set up once for all requests.
pub(super) struct Sealer {
    signing: Hmac<Sha512>,
    encryption: LessSafeKey,
}

impl Sealer {
    /// Sets up the keys.
    pub(super) fn new() -> Result<Self> {
        let encryption = UnboundKey::new(&AES_256_GCM, ENCRYPTION_KEY).map_err(|_| crypto_failed())?;
        Ok(Sealer {
            signing: Hmac::new_from_slice(SIGNING_KEY).or_fail(Category::Internal)?,
            encryption: LessSafeKey::new(encryption),
        })
    }

    /// A signed token of three parts.
    pub(super) fn sign(&self, typ: &str, claims: &str) -> String {
        let header = format!(r#"{{"alg":"HS512","typ":"{typ}","kid":"{KEY_ID}"}}"#);
        let mut token = URL_SAFE_NO_PAD.encode(header);
        append(&mut token, claims.as_bytes());
        let mut signature = self.signing.clone();
        signature.update(token.as_bytes());
        append(&mut token, &signature.finalize().into_bytes());
        token
    }

    /// An encrypted token of five parts, the second empty because the key is shared and not wrapped. `ch` is the text
    /// of a JSON string.
    pub(super) fn encrypt(&self, typ: &str, ch: Option<&str>, claims: &str, nonce: [u8; NONCE_LEN]) -> Result<String> {
        let ch = ch.map_or_else(String::new, |ch| format!(r#","ch":{ch}"#));
        let header = format!(r#"{{"alg":"dir","enc":"A256GCM","typ":"{typ}","kid":"{KEY_ID}"{ch}}}"#);
        let mut token = URL_SAFE_NO_PAD.encode(header);
        let mut text = claims.as_bytes().to_vec();
        // The header is authenticated in its encoded form (RFC 7516, section 5.1, step 14).
        let tag = self
            .encryption
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(token.as_bytes()), &mut text)
            .map_err(|_| crypto_failed())?;
        token.push('.');
        append(&mut token, &nonce);
        append(&mut token, &text);
        append(&mut token, tag.as_ref());
        Ok(token)
    }
}

fn append(token: &mut String, part: &[u8]) {
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(part, token);
}

fn crypto_failed() -> Failure {
    Failure::internal("the emulator's encryption failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected tokens come from Python: hmac and hashlib for HS512, cryptography's AESGCM for A256GCM.

    #[test]
    fn signed_tokens_are_hs512_over_header_and_claims() {
        assert_eq!(
            Sealer::new().unwrap().sign("CRT", r#"{"iat":1700000000,"t":60}"#),
            "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCIsImtpZCI6InRva2VubWludC1lbXVsYXRvciJ9.\
             eyJpYXQiOjE3MDAwMDAwMDAsInQiOjYwfQ.\
             loAM4Tf6q1LTydjOzShjIia67tT2yHOOwFoyviJ8PEMnJx4oz81ff_mMJtkVJ-7V8L2vmqo5PmnjryX7wUKO4Q"
        );
    }

    #[test]
    fn encrypted_tokens_are_a256gcm_with_the_header_authenticated() {
        let nonce = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        let sealer = Sealer::new().unwrap();
        assert_eq!(
            sealer.encrypt("SAT", Some(r#""us-central""#), r#"{"exp":1700007200}"#, nonce).unwrap(),
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIiwia2lkIjoidG9rZW5taW50LWVtdWxhdG9yIiwiY2giOiJ1\
             cy1jZW50cmFsIn0..AAECAwQFBgcICQoL.eCSOcljLP2mZWcBlVjUOnr0Q.Hioa2dsGfqzfUIMIaV59sg"
        );
        assert_eq!(
            sealer.encrypt("Refresh", None, r#"{"exp":1700007200}"#, nonce).unwrap(),
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCIsImtpZCI6InRva2VubWludC1lbXVsYXRvciJ9..\
             AAECAwQFBgcICQoL.eCSOcljLP2mZWcBlVjUOnr0Q.yMhFXi1H9GF-9KH2ALneJw"
        );
    }
}
