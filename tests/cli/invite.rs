//! Invite tokens: a request that the subscriber's own token authenticates, wherever that comes from, and a token that is
//! shown nowhere. Bodies are those of the service's reference, written out by hand.

use predicates::prelude::*;
use predicates::str::{contains, ends_with};
use serde_json::{Value, json};

use crate::batch::lines;
use crate::harness::{ADDRESS, API_TOKEN, BASIC, CALL, GUEST, INVITE, PROJECT, REFRESH, Run, TOKEN, tokenmint};
use crate::server::{Answer, Server};

/// The least line without what authenticates it.
const LINE: &str = "invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0";
/// A subscriber token: header `{"alg":"dir","enc":"A256GCM","typ":"SAT"}`.
const SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.c3Vic2NyaWJlcg.dGFn";
/// What no output may hold of it.
const CANARY: &str = "c3Vic2NyaWJlcg";
const VARIABLE: &str = "SIGNALWIRE_SUBSCRIBER_TOKEN";

/// The line with the space and the token in the environment, and nothing else.
fn with_sat(server: &Server, more: &str) -> Run {
    tokenmint(&format!("{LINE} {more}")).env("SIGNALWIRE_SPACE", server.space()).env(VARIABLE, SAT).hides(CANARY)
}

/// What arrives when this runs.
fn sent(args: &[&str]) -> String {
    let server = Server::minting();
    let run = tokenmint("invite").args(args).env("SIGNALWIRE_SPACE", server.space()).env(VARIABLE, SAT);
    run.prints(format!("{CALL}\n")).run();
    server.request().text()
}

#[test]
fn the_request_is_the_documented_one_with_the_token_as_bearer() {
    let server = Server::minting();
    with_sat(&server, "--expires-at 2096-10-02T07:06:40Z").prints(format!("{CALL}\n")).run();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/api/fabric/subscriber/invites"));
    assert_eq!(request.text(), r#"{"address_id":"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0","expires_at":4000000000}"#);
    assert_eq!(request.header("authorization"), Some(format!("Bearer {SAT}").as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("accept"), Some("application/json"));
    let mut names: Vec<String> = request.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["accept", "authorization", "content-length", "content-type", "host", "user-agent"]);
}

#[test]
fn every_field_has_its_flag() {
    const UPPER: &str = "0B1C2D3E-4F50-4172-8394-A5B6C7D8E9F0";
    for (args, body) in [
        (&["--address-id", ADDRESS][..], format!(r#"{{"address_id":"{ADDRESS}"}}"#)),
        (&["--address-id", UPPER], format!(r#"{{"address_id":"{UPPER}"}}"#)),
        (
            &["--address-id", ADDRESS, "--expire-at", "@4000000000"],
            format!(r#"{{"address_id":"{ADDRESS}","expires_at":4000000000}}"#),
        ),
        (
            &["--body", r#"{"new_field":1.0,"address_id":"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0"}"#],
            format!(r#"{{"new_field":1.0,"address_id":"{ADDRESS}"}}"#),
        ),
    ] {
        let server = Server::minting();
        let run = tokenmint("invite -q").args(args).env("SIGNALWIRE_SPACE", server.space()).env(VARIABLE, SAT);
        run.prints(format!("{CALL}\n")).run();
        assert_eq!(server.request().text(), body, "{args:?}");
    }
    for flag in ["--ttl", "--expires-in"] {
        let before = jiff::Timestamp::now().as_second();
        let body: Value = serde_json::from_str(&sent(&["--address-id", ADDRESS, flag, "15m"])).expect("JSON");
        let expiry = body["expires_at"].as_i64().expect("seconds");
        assert!((before + 900..=jiff::Timestamp::now().as_second() + 900).contains(&expiry), "{body}");
    }
}

#[test]
fn every_format_has_the_token_and_its_expiry() {
    for (more, text) in [
        ("-o export", format!("export SIGNALWIRE_INVITE_TOKEN='{CALL}'\n")),
        ("-o dotenv", format!("SIGNALWIRE_INVITE_TOKEN={CALL}\n")),
    ] {
        let server = Server::minting();
        with_sat(&server, more).prints(text).run();
    }
    let server = Server::minting();
    let object = with_sat(&server, "-o json --expires-at @4000000000").stdout(contains("invite")).run().json();
    assert_eq!((&object["kind"], &object["token"]), (&json!("invite"), &json!(CALL)));
    assert_eq!(object["expires_at"], "2096-10-02T07:06:40Z");
    assert!(object.get("refresh_token").is_none() && object.get("warnings").is_none(), "{object}");
    let server = Server::minting();
    let object = with_sat(&server, "-o json").stdout(contains("invite")).run().json();
    let left = object["expires_in"].as_i64().expect("the documented two hours");
    assert!((7_190..=7_200).contains(&left), "{object}");
}

#[test]
fn a_file_or_stdin_gives_the_token_in_every_form_that_a_mint_prints() {
    let other = GUEST;
    for text in [
        format!("{SAT}\n"),
        format!(r#"{{"kind":"subscriber","token":"{SAT}","refresh_token":"{REFRESH}"}}"#),
        format!("export {VARIABLE}='{SAT}'\nexport SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN='{REFRESH}'\n"),
        format!(
            "A=1\nSIGNALWIRE_GUEST_TOKEN={other}\n{VARIABLE}={SAT}\nSIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN={REFRESH}\n"
        ),
    ] {
        for place in ["@token", "-"] {
            let server = Server::minting();
            let run = tokenmint(LINE).args(["--subscriber-token", place]).env("SIGNALWIRE_SPACE", server.space());
            let run = run.file("token", &text, 0o600).stdin(text.clone());
            let folder = run.path("token").parent().expect("a folder").to_owned();
            run.in_folder(folder).hides(CANARY).prints(format!("{CALL}\n")).run();
            assert_eq!(server.request().header("authorization"), Some(format!("Bearer {SAT}").as_str()), "{text}");
        }
    }
}

#[test]
fn what_cannot_be_the_token_is_refused_and_not_repeated() {
    for (wrong, words) in [
        (REFRESH, "refresh token"),
        (TOKEN, "Chat token"),
        (API_TOKEN, "API token"),
        ("c2c_0123456789abcdef0123456789abcdef", "click-to-call"),
        (&SAT[..SAT.len() - 5], "cut short"),
    ] {
        let server = Server::unused();
        let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).env(VARIABLE, wrong).hides(wrong);
        run.fails(3).says_all(&[VARIABLE, words, "tokenmint subscriber"]).run();
        let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).args(["--subscriber-token", "-"]);
        run.stdin(wrong).hides(wrong).fails(2).says_all(&["--subscriber-token", words]).run();
        let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).args(["--subscriber-token", wrong]);
        run.hides(wrong).fails(2).says_all(&["--subscriber-token", "@FILE", "command line"]).run();
    }
    let server = Server::unused();
    let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).args(["--subscriber-token", SAT]).hides(CANARY);
    run.fails(2).says("never the value itself").run();
    for (text, words) in [("", "is empty"), ("{}", "without token"), ("{\"error\":{}}", "holds an error")] {
        let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).args(["--subscriber-token", "-"]);
        run.stdin(text).fails(2).says_all(&["--subscriber-token", words]).run();
    }
    let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).args(["--subscriber-token", "@none"]);
    run.fails(2).says_all(&["--subscriber-token", "none"]).run();
}

#[test]
fn the_token_has_one_source() {
    let server = Server::unused();
    for (args, parts) in [
        (&["--reference", "a"][..], &["--reference", VARIABLE, "together"][..]),
        (&["--subscriber-token", "-"], &["--subscriber-token", VARIABLE, "together"]),
    ] {
        with_sat(&server, "").args(args).stdin(SAT).fails(2).says_all(parts).run();
    }
    let run = tokenmint(INVITE).args(["--subscriber-token", "-"]).stdin(SAT).credentials(&server).hides(CANARY);
    run.fails(2).says_all(&["--subscriber-token", "--reference"]).run();
    with_sat(&server, "").env(VARIABLE, "").fails(3).says("SIGNALWIRE_SUBSCRIBER_TOKEN is set but empty").run();
    let run = with_sat(&server, "--body - --subscriber-token -").unset(VARIABLE).stdin(SAT);
    run.fails(2).says("stdin").run();
    let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", server.space()).fails(3);
    run.says_all(&["no subscriber token found", VARIABLE, "--subscriber-token @FILE", "--reference NAME"]).run();
    let run = tokenmint("invite").env("SIGNALWIRE_SPACE", server.space()).env(VARIABLE, SAT);
    run.fails(2).says("missing --address-id").run();
}

#[test]
fn with_a_token_the_space_is_enough_and_nothing_else_is_read() {
    let server = Server::minting();
    with_sat(&server, "").env("SIGNALWIRE_API_TOKEN", "").prints(format!("{CALL}\n")).run();
    let config = |run: &Run| {
        let (space, mark) = (server.space(), run.path("sprung").display().to_string().replace('\\', "/"));
        format!(
            "[profiles.dev.signalwire]\nspace = \"{space}\"\nproject_id = \"{PROJECT}\"\napi_token_command = [\"touch\", \"{mark}\"]\n"
        )
    };
    let run = tokenmint(LINE).args(["-p", "dev"]).env(VARIABLE, SAT);
    let text = config(&run);
    let mark = run.path("sprung");
    run.config(&text).prints(format!("{CALL}\n")).run();
    assert!(!mark.exists());
    server.calls(2);
    tokenmint(LINE).env(VARIABLE, SAT).fails(3).says_all(&["no SignalWire space found", "SIGNALWIRE_SPACE"]).run();
    // A token of its own for each subscriber needs the whole set.
    let unused = Server::unused();
    let run = tokenmint(INVITE).env("SIGNALWIRE_SPACE", unused.space()).fails(3);
    run.says("SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN are not set").run();
}

#[test]
fn a_reference_has_a_token_minted_first_that_is_shown_nowhere() {
    for more in ["-v", "-v -o json", "-v -o export", "-v -o dotenv"] {
        let server = Server::minting();
        let run = tokenmint(&format!("{INVITE} {more}")).credentials(&server).hides(GUEST).hides(REFRESH);
        run.stdout(contains(CALL)).stderr(contains("subscribers/tokens").and(contains("subscriber/invites"))).run();
        let requests = server.requests();
        let [first, second] = &requests[..] else { panic!("two requests, got {requests:?}") };
        assert_eq!((first.method.as_str(), first.target.as_str()), ("POST", "/api/fabric/subscribers/tokens"));
        assert_eq!(first.text(), r#"{"reference":"alice"}"#);
        assert_eq!(first.header("authorization"), Some(format!("Basic {BASIC}").as_str()));
        assert_eq!((second.method.as_str(), second.target.as_str()), ("POST", "/api/fabric/subscriber/invites"));
        assert_eq!(second.text(), format!(r#"{{"address_id":"{ADDRESS}"}}"#));
        assert_eq!(second.header("authorization"), Some(format!("Bearer {GUEST}").as_str()));
    }
    let help = tokenmint("invite --help").stdout(contains("Usage:")).run().stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("Creates the subscriber") && help.contains("bills each subscriber"), "{help}");
    let run = tokenmint(LINE).args(["--reference", ""]).credentials(&Server::unused());
    run.fails(2).says("--reference is empty").run();
}

#[test]
fn a_failure_of_the_first_step_says_that_it_was_the_first() {
    const FIRST: &str = "cannot mint the subscriber token first";
    for (answer, code, parts) in [
        (Answer::json(401, r#"{"error":"Unauthorized"}"#), 4, &["refused the credentials", "API token"][..]),
        (Answer::json(500, r#"{"error":"Internal Server Error"}"#), 6, &["may have been created"]),
        (Answer::json(200, "{}"), 6, &["without a valid token"]),
        (Answer::complaint("reference", "Reference is odd"), 5, &["--reference", "Reference is odd"]),
    ] {
        let server = Server::answering([answer]);
        let run = tokenmint(INVITE).credentials(&server).fails(code).says(FIRST);
        run.says_all(parts).run();
        server.calls(1);
    }
    // The second step speaks of the token that was minted, and has it scrubbed.
    let server =
        Server::answering([Answer::token(), Answer::json(401, format!(r#"{{"error":"Unauthorized {GUEST}"}}"#))]);
    let run = tokenmint(INVITE).credentials(&server).fails(4).hides(GUEST);
    run.says_all(&["refused the subscriber token", "it was minted by this run"]).stderr(contains(FIRST).not()).run();
    // A service that gives the API token or the first token back as the second is not believed.
    for echo in [API_TOKEN, GUEST] {
        let server = Server::answering([Answer::token(), Answer::json(201, format!(r#"{{"token":"{echo}"}}"#))]);
        tokenmint(INVITE).credentials(&server).fails(6).says("without a valid token").hides(GUEST).run();
    }
}

#[test]
fn a_refused_token_is_not_called_credentials() {
    for status in [401, 403] {
        let server = Server::answering([Answer::json(status, r#"{"error":"Unauthorized"}"#)]);
        let run = with_sat(&server, "").fails(4);
        let run = run.says_all(&["refused the subscriber token", VARIABLE, "expired", "tokenmint subscriber"]);
        run.stderr(contains("credentials").not().and(contains("scope").not())).run();
    }
    let server = Server::answering([Answer::json(404, r#"{"error":"Not Found"}"#)]);
    with_sat(&server, "").fails(5).says_all(&["--address-id", ADDRESS]).run();
}

#[test]
fn the_token_is_scrubbed_from_what_the_service_repeats() {
    // `printf %s "$SAT" | base64 -w0`, without the end that its length decides.
    let base64 = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(SAT)
    };
    for echo in [SAT, &base64] {
        let server = Server::answering([Answer::complaint("address_id", &format!("Address {echo} is invalid"))]);
        with_sat(&server, "-v").hides(&base64).fails(5).says_all(&["--address-id", "is invalid"]).run();
    }
}

#[test]
fn the_documented_422_names_the_flags_of_all_three() {
    let entry = |message: &str, attribute: &str| {
        json!({
            "type": "validation_error", "code": "invalid_parameter", "message": message, "attribute": attribute,
            "url": "https://signalwire.com/docs/rest/overview/error-codes#invalid_parameter",
        })
    };
    let errors = json!({"errors": [
        entry("Address is invalid", "address_id"),
        entry("Expires At must be an integer", "expires_at"),
        entry("Expires At must be greater than 1733254773", "expires_at"),
    ]});
    for (typed, flag) in [("", "--expires-at"), ("--expires-at @4000000000", "--expires-at"), ("--ttl 1h", "--ttl")] {
        let server = Server::answering([Answer::json(422, errors.to_string())]);
        let error = with_sat(&server, &format!("-o json {typed}")).exits(5).stderr(contains("error")).run().error();
        let flags: Vec<&Value> = error["details"].as_array().expect("details").iter().map(|it| &it["flag"]).collect();
        assert_eq!(flags, [&json!("--address-id"), &json!(flag), &json!(flag)], "{typed}");
        let server = Server::answering([Answer::json(422, errors.to_string())]);
        let parts = ["Address is invalid", "must be an integer", "must be greater than 1733254773", flag];
        with_sat(&server, typed).fails(5).says_all(&parts).run();
    }
}

#[test]
fn limits_are_checked_before_anything_is_sent() {
    let server = Server::unused();
    for (more, parts) in [
        ("--ttl 1h --expires-at +2h", &["--ttl", "--expires-at"][..]),
        ("--expires-at @1", &["--expires-at", "future"]),
        ("--ttl 60", &["--ttl", "60m or 60s?"]),
    ] {
        with_sat(&server, more).fails(2).says_all(parts).run();
    }
    let run = tokenmint("invite --address-id 7").env("SIGNALWIRE_SPACE", server.space()).env(VARIABLE, SAT);
    run.fails(2).says_all(&["--address-id", "UUID"]).run();
}

#[test]
fn a_dry_run_needs_neither_and_shows_no_token() {
    let text = tokenmint(LINE).arg("--dry-run").stdout(contains("Authorization: Bearer [redacted]\n")).run().stdout;
    assert!(text.starts_with("POST https://SPACE.signalwire.com/api/fabric/subscriber/invites\n"), "{text}");
    let run = tokenmint(LINE).args(["--dry-run", "-o", "json"]).env(VARIABLE, SAT).hides(CANARY);
    let object = run.stdout(contains("POST")).run().json();
    assert_eq!(object["headers"]["Authorization"], "Bearer [redacted]");
    assert_eq!(object["body"], json!({"address_id": ADDRESS}));
    let run = tokenmint(INVITE).args(["--dry-run"]).stdout(contains("subscriber/invites"));
    run.says_all(&["minted first", "/api/fabric/subscribers/tokens", r#"{"reference":"alice"}"#]).run();
    let run = tokenmint(LINE).arg("--dry-run").env(VARIABLE, REFRESH).hides(REFRESH);
    run.fails(3).says("refresh token").run();
}

#[cfg(unix)]
#[test]
fn the_curl_command_takes_the_token_from_where_it_is() {
    use crate::harness::installed;
    let command = |run: Run| run.arg("--curl").hides(CANARY).stdout(contains("curl")).run().stdout;
    // Runs a command; tells whether it succeeded.
    let sh = |command: &str, variable: Option<&str>| {
        let mut sh = std::process::Command::new("sh");
        sh.args(["-c", command]).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        sh.envs(variable.map(|value| (VARIABLE, value))).output().expect("sh starts").status.success()
    };
    let folder = crate::harness::temporary_folder();
    let path = folder.path().join("it's $(id) \"so\"");
    crate::harness::write(&path, &format!("{SAT}\n"), 0o600);
    let place = format!("@{}", path.display());
    let server = || Server::minting().optional();
    let of_variable = server();
    let text = command(with_sat(&of_variable, ""));
    assert!(text.contains(r#"--oauth2-bearer "$SIGNALWIRE_SUBSCRIBER_TOKEN""#), "{text}");
    let of_file = server();
    let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", of_file.space()).args(["--subscriber-token", &place]);
    let file_text = command(run);
    assert!(file_text.contains(r#"--oauth2-bearer "$(cat '"#), "{file_text}");
    let of_stdin = server();
    let run = tokenmint(LINE).env("SIGNALWIRE_SPACE", of_stdin.space()).args(["--subscriber-token", "-"]).stdin(SAT);
    let demanding = command(run.says("set SIGNALWIRE_SUBSCRIBER_TOKEN before you run it"));
    assert!(demanding.contains(r#"--oauth2-bearer "${SIGNALWIRE_SUBSCRIBER_TOKEN:?"#), "{demanding}");
    assert!([&text, &file_text, &demanding].iter().all(|text| !text.contains("--user")));
    if !installed("curl") {
        return;
    }
    assert!(!sh(&demanding, None));
    for (server, text, variable) in
        [(of_variable, &text, Some(SAT)), (of_file, &file_text, None), (of_stdin, &demanding, Some(SAT))]
    {
        assert!(sh(text, variable), "{text}");
        let request = server.request();
        assert_eq!(request.header("authorization"), Some(format!("Bearer {SAT}").as_str()));
        assert_eq!(request.text(), format!(r#"{{"address_id":"{ADDRESS}"}}"#));
    }
}

#[test]
fn a_secret_in_the_place_of_an_id_or_a_word_is_not_repeated() {
    let key = "PSK_0123456789abcdef0123";
    for (line, wrong) in [
        ("invite --reference a --address-id", SAT),
        ("invite --reference a --address-id", API_TOKEN),
        ("guest --allowed-address", key),
        ("subscriber --reference a --application-id", key),
        ("subscriber --reference a --scope", key),
        ("video --room-name r --join-as", SAT),
    ] {
        let server = Server::unused();
        let run = tokenmint(line).arg(wrong).credentials(&server).hides(wrong).hides(&wrong[..20]);
        run.fails(2).says_all(&["got what looks like", "(not shown)"]).run();
    }
}

#[cfg(all(unix, feature = "emulator"))]
#[test]
fn the_curl_command_of_a_reference_mints_the_token_with_our_own_command() {
    let run = tokenmint(LINE).args(["--reference", "al'ice $x", "--curl", "-q"]).env("SIGNALWIRE_SPACE", "example");
    let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    let part = r#"--oauth2-bearer "$(tokenmint subscriber --reference 'al'\''ice $x')""#;
    run.stdout(contains(part)).run();
    let run = tokenmint(INVITE).args(["--curl", "-q", "-p", "emulator"]);
    run.stdout(contains("$(tokenmint subscriber --profile emulator --reference alice)")).run();
}

#[cfg(unix)]
#[test]
fn neither_a_command_nor_a_helper_gets_the_token() {
    let server = Server::minting();
    let script = "echo ${SIGNALWIRE_SUBSCRIBER_TOKEN-none} $SIGNALWIRE_INVITE_TOKEN";
    let run = with_sat(&server, "--").args(["sh", "-c", script]);
    run.prints(format!("none {CALL}\n")).run();
    // The variable of the token that is minted is the command's to see.
    let server = Server::minting();
    let run = tokenmint("subscriber --reference a --").args(["sh", "-c", "echo $SIGNALWIRE_SUBSCRIBER_TOKEN"]);
    run.credentials(&server).env(VARIABLE, SAT).hides(CANARY).prints(format!("{GUEST}\n")).run();
    let server = Server::minting();
    let helper = "api_token_command = [\"sh\", \"-c\", \"echo PT${SIGNALWIRE_SUBSCRIBER_TOKEN-none}\"]";
    let run = tokenmint("chat --ttl 1h -c lobby=rw").config(&crate::credentials::dev(&server, helper));
    run.env(VARIABLE, SAT).prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:PTnone"));
}

#[test]
fn a_batch_has_one_token_for_all_lines() {
    let input = "{\"id\":1}\n{\"expires_at\":\"+1h\"}\n{\"address_id\":\"7\"}\n";
    let server = Server::minting();
    let run = tokenmint(&format!("{INVITE} --batch - --jobs 1")).credentials(&server).stdin(input).hides(GUEST);
    let output = lines(&run.exits(7).says("2 minted, 1 failed").stdout(ends_with("\n")).run().stdout);
    assert_eq!((&output[0]["token"], &output[1]["token"], &output[0]["id"]), (&json!(CALL), &json!(CALL), &json!(1)));
    assert_eq!(output[2]["error"]["exit"], 2);
    let requests = server.requests();
    let targets: Vec<&str> = requests.iter().map(|request| request.target.as_str()).collect();
    let (first, each) = ("/api/fabric/subscribers/tokens", "/api/fabric/subscriber/invites");
    assert_eq!(targets, [first, each, each]);
    // A token that is refused is that of every line.
    let server = Server::answering([Answer::json(401, r#"{"error":"Unauthorized"}"#)]);
    let run = with_sat(&server, "--batch - --jobs 1").stdin(input).exits(4).says("refused the subscriber token");
    assert_eq!(lines(&run.stdout(ends_with("\n")).run().stdout).len(), 1);
    server.calls(1);
    // One that cannot be minted ends it before the first line.
    let server = Server::answering([Answer::json(401, r#"{"error":"Unauthorized"}"#)]);
    let run = tokenmint(&format!("{INVITE} --batch -")).credentials(&server).stdin("{}\n");
    run.fails(4).says("cannot mint the subscriber token first").run();
    let run = tokenmint(&format!("{INVITE} --batch - --dry-run")).stdin("{}\n").says_all(&["minted first", "1 shown"]);
    run.stdout(contains("Bearer [redacted]")).run();
}

#[test]
fn a_resumed_batch_keeps_no_line_of_another_subscriber() {
    let folder = crate::harness::temporary_folder();
    let out = folder.path().join("out.ndjson");
    let server = Server::minting();
    // What is kept needs no request of its own: two for alice, one for her again, two for bob.
    for reference in ["alice", "alice", "bob"] {
        let run = tokenmint(LINE).args(["--reference", reference, "--batch", "-", "--resume"]).arg(&out);
        let run = run.credentials(&server).stdin("{\"expires_at\":4000000000}\n");
        run.stderr(contains("minted").or(contains("kept"))).run();
    }
    server.calls(5);
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_takes_the_tokens_that_it_has_minted_and_no_others() {
    use crate::emulator::Emulator;
    const PATH: &str = "/api/fabric/subscriber/invites";
    let emulator = Emulator::start();
    let (_, subscriber) = emulator.post("/api/fabric/subscribers/tokens", r#"{"reference":"alice"}"#);
    let text = |key: &str| subscriber[key].as_str().expect("a token").to_owned();
    let (sat, refresh) = (text("token"), text("refresh_token"));
    let ask = |headers: &str, body: &Value| {
        let (status, answer) = emulator.ask("POST", PATH, headers, &body.to_string());
        (status, serde_json::from_str::<Value>(&answer).expect("JSON"))
    };
    let right = json!({"address_id": ADDRESS});
    for scheme in ["Bearer", "bearer"] {
        let (status, body) = ask(&format!("Authorization: {scheme} {sat}\r\n"), &right);
        assert_eq!((status, body.as_object().map(serde_json::Map::len)), (201, Some(1)), "{body}");
        let header = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIiwia2lkIjoidG9rZW5taW50LWVtdWxhdG9yIn0..";
        assert!(body["token"].as_str().is_some_and(|token| token.starts_with(header)), "{body}");
    }
    let (basic, cut) = (emulator.basic(), &sat[..sat.len() - 1]);
    for headers in [
        String::new(),
        basic,
        format!("Authorization: Bearer {refresh}\r\n"),
        format!("Authorization: Bearer {SAT}\r\n"),
        format!("Authorization: Bearer {TOKEN}\r\n"),
        format!("Authorization: Bearer {cut}\r\n"),
        format!("Authorization: Basic {sat}\r\n"),
        format!("Authorization: {sat}\r\n"),
    ] {
        assert_eq!(ask(&headers, &right), (401, json!({"error": "Unauthorized"})), "{headers}");
    }
    let bearer = format!("Authorization: Bearer {sat}\r\n");
    let said = |body: &Value| {
        let (status, answer) = ask(&bearer, body);
        assert_eq!(status, 422, "{answer}");
        let entries = answer["errors"].as_array().expect("entries").iter().map(|entry| {
            let text = |key: &str| entry[key].as_str().expect("text").to_owned();
            (text("code"), text("message"), text("attribute"))
        });
        entries.collect::<Vec<_>>()
    };
    let all = said(&json!({"address_id": "7", "expires_at": "soon"}));
    let (invalid, at) = ("invalid_parameter".to_owned(), "expires_at".to_owned());
    assert_eq!(all[0], (invalid.clone(), "Address is invalid".to_owned(), "address_id".to_owned()));
    assert_eq!(all[1], (invalid.clone(), "Expires At must be an integer".to_owned(), at.clone()));
    assert!(all[2].1.starts_with("Expires At must be greater than 1") && all[2].2 == at, "{all:?}");
    assert_eq!(all.len(), 3);
    assert_eq!(said(&json!({}))[0].0, "missing_required_parameter");
    assert_eq!(said(&json!({"address_id": ADDRESS, "expire_at": 4_000_000_000_i64}))[0].2, "expire_at", "sealed");
    assert_eq!(said(&json!({"address_id": ADDRESS, "expires_at": 1})).len(), 1);
    assert_eq!(emulator.ask("POST", PATH, &bearer, "{").0, 400);
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_profile_mints_from_a_subscriber_to_an_invite() {
    let run = tokenmint(INVITE).args(["--profile", "emulator", "-q"]);
    run.stdout(predicates::str::starts_with("eyJ").and(ends_with("\n"))).run();
    let sat =
        tokenmint("subscriber --reference a --profile emulator -q -o json").stdout(contains("token")).run().stdout;
    let run = tokenmint(LINE).args(["--profile", "emulator", "-q", "--subscriber-token", "-"]).stdin(sat);
    run.stdout(predicates::str::starts_with("eyJ")).run();
    let run = tokenmint(LINE).args(["--profile", "emulator"]).env(VARIABLE, SAT).hides(CANARY);
    run.fails(4).says("refused the subscriber token").run();
}
