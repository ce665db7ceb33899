//! Batch lines of the kinds that other tests mint one by one: guests with their second token, and Twilio's grants.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use predicates::constant::always;
use serde_json::{Value, json};

use crate::batch::lines;
use crate::harness::{ADDRESS, CHAT, GUEST, REFRESH, VIDEO, tokenmint};
use crate::server::Server;
use crate::twilio::{KEY, twilio};

#[test]
fn a_guest_line_has_both_tokens_and_overrides_the_flags() {
    let server = Server::minting();
    let input = "{\"id\":\"a\"}\n{\"expire_at\":4000000000}\n{\"allowed_addresses\":[]}\n";
    let run = tokenmint("guest -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --expire-at @4000003600 --batch - --jobs 1");
    let run = run.credentials(&server).stdin(input).stdout(always()).says("2 minted, 1 failed").exits(7);
    let lines = lines(&run.run().stdout);
    let minted =
        |line: i32, end: &str| json!({"line": line, "token": GUEST, "refresh_token": REFRESH, "expires_at": end});
    let mut first = minted(1, "2096-10-02T08:06:40Z");
    first["id"] = json!("a");
    // Further members may be added; these are promised.
    for (line, promised) in lines.iter().zip([first, minted(2, "2096-10-02T07:06:40Z")]) {
        for (key, value) in promised.as_object().expect("an object") {
            assert_eq!(&line[key], value, "{key} in {line}");
        }
    }
    assert_eq!((&lines[2]["line"], &lines[2]["error"]["exit"]), (&json!(3), &json!(2)), "{}", lines[2]);
    let bodies: Vec<Value> =
        server.requests().iter().map(|request| serde_json::from_str(&request.text()).expect("JSON")).collect();
    let body = |end: i64| json!({"allowed_addresses": [ADDRESS], "expire_at": end});
    assert_eq!(bodies, [body(4_000_003_600), body(4_000_000_000)]);
}

#[test]
fn a_dry_run_of_a_twilio_batch_shows_header_and_claims_of_each_line() {
    let input = "{\"id\":7,\"ttl\":\"2h\"}\n{\"identity\":\"bob\",\"video\":\"standup\"}\n{\"ttl\":\"25h\"}\n";
    let run = twilio("twilio --identity alice --video --region us1 --batch - --dry-run").stdin(input);
    let lines = lines(&run.stdout(always()).says("2 shown, 1 failed").exits(7).run().stdout);
    let life = |line: &Value| {
        line["claims"]["exp"].as_i64().zip(line["claims"]["iat"].as_i64()).map(|(end, start)| end - start)
    };
    assert_eq!((&lines[0]["line"], &lines[0]["id"]), (&json!(1), &json!(7)));
    assert_eq!(lines[0]["header"], json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1", "twr": "us1"}));
    assert_eq!(lines[0]["claims"]["grants"], json!({"identity": "alice", "video": {}}));
    assert_eq!((life(&lines[0]), &lines[0]["claims"]["iss"]), (Some(7_200), &json!(KEY)));
    assert_eq!(lines[1]["claims"]["grants"], json!({"identity": "bob", "video": {"room": "standup"}}));
    assert_eq!(life(&lines[1]), Some(3_600));
    assert_eq!(lines[2]["error"]["exit"], 2);
    assert!(lines.iter().all(|line| line.get("token").is_none()), "{lines:?}");
}

#[test]
fn a_grant_in_a_line_may_be_an_object_a_text_or_a_list_of_texts() {
    let input = [
        json!({"grant": {"one": {"a": 1}}}),
        json!({"grant": "one={\"a\":1}"}),
        json!({"grant": ["one={\"a\":1}", "two={}"]}),
        json!({"grant": []}),
        json!({"grant": ["one={}", "one={}"]}),
        json!({"grant": "one"}),
        json!({"grant": ["one=[]"]}),
        json!({"grant": [{"one": {}}]}),
        json!({"grant": 7}),
    ];
    let text = input.iter().fold(String::new(), |text, line| text + &line.to_string() + "\n");
    let run = twilio("twilio --identity alice --video --batch -").stdin(text).exits(7);
    let lines = lines(&run.stdout(always()).says("4 minted, 5 failed").run().stdout);
    let grants = |line: &Value| {
        let part = line["token"].as_str().and_then(|token| token.split('.').nth(1)).expect("a token");
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON");
        claims["grants"].clone()
    };
    let one = json!({"identity": "alice", "video": {}, "one": {"a": 1}});
    assert_eq!((grants(&lines[0]), grants(&lines[1])), (one.clone(), one));
    assert_eq!(grants(&lines[2]), json!({"identity": "alice", "video": {}, "one": {"a": 1}, "two": {}}));
    assert_eq!(grants(&lines[3]), json!({"identity": "alice", "video": {}}));
    for line in &lines[4..] {
        assert_eq!((&line["error"]["exit"], &line["error"]["code"]), (&json!(2), &json!("usage")), "{line}");
        assert!(line["error"]["message"].as_str().is_some_and(|message| message.contains("grant")), "{line}");
    }
}

#[test]
fn a_key_given_twice_is_refused_and_named() {
    let server = Server::unused();
    for (line, flag, value, key) in [
        ("chat --ttl 1h", "--channels", r#"{"lobby":{"read":true},"lobby":{"write":true}}"#, "lobby"),
        (CHAT, "--body", r#"{"member_id":"a","member_id":"b"}"#, "member_id"),
        (VIDEO, "--body", r#"{"permissions":[],"permissions":["room.lock"]}"#, "permissions"),
        // The same key in another spelling of JSON.
        ("chat --ttl 1h", "--channels", r#"{"lobby":{"read":true},"\u006cobby":{"write":true}}"#, "lobby"),
    ] {
        let run = tokenmint(line).credentials(&server).args([flag, value]);
        run.says_all(&[flag, &format!("'{key}' twice")]).fails(2).run();
    }
}
