//! The two forms of SignalWire's tokens: signed with HS512, or encrypted with A256GCM under a shared key.

use super::{ENCRYPTION_KEY, KEY_ID, SIGNING_KEY};
use crate::error::{Category, Failure, OrFail, Result};
use crate::json::{Object, Writer};
use crate::jwt::{A256Gcm, Head, Hs512};

/// The development keys, set up once for all requests.
pub(super) struct Sealer {
    signing: Hs512,
    encryption: A256Gcm,
}

impl Sealer {
    /// Sets up the keys.
    pub(super) fn new() -> Result<Self> {
        Ok(Sealer {
            signing: Hs512::from_bytes(SIGNING_KEY).or_fail(Category::Internal)?,
            encryption: A256Gcm::new(ENCRYPTION_KEY).map_err(|_| crypto_failed())?,
        })
    }

    /// A signed token of three parts.
    pub(super) fn sign(&self, typ: &str, claims: &str) -> String {
        let mut header = String::new();
        Writer::new(&mut header).object().string("alg", "HS512").string("typ", typ).string("kid", KEY_ID).end();
        let mut token = String::new();
        Head::new(&self.signing, &header).sign_into(claims.as_bytes(), &mut token);
        token
    }

    /// An encrypted token of five parts. `ch` is the text of a JSON string.
    pub(super) fn encrypt(&self, typ: &str, ch: Option<&str>, claims: &str, nonce: [u8; 12]) -> Result<String> {
        let mut header = String::new();
        let mut json = Writer::new(&mut header);
        json.object().string("alg", "dir").string("enc", "A256GCM").string("typ", typ).string("kid", KEY_ID);
        if let Some(ch) = ch {
            json.raw("ch", ch);
        }
        json.end();
        self.encryption.encrypt(&header, claims, nonce).map_err(|_| crypto_failed())
    }

    /// Header and claims of a token that was encrypted here.
    pub(super) fn decrypt(&self, token: &str) -> Option<(Object, Object)> {
        let (header, claims) = self.encryption.decrypt(token)?;
        let object = |bytes: Vec<u8>| Object::parse(std::str::from_utf8(&bytes).ok()?).ok();
        Some((object(header)?, object(claims)?))
    }
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
        let refresh = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCIsImtpZCI6InRva2VubWludC1lbXVsYXRvciJ9..\
             AAECAwQFBgcICQoL.eCSOcljLP2mZWcBlVjUOnr0Q.yMhFXi1H9GF-9KH2ALneJw";
        assert_eq!(sealer.encrypt("Refresh", None, r#"{"exp":1700007200}"#, nonce).unwrap(), refresh);
        let (header, claims) = sealer.decrypt(refresh).unwrap();
        assert_eq!((header.get("typ"), claims.to_string()), (Some("\"Refresh\""), r#"{"exp":1700007200}"#.to_owned()));
        // Another type in the header, another tag, another number of parts.
        let other = refresh.replacen("UmVmcmVzaCI", "UmVmcmVzaDI", 1);
        for wrong in [&other, &refresh.replace("yMh", "yMi"), &refresh.replace("..", "."), "", "a..b.c.d"] {
            assert!(sealer.decrypt(wrong).is_none(), "{wrong}");
        }
    }
}
