//! The connection to a space: credentials from one source, a client that sends with them, and the emulator's server where
//! that is the space.

use std::sync::Arc;

use super::refusal::Refusal;
use crate::app::App;
use crate::credentials::{self, EMULATOR, Set, Source, Wanted};
#[cfg(not(feature = "emulator"))]
use crate::error::Failure;
use crate::error::{Note, Result};
use crate::http::{Client, Credentials, Mode, Settings};
use crate::output::report::Report;
use crate::secret::Secret;
use crate::signalwire::Space;
use crate::signalwire::credentials::{PROJECT_ID, SCHEMA, SPACE};

/// A client with the credentials that one source gave.
pub struct Connection {
    /// Sends to the space.
    pub client: Arc<Client>,
    /// The origin of the space's URLs.
    pub space: String,
    /// Where the credentials came from, in words.
    pub source: String,
    /// What is known where the service refuses them.
    pub refusal: Refusal,
    origin: Space,
    set: Set,
    secret: Secret,
    /// Held as long as requests are sent.
    _server: Option<Server>,
}

impl Connection {
    /// Finds credentials and makes ready to send with them.
    ///
    /// # Errors
    /// Exit 3 where there are none or they are malformed.
    pub fn find(wanted: Wanted, settings: &Settings, mode: Mode, app: &App, report: &Report) -> Result<Self> {
        Self::open(find_set(wanted, app, report)?, settings, mode, app)
    }

    /// Fetches the secret of a set and makes ready to send with it.
    ///
    /// # Errors
    /// Exit 3 where the secret cannot be had or is malformed.
    pub fn open(set: Set, settings: &Settings, mode: Mode, app: &App) -> Result<Self> {
        let own_space = space_of(&set)?;
        let secret = set.reveal(app)?;
        let server = (set.source == Source::Emulator).then(|| Server::start(app)).transpose()?;
        let origin = server.as_ref().map_or(own_space, Server::space);
        let credentials = Credentials::Basic(set.public(PROJECT_ID), &secret);
        Ok(Connection {
            space: origin.to_string(),
            source: set.source.to_string(),
            refusal: Refusal::new(&set, &secret),
            client: Arc::new(Client::new(origin.clone(), &credentials, settings, mode, app.clone())?),
            origin,
            set,
            secret,
            _server: server,
        })
    }

    /// A client that has no open connection yet, for a request long after the last one.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn fresh_client(&self, settings: &Settings, app: &App) -> Result<Client> {
        let credentials = Credentials::Basic(self.set.public(PROJECT_ID), &self.secret);
        Client::new(self.origin.clone(), &credentials, settings, Mode::Single, app.clone())
    }

    /// What this space is called from run to run: the emulator has another port in each.
    pub fn name(&self) -> &str {
        if self.set.source == Source::Emulator { EMULATOR } else { &self.space }
    }

    /// What is worth saying about every token from here.
    pub fn note(&self) -> Option<Note> {
        note_of(&self.set)
    }
}

/// The set that a mint sends with, checked as far as it can be without its secret: what is wrong with the public values is
/// reported before a helper program is run.
///
/// # Errors
/// Exit 3 where there is none or it is malformed.
pub fn find_set(wanted: Wanted, app: &App, report: &Report) -> Result<Set> {
    let set = credentials::find(&SCHEMA, wanted, app)?;
    let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, &app.env))?;
    report.trace(&format!("credentials from {}", set.source));
    set.check()?;
    space_of(&set)?;
    Ok(set)
}

/// Which space and project a set is for, the same from run to run.
///
/// # Errors
/// Exit 3 for a space that is not valid.
pub fn place_of(set: &Set) -> Result<String> {
    // A port that changes with each run is not part of what a token was asked for.
    let space = if set.source == Source::Emulator { EMULATOR.to_owned() } else { space_of(set)?.to_string() };
    Ok(format!("{space} {}", set.public(PROJECT_ID)))
}

/// What is worth saying about every token that is minted with a set.
pub fn note_of(set: &Set) -> Option<Note> {
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

/// The emulator of `--profile emulator`, for the time of one run.
struct Server {
    #[cfg(feature = "emulator")]
    running: crate::emulator::Running,
}

#[cfg(feature = "emulator")]
impl Server {
    fn start(app: &App) -> Result<Self> {
        let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let emulator = crate::emulator::Emulator::bind(anywhere, crate::emulator::Protocol::Http, app.clone())?;
        Ok(Server { running: emulator.start()? })
    }

    fn space(&self) -> Space {
        Space::loopback(self.running.address().port())
    }
}

#[cfg(not(feature = "emulator"))]
impl Server {
    fn start(_: &App) -> Result<Self> {
        Err(Failure::configuration("this tokenmint was built without its emulator"))
    }

    #[allow(clippy::unused_self, reason = "the same call as with the emulator")]
    fn space(&self) -> Space {
        Space::placeholder()
    }
}
