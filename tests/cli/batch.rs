//! Many lines in one run: each token in its own line's place, a bad line alone in its failure, and an early end that
//! leaves whole lines only.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use predicates::prelude::*;
use serde_json::Value;

use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, tokenmint};
use crate::server::{Answer, Request, Server};

/// The output lines of a run.
pub fn lines(stdout: &str) -> Vec<Value> {
    assert!(stdout.is_empty() || stdout.ends_with('\n'), "whole lines only: {stdout:?}");
    stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

/// A token that only the request for this member can have earned.
pub fn token_of(member: &str) -> String {
    format!("token-of-{member}-here")
}

/// Answers each request with the token of the member that it names.
pub fn minting_by_member() -> Answer {
    Answer::With(Arc::new(|request| match request.body.as_slice() {
        // A program that ends early takes its half-sent requests with it.
        [] => Answer::Close,
        _ => Answer::json(200, format!(r#"{{"token":"{}"}}"#, token_of(&member(request)))),
    }))
}

fn member(request: &Request) -> String {
    let body: Value = serde_json::from_slice(&request.body).expect("a JSON body");
    body["member_id"].as_str().expect("a member").to_owned()
}

/// `count` lines, each with its own member and an id of the same name.
pub fn members(count: usize) -> String {
    (1..=count).fold(String::new(), |mut text, number| {
        writeln!(text, r#"{{"id":"m{number}","member_id":"m{number}"}}"#).expect("memory");
        text
    })
}

fn batch(line: &str) -> Run {
    tokenmint(CHAT).args(line.split_whitespace())
}

/// Whatever stands on stdout.
fn anything() -> predicates::constant::BooleanPredicate {
    predicate::always()
}

#[test]
fn one_output_line_for_each_input_line_in_the_same_order() {
    let server = Server::answering([minting_by_member()]);
    let input = "\u{feff}{\"id\":1,\"member_id\":\"a\"}\r\n\n  \r\n{\"member_id\":\"b\"}\n{\"id\":{\"x\": [1.0]},\"member_id\":\"c\"}";
    let run = batch("--batch - --jobs 3").credentials(&server).stdin(input);
    let stdout = run.stdout(anything()).says("3 minted, 0 failed").run().stdout;
    // `iat` and `t` cannot be read in these tokens, so the end is an hour from now: its text is looked at, not its value.
    let lines = lines(&stdout);
    assert_eq!(lines.iter().map(|line| line["line"].as_u64().expect("a number")).collect::<Vec<_>>(), [1, 4, 5]);
    assert_eq!(lines[0]["id"], 1);
    assert_eq!(lines[1].get("id"), None, "no id in, no id out");
    assert!(stdout.contains(r#""id":{"x":[1.0]}"#), "an id comes back as written: {stdout}");
    for (line, member) in lines.iter().zip(["a", "b", "c"]) {
        assert_eq!(line["token"], token_of(member));
        assert!(line["expires_at"].as_str().is_some_and(|end| end.ends_with('Z')), "{line}");
    }
    let bodies: BTreeSet<String> = server.requests().iter().map(Request::text).collect();
    let body =
        |member| format!(r#"{{"ttl":60,"channels":{{"lobby":{{"read":true,"write":true}}}},"member_id":"{member}"}}"#);
    assert_eq!(bodies, ["a", "b", "c"].map(body).into(), "the id is never sent");
}

#[test]
fn the_fields_of_a_line_override_the_flags_and_unknown_ones_are_sent() {
    let server = Server::minting();
    let input = r#"{"ttl":5,"new_field":1.0,"channels":{"x":{"read":true}}}"#;
    batch("--batch - --member-id m").credentials(&server).stdin(input).stdout(anything()).says("1 minted").run();
    assert_eq!(server.request().text(), r#"{"ttl":5,"channels":{"x":{"read":true}},"member_id":"m","new_field":1.0}"#);
    // Lines may bring what the flags leave out.
    let server = Server::minting();
    let run = tokenmint("video --batch -").credentials(&server).stdin(r#"{"room_name":"r"}"#);
    run.stdout(anything()).says("1 minted").run();
    assert_eq!(server.request().text(), r#"{"room_name":"r"}"#);
}

#[test]
fn a_bad_line_fails_alone() {
    let server = Server::answering([Answer::With(Arc::new(|request| match member(request).as_str() {
        "refused" => Answer::complaint("member_id", "It is wrong"),
        "broken" => Answer::json(500, r#"{"error":"Internal Server Error"}"#),
        member => Answer::json(200, format!(r#"{{"token":"{}"}}"#, token_of(member))),
    }))]);
    let mut input = Vec::new();
    for line in [
        &b"{\"member_id\":\"first\"}"[..],
        b"not json",
        b"[1]",
        b"{\"id\":7,\"ttl\":0}",
        b"{\"id\":8,\"ttl\":\"5\"}",
        b"{\"member_id\":\"x\",\"member_id\":\"y\"}",
        b"{\"member_id\":\"\xff\"}",
        b"{\"id\":9,\"member_id\":\"refused\"}",
        b"{\"id\":10,\"member_id\":\"broken\"}",
        b"{\"member_id\":\"last\"}",
    ] {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    let run = batch("--batch -").credentials(&server).stdin(input).exits(7);
    let stdout = run
        .stdout(anything())
        .says_all(&["error", "2 minted, 8 failed", "6 usage, 1 request_refused, 1 unavailable"])
        .run()
        .stdout;
    let lines = lines(&stdout);
    let codes: Vec<Option<u64>> = lines.iter().map(|line| line["error"]["exit"].as_u64()).collect();
    let usage = Some(2);
    assert_eq!(codes, [None, usage, usage, usage, usage, usage, usage, Some(5), Some(6), None]);
    assert_eq!(lines[3]["id"], 7);
    assert!(lines[3]["error"]["message"].as_str().is_some_and(|message| message.contains("ttl")), "{}", lines[3]);
    assert_eq!(lines[7]["error"]["details"][0]["flag"], "--member-id");
    assert_eq!(lines[7]["error"]["status"], 422);
    assert_eq!((&lines[8]["id"], &lines[8]["error"]["code"]), (&10.into(), &"unavailable".into()));
    assert_eq!(lines[9]["token"], token_of("last"));
    server.calls(4);
}

#[test]
fn a_line_without_an_end_is_refused_and_not_kept() {
    let server = Server::answering([minting_by_member()]);
    let mut input = b"{\"member_id\":\"a\"}\n{\"state\":\"".to_vec();
    input.resize(input.len() + 20_000_000, b'x');
    input.extend_from_slice(b"\"}\n{\"member_id\":\"b\"}\n");
    let run = batch("--batch -").credentials(&server).stdin(input).exits(7);
    let lines = lines(&run.stdout(anything()).says("2 minted, 1 failed").run().stdout);
    assert_eq!(lines[1]["line"], 2);
    assert!(lines[1]["error"]["message"].as_str().is_some_and(|message| message.contains("1048576")), "{}", lines[1]);
    assert_eq!(lines[2]["token"], token_of("b"));
    server.calls(2);
}

/// A line of exactly 1 MiB is minted, one byte more is not, wherever the blocks that are read happen to end.
#[test]
fn the_most_bytes_of_a_line_are_one_mebibyte() {
    let line = |length: usize| format!(r#"{{"member_id":"m","x":"{}"}}"#, "y".repeat(length - 24));
    let server = Server::answering([minting_by_member()]);
    let input = [line(1 << 20), line((1 << 20) + 1), line((1 << 20) + 5_000)].join("\n");
    assert_eq!(input.lines().map(str::len).collect::<Vec<_>>(), [1_048_576, 1_048_577, 1_053_576]);
    let run = batch("--batch in").credentials(&server).file("in", &input, 0o600);
    let stdout = run.stdout(anything()).says("1 minted, 2 failed").exits(7).run().stdout;
    let lines = lines(&stdout);
    assert_eq!(lines[0]["token"], token_of("m"));
    for line in &lines[1..] {
        assert_eq!(line["error"]["exit"], 2, "{line}");
        assert!(line["error"]["message"].as_str().is_some_and(|message| message.contains("1048576")), "{line}");
    }
    server.calls(1);
}

#[test]
fn room_tokens_without_an_end_get_one_hint_for_all() {
    let server = Server::minting();
    let run = tokenmint("video --batch - --join-as audience --room r --permission room.lock").credentials(&server);
    let input = "{}\n{\"join_until\":\"2099-01-01\"}\n{\"permissions\":[]}\n";
    let ignored = "the service ignores permissions when join_as is audience";
    let outcome = run.stdin(input).stdout(anything()).says("hint: 2 of the tokens never expire").says(ignored).run();
    assert_eq!(outcome.stderr.matches("never expire").count(), 1, "{}", outcome.stderr);
    // What is odd about all of them is said once, what is odd about one line stands in it.
    assert_eq!(outcome.stderr.matches(ignored).count(), 1, "{}", outcome.stderr);
    assert!(lines(&outcome.stdout).iter().all(|line| line.get("warnings").is_none()), "{}", outcome.stdout);
    let run = tokenmint("video --batch - --room r --permission room.lock").credentials(&server);
    let input = "{\"join_as\":\"audience\",\"join_until\":\"2099-01-01\"}\n{\"join_until\":\"2099-01-01\"}\n";
    let stdout = run.stdin(input).stdout(anything()).says("2 minted").run().stdout;
    let lines = lines(&stdout);
    assert_eq!(lines[0]["warnings"], serde_json::json!([ignored]), "{}", lines[0]);
    assert_eq!(lines[1].get("warnings"), None, "{}", lines[1]);
    let run = tokenmint("video --batch - --room r --dry-run").stdin("{}");
    assert!(!run.stdout(anything()).says("1 shown").run().stdout.contains("never expires"));
    tokenmint("video --room r -q --batch -").credentials(&server).stdin("{}").stdout(anything()).run();
}

#[test]
fn refused_credentials_stop_the_run() {
    for status in [401, 403] {
        let server = Server::answering([minting_by_member(), Answer::json(status, r#"{"error":"Unauthorized"}"#)]);
        let run = batch("--batch - --jobs 1").credentials(&server).stdin(members(200)).exits(4);
        let lines = lines(&run.stdout(anything()).says("error").run().stdout);
        assert_eq!(lines.len(), 2, "lines that were not tried have no output line");
        assert_eq!(lines[0]["token"], token_of("m1"));
        assert_eq!(lines[1]["error"]["exit"], 4);
        server.calls(2);
    }
}

#[test]
fn requests_under_way_at_a_refusal_still_get_their_lines() {
    let server = Server::answering([Answer::With(Arc::new(|request| match member(request).as_str() {
        "m3" => Answer::json(401, r#"{"error":"Unauthorized"}"#),
        member => Answer::json(200, format!(r#"{{"token":"{}"}}"#, token_of(member))),
    }))]);
    let run = batch("--batch - --jobs 8").credentials(&server).stdin(members(500)).exits(4);
    let lines = lines(&run.stdout(anything()).says("error").run().stdout);
    let asked: BTreeSet<String> = server.requests().iter().map(member).collect();
    let told: BTreeSet<String> = lines.iter().map(|line| line["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(asked, told, "every request has its line, and no other line is there");
    assert!(asked.len() < 100, "the run stops: {} requests", asked.len());
}

#[test]
fn a_busy_service_slows_every_worker() {
    let busy = Answer::json(429, "{}").header("Retry-After", "1");
    let server = Server::answering([busy, minting_by_member()]);
    let run = batch("--batch - --jobs 4").credentials(&server).stdin(members(12));
    run.stdout(anything()).says("12 minted, 0 failed").run();
    server.calls(13);
}

#[test]
fn five_thousand_lines_with_delays_and_faults_keep_their_places() {
    let server = Server::answering([Answer::With(Arc::new(|request| {
        let member = member(request);
        let number: u64 = member[1..].parse().expect("a number");
        // Pseudo-random, and the same in every run: delays up to 4 ms, one fault in twenty.
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        std::thread::sleep(Duration::from_micros(mixed % 4_000));
        if mixed.is_multiple_of(20) {
            return Answer::json(500, r#"{"error":"Internal Server Error"}"#);
        }
        Answer::json(200, format!(r#"{{"token":"{}"}}"#, token_of(&member)))
    }))]);
    let run = batch("--batch - --jobs 64").credentials(&server).stdin(members(5_000)).exits(7);
    let lines = lines(&run.stdout(anything()).says("failed").run().stdout);
    assert_eq!(lines.len(), 5_000);
    let mut failed = 0;
    for (number, line) in (1..).zip(&lines) {
        let id = format!("m{number}");
        assert_eq!((&line["line"], &line["id"]), (&number.into(), &id.as_str().into()));
        if let Some(token) = line.get("token") {
            assert_eq!(token, &token_of(&id));
        } else {
            assert_eq!(line["error"]["exit"], 6, "{line}");
            failed += 1;
        }
    }
    assert!((100..500).contains(&failed), "about one in twenty, got {failed}");
    server.calls(5_000);
}

#[test]
fn the_flags_of_a_batch_go_together_or_not_at_all() {
    let server = Server::unused();
    let input = |flags: &str| {
        let command = if flags.contains("--ttl") { "chat -c a=r" } else { CHAT };
        tokenmint(command).credentials(&server).file("in", &members(2), 0o600)
    };
    for (flags, named) in [
        ("--batch in -o raw", "--output"),
        ("--batch in -o export", "--output"),
        ("--batch in --write out", "--write"),
        ("--batch in --curl", "--curl"),
        ("--batch in --dry-run --resume out", "--resume"),
        ("--batch in --resume -", "./-"),
        ("--batch in --jobs 0", "--jobs"),
        ("--batch in --jobs many", "--jobs"),
        ("--batch in --ttl 90s", "--ttl"),
        ("--jobs 4", "--batch"),
        ("--resume out", "--batch"),
        ("--batch missing", "--batch"),
        ("--batch .", "--batch"),
        ("--batch - --state -", "--batch"),
    ] {
        input(flags).args(flags.split_whitespace()).says(named).fails(2).run();
    }
    tokenmint(CHAT).args(["--batch", "-"]).stdin(members(1)).says("SIGNALWIRE_SPACE").fails(3).run();
}

#[test]
fn an_empty_batch_is_no_failure() {
    let server = Server::unused();
    for input in ["", "\n", " \r\n\n"] {
        batch("--batch -").credentials(&server).stdin(input).says("0 minted, 0 failed").run();
    }
    batch("--batch - -q").credentials(&server).stdin("").run();
}

#[test]
fn a_dry_run_shows_each_request_and_sends_none() {
    let run = batch("--batch - --dry-run").stdin("{\"id\":1,\"ttl\":5}\n{\"ttl\":0}\n").exits(7);
    let lines = lines(&run.stdout(anything()).says("1 shown, 1 failed").run().stdout);
    assert_eq!(lines[0]["request"]["url"], "https://SPACE.signalwire.com/api/chat/tokens");
    assert_eq!(lines[0]["request"]["body"]["ttl"], 5);
    assert_eq!(lines[0]["id"], 1);
    assert_eq!(lines[1]["error"]["exit"], 2);
}

#[test]
fn twilio_lines_are_the_flags_with_underscores() {
    let sid = |prefix: &str| format!("{prefix}0123456789abcdef0123456789abcdef");
    let twilio = |line: &str| {
        tokenmint(line)
            .env("TWILIO_ACCOUNT_SID", sid("AC"))
            .env("TWILIO_API_KEY", sid("SK"))
            .env("TWILIO_API_SECRET", "abcdefghijklmnopqrstuvwxyz012345")
    };
    let input = format!(
        "{}\n{}\n{}\n{}\n",
        r#"{"id":"a","identity":"alice"}"#,
        format_args!(r#"{{"identity":"bob","ttl":"2h","chat":"{}","voice_incoming":true}}"#, sid("IS")),
        r#"{"identity":"carol","ttl":3600}"#,
        r#"{"identty":"dave"}"#,
    );
    let run = twilio("twilio --video room --batch -").stdin(input).exits(7);
    let lines = lines(&run.stdout(anything()).says("2 minted, 2 failed").run().stdout);
    let claims = |line: &Value| {
        use base64::Engine as _;
        let token = line["token"].as_str().expect("a token");
        let payload = token.split('.').nth(1).expect("three parts");
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        serde_json::from_slice::<Value>(&bytes).expect("JSON")
    };
    assert_eq!(claims(&lines[0])["grants"], serde_json::json!({"identity": "alice", "video": {"room": "room"}}));
    let bob = claims(&lines[1]);
    let grants = serde_json::json!({
        "identity": "bob", "chat": {"service_sid": sid("IS")}, "video": {"room": "room"},
        "voice": {"incoming": {"allow": true}},
    });
    assert_eq!(bob["grants"], grants);
    assert_eq!(bob["exp"].as_i64().zip(bob["iat"].as_i64()).map(|(end, start)| end - start), Some(7_200));
    assert!(lines[2]["error"]["message"].as_str().is_some_and(|message| message.contains("ttl")), "{}", lines[2]);
    assert!(
        lines[3]["error"]["message"].as_str().is_some_and(|message| message.contains("'identity'")),
        "{}",
        lines[3]
    );
}

#[test]
fn two_twilio_tokens_of_one_second_differ() {
    let sid = |prefix: &str| format!("{prefix}0123456789abcdef0123456789abcdef");
    let run = tokenmint("twilio --video --identity a --batch -")
        .env("TWILIO_ACCOUNT_SID", sid("AC"))
        .env("TWILIO_API_KEY", sid("SK"))
        .env("TWILIO_API_SECRET", "abcdefghijklmnopqrstuvwxyz012345")
        .stdin("{}\n".repeat(3_000));
    let lines = lines(&run.stdout(anything()).says("3,000 minted").run().stdout);
    let tokens: BTreeSet<&str> = lines.iter().filter_map(|line| line["token"].as_str()).collect();
    assert_eq!((lines.len(), tokens.len()), (3_000, 3_000));
    assert!(lines.iter().zip(1..).all(|(line, number)| line["line"] == number), "in order");
}

#[cfg(unix)]
#[test]
fn the_minting_stops_when_nobody_reads() {
    let server = Server::answering([minting_by_member()]);
    let script = r#""$@" 2>err | head -n 1 >/dev/null; cat err >&2"#;
    let run = batch("--batch - --jobs 4").credentials(&server).stdin(members(3_000)).shell(script);
    run.run();
    let requests = server.requests().len();
    assert!(requests < 500, "{requests} requests for one line that was read");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_exit_1_without_a_word() {
    let server = Server::answering([minting_by_member()]);
    // The status of the program itself, which stands first in a pipe, is written where it can be read.
    let script = r#"{ "$@"; echo $? >status; } | head -n 1 >/dev/null; cat status"#;
    let run = batch("--batch - --jobs 4").credentials(&server).stdin(members(3_000)).shell(script);
    run.prints("1\n").run();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_run_with_exit_1() {
    let server = Server::answering([minting_by_member()]);
    let run = batch("--batch - --jobs 2").credentials(&server).stdin(members(500)).shell(r#""$@" >/dev/full"#);
    run.says_all(&["error", "output"]).exits(1).run();
    assert!(server.requests().len() < 100, "the run stops");
}

/// Runs a batch whose lines come from `run`'s stdin, sends it a signal once so many lines have come out, and gives its
/// status, stdout and stderr.
#[cfg(unix)]
pub fn signalled(run: &mut Run, signal: nix::sys::signal::Signal, after: usize) -> (Option<i32>, String, String) {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::process::Stdio;

    let input = run.input();
    let mut command = run.command();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its stdin");
    // It may end before it has read all.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let mut reader = BufReader::new(child.stdout.take().expect("its stdout"));
    let mut out = String::new();
    for _ in 0..after {
        assert!(reader.read_line(&mut out).expect("a line") > 0, "an early end: {out}");
    }
    let process = nix::unistd::Pid::from_raw(child.id().try_into().expect("a process id"));
    nix::sys::signal::kill(process, signal).expect("a signal");
    reader.read_to_string(&mut out).expect("the rest");
    let mut said = String::new();
    child.stderr.take().expect("its stderr").read_to_string(&mut said).expect("UTF-8");
    let code = child.wait().expect("an end").code();
    feeder.join().expect("the feeder");
    (code, out, said)
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_with_whole_lines() {
    use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};

    for (signal, status) in [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 143)] {
        let server = Server::answering([Answer::With(Arc::new(|request| {
            std::thread::sleep(Duration::from_millis(10));
            Answer::json(200, format!(r#"{{"token":"{}"}}"#, token_of(&member(request))))
        }))]);
        let mut run = batch("--batch - --jobs 4").credentials(&server).stdin(members(3_000));
        let (code, out, said) = signalled(&mut run, signal, 20);
        assert_eq!(code, Some(status), "{said}");
        assert!(said.contains("interrupted") && said.contains("minted") && !said.contains("done"), "{said}");
        let lines = lines(&out);
        let requests = server.requests();
        assert_eq!(lines.len(), requests.len(), "what was under way was finished and written");
        assert!(lines.len() >= 20 && lines.len() < 3_000);
    }
}

/// What a run writes to a terminal that is its stderr.
#[cfg(target_os = "linux")]
pub fn on_a_terminal(mut run: Run) -> String {
    use std::io::Read as _;
    use std::process::Stdio;

    let pty = nix::pty::openpty(None, None).expect("a terminal");
    let mut terminal = std::fs::File::from(pty.master);
    let mut command = run.command();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(pty.slave).spawn().expect("the program starts");
    // The command has the terminal's other end, too, and would hold it open.
    drop(command);
    let mut said = Vec::new();
    // Once nobody has the other end any more, reading fails.
    let _ = terminal.read_to_end(&mut said);
    assert!(child.wait().expect("an end").success());
    String::from_utf8(said).expect("UTF-8")
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_shown_how_far_a_batch_is() {
    let run = |server: &Server| {
        let run =
            batch("--batch in --jobs 1 --resume out").credentials(server).env("TERM", "xterm").env("NO_COLOR", "1");
        run.file("in", &members(5), 0o600)
    };
    let slow = || {
        Server::answering([Answer::With(Arc::new(|request| {
            std::thread::sleep(Duration::from_millis(100));
            Answer::json(200, format!(r#"{{"token":"{}"}}"#, token_of(&member(request))))
        }))])
    };
    let said = on_a_terminal(run(&slow()));
    let drawings: Vec<&str> = said.split('\r').filter(|part| part.starts_with('[')).collect();
    assert!(drawings.len() >= 2, "it is drawn again and again: {said:?}");
    assert!(drawings[0].starts_with("[                    ]   0%  0 minted, 0 failed"), "{said:?}");
    assert!(drawings.iter().all(|drawing| drawing.len() < 80), "{said:?}");
    let (before, after) = said.split_once("done: ").expect("a summary");
    assert!(before.ends_with(" \r"), "taken away before the summary: {said:?}");
    assert!(after.starts_with("5 minted, 0 failed"), "{said:?}");
    for (name, value) in [("quiet", "-q"), ("verbose", "-v")] {
        assert!(!on_a_terminal(run(&slow()).arg(value)).contains("\r["), "{name}");
    }
    assert!(!on_a_terminal(run(&slow()).env("TERM", "dumb")).contains("\r["), "dumb");
}

/// What waits for a service to be ready again when the signal comes is not sent once more.
#[cfg(unix)]
#[test]
fn an_interrupted_run_sends_nothing_again() {
    let run = batch("--batch - --jobs 1").file("in", &members(3), 0o600);
    let mark = run.path("asked");
    let server = Server::answering([Answer::With(Arc::new(move |_| {
        std::fs::write(&mark, "").expect("a mark");
        Answer::json(503, "{}").header("Retry-After", "15")
    }))]);
    let script = r#""$@" <in >out 2>err & pid=$!; while [ ! -e asked ]; do sleep 0.01; done; kill -TERM $pid; wait $pid; echo $?; cat err >&2"#;
    run.credentials(&server).shell(script).prints("143\n").says("0 minted, 1 failed").run();
    server.calls(1);
}

/// A file that may not grow ends a run with words, whichever way the lines go.
#[cfg(unix)]
#[test]
fn an_output_that_may_not_grow_is_exit_1() {
    for way in ["\"$@\" >out", "\"$@\" --resume out"] {
        let server = Server::answering([minting_by_member()]);
        let run = batch("--batch in --jobs 2").credentials(&server).file("in", &members(2_000), 0o600);
        run.shell(&format!("ulimit -f 4; {way}")).says("cannot write the output").fails(1).run();
    }
}

#[test]
fn no_error_of_a_line_shows_a_secret() {
    let reflect =
        format!(r#"{{"errors":[{{"type":"t","code":"c","message":"{API_TOKEN} {PROJECT}:{API_TOKEN}","url":"u"}}]}}"#);
    let server = Server::answering([Answer::json(422, reflect)]);
    // The harness looks for the API token in every form.
    batch("--batch -").credentials(&server).stdin("{}").stdout(anything()).says("1 failed").exits(7).run();
}

#[test]
fn what_is_odd_about_a_line_stands_in_its_output_line() {
    let server = Server::minting();
    let input = "{\"room_name\":\"r\",\"permissions\":[\"room.selfaudio\"]}\n{\"room_name\":\"r\"}\n";
    let run = tokenmint("video --batch - --jobs 1").credentials(&server).stdin(input);
    let lines = lines(&run.stdout(anything()).says("2 minted").run().stdout);
    let warning = lines[0]["warnings"][0].as_str().expect("a warning");
    assert!(warning.contains("room.selfaudio") && warning.contains("did you mean"), "{warning}");
    assert_eq!(lines[1].get("warnings"), None);
}
