//! Claims to a token: JWS compact form, HS256. What is the same for a whole run is worked out once, so that a token costs
//! one pass over its claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::claims::{Claims, Issuer, header_json};
use super::key::Key;
use crate::catalog::Nonce;
use crate::secret::Secret;

/// The characters of an encoded signature.
const SIGNATURE: usize = 43;

/// Signs tokens of one API key.
#[derive(Debug, Clone)]
pub struct Signer {
    key: Key,
    issuer: Issuer,
    /// The header that nearly every token of the run has.
    usual: Head,
}

/// An encoded header with its dot, and the HMAC that has read it.
#[derive(Clone)]
struct Head {
    region: Option<String>,
    encoded: String,
    started: Hmac<Sha256>,
}

impl Signer {
    /// A signer for this key. `region` is what most tokens will name; others are signed as rightly, a little slower.
    pub fn new(key: Key, issuer: Issuer, region: Option<&str>) -> Self {
        let usual = Head::new(&key, region);
        Signer { key, issuer, usual }
    }

    /// A signed token.
    pub fn sign(&self, claims: &Claims<'_>, nonce: Option<Nonce>) -> Secret {
        let (mut payload, mut token) = (Vec::new(), String::new());
        self.sign_into(claims, nonce, &mut payload, &mut token);
        Secret::new(token)
    }

    /// Appends a signed token, for a batch that reuses its memory: `payload` is where the claims are put together.
    pub fn sign_into(&self, claims: &Claims<'_>, nonce: Option<Nonce>, payload: &mut Vec<u8>, token: &mut String) {
        payload.clear();
        claims.write(&self.issuer, nonce, payload);
        let other;
        let head = if claims.region() == self.usual.region.as_deref() {
            &self.usual
        } else {
            other = Head::new(&self.key, claims.region());
            &other
        };
        // Room for all of it at once, and no more: a string that grows leaves pieces of the token behind, and what is
        // wiped in the end is the room.
        token.reserve_exact(head.encoded.len() + payload.len().div_ceil(3) * 4 + 1 + SIGNATURE);
        token.push_str(&head.encoded);
        let start = token.len();
        URL_SAFE_NO_PAD.encode_string(&*payload, token);
        let signature = head.started.clone().chain_update(&token.as_bytes()[start..]).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, token);
    }
}

impl Head {
    fn new(key: &Key, region: Option<&str>) -> Self {
        let encoded = URL_SAFE_NO_PAD.encode(header_json(region)) + ".";
        let started = key.start().chain_update(&encoded);
        Head { region: region.map(str::to_owned), encoded, started }
    }
}

impl std::fmt::Debug for Head {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Head").field("region", &self.region).finish_non_exhaustive()
    }
}
