//! The client of one space: sends a request as often as that is safe, within one time limit.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::http::HeaderValue;
use ureq::http::header::AUTHORIZATION;

use super::connections::Connections;
use super::credentials::Credentials;
use super::failure::{Route, in_words};
use super::gate::{Heard, Pass};
use super::request::{Authorization, Request};
use super::retry::{Outcome, Policy, Step};
use super::send::{self, Attempt};
use super::waiting::{self, Entrance, Entry};
use super::{Authorities, Expected, Proxy, Received, Settings, Success, judge, retry};
use crate::app::App;
use crate::error::{Failure, Reach, Result};
use crate::redact::Scrubber;
use crate::signalwire::Space;

/// The size of each of the library's four buffers for a connection. Its own 128 KiB cost 43 MiB at 64 connections, and each
/// page of them is touched before the first byte is sent.
const BUFFER: usize = 4 * 1024;

/// Prints one line about a step.
pub type Trace<'a> = &'a (dyn Fn(&str) + Sync);

/// What a client is used for.
#[derive(Debug, Clone, Default)]
pub enum Mode {
    /// Single requests: `--retries` bounds how often each is sent again.
    #[default]
    Single,
    /// The lines of a batch: a busy service slows all of them, and only the time limit bounds their attempts.
    Batch {
        /// Set to end the run: nothing is sent again, and every wait ends.
        halted: Arc<AtomicBool>,
    },
}

/// A client of one space with one set of credentials. It may be used from several threads at once.
pub struct Client {
    connections: Arc<Connections>,
    space: Space,
    route: Route,
    scheme: Authorization,
    authorization: Option<HeaderValue>,
    scrubber: Scrubber,
    policy: Policy,
    halted: Arc<AtomicBool>,
    /// Where the requests of a batch wait for a busy service.
    entrance: Option<Entrance>,
    app: App,
}

/// One request on its way to an answer.
#[derive(Default)]
struct Course {
    /// When it was first sent, or about to be: from then on its time limit runs.
    started: Option<Instant>,
    /// How many retries were counted.
    retried: u32,
    /// Why it is not settled yet.
    last: Option<Failure>,
}

impl Client {
    /// Makes a client; opens no connection.
    ///
    /// # Errors
    /// Exit 2 or 3 for certificate authorities that cannot be read, 3 for a malformed proxy variable.
    pub fn new(space: Space, credentials: &Credentials, settings: &Settings, mode: Mode, app: App) -> Result<Self> {
        let authorities = Authorities::choose(settings.cacert.as_deref(), space.is_secure(), &app.env)?;
        let proxy = Proxy::choose(&space, &app.env)?;
        let route = Route {
            host: space.host().to_owned(),
            port: space.port(),
            is_loopback: space.is_loopback(),
            proxy: proxy.as_ref().map(|proxy| proxy.host.clone()),
            timeout: settings.timeout,
        };
        let (gated, halted) = taken_apart(mode);
        Ok(Client {
            connections: Arc::new(connections(&space, proxy, authorities)),
            space,
            route,
            scheme: credentials.scheme(),
            authorization: credentials.header()?,
            scrubber: credentials.scrubber(),
            policy: Policy { retries: settings.retries, timeout: settings.timeout, gated, once: false },
            entrance: gated.then(|| Entrance::new(Arc::clone(&halted))),
            halted,
            app,
        })
    }

    /// A client with other credentials over the same connections, which keeps what this one keeps out of messages out of
    /// them, too. Of the time for a single request, `spent` is gone.
    ///
    /// # Errors
    /// Exit 1 for a token that does not fit into a header.
    pub fn then(&self, credentials: &Credentials, mode: Mode, spent: Duration) -> Result<Self> {
        let (gated, halted) = taken_apart(mode);
        let timeout = if gated { self.policy.timeout } else { self.policy.timeout.saturating_sub(spent) };
        Ok(Client {
            scheme: credentials.scheme(),
            authorization: credentials.header()?,
            scrubber: self.scrubber.and(&credentials.secrets()),
            policy: Policy { timeout, gated, ..self.policy },
            entrance: gated.then(|| Entrance::new(Arc::clone(&halted))),
            halted,
            connections: Arc::clone(&self.connections),
            space: self.space.clone(),
            route: self.route.clone(),
            app: self.app.clone(),
        })
    }

    /// Looks the host up, so that the threads of a batch need not.
    pub fn prepare(&self) {
        self.connections.prepare(self.space.host(), self.space.port(), Instant::now() + self.policy.timeout);
    }

    /// Mints: sends the request until it is answered, refused, or unclear.
    ///
    /// # Errors
    /// Exit 4, 5 or 6 as the service's answer or the network has it.
    pub fn mint(&self, request: &Request, expected: &Expected, trace: Trace) -> Result<Success> {
        let own = (!expected.secrets.is_empty()).then(|| self.scrubber.and(expected.secrets));
        let scrubber = own.as_ref().unwrap_or(&self.scrubber);
        let judge = |received: &Received| judge(received, expected, self.space.host(), scrubber);
        let refusal = |received: &Received| match judge(received) {
            Err(failure) => failure,
            Ok(_) => self.plain_refusal(received),
        };
        judge(&self.exchange(request, trace, &refusal)?)
    }

    /// Sends a request that cannot mint anything, and gives the status of the answer.
    ///
    /// # Errors
    /// Exit 6 where no answer comes.
    pub fn probe(&self, request: &Request, trace: Trace) -> Result<u16> {
        Ok(self.exchange(request, trace, &|received| self.plain_refusal(received))?.status)
    }

    fn plain_refusal(&self, received: &Received) -> Failure {
        Failure::unavailable(format!("{} answered {}", self.space.host(), received.status)).with_status(received.status)
    }

    /// Sends until an answer comes that is worth no further try; `refusal` puts one that is into words.
    fn exchange(&self, request: &Request, trace: Trace, refusal: &dyn Fn(&Received) -> Failure) -> Result<Received> {
        let mut course = Course::default();
        loop {
            let (pass, started) = self.wait_for_turn(&mut course)?;
            let deadline = started + self.policy.timeout;
            trace(&format!("{} {}{}{}", Request::METHOD, self.space, request.path, self.route.through()));
            let attempt = self.send_once(request, deadline);
            if let Attempt::Answered(received) = &attempt {
                trace(&format!("answered {} after {} ms", received.status, started.elapsed().as_millis()));
            }
            let (outcome, result) = self.weigh(attempt);
            // Randomness is needed only for waits, and most answers need none.
            let random = if outcome == Outcome::Final { [0; 2] } else { self.app.random_bytes()? };
            if let (Some(pass), Some(entrance)) = (&pass, &self.entrance) {
                entrance.leave(pass, heard(outcome, result.is_ok()), random);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let policy = Policy { once: request.once, ..self.policy };
            let step = policy.next(outcome, course.retried, left, random);
            let failure = match step {
                Step::Done | Step::NoRetries(None) => return result,
                _ => result.map_or_else(|failure| failure, |received| refusal(&received)),
            };
            match step {
                Step::Again(wait) => {
                    trace(&format!("trying again in {} ms: {failure}", wait.as_millis()));
                    course.retried += 1;
                    if !waiting::sleep(wait, &self.halted) {
                        return Err(failure);
                    }
                }
                Step::NoRetries(Some(wait)) => {
                    return Err(failure.with_hint(format!("try again in {}", in_words(wait))));
                }
                Step::TooLong { wait, hopeless } => return Err(self.too_long(failure, wait, hopeless)),
                Step::Queue | Step::Done | Step::NoRetries(None) => trace(&format!("trying again later: {failure}")),
            }
            course.last = Some(failure);
        }
    }

    /// Waits until a request may be sent. Gives when it was first sent: until then no time limit runs, since a line of a
    /// batch that waits for its turn waits for other lines and not for the service.
    fn wait_for_turn(&self, course: &mut Course) -> Result<(Option<Pass>, Instant)> {
        let running = course.started.map(|started| (started, started + self.policy.timeout));
        let entry = self.entrance.as_ref().map(|entrance| entrance.enter(running));
        let failure = || Failure::unavailable("the run ended before the request was sent").with_reach(Reach::Untried);
        match entry {
            None => Ok((None, *course.started.get_or_insert_with(Instant::now))),
            Some(Entry::Go(pass)) => Ok((Some(pass), *course.started.get_or_insert_with(Instant::now))),
            Some(Entry::Halted) => Err(course.last.take().unwrap_or_else(failure)),
            Some(Entry::Late(wait)) => {
                let failure = course.last.take().unwrap_or_else(failure);
                let since = course.started.unwrap_or_else(Instant::now);
                let hopeless = self.entrance.as_ref().is_some_and(|entrance| entrance.gave_up(since));
                Err(match wait.filter(|wait| !wait.is_zero()) {
                    Some(wait) => self.too_long(failure, wait, hopeless),
                    None => reaching(self.route.never_let_through(failure), hopeless),
                })
            }
        }
    }

    fn too_long(&self, failure: Failure, wait: Duration, hopeless: bool) -> Failure {
        reaching(self.route.too_long(failure, wait, self.app.now()), hopeless)
    }

    /// What an attempt means for the next one, and its result if there is none.
    fn weigh(&self, attempt: Attempt) -> (Outcome, Result<Received>) {
        match attempt {
            Attempt::Answered(received) => {
                let asked = retry::after(received.retry_after.as_deref(), self.app.now());
                (Outcome::of_status(received.status, asked), Ok(received))
            }
            Attempt::NotSent(failure, temporary) => (Outcome::NotSent { temporary }, Err(failure)),
            Attempt::Unclear(failure) => (Outcome::Final, Err(failure)),
        }
    }

    fn send_once(&self, request: &Request, deadline: Instant) -> Attempt {
        if request.authorization != Authorization::None && request.authorization != self.scheme {
            return Attempt::NotSent(
                Failure::internal("the request needs other credentials than the client has"),
                false,
            );
        }
        if deadline.saturating_duration_since(Instant::now()).is_zero() {
            return Attempt::NotSent(self.route.no_time_left(), false);
        }
        let send = |agent: &Agent| {
            let mut call = agent.post(format!("{}{}", self.space, request.path));
            if let Some(authorization) =
                self.authorization.as_ref().filter(|_| request.authorization != Authorization::None)
            {
                call = call.header(AUTHORIZATION, authorization.clone());
            }
            for (name, value) in Request::headers() {
                call = call.header(name, HeaderValue::from_static(value));
            }
            call.send(request.body.as_str())
        };
        self.connections
            .exchange(deadline, send, |response| {
                let attempt = send::receive(response, &self.route);
                // RFC 9110 has a request that was not processed repeated on another connection.
                let elsewhere = matches!(&attempt, Attempt::Answered(received)
                    if Outcome::of_status(received.status, None) == Outcome::NotProcessed);
                (attempt, !elsewhere)
            })
            .unwrap_or_else(|lost| send::explain(&lost, &self.route, &self.space))
    }
}

/// Whether requests pass a gate, and what ends their run.
fn taken_apart(mode: Mode) -> (bool, Arc<AtomicBool>) {
    match mode {
        Mode::Single => (false, Arc::default()),
        Mode::Batch { halted } => (true, halted),
    }
}

/// An outcome as the gate sees it.
fn heard(outcome: Outcome, answered: bool) -> Heard {
    match outcome {
        Outcome::Busy(wait) => Heard::Busy(wait),
        _ if answered => Heard::Accepted,
        _ => Heard::Nothing,
    }
}

fn reaching(failure: Failure, hopeless: bool) -> Failure {
    if hopeless { failure.with_reach(Reach::Run) } else { failure }
}

/// The connections of a client, none of them open yet.
fn connections(space: &Space, proxy: Option<Proxy>, authorities: Authorities) -> Connections {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(space.is_secure())
        .max_redirects(0)
        .max_redirects_will_error(false)
        .redirect_auth_headers(ureq::config::RedirectAuthHeaders::Never)
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_idle_connections(1)
        .proxy(None)
        .tls_config(authorities.tls_config())
        .build();
    Connections::new(config, proxy.map(|proxy| proxy.inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_client_with_new_credentials_has_the_time_that_is_left_and_hides_the_old_ones() {
        let (password, token) = (Secret::new("PT0123456789".to_owned()), Secret::new("sat.0123456789".to_owned()));
        let follow = |mode: Mode| {
            let settings = Settings { timeout: Duration::from_secs(30), retries: 2, cacert: None };
            let basic = Credentials::Basic("project", &password);
            let first = Client::new(Space::loopback(1), &basic, &settings, Mode::Single, App::of_process()).unwrap();
            first.then(&Credentials::Bearer(&token), mode, Duration::from_secs(10)).unwrap()
        };
        let client = follow(Mode::Single);
        assert_eq!((client.policy.timeout, client.scheme), (Duration::from_secs(20), Authorization::Bearer));
        assert_eq!(client.scrubber.scrub("<PT0123456789> <sat.0123456789>"), "<[redacted]> <[redacted]>");
        // Each line of a batch has all of it.
        let client = follow(Mode::Batch { halted: Arc::default() });
        assert_eq!((client.policy.timeout, client.entrance.is_some()), (Duration::from_secs(30), true));
    }
}
