//! Tokens that are signed here, for the lines of a batch.

use std::sync::Arc;

use jiff::Timestamp;

use crate::batch::{LineMinter, Minted};
use crate::catalog::{Paper, Scratch, Sign};
use crate::commands::fingerprint::Fingerprint;
use crate::commands::sign::{check_length, ended};
use crate::error::Result;
use crate::json::{Object, Writer};

/// Signs a token for each line.
pub struct Minter {
    signer: Arc<dyn Sign>,
    scratch: Scratch,
    fingerprint: Fingerprint,
}

impl Minter {
    /// A minter with what all of them share.
    pub fn new(signer: Arc<dyn Sign>, scratch: Scratch, fingerprint: Fingerprint) -> Self {
        Minter { signer, scratch, fingerprint }
    }
}

impl LineMinter for Minter {
    fn fingerprint(&mut self, fields: &Object) -> Option<u64> {
        let draft = self.signer.draft();
        Some(self.fingerprint.of_fields(fields.iter().map(|(key, raw)| (key, draft.settled(key, raw)))))
    }

    fn fingerprint_of_text(&mut self, text: &[u8]) -> Option<u64> {
        Some(self.fingerprint.of_text(text))
    }

    fn mint(&mut self, fields: Object, now: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
        let token = &mut self.scratch.token;
        token.clear();
        // A token has no character that JSON would escape.
        token.push('"');
        let expiry = self.signer.sign(Some(fields), now, &mut self.scratch)?;
        let token = &mut self.scratch.token;
        check_length(token.len() - 1)?;
        token.push('"');
        members.raw("token", token);
        Ok(Minted::Token { ends: Some(expiry), notes: ended(expiry, now).into_iter().collect() })
    }
}

/// Shows header and claims of each line and signs none.
pub(super) struct Shower {
    paper: Arc<dyn Paper>,
    scratch: Scratch,
}

impl Shower {
    pub(super) fn new(paper: Arc<dyn Paper>, scratch: Scratch) -> Self {
        Shower { paper, scratch }
    }
}

impl LineMinter for Shower {
    fn mint(&mut self, fields: Object, now: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
        let (header, claims) = self.paper.show(Some(fields), now, &mut self.scratch)?;
        members.raw("header", &header).raw("claims", &claims);
        Ok(Minted::Shown)
    }
}
