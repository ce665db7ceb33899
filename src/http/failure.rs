//! Failures of the network in words: one table from what the library reports to a message, a hint, and whether a later
//! attempt may succeed.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::answer::unclear;
use crate::error::{Failure, Reach};
use crate::os::sockets::descriptors_ran_out;
use crate::time;

/// What a failure of the network is about.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// The host of the space.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// The host is this machine.
    pub(super) is_loopback: bool,
    /// The proxy between, as `HOST:PORT`.
    pub(super) proxy: Option<String>,
    /// `--timeout`.
    pub(super) timeout: Duration,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cause {
    Timeout,
    HostNotFound,
    Refused,
    /// The proxy answered CONNECT with this status, or not with HTTP.
    ProxyRefused(Option<u16>),
    /// What a SOCKS proxy reports.
    ProxyFailed,
    /// This process or the system has no file descriptor left.
    TooManyFiles,
    /// An error of the operating system, in its words.
    System(String),
    Unknown,
}

impl Cause {
    fn of(error: &ureq::Error, proxied: bool) -> Self {
        match error {
            ureq::Error::Timeout(_) => Cause::Timeout,
            ureq::Error::HostNotFound => Cause::HostNotFound,
            // The library gives the status as text: "proxy server responded 407/407".
            ureq::Error::ConnectProxyFailed(reason) => {
                Cause::ProxyRefused(reason.rsplit('/').next().and_then(|status| status.parse().ok()))
            }
            ureq::Error::Io(error) if descriptors_ran_out(error) => Cause::TooManyFiles,
            ureq::Error::Io(error) => match (error.kind(), error.raw_os_error()) {
                (ErrorKind::ConnectionRefused, _) => Cause::Refused,
                (ErrorKind::Other, None) if proxied => Cause::ProxyFailed,
                (_, Some(number)) => Cause::System(system_words(error, number)),
                (kind, None) => Cause::System(kind.to_string()),
            },
            _ => Cause::Unknown,
        }
    }
}

/// The system's own words, without the number that the standard library appends.
fn system_words(error: &std::io::Error, number: i32) -> String {
    let text = error.to_string();
    text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text).to_lowercase()
}

const CHECK_PROXY: &str = "check HTTPS_PROXY or ALL_PROXY";
/// What may be missing on this machine.
const EMULATOR: &str = if cfg!(feature = "emulator") { "; tokenmint emulator starts one" } else { "" };

impl Route {
    /// ` through the proxy HOST:PORT`, if there is one.
    pub(super) fn through(&self) -> String {
        self.proxy.as_ref().map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"))
    }

    /// There was no connection, so nothing was sent. Whether the cause is temporary.
    pub(super) fn not_connected(&self, error: &ureq::Error) -> (Failure, bool) {
        let (to, through) = (format!("{}:{}", self.host, self.port), self.through());
        let cause = Cause::of(error, self.proxy.is_some());
        let (message, hint) = match (&cause, &self.proxy) {
            (Cause::Timeout, _) => {
                (format!("no connection to {to}{through} within --timeout {}", self.time_limit()), String::new())
            }
            // Which of the two was looked up depends on the kind of proxy.
            (Cause::HostNotFound, Some(proxy)) => (
                format!("cannot resolve the proxy {proxy} or the host {}", self.host),
                format!("{CHECK_PROXY}, and the space name"),
            ),
            (Cause::HostNotFound, None) => (
                format!("cannot resolve {}", self.host),
                "check the space name, and that this machine is online".to_owned(),
            ),
            (Cause::Refused, Some(proxy)) => (
                format!("no connection to {to}: the proxy {proxy} refused it"),
                format!("{CHECK_PROXY}, and that the proxy runs; NO_PROXY exempts a host"),
            ),
            (Cause::Refused, None) => {
                let emulator = if self.is_loopback { EMULATOR } else { "" };
                let hint = format!("check that the server runs and the port is right{emulator}");
                (format!("{to} refused the connection"), hint)
            }
            (Cause::ProxyRefused(status), proxy) => (
                format!(
                    "the proxy {} refused the connection{}",
                    proxy.as_deref().unwrap_or_default(),
                    status.map_or_else(String::new, |status| format!(" ({status})"))
                ),
                format!("{CHECK_PROXY}, its user name and its password; NO_PROXY exempts a host"),
            ),
            (Cause::ProxyFailed, proxy) => (
                format!("the proxy {} could not connect to {to}", proxy.as_deref().unwrap_or_default()),
                "check the space name, HTTPS_PROXY or ALL_PROXY, and what the proxy allows".to_owned(),
            ),
            (Cause::TooManyFiles, _) => (
                format!("no connection to {to}{through}: too many open files"),
                "raise the limit with `ulimit -n`, or use fewer --jobs".to_owned(),
            ),
            (Cause::System(words), _) => (format!("no connection to {to}{through}: {words}"), String::new()),
            (Cause::Unknown, _) => (format!("no connection to {to}{through}"), String::new()),
        };
        let failure = Failure::unavailable(message).with_reach(Reach::Row);
        let failure = if hint.is_empty() { failure } else { failure.with_hint(hint) };
        (failure, !matches!(cause, Cause::ProxyRefused(_)))
    }

    /// The time limit was over before anything was sent.
    pub(super) fn no_time_left(&self) -> Failure {
        // The time passed while the line waited, which tells nothing about the service.
        self.not_connected(&ureq::Error::Timeout(ureq::Timeout::Global)).0.with_reach(Reach::Line)
    }

    /// The request was sent and no complete answer came back.
    pub(super) fn lost(&self, error: &ureq::Error) -> Failure {
        let host = &self.host;
        unclear(&match error {
            ureq::Error::Timeout(_) => {
                format!("{host} did not finish responding within --timeout {}", self.time_limit())
            }
            ureq::Error::LargeResponseHeader(..) => format!("{host} sent too many response headers"),
            ureq::Error::Io(_) => format!("the connection to {host} ended before the response was complete"),
            _ => format!("{host} did not send a valid HTTP response"),
        })
    }

    /// The service asked for a wait that is longer than what is left of the time limit.
    pub(super) fn too_long(&self, failure: Failure, wait: Duration, now: Timestamp) -> Failure {
        let when = now.checked_add(SignedDuration::from_secs(whole_seconds(wait))).map(time::rfc3339);
        let mut words = format!("; retry in {}", in_words(wait));
        // A wait beyond the calendar has no date.
        let _ = when.map(|when| write!(words, " (at {when})"));
        failure.and(words).with_hint(format!("wait, or allow more time than --timeout {}", self.time_limit()))
    }

    /// The time limit ran out while the service was limiting requests.
    pub(super) fn never_let_through(&self, failure: Failure) -> Failure {
        failure
            .and(format!("; not accepted within --timeout {}", self.time_limit()))
            .with_hint("allow more time with --timeout, or use fewer --jobs")
    }

    fn time_limit(&self) -> String {
        time::format_exact(SignedDuration::try_from(self.timeout).unwrap_or_default())
    }
}

/// A wait in seconds, rounded up: retrying a moment too early would get the same answer.
fn whole_seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(i64::from(wait.subsec_nanos() > 0))
}

/// A wait for people: at least a second.
pub(super) fn in_words(wait: Duration) -> String {
    time::format_approx(whole_seconds(wait).max(1))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn route(proxy: Option<&str>) -> Route {
        Route {
            host: "example.signalwire.com".to_owned(),
            port: 443,
            is_loopback: false,
            proxy: proxy.map(str::to_owned),
            timeout: Duration::from_secs(30),
        }
    }

    /// The error, whether a proxy is in use, the whole sentence, and whether a later attempt may succeed.
    type Row = (ureq::Error, Option<&'static str>, &'static str, bool);

    const PROXY: Option<&str> = Some("proxy.example:3128");

    fn is_told(rows: impl IntoIterator<Item = Row>) {
        for (error, proxy, message, temporary) in rows {
            let (failure, again) = route(proxy).not_connected(&error);
            assert_eq!(
                (failure.to_string().as_str(), again, failure.exit_code()),
                (message, temporary, 6),
                "{error:?}"
            );
        }
    }

    fn io_error(kind: ErrorKind) -> ureq::Error {
        ureq::Error::Io(kind.into())
    }

    #[test]
    fn each_cause_without_a_proxy_has_its_sentence() {
        let timeout = ureq::Error::Timeout(ureq::Timeout::Connect);
        is_told([
            (timeout, None, "no connection to example.signalwire.com:443 within --timeout 30s", true),
            (ureq::Error::HostNotFound, None, "cannot resolve example.signalwire.com", true),
            (io_error(ErrorKind::ConnectionRefused), None, "example.signalwire.com:443 refused the connection", true),
            (
                io_error(ErrorKind::NetworkUnreachable),
                None,
                "no connection to example.signalwire.com:443: network unreachable",
                true,
            ),
            (
                ureq::Error::Io(io::Error::other("canary")),
                None,
                "no connection to example.signalwire.com:443: other error",
                true,
            ),
            (ureq::Error::Tls("canary"), None, "no connection to example.signalwire.com:443", true),
        ]);
    }

    #[test]
    fn each_cause_with_a_proxy_names_it() {
        let said = |text: &str| ureq::Error::ConnectProxyFailed(text.to_owned());
        is_told([
            (
                ureq::Error::Timeout(ureq::Timeout::Global),
                PROXY,
                "no connection to example.signalwire.com:443 through the proxy proxy.example:3128 within --timeout 30s",
                true,
            ),
            (
                ureq::Error::HostNotFound,
                PROXY,
                "cannot resolve the proxy proxy.example:3128 or the host example.signalwire.com",
                true,
            ),
            (
                io_error(ErrorKind::ConnectionRefused),
                PROXY,
                "no connection to example.signalwire.com:443: the proxy proxy.example:3128 refused it",
                true,
            ),
            (
                said("proxy server responded 407/407"),
                PROXY,
                "the proxy proxy.example:3128 refused the connection (407)",
                false,
            ),
            (said("proxy server did not respond"), PROXY, "the proxy proxy.example:3128 refused the connection", false),
            (
                ureq::Error::Io(io::Error::other("canary")),
                PROXY,
                "the proxy proxy.example:3128 could not connect to example.signalwire.com:443",
                true,
            ),
        ]);
    }

    #[test]
    fn a_refusal_on_this_machine_names_the_emulator_where_there_is_one() {
        let hint = |is_loopback| {
            let route = Route { is_loopback, ..route(None) };
            let (failure, _) = route.not_connected(&io_error(ErrorKind::ConnectionRefused));
            failure.hint().map(str::to_owned)
        };
        let plain = "check that the server runs and the port is right";
        assert_eq!(hint(false).as_deref(), Some(plain));
        let emulator = format!("{plain}; tokenmint emulator starts one");
        assert_eq!(hint(true).as_deref(), Some(if cfg!(feature = "emulator") { &emulator } else { plain }));
    }

    #[test]
    fn without_a_connection_a_row_of_lines_ends_a_run() {
        assert_eq!(route(None).not_connected(&ureq::Error::HostNotFound).0.reach(), Reach::Row);
        assert_eq!(route(None).no_time_left().reach(), Reach::Line);
        assert_eq!(route(None).lost(&io_error(ErrorKind::ConnectionReset)).reach(), Reach::Line);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_error_of_the_system_keeps_the_words_of_the_system() {
        // EMFILE: https://man7.org/linux/man-pages/man3/errno.3.html
        let error = ureq::Error::Io(io::Error::from_raw_os_error(24));
        let failure = route(None).not_connected(&error).0;
        assert_eq!(failure.to_string(), "no connection to example.signalwire.com:443: too many open files");
    }

    #[test]
    fn what_was_sent_and_not_answered_may_have_created_a_token() {
        for (error, message) in [
            (
                ureq::Error::Timeout(ureq::Timeout::Global),
                "example.signalwire.com did not finish responding within --timeout 30s; a token may have been created",
            ),
            (
                ureq::Error::LargeResponseHeader(1, 1),
                "example.signalwire.com sent too many response headers; a token may have been created",
            ),
            (
                ureq::Error::Io(ErrorKind::ConnectionReset.into()),
                "the connection to example.signalwire.com ended before the response was complete; a token may have been created",
            ),
            (
                ureq::Error::BadUri("canary".to_owned()),
                "example.signalwire.com did not send a valid HTTP response; a token may have been created",
            ),
        ] {
            let failure = route(None).lost(&error);
            assert_eq!((failure.to_string().as_str(), failure.exit_code()), (message, 6));
        }
    }

    #[test]
    fn a_wait_that_is_too_long_says_when_to_come_back() {
        // 784111777 is Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110, section 5.6.7.
        let now = Timestamp::from_second(784_111_777).expect("a time");
        let said = |wait| {
            let failure = route(None).too_long(Failure::unavailable("busy").with_hint("x"), wait, now);
            (failure.to_string(), failure.hint().map(str::to_owned))
        };
        let hint = Some("wait, or allow more time than --timeout 30s".to_owned());
        let when = "busy; retry in 2m (at 1994-11-06T08:51:37Z)".to_owned();
        assert_eq!(said(Duration::from_mins(2)), (when, hint));
        assert_eq!(said(Duration::from_millis(1)).0, "busy; retry in 1s (at 1994-11-06T08:49:38Z)");
        assert!(said(Duration::from_secs(u64::MAX)).0.starts_with("busy; retry in "), "no date is that late");
    }
}
