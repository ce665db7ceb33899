//! An HTTP endpoint that mints one kind of token: every request to it is a POST of one JSON object.

use jiff::Timestamp;

use super::{Problem, Violation};
use crate::error::Note;
use crate::json::{self, Object};
use crate::time;
use crate::token::Member;

/// What one endpoint takes and answers, beyond the fields of its kind.
pub struct Endpoint {
    /// The path on the provider's host.
    pub path: &'static str,
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
    /// Whether the same request can be made again, with a token as its answer each time.
    pub repeatable: bool,
}

impl Endpoint {
    /// An endpoint with nothing but a path, a scope and a token in its answer, for the rest to be filled in.
    pub const fn new(path: &'static str, scope: &'static str) -> Self {
        Endpoint {
            path,
            scope,
            answer: &[Member::TOKEN],
            other_attributes: &[],
            cross_check: |_, _| Vec::new(),
            expiry: |_, _| None,
            own_expiry: |_| None,
            looked_up: None,
            advice: |_| Vec::new(),
            repeatable: true,
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

/// A field whose time has passed.
pub fn past(body: &Object, key: &str, now: Timestamp) -> Option<Violation> {
    let given = time_of(body, key)?;
    let sentence = format!("must be in the future; got {} (now {})", time::rfc3339(given), time::rfc3339(now));
    let refused = format!("{{}} must be greater than {}", now.as_second());
    (given <= now).then(|| Violation::new(key, Problem::new(sentence, "invalid_parameter", refused)))
}
