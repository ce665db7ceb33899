//! From a request to its token: sent, read by the endpoint's table of members, and given its expiry.

use crate::app::App;
use crate::catalog::{Consumed, Endpoint, Request};
use crate::error::{Category, Failure, Note, Result};
use crate::http::{self, Client, Expected, Member, Presence, Trace};
use crate::token::{self, Role, Token};

/// A request as it goes on the wire.
fn wire(request: &Request) -> http::Request {
    on_wire(request, request.bytes())
}

/// A request as it may be shown: a secret in its body is `[redacted]`.
pub fn shown(request: &Request) -> http::Request {
    on_wire(request, request.redacted())
}

fn on_wire(request: &Request, body: String) -> http::Request {
    let Endpoint { path, authentication, consumes, .. } = request.endpoint;
    let (path, once) = ((*path).to_owned(), consumes.is_some());
    http::Request { path, authorization: authentication.into(), body, once }
}

/// Sends a request and gives its token, with its expiry and what is odd about it.
///
/// # Errors
/// Exit 4, 5 or 6 as the service's answer or the network has it.
pub fn send(client: &Client, request: &Request, app: &App, trace: Trace) -> Result<(Token, Vec<Note>)> {
    let (endpoint, flag_of) = (request.endpoint, |attribute: &str| request.flag_of(attribute));
    let members: Vec<Member> = endpoint.answer.iter().map(|member| expected(member, endpoint.consumes)).collect();
    let secrets = request.secrets();
    let looked_up = || request.looked_up();
    let expected = Expected {
        path: endpoint.path,
        members: &members,
        scope: endpoint.scope,
        refused: endpoint.authentication.refused(),
        looked_up: &looked_up,
        secrets: &secrets,
        flag_of: &flag_of,
    };
    let answer = client.mint(&wire(request), &expected, trace);
    let mut answer = answer.map_err(|failure| match endpoint.consumes {
        Some(consumed) => used_up(failure, consumed),
        None => failure,
    })?;
    let members = endpoint.answer.iter().map(|member| (*member, answer.take(member.key))).collect();
    let mut notes = answer.notes;
    let token = Token { kind: request.kind.name, members, expires_at: None };
    let (own, now) = (token.get(Role::Token).and_then(endpoint.own_expiry), app.now());
    if own.is_some_and(|expiry| expiry <= now) {
        notes.push(Note::Warning("this token is already expired; check this machine's clock".to_owned()));
    }
    Ok((Token { expires_at: own.or_else(|| request.expiry(now)), ..token }, notes))
}

fn expected(member: &token::Member, consumes: Option<&Consumed>) -> Member {
    let presence = match member.role {
        Role::Token => Presence::Required,
        Role::Refresh if consumes.is_some_and(|consumed| consumed.field == member.key) => Presence::Replacing,
        Role::Refresh | Role::Plain => Presence::Warned,
    };
    Member { name: member.key, presence }
}

/// The failure of a request that uses something up: what may have become of that, and what to do.
fn used_up(failure: Failure, consumed: &Consumed) -> Failure {
    match failure.unclear().map(|what| format!("{what}; {}", consumed.unclear)) {
        Some(message) => failure.reworded(message).with_hint(consumed.remedy),
        None if failure.category() == Category::RequestRefused && failure.status() == Some(422) => {
            failure.with_hint(consumed.refused)
        }
        None if matches!(failure.status(), Some(429 | 503)) => failure.and(format_args!("; {}", consumed.once)),
        None => failure,
    }
}
