//! A request as a handler gets it, and the reply that it makes.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};

/// The most bytes of a request body. The largest right request, 500 channels with long names, has a third of that.
const MAX_BODY: usize = 1024 * 1024;

/// How many bytes of an unwanted body are taken in and dropped, so that a client that is still writing hears the
/// answer and not a reset.
const MAX_UNWANTED: usize = 16 * MAX_BODY;

/// How long a body may take to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// How long an unwanted body is listened to.
const UNWANTED_LIMIT: Duration = Duration::from_secs(5);

/// The head of a request.
pub type Head = hyper::http::request::Parts;

/// An answer in HTTP.
pub type Reply = Response<Full<Bytes>>;

/// A request whose body has not been read yet.
pub struct Request {
    /// Method, target and headers.
    pub head: Head,
    body: Incoming,
}

/// Why a body is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// Chunks that cannot be read, or a client that stopped in the middle.
    Broken,
    /// More than [`MAX_BODY`] bytes.
    TooLarge,
    /// It did not arrive in time; there is nothing left to wait for.
    Slow,
}

impl Request {
    pub(super) fn new(request: hyper::Request<Incoming>) -> Self {
        let (head, body) = request.into_parts();
        Request { head, body }
    }

    /// The whole body, or why it is not taken.
    pub async fn read(&mut self) -> Result<Vec<u8>, Unread> {
        tokio::time::timeout(BODY_LIMIT, read(&mut self.body)).await.unwrap_or(Err(Unread::Slow))
    }

    /// Takes in what is left of the body, within reason. Tells whether that was all of it, so that the connection can
    /// carry another request.
    pub async fn finish(&mut self) -> bool {
        // A client that waits for "100 Continue" sends no body after a refusal.
        let waits = self.head.headers.contains_key(header::EXPECT);
        self.body.is_end_stream() || (!waits && drop_rest(&mut self.body).await)
    }
}

async fn read(body: &mut Incoming) -> Result<Vec<u8>, Unread> {
    let announced = body.size_hint().lower();
    if announced > MAX_BODY as u64 {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        if let Some(data) = frame.data_ref() {
            if bytes.len() + data.len() > MAX_BODY {
                return Err(Unread::TooLarge);
            }
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}

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

/// A reply with a JSON body, or with none. A connection on which a body was left unread can carry no other request.
pub fn reply(status: u16, body: String, body_is_read: bool) -> Reply {
    let is_empty = body.is_empty();
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = reply.headers_mut();
    if !is_empty {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if !body_is_read {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    reply
}

/// Whether a `Content-Type` header says JSON: `application/json` or another type of JSON, with parameters or without.
pub fn is_json(header: &[u8]) -> bool {
    let media_type = header.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    media_type == b"application/json" || (media_type.starts_with(b"application/") && media_type.ends_with(b"+json"))
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
}
