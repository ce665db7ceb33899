//! What the service answers with: a status and one JSON object. The shapes are those of the service's REST reference
//! (`types/status-codes`, August 2026); putting them into HTTP is for `http`.

use serde::Serialize;

use crate::catalog::{Emulation, Kind, Problem, Violation};
use crate::json::{self, Object};
use crate::text;

/// Where the service explains its codes, as its own answers link it.
const CODES_PAGE: &str = "https://developer.signalwire.com/rest/overview/error-codes/#";

/// The most characters of an unknown field's name that an answer repeats.
const MAX_NAME: usize = 250;

/// A status and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// One JSON object.
    pub body: String,
    /// The scheme of authentication that a 401 asks for.
    pub challenge: Option<&'static str>,
    /// What the line about the request says after the status.
    pub note: String,
}

/// The most entries that the line about a request names.
const MAX_NAMED: usize = 3;

/// One entry of a 422 body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Entry {
    #[serde(rename = "type")]
    category: &'static str,
    code: &'static str,
    message: String,
    attribute: String,
    url: String,
}

impl Entry {
    /// What the service answers about a field that it refuses, if it does.
    pub(super) fn of(violation: &Violation, emulation: &Emulation) -> Option<Self> {
        let attribute = text::clip(&violation.key, MAX_NAME);
        let own = emulation.names.iter().find(|(key, _)| *key == violation.key);
        let name = own.map_or_else(|| spoken(&attribute), |(_, name)| (*name).to_owned());
        let (code, message) = violation.problem.complaint(&name)?;
        Some(Entry::new(attribute, code, message))
    }

    /// What the service answers about a field, in these words.
    pub(super) fn new(attribute: String, code: &'static str, message: String) -> Self {
        let url = format!("{CODES_PAGE}{code}");
        Entry { category: "validation_error", code, message, attribute, url }
    }
}

impl Answer {
    /// A success with these members.
    pub(super) fn success(status: u16, members: &[(&str, String)]) -> Self {
        let mut body = Object::default();
        for (key, value) in members {
            body.set(key, json::string(value));
        }
        Answer { status, body: body.to_string(), challenge: None, note: String::new() }
    }

    /// The answer, with more words about it on stderr.
    #[must_use]
    pub(super) fn noting(self, note: impl Into<String>) -> Self {
        Answer { note: note.into(), ..self }
    }

    /// A failure that was ordered instead of the answer that the request earns.
    pub(super) fn ordered(status: u16, kind: &Kind) -> Self {
        let required = kind.fields.iter().find(|field| field.required).or(kind.fields.first());
        let missing = required
            .zip(kind.emulation.as_ref())
            .and_then(|(field, emulation)| Entry::of(&Violation::new(field.key, Problem::missing()), emulation));
        match status {
            400 => Self::bad_request(),
            401 => Self::unauthorized(kind.endpoint().and_then(|endpoint| endpoint.authentication.scheme())),
            403 => Self::forbidden(),
            404 => Self::not_found(),
            422 => Self::invalid(missing.as_slice()),
            429 => Self::error(429, "Too Many Requests"),
            503 => Self::error(503, "Service Unavailable"),
            _ => Self::internal(),
        }
    }

    /// A request whose parameters will not do: 422 with every entry.
    pub(super) fn invalid(entries: &[Entry]) -> Self {
        #[derive(Serialize)]
        struct Errors<'a> {
            errors: &'a [Entry],
        }
        let named = entries.iter().take(MAX_NAMED).map(|entry| format!("{}: {}", entry.attribute, entry.code));
        let more = entries.len().checked_sub(MAX_NAMED).filter(|more| *more > 0).map(|more| format!("{more} more"));
        let note = named.chain(more).collect::<Vec<_>>().join(", ");
        match serde_json::to_string(&Errors { errors: entries }) {
            Ok(body) => Answer { status: 422, body, challenge: None, note },
            Err(_) => Self::internal(),
        }
    }

    /// 400: a body that is not a JSON object.
    pub(super) fn bad_request() -> Self {
        Self::error(400, "Bad Request")
    }

    /// 401: credentials missing or wrong. The scheme is the one to authenticate with.
    pub(super) fn unauthorized(scheme: Option<&'static str>) -> Self {
        Answer { challenge: scheme, ..Self::error(401, "Unauthorized") }
    }

    /// 403: a request that names another host or comes from a page of one, or whose public key is not valid.
    pub(super) fn forbidden() -> Self {
        Self::error(403, "Forbidden")
    }

    /// 404: a path that is none of ours.
    pub(super) fn not_found() -> Self {
        Self::error(404, "Not Found")
    }

    /// 405: one of our paths, with another method than POST.
    pub(super) fn method_not_allowed() -> Self {
        Self::error(405, "Method Not Allowed")
    }

    /// 408: a body that did not come in time.
    pub(super) fn timeout() -> Self {
        Self::error(408, "Request Timeout")
    }

    /// 413: a body that is larger than any request can be.
    pub(super) fn too_large() -> Self {
        Self::error(413, "Payload Too Large")
    }

    /// 500: something here failed.
    pub(super) fn internal() -> Self {
        Self::error(500, "Internal Server Error")
    }

    fn error(status: u16, phrase: &'static str) -> Self {
        Answer { status, body: format!(r#"{{"error":"{phrase}"}}"#), challenge: None, note: String::new() }
    }
}

/// A field's name as the service's sentences begin with it: `allowed_addresses` is "Allowed addresses".
fn spoken(attribute: &str) -> String {
    let mut letters = attribute.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|letter| if letter == '_' { ' ' } else { letter })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::guest;

    #[test]
    fn an_entry_has_the_documented_members() {
        let emulation = guest::KIND.emulation.as_ref().unwrap();
        let missing = Entry::of(&Violation::new("allowed_addresses", Problem::missing()), emulation).unwrap();
        assert_eq!(
            Answer::invalid(&[missing]).body,
            concat!(
                r#"{"errors":[{"type":"validation_error","code":"missing_required_parameter","#,
                r#""message":"Allowed addresses must be present","attribute":"allowed_addresses","#,
                r#""url":"https://developer.signalwire.com/rest/overview/error-codes/#missing_required_parameter"}]}"#,
            )
        );
    }
}
