//! From a request to its token: sent, read by the endpoint's table of members, and given its expiry.

use crate::app::App;
use crate::catalog::{Endpoint, Request};
use crate::error::{Note, Result};
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
    let Endpoint { path, authentication, .. } = request.endpoint;
    http::Request { path: (*path).to_owned(), authorization: authentication.into(), body }
}

/// Sends a request and gives its token, with its expiry and what is odd about it.
///
/// # Errors
/// Exit 4, 5 or 6 as the service's answer or the network has it.
pub fn send(client: &Client, request: &Request, app: &App, trace: Trace) -> Result<(Token, Vec<Note>)> {
    let (endpoint, flag_of) = (request.endpoint, |attribute: &str| request.flag_of(attribute));
    let members: Vec<Member> = endpoint.answer.iter().map(expected).collect();
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
    let mut answer = client.mint(&wire(request), &expected, trace)?;
    let members = endpoint.answer.iter().map(|member| (*member, answer.take(member.key))).collect();
    let mut notes = answer.notes;
    let token = Token { kind: request.kind.name, members, expires_at: None };
    let (own, now) = (token.get(Role::Token).and_then(endpoint.own_expiry), app.now());
    if own.is_some_and(|expiry| expiry <= now) {
        notes.push(Note::Warning("this token is already expired; check this machine's clock".to_owned()));
    }
    Ok((Token { expires_at: own.or_else(|| request.expiry(now)), ..token }, notes))
}

fn expected(member: &token::Member) -> Member {
    let presence = if member.role == Role::Token { Presence::Required } else { Presence::Warned };
    Member { name: member.key, presence }
}
