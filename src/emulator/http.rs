//! One HTTP request and its answer: path, method, credentials, body, headers, in the order in which the service looks
//! at them. What the body means is for `validate`, what is minted for `tokens`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::Answer;
use super::line::line;
use super::service::Service;
use super::{API_TOKEN, PROJECT_ID};
use crate::catalog::{Authentication, Endpoint, Kind};
use crate::server::header::{self, HeaderName, HeaderValue};
use crate::server::{self, Handler, Head, Method, Reply, Request, Unread};
use crate::signalwire::PROVIDER;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl Handler for Service {
    async fn answer(&self, request: Request) -> Reply {
        let reply = answer(self, request).await;
        if self.rules.delay > Duration::ZERO {
            server::pause(self.rules.delay).await;
        }
        reply
    }
}

async fn answer(service: &Service, mut request: Request) -> Reply {
    let (answer, is_read) = match admit(service, &request.head) {
        Ok((kind, endpoint)) => match request.read().await {
            Ok(bytes) => (service.reply(kind, endpoint, &request.head, &bytes), true),
            Err(Unread::Slow) => (Answer::timeout(), false),
            Err(Unread::Broken) => (Answer::bad_request(), request.finish().await),
            Err(Unread::TooLarge) => (Answer::too_large(), request.finish().await),
        },
        Err(refusal) => (refusal, request.finish().await),
    };
    service.log.line(&line(&request.head, answer.status, &answer.note));
    response(service, answer, is_read)
}

/// The endpoint that a request is for, or why it gets none.
fn admit(service: &Service, head: &Head) -> Result<(&'static Kind, &'static Endpoint), Answer> {
    if !server::is_local(head) {
        return Err(Answer::forbidden().noting("(the Host or Origin header names another host)"));
    }
    let path = head.uri.path();
    let mut endpoints = PROVIDER.kinds.iter().filter_map(|kind| Some((*kind, kind.endpoint()?)));
    let (kind, endpoint) = endpoints.find(|(_, endpoint)| endpoint.path == path).ok_or_else(Answer::not_found)?;
    if head.method != Method::POST {
        return Err(Answer::method_not_allowed());
    }
    authenticate(service, endpoint, head.headers.get(header::AUTHORIZATION))?;
    let content_type = head.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if content_type.is_some_and(server::is_json) { Ok((kind, endpoint)) } else { Err(Answer::bad_request()) }
}

/// Looks at what a request authenticates with, as its endpoint demands.
fn authenticate(service: &Service, endpoint: &Endpoint, header: Option<&HeaderValue>) -> Result<(), Answer> {
    let header = header.map(HeaderValue::as_bytes);
    let accepted = match &endpoint.authentication {
        Authentication::None(_) => return Ok(()),
        Authentication::Basic => header.is_some_and(is_authorised),
        Authentication::Bearer(bearer) => {
            let token = header.and_then(|header| after_scheme(header, "Bearer "));
            let token = token.and_then(|token| std::str::from_utf8(token).ok());
            token.is_some_and(|token| service.minter.accepts(token.trim_ascii(), bearer.sought.typ))
        }
    };
    if !accepted {
        return Err(Answer::unauthorized(endpoint.authentication.scheme()));
    }
    // The scopes are those of the API token.
    let is_basic = matches!(endpoint.authentication, Authentication::Basic);
    if is_basic && !service.rules.scopes.allow(endpoint) {
        let note = format!("(--scope lacks {})", endpoint.scope);
        return Err(Answer::unauthorized(endpoint.authentication.scheme()).noting(note));
    }
    Ok(())
}

/// What follows the scheme of an `Authorization` header; schemes are not case-sensitive (RFC 9110).
fn after_scheme<'a>(header: &'a [u8], scheme: &str) -> Option<&'a [u8]> {
    let (start, rest) = header.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme.as_bytes()).then_some(rest)
}

/// Whether an `Authorization` header holds the development credentials.
fn is_authorised(header: &[u8]) -> bool {
    let Some(encoded) = after_scheme(header, "Basic ") else {
        return false;
    };
    let Ok(pair) = STANDARD.decode(encoded.trim_ascii()) else {
        return false;
    };
    // Both are public and documented: nothing is given away by how long the comparison takes.
    pair == format!("{PROJECT_ID}:{API_TOKEN}").as_bytes()
}

/// An answer in HTTP.
fn response(service: &Service, answer: Answer, body_is_read: bool) -> Reply {
    let mut reply = server::reply(answer.status, answer.body, body_is_read);
    let headers = reply.headers_mut();
    let challenge = answer.challenge.map(|scheme| format!("{scheme} realm=\"tokenmint emulator\""));
    if let Some(challenge) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    match answer.status {
        405 => {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        429 | 503 => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    if let Some(id) = service.minter.uuid().ok().and_then(|id| HeaderValue::try_from(id).ok()) {
        headers.insert(REQUEST_ID, id);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_development_credentials_are_taken() {
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        let right = format!("{PROJECT_ID}:{API_TOKEN}");
        assert!(is_authorised(basic(&right).as_bytes()));
        assert!(is_authorised(basic(&right).replace("Basic", "bAsIc").as_bytes()));
        let wrong = [
            String::new(),
            "Basic".to_owned(),
            "Basic !".to_owned(),
            basic(""),
            basic(&right[..right.len() - 1]),
            basic(&format!("{right} ")),
            basic(&right.replace("PT", "pt")),
            format!("Bearer {}", STANDARD.encode(&right)),
            right,
        ];
        for header in wrong {
            assert!(!is_authorised(header.as_bytes()), "{header}");
        }
    }
}
