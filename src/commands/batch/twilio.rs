//! Twilio tokens for the lines of a batch.

use std::sync::Arc;

use jiff::Timestamp;

use super::Fingerprint;
use crate::batch::{LineMinter, Minted};
use crate::commands::twilio::check_length;
use crate::error::Result;
use crate::json::{Object, Writer};
use crate::twilio::{Draft, Issuer, Nonces, Signer, keyed};

/// Signs a token for each line.
pub struct Minter {
    draft: Arc<Draft>,
    signer: Arc<Signer>,
    nonces: Nonces,
    fingerprint: Fingerprint,
    /// Claims and token are put together here: one piece of memory for all of them.
    payload: Vec<u8>,
    signed: String,
}

impl Minter {
    /// A minter with what all of them share.
    pub fn new(draft: Arc<Draft>, signer: Arc<Signer>, nonces: Nonces, fingerprint: Fingerprint) -> Self {
        Minter { draft, signer, nonces, fingerprint, payload: Vec::new(), signed: String::new() }
    }
}

impl LineMinter for Minter {
    fn fingerprint(&mut self, fields: &Object) -> Option<u64> {
        Some(self.fingerprint.of_fields(fields.iter().map(|(key, raw)| (key, self.draft.settled(key, raw)))))
    }

    fn fingerprint_of_text(&mut self, text: &[u8]) -> Option<u64> {
        Some(self.fingerprint.of_text(text))
    }

    fn mint(&mut self, fields: Object, now: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
        let fields = keyed::as_object(fields)?;
        let claims = self.draft.with_line(&fields, now)?;
        self.signed.clear();
        // A token has nothing in it that JSON would escape.
        self.signed.push('"');
        self.signer.sign_into(&claims, Some(self.nonces.take()?), &mut self.payload, &mut self.signed);
        check_length(self.signed.len() - 1)?;
        self.signed.push('"');
        members.raw("token", &self.signed);
        Ok(Minted::Token { ends: Some(claims.expires_at()), notes: Vec::new() })
    }
}

/// Shows header and claims of each line and signs none.
pub(super) struct Shower {
    pub(super) draft: Arc<Draft>,
    pub(super) issuer: Issuer,
    pub(super) nonces: Nonces,
}

impl LineMinter for Shower {
    fn fingerprint(&mut self, _: &Object) -> Option<u64> {
        None
    }

    fn fingerprint_of_text(&mut self, _: &[u8]) -> Option<u64> {
        None
    }

    fn mint(&mut self, fields: Object, now: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
        let fields = keyed::as_object(fields)?;
        let claims = self.draft.with_line(&fields, now)?;
        let (header, claims) = (claims.header_json(), claims.claims_json(&self.issuer, Some(self.nonces.take()?)));
        members.raw("header", &header).raw("claims", &claims);
        Ok(Minted::Shown)
    }
}
