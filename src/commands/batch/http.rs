//! Tokens that a service mints, for the lines of a batch.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::App;
use crate::batch::{LineMinter, Minted};
use crate::catalog::Draft;
use crate::commands::fingerprint::Fingerprint;
use crate::commands::refusal::Refusal;
use crate::commands::send::{send, shown};
use crate::error::{Category, Failure, Note, Reach, Result};
use crate::http::Client;
use crate::json::{Object, Writer};
use crate::output::request as paper;
use crate::secret::Secret;
use crate::signalwire::Space;

/// Sends a request for each line.
#[derive(Clone)]
pub(super) struct Minter {
    pub(super) draft: Arc<Draft>,
    pub(super) client: Arc<Client>,
    pub(super) refusal: Refusal,
    pub(super) app: App,
    pub(super) fingerprint: Fingerprint,
}

impl LineMinter for Minter {
    fn fingerprint(&mut self, fields: &Object) -> Option<u64> {
        Some(self.fingerprint.of_fields(fields.iter().map(|(key, raw)| (key, Some(Cow::Borrowed(raw))))))
    }

    fn fingerprint_of_text(&mut self, text: &[u8]) -> Option<u64> {
        Some(self.fingerprint.of_text(text))
    }

    fn mint(&mut self, fields: Object, _: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
        let own = self.brings_key(&fields);
        let request = self.draft.with_line(fields, self.app.now())?;
        let sent = send(&self.client, &request, &self.app, &|_| {});
        let (token, odd) = sent.map_err(|failure| reaching(own, self.refusal.explain(failure)))?;
        for (member, value) in &token.members {
            members.string_or_null(member.key, value.as_ref().map(Secret::expose));
        }
        let notes = request.notes.into_iter().chain(odd).collect();
        Ok(Minted::Token { ends: token.expires_at, notes })
    }
}

impl Minter {
    /// Whether the line itself has what the service judges in place of credentials.
    fn brings_key(&self, line: &Object) -> bool {
        let refused = self.draft.kind.endpoint().and_then(|endpoint| endpoint.authentication.refused());
        refused.and_then(|refused| refused.field).is_some_and(|key| line.get(key).is_some())
    }
}

/// A refusal of what the line has brought is a failure of that line; other lines may bring something better.
fn reaching(own: bool, failure: Failure) -> Failure {
    let refused = failure.category() == Category::CredentialsRefused;
    if own && refused { failure.with_reach(Reach::Line) } else { failure }
}

/// Shows the request of each line and sends none.
#[derive(Clone)]
pub(super) struct Shower {
    pub(super) draft: Arc<Draft>,
    pub(super) space: Space,
}

impl LineMinter for Shower {
    fn mint(&mut self, fields: Object, now: Timestamp, members: &mut Writer<'_, Vec<u8>>) -> Result<Minted> {
        let request = self.draft.with_line(fields, now)?;
        let warnings = request.notes.iter().filter(|note| matches!(note, Note::Warning(_)));
        let warnings: Vec<&str> = warnings.map(Note::text).collect();
        members.raw("request", paper::json(&shown(&request), &self.space, &warnings).trim_end());
        Ok(Minted::Shown)
    }
}
