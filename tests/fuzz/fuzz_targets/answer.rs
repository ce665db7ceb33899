//! The decoder of answers: no body makes it panic or gives a token outside the grammar, and what it says of a refusal is
//! one clean line.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tokenmint::catalog::{Defaults, Draft, Kind, Request};
use tokenmint::redact::Scrubber;
use tokenmint::signalwire::PROVIDER;
use tokenmint::token::is_believable;
use tokenmint::http::{Received, judge};

/// The shortest request of each kind, required fields given by the body.
static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let body = |path: &str| match path {
        "/api/fabric/guests/tokens" => r#"{"allowed_addresses":["0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"]}"#,
        "/api/fabric/subscribers/tokens" => r#"{"reference":"r"}"#,
        "/api/video/room_tokens" => r#"{"room_name":"r"}"#,
        _ => r#"{"ttl":60,"channels":{"a":{"read":true,"write":true}}}"#,
    };
    let now = Timestamp::UNIX_EPOCH;
    let request = |kind: &&'static Kind| {
        let path = kind.endpoint().expect("an endpoint").path;
        let draft =
            Draft::new(kind, &Default::default(), Some(body(path)), Defaults::default(), now, &mut Vec::new());
        draft.and_then(|draft| draft.finish(&mut Vec::new())).expect("a request")
    };
    PROVIDER.kinds.iter().map(request).collect()
});

fuzz_target!(|input: (u16, u8, Option<String>, Option<String>, Vec<u8>)| {
    let (status, kind, content_type, location, body) = input;
    let answer = Received { status, content_type, location, retry_after: None, body: zeroize::Zeroizing::new(body) };
    let request = &REQUESTS[usize::from(kind) % REQUESTS.len()];
    match judge(&answer, request, "example.signalwire.com", &Scrubber::default()) {
        Ok(minted) => {
            assert!((200..300).contains(&status));
            assert!(minted.members[0].1.is_some());
            assert!(minted.members.iter().flat_map(|(_, value)| value).all(|value| is_believable(value.expose())));
            let object: serde_json::Value = serde_json::from_slice(&answer.body).expect("one complete JSON value");
            assert!(object.is_object());
        }
        Err(failure) => {
            assert!(matches!(failure.exit_code(), 4..=6));
            assert!(!failure.to_string().contains(char::is_control));
        }
    }
});
