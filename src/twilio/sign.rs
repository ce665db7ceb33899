//! Claims to a token. What is the same for a whole run is worked out once.

use super::claims::{Claims, Issuer, header_json};
use super::key::Key;
use crate::catalog::{Nonce, Scratch};
use crate::jwt;
use crate::secret::Secret;

/// Signs tokens of one API key.
#[derive(Debug, Clone)]
pub struct Signer {
    key: Key,
    issuer: Issuer,
    /// The region that nearly every token of the run has, and the beginning that follows from it.
    usual: (Option<String>, Head),
}

type Head = jwt::Head<hmac::Hmac<sha2::Sha256>>;

impl Signer {
    /// A signer for this key. `region` is what most tokens will name; others are signed as rightly, a little slower.
    pub fn new(key: Key, issuer: Issuer, region: Option<&str>) -> Self {
        let usual = (region.map(str::to_owned), Head::new(key.hs256(), &header_json(region)));
        Signer { key, issuer, usual }
    }

    /// The SID of the API key.
    pub fn key_sid(&self) -> &str {
        self.issuer.key_sid()
    }

    /// A signed token.
    pub fn sign(&self, claims: &Claims<'_>, nonce: Option<Nonce>) -> Secret {
        // Nothing random is drawn: the nonce is given.
        let mut scratch = Scratch::new(|_| Ok(()));
        self.sign_into(claims, nonce, &mut scratch);
        Secret::new(scratch.token)
    }

    /// Appends a signed token to the scratch, which no other signer has used.
    pub fn sign_into(&self, claims: &Claims<'_>, nonce: Option<Nonce>, scratch: &mut Scratch) {
        let Scratch { payload, begun, token, .. } = scratch;
        payload.clear();
        let shared = claims.write(&self.issuer, nonce, payload);
        let (region, head) = &self.usual;
        if claims.region() == region.as_deref() {
            begun.sign_into(head, payload, shared, token);
        } else {
            Head::new(self.key.hs256(), &header_json(claims.region())).sign_into(payload, token);
        }
    }
}
