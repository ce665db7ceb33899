//! The way into a space: credentials from one source, fetched once, and clients that send with them; where that source is
//! the emulator's profile, its server.

use std::time::Instant;

use super::login::Login;
use super::refusal::Refusal;
use super::send::send;
use super::space_set::space_of;
use crate::app::App;
use crate::catalog::Request;
use crate::credentials::{Needs, Set, Source};
use crate::error::{Failure, Result};
use crate::http::{Client, Credentials, Mode, Settings};
use crate::output::report::Report;
use crate::secret::Secret;
use crate::signalwire::Space;
use crate::signalwire::credentials::PROJECT_ID;
use crate::token::Role;

/// What is needed to make clients of a space.
pub(super) struct Access {
    /// The space.
    pub(super) space: Space,
    set: Set,
    /// The secret of the set, where the login needs it.
    secret: Option<Secret>,
    /// Runs for as long as requests are sent.
    _server: Option<Server>,
}

impl Access {
    /// Fetches what the login needs of a set, and starts the emulator where that is the space.
    ///
    /// # Errors
    /// Exit 3 where the secret cannot be had or is malformed.
    pub(super) fn open(set: Set, login: &Login, app: &App) -> Result<Self> {
        let own_space = space_of(&set)?;
        let secret = (login.needs() == Needs::Set).then(|| set.reveal(app)).transpose()?;
        let server = (set.source == Source::Emulator).then(|| Server::start(app)).transpose()?;
        let space = server.as_ref().map_or(own_space, Server::space);
        Ok(Access { space, set, secret, _server: server })
    }

    /// A client that has no open connection yet, with what is known where the service refuses its credentials. A token that
    /// comes first is minted here.
    ///
    /// # Errors
    /// As [`Client::new`]; of the token that comes first as of any mint.
    pub(super) fn connect(
        &self,
        login: &Login,
        settings: &Settings,
        mode: Mode,
        app: &App,
        report: &Report,
    ) -> Result<(Client, Refusal)> {
        let client =
            |credentials: &Credentials, mode| Client::new(self.space.clone(), credentials, settings, mode, app.clone());
        let Some(secret) = &self.secret else {
            return Ok(match login {
                Login::Token(held) => {
                    (client(&Credentials::Bearer(&held.token), mode)?, Refusal::of_token(&held.place))
                }
                _ => (client(&Credentials::None, mode)?, Refusal::default()),
            });
        };
        let basic = Credentials::Basic(self.set.public(PROJECT_ID), secret);
        let refusal = Refusal::new(&self.set, secret);
        match login {
            Login::Issued(request) => {
                authenticated(client(&basic, Mode::Single)?, request, &refusal, mode, app, report)
            }
            _ => Ok((client(&basic, mode)?, refusal)),
        }
    }

    /// The set of credentials.
    pub(super) fn set(&self) -> &Set {
        &self.set
    }
}

/// What is known of a token that this run has minted itself.
const ISSUED: &str = "it was minted just before";
const REMEDY: &str = "a new token has not expired; check that the address belongs to a subscriber of this space";

/// The same client with the token of this request, which is sent now.
fn authenticated(
    client: Client,
    request: &Request,
    refusal: &Refusal,
    mode: Mode,
    app: &App,
    report: &Report,
) -> Result<(Client, Refusal)> {
    let started = Instant::now();
    let first = |failure: Failure| failure.context(format!("cannot mint the {} token first", request.kind.name));
    // What is odd about it is about members that go nowhere.
    let (token, _) =
        send(&client, request, app, &|line| report.trace(line)).map_err(|failure| first(refusal.explain(failure)))?;
    let text = token.get(Role::Token).ok_or_else(|| first(Failure::internal("an answer without its token")))?;
    let token = Secret::new(text.to_owned());
    let client = client.then(&Credentials::Bearer(&token), mode, started.elapsed())?;
    Ok((client, Refusal::of_new_token(ISSUED, REMEDY)))
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
