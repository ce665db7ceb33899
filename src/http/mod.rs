//! The way to a space through ureq: sends a request as often as that is safe, within one time limit, and believes an
//! answer only when it holds a token. Nothing else in the program knows ureq.

mod answer;
mod connect;
mod proxy;
mod retry;
mod thrift;
mod tls;

use std::io::Read as _;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use zeroize::Zeroizing;

use crate::app::World;
use crate::catalog::Request;
use crate::error::{Failure, Result};
use crate::options::Settings;
use crate::redact::Scrubber;
use crate::secret::Secret;
use crate::signalwire::Space;

pub use answer::{Answer, Received, judge};
pub use proxy::Proxy;
pub use tls::Authorities;

/// The most bytes of an answer's body that are read.
const MAX_BODY: u64 = 1024 * 1024;
/// The size of each of the library's four buffers for a connection. Its own 128 KiB cost 43 MiB at 64 connections, and each
/// page of them is touched before the first byte is sent. What a proxy says must fit into one; an answer need not.
const BUFFER: usize = 4 * 1024;
const BUFFER_FOR_PROXY: usize = 16 * 1024;

/// What identifies us to the service.
pub const USER_AGENT: &str = concat!("tokenmint/", env!("CARGO_PKG_VERSION"));

/// Says one line of what is being done.
pub type Trace<'a> = &'a (dyn Fn(&str) + Sync);

/// The way to one space with one set of credentials. It may be used from several threads at once.
pub struct Transport {
    /// Makes an agent. All of them share what they know of names and of TLS.
    agent: Box<dyn Fn() -> Agent + Send + Sync>,
    /// Agents that nobody uses, each with a connection that may still be open. Threads that share one would wait for each
    /// other; the one that was used last is taken first, so that no more connections are open than are needed.
    idle: Mutex<Vec<Agent>>,
    space: Space,
    proxy: Option<String>,
    authorization: HeaderValue,
    scrubber: Scrubber,
    settings: Settings,
    world: World,
    /// Until when nobody sends: one 429 slows every thread.
    gate: Mutex<Option<Instant>>,
}

/// What came of sending once.
enum Attempt {
    /// An HTTP answer, whatever it says.
    Answered(Received),
    /// Nothing was sent; the flag tells whether it may go better the next time.
    NotSent(Failure, bool),
    /// Sent, but what became of it is unknown.
    Unclear(Failure),
}

impl Transport {
    /// Makes ready to send; opens no connection.
    ///
    /// # Errors
    /// Exit 2 or 3 for certificate authorities that cannot be read, 3 for a malformed proxy variable or credentials
    /// that fit no header.
    pub fn new(space: Space, project_id: &str, api_token: &Secret, settings: Settings, world: World) -> Result<Self> {
        let authorities = Authorities::choose(settings.cacert.as_deref(), space.is_secure(), &world.env)?;
        let proxy = Proxy::choose(&space, &world.env)?;
        let pair = Secret::new(format!("{project_id}:{}", api_token.expose()));
        let encoded = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.expose())));
        let mut authorization =
            HeaderValue::from_str(&encoded).map_err(|_| Failure::internal("the credentials fit no HTTP header"))?;
        authorization.set_sensitive(true);
        let buffer = if proxy.is_some() { BUFFER_FOR_PROXY } else { BUFFER };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(space.is_secure())
            .max_redirects(0)
            .max_redirects_will_error(false)
            .redirect_auth_headers(ureq::config::RedirectAuthHeaders::Never)
            .user_agent(USER_AGENT)
            .accept("application/json")
            .accept_encoding(AutoHeaderValue::None)
            .timeout_global(Some(settings.timeout))
            .input_buffer_size(buffer)
            .output_buffer_size(buffer)
            .max_idle_connections(1)
            .proxy(proxy.as_ref().map(|proxy| proxy.inner.clone()))
            .tls_config(authorities.tls_config())
            .build();
        let (establish, remember) = (connect::Establish::default(), connect::Remember::default());
        let agent = move || Agent::with_parts(config.clone(), establish.clone(), remember.clone());
        Ok(Transport {
            agent: Box::new(agent),
            idle: Mutex::default(),
            proxy: proxy.map(|proxy| proxy.host),
            authorization,
            scrubber: Scrubber::new([api_token, &pair]),
            space,
            settings,
            world,
            gate: Mutex::new(None),
        })
    }

    /// Mints one token: sends the request until it is answered, refused, or unclear.
    ///
    /// # Errors
    /// Exit 4, 5 or 6 as the service's answer or the network has it.
    pub fn mint(&self, request: &Request, trace: Trace) -> Result<Answer> {
        let secrets = request.secrets();
        let own = (!secrets.is_empty()).then(|| self.scrubber.and(&secrets));
        let scrubber = own.as_ref().unwrap_or(&self.scrubber);
        let judge = |received: &Received| judge(received, request, self.space.host(), scrubber);
        let (path, bytes) = (request.endpoint.path, request.bytes());
        let received = self.exchange(path, &bytes, trace, &|received| judge(received).err())?;
        judge(&received)
    }

    /// Judges the body of an answer to a request as [`Transport::mint`] does, without a network.
    ///
    /// # Errors
    /// Exit 6 where the body cannot be believed.
    pub fn believe(&self, body: &[u8], request: &Request) -> Result<Answer> {
        let received = Received {
            status: 200,
            retry_after: None,
            content_type: None,
            location: None,
            body: Zeroizing::new(body.to_vec()),
        };
        judge(&received, request, self.space.host(), &self.scrubber)
    }

    /// Sends a request that cannot mint anything, and gives the status of the answer.
    ///
    /// # Errors
    /// Exit 6 where no answer comes.
    pub fn probe(&self, path: &str, trace: Trace) -> Result<u16> {
        let busy = |received: &Received| {
            let host = self.space.host();
            Some(Failure::unavailable(format!("{host} answered {}", received.status)).status(received.status))
        };
        Ok(self.exchange(path, "{}", trace, &busy)?.status)
    }

    /// Sends until an answer comes that is worth no further try; `busy` puts a 429 or 503 into words.
    fn exchange(
        &self,
        path: &str,
        bytes: &str,
        trace: Trace,
        busy: &dyn Fn(&Received) -> Option<Failure>,
    ) -> Result<Received> {
        let started = Instant::now();
        let deadline = started + self.settings.timeout;
        let url = format!("{}{path}", self.space);
        let mut sent_before = 0;
        loop {
            self.wait_at_gate(deadline)?;
            trace(&format!("POST {url}{}", self.through()));
            let again = sent_before < self.settings.retries;
            let (failure, wait) = match self.send_once(&url, bytes, deadline) {
                Attempt::Unclear(failure) | Attempt::NotSent(failure, false) => return Err(failure),
                Attempt::NotSent(failure, true) if !again => return Err(failure),
                Attempt::NotSent(failure, true) => (failure, self.backoff(sent_before)?),
                Attempt::Answered(received) => {
                    trace(&format!("answered {} after {} ms", received.status, started.elapsed().as_millis()));
                    let failure = if matches!(received.status, 429 | 503) { busy(&received) } else { None };
                    let Some(failure) = failure else { return Ok(received) };
                    let asked = retry::after(received.retry_after.as_deref(), self.world.now());
                    let wait = asked.map_or_else(|| self.backoff(sent_before), Ok)?;
                    if received.status == 429 {
                        // Every thread waits.
                        self.close_gate(wait);
                    }
                    if !again {
                        // Only what the service has asked for is worth telling.
                        let told = asked.filter(|wait| !wait.is_zero() && *wait < Duration::from_hours(24 * 365));
                        return told.map_or(Ok(received), |wait| {
                            Err(failure.hint(format!("try again in {}", in_words(wait))))
                        });
                    }
                    (failure, wait)
                }
            };
            if self.settings.halted.load(Ordering::Relaxed) {
                return Err(failure);
            }
            if wait >= deadline.saturating_duration_since(Instant::now()) {
                return Err(self.too_long(failure, wait));
            }
            trace(&format!("trying again in {} ms: {failure}", wait.as_millis()));
            self.sleep(wait);
            if self.settings.halted.load(Ordering::Relaxed) {
                return Err(failure);
            }
            sent_before += 1;
        }
    }

    fn through(&self) -> String {
        self.proxy.as_ref().map_or_else(String::new, |host| format!(" through the proxy {host}"))
    }

    fn send_once(&self, url: &str, bytes: &str, deadline: Instant) -> Attempt {
        let agent = self.idle.lock().ok().and_then(|mut idle| idle.pop()).unwrap_or_else(&self.agent);
        let attempt = self.send_over(&agent, url, bytes, deadline);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(agent);
        }
        attempt
    }

    fn send_over(&self, agent: &Agent, url: &str, bytes: &str, deadline: Instant) -> Attempt {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Attempt::NotSent(self.not_connected(&ureq::Error::Timeout(ureq::Timeout::Global)).0, false);
        }
        let request = agent
            .post(url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // A limit of its own keeps a request from using the agent's prepared TLS settings, so only a later attempt,
        // with noticeably less time left, gets one.
        let whole = self.settings.timeout.saturating_sub(left) < Duration::from_millis(50);
        let result =
            if whole { request.send(bytes) } else { request.config().timeout_global(Some(left)).build().send(bytes) };
        match result {
            Ok(response) => self.receive(response),
            Err(error) => self.explain(error),
        }
    }

    fn receive(&self, response: ureq::http::Response<ureq::Body>) -> Attempt {
        let status = response.status().as_u16();
        let (parts, body) = response.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if (200..300).contains(&status) && !has_one_length(&parts.headers) {
            let what = format!("{} answered {status} with headers that contradict each other", self.space.host());
            return Attempt::Unclear(answer::unclear(&what).status(status));
        }
        let mut received = Received {
            status,
            retry_after: header("retry-after"),
            content_type: header("content-type"),
            location: header("location"),
            body: Zeroizing::new(Vec::new()),
        };
        let mut reader = body.into_with_config().limit(u64::MAX).reader().take(MAX_BODY + 1);
        match reader.read_to_end(&mut received.body) {
            Ok(_) => Attempt::Answered(received),
            // What a refusal says beyond its status is a courtesy; the token of a success must be whole.
            Err(_) if !(200..300).contains(&status) => Attempt::Answered(received),
            Err(error) => Attempt::Unclear(self.lost(&ureq::Error::from(error))),
        }
    }

    fn explain(&self, error: ureq::Error) -> Attempt {
        match connect::NotSent::inside(error) {
            Ok(reason) => {
                let (failure, temporary) = tls::explain(&reason, &self.space)
                    .map_or_else(|| self.not_connected(&reason), |failure| (failure, false));
                Attempt::NotSent(failure, temporary)
            }
            Err(error) => Attempt::Unclear(self.lost(&error)),
        }
    }

    /// No connection came about, so nothing was sent.
    fn not_connected(&self, error: &ureq::Error) -> (Failure, bool) {
        let to = format!("{}:{}", self.space.host(), self.space.port());
        let via = self.through();
        match error {
            ureq::Error::Timeout(_) => (
                Failure::unavailable(format!("no connection to {to}{via} within --timeout {}", self.time_limit())),
                true,
            ),
            ureq::Error::ConnectProxyFailed(reason) => {
                let status: String = reason.chars().filter(char::is_ascii_digit).take(3).collect();
                let failure = Failure::unavailable(format!(
                    "the proxy {} refused the connection ({status})",
                    self.proxy.as_deref().unwrap_or("")
                ));
                (
                    failure.hint(
                        "check HTTPS_PROXY or ALL_PROXY, its user name and its password; NO_PROXY exempts a host",
                    ),
                    false,
                )
            }
            // What a SOCKS proxy says comes without a kind, in words of the library's.
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::Other && self.proxy.is_some() => (
                Failure::unavailable(format!(
                    "the proxy {} gave no connection to {to}",
                    self.proxy.as_deref().unwrap_or("")
                ))
                .hint("check the space name, HTTPS_PROXY or ALL_PROXY, and what the proxy allows"),
                true,
            ),
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused && self.proxy.is_some() => {
                (
                    Failure::unavailable(format!(
                        "no connection to {to}: the proxy {} refused it",
                        self.proxy.as_deref().unwrap_or("")
                    ))
                    .hint("check HTTPS_PROXY or ALL_PROXY, and that the proxy runs; NO_PROXY exempts a host"),
                    true,
                )
            }
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => (
                Failure::unavailable(format!("{to} refused the connection"))
                    .hint("check that the server runs and the port is right"),
                true,
            ),
            ureq::Error::HostNotFound => (self.host_not_found(), true),
            ureq::Error::Io(error) if error.to_string().contains("lookup") => (self.host_not_found(), true),
            ureq::Error::Io(error) => {
                (Failure::unavailable(format!("no connection to {to}{via}: {}", error.kind())), true)
            }
            _ => (Failure::unavailable(format!("no connection to {to}{via}")), true),
        }
    }

    fn host_not_found(&self) -> Failure {
        let host = self.space.host();
        match &self.proxy {
            // Which of the two was looked up depends on the kind of proxy.
            Some(proxy) => Failure::unavailable(format!("the host of the proxy {proxy}, or {host}, is not found"))
                .hint("check HTTPS_PROXY or ALL_PROXY, and the space name"),
            None => Failure::unavailable(format!("the host {host} is not found"))
                .hint("check the space name, and that this machine is online"),
        }
    }

    /// The request was sent and no whole answer came back.
    fn lost(&self, error: &ureq::Error) -> Failure {
        let host = self.space.host();
        let what = match error {
            ureq::Error::Timeout(_) => format!("{host} gave no whole answer within --timeout {}", self.time_limit()),
            ureq::Error::LargeResponseHeader(..) => format!("{host} answered with too many headers"),
            ureq::Error::Io(_) => format!("the connection to {host} ended before its answer was whole"),
            _ => format!("{host} did not answer in the language of HTTP"),
        };
        answer::unclear(&what)
    }

    fn time_limit(&self) -> String {
        crate::time::exact(jiff::SignedDuration::try_from(self.settings.timeout).unwrap_or_default())
    }

    fn too_long(&self, failure: Failure, wait: Duration) -> Failure {
        let seconds = whole_seconds(wait);
        let when = self.world.now().checked_add(jiff::SignedDuration::from_secs(seconds)).map(crate::time::rfc3339);
        let when = when.map_or_else(|_| "in the far future".to_owned(), |when| format!("at {when}"));
        let when = format!("; it may be tried again in {}, {when}", in_words(wait));
        failure.and(when).hint(format!("wait, or allow more time than --timeout {}", self.time_limit()))
    }

    fn backoff(&self, sent_before: u32) -> Result<Duration> {
        Ok(retry::backoff(sent_before, self.world.random_bytes::<2>()?))
    }

    fn close_gate(&self, wait: Duration) {
        if let (Ok(mut gate), Some(until)) = (self.gate.lock(), Instant::now().checked_add(wait)) {
            *gate = (*gate).max(Some(until));
        }
    }

    fn wait_at_gate(&self, deadline: Instant) -> Result<()> {
        loop {
            let until = self.gate.lock().ok().and_then(|gate| *gate);
            let Some(until) = until else { return Ok(()) };
            let wait = until.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Ok(());
            }
            if until >= deadline {
                return Err(self.too_long(
                    Failure::unavailable(format!("{} is limiting requests (429)", self.space.host())).status(429),
                    wait,
                ));
            }
            self.sleep(wait);
            if self.settings.halted.load(Ordering::Relaxed) {
                return Err(Failure::unavailable("the run was ended before the request was sent"));
            }
        }
    }

    /// Sleeps, but not on when the run is halted.
    fn sleep(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while !self.settings.halted.load(Ordering::Relaxed) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(Duration::from_millis(100)));
        }
    }
}

/// A wait in seconds, rounded up: a moment too early would only earn the same answer.
fn whole_seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(i64::from(wait.subsec_nanos() > 0))
}

fn in_words(wait: Duration) -> String {
    crate::time::rough(whole_seconds(wait).max(1))
}

/// Whether the headers of an answer leave no doubt where its body ends (RFC 9112, section 6.3): of a length and chunks
/// somebody on the way may have believed the other. Several lengths that differ the library itself refuses.
fn has_one_length(headers: &HeaderMap) -> bool {
    !headers.contains_key(CONTENT_LENGTH) || !headers.contains_key(TRANSFER_ENCODING)
}
