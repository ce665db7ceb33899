//! The connection to a space: credentials from one source, a client that sends with them, and the emulator's server where
//! that is the space.

use std::sync::Arc;

use super::issuer::{Issued, Issuer};
use super::login::{self, Login};
use super::refusal::Refusal;
use crate::app::App;
use crate::credentials::{self, Needs, Set, Source, Wanted};
use crate::error::{Note, Result};
use crate::http::{Client, Credentials, Mode, Settings};
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
    /// The token that came first, and what mints another one.
    pub issued: Option<(Issuer, Issued)>,
    server: Option<Server>,
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
        let needs = login.needs();
        let set = credentials::find(&SCHEMA, Wanted { needs, ..wanted }, app)?;
        let set = set.ok_or_else(|| credentials::none_found(&SCHEMA, needs, &app.env))?;
        if let Login::Absent(bearer) = login {
            return Err(login::absent(bearer));
        }
        let what = if needs == Needs::Set { "credentials" } else { "space" };
        report.trace(&format!("{what} from {}", set.source));
        // What is wrong with the public values is reported before a helper program is run for the secret.
        set.check()?;
        let own_space = space_of(&set)?;
        let secret = (needs == Needs::Set).then(|| set.reveal(app)).transpose()?;
        let server = (set.source == Source::Emulator).then(|| Server::start(app)).transpose()?;
        let space = server.as_ref().map_or(own_space, Server::space);
        let (name, source) = (space.to_string(), set.source.to_string());
        let mut earlier = None;
        let (client, refusal) = match (login, &secret) {
            (Login::Token(held), _) => {
                let client = Client::new(space, &Credentials::Bearer(&held.token), settings, mode, app.clone())?;
                (client, Refusal::of_token(&held.place))
            }
            (_, None) => (Client::new(space, &Credentials::None, settings, mode, app.clone())?, Refusal::default()),
            (_, Some(secret)) => {
                let (basic, refusal) = (Credentials::Basic(set.public(PROJECT_ID), secret), Refusal::new(&set, secret));
                match login {
                    Login::Issued(request) => {
                        let client = Client::new(space, &basic, settings, Mode::Single, app.clone())?;
                        let issuer = Issuer::new(client, (**request).clone(), refusal);
                        let first = issuer.issue(app, &|line| report.trace(line))?;
                        let client = issuer.client(&first, mode, first.spent)?;
                        let refusal = Refusal::of_new_token(first.expires_at, app.clock);
                        earlier = Some((issuer, first));
                        (client, refusal)
                    }
                    _ => (Client::new(space, &basic, settings, mode, app.clone())?, refusal),
                }
            }
        };
        Ok(Connection { space: name, source, refusal, client: Arc::new(client), issued: earlier, server })
    }

    /// What this space is called from run to run: the emulator has another port in each.
    pub fn name(&self) -> &str {
        if self.server.is_some() { "emulator" } else { &self.space }
    }

    /// What is worth saying about every token from here.
    pub fn note(&self) -> Option<Note> {
        let text = "this token is from the built-in emulator; it is not valid on SignalWire";
        self.server.as_ref().map(|_| Note::Note(text.to_owned()))
    }
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
        Err(crate::error::Failure::configuration("this tokenmint was built without its emulator"))
    }

    #[allow(clippy::unused_self, reason = "the same call as with the emulator")]
    fn space(&self) -> Space {
        Space::placeholder()
    }
}
