//! The token that a run mints first, to authenticate its requests for another kind.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::refusal::Refusal;
use super::send::send;
use crate::app::App;
use crate::catalog::Request;
use crate::error::{Failure, Result};
use crate::http::{Client, Credentials, Mode, Trace};
use crate::secret::Secret;
use crate::token::Role;

/// What mints it.
pub struct Issuer {
    /// Sends with the set of credentials.
    client: Client,
    request: Request,
    refusal: Refusal,
}

/// Such a token.
pub struct Issued {
    token: Secret,
    /// When it expires, as far as that is known.
    pub expires_at: Option<Timestamp>,
    /// The time that it took to mint.
    pub spent: Duration,
}

impl Issuer {
    /// What mints the token of a request. `refusal` is what is known where the set of credentials is refused.
    pub fn new(client: Client, request: Request, refusal: Refusal) -> Self {
        Issuer { client, request, refusal }
    }

    /// Mints a token.
    ///
    /// # Errors
    /// Those of any mint, with the word that it was the first of two.
    pub fn issue(&self, app: &App, trace: Trace) -> Result<Issued> {
        let started = Instant::now();
        let first =
            |failure: Failure| failure.context(format!("cannot mint the {} token first", self.request.kind.name));
        let sent = send(&self.client, &self.request, app, trace);
        // What is odd about it is about members that go nowhere.
        let (token, _) = sent.map_err(|failure| first(self.refusal.explain(failure)))?;
        let text = token.get(Role::Token).ok_or_else(|| first(Failure::internal("an answer without its token")))?;
        let (token, expires_at) = (Secret::new(text.to_owned()), token.expires_at);
        Ok(Issued { token, expires_at, spent: started.elapsed() })
    }

    /// A client that authenticates with such a token, over the same connections. Of the time for a single request, `spent`
    /// is gone.
    pub fn client(&self, issued: &Issued, mode: Mode, spent: Duration) -> Result<Client> {
        self.client.then(&Credentials::Bearer(&issued.token), mode, spent)
    }
}
