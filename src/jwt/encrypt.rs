//! Encryption under a shared key: `dir` with A256GCM (RFC 7518, sections 4.5 and 5.3).

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;

use super::base64url::{append, decode};

/// An AES key of 256 bits.
pub struct A256Gcm(LessSafeKey);

impl A256Gcm {
    /// Sets up a key.
    ///
    /// # Errors
    /// None in practice: every 32 bytes are a key.
    pub fn new(key: &[u8; 32]) -> Result<Self, Unspecified> {
        UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map(A256Gcm)
    }

    /// A token of five parts, the second empty because the key is shared and not wrapped. A nonce may be used once.
    ///
    /// # Errors
    /// None in practice: a token is far shorter than the cipher's limit.
    pub fn encrypt(&self, header: &str, claims: &str, nonce: [u8; NONCE_LEN]) -> Result<String, Unspecified> {
        let mut token = Vec::new();
        append(&mut token, header.as_bytes());
        let mut text = claims.as_bytes().to_vec();
        // The header is authenticated in its encoded form (RFC 7516, section 5.1, step 14).
        let header = Aad::from(&token);
        let tag = self.0.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), header, &mut text)?;
        token.push(b'.');
        for part in [&nonce[..], &text, tag.as_ref()] {
            token.push(b'.');
            append(&mut token, part);
        }
        String::from_utf8(token).map_err(|_| Unspecified)
    }

    /// Header and claims of a token that was encrypted under this key; nothing for any other text.
    pub fn decrypt(&self, token: &str) -> Option<(Vec<u8>, Vec<u8>)> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, "", nonce, text, tag] = parts[..] else { return None };
        let nonce = Nonce::try_assume_unique_for_key(&decode(nonce)?).ok()?;
        let mut sealed = [decode(text)?, decode(tag)?].concat();
        let claims = self.0.open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed).ok()?;
        Some((decode(header)?, claims.to_vec()))
    }
}
