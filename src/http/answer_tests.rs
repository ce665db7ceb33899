//! Every status with every body: the exit code and the whole sentence, written from the service's documents.

use super::*;

const HOST: &str = "example.signalwire.com";
const SECRET: &str = "PT0123456789abcdef0123456789abcdef";
const MEMBERS: [Member; 3] = [
    Member { name: "token", presence: Presence::Required },
    Member { name: "refresh_token", presence: Presence::Warned },
    Member { name: "subscriber_id", presence: Presence::Ignored },
];
const UNCLEAR: &str = "retrying may create a second token; the first, if any, expires on its own";

fn received(status: u16, body: impl Into<Vec<u8>>) -> Received {
    Received { status, body: Zeroizing::new(body.into()), ..Received::default() }
}

fn judged(received: &Received) -> Result<Success> {
    let flag_of = |attribute: &str| (attribute == "permissions").then(|| "--channel".to_owned());
    let expected = Expected {
        path: "/api/chat/tokens",
        members: &MEMBERS,
        scope: "Chat",
        refused: None,
        looked_up: &|| None,
        secrets: &[],
        flag_of: &flag_of,
    };
    judge(received, &expected, HOST, &Scrubber::new([&Secret::new(SECRET.to_owned())]))
}

/// The exit code, the message and the hint of a refusal.
fn refused(received: &Received) -> (u8, String, String) {
    let failure = judged(received).expect_err("a refusal");
    assert_eq!(failure.status(), Some(received.status), "{failure}");
    (failure.exit_code(), failure.to_string(), failure.hint().unwrap_or_default().to_owned())
}

#[test]
fn each_status_has_its_exit_code_and_its_sentence() {
    for (status, exit, message, hint) in [
        (400, 5, "example.signalwire.com refused the request (400)", ""),
        (
            401,
            4,
            "example.signalwire.com refused the credentials (401 Unauthorized)",
            "possible causes: wrong project id or API token, wrong space, missing scope Chat (tokenmint profile check tests them)",
        ),
        (402, 5, "example.signalwire.com refused the request (402)", ""),
        (
            403,
            4,
            "example.signalwire.com refused the credentials (403 Forbidden)",
            "the API token needs the scope Chat",
        ),
        (404, 5, "example.signalwire.com has no /api/chat/tokens (404)", "check the space name"),
        (
            408,
            5,
            "example.signalwire.com did not process the request (408)",
            "try again; if that does not help, check the proxies between this machine and the space",
        ),
        (413, 5, "example.signalwire.com refused the request (413)", ""),
        (
            421,
            5,
            "example.signalwire.com did not process the request (421)",
            "try again; if that does not help, check the proxies between this machine and the space",
        ),
        (422, 5, "example.signalwire.com refused the request (422)", ""),
        (
            425,
            5,
            "example.signalwire.com did not process the request (425)",
            "try again; if that does not help, check the proxies between this machine and the space",
        ),
        (429, 6, "example.signalwire.com is limiting requests (429)", "try again in a moment"),
        (499, 5, "example.signalwire.com refused the request (499)", ""),
        (500, 6, "example.signalwire.com failed (500); a token may have been created", UNCLEAR),
        (502, 6, "example.signalwire.com failed (502); a token may have been created", UNCLEAR),
        (503, 6, "example.signalwire.com is not available (503)", "try again later"),
        (504, 6, "example.signalwire.com failed (504); a token may have been created", UNCLEAR),
        (599, 6, "example.signalwire.com failed (599); a token may have been created", UNCLEAR),
        (999, 6, "example.signalwire.com failed (999); a token may have been created", UNCLEAR),
        (100, 6, "example.signalwire.com failed (100); a token may have been created", UNCLEAR),
    ] {
        for body in ["", "<html>canary</html>", "null", r#"{"token":"canary"}"#] {
            let expected = (exit, message.to_owned(), hint.to_owned());
            assert_eq!(refused(&received(status, body)), expected, "{status} {body}");
        }
    }
}

#[test]
fn the_documented_error_bodies_are_put_into_the_sentence() {
    let complaint = r#"{"errors":[{"type":"validation_error","code":"not_a_valid_json","message":"Permissions must be valid JSON","attribute":"permissions","url":"https://developer.signalwire.com/x"}]}"#;
    for (status, body, message, hint) in [
        (400, r#"{"error":"Bad Request"}"#, "example.signalwire.com refused the request (400): Bad Request", ""),
        (
            401,
            r#"{"error":"Unauthorized"}"#,
            "example.signalwire.com refused the credentials (401 Unauthorized)",
            "possible causes: wrong project id or API token, wrong space, missing scope Chat (tokenmint profile check tests them)",
        ),
        (
            403,
            r#"{"error":"Scope missing"}"#,
            "example.signalwire.com refused the credentials (403 Forbidden): Scope missing",
            "the API token needs the scope Chat",
        ),
        (
            404,
            r#"{"error":"Not Found"}"#,
            "example.signalwire.com has no /api/chat/tokens (404): Not Found",
            "check the space name",
        ),
        (
            422,
            complaint,
            "example.signalwire.com refused the request (422): --channel: Permissions must be valid JSON [not_a_valid_json]",
            "run tokenmint explain not_a_valid_json, or see https://developer.signalwire.com/x",
        ),
        (
            429,
            r#"{"error":"rate_limit_exceeded"}"#,
            "example.signalwire.com is limiting requests (429): rate_limit_exceeded",
            "try again in a moment",
        ),
        (
            500,
            r#"{"error":"Internal Server Error"}"#,
            "example.signalwire.com failed (500): Internal Server Error; a token may have been created",
            UNCLEAR,
        ),
        (
            503,
            r#"{"message":"PT0123456789abcdef0123456789abcdef is busy"}"#,
            "example.signalwire.com is not available (503): [redacted] is busy",
            "try again later",
        ),
    ] {
        let (_, said, advice) = refused(&received(status, body));
        assert_eq!((said.as_str(), advice.as_str()), (message, hint));
    }
}

#[test]
fn a_redirect_names_its_target_and_no_token() {
    let hint = "check the space name; following it could send the credentials to another server";
    for (status, location, message) in [
        (300, None, "example.signalwire.com answered with a redirect (300), which is not followed"),
        (
            302,
            Some("https://login.example/x?canary"),
            "example.signalwire.com answered with a redirect to login.example (302), which is not followed",
        ),
        (307, Some("/elsewhere"), "example.signalwire.com answered with a redirect (307), which is not followed"),
        (308, Some("::"), "example.signalwire.com answered with a redirect (308), which is not followed"),
        (399, None, "example.signalwire.com answered with a redirect (399), which is not followed"),
    ] {
        let answer = Received { location: location.map(str::to_owned), ..received(status, r#"{"token":"canary"}"#) };
        assert_eq!(refused(&answer), (6, message.to_owned(), hint.to_owned()));
    }
}

#[test]
fn a_success_gives_its_members() {
    for status in [200, 201, 202, 204, 299] {
        let body =
            r#"{"subscriber_id":"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0","token":"a.b.c","refresh_token":"r","x":1}"#;
        let mut success = judged(&received(status, body)).expect("a success");
        let mut taken = |name| success.take(name).map(|value| value.expose().to_owned());
        assert_eq!(taken("refresh_token").as_deref(), Some("r"));
        assert_eq!(taken("token").as_deref(), Some("a.b.c"));
        assert_eq!(taken("subscriber_id").as_deref(), Some("0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"));
        assert_eq!(taken("token"), None, "it was taken out");
        assert!(success.notes.is_empty());
    }
    let marked = judged(&received(200, "\u{feff}{\"token\":\"a\",\"refresh_token\":\"r\"}"));
    assert!(marked.is_ok(), "a byte order mark is no fault");
}

#[test]
fn what_a_missing_or_malformed_member_means_is_for_its_presence() {
    for body in [r#"{"token":"a"}"#, r#"{"token":"a","refresh_token":null,"subscriber_id":"a b"}"#] {
        let mut success = judged(&received(200, body)).expect("a success");
        assert_eq!(success.notes, [Note::Warning("the answer has no refresh_token".to_owned())]);
        assert!(success.take("refresh_token").is_none() && success.take("subscriber_id").is_none());
    }
    let secret = format!(r#"{{"token":"x{SECRET}x"}}"#);
    for (body, message) in [
        ("{}", "without a valid token; a token may have been created"),
        (r#"{"token":null}"#, "without a valid token; a token may have been created"),
        (r#"{"token":7}"#, "without a valid token; a token may have been created"),
        (r#"{"token":""}"#, "without a valid token; a token may have been created"),
        (r#"{"token":"a b"}"#, "without a valid token; a token may have been created"),
        (&secret, "without a valid token; a token may have been created"),
        (r#"{"token":"a","refresh_token":7}"#, "with an invalid refresh token; a token may have been created"),
        (r#"{"token":"a","refresh_token":"b c"}"#, "with an invalid refresh token; a token may have been created"),
        ("", "without one complete JSON object; a token may have been created"),
        ("[]", "without one complete JSON object; a token may have been created"),
    ] {
        let expected = (6, format!("example.signalwire.com answered 200 {message}"), UNCLEAR.to_owned());
        assert_eq!(refused(&received(200, body)), expected, "{body}");
    }
}

#[test]
fn a_body_over_the_limit_is_not_read() {
    let body = r#"{"token":"a","refresh_token":"r"}"#;
    let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
    assert!(judged(&received(200, padded(1_048_576))).is_ok());
    let message = "example.signalwire.com answered 200 with more than 1 MiB; a token may have been created";
    assert_eq!(refused(&received(200, padded(1_048_577))).1, message);
}

#[test]
fn a_body_that_is_not_json_is_named_by_its_plain_media_type_alone() {
    for (content_type, what) in [
        ("text/html", "with text/html instead of JSON"),
        ("Text/HTML; charset=utf-8", "with text/html instead of JSON"),
        ("application/problem+xml", "with application/problem+xml instead of JSON"),
        ("application/json; charset=utf-8", "without one complete JSON object"),
        ("", "without one complete JSON object"),
        ("text/canary canary", "with something other than JSON"),
        ("text/\u{1b}[31mcanary", "with something other than JSON"),
        ("a/0123456789012345678901234567890123456789", "with something other than JSON"),
    ] {
        let answer = Received { content_type: Some(content_type.to_owned()), ..received(200, "<html>canary</html>") };
        let message = format!("example.signalwire.com answered 200 {what}; a token may have been created");
        assert_eq!(refused(&answer).1, message, "{content_type}");
    }
}

#[test]
fn a_compressed_body_is_told_as_one() {
    for (coding, what) in [
        ("gzip", "with a compressed body (gzip), which was not asked for"),
        ("BR", "with a compressed body (br), which was not asked for"),
        ("gzip, canary", "with a compressed body, which was not asked for"),
        ("identity", "without one complete JSON object"),
    ] {
        let answer = Received { content_encoding: Some(coding.to_owned()), ..received(200, "\u{1f}canary") };
        let message = format!("example.signalwire.com answered 200 {what}; a token may have been created");
        assert_eq!(refused(&answer).1, message, "{coding}");
        let readable = Received { body: Zeroizing::new(br#"{"token":"a"}"#.to_vec()), ..answer };
        assert!(judged(&readable).is_ok(), "a header alone is no reason to lose a token");
    }
}

#[test]
fn only_short_plain_words_of_a_header_are_repeated() {
    let with = |content_type, content_encoding| Received { content_type, content_encoding, ..received(200, "") };
    let coded = |text: &str| coding(&with(None, Some(text.to_owned())));
    assert_eq!(coded("gzip").as_deref(), Some(" (gzip)"));
    assert_eq!(coded(&"z".repeat(19)), Some(format!(" ({})", "z".repeat(19))));
    assert_eq!(coded(&"z".repeat(20)).as_deref(), Some(""));
    assert_eq!(coded("g\u{1b}zip").as_deref(), Some(""));
    let typed = |text: &str| instead_of_json(&with(Some(text.to_owned()), None));
    assert_eq!(typed("text/html; charset=utf-8"), "with text/html instead of JSON");
    assert_eq!(typed(&"a".repeat(39)), format!("with {} instead of JSON", "a".repeat(39)));
    assert_eq!(typed(&"a".repeat(40)), "with something other than JSON");
    assert_eq!(typed("text/<b>"), "with something other than JSON");
    assert_eq!(typed("application/json"), "without one complete JSON object");
}
