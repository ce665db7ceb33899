//! Subscriber tokens: what is sent, what comes back, and a password that is shown nowhere. Bodies are those of the
//! service's reference, written out by hand.

use predicates::prelude::*;
use predicates::str::{contains, ends_with};
use serde_json::json;

use crate::harness::{BASIC, GUEST, REFRESH, Run, SUBSCRIBER, SUBSCRIBER_ID, tokenmint};
use crate::server::{Answer, Server};

/// A password that no output may show.
const PASSWORD: &str = "correct-horse-7c9d2f0a51";
/// The JWK thumbprint of RFC 7638, section 3.1.
const THUMBPRINT: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

/// What arrives when this runs.
fn sent(run: Run) -> String {
    let server = Server::minting();
    run.arg("-q").credentials(&server).stdout(ends_with("\n")).run();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/api/fabric/subscribers/tokens"));
    request.text()
}

fn check(rows: &[(&[&str], &str)]) {
    for (args, body) in rows {
        assert_eq!(sent(tokenmint("subscriber").args(*args)), *body, "{args:?}");
    }
}

/// Refused before anything is sent.
fn refuse(args: &[&str], parts: &[&str]) {
    let server = Server::unused();
    tokenmint(SUBSCRIBER).args(args).credentials(&server).fails(2).says_all(parts).run();
}

#[test]
fn every_subscriber_field_has_its_flag() {
    check(&[
        (&["--reference", "alice@example.com"], r#"{"reference":"alice@example.com"}"#),
        (&["--reference", "a", "--expire-at", "2096-10-02T07:06:40Z"], r#"{"reference":"a","expire_at":4000000000}"#),
        (&["--reference", "a", "--expires-at", "@4000000000"], r#"{"reference":"a","expire_at":4000000000}"#),
        (
            &["--reference", "a", "--application-id", "0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"],
            r#"{"reference":"a","application_id":"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"}"#,
        ),
        (
            &["--reference", "a", "--scope", "sat:refresh", "--fingerprint", THUMBPRINT],
            r#"{"reference":"a","fingerprint":"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs","scope":"sat:refresh"}"#,
        ),
        (
            &[
                "--company-name",
                "Acme \"Inc\"",
                "--country",
                "DE",
                "--display-name",
                "Zoë",
                "--first-name",
                "Zoë",
                "--job-title",
                "Lead",
                "--last-name",
                "Lee",
                "--region",
                "us-central",
                "--time-zone",
                "Europe/Berlin",
                "--reference",
                "a",
            ],
            concat!(
                r#"{"reference":"a","first_name":"Zoë","last_name":"Lee","display_name":"Zoë","job_title":"Lead","#,
                r#""time_zone":"Europe/Berlin","country":"DE","region":"us-central","company_name":"Acme \"Inc\""}"#,
            ),
        ),
        (&["--body", r#"{"new_field":1.0,"reference":"b"}"#], r#"{"new_field":1.0,"reference":"b"}"#),
    ]);
}

#[test]
fn a_ttl_is_sent_as_the_time_of_expiry() {
    let before = jiff::Timestamp::now().as_second();
    let body = sent(tokenmint(SUBSCRIBER).args(["--ttl", "15m"]));
    let after = jiff::Timestamp::now().as_second();
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let expiry = body["expire_at"].as_i64().expect("seconds");
    assert!((before + 900..=after + 900).contains(&expiry), "{body}");
}

#[test]
fn the_answer_is_passed_on_with_the_id_of_the_subscriber() {
    let server = Server::minting();
    let run = tokenmint(SUBSCRIBER).args(["--expire-at", "@4000000000", "-o", "json"]).credentials(&server);
    let object = run.stdout(contains("subscriber_id")).run().json();
    for (key, value) in [
        ("kind", json!("subscriber")),
        ("token", json!(GUEST)),
        ("refresh_token", json!(REFRESH)),
        ("subscriber_id", json!(SUBSCRIBER_ID)),
        ("expires_at", json!("2096-10-02T07:06:40Z")),
    ] {
        assert_eq!(object[key], value, "{key}");
    }
    let server = Server::minting();
    tokenmint(SUBSCRIBER)
        .args(["-o", "export"])
        .credentials(&server)
        .prints(format!(
            "export SIGNALWIRE_SUBSCRIBER_TOKEN='{GUEST}'\nexport SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN='{REFRESH}'\n"
        ))
        .run();
}

#[test]
fn a_batch_line_carries_the_id_too() {
    let server = Server::minting();
    let outcome = tokenmint("subscriber --batch - --jobs 1 --expire-at @4000000000")
        .stdin("{\"id\":7,\"reference\":\"a\"}\n{\"reference\":\"\"}\n")
        .credentials(&server)
        .exits(7)
        .stdout(contains("subscriber_id"))
        .says("1 minted, 1 failed")
        .run();
    let lines: Vec<serde_json::Value> =
        outcome.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((&lines[0]["id"], &lines[0]["subscriber_id"]), (&json!(7), &json!(SUBSCRIBER_ID)));
    assert_eq!((&lines[0]["token"], &lines[0]["refresh_token"]), (&json!(GUEST), &json!(REFRESH)));
    assert!(lines[1]["error"]["message"].as_str().is_some_and(|said| said.contains("reference")), "{}", lines[1]);
    assert_eq!(server.request().text(), r#"{"expire_at":4000000000,"reference":"a"}"#);
}

#[test]
fn an_answer_without_a_companion_is_a_warning_and_with_a_malformed_one_a_failure() {
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{GUEST}"}}"#))]);
    let run = tokenmint(SUBSCRIBER).args(["-o", "json"]).credentials(&server).stdout(contains("warnings"));
    let object = run.run().json();
    assert_eq!((&object["refresh_token"], &object["subscriber_id"]), (&json!(null), &json!(null)));
    assert_eq!(object["warnings"].as_array().map(Vec::len), Some(2), "{object}");
    for companion in [r#""refresh_token":"a b""#, r#""refresh_token":7"#, r#""subscriber_id":"a\"b""#] {
        let body = format!(
            r#"{{"token":"{GUEST}","refresh_token":"{REFRESH}","subscriber_id":"{SUBSCRIBER_ID}",{companion}}}"#
        );
        let body = if companion.contains("subscriber") {
            format!(r#"{{"token":"{GUEST}","refresh_token":"{REFRESH}",{companion}}}"#)
        } else {
            body.replacen(&format!(r#""refresh_token":"{REFRESH}","#), "", 1)
        };
        let server = Server::answering([Answer::json(200, body)]);
        tokenmint(SUBSCRIBER).credentials(&server).fails(6).says("invalid").run();
    }
}

#[test]
fn a_password_comes_from_a_file_or_stdin_without_its_final_newline() {
    for ending in ["", "\n", "\r\n"] {
        let run = tokenmint(SUBSCRIBER).file("password", &format!("{PASSWORD}{ending}"), 0o600);
        let place = format!("@{}", run.path("password").display());
        let body = sent(run.hides(PASSWORD).arg("--password").arg(place));
        assert_eq!(body, format!(r#"{{"reference":"alice@example.com","password":"{PASSWORD}"}}"#));
    }
    let body = sent(tokenmint(SUBSCRIBER).args(["--password", "-"]).stdin("a \"b\"\n\n"));
    assert_eq!(body, r#"{"reference":"alice@example.com","password":"a \"b\"\n"}"#);
}

#[test]
fn an_empty_password_in_a_line_or_a_body_is_sent_for_the_service_to_leave_the_old_one() {
    let line = r#"{"reference":"a","password":""}"#;
    let server = Server::minting();
    let run = tokenmint("subscriber --batch -").credentials(&server).stdin(format!("{line}\n"));
    run.stdout(contains("token")).says("1 minted").run();
    assert_eq!(server.request().text(), line);
    assert_eq!(sent(tokenmint("subscriber --body -").stdin(line)), line);
}

#[test]
fn the_request_is_the_documented_one() {
    let server = Server::minting();
    tokenmint(SUBSCRIBER).credentials(&server).prints(format!("{GUEST}\n")).run();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/api/fabric/subscribers/tokens"));
    assert_eq!(request.text(), r#"{"reference":"alice@example.com"}"#);
    assert_eq!(request.header("authorization"), Some(format!("Basic {BASIC}").as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[test]
fn the_documented_422_names_the_flag() {
    let body = r#"{"errors":[{"type":"validation_error","code":"missing_required_parameter","message":"Required parameter is missing","attribute":"reference","url":"https://signalwire.com/docs/apis/error-codes"}]}"#;
    let server = Server::answering([Answer::json(422, body)]);
    let run = tokenmint(SUBSCRIBER).args(["-o", "json"]).credentials(&server).exits(5);
    let detail = json!({
        "type": "validation_error", "code": "missing_required_parameter", "message": "Required parameter is missing",
        "attribute": "reference", "flag": "--reference", "url": "https://signalwire.com/docs/apis/error-codes",
    });
    assert_eq!(run.stderr(contains("error")).run().error()["details"], json!([detail]));
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    for args in [["--password", PASSWORD], ["--body", &body]] {
        let run = tokenmint(SUBSCRIBER).args(args).credentials(&Server::unused()).hides(PASSWORD);
        run.fails(2).says_all(&["password", "@FILE"]).run();
    }
    refuse(&["--password", ""], &["--password", "@FILE"]);
    let run = tokenmint(SUBSCRIBER).args(["--password", "-"]).stdin("\n").credentials(&Server::unused());
    run.fails(2).says("--password is empty").run();
}

#[test]
fn a_password_is_shown_on_none_of_the_ways_out() {
    let with_password = |line: &str| {
        let run = tokenmint(&format!("{SUBSCRIBER} --password - {line}")).stdin(PASSWORD).hides(PASSWORD);
        run.hides("Y29ycmVjdC1ob3JzZS03YzlkMmYwYTUx")
    };
    for (line, shown) in [
        ("--dry-run", r#"{"reference":"alice@example.com","password":"[redacted]"}"#),
        ("--dry-run -o json", r#""body":{"reference":"alice@example.com","password":"[redacted]"}"#),
    ] {
        with_password(line).stdout(contains(shown)).run();
    }
    let curl = with_password("--curl")
        .stdout(contains("${SIGNALWIRE_SUBSCRIBER_PASSWORD:?").and(contains("--data-binary @-")));
    curl.says("SIGNALWIRE_SUBSCRIBER_PASSWORD").run();
    let dry = tokenmint("subscriber --batch - --dry-run").hides(PASSWORD);
    let dry = dry.stdin(format!("{{\"reference\":\"a\",\"password\":\"{PASSWORD}\"}}\n"));
    dry.stdout(contains("[redacted]")).says("1 shown").run();

    let server = Server::minting();
    with_password("-v").credentials(&server).stdout(ends_with("\n")).says("POST").run();
    // A service that repeats it, plain and in base64.
    for echo in [PASSWORD, "Y29ycmVjdC1ob3JzZS03YzlkMmYwYTUx"] {
        let server = Server::answering([Answer::complaint("password", &format!("Password {echo} is too weak"))]);
        with_password("-v").credentials(&server).fails(5).says_all(&["--password", "is too weak"]).run();
        let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{echo}"}}"#))]);
        with_password("").credentials(&server).fails(6).says("without a valid token").run();
    }
}

#[cfg(unix)]
#[test]
fn the_curl_command_demands_the_password_and_sends_the_same_bytes() {
    if !crate::harness::installed("curl") {
        return;
    }
    let server = Server::minting();
    let run = tokenmint(&format!("{SUBSCRIBER} --password - --curl -q")).stdin("it's \"so\"").credentials(&server);
    let command = run.stdout(contains("curl")).run().stdout;
    let sh = |password: Option<&str>| {
        let mut sh = std::process::Command::new("sh");
        sh.args(["-c", &command]).env("SIGNALWIRE_PROJECT_ID", "p").env("SIGNALWIRE_API_TOKEN", "t");
        sh.envs(password.map(|password| ("SIGNALWIRE_SUBSCRIBER_PASSWORD", password)));
        sh.env("NO_PROXY", "127.0.0.1").output().expect("sh starts").status.success()
    };
    assert!(!sh(None));
    assert!(sh(Some(r#""it's \"so\"""#)));
    assert_eq!(server.request().text(), r#"{"reference":"alice@example.com","password":"it's \"so\""}"#);
}

#[test]
fn limits_are_checked_before_anything_is_sent() {
    for (args, parts) in [
        (&["--fingerprint", &THUMBPRINT[1..]][..], &["--fingerprint", "43", "42"][..]),
        (&["--fingerprint", &format!("{THUMBPRINT}=")], &["--fingerprint", "43", "44"]),
        (&["--fingerprint", &THUMBPRINT.replace('-', "+")], &["--fingerprint", "43"]),
        (&["--scope", "sat:other"], &["--scope", "sat:refresh"]),
        (&["--application-id", "7"], &["--application-id", "UUID"]),
        (&["--ttl", "1h", "--expire-at", "+2h"], &["--ttl", "--expire-at"]),
        (&["--expire-at", "@1"], &["--expire-at", "future"]),
        (&["--ttl", "60"], &["--ttl", "60m or 60s?"]),
        (&["--display-name", ""], &["--display-name", "empty"]),
    ] {
        refuse(args, parts);
    }
    tokenmint("subscriber")
        .credentials(&Server::unused())
        .fails(2)
        .says_all(&["missing --reference", "hint: tokenmint subscriber --reference NAME"])
        .run();
    tokenmint("subscriber --reference").arg("").credentials(&Server::unused()).fails(2).says("empty").run();
}

#[test]
fn a_token_that_renews_itself_unbound_lives_one_minute_with_a_warning() {
    let server = Server::minting();
    let run = tokenmint(&format!("{SUBSCRIBER} --scope sat:refresh -o json")).credentials(&server);
    let object = run.stdout(contains("warnings")).run().json();
    let left = object["expires_in"].as_i64().expect("seconds");
    assert!((58..=60).contains(&left), "{object}");
    assert!(object["warnings"][0].as_str().is_some_and(|text| text.contains("one minute")), "{object}");
    let server = Server::minting();
    let run = tokenmint(&format!("{SUBSCRIBER} --region mars")).credentials(&server);
    run.stdout(ends_with("\n")).says_all(&["warning", "--region", "us-central"]).run();
}

#[test]
fn a_422_names_the_flag_of_its_attribute() {
    for (attribute, args, flag) in [
        ("reference", &[][..], "--reference"),
        ("expire_at", &[], "--expire-at"),
        ("expire_at", &["--ttl", "1h"], "--ttl"),
        ("application_id", &[], "--application-id"),
        ("password", &[], "--password"),
        ("fingerprint", &[], "--fingerprint"),
        ("scope", &[], "--scope"),
        ("first_name", &[], "--first-name"),
        ("last_name", &[], "--last-name"),
        ("display_name", &[], "--display-name"),
        ("job_title", &[], "--job-title"),
        ("time_zone", &[], "--time-zone"),
        ("country", &[], "--country"),
        ("region", &[], "--region"),
        ("company_name", &[], "--company-name"),
    ] {
        let server = Server::answering([Answer::complaint(attribute, "is wrong")]);
        let run = tokenmint(SUBSCRIBER).args(args).args(["-o", "json"]).credentials(&server).exits(5);
        let error = run.stderr(contains("error")).run().error();
        assert_eq!(error["details"][0]["flag"], json!(flag), "{attribute}");
    }
}

#[test]
fn its_help_says_that_a_subscriber_is_created_and_billed() {
    tokenmint("subscriber --help")
        .stdout(contains("creates the subscriber").and(contains("bills")).and(contains("SIGNALWIRE_SUBSCRIBER_TOKEN")))
        .run();
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_answers_as_the_service_documents() {
    use base64::Engine as _;
    let run = tokenmint(SUBSCRIBER).args(["--profile", "emulator", "-o", "json"]);
    let object = run.stdout(contains("token")).run().json();
    for (key, typ) in [("token", "SAT"), ("refresh_token", "Refresh")] {
        let token = object[key].as_str().expect("a token");
        let parts: Vec<&str> = token.split('.').collect();
        assert!(parts.len() == 5 && parts[1].is_empty(), "{token}");
        let header = format!(r#"{{"alg":"dir","enc":"A256GCM","typ":"{typ}","kid":"tokenmint-emulator"}}"#);
        let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(parts[0]).expect("base64url");
        assert_eq!(String::from_utf8(decoded).expect("UTF-8"), header);
    }
    assert_eq!(object["subscriber_id"].as_str().map(str::len), Some(36));
    let left = object["expires_in"].as_i64().expect("seconds");
    assert!((7_190..=7_200).contains(&left), "{object}");
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_refuses_as_the_service_documents() {
    let emulator = crate::emulator::Emulator::start();
    let refused = |body: &str| {
        let (status, answer) = emulator.post("/api/fabric/subscribers/tokens", body);
        assert_eq!(status, 422, "{answer}");
        let entry = &answer["errors"][0];
        ["type", "code", "message", "attribute"].map(|key| entry[key].as_str().expect("text").to_owned())
    };
    let missing = ["validation_error", "missing_required_parameter", "Required parameter is missing", "reference"];
    assert_eq!(refused("{}"), missing);
    assert_eq!(refused(r#"{"reference":""}"#), missing);
    for (member, attribute) in [
        (r#""scope":["sat:refresh"]"#, "scope"),
        (r#""scope":"sat:other""#, "scope"),
        (r#""fingerprint":"short""#, "fingerprint"),
        (r#""application_id":"7""#, "application_id"),
        (r#""expire_at":1"#, "expire_at"),
        (r#""expire_at":"soon""#, "expire_at"),
        (r#""region":"mars""#, "region"),
        (r#""password":7"#, "password"),
        (r#""timezone":"Europe/Berlin""#, "timezone"),
    ] {
        assert_eq!(refused(&format!(r#"{{"reference":"a",{member}}}"#))[3], attribute, "{member}");
    }
    let kept = r#"{"reference":"a","password":"","first_name":"","time_zone":"Europe/Berlin"}"#;
    assert_eq!(emulator.post("/api/fabric/subscribers/tokens", kept).0, 200);
}
