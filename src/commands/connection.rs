//! The connection to a space: credentials from one source, and a client that sends with them.

use std::sync::Arc;

use super::access::{Access, Connected};
use super::issuer::{Issued, Issuer};
use super::login::Login;
use super::refusal::Refusal;
use super::space_set::{find_set, note_of};
use crate::app::App;
use crate::credentials::{EMULATOR, Source, Wanted};
use crate::error::{Note, Result};
use crate::http::{Client, Mode, Settings};
use crate::output::report::Report;

/// A client of the space that one source gave, with what its requests authenticate with.
pub struct Connection {
    /// Sends to the space.
    pub client: Arc<Client>,
    /// The origin of the space's URLs.
    pub space: String,
    /// Where the credentials came from, in words.
    pub source: String,
    /// What is known where the service refuses them.
    pub refusal: Refusal,
    /// The token that came first, and what mints another one.
    pub issued: Option<(Issuer, Issued)>,
    access: Access,
}

impl Connection {
    /// Finds what the login needs and makes ready to send with it. A token that comes first is minted here.
    ///
    /// # Errors
    /// Exit 3 where there are no credentials or they are malformed; of the token that comes first as of any mint.
    pub fn find(
        login: &Login,
        wanted: Wanted,
        settings: &Settings,
        mode: Mode,
        app: &App,
        report: &Report,
    ) -> Result<Self> {
        let access = Access::open(find_set(login, wanted, app, report)?, login, app)?;
        let Connected { client, refusal, issued } = access.connect(login, settings, mode, app, report)?;
        let (space, source) = (access.space.to_string(), access.set().source.to_string());
        Ok(Connection { client: Arc::new(client), space, source, refusal, issued, access })
    }

    /// What this space is called from run to run: the emulator has another port in each.
    pub fn name(&self) -> &str {
        if self.access.set().source == Source::Emulator { EMULATOR } else { &self.space }
    }

    /// What is worth saying about every token from here.
    pub fn note(&self) -> Option<Note> {
        note_of(self.access.set())
    }
}
