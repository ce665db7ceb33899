//! Refresh tokens exchanged for new pairs: where one is read from, what is sent, what comes back, and what is not sent a
//! second time. Bodies are those of the service's reference, written out by hand.

use predicates::prelude::*;
use predicates::str::{contains, ends_with, starts_with};
use serde_json::json;

use crate::harness::{API_TOKEN, GUEST, PROJECT, REFRESH, REFRESHED, Run, TOKEN, tokenmint};
use crate::server::{Answer, Server};

const PATH: &str = "/api/fabric/subscribers/tokens/refresh";
/// `printf %s "$REFRESH" | base64 -w0`
const REFRESH_BASE64: &str = "ZXlKaGJHY2lPaUprYVhJaUxDSmxibU1pT2lKQk1qVTJSME5OSWl3aWRIbHdJam9pVW1WbWNtVnphQ0o5Li5hWFpwZG1sMmFYWnBkbWwyLlkybHdhR1Z5LmRHRm5kR0ZuZEdGbmRHRm5kR0ZuZEE=";
/// Header `{"alg":"HS256","typ":"JWT"}`.
const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.c2ln";

/// The old refresh token is shown by no run of these tests.
fn refresh(line: &str) -> Run {
    tokenmint(&format!("refresh {line}")).hides(REFRESH).hides(REFRESH_BASE64)
}

/// What arrives when this runs with a text on stdin.
fn sent(run: Run) -> String {
    let server = Server::minting();
    run.arg("-q").credentials(&server).stdout(ends_with("\n")).run();
    server.request().text()
}

fn body() -> String {
    format!(r#"{{"refresh_token":"{REFRESH}"}}"#)
}

/// Refused before anything is sent.
fn refuse(run: Run, parts: &[&str]) {
    let server = Server::unused();
    run.credentials(&server).fails(2).says_all(parts).run();
}

#[test]
fn the_request_is_the_documented_one_and_the_new_pair_comes_back() {
    let server = Server::minting();
    let run = refresh("-o json").stdin(format!("{REFRESH}\n")).credentials(&server);
    let object = run.stdout(starts_with("{")).run().json();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", PATH));
    assert_eq!(request.user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.text(), body());
    for (key, value) in [("kind", json!("refresh")), ("token", json!(GUEST)), ("refresh_token", json!(REFRESHED))] {
        assert_eq!(object[key], value, "{key}");
    }
    // The documented two hours.
    let left = object["expires_in"].as_i64().expect("seconds");
    assert!((7_190..=7_200).contains(&left), "{object}");
    assert!(object["expires_at"].as_str().is_some_and(|time| time.ends_with('Z')), "{object}");
}

#[test]
fn every_format_carries_the_pair_under_the_names_of_a_subscriber_token() {
    let run = |line: &str| refresh(line).stdin(REFRESH);
    let (token, renewal) = ("SIGNALWIRE_SUBSCRIBER_TOKEN", "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN");
    for (line, printed) in [
        ("-o export", format!("export {token}='{GUEST}'\nexport {renewal}='{REFRESHED}'\n")),
        ("-o export --shell fish", format!("set -gx {token} '{GUEST}'\nset -gx {renewal} '{REFRESHED}'\n")),
        ("-o dotenv", format!("{token}={GUEST}\n{renewal}={REFRESHED}\n")),
        ("-o dotenv --name MINE_TOKEN", format!("MINE_TOKEN={GUEST}\nMINE_REFRESH_TOKEN={REFRESHED}\n")),
    ] {
        let server = Server::minting();
        run(line).credentials(&server).prints(printed).run();
    }
    let server = Server::minting();
    let run = run("-o github-env").file("env", "", 0o600).credentials(&server);
    let place = run.path("env");
    let run = run.env("GITHUB_ENV", &place);
    run.prints(format!("::add-mask::{GUEST}\n::add-mask::{REFRESHED}\n")).run();
}

#[test]
fn raw_prints_the_access_token_and_warns_that_the_refresh_token_is_lost() {
    let server = Server::minting();
    let run = refresh("").stdin(REFRESH).credentials(&server).hides(REFRESHED);
    run.prints(format!("{GUEST}\n")).says_all(&["warning", "-o raw", "used up", "-o json"]).run();
}

#[cfg(unix)]
#[test]
fn a_command_gets_both_in_its_environment() {
    let server = Server::minting();
    let run = refresh("--").stdin(REFRESH).credentials(&server);
    let script = "echo \"$SIGNALWIRE_SUBSCRIBER_TOKEN $SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN\"";
    run.args(["sh", "-c", script]).prints(format!("{GUEST} {REFRESHED}\n")).run();
}

#[test]
fn every_form_that_a_pair_is_printed_in_is_read_from_a_file_and_from_stdin() {
    for line in [
        "-o json",
        "-o dotenv",
        "-o export",
        "-o export --shell bash",
        "-o export --shell fish",
        "-o export --shell powershell",
        "-o export --shell nu",
    ] {
        let answer = format!(r#"{{"subscriber_id":"x","token":"{GUEST}","refresh_token":"{REFRESH}"}}"#);
        let server = Server::answering([Answer::json(200, answer)]);
        let run = tokenmint("subscriber --reference a").args(line.split(' ')).credentials(&server);
        let pair = run.stdout(contains(REFRESH)).run().stdout;
        assert_eq!(sent(refresh("").stdin(pair.as_str())), body(), "{line}");
        assert_eq!(sent(refresh("-").stdin(pair.replace('\n', "\r\n"))), body(), "{line}");
        let run = refresh("").file("pair", &pair, 0o600);
        let place = format!("@{}", run.path("pair").display());
        assert_eq!(sent(run.arg(place)), body(), "{line}");
    }
    for text in
        [REFRESH.to_owned(), format!("\u{feff} \t{REFRESH}\r\n\n"), format!("{{\"refresh_token\" : \"{REFRESH}\"}}")]
    {
        assert_eq!(sent(refresh("").stdin(text)), body());
    }
}

#[test]
fn of_the_variables_in_a_file_the_right_one_is_taken() {
    let env =
        format!("# mine\nGOOGLE_REFRESH_TOKEN=1//0abc\nSIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN=\"{REFRESH}\" # now\nB=2\n");
    assert_eq!(sent(refresh("").stdin(env)), body());
    let env = format!("SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN=other\nMINE_REFRESH_TOKEN={REFRESH}\n");
    assert_eq!(sent(refresh("-o export --name MINE_TOKEN").stdin(env)), body());
    refuse(refresh("").stdin("GOOGLE_REFRESH_TOKEN=1//0abc\n").hides("0abc"), &["SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN"]);
}

#[test]
fn a_token_on_the_command_line_is_refused_and_not_repeated() {
    for line in [REFRESH, "hunter2hunter2", "pair.json"] {
        let run = refresh("").arg(line).hides(line).hides("aHVudGVyMmh1bnRlcj").hides("68756e746572");
        refuse(run, &["@FILE", "stdin", "not the refresh token itself"]);
    }
    let typed = format!(r#"{{"refresh_token":"{REFRESH}"}}"#);
    refuse(refresh("").args(["--body", &typed]), &["--body", "refresh_token", "@FILE"]);
    refuse(refresh("").args(["--refresh-token", REFRESH]), &["--refresh-token", "command line", "@FILE"]);
    refuse(refresh("@a").arg(REFRESH), &["not shown"]);
}

#[test]
fn what_holds_no_single_token_is_refused_with_what_was_expected() {
    for (text, why) in [
        (String::new(), "is empty"),
        ("\n\n".to_owned(), "is empty"),
        (format!("{REFRESH}\n{REFRESHED}\n"), "2 lines"),
        (format!("{REFRESH} {REFRESHED}"), "white space"),
        (format!(r#"{{"refresh_token":"{REFRESH}"}}{{}}"#), "not one complete JSON object"),
        (format!(r#"{{"refresh_token":"{REFRESH}","refresh_token":"x"}}"#), "twice"),
        (format!(r#"{{"token":"{GUEST}","refresh_token":null}}"#), "without refresh_token"),
        (r#"{"error":{"code":"usage"}}"#.to_owned(), "holds an error, not a token"),
        ("<html>".to_owned(), "that is an HTML page"),
        (format!("\"{REFRESH}\"\u{1}"), "characters that tokens never have"),
        ("SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN=\n".to_owned(), "sets SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN to nothing"),
        ("MINE_TOKEN=\n".to_owned(), "does not set SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN"),
        (
            format!("export SIGNALWIRE_SUBSCRIBER_TOKEN='{GUEST}'\n"),
            "is not a refresh token: it is a SignalWire access",
        ),
        ("a".repeat(65_537), "more than 65536"),
    ] {
        refuse(refresh("").stdin(text), &[why, "expected a refresh token"]);
    }
    let two = format!("SIGNALWIRE_A_REFRESH_TOKEN={REFRESH}\nSIGNALWIRE_B_REFRESH_TOKEN={REFRESHED}\n");
    refuse(refresh("").stdin(two).hides(REFRESHED), &["SIGNALWIRE_A_REFRESH_TOKEN", "SIGNALWIRE_B_REFRESH_TOKEN"]);
    refuse(refresh("").stdin(b"\xff\xfe".to_vec()), &["UTF-8"]);
    refuse(refresh("@missing"), &["cannot read missing"]);
}

#[test]
fn a_token_that_is_certainly_another_is_named_and_not_sent() {
    let header = |json: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json)
    };
    for (token, what) in [
        (GUEST.to_owned(), "is not a refresh token: it is a SignalWire access token"),
        (TOKEN.to_owned(), "it is a SignalWire Chat token, which also serves PubSub"),
        (JWT.to_owned(), "it is a JWT of an unknown service"),
        (format!("{}.e30.c2ln", header(r#"{"typ":"VRT","alg":"HS512"}"#)), "it is a SignalWire video room token"),
        (format!("{}..a.b.c", header(r#"{"enc":"A256GCM","typ":"Embed"}"#)), "it is a JWT of an unknown service"),
        (format!("{}..a.b.c", header(r#"{"enc":"A256GCM","typ":"\u001b[31m"}"#)), "it is a JWT of an unknown service"),
        (API_TOKEN.to_owned(), "it looks like a SignalWire API token"),
        ("c2c_0123456789abcdef".to_owned(), "it looks like a SignalWire click-to-call token"),
        (REFRESH.rsplit_once('.').expect("parts").0.to_owned(), "has 4 parts, where an encrypted one has five"),
    ] {
        refuse(refresh("").stdin(token.as_str()).hides(&token), &["the input", what]);
        let pair = json!({ "kind": "subscriber", "refresh_token": token }).to_string();
        refuse(refresh("-o export").stdin(pair).hides(&token), &[what]);
        let run = refresh("--body -").stdin(json!({ "refresh_token": token }).to_string());
        refuse(run.hides(&token), &["--body: refresh_token", what]);
    }
}

#[test]
fn a_token_whose_header_cannot_be_read_is_left_to_the_service() {
    for token in ["opaque", "a.b.c.d.e", "not~a+jwt/at=all"] {
        assert_eq!(sent(refresh("").stdin(token)), format!(r#"{{"refresh_token":"{token}"}}"#));
    }
}

#[test]
fn a_body_may_bring_the_token_and_more() {
    let text = format!(r#"{{"new_field":1.0,"refresh_token":"{REFRESH}"}}"#);
    assert_eq!(sent(refresh("--body -").stdin(text.as_str())), text);
    let run = refresh("--body").arg(r#"{"new_field":1.0}"#).stdin(REFRESH);
    assert_eq!(sent(run), format!(r#"{{"new_field":1.0,"refresh_token":"{REFRESH}"}}"#));
    refuse(refresh("--body - -").stdin("{}"), &["--body", "the input", "stdin"]);
    refuse(refresh("--body -").stdin("{}"), &["missing the refresh token", "@FILE"]);
}

#[test]
fn the_token_is_shown_on_none_of_the_ways_out() {
    for (line, shown) in [
        ("--dry-run", r#"{"refresh_token":"[redacted]"}"#),
        ("--dry-run -o json", r#""body":{"refresh_token":"[redacted]"}"#),
    ] {
        refresh(line).stdin(REFRESH).stdout(contains(shown)).run();
    }
    let curl = contains(PATH).and(contains("${SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN:?"));
    refresh("--curl").stdin(REFRESH).stdout(curl).says("SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN").run();
    let server = Server::minting();
    refresh("-v -o json").stdin(REFRESH).credentials(&server).stdout(starts_with("{")).says("POST").run();
    // A service that repeats it, plain and in base64, as a reason and as the access token.
    for echo in [REFRESH, REFRESH_BASE64] {
        let server = Server::answering([Answer::complaint("refresh_token", &format!("Token {echo} has expired."))]);
        refresh("-v -o json").stdin(REFRESH).credentials(&server).fails(5).says("has expired.").run();
        let server = Server::answering([Answer::json(201, format!(r#"{{"token":"{echo}","refresh_token":"x"}}"#))]);
        refresh("").stdin(REFRESH).credentials(&server).fails(6).says("without a valid token").run();
    }
}

#[test]
fn a_service_that_does_not_rotate_is_believed() {
    let server =
        Server::answering([Answer::json(201, format!(r#"{{"token":"{GUEST}","refresh_token":"{REFRESH}"}}"#))]);
    let run = tokenmint("refresh -o dotenv").stdin(REFRESH).credentials(&server);
    run.prints(format!("SIGNALWIRE_SUBSCRIBER_TOKEN={GUEST}\nSIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN={REFRESH}\n")).run();
}

#[cfg(unix)]
#[test]
fn the_curl_command_takes_what_export_sets_and_sends_the_same_bytes() {
    if !crate::harness::installed("curl") {
        return;
    }
    let server = Server::minting();
    let run = refresh("--curl -q").stdin(REFRESH).credentials(&server);
    let command = run.stdout(contains("curl")).run().stdout;
    let sh = |token: Option<&str>| {
        let mut sh = std::process::Command::new("sh");
        sh.args(["-c", &command]).env("SIGNALWIRE_PROJECT_ID", "p").env("SIGNALWIRE_API_TOKEN", "t");
        sh.envs(token.map(|token| ("SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN", token)));
        sh.env("NO_PROXY", "127.0.0.1").output().expect("sh starts").status.success()
    };
    assert!(!sh(None));
    assert!(sh(Some(REFRESH)));
    assert_eq!(server.request().text(), body());
}

/// Fails after exactly one request, and says these.
fn fails_once(answer: Answer, more: &str, code: i32, parts: &[&str]) {
    let server = Server::answering([answer, Answer::token()]);
    refresh(more).stdin(REFRESH).credentials(&server).says_all(parts).fails(code).run();
    server.calls(1);
}

#[test]
fn a_busy_service_is_not_asked_again() {
    for status in [429, 503] {
        let busy = || Answer::json(status, r#"{"error":"busy"}"#);
        let why = "not retried, because a refresh token works only once";
        fails_once(busy(), "--retries 5", 6, &[&status.to_string(), why]);
        fails_once(busy().header("Retry-After", "0"), "", 6, &[why]);
        fails_once(busy().header("Retry-After", "90"), "", 6, &[why, "try again in 1m 30s"]);
    }
    for status in [408, 421, 425] {
        fails_once(Answer::json(status, "{}"), "", 5, &["did not process the request"]);
    }
}

#[test]
fn an_unclear_outcome_says_that_the_token_may_be_used_up() {
    let unclear = ["the refresh token may be used up", "hint", "tokenmint subscriber"];
    for status in [500, 502, 504] {
        fails_once(Answer::json(status, r#"{"error":"x"}"#), "", 6, &unclear);
    }
    for answer in [
        Answer::Close,
        Answer::Reset,
        Answer::Raw(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"token\":\"a".to_vec()),
        Answer::json(201, "{}"),
        Answer::json(201, format!(r#"{{"token":"{GUEST}","refresh_token":"a b"}}"#)),
        Answer::Full(201, vec![("Content-Type".into(), "text/html".into())], b"<html>".to_vec()),
    ] {
        fails_once(answer, "", 6, &unclear);
    }
    fails_once(Answer::Silence, "--timeout 1s", 6, &unclear);
    let server = Server::answering([Answer::json(500, "{}")]);
    let said = refresh("").stdin(REFRESH).credentials(&server).says("500").fails(6).run().stderr;
    assert!(!said.contains("token may have been created"), "{said}");
}

#[test]
fn a_connection_that_was_refused_is_tried_again() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
    let run = refresh("-v --retries 2").stdin(REFRESH).env("SIGNALWIRE_SPACE", format!("127.0.0.1:{port}"));
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    let said = run.says("refused the connection").fails(6).run().stderr;
    assert_eq!(said.matches("trying again in").count(), 2, "{said}");
    assert!(!said.contains("used up"), "{said}");
}

#[test]
fn an_expired_token_names_its_attribute_and_says_what_to_do() {
    let body = concat!(
        r#"{"errors":[{"type":"validation_error","code":"token_expired","message":"Token has expired.","#,
        r#""attribute":"refresh_token","#,
        r#""url":"https://signalwire.com/docs/rest/overview/error-codes#token_expired"}]}"#
    );
    let server = Server::answering([Answer::json(422, body)]);
    let error = refresh("-o json").stdin(REFRESH).credentials(&server).fails(5).says("error").run().error();
    assert_eq!(
        error["details"],
        json!([{
            "type": "validation_error", "code": "token_expired", "message": "Token has expired.",
            "attribute": "refresh_token",
            "url": "https://signalwire.com/docs/rest/overview/error-codes#token_expired",
        }])
    );
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("tokenmint subscriber")), "{error}");
    server.calls(1);
}

#[test]
fn a_batch_of_them_is_refused_with_the_reason() {
    for flag in ["--batch", "--jobs", "--resume"] {
        refuse(refresh("@pair.json").args([flag, "8"]), &[flag, "refresh", "works only once"]);
    }
    let help = tokenmint("refresh --help").stdout(contains("--write").and(contains("--batch").not())).run().stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["used up", "--write", "@pair.json", "two hours", "-o raw"] {
        assert!(help.contains(part), "{part} in {help}");
    }
    refuse(refresh("--ttl 1h"), &["--ttl", "two hours"]);
}

#[cfg(feature = "emulator")]
mod emulated {
    use super::*;
    use crate::emulator::Emulator;
    use crate::harness::{EMULATED_REFRESH, REFRESH_COMMAND};

    fn pointed_at(emulator: &Emulator, line: &str) -> Run {
        ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"]
            .into_iter()
            .fold(tokenmint(line), |run, name| run.env(name, emulator.exported(name)))
    }

    /// Claims of a token that the emulator encrypted under its documented key.
    fn claims(token: &str) -> serde_json::Value {
        use base64::Engine as _;
        use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
        let parts: Vec<&str> = token.split('.').collect();
        let bytes = |part: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
        let key = UnboundKey::new(&AES_256_GCM, b"tokenmint-emulator-dev-aes256key").expect("a key");
        let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).expect("a nonce");
        let mut sealed = [bytes(parts[3]), bytes(parts[4])].concat();
        let open =
            LessSafeKey::new(key).open_in_place(nonce, Aad::from(parts[0]), &mut sealed).map(|text| text.to_vec());
        serde_json::from_slice(&open.expect("a token of the emulator")).expect("claims")
    }

    #[test]
    fn a_chain_of_pairs_keeps_its_subscriber_and_each_link_works_once() {
        let emulator = Emulator::start();
        let line = "subscriber --reference alice@example.com --region us-central -o json";
        let mut pair = pointed_at(&emulator, line).stdout(starts_with("{")).run();
        for _ in 0..3 {
            let run = || pointed_at(&emulator, "refresh -o json").stdin(pair.stdout.as_str());
            let next = run().stdout(starts_with("{")).run();
            let error = run().fails(5).says("error").run().error();
            assert_eq!(error["details"][0]["code"], json!("token_invalid"));
            let object = next.json();
            let now = jiff::Timestamp::now().as_second();
            for (key, life) in [("token", 7_200), ("refresh_token", 7_500)] {
                let claims = claims(object[key].as_str().expect("a token"));
                assert_eq!(
                    (&claims["reference"], &claims["region"]),
                    (&json!("alice@example.com"), &json!("us-central"))
                );
                let left = claims["exp"].as_i64().expect("exp") - now;
                assert!((life - 60..=life + 1).contains(&left), "{claims}");
            }
            pair = next;
        }
    }

    #[test]
    fn the_emulator_refuses_as_the_service_documents() {
        let emulator = Emulator::start();
        let post = |body: serde_json::Value| emulator.post(PATH, &body.to_string());
        let (status, body) = post(json!({ "refresh_token": EMULATED_REFRESH }));
        assert_eq!((status, body.as_object().map(serde_json::Map::len)), (201, Some(2)), "{body}");
        for (request, code, message) in [
            (json!({}), "missing_required_parameter", "Refresh token must be present"),
            (json!({ "refresh_token": "" }), "missing_required_parameter", "Refresh token must be present"),
            (
                json!({ "refresh_token": body["token"] }),
                "not_a_refresh_token",
                "Invalid token type. You must use a Refresh token.",
            ),
            (
                json!({ "refresh_token": JWT }),
                "not_a_refresh_token",
                "Invalid token type. You must use a Refresh token.",
            ),
            (json!({ "refresh_token": "opaque" }), "invalid_token_format", "Invalid token format."),
            (json!({ "refresh_token": REFRESH }), "token_invalid", "Token is invalid."),
            (json!({ "refresh_token": EMULATED_REFRESH }), "token_invalid", "Token is invalid."),
        ] {
            let (status, body) = post(request);
            let entry = &body["errors"][0];
            assert_eq!(
                (status, &entry["type"], &entry["code"], &entry["message"], &entry["attribute"]),
                (422, &json!("validation_error"), &json!(code), &json!(message), &json!("refresh_token")),
            );
        }
        let (status, body) = post(json!({ "refresh_token": REFRESH, "ttl": 60 }));
        assert_eq!((status, &body["errors"][0]["attribute"]), (422, &json!("ttl")), "{body}");
    }

    #[test]
    fn the_built_in_profile_exchanges_a_pair_of_another_run() {
        let pair =
            tokenmint("subscriber --profile emulator --reference a -o json").stdout(starts_with("{")).run().stdout;
        let run = tokenmint(REFRESH_COMMAND).args(["--profile", "emulator", "-o", "json"]).stdin(pair);
        let object = run.stdout(starts_with("{")).run().json();
        assert!(object["warnings"].to_string().contains("not valid on SignalWire"), "{object}");
        // One of the real service means nothing to it.
        let run = refresh("--profile emulator -o json").stdin(REFRESH).fails(5);
        assert_eq!(run.says("tokenmint subscriber").run().error()["details"][0]["code"], json!("token_invalid"));
    }

    #[test]
    fn an_inspected_refresh_token_is_known_for_one() {
        tokenmint("inspect").stdin(EMULATED_REFRESH).stdout(contains("SignalWire refresh token")).run();
    }
}
