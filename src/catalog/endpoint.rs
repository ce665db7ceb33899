//! An HTTP endpoint that mints one kind of token: every request to it is a POST of one JSON object.

use jiff::Timestamp;

use super::{Authentication, Consumed, Problem, Violation};
use crate::error::Note;
use crate::json::{self, Object};
use crate::time;
use crate::token::Member;

/// What one endpoint takes and answers, beyond the fields of its kind.
pub struct Endpoint {
    /// The path on the provider's host.
    pub path: &'static str,
    /// How its requests are authenticated.
    pub authentication: Authentication,
    /// The scopes of which the API token needs one, in the provider's spelling.
    pub scope: &'static str,
    /// The members of a successful answer that are passed on, in the order of our output. The token comes first.
    pub answer: &'static [Member],
    /// Names other than its key under which the service's 422 answers report a field.
    pub other_attributes: &'static [(&'static str, &'static str)],
    /// What can be wrong with several fields together. The time is now.
    pub cross_check: fn(&Object, Timestamp) -> Vec<Violation>,
    /// When a token that was asked for with this body expires, as far as the request alone says. The time is now.
    pub expiry: fn(&Object, Timestamp) -> Option<Timestamp>,
    /// When a token expires by its own claims, where these can be read.
    pub own_expiry: fn(&str) -> Option<Timestamp>,
    /// The field whose value the service may not know, which it answers with a 404.
    pub looked_up: Option<&'static str>,
    /// Notes on a request that is right.
    pub advice: fn(&Object) -> Vec<Note>,
    /// What a request uses up, if it can be sent only once.
    pub consumes: Option<&'static Consumed>,
}

impl Endpoint {
    /// An endpoint with nothing but a path, Basic authentication, a scope and a token in its answer, for the rest to be
    /// filled in.
    pub const fn new(path: &'static str, scope: &'static str) -> Self {
        Endpoint {
            path,
            authentication: Authentication::Basic,
            scope,
            answer: &[Member::TOKEN],
            other_attributes: &[],
            cross_check: |_, _| Vec::new(),
            expiry: |_, _| None,
            own_expiry: |_| None,
            looked_up: None,
            advice: |_| Vec::new(),
            consumes: None,
        }
    }
}

/// The time that a field holds, as seconds since 1970 or as RFC 3339.
pub fn time_of(body: &Object, key: &str) -> Option<Timestamp> {
    let raw = body.get(key)?;
    match json::as_integer(raw) {
        Some(seconds) => Timestamp::from_second(seconds).ok(),
        None => time::parse_rfc3339_or_date(&json::as_str(raw)?),
    }
}

/// A field in seconds since 1970 whose time has passed.
pub fn past_seconds(body: &Object, key: &str, now: Timestamp) -> Option<Violation> {
    // What is not a number of seconds is refused by its rule, and need not also be called past.
    json::as_integer(body.get(key)?).and_then(|_| past(body, key, now))
}

/// A field whose time has passed.
pub fn past(body: &Object, key: &str, now: Timestamp) -> Option<Violation> {
    let given = time_of(body, key)?;
    let sentence = format!("must be in the future; got {} (now {})", time::rfc3339(given), time::rfc3339(now));
    (given <= now).then(|| Violation::new(key, not_future(sentence, now)))
}

/// The problem of a time that has to be later than now.
pub fn not_future(sentence: impl Into<String>, now: Timestamp) -> Problem {
    Problem::new(sentence, "invalid_parameter", format!("{{}} must be greater than {}", now.as_second()))
}
