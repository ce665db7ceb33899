//! The decoder of answers: no body makes it panic or gives a token outside the grammar, and what it says of a refusal is
//! one clean line.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tokenmint::redact::Scrubber;
use tokenmint::signalwire::request::Draft;
use tokenmint::signalwire::{ENDPOINTS, Request};
use tokenmint::token::is_believable;
use tokenmint::http::{Received, judge};

/// The shortest request of each kind, required fields given by the body.
static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let body = |path: &str| match path {
        "/api/fabric/guests/tokens" => r#"{"allowed_addresses":["0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"]}"#,
        "/api/video/room_tokens" => r#"{"room_name":"r"}"#,
        _ => r#"{"ttl":60,"channels":{"a":{"read":true,"write":true}}}"#,
    };
    let now = Timestamp::UNIX_EPOCH;
    let request = |endpoint| {
        let endpoint: &'static tokenmint::signalwire::Endpoint = endpoint;
        let draft = Draft::new(endpoint, &Default::default(), Some(body(endpoint.path)), now, &mut Vec::new());
        draft.and_then(|draft| draft.finish(&mut Vec::new())).expect("a request")
    };
    ENDPOINTS.into_iter().map(request).collect()
});

fuzz_target!(|input: (u16, u8, Option<String>, Option<String>, Vec<u8>)| {
    let (status, kind, content_type, location, body) = input;
    let answer = Received { status, content_type, location, retry_after: None, body: zeroize::Zeroizing::new(body) };
    let request = &REQUESTS[usize::from(kind) % REQUESTS.len()];
    match judge(&answer, request, "example.signalwire.com", &Scrubber::default()) {
        Ok(minted) => {
            assert!((200..300).contains(&status));
            assert!(is_believable(minted.token.expose()));
            assert!(minted.refresh_token.is_none_or(|refresh| is_believable(refresh.expose())));
            let object: serde_json::Value = serde_json::from_slice(&answer.body).expect("one complete JSON value");
            assert!(object.is_object());
        }
        Err(failure) => {
            assert!(matches!(failure.exit_code(), 4..=6));
            assert!(!failure.to_string().contains(char::is_control));
        }
    }
});
