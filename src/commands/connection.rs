//! The connection to a space: credentials from one source, and a client that sends with them.

use std::sync::Arc;

use super::access::Access;
use super::login::{self, Login};
use super::refusal::Refusal;
use crate::app::App;
use crate::credentials::{self, EMULATOR, Needs, Set, Source, Wanted};
use crate::error::{Note, Result};
use crate::http::{Client, Mode, Settings};
use crate::output::report::Report;
use crate::signalwire::Space;
use crate::signalwire::credentials::{PROJECT_ID, SCHEMA, SPACE};

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
        let (client, refusal) = access.connect(login, settings, mode, app, report)?;
        let (space, source) = (access.space.to_string(), access.set().source.to_string());
        Ok(Connection { client: Arc::new(client), space, source, refusal, access })
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

/// The set that a mint sends with, checked as far as it can be without its secret: what is wrong with the public values is
/// reported before a helper program is run.
///
/// # Errors
/// Exit 3 where there is none or it is malformed.
pub(super) fn find_set(login: &Login, wanted: Wanted, app: &App, report: &Report) -> Result<Set> {
    let needs = login.needs();
    let set = credentials::find(&SCHEMA, Wanted { needs, ..wanted }, app)?;
    let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, needs, &app.env))?;
    if let Login::Absent(bearer) = login {
        return Err(login::absent(bearer));
    }
    let what = if needs == Needs::Set { "credentials" } else { "space" };
    report.trace(&format!("{what} from {}", set.source));
    set.check()?;
    space_of(&set)?;
    Ok(set)
}

/// Which space and project a login mints for, the same from run to run. Without the set of credentials it is the space
/// alone.
///
/// # Errors
/// Exit 3 for a space that is not valid.
pub(super) fn place_of(set: &Set, login: &Login) -> Result<String> {
    // A port that changes with each run is not part of what a token was asked for.
    let space = if set.source == Source::Emulator { EMULATOR.to_owned() } else { space_of(set)?.to_string() };
    Ok(match login.needs() {
        Needs::Set => format!("{space} {}", set.public(PROJECT_ID)),
        Needs::Only(_) => space,
    })
}

/// What is worth saying about every token that is minted with a set.
pub(super) fn note_of(set: &Set) -> Option<Note> {
    let text = "this token is from the built-in emulator; it is not valid on SignalWire";
    (set.source == Source::Emulator).then(|| Note::Note(text.to_owned()))
}

/// The space of a request on paper, with credentials or without.
pub(super) fn shown_space(set: Option<&Set>) -> Result<Space> {
    let Some(set) = set else { return Ok(Space::placeholder()) };
    set.check_public(SPACE)?;
    space_of(set)
}

/// The space that a set names.
pub fn space_of(set: &Set) -> Result<Space> {
    Space::parse(set.public(SPACE), &set.describe(SPACE))
}
