//! What the service may answer, and what becomes of it: a token, or the exit code of the table with nothing on stdout.
//! The text of an answer is somebody else's and is shown clean, without secrets, and short.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::{
    ADDRESS, API_TOKEN, BASIC, CHAT, GUEST, GUEST_COMMAND, PROJECT, PUBSUB, Run, TOKEN, VIDEO, tokenmint,
};
use crate::server::{Answer, Request, Server};

/// This command gets this answer, fails with this code and says these; the server is asked once.
fn fails(line: &str, answer: Answer, code: i32, parts: &[&str]) {
    let server = Server::answering([answer]);
    tokenmint(line).credentials(&server).says_all(parts).fails(code).run();
    server.calls(1);
}

/// A success with this body is not believed, and nothing of it is shown.
fn disbelieved(body: impl Into<Vec<u8>>) {
    let server = Server::answering([Answer::json(200, body)]);
    tokenmint(CHAT).credentials(&server).hides("LEAKED").hides("panicked").fails(6).run();
    server.calls(1);
}

/// A success with this answer is believed.
fn believed(answer: Answer, token: &str) {
    let server = Server::answering([answer]);
    tokenmint(CHAT).credentials(&server).prints(format!("{token}\n")).run();
    server.calls(1);
}

/// The error object of a run that fails.
fn error_of(run: Run, code: i32) -> Value {
    run.args(["-o", "json"]).fails(code).run().error()
}

#[test]
fn refusals_have_the_exit_code_of_the_table() {
    let error = |status: u16, text: &str| Answer::json(status, json!({ "error": text }).to_string());
    fails(CHAT, error(400, "Bad Request"), 5, &["400"]);
    fails(CHAT, error(401, "Unauthorized"), 4, &["401", "Chat"]);
    fails(CHAT, error(403, "Forbidden"), 4, &["403", "Chat"]);
    fails(PUBSUB, error(401, "Unauthorized"), 4, &["PubSub"]);
    fails(GUEST_COMMAND, error(401, "Unauthorized"), 4, &["Voice", "Messaging", "Fax", "Video"]);
    fails(VIDEO, error(401, "Unauthorized"), 4, &["Video"]);
    for line in [CHAT, PUBSUB, GUEST_COMMAND, VIDEO] {
        fails(line, error(404, "Not Found"), 5, &["404"]);
        for status in [402, 405, 409, 410, 413, 415, 418, 451] {
            fails(line, error(status, "No"), 5, &[&status.to_string()]);
        }
        for status in [501, 505, 520, 599] {
            fails(line, error(status, "No"), 6, &[&status.to_string()]);
        }
    }
}

#[test]
fn a_refusal_need_not_be_json() {
    for (status, code) in [(400, 5), (401, 4), (403, 4), (404, 5), (422, 5), (500, 6)] {
        for body in [
            "",
            "<html><body>No</body></html>",
            "[]",
            "null",
            "{\"errors\":7}",
            "{\"errors\":[7]}",
            "{\"error\":{\"a\":1}}",
            "{",
            "\u{feff}{}",
        ] {
            fails(CHAT, Answer::Full(status, Vec::new(), body.into()), code, &[&status.to_string()]);
        }
    }
}

#[test]
fn a_complaint_names_our_flag() {
    let guest_ttl = format!("{GUEST_COMMAND} --ttl 1h");
    let guest_end = format!("{GUEST_COMMAND} --expire-at +1h");
    let rows: Vec<(&str, &str, Option<&str>)> = vec![
        (CHAT, "ttl", Some("--ttl")),
        (CHAT, "channels", Some("--channel")),
        (CHAT, "permissions", Some("--channel")),
        (CHAT, "member_id", Some("--member-id")),
        (CHAT, "state", Some("--state")),
        (PUBSUB, "permissions", Some("--channel")),
        (PUBSUB, "channels", Some("--channel")),
        (PUBSUB, "ttl", Some("--ttl")),
        (GUEST_COMMAND, "allowed_addresses", Some("--allowed-address")),
        (GUEST_COMMAND, "expire_at", Some("--expire-at")),
        (&guest_end, "expire_at", Some("--expire-at")),
        (&guest_ttl, "expire_at", Some("--ttl")),
        (GUEST_COMMAND, "region", Some("--region")),
        (GUEST_COMMAND, "ch", Some("--ch")),
        (VIDEO, "room_name", Some("--room-name")),
        (VIDEO, "user_name", Some("--user-name")),
        (VIDEO, "permissions", Some("--permission")),
        (VIDEO, "join_from", Some("--join-from")),
        (VIDEO, "join_until", Some("--join-until")),
        (VIDEO, "remove_at", Some("--remove-at")),
        (VIDEO, "remove_after_seconds_elapsed", Some("--remove-after-seconds-elapsed")),
        (VIDEO, "join_audio_muted", Some("--join-audio-muted")),
        (VIDEO, "join_video_muted", Some("--join-video-muted")),
        (VIDEO, "auto_create_room", Some("--auto-create-room")),
        (VIDEO, "enable_room_previews", Some("--enable-room-previews")),
        (VIDEO, "room_display_name", Some("--room-display-name")),
        (VIDEO, "end_room_session_on_leave", Some("--end-room-session-on-leave")),
        (VIDEO, "join_as", Some("--join-as")),
        (VIDEO, "media_allowed", Some("--media-allowed")),
        (VIDEO, "room_meta", Some("--room-meta")),
        (VIDEO, "meta", Some("--meta")),
        (VIDEO, "sync_audio_video", Some("--sync-audio-video")),
        (CHAT, "name", None),
        (CHAT, "room_name", None),
        (CHAT, "timeout", None),
    ];
    for (line, attribute, flag) in rows {
        fails(line, Answer::complaint(attribute, "It is wrong"), 5, &["It is wrong", flag.unwrap_or("")]);
        let server = Server::answering([Answer::complaint(attribute, "It is wrong")]);
        let error = error_of(tokenmint(line).credentials(&server), 5);
        assert_eq!(
            (&error["code"], &error["exit"], &error["status"]),
            (&json!("request_refused"), &json!(5), &json!(422)),
            "{line}"
        );
        let mut expected = json!({
            "type": "validation_error", "code": "invalid_parameter", "message": "It is wrong", "attribute": attribute,
            "url": "https://signalwire.com/docs/errors#invalid_parameter",
        });
        if let Some(flag) = flag {
            expected["flag"] = json!(flag);
        }
        assert_eq!(error["details"], json!([expected]), "{line} {attribute}");
    }
}

#[test]
fn several_complaints_are_all_shown() {
    let body = json!({"errors": [
        {"type": "validation_error", "code": "missing_required_parameter", "message": "First sentence", "attribute": "ttl", "url": "u"},
        {"type": "validation_error", "code": "invalid_parameter", "message": "Second sentence", "attribute": null, "url": "u"},
        {"type": "validation_error", "code": "invalid_parameter", "message": "Third sentence", "url": "u"},
    ]});
    fails(
        CHAT,
        Answer::json(422, body.to_string()),
        5,
        &["First sentence", "Second sentence", "Third sentence", "--ttl", "missing_required_parameter"],
    );
    let server = Server::answering([Answer::json(422, body.to_string())]);
    let details = error_of(tokenmint(CHAT).credentials(&server), 5)["details"].clone();
    assert_eq!(details.as_array().map(Vec::len), Some(3), "{details}");
    assert!(
        details[1].get("attribute").is_none() && details[2].get("flag").is_none(),
        "absent parts are left out: {details}"
    );
}

#[test]
fn a_json_error_says_what_the_exit_code_says() {
    for (status, code, word) in [
        (401, 4, "credentials_refused"),
        (403, 4, "credentials_refused"),
        (404, 5, "request_refused"),
        (500, 6, "unavailable"),
    ] {
        let server = Server::answering([Answer::json(status, r#"{"error":"No"}"#)]);
        let error = error_of(tokenmint(CHAT).credentials(&server), code);
        assert_eq!((&error["code"], &error["exit"], &error["status"]), (&json!(word), &json!(code), &json!(status)));
    }
    let error = error_of(tokenmint(CHAT), 3);
    assert_eq!((&error["code"], &error["exit"]), (&json!("configuration"), &json!(3)));
    assert!(error.get("status").is_none() && error.get("details").is_none(), "absent parts are left out: {error}");
    assert!(error["hint"].is_string(), "{error}");
}

#[test]
fn any_success_with_a_token_is_a_success() {
    let body = |token: &str| json!({ "token": token }).to_string();
    for status in [200, 201, 202, 203] {
        believed(Answer::json(status, body(TOKEN)), TOKEN);
    }
    believed(Answer::Full(200, Vec::new(), body(TOKEN).into()), TOKEN);
    believed(Answer::Full(200, vec![("Content-Type".into(), "text/html".into())], body(TOKEN).into()), TOKEN);
    believed(Answer::json(200, format!(" \r\n\t{}\n", body(TOKEN))), TOKEN);
    believed(Answer::json(200, format!(r#"{{"later":[1],"token":"{TOKEN}","more":null}}"#)), TOKEN);
    believed(Answer::json(200, r#"{"tok\u0065n":"\u0061bc"}"#), "abc");
    believed(Answer::json(200, body("x")), "x");
    believed(Answer::json(200, format!("\u{feff}{}", body("x"))), "x");
    let alphabet = "AZaz09._~+/=-";
    believed(Answer::json(200, body(alphabet)), alphabet);
    let longest = "a".repeat(65_536);
    believed(Answer::json(200, body(&longest)), &longest);
    let padding = 1_048_576 - body(TOKEN).len();
    believed(Answer::json(200, format!("{}{}", body(TOKEN), " ".repeat(padding))), TOKEN);
    believed(Answer::Raw(format!("HTTP/1.1 200 OK\r\n\r\n{}", body(TOKEN)).into()), TOKEN);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        body(TOKEN).len(),
        body(TOKEN)
    );
    believed(Answer::Raw(chunked.into()), TOKEN);
}

#[test]
fn a_success_without_a_token_is_not_believed() {
    for body in [
        "",
        " ",
        "<!DOCTYPE html><html>LEAKED</html>",
        "LEAKED",
        "null",
        "\"LEAKED\"",
        "7",
        "[\"LEAKED\"]",
        "[{\"token\":\"LEAKED\"}]",
        "{}",
        r#"{"Token":"LEAKED"}"#,
        r#"{"token":null}"#,
        r#"{"token":7}"#,
        r#"{"token":""}"#,
        r#"{"token":["LEAKED"]}"#,
        r#"{"token":{"token":"LEAKED"}}"#,
        r#"{"token":"LEAKED\nb"}"#,
        r#"{"token":"LEAKED\n"}"#,
        r#"{"token":"LEAKED b"}"#,
        r#"{"token":" LEAKED"}"#,
        r#"{"token":"LEAKED\u0000"}"#,
        r#"{"token":"LEAKED\u001b[31m"}"#,
        r#"{"token":"LEAKEDé"}"#,
        r#"{"token":"LEAKED'"}"#,
        r#"{"token":"$(LEAKED)"}"#,
        r#"{"token":"LEAKED;id"}"#,
        "\u{feff}\u{feff}{\"token\":\"LEAKED\"}",
        r#"{"token":"LEAKED"}x"#,
        r#"{"token":"LEAKED"}{}"#,
        r#"{"token":"LEAKED"} {"token":"b"}"#,
        r#"{"token":"LEAKED","token":"LEAKED"}"#,
        r#"{"token":"a","tok\u0065n":"LEAKED"}"#,
        r#"{"token":"LEAKED""#,
        r#"{"token":"LEAKED"#,
        r#"{"token":"LEAKED",}"#,
        r#"{token:"LEAKED"}"#,
        r#"{"error":"LEAKED"}"#,
    ] {
        disbelieved(body);
    }
    disbelieved(format!(r#"{{"token":"{}"}}"#, "a".repeat(65_537)));
    disbelieved(format!(r#"{{"token":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000)));
    disbelieved(b"{\"token\":\"LEAKED\xff\"}".to_vec());
    disbelieved(b"\xff\xfe{\0\"\0".to_vec());
    let body = format!(r#"{{"token":"{TOKEN}"}}"#);
    disbelieved(format!("{body}{}", " ".repeat(1_048_577 - body.len())));
    disbelieved(format!(r#"{{"filler":"{}","token":"LEAKED"}}"#, "a".repeat(3_000_000)));
}

#[test]
fn an_html_page_is_told_as_one() {
    let page = Answer::Full(
        200,
        vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
        "<html>Sign in</html>".into(),
    );
    fails(CHAT, page, 6, &["text/html"]);
}

#[test]
fn a_compressed_answer_was_not_asked_for() {
    let answer = Answer::json(200, b"\x1f\x8b\x08\0LEAKED".to_vec()).header("Content-Encoding", "gzip");
    fails(CHAT, answer, 6, &[]);
}

#[test]
fn a_guest_token_should_come_with_a_refresh_token() {
    for body in [json!({"token": GUEST}), json!({"token": GUEST, "other": 1})] {
        let server = Server::answering([Answer::json(201, body.to_string())]);
        tokenmint(GUEST_COMMAND)
            .credentials(&server)
            .says_all(&["warning", "refresh"])
            .prints(format!("{GUEST}\n"))
            .run();
        let run = tokenmint(GUEST_COMMAND).args(["-o", "json"]).credentials(&server);
        let object = run.stdout(predicates::str::starts_with("{")).run().json();
        assert!(object["refresh_token"].is_null() && object["warnings"].to_string().contains("refresh"), "{object}");
    }
    for refresh in
        [json!(""), json!(7), json!("LEAKED b"), json!("LEAKED\n"), json!(["LEAKED"]), json!("a".repeat(65_537))]
    {
        let body = json!({"token": GUEST, "refresh_token": refresh}).to_string();
        let server = Server::answering([Answer::json(201, body)]);
        tokenmint(GUEST_COMMAND).credentials(&server).hides("LEAKED").hides(GUEST).fails(6).run();
    }
}

/// Runs against a server that puts this text, and whatever it can repeat of the request, in every place we may show.
fn shown(make: Place, text: &str, code: i32) -> String {
    let text = text.to_owned();
    let server = Server::answering([Answer::With(Arc::new(move |request: &Request| {
        let authorization = request.header("authorization").unwrap_or_default();
        make(
            &text
                .replace("AUTHORIZATION", authorization)
                .replace("SECRET", API_TOKEN)
                .replace("PAIR", &format!("{PROJECT}:{API_TOKEN}")),
        )
    }))]);
    tokenmint(CHAT).args(["--retries", "0"]).credentials(&server).fails(code).run().stderr
}

/// An answer with a text in one of its places.
type Place = fn(&str) -> Answer;

/// The places of an answer whose text may reach a person, with the exit code of each.
const PLACES: [(Place, i32); 5] = [
    (|text| Answer::complaint("ttl", text), 5),
    (|text| Answer::complaint(text, "No"), 5),
    (|text| Answer::json(400, json!({ "error": text }).to_string()), 5),
    (|text| Answer::Full(401, Vec::new(), text.into()), 4),
    (|text| Answer::Full(500, Vec::new(), text.into()), 6),
];

#[test]
fn control_characters_of_the_service_are_taken_out() {
    let text = "a\u{1b}[31mb\u{9b}2Jc\u{7f}d\u{202e}e\u{2066}f\u{200b}g\u{7}\u{8}h\u{85}i\rj\u{1b}]0;title\u{7}\u{1b}";
    for (make, code) in PLACES {
        let stderr = shown(make, text, code);
        let steering = |character: char| {
            (character.is_control() && character != '\n')
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        assert!(!stderr.contains(steering), "{stderr:?}");
    }
}

#[test]
fn no_line_of_ours_is_a_workflow_command_of_the_service() {
    for (make, code) in PLACES {
        for text in [
            "::add-mask::x",
            "a\n::add-mask::x",
            "a\r\n::set-output name=x::y",
            "a\u{2028}::stop-commands::z",
            "##[error]x\n##[command]y",
        ] {
            let stderr = shown(make, text, code);
            let command = |line: &str| line.trim_start().starts_with("::") || line.trim_start().starts_with("##[");
            assert!(!stderr.lines().any(command), "{stderr:?}");
        }
    }
}

#[test]
fn secrets_that_the_service_repeats_are_taken_out() {
    // The harness looks for the API token and the pair in every run; controls inside must not hide one.
    for (make, code) in PLACES {
        let interrupted: String = API_TOKEN.chars().flat_map(|character| [character, '\u{200b}']).collect();
        for text in [
            "AUTHORIZATION",
            "got SECRET here",
            "PAIR",
            BASIC,
            &interrupted,
            &format!("{}AUTHORIZATION", "x".repeat(280)),
        ] {
            let stderr = shown(make, text, code);
            assert!(!stderr.contains(&API_TOKEN[..24]) && !stderr.contains(&BASIC[60..100]), "{stderr:?}");
        }
    }
}

#[test]
fn long_texts_of_the_service_are_cut() {
    for (make, code) in PLACES {
        let stderr = shown(make, &"Q".repeat(5_000), code);
        assert!(stderr.matches('Q').count() <= 300, "{stderr:?}");
    }
}

#[test]
fn a_reflected_address_is_no_secret() {
    fails(
        &format!("guest -a {ADDRESS}"),
        Answer::complaint("allowed_addresses", "The addresses must belong to the project"),
        5,
        &["The addresses must belong to the project", "--allowed-address"],
    );
}

#[test]
fn a_page_is_named_only_where_it_is_one() {
    for (url, named) in [("https://signalwire.com/docs", true), ("javascript:alert(1)", false), ("u", false)] {
        let entry = json!({"errors": [{"code": "c", "message": "It is wrong", "attribute": "ttl", "url": url}]});
        let server = Server::answering([Answer::json(422, entry.to_string())]);
        let said = tokenmint(CHAT).credentials(&server).says("It is wrong").fails(5).run().stderr;
        assert_eq!(said.contains(&format!("see {url}")), named, "{said}");
    }
}

/// Header `{"alg":"HS512","typ":"CRT"}`, claims `{"iat":1000000000,"t":60}`: its hour was in 2001.
#[test]
fn a_token_that_has_ended_already_is_warned_of() {
    let token = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCJ9.eyJpYXQiOjEwMDAwMDAwMDAsInQiOjYwfQ.c2lnbmF0dXJl";
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{token}"}}"#))]);
    let run = tokenmint(CHAT).credentials(&server).prints(format!("{token}\n"));
    run.says_all(&["warning", "already expired", "clock"]).run();
}
