//! What an answer means: members that can be believed, or a failure with the service's own reasons. Bodies that are not
//! believed are never shown.

use std::fmt;

use zeroize::Zeroizing;

use super::body::{ErrorBody, SuccessBody};
use crate::catalog::Refused;
use crate::error::{Category, Failure, Note, Result};
use crate::redact::Scrubber;
use crate::secret::Secret;
use crate::token::is_believable;

/// The most bytes of an answer's body that are read.
pub(super) const MAX_BODY: u64 = 1024 * 1024;

/// An answer as it was received. A body longer than the limit has exactly one byte more than it.
#[derive(Default)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// `Retry-After`, if it is text.
    pub retry_after: Option<String>,
    /// `Content-Type`, likewise.
    pub content_type: Option<String>,
    /// `Content-Encoding`, likewise.
    pub content_encoding: Option<String>,
    /// `Location`, likewise.
    pub location: Option<String>,
    /// The body, as far as it was read.
    pub body: Zeroizing<Vec<u8>>,
}

/// Without the body, which may hold a token.
impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Received").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What a success without a member means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The answer is not believed; the same goes for a malformed member.
    Required,
    /// A warning; a malformed member is not believed.
    Warned,
    /// The same for what replaces a secret of the request: it may be that very secret.
    Replacing,
    /// Nothing; a malformed member counts as absent.
    Ignored,
}

/// A member of a successful body that is wanted. What it holds has the alphabet of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its key.
    pub name: &'static str,
    /// What its absence means.
    pub presence: Presence,
}

/// The likely cause of an answer that the service itself would not give.
pub(super) const CHANGED: &str =
    "a proxy between this machine and the space may be changing answers; check it before you retry";

/// The command that finds out which of the possible causes applies.
pub const CHECK: &str = "tokenmint profile check";

/// What the caller knows of an answer before it comes.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The path of the request.
    pub path: &'a str,
    /// The wanted members.
    pub members: &'a [Member],
    /// The scopes of the API token one of which is needed, in the Dashboard's spelling.
    pub scope: &'a str,
    /// What a 401 or 403 is about, unless it is the set of credentials.
    pub refused: Option<&'a Refused>,
    /// The flag and the value that a 404 may be about, if the service looks one up.
    pub looked_up: &'a dyn Fn() -> Option<String>,
    /// Secrets in the body of the request, which no message may repeat.
    pub secrets: &'a [Secret],
    /// The flag that sets the attribute which a 422 names.
    pub flag_of: &'a dyn Fn(&str) -> Option<String>,
}

/// What a successful answer gives.
#[derive(Debug)]
pub struct Success {
    members: Vec<(&'static str, Secret)>,
    /// Warnings about the answer.
    pub notes: Vec<Note>,
}

impl Success {
    /// Takes a member out.
    pub fn take(&mut self, name: &str) -> Option<Secret> {
        let place = self.members.iter().position(|(known, _)| *known == name)?;
        Some(self.members.swap_remove(place).1)
    }
}

/// A failure after which a token may or may not exist.
pub(super) fn unclear(what: &str) -> Failure {
    Failure::unavailable(format!("{what}; a token may have been created"))
        .with_hint("retrying may create a second token; the first, if any, expires on its own")
        .with_unclear(what)
}

/// Judges an answer by its status, then by its body. `host` and `scrubber` are for the words of a failure.
///
/// # Errors
/// Exit 4, 5 or 6 for anything but a success with all that is required.
pub fn judge(received: &Received, expected: &Expected, host: &str, scrubber: &Scrubber) -> Result<Success> {
    if (200..300).contains(&received.status) {
        return success(received, expected, host, scrubber);
    }
    let said = ErrorBody::read(&received.body, expected.flag_of, scrubber);
    let failure = match received.status {
        300..=399 => redirect(received, host, scrubber),
        401 | 403 => credentials_refused(received.status, &said, expected, host),
        400..=499 if received.status != 429 => request_refused(received.status, &said, expected, host),
        _ => unavailable(received.status, &said, host),
    };
    Err(failure.with_status(received.status).with_details(said.details))
}

fn credentials_refused(status: u16, said: &ErrorBody, expected: &Expected, host: &str) -> Failure {
    let reason = if status == 401 { "401 Unauthorized" } else { "403 Forbidden" };
    let what = expected.refused.map_or("the credentials", |refused| refused.what);
    let hint = match expected.refused {
        Some(refused) => refused.hint.to_owned(),
        None if status == 401 => {
            let causes = "possible causes: wrong project id or API token, wrong space, missing scope";
            format!("{causes} {} ({CHECK} tests them)", expected.scope)
        }
        None => format!("the API token needs the scope {}", expected.scope),
    };
    let message = format!("{host} refused {what}{}", said.after(reason));
    Failure::message(Category::CredentialsRefused, message).with_hint(hint)
}

fn request_refused(status: u16, said: &ErrorBody, expected: &Expected, host: &str) -> Failure {
    let after = said.after(&status.to_string());
    let refused = |what: String| Failure::message(Category::RequestRefused, what);
    match status {
        404 => match (expected.looked_up)() {
            Some(value) => refused(format!("{host} does not know {value}, or has no {}{after}", expected.path))
                .with_hint("check that the address exists in this space; if it does, check the space name"),
            None => refused(format!("{host} has no {}{after}", expected.path)).with_hint("check the space name"),
        },
        408 | 421 | 425 => refused(format!("{host} did not process the request{after}"))
            .with_hint("try again; if that does not help, check the proxies between this machine and the space"),
        _ => {
            let failure = refused(format!("{host} refused the request{after}"));
            match (said.known_code(), said.page()) {
                (Some(code), Some(page)) => failure.with_hint(format!("run tokenmint explain {code}, or see {page}")),
                (Some(code), None) => failure.with_hint(format!("run tokenmint explain {code}")),
                (None, Some(page)) => failure.with_hint(format!("see {page}")),
                (None, None) => failure,
            }
        }
    }
}

fn unavailable(status: u16, said: &ErrorBody, host: &str) -> Failure {
    let after = said.after(&status.to_string());
    match status {
        429 => Failure::unavailable(format!("{host} is limiting requests{after}")).with_hint("try again in a moment"),
        503 => Failure::unavailable(format!("{host} is not available{after}")).with_hint("try again later"),
        _ => unclear(&format!("{host} failed{after}")),
    }
}

fn redirect(received: &Received, host: &str, scrubber: &Scrubber) -> Failure {
    let target = received.location.as_deref().and_then(|location| location.parse::<ureq::http::Uri>().ok());
    let target = target.and_then(|uri| uri.host().map(|host| scrubber.outside(host)));
    let to = target.map_or_else(String::new, |target| format!(" to {target}"));
    Failure::unavailable(format!("{host} answered with a redirect{to} ({}), which is not followed", received.status))
        .with_hint("check the space name; following it could send the credentials to another server")
}

fn success(received: &Received, expected: &Expected, host: &str, scrubber: &Scrubber) -> Result<Success> {
    let status = received.status;
    let wrong = |what: &str| unclear(&format!("{host} answered {status} {what}")).with_status(status);
    if received.body.len() as u64 > MAX_BODY {
        return Err(wrong("with more than 1 MiB"));
    }
    let names: Vec<&str> = expected.members.iter().map(|member| member.name).collect();
    let Some(body) = SuccessBody::read(&received.body, &names) else {
        let Some(coding) = coding(received) else { return Err(wrong(&instead_of_json(received))) };
        return Err(wrong(&format!("with a compressed body{coding}, which was not asked for")).with_hint(CHANGED));
    };
    let mut success = Success { members: Vec::new(), notes: Vec::new() };
    for (place, member) in expected.members.iter().enumerate() {
        // A server that echoes our own secret as the token would have it published.
        let returned = |text: &Secret| member.presence == Presence::Replacing && expected.secrets.contains(text);
        let believable =
            |text: &Secret| is_believable(text.expose()) && (returned(text) || !scrubber.knows(text.expose()));
        let found = body.text(place).map(|text| text.ok().filter(believable));
        match (found, member.presence) {
            (Some(Some(text)), _) => success.members.push((member.name, text)),
            (None | Some(None), Presence::Ignored) => {}
            (None, Presence::Warned | Presence::Replacing) => {
                success.notes.push(Note::Warning(format!("the answer has no {}", member.name)));
            }
            (None | Some(None), Presence::Required) => {
                return Err(wrong(&format!("without a valid {}", in_words(member.name))));
            }
            (Some(None), Presence::Warned | Presence::Replacing) => {
                return Err(wrong(&format!("with an invalid {}", in_words(member.name))));
            }
        }
    }
    Ok(success)
}

/// `refresh_token` as words.
fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// A content coding, named only if it is a plain word: the header is untrusted text.
fn coding(received: &Received) -> Option<String> {
    let coding = received.content_encoding.as_deref()?.trim().to_ascii_lowercase();
    let plain = coding.len() < 20 && coding.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match coding.as_str() {
        "" | "identity" => None,
        _ if plain => Some(format!(" ({coding})")),
        _ => Some(String::new()),
    }
}

/// What a body is that holds no JSON object. Only a plain media type is named.
fn instead_of_json(received: &Received) -> String {
    let content = received.content_type.as_deref().unwrap_or_default();
    let content = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain =
        content.len() < 40 && content.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte));
    match content.as_str() {
        "" | "application/json" => "without one complete JSON object".to_owned(),
        other if plain => format!("with {other} instead of JSON"),
        _ => "with something other than JSON".to_owned(),
    }
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
