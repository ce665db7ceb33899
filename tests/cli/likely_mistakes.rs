//! Calls that are nearly right: everything that is missing is named at once, broken JSON is answered with its likely cause,
//! and a flag that would do nothing is refused.

use predicates::prelude::*;

use crate::harness::{ADDRESS, API_TOKEN, CHAT, tokenmint};
use crate::server::{Answer, Server};

#[test]
fn every_missing_flag_is_named_at_once_with_a_line_to_copy() {
    for (line, error, hint) in [
        ("chat", "missing --ttl and --channel", "tokenmint chat --ttl 1h --channel lobby=rw"),
        ("pubsub --channel a=r", "missing --ttl", "add --ttl 1h"),
        ("chat --expires-in 1h", "missing --channel", "add --channel lobby=rw"),
        ("chat --body {}", "missing --ttl and --channel", "add --ttl 1h --channel lobby=rw, or the fields to --body"),
        ("guest --ttl 1h", "missing --allowed-address", "add --allowed-address UUID"),
        ("video", "missing --room-name", "tokenmint video --room-name NAME"),
        ("subscriber", "missing --reference", "tokenmint subscriber --reference NAME"),
        ("twilio --ttl 1h", "missing --identity and at least one grant", "add --identity NAME --video"),
        ("twilio --identity a", "missing at least one grant", "--task-router, --grant"),
        ("completions", "missing SHELL", "tokenmint completions bash"),
    ] {
        let server = Server::unused();
        let said = tokenmint(line).credentials(&server).fails(2).says(hint).run().stderr;
        assert!(said.starts_with(&format!("error: {error}\n")), "{line}: {said}");
    }
}

/// The line of the hint is right: it is pasted as it is.
#[test]
fn the_line_of_the_hint_mints() {
    let server = Server::minting();
    let said = tokenmint("chat").credentials(&server).fails(2).run().stderr;
    let line = said.lines().find_map(|line| line.strip_prefix("hint: tokenmint ")).expect("a line to copy");
    tokenmint(line).credentials(&server).stdout(predicate::str::ends_with("\n")).run();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_batch_line_names_all_of_its_missing_fields_as_the_service_does() {
    let run = tokenmint("chat --batch -").credentials(&Server::unused()).stdin("{\"member_id\":\"a\"}\n").exits(7);
    let out = run.stdout(predicate::always()).says("1 failed").run().stdout;
    let line: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(line["error"]["message"], "missing ttl and channels");
    assert!(line["error"]["hint"].as_str().is_some_and(|hint| hint.contains("--ttl 1h --channel lobby=rw")), "{line}");
}

#[test]
fn broken_json_is_answered_with_what_was_likely_done() {
    for (flag, given, parts) in [
        (
            "--state",
            "{team:blue}",
            &["expected a key in double quotes, found 't' at line 1, column 2", "the shell removed"][..],
        ),
        ("--state", "{'team':'blue'}", &["use double quotes inside"]),
        ("--state", "{\u{201c}team\u{201d}:1}", &["curly quotes"]),
        ("--state", "{\"team\":1,}", &["trailing comma", "remove the last comma"]),
        ("--state", "{\"team\":1", &["it ends too early", "closing brace"]),
        ("--state", "{\"a\":1} {\"b\":2}", &["text after the end of the value", "one JSON value"]),
        ("--state", "[1]", &["must be a JSON object"]),
        ("--state", "state.json", &["is the name of a file", "write --state @state.json"]),
        ("--channels", "lobby=rw", &["write -c lobby=rw"]),
        ("--channels", "lobby=rw,news=r", &["write -c lobby=rw -c news=r"]),
    ] {
        let run = tokenmint(CHAT).args([flag, given]).file("state.json", "{}", 0o600).credentials(&Server::unused());
        run.fails(2).says(flag).says_all(parts).run();
    }
}

/// A fault shows one character of a value and no hint repeats it: a variable with a secret may be in the wrong place.
#[test]
fn broken_json_is_never_repeated() {
    for given in [format!("{{{API_TOKEN}}}"), format!("{{'{API_TOKEN}'}}"), format!("{{\"a\":{API_TOKEN}")] {
        for flag in ["--state", "--channels", "--body"] {
            let run = tokenmint(CHAT).args([flag, &given]).hides(&API_TOKEN[2..12]);
            run.fails(2).says("hint: ").run();
        }
    }
}

#[test]
fn milliseconds_for_seconds_are_asked_about_wherever_they_stand() {
    let body = format!("{{\"allowed_addresses\":[\"{ADDRESS}\"],\"expire_at\":4000000000000}}");
    tokenmint("guest --body").arg(&body).fails(2).says_all(&["did you mean seconds?", "4000000000"]).run();
    let flag = tokenmint("guest").args(["-a", ADDRESS, "--expire-at", "@4000000000000"]);
    flag.fails(2).says_all(&["did you mean seconds?", "--expire-at @4000000000"]).run();
}

#[test]
fn credentials_for_a_command_that_uses_none_are_refused() {
    for (line, parts) in [
        ("inspect x -p dev", &["--profile has no effect with inspect", "--verify"][..]),
        ("profile list -p dev", &["--profile has no effect with profile list"]),
        ("profile path -p dev", &["--profile has no effect with profile path"]),
        ("profile init -p dev", &["--profile has no effect with profile init"]),
        ("emulator --config x", &["--config has no effect with emulator"]),
        ("completions bash --config x", &["--config has no effect with completions"]),
        ("man --config x", &["--config has no effect with man"]),
    ] {
        tokenmint(line).fails(2).says_all(parts).run();
    }
}

#[test]
fn a_dry_run_with_a_command_says_that_the_command_was_not_run() {
    let run = tokenmint(CHAT).args(["--dry-run", "--", "touch", "ran"]).stdout(predicate::str::contains("POST "));
    let run = run.says("note: --dry-run does not run the command after --");
    let ran = run.path("ran");
    run.run();
    assert!(!ran.exists());
}

/// A line that is refused on its own would end every run with `--resume` at the same place.
#[test]
fn a_403_names_its_line_and_the_way_past_it() {
    let server = Server::answering([Answer::json(403, r#"{"error":"Forbidden"}"#)]);
    let run = tokenmint(CHAT)
        .args(["--batch", "-", "--jobs", "1", "--resume", "out"])
        .stdin("\n{}\n{}\n")
        .credentials(&server);
    run.fails(4).says_all(&["error: line 2: ", "leave the line blank", "--resume out"]).run();
}
