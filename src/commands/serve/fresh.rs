//! The service behind a server. A token that the server has minted to authenticate its requests is replaced before it
//! expires: the server may run for days.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::catalog::Request;
use crate::commands::connection::Connection;
use crate::commands::issuer::{Issued, Issuer};
use crate::commands::send::send;
use crate::error::{Failure, Note, Result};
use crate::http::{Client, Mode};
use crate::token::Token;

/// The least life that a token of ours must have left. The service's clock may be ahead.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A connection, and what authenticates the next request. The emulator, if it is the service, lives as long as this.
pub(super) struct Fresh {
    connection: Connection,
    current: Mutex<Current>,
}

struct Current {
    client: Arc<Client>,
    /// When a token of ours expires; `None` makes the next call mint another one.
    ends: Option<Timestamp>,
}

impl Fresh {
    /// A connection that has just been made.
    pub(super) fn new(connection: Connection) -> Result<Self> {
        let current = match &connection.issued {
            Some((issuer, first)) => Current::new(issuer, first)?,
            None => Current { client: Arc::clone(&connection.client), ends: None },
        };
        Ok(Fresh { connection, current: Mutex::new(current) })
    }

    /// Sends a request and gives its token, with what is odd about it.
    ///
    /// # Errors
    /// Exit 4, 5 or 6 as the service's answer or the network has it.
    pub(super) fn mint(&self, request: &Request, app: &App) -> Result<(Token, Vec<Note>)> {
        let sent = send(&*self.client(app)?, request, app, &|_| {});
        if sent.as_ref().is_err_and(|failure| failure.status() == Some(401)) {
            self.lock().ends = None;
        }
        sent
    }

    /// What is worth saying about every token from here.
    pub(super) fn note(&self) -> Option<Note> {
        self.connection.note()
    }

    /// Where the credentials came from, for a failure.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        self.connection.refusal.explain(failure)
    }

    /// A client for a request that is sent now. Callers that come while a token is minted wait for it.
    fn client(&self, app: &App) -> Result<Arc<Client>> {
        let mut current = self.lock();
        let Some((issuer, _)) = &self.connection.issued else { return Ok(Arc::clone(&current.client)) };
        if current.ends.is_some_and(|ends| lasts(ends, app.now())) {
            return Ok(Arc::clone(&current.client));
        }
        let next = issuer.issue(app, &|_| {})?;
        *current = Current::new(issuer, &next)?;
        // This call has spent some of its time already.
        issuer.client(&next, Mode::Single, next.spent).map(Arc::new)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn new(issuer: &Issuer, token: &Issued) -> Result<Self> {
        let client = issuer.client(token, Mode::Single, Duration::ZERO)?;
        Ok(Current { client: Arc::new(client), ends: token.expires_at })
    }
}

/// Whether a token with this end is still good for a request.
fn lasts(ends: Timestamp, now: Timestamp) -> bool {
    now.checked_add(MARGIN).is_ok_and(|until| until < ends)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::catalog::{Defaults, Draft, Given, Kind};
    use crate::commands::login::Login;
    use crate::credentials::{Needs, Wanted};
    use crate::http::Settings;
    use crate::output::Verbosity;
    use crate::output::report::Report;
    use crate::providers::SCHEMAS;
    use crate::redact::Scrubber;
    use crate::signalwire::{invite, subscriber};

    /// The time, for us and for the emulator.
    static NOW: AtomicI64 = AtomicI64::new(1_700_000_000);

    fn request(kind: &'static Kind, flag: &'static str, value: &str, app: &App) -> Request {
        let given = Given::from([(flag, vec![Some(value.to_owned())])]);
        Draft::new(kind, &given, None, Defaults::default(), app).unwrap().finish().unwrap()
    }

    #[test]
    fn calls_succeed_after_the_first_token_has_expired() {
        let app = App { clock: || Timestamp::from_second(NOW.load(Ordering::Relaxed)).unwrap(), ..App::of_process() };
        let login = Login::Issued(Box::new(request(&subscriber::KIND, "reference", "alice", &app)));
        let wanted = Wanted {
            profile: Some("emulator"),
            config: None,
            schemas: &SCHEMAS,
            needs: Needs::Set,
            stdin_taken: false,
            timeout: None,
        };
        let settings = Settings { timeout: Duration::from_secs(30), retries: 0, cacert: None };
        let report = Report::new(Verbosity::default(), Scrubber::new(&[]));
        let connection = Connection::find(&login, wanted, &settings, Mode::Single, &app, &report).unwrap();
        let fresh = Fresh::new(connection).unwrap();
        let invited = || {
            let request = request(&invite::KIND, "address-id", "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0", &app);
            fresh.mint(&request, &app).map_err(|failure| failure.to_string())
        };
        invited().unwrap();
        let first = fresh.lock().ends;
        NOW.fetch_add(3_600, Ordering::Relaxed);
        invited().unwrap();
        assert_eq!(fresh.lock().ends, first, "a token that lasts is kept");
        for hours in [3, 48] {
            NOW.fetch_add(hours * 3_600, Ordering::Relaxed);
            invited().unwrap();
        }
    }

    #[test]
    fn a_token_is_replaced_five_minutes_before_its_end() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        assert!(lasts(at(7_200), at(0)));
        assert!(lasts(at(7_200), at(6_899)));
        assert!(!lasts(at(7_200), at(6_900)));
        assert!(!lasts(at(7_200), at(9_000)));
        assert!(!lasts(at(7_200), Timestamp::MAX));
    }
}
