//! One HTTP request and its answer: path, method, credentials, body, headers, in the order in which the service looks
//! at them. What the body means is for `validate`, what is minted for `tokens`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};

use super::answer::Answer;
use super::tokens::Minter;
use super::{API_TOKEN, PROJECT_ID, guard, validate};
use crate::catalog::{Authentication, Endpoint, Kind};
use crate::signalwire::PROVIDER;

/// The most bytes of a request body. The largest right request, 500 channels with long names, has a third of that.
const MAX_BODY: usize = 1024 * 1024;

/// How many bytes of an unwanted body are taken in and dropped, so that a client that is still writing hears the
/// answer and not a reset.
const MAX_UNWANTED: usize = 16 * MAX_BODY;

/// How long a body may take to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// How long an unwanted body is listened to.
const UNWANTED_LIMIT: Duration = Duration::from_secs(5);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The answer to one request.
pub(super) async fn answer(minter: &Minter, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, mut body) = request.into_parts();
    let refusal = match admit(minter, &head) {
        Ok((kind, endpoint)) => match tokio::time::timeout(BODY_LIMIT, read(&mut body)).await {
            Ok(Ok(bytes)) => return response(minter, reply(minter, kind, endpoint, &bytes), true),
            Ok(Err(refusal)) => refusal,
            Err(_) => return response(minter, Answer::timeout(), false),
        },
        Err(refusal) => refusal,
    };
    // A client that waits for "100 Continue" sends no body after a refusal.
    let waits = head.headers.contains_key(header::EXPECT);
    let is_read = body.is_end_stream() || (!waits && drop_rest(&mut body).await);
    response(minter, refusal, is_read)
}

/// The endpoint that a request is for, or why it gets none.
fn admit(minter: &Minter, head: &Parts) -> Result<(&'static Kind, &'static Endpoint), Answer> {
    if !guard::is_local(head) {
        return Err(Answer::forbidden());
    }
    let path = head.uri.path();
    let mut endpoints = PROVIDER.kinds.iter().filter_map(|kind| Some((*kind, kind.endpoint()?)));
    let (kind, endpoint) = endpoints.find(|(_, endpoint)| endpoint.path == path).ok_or_else(Answer::not_found)?;
    if head.method != Method::POST {
        return Err(Answer::method_not_allowed());
    }
    authenticate(minter, &endpoint.authentication, head.headers.get(header::AUTHORIZATION))?;
    let content_type = head.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if content_type.is_some_and(is_json) { Ok((kind, endpoint)) } else { Err(Answer::bad_request()) }
}

/// Looks at what a request authenticates with, as its endpoint demands.
fn authenticate(minter: &Minter, authentication: &Authentication, header: Option<&HeaderValue>) -> Result<(), Answer> {
    let header = header.map(HeaderValue::as_bytes);
    let (scheme, accepted) = match authentication {
        Authentication::None(_) => return Ok(()),
        Authentication::Basic => ("Basic", header.is_some_and(is_authorised)),
        Authentication::Bearer(bearer) => {
            let token = header.and_then(|header| after_scheme(header, "Bearer "));
            let token = token.and_then(|token| std::str::from_utf8(token).ok());
            ("Bearer", token.is_some_and(|token| minter.accepts(token.trim_ascii(), bearer.typ)))
        }
    };
    if accepted { Ok(()) } else { Err(Answer::unauthorized(scheme)) }
}

/// What follows the scheme of an `Authorization` header; schemes are not case-sensitive (RFC 9110).
fn after_scheme<'a>(header: &'a [u8], scheme: &str) -> Option<&'a [u8]> {
    let (start, rest) = header.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme.as_bytes()).then_some(rest)
}

/// Whether a `Content-Type` header says JSON: `application/json` or another type of JSON, with parameters or without.
fn is_json(header: &[u8]) -> bool {
    let media_type = header.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    media_type == b"application/json" || (media_type.starts_with(b"application/") && media_type.ends_with(b"+json"))
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

/// The whole body, or why it is not taken.
async fn read(body: &mut Incoming) -> Result<Vec<u8>, Answer> {
    let announced = body.size_hint().lower();
    if announced > MAX_BODY as u64 {
        return Err(Answer::too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    while let Some(frame) = body.frame().await {
        // Chunks that cannot be read, or a client that stopped in the middle.
        let frame = frame.map_err(|_| Answer::bad_request())?;
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > MAX_BODY {
                return Err(Answer::too_large());
            }
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}

/// Takes in what is left of a body, within reason. Tells whether that was all of it.
async fn drop_rest(body: &mut Incoming) -> bool {
    let rest = async {
        let mut dropped = 0;
        loop {
            match body.frame().await {
                None => return true,
                Some(Ok(frame)) if dropped <= MAX_UNWANTED => {
                    dropped += frame.data_ref().map_or(0, Bytes::len);
                }
                Some(_) => return false,
            }
        }
    };
    tokio::time::timeout(UNWANTED_LIMIT, rest).await.unwrap_or(false)
}

/// What a request with the right credentials gets.
fn reply(minter: &Minter, kind: &Kind, endpoint: &Endpoint, body: &[u8]) -> Answer {
    let now = minter.now();
    match validate::body(kind, endpoint, body, now).and_then(|body| minter.basis(endpoint, body, now)) {
        Ok(body) => minter.mint(kind, endpoint, &body, now).unwrap_or_else(|_| Answer::internal()),
        Err(refusal) => refusal,
    }
}

/// An answer in HTTP. A connection on which a body was left unread can carry no other request.
fn response(minter: &Minter, answer: Answer, body_is_read: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let challenge = answer.challenge.map(|scheme| format!("{scheme} realm=\"tokenmint emulator\""));
    if let Some(challenge) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if answer.status == 405 {
        headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    if let Some(id) = minter.uuid().ok().and_then(|id| HeaderValue::try_from(id).ok()) {
        headers.insert(REQUEST_ID, id);
    }
    if !body_is_read {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_other_types() {
        for json in
            ["application/json", "Application/JSON; charset=utf-8", "application/json;", "application/vnd.a+json"]
        {
            assert!(is_json(json.as_bytes()), "{json}");
        }
        for other in ["", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/jsonp", "+json"]
        {
            assert!(!is_json(other.as_bytes()), "{other}");
        }
    }

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
