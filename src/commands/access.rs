//! The way into a space: credentials from one source, fetched once, and clients that send with them; where that source is
//! the emulator's profile, its server.

use super::issuer::{Issued, Issuer};
use super::login::Login;
use super::refusal::Refusal;
use super::space_set::space_of;
use crate::app::App;
use crate::credentials::{Needs, Set, Source};
use crate::error::Result;
use crate::http::{Client, Credentials, Mode, Settings};
use crate::output::report::Report;
use crate::secret::Secret;
use crate::signalwire::Space;
use crate::signalwire::credentials::PROJECT_ID;

/// A client that has no open connection yet.
pub(super) struct Connected {
    /// Sends to the space.
    pub(super) client: Client,
    /// What is known where the service refuses its credentials.
    pub(super) refusal: Refusal,
    /// The token that came first, and what mints another one.
    pub(super) issued: Option<(Issuer, Issued)>,
}

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

    /// A new client. A token that comes first is minted here.
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
    ) -> Result<Connected> {
        let client =
            |credentials: &Credentials, mode| Client::new(self.space.clone(), credentials, settings, mode, app.clone());
        let plain = |client, refusal| Connected { client, refusal, issued: None };
        let Some(secret) = &self.secret else {
            return Ok(match login {
                Login::Token(held) => {
                    plain(client(&Credentials::Bearer(&held.token), mode)?, Refusal::of_token(&held.place))
                }
                _ => plain(client(&Credentials::None, mode)?, Refusal::default()),
            });
        };
        let basic = Credentials::Basic(self.set.public(PROJECT_ID), secret);
        let refusal = Refusal::new(&self.set, secret);
        let Login::Issued(request) = login else { return Ok(plain(client(&basic, mode)?, refusal)) };
        let issuer = Issuer::new(client(&basic, Mode::Single)?, (**request).clone(), refusal);
        let first = issuer.issue(app, &|line| report.trace(line))?;
        let client = issuer.client(&first, mode, first.spent)?;
        let refusal = Refusal::of_new_token(first.expires_at, app.clock);
        Ok(Connected { client, refusal, issued: Some((issuer, first)) })
    }

    /// The set of credentials.
    pub(super) fn set(&self) -> &Set {
        &self.set
    }
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
