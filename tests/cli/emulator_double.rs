//! The emulator as a test double: a command that runs against it, a line per request, and failures on demand.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use crate::harness::{ADDRESS, Run, tokenmint};
use crate::running::{Running, read};

// What `printf %s 00000000-0000-4000-8000-000000008793:PTdeadbeef… | base64 -w0` prints for the documented credentials.
const BASIC: &str = "Authorization: Basic MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDA4NzkzOlBUZGVhZGJlZWZkZWFkYmVlZmRlYWRiZWVm\
                     ZGVhZGJlZWZkZWFkYmVlZmRlYWRiZWVm\r\nContent-Type: application/json\r\n";
const CHAT: &str = r#"{"ttl":60,"channels":{"lobby":{"read":true}},"member_id":"alice"}"#;
const CHAT_PATH: &str = "/api/chat/tokens";

fn emulator(flags: &str) -> Running {
    Running::start(tokenmint(&format!("emulator --port 0 {flags}")))
}

/// A run of the emulator with a shell script, in which `$T` is the program.
fn around(flags: &str, script: &str) -> Run {
    let run = tokenmint(&format!("emulator {flags}")).env("T", assert_cmd::cargo::cargo_bin!("tokenmint"));
    run.args(["--", "sh", "-c", script])
}

fn post(emulator: &Running, path: &str, more: &str, body: &str) -> (u16, serde_json::Value) {
    let reply = emulator.ask("POST", path, &format!("{BASIC}{more}"), body);
    (reply.status, reply.json())
}

#[test]
fn a_command_finds_the_emulator_in_its_environment_and_hands_on_its_status() {
    for (script, code) in [("exit 0", 0), ("exit 9", 9), ("kill -9 $$", 137), ("kill -15 $$", 143)] {
        around("-q", script).exits(code).run();
    }
    let minted = around("-q", r#""$T" chat --ttl 1h -c lobby=rw | "$T" inspect --check"#);
    minted.stdout(predicates::str::contains("not valid on SignalWire")).run();
    // Its lines are all there when it ends.
    let script = r#"for i in 1 2 3; do "$T" chat --ttl 1h -c a=r --member-id m$i -q >/dev/null; done"#;
    around("", script)
        .says_exactly("POST chat 200 member=m1\nPOST chat 200 member=m2\nPOST chat 200 member=m3\n")
        .run();
    // A port of its own, unless one is given.
    let port = around("-q", "echo $SIGNALWIRE_SPACE").stdout(predicates::str::starts_with("127.0.0.1:")).run().stdout;
    assert_ne!(port.trim(), "127.0.0.1:8793");
    tokenmint("emulator -- no-such-program").fails(127).says("no-such-program").run();
    tokenmint("emulator -- /").fails(126).run();
    tokenmint("emulator --").fails(2).says("missing command after --").run();
}

#[test]
fn a_command_sees_no_other_credentials() {
    let script = "echo $SIGNALWIRE_SPACE_URL$SIGNALWIRE_SPACE_NAME$SIGNALWIRE_TOKEN$TOKENMINT_PROFILE$TWILIO_API_SECRET,\
                  $SIGNALWIRE_PROJECT_ID,$SIGNALWIRE_API_TOKEN";
    around("-q", script)
        .env("SIGNALWIRE_SPACE_URL", "real.signalwire.com")
        .env("SIGNALWIRE_SPACE_NAME", "real")
        .env("SIGNALWIRE_TOKEN", crate::harness::API_TOKEN)
        .env("SIGNALWIRE_API_TOKEN", crate::harness::API_TOKEN)
        .env("TWILIO_API_SECRET", crate::harness::API_TOKEN)
        .env("TOKENMINT_PROFILE", "real")
        .prints(",00000000-0000-4000-8000-000000008793,PTdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef\n")
        .run();
}

#[test]
fn with_tls_a_command_trusts_the_certificate() {
    let script = r#"case $SIGNALWIRE_SPACE in https://127.0.0.1:*) ;; *) exit 1;; esac
        [ "$SSL_CERT_FILE$REQUESTS_CA_BUNDLE" = "$SIGNALWIRE_REST_CA_FILE$SSL_CERT_FILE" ] || exit 2
        [ "$SIGNALWIRE_REST_BASE_URL" = "$SIGNALWIRE_SPACE" ] || exit 3
        "$T" chat --ttl 1h -c lobby=rw"#;
    let run = around("-q --tls", script);
    let folder = run.path("home");
    run.env("TMPDIR", &folder).stdout(predicates::str::starts_with("eyJ")).run();
}

#[test]
fn signals_reach_the_command_and_the_port_goes_with_it() {
    let script = "trap 'echo ended; exit 5' TERM; echo $SIGNALWIRE_SPACE; while :; do sleep 0.01; done";
    let mut run = around("-q", script);
    let mut child = run.command().stdout(Stdio::piped()).spawn().expect("it starts");
    let mut out = child.stdout.take().expect("stdout");
    let mut address = String::new();
    while !address.ends_with('\n') {
        let mut byte = [0];
        out.read_exact(&mut byte).expect("the address");
        address.push(char::from(byte[0]));
    }
    std::net::TcpStream::connect(address.trim()).expect("it listens");
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a pid")), Signal::SIGTERM).expect("a signal");
    assert_eq!(child.wait().expect("its end").code(), Some(5));
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("the rest");
    assert_eq!(rest, "ended\n");
    assert!(std::net::TcpStream::connect(address.trim()).is_err());
}

#[test]
fn each_request_has_a_line_without_secrets() {
    let emulator = emulator("");
    let say = |part: &str| emulator.says(part);
    assert_eq!(post(&emulator, CHAT_PATH, "", CHAT).0, 200);
    assert_eq!(say("POST"), "POST chat 200 member=alice");
    assert_eq!(post(&emulator, "/api/video/room_tokens", "", "{}").0, 422);
    assert_eq!(say("POST"), "POST video 422 room_name: missing_required_parameter");
    assert_eq!(emulator.ask("POST", CHAT_PATH, "", "{}").status, 401);
    assert_eq!(say("POST"), "POST chat 401");
    assert_eq!(emulator.ask("GET", "/x?token=PTsecret", "", "").status, 404);
    assert_eq!(say("GET"), "GET /x 404");
    let subscriber = json!({"reference": "a b\u{1b}[31m\u{202e}\n::x", "password": "hunter2-secret", "colour\u{7}": 1});
    assert_eq!(post(&emulator, "/api/fabric/subscribers/tokens", "", &subscriber.to_string()).0, 422);
    assert_eq!(say("POST"), "POST subscriber 422 colour: invalid_parameter");
    let subscriber = json!({"reference": "a b\u{1b}[31m\u{202e}\n::x", "password": "hunter2-secret"});
    assert_eq!(post(&emulator, "/api/fabric/subscribers/tokens", "", &subscriber.to_string()).0, 200);
    assert_eq!(say("POST"), r#"POST subscriber 200 reference="a b[31m ::x""#);
    let long = json!({"ttl": 0, "channels": {}, "n".repeat(5_000): 1, "state": 1, "member_id": 2});
    assert_eq!(post(&emulator, CHAT_PATH, "", &long.to_string()).0, 422);
    let line = say("POST");
    assert!(line.len() < 310 && line.starts_with("POST chat 422 ttl: ") && line.ends_with(", 2 more"), "{line}");
    let (code, rest) = emulator.end(Signal::SIGTERM);
    assert_eq!((code, rest), (Some(0), Vec::new()));
}

#[test]
fn quiet_prints_no_lines() {
    let emulator = emulator("-q");
    assert_eq!(post(&emulator, CHAT_PATH, "", CHAT).0, 200);
    let (code, lines) = emulator.end(Signal::SIGINT);
    assert_eq!(code, Some(0));
    assert!(lines.iter().all(|line| line.starts_with("export ")), "{lines:?}");
}

#[test]
fn an_unread_stderr_does_not_stop_the_server() {
    let mut run = tokenmint("emulator --port 0");
    let mut child =
        run.command().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut ready = [0; 64];
    let length = child.stdout.as_mut().expect("stdout").read(&mut ready).expect("the ready line");
    let ready = String::from_utf8_lossy(&ready[..length]).trim().to_owned();
    let address = ready.strip_prefix("listening on http://").expect("the ready line");
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    // Far more lines than a pipe and the queue before it hold.
    let request = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(50));
    for _ in 0..100 {
        stream.write_all(request.repeat(50).as_bytes()).expect("requests");
        for _ in 0..50 {
            assert_eq!(read(&mut stream).status, 404);
        }
    }
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a pid")), Signal::SIGTERM).expect("a signal");
    assert_eq!(child.wait().expect("its end").code(), Some(0));
}

#[test]
fn only_the_scopes_that_are_given_are_open() {
    let emulator = emulator("--scope chat,video");
    let guest = format!(r#"{{"allowed_addresses":["{ADDRESS}"]}}"#);
    for (path, body, status) in [
        (CHAT_PATH, CHAT, 200),
        ("/api/video/room_tokens", r#"{"room_name":"r"}"#, 200),
        // Any of Voice, Messaging, Fax and Video will do.
        ("/api/fabric/guests/tokens", &guest, 201),
        ("/api/pubsub/tokens", CHAT, 401),
        ("/api/pubsub/tokens", "{}", 401),
    ] {
        let (given, answer) = post(&emulator, path, "", body);
        assert_eq!(given, status, "{path}");
        assert_eq!(status == 401, answer == json!({"error": "Unauthorized"}), "{path}");
    }
}

#[test]
fn only_the_addresses_that_are_given_belong_to_the_project() {
    let other = "5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9";
    let emulator = emulator(&format!("--address {ADDRESS}"));
    let guest =
        |ids: &[&str]| post(&emulator, "/api/fabric/guests/tokens", "", &json!({"allowed_addresses": ids}).to_string());
    assert_eq!(guest(&[ADDRESS]).0, 201);
    let (status, answer) = guest(&[ADDRESS, other]);
    assert_eq!(status, 422);
    let entry = &answer["errors"][0];
    assert_eq!(entry["code"], "must_belong_to_project");
    assert_eq!(entry["attribute"], "allowed_addresses");
    assert_eq!(entry["message"], "The addresses must belong to the project");
    assert_eq!(entry["type"], "validation_error");
    let both = Running::start(tokenmint(&format!("emulator --port 0 --address {ADDRESS} --address {other}")));
    let body = json!({"allowed_addresses": [ADDRESS, other]}).to_string();
    assert_eq!(post(&both, "/api/fabric/guests/tokens", "", &body).0, 201);
}

#[test]
fn the_clock_runs_on_from_the_time_that_is_given() {
    let script = r#""$T" chat --ttl 1h -c lobby=rw -q | "$T" inspect -o json"#;
    for (clock, issued) in [("2030-01-31T12:00:00Z", "2030-01-31T12:0"), ("2020-01-01", "2020-01-01T00:0")] {
        let object =
            around(&format!("-q --clock {clock}"), script).stdout(predicates::str::starts_with("{")).run().json();
        assert!(object["issued_at"].as_str().expect("a time").starts_with(issued), "{object}");
        assert_eq!(object["expires_in"].as_i64().expect("seconds") < 0, clock.starts_with("2020"), "{object}");
    }
    // Judged by that clock: 2031 is past in 2032, and not in 2020.
    for (clock, status) in [("2020-01-01", 201), ("2032-01-01", 422), ("@2000000000", 422)] {
        let emulator = emulator(&format!("--clock {clock}"));
        let body = format!(r#"{{"allowed_addresses":["{ADDRESS}"],"expire_at":1925000000}}"#);
        assert_eq!(post(&emulator, "/api/fabric/guests/tokens", "", &body).0, status, "{clock}");
    }
    around("-q --clock -2h", r#""$T" chat --ttl 1h -c lobby=rw -q | "$T" inspect --check >/dev/null 2>&1"#)
        .exits(8)
        .run();
}

#[test]
fn every_answer_is_delayed() {
    let emulator = emulator("--delay 24h");
    tokenmint("chat --ttl 1h -c lobby=rw --timeout 200ms --retries 0")
        .env("SIGNALWIRE_SPACE", &emulator.address)
        .env("SIGNALWIRE_PROJECT_ID", "00000000-0000-4000-8000-000000008793")
        .env("SIGNALWIRE_API_TOKEN", "PTdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef")
        .fails(6)
        .says("--timeout 200ms")
        .run();
    // A delayed answer does not keep the server from its end.
    assert_eq!(emulator.end(Signal::SIGTERM).0, Some(0));
    let quick = Running::start(tokenmint("emulator --port 0 --delay 1ms"));
    assert_eq!(post(&quick, CHAT_PATH, "", CHAT).0, 200);
}

/// The statuses of 60 requests to chat, with requests to another endpoint in between.
fn statuses(flags: &str, between: usize) -> Vec<u16> {
    let emulator = emulator(flags);
    let row = (0..60).map(|_| {
        for _ in 0..between {
            post(&emulator, "/api/video/room_tokens", "", r#"{"room_name":"r"}"#);
        }
        post(&emulator, CHAT_PATH, "", CHAT).0
    });
    row.collect()
}

#[test]
fn a_seed_gives_the_same_failures_every_time() {
    let first = statuses("--fail 503:0.2 --seed 7", 0);
    assert_eq!(first, statuses("--fail 503:0.2 --seed 7", 0));
    assert_eq!(first, statuses("--fail 503:0.2 --seed 7", 2));
    assert_ne!(first, statuses("--fail 503:0.2 --seed 8", 0));
    let failed = first.iter().filter(|status| **status == 503).count();
    assert!((3..=25).contains(&failed) && first.iter().all(|status| matches!(status, 200 | 503)), "{first:?}");
    let mixed = statuses("--fail 429:0.5 --fail 500:0.5 --seed 1", 0);
    assert!(mixed.contains(&429) && mixed.contains(&500) && !mixed.contains(&200), "{mixed:?}");
}

#[test]
fn a_command_meets_the_same_failures_every_time() {
    let script = r#"for i in 1 2 3 4 5 6 7 8 9 10 11 12; do "$T" chat --ttl 1h -c a=r --retries 0 >/dev/null 2>&1; printf %s $?; done"#;
    let run = || around("-q --fail 503:0.5 --seed 3", script).stdout(predicates::str::contains("6")).run().stdout;
    assert_eq!(run(), run());
    // A client that tries again gets its token.
    let script = r#""$T" chat --ttl 1h -c a=r --retries 20 -q"#;
    around("-q --fail 429:0.5 --seed 3", script).stdout(predicates::str::starts_with("eyJ")).run();
}

#[test]
fn a_seed_that_was_drawn_is_named() {
    let run = around("--fail 503:0.5", "true").says("note: failures are random; --seed ");
    run.run();
    around("--fail 503", "true").run();
    around("-q --fail 503:0.5", "true").run();
}

#[test]
fn failures_have_the_documented_forms() {
    for (status, body) in [
        (400, json!({"error": "Bad Request"})),
        (401, json!({"error": "Unauthorized"})),
        (403, json!({"error": "Forbidden"})),
        (404, json!({"error": "Not Found"})),
        (429, json!({"error": "Too Many Requests"})),
        (500, json!({"error": "Internal Server Error"})),
        (503, json!({"error": "Service Unavailable"})),
    ] {
        let emulator = emulator(&format!("--fail {status}"));
        let reply = emulator.ask("POST", CHAT_PATH, BASIC, CHAT);
        assert_eq!((reply.status, reply.json()), (status, body));
        assert_eq!(reply.header("retry-after"), matches!(status, 429 | 503).then_some("1"), "{status}");
        assert_eq!(emulator.says("POST"), format!("POST chat {status} (--fail)"));
    }
    let emulator = emulator("--fail 422");
    let (status, answer) = post(&emulator, CHAT_PATH, "", CHAT);
    assert_eq!(status, 422);
    assert_eq!(answer["errors"][0]["code"], "missing_required_parameter");
    // Only what would have been answered otherwise fails.
    assert_eq!(emulator.ask("POST", CHAT_PATH, "", CHAT).status, 401);
    assert_eq!(emulator.ask("GET", CHAT_PATH, "", "").status, 405);
}

#[test]
fn a_request_can_choose_its_own_answer() {
    let emulator = emulator("");
    for status in [400, 401, 403, 404, 422, 429, 500, 503] {
        for header in
            [format!("Prefer: code={status}\r\n"), format!("prefer: respond-async, Code=\"{status}\"; x=1\r\n")]
        {
            let reply = emulator.ask("POST", CHAT_PATH, &format!("{BASIC}{header}"), CHAT);
            assert_eq!(reply.status, status, "{header}");
            assert_eq!(reply.header("retry-after"), matches!(status, 429 | 503).then_some("1"), "{status}");
        }
    }
    for header in ["Prefer: return=minimal\r\n", "Prefer: respond-async, wait=10\r\n", "Prefer: code=200\r\n"] {
        assert_eq!(post(&emulator, CHAT_PATH, header, CHAT).0, 200, "{header}");
    }
    assert_eq!(post(&emulator, CHAT_PATH, "Prefer: code=418\r\n", CHAT).0, 400);
    emulator.says("(Prefer: code=418 is none of 400, 401, 403, 404, 422, 429, 500, 503)");
    // The server's own failures do not apply to a request that says how it wants to be answered.
    let failing = Running::start(tokenmint("emulator --port 0 --fail 500"));
    assert_eq!(post(&failing, CHAT_PATH, "Prefer: code=200\r\n", CHAT).0, 200);
    assert_eq!(post(&failing, CHAT_PATH, "Prefer: code=429\r\n", CHAT).0, 429);
    assert_eq!(post(&failing, CHAT_PATH, "", CHAT).0, 500);
}

#[test]
fn flags_that_cannot_be_used_are_refused() {
    for (flags, parts) in [
        ("--fail 502", ["--fail", "503"]),
        ("--fail 200:0.5", ["--fail", "503"]),
        ("--fail 503:1.5", ["share", "0 to 1"]),
        ("--fail 503:x", ["share", "503:0.2"]),
        ("--fail 503 --fail 429", ["more than 1", "503:0.5"]),
        ("--seed 7", ["--seed has no effect", "--fail"]),
        ("--fail 503 --seed 7", ["--seed has no effect", "--fail"]),
        ("--fail 503:0.5 --seed x", ["--seed", "number"]),
        ("--fail 503:0.5 --seed -1", ["--seed", "number"]),
        ("--scope chta", ["--scope", "did you mean 'chat'?"]),
        ("--address lobby", ["--address", "UUID"]),
        ("--clock yesterday", ["--clock", "RFC 3339"]),
        ("--clock 1969-12-31", ["--clock", "1970"]),
        ("--delay 5", ["--delay", "5s"]),
        ("--delay 0s", ["--delay", "0s"]),
        ("--port 65536", ["--port", "65535"]),
        ("--port -1", ["--port", "65535"]),
        ("--port 0 --listen 127.0.0.1:0", ["--port", "--listen"]),
        ("--listen 0.0.0.0:0", ["--listen", "loopback"]),
    ] {
        tokenmint(&format!("emulator {flags}")).fails(2).says_all(&parts).run();
    }
}
