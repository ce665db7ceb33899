//! Embed tokens: a request without authentication, for which the space is enough, and a public key that is judged in place
//! of credentials. Bodies are those of the service's reference, written out by hand.

use predicates::prelude::*;
use predicates::str::{contains, ends_with};
use serde_json::{Value, json};

use crate::batch::lines;
use crate::harness::{API_TOKEN, CALL, EMBED, PROJECT, Run, SUBSCRIBER_ID, TOKEN, tokenmint};
use crate::server::{Answer, Server};

/// The key of the least line.
const KEY: &str = "c2c_0123456789abcdef0123456789abcdef";
/// Another one, in capitals.
const OTHER_KEY: &str = "c2c_FEDCBA9876543210FEDCBA9876543210";

/// The least line where nothing but the space is known.
fn with_space(server: &Server, more: &str) -> Run {
    tokenmint(&format!("{EMBED} {more}")).env("SIGNALWIRE_SPACE", server.space())
}

#[test]
fn the_request_is_the_documented_one_and_carries_no_credentials() {
    let server = Server::minting();
    with_space(&server, "").prints(format!("{CALL}\n")).run();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/api/fabric/embeds/tokens"));
    assert_eq!(request.text(), r#"{"token":"c2c_0123456789abcdef0123456789abcdef"}"#);
    assert_eq!(request.header("authorization"), None);
    let mut names: Vec<String> = request.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent"]);
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[test]
fn a_whole_set_in_the_environment_is_not_sent_and_a_half_one_is_no_mistake() {
    let server = Server::minting();
    tokenmint(EMBED).credentials(&server).prints(format!("{CALL}\n")).run();
    assert_eq!(server.request().header("authorization"), None);
    for (name, value) in [("SIGNALWIRE_PROJECT_ID", PROJECT), ("SIGNALWIRE_API_TOKEN", ""), ("SIGNALWIRE_TOKEN", "x")] {
        let server = Server::minting();
        with_space(&server, "").env(name, value).prints(format!("{CALL}\n")).run();
    }
    for name in ["SIGNALWIRE_SPACE_URL", "SIGNALWIRE_SPACE_NAME"] {
        let server = Server::minting();
        tokenmint(EMBED).env(name, server.space()).prints(format!("{CALL}\n")).run();
    }
}

#[test]
fn without_a_space_the_ways_to_give_one_are_named() {
    let run = tokenmint(EMBED).fails(3);
    run.says_all(&[
        "no SignalWire space found",
        "set SIGNALWIRE_SPACE (SignalWire Dashboard, under API)",
        "--profile",
        "emulator",
    ])
    .run();
    let run = tokenmint(EMBED).env("SIGNALWIRE_API_TOKEN", API_TOKEN).fails(3);
    run.says("SIGNALWIRE_SPACE is not set, but SIGNALWIRE_API_TOKEN is").run();
    tokenmint(EMBED).env("SIGNALWIRE_SPACE", "").fails(3).says("SIGNALWIRE_SPACE is set but empty").run();
    tokenmint(EMBED).env("SIGNALWIRE_SPACE", "a b").fails(3).says("SIGNALWIRE_SPACE is not a valid space").run();
    let run = tokenmint(EMBED).env("SIGNALWIRE_SPACE", "<your-space>").fails(3);
    run.says("placeholder").run();
}

#[test]
fn a_profile_gives_its_space_and_keeps_its_secret() {
    let server = Server::minting();
    let config = |secret: &str| {
        let space = server.space();
        format!(
            "default_profile = \"dev\"\n[profiles.dev.signalwire]\nspace = \"{space}\"\nproject_id = \"{PROJECT}\"\n{secret}\n"
        )
    };
    let config_of = |run: Run, secret: &str| {
        let text = config(&secret.replace("MARK", &run.path("sprung").display().to_string().replace('\\', "/")));
        run.config(&text)
    };
    for secret in ["api_token_command = [\"touch\", \"MARK\"]", "api_token_file = \"/nowhere\""] {
        for line in [format!("{EMBED} -p dev"), EMBED.to_owned()] {
            let run = config_of(tokenmint(&line), secret);
            let mark = run.path("sprung");
            let outcome = run.prints(format!("{CALL}\n")).run();
            assert!(!mark.exists(), "{outcome:?}", outcome = outcome.stderr);
        }
    }
    // The environment comes before the default profile, and is ignored where a profile is named.
    let other = Server::minting();
    config_of(tokenmint(EMBED), "api_token = \"PTx\"")
        .env("SIGNALWIRE_SPACE", other.space())
        .prints(format!("{CALL}\n"))
        .run();
    other.calls(1);
    let run = config_of(tokenmint(EMBED), "api_token = \"PTx\"").args(["-p", "dev"]);
    run.env("SIGNALWIRE_SPACE", "nowhere").prints(format!("{CALL}\n")).run();
    server.calls(5);
}

#[test]
fn what_is_not_a_key_is_refused_and_not_repeated() {
    for wrong in [
        API_TOKEN,
        TOKEN,
        CALL,
        SUBSCRIBER_ID,
        "c2c_",
        &KEY[..35],
        &format!("{KEY}0"),
        &KEY.replace('0', "g"),
        &KEY[4..],
        "vpt_0123456789abcdef0123456789abcdef",
    ] {
        let server = Server::unused();
        let run = tokenmint("embed --token").arg(wrong).env("SIGNALWIRE_SPACE", server.space()).fails(2);
        let run = if wrong.starts_with("c2c_") { run } else { run.hides(wrong) };
        run.says_all(&["--token", "c2c_", "32 hexadecimal digits"]).run();
        let body = json!({"token": wrong}).to_string();
        let run = tokenmint("embed --body").arg(&body).env("SIGNALWIRE_SPACE", server.space()).fails(2);
        run.says_all(&["--body: token", "c2c_"]).run();
    }
    let server = Server::unused();
    let run = tokenmint("embed").env("SIGNALWIRE_SPACE", server.space()).fails(2);
    run.says_all(&["missing --token"]).run();
    let run = tokenmint("embed --token").arg("").env("SIGNALWIRE_SPACE", server.space()).fails(2);
    run.says("--token is empty").run();
    for flag in ["--ttl", "--expires-in", "--expires-at"] {
        let run = with_space(&server, &format!("{flag} 1h")).fails(2);
        run.says_all(&[flag, "the service sets how long", "one hour"]).run();
    }
}

#[test]
fn a_refused_key_is_not_called_credentials() {
    for (status, words) in [(403, "403 Forbidden"), (401, "401 Unauthorized")] {
        let phrase = &words[4..];
        let server = Server::answering([Answer::json(status, format!(r#"{{"error":"{phrase}"}}"#))]);
        let run = with_space(&server, "").fails(4).says_all(&["refused the click-to-call key", words, "--token"]);
        run.stderr(contains("credentials").not().and(contains("API token").not())).run();
        let server = Server::answering([Answer::json(status, format!(r#"{{"error":"{phrase}"}}"#))]);
        let error = with_space(&server, "-o json").exits(4).stderr(contains("error")).run().error();
        assert_eq!((&error["code"], &error["status"]), (&json!("credentials_refused"), &json!(status)));
    }
    let server = Server::answering([Answer::json(404, r#"{"error":"Not Found"}"#)]);
    with_space(&server, "").fails(5).says("check the space name").run();
}

#[test]
fn the_documented_422_names_the_flag() {
    let body = r#"{"errors":[{"type":"validation_error","code":"missing_required_parameter","message":"token is required","attribute":"token","url":"https://signalwire.com/docs/apis/error-codes"}]}"#;
    let server = Server::answering([Answer::json(422, body)]);
    let error = with_space(&server, "-o json").exits(5).stderr(contains("error")).run().error();
    let detail = json!({
        "type": "validation_error", "code": "missing_required_parameter", "message": "token is required",
        "attribute": "token", "flag": "--token", "url": "https://signalwire.com/docs/apis/error-codes",
    });
    assert_eq!(error["details"], json!([detail]));
}

#[test]
fn every_format_has_the_token_and_no_expiry() {
    for (more, text) in [
        ("", format!("{CALL}\n")),
        ("-o export", format!("export SIGNALWIRE_EMBED_TOKEN='{CALL}'\n")),
        ("-o export --shell fish", format!("set -gx SIGNALWIRE_EMBED_TOKEN '{CALL}'\n")),
        ("-o dotenv --name VITE_TOKEN", format!("VITE_TOKEN={CALL}\n")),
    ] {
        let server = Server::minting();
        with_space(&server, more).prints(text).run();
    }
    let server = Server::minting();
    let object = with_space(&server, "-o json").stdout(contains("embed")).run().json();
    let expected = json!({"kind": "embed", "token": CALL, "expires_at": null, "expires_in": null});
    assert_eq!(object, expected);
}

#[test]
fn a_dry_run_and_a_curl_command_have_no_authorization() {
    let run = tokenmint(EMBED).env("SIGNALWIRE_SPACE", "example").args(["--dry-run", "-o", "json"]);
    let object = run.stdout(contains("POST")).run().json();
    assert_eq!(object["url"], "https://example.signalwire.com/api/fabric/embeds/tokens");
    assert_eq!((&object["headers"]["Authorization"], &object["body"]), (&Value::Null, &json!({"token": KEY})));
    let no_login = contains("uthorization").not().and(contains("--user").not());
    tokenmint(EMBED).arg("--dry-run").stdout(contains("https://SPACE.signalwire.com/").and(no_login)).run();
    let run = tokenmint(EMBED).env("SIGNALWIRE_SPACE", "example").arg("--curl");
    run.stdout(contains("curl").and(contains("uthorization").not()).and(contains("--user").not())).run();
}

#[test]
fn a_key_of_a_line_fails_alone_and_that_of_the_flag_ends_the_run() {
    let refusing = || {
        Server::answering([Answer::With(std::sync::Arc::new(|request| {
            let known = request.text().contains(KEY);
            let body = if known { format!(r#"{{"token":"{CALL}"}}"#) } else { r#"{"error":"Forbidden"}"#.to_owned() };
            Answer::json(if known { 201 } else { 403 }, body)
        }))])
    };
    let server = refusing();
    let input =
        format!("{{\"token\":\"{OTHER_KEY}\"}}\n{{\"token\":\"{KEY}\"}}\n{{\"token\":\"{API_TOKEN}\"}}\n{{}}\n");
    let run = tokenmint("embed --batch - --jobs 1").env("SIGNALWIRE_SPACE", server.space()).stdin(input);
    let output = lines(&run.exits(7).stdout(ends_with("\n")).says("1 minted, 3 failed").run().stdout);
    assert_eq!((&output[0]["error"]["exit"], &output[0]["error"]["status"]), (&json!(4), &json!(403)));
    assert_eq!((&output[1]["token"], &output[1]["expires_at"]), (&json!(CALL), &Value::Null));
    assert_eq!((&output[2]["error"]["exit"], &output[3]["error"]["exit"]), (&json!(2), &json!(2)));
    server.calls(2);

    let server = refusing();
    let run = tokenmint("embed --batch - --jobs 1 --token").arg(OTHER_KEY).env("SIGNALWIRE_SPACE", server.space());
    let run = run.stdin("{}\n{}\n{}\n").exits(4).says("refused the click-to-call key");
    assert_eq!(lines(&run.stdout(ends_with("\n")).run().stdout).len(), 1);
    server.calls(1);
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_takes_every_well_formed_key_without_authentication() {
    use crate::emulator::Emulator;
    const PATH: &str = "/api/fabric/embeds/tokens";
    let emulator = Emulator::start();
    for key in [KEY, OTHER_KEY] {
        for headers in ["", "Authorization: Basic ???\r\n", &emulator.basic()] {
            let (status, body) = emulator.ask("POST", PATH, headers, &json!({"token": key}).to_string());
            let body: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!((status, body.as_object().map(serde_json::Map::len)), (201, Some(1)), "{body}");
            let header =
                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIiwia2lkIjoidG9rZW5taW50LWVtdWxhdG9yIn0..";
            assert!(body["token"].as_str().is_some_and(|token| token.starts_with(header)), "{body}");
        }
    }
    let ask = |body: &str| {
        let (status, answer) = emulator.ask("POST", PATH, "", body);
        (status, serde_json::from_str::<Value>(&answer).expect("JSON"))
    };
    for wrong in ["c2c_", "c2c_7", "PTx", &KEY[..35]] {
        assert_eq!(ask(&json!({"token": wrong}).to_string()), (403, json!({"error": "Forbidden"})), "{wrong}");
    }
    for missing in ["{}", r#"{"token":""}"#, r#"{"token":null}"#] {
        let (status, body) = ask(missing);
        let entry = &body["errors"][0];
        let said = (&entry["type"], &entry["code"], &entry["message"], &entry["attribute"]);
        let promised = ("validation_error", "missing_required_parameter", "token is required", "token");
        assert_eq!(status, 422);
        assert_eq!(said, (&json!(promised.0), &json!(promised.1), &json!(promised.2), &json!(promised.3)), "{body}");
    }
    let (status, body) = ask(&json!({"token": KEY, "ttl": 60}).to_string());
    assert_eq!((status, &body["errors"][0]["attribute"]), (422, &json!("ttl")), "sealed: {body}");
    assert_eq!(ask("{").0, 400);
}
