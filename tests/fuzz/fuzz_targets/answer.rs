//! The decoder of answers: no body makes it panic or gives a token outside the grammar, and what it says of a refusal is
//! one clean line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokenmint::testing::http::{Expected, Member, Presence, Received, judge};
use tokenmint::testing::redact::Scrubber;
use tokenmint::testing::token::is_believable;

const MEMBERS: [Member; 3] = [
    Member { name: "token", presence: Presence::Required },
    Member { name: "refresh_token", presence: Presence::Warned },
    Member { name: "subscriber_id", presence: Presence::Ignored },
];

fuzz_target!(|input: (u16, Option<String>, Option<String>, Option<String>, Vec<u8>)| {
    let (status, content_type, content_encoding, location, body) = input;
    let body = zeroize::Zeroizing::new(body);
    let answer = Received { status, content_type, content_encoding, location, retry_after: None, body };
    let flag_of = |attribute: &str| (attribute == "ttl").then(|| "--ttl".to_owned());
    let expected = Expected { path: "/api/chat/tokens", members: &MEMBERS, scope: "Chat", refused: None, looked_up: &|| None, secrets: &[], flag_of: &flag_of };
    match judge(&answer, &expected, "example.signalwire.com", &Scrubber::default()) {
        Ok(mut minted) => {
            assert!((200..300).contains(&status));
            assert!(minted.take("token").is_some_and(|token| is_believable(token.expose())));
            for name in ["refresh_token", "subscriber_id"] {
                assert!(minted.take(name).is_none_or(|value| is_believable(value.expose())));
            }
            let body = answer.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&answer.body);
            let object: serde_json::Value = serde_json::from_slice(body).expect("one complete JSON value");
            assert!(object.is_object());
        }
        Err(failure) => {
            assert!(matches!(failure.exit_code(), 4..=6));
            assert!(!failure.to_string().contains(char::is_control));
        }
    }
});
