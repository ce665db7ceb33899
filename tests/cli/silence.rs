//! What is surely a mistake is refused or warned of, with a line to copy; nothing is lost by a look.

use predicates::str::{contains, ends_with, starts_with};
use serde_json::{Value, json};

use crate::harness::{ADDRESS, CHAT, GUEST_COMMAND, Run, VIDEO, tokenmint};
use crate::server::Server;
use crate::twilio::twilio;

/// The body that arrives when this runs.
fn sent(run: Run) -> Value {
    let server = Server::minting();
    run.credentials(&server).stdout(ends_with("\n")).run();
    serde_json::from_str(&server.request().text()).expect("JSON")
}

/// Nothing is sent, exit 2, and the message has these parts.
fn refused(run: Run, parts: &[&str]) -> String {
    let server = Server::unused();
    run.credentials(&server).says_all(parts).fails(2).run().stderr
}

#[test]
fn two_channels_in_one_value_are_refused_with_both_written_out() {
    for command in ["chat", "pubsub"] {
        let run = |spec: &str| tokenmint(command).args(["--ttl", "1h", "-c", spec]);
        refused(run("lobby=rw,news=r"), &["--channel", "-c lobby=rw -c news=r", "--channels"]);
        refused(run("a=read, b=write,c=rw"), &["-c a=read -c b=write -c c=rw"]);
        // A name may hold commas and equals signs.
        let body = sent(run("a,b=c=r"));
        assert_eq!(body["channels"], json!({"a,b=c": {"read": true, "write": false}}));
        for spec in ["lobby:rw", "lobby,rw", "lobby rw"] {
            refused(run(spec), &["--channel", "write -c lobby=rw"]);
        }
    }
    // What is meant so goes in JSON.
    let body = sent(tokenmint("chat --ttl 1h --channels").arg(r#"{"lobby=rw,news":{"read":true}}"#));
    assert_eq!(body["channels"], json!({"lobby=rw,news": {"read": true}}));
}

#[test]
fn a_channel_that_is_likely_a_slip_is_sent_with_a_warning() {
    for (flag, value, said) in [
        ("-c", "*=rw", "wildcard"),
        ("-c", " lobby =rw", "blanks"),
        ("--channels", r#"{"lobby":{"read":false}}"#, "grants nothing in channel 'lobby'"),
        ("--channels", r#"{"lobby":{"read":true,"raed":true}}"#, "'raed'"),
    ] {
        let run = tokenmint("chat --ttl 1h").args([flag, value]);
        sent(run.says_all(&["warning", said]));
    }
}

#[test]
fn a_bare_number_is_answered_with_what_it_is_in_both_units() {
    for (line, hint) in [
        ("chat -c a=r --ttl 3600", "hint: 3600s is 1h, 3600m is 60h; write --ttl 1h\n"),
        ("chat -c a=r --ttl 60", "hint: 60s is 1m, 60m is 1h; write --ttl 1m or --ttl 1h\n"),
        ("chat -c a=r --ttl 86400", "hint: 86400s is 24h; write --ttl 24h\n"),
        ("chat -c a=r --ttl 3600000", "milliseconds; write --ttl 1h\n"),
        ("chat -c a=r --ttl 2592001s", "at most 30d"),
        ("chat -c a=r --ttl +1h", "hint: write --ttl 1h\n"),
        ("chat -c a=r --ttl 1h --timeout 5", "hint: write --timeout 5s or --timeout 5m\n"),
        ("inspect x --min-ttl 5", "hint: write --min-ttl 5s or --min-ttl 5m\n"),
        ("guest --ttl 7200", "hint: 7200s is 2h, 7200m is 120h; write --ttl 2h\n"),
        ("subscriber --reference a --ttl 7200", "write --ttl 2h\n"),
        ("video --room r --ttl 7200", "write --ttl 2h\n"),
        ("video --room r --join-until +60", "write --join-until +1m or --join-until +1h\n"),
    ] {
        let line = if line.starts_with("guest") { format!("{line} -a {ADDRESS}") } else { line.to_owned() };
        refused(tokenmint(&line), &[hint]);
    }
    twilio("twilio --identity a --video --ttl 3600").fails(2).says("hint: 3600s is 1h; write --ttl 1h\n").run();
    for line in ["chat -c a=r --ttl 0", "chat -c a=r --ttl 1h --timeout 0", "inspect x --min-ttl 0"] {
        assert!(!refused(tokenmint(line), &["must be"]).contains('?'), "{line}");
    }
    // 30 days and more, in no unit: no hint can be right.
    assert!(!refused(tokenmint("chat -c a=r --ttl 2592001"), &["no unit"]).contains("hint"));
}

#[test]
fn a_number_for_a_time_is_answered_with_the_time_that_it_is() {
    for (time, hint) in [
        ("1795600000", "hint: write --expire-at @1795600000\n"),
        ("1795600000000", "milliseconds; did you mean seconds? write --expire-at @1795600000\n"),
        ("@1795600000000", "milliseconds; did you mean seconds? write --expire-at @1795600000\n"),
        ("2h", "hint: write --expire-at +2h\n"),
    ] {
        refused(tokenmint(&format!("{GUEST_COMMAND} --expire-at {time}")), &["--expire-at", hint]);
    }
}

#[test]
fn a_flag_without_effect_is_refused_and_says_why() {
    for (flags, parts) in [
        (&["--name", "X"][..], &["--name", "no effect", "-o export"][..]),
        (&["--name", "X", "-o", "json"], &["--name", "no effect"]),
        (&["--name", "X", "-w", "out"], &["--name", "no effect"]),
        (&["--shell", "fish"], &["--shell", "no effect", "-o export"]),
        (&["--shell", "fish", "-o", "dotenv"], &["--shell", "no effect"]),
        (&["-o", "json", "--", "env"], &["--output", "no effect", "--"]),
        (&["-o", "export", "--shell", "sh", "--", "env"], &["--output", "no effect"]),
        (&["--shell", "sh", "--", "env"], &["--shell", "no effect"]),
    ] {
        refused(tokenmint(CHAT).args(flags), parts);
    }
    for flags in ["--timeout 5s", "--retries 1", "--cacert nofile", "--curl"] {
        let flag = flags.split(' ').next().unwrap_or_default();
        let run = twilio("twilio --identity a --video").args(flags.split(' '));
        run.fails(2).says_all(&[flag, "no effect", "sends nothing"]).run();
    }
    for line in ["emulator", "completions bash", "man"] {
        for flag in ["-p", "--profile"] {
            tokenmint(line).args([flag, "9000"]).fails(2).says_all(&["--profile", "no effect"]).run();
            tokenmint("").args([flag, "9000"]).args(line.split(' ')).fails(2).says("--profile").run();
        }
    }
    tokenmint("emulator -p 9000").fails(2).says("--port 9000").run();
}

#[test]
fn a_flag_that_has_an_effect_is_taken() {
    let server = Server::minting();
    let run = |flags: &[&str]| tokenmint(CHAT).args(flags).credentials(&server);
    run(&["-o", "export", "--name", "X"]).stdout(starts_with("export X=")).run();
    run(&["-o", "export", "--shell", "fish"]).stdout(starts_with("set -gx")).run();
    #[cfg(unix)]
    run(&["--name", "X", "--", "sh", "-c", "test -n \"$X\" && echo set"]).prints("set\n").run();
    // The environment is for all commands, not typed for this one.
    for line in ["completions bash", "man"] {
        tokenmint(line).env("TOKENMINT_PROFILE", "nope").stdout(contains("tokenmint")).run();
    }
}

#[test]
fn a_switch_given_twice_is_the_same_as_once_and_shown_as_one() {
    let server = Server::minting();
    for flags in ["-vv", "-v -v", "--verbose --verbose"] {
        let run = tokenmint(flags).args(CHAT.split(' ')).credentials(&server);
        run.says("POST").stdout(ends_with("\n")).run();
    }
    tokenmint("-qq").args(VIDEO.split(' ')).credentials(&server).stdout(ends_with("\n")).run();
    let help = tokenmint("chat --help").stdout(contains("--verbose")).run().stdout;
    assert!(!help.contains("--verbose..."), "{help}");
}

#[test]
fn a_look_does_not_replace_a_token() {
    for (look, write) in [
        ("--dry-run", &["--write", "kept"][..]),
        ("--curl", &["-w", "kept"]),
        ("--dry-run", &["--batch", "in", "--resume", "kept"]),
        ("--curl", &["--batch", "in", "--resume", "kept"]),
        ("--dry-run", &["--batch", "in", "--write", "kept"]),
    ] {
        let run = tokenmint(CHAT).arg(look).args(write).file("in", "{}\n", 0o600).file("kept", "precious", 0o600);
        let (_, kept) = run.fails(2).says_one_of(&[look, "--batch and --write"]).run_and_read("kept");
        assert_eq!(kept, "precious");
    }
    let run = twilio("twilio --identity a --video --dry-run -w kept").file("kept", "precious", 0o600);
    let (_, kept) = run.fails(2).says("-write").run_and_read("kept");
    assert_eq!(kept, "precious");
}

/// Seconds from now until a time.
fn until(time: &Value) -> i64 {
    let time: jiff::Timestamp = time.as_str().and_then(|text| text.parse().ok()).expect("RFC 3339");
    time.as_second() - jiff::Timestamp::now().as_second()
}

#[test]
fn every_command_that_mints_has_a_lifetime() {
    for flag in ["--ttl", "--expires-in"] {
        let body = sent(tokenmint(&format!("{VIDEO} {flag} 2h")));
        let text = body["join_until"].as_str().expect("a time");
        assert!(text.len() == "2030-01-31T12:00:00Z".len() && text.ends_with('Z'), "{text}");
        assert!((7_170..=7_200).contains(&until(&body["join_until"])), "{body}");
        assert_eq!(sent(tokenmint(&format!("chat -c a=r {flag} 2h")))["ttl"], json!(120));
        assert_eq!(sent(tokenmint(&format!("pubsub -c a=r {flag} 2h")))["ttl"], json!(120));
        for line in [GUEST_COMMAND, "subscriber --reference a"] {
            assert!(sent(tokenmint(&format!("{line} {flag} 2h")))["expire_at"].is_i64(), "{line}");
        }
        let run = twilio(&format!("twilio --identity a --video {flag} 2h -o json"));
        let expires = run.stdout(starts_with("{")).run().json()["expires_in"].as_i64().expect("seconds");
        assert!((7_170..=7_200).contains(&expires), "{expires}");
    }
    refused(tokenmint(&format!("{VIDEO} --ttl 2h --join-until +2h")), &["--ttl", "--join-until", "together"]);
    for wrong in ["-1h", "0", "soon", "7200"] {
        refused(tokenmint(&format!("{VIDEO} --ttl {wrong}")), &["--ttl"]);
    }
    let server = Server::minting();
    let run = tokenmint(&format!("{VIDEO} --ttl 2h -o json")).credentials(&server).stdout(starts_with("{"));
    assert!((7_170..=7_200).contains(&until(&run.run().json()["expires_at"])));
}

/// What is counted from now is another time in each run, and yet the same request.
#[test]
fn a_lifetime_of_a_room_token_is_the_same_request_later() {
    let server = Server::minting();
    let run = |ttl: &str| {
        let run = tokenmint(&format!("{VIDEO} --ttl {ttl} --batch -")).credentials(&server).stdin("{}\n");
        let line = run.says("minted").stdout(ends_with("\n")).run().json();
        line["request"].as_str().expect("a mark").to_owned()
    };
    let first = run("2h");
    // The next second gives another join_until.
    let second = jiff::Timestamp::now().as_second();
    while jiff::Timestamp::now().as_second() == second {
        std::thread::yield_now();
    }
    assert_eq!(run("2h"), first);
    assert_ne!(run("3h"), first);
}

#[test]
fn the_version_is_printed_after_a_command_too() {
    let version = format!("tokenmint {}\n", env!("CARGO_PKG_VERSION"));
    for line in ["", "chat", "chat --ttl 1h", "twilio", "inspect", "profile", "profile list", "emulator", "man"] {
        for flag in ["--version", "-V"] {
            tokenmint(line).arg(flag).prints(version.as_str()).run();
        }
    }
}

#[test]
fn commas_divide_lists_and_an_empty_entry_is_refused() {
    let other = "5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9";
    let body = sent(tokenmint(&format!("guest -a {ADDRESS},{other}")));
    assert_eq!(body["allowed_addresses"], json!([ADDRESS, other]));
    refused(tokenmint(&format!("guest -a {ADDRESS},")), &["--allowed-address", "empty entry", "comma"]);
    refused(tokenmint(&format!("{VIDEO} --permission room.lock,")), &["--permission", "empty entry", "comma"]);
    let eleven = [other; 11].join(",");
    refused(tokenmint(&format!("guest -a {eleven}")), &["--allowed-address", "at most 10", "11"]);
}

#[cfg(feature = "emulator")]
#[test]
fn the_emulator_is_as_strict_as_the_schema() {
    let run = |line: &str, body: &str| {
        let run = tokenmint(line).args(["--profile", "emulator", "-o", "json", "--body", body]).fails(5);
        let error = run.says("error").run().error();
        (error["details"][0]["code"].clone(), error["details"][0]["attribute"].clone())
    };
    assert_eq!(run(VIDEO, r#"{"colour":"red"}"#), (json!("invalid_parameter"), json!("colour")));
    let channels = r#"{"ttl":1,"channels":{"a":{"read":true,"admin":true}}}"#;
    assert_eq!(run("chat", channels), (json!("invalid_parameter"), json!("channels")));
    assert_eq!(run(GUEST_COMMAND, r#"{"region":"eu"}"#), (json!("unsupported_option"), json!("region")));
    assert_eq!(run("subscriber --reference a", r#"{"region":"eu"}"#), (json!("unsupported_option"), json!("region")));
    // A service that takes the region gets it.
    let body = sent(tokenmint(&format!("{GUEST_COMMAND} --region eu")).says_all(&["warning", "us-central"]));
    assert_eq!(body["region"], json!("eu"));
}
