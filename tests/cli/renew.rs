//! `--write FILE --renew DURATION`: the token in a file is replaced before it expires.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{API_TOKEN, EMBED, PROJECT, Run, temporary_folder, tokenmint, write};
use crate::reuse::{chat_token, fresh};
use crate::server::{Answer, Server};

/// A token of an hour that is renewed almost at once: tokens of these tests say themselves that less is left.
const LINE: &str = "chat --ttl 1h -c lobby=rw --retries 0 --renew 49m59s --write token";
/// What is left of a token of these tests, in seconds: one to two seconds more than `--renew` asks for.
const LIFE: i64 = 50 * 60 + 1;
/// Nothing here takes longer, not even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command that ends well once its stdin does.
const WAITS: [&str; 3] = ["--", "sh", "-c"];

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(child.id()).expect("a process id")), signal).expect("a signal");
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("the file")
}

/// Whether a line says that the token was written to, or renewed in, the file, and when it expires.
fn is_note(line: &str, what: &str) -> bool {
    let time = line.strip_prefix(&format!("note: token {what} token; it expires at 20"));
    time.is_some_and(|time| time.len() == "30-01-31T12:00:00Z".len() && time.ends_with('Z'))
}

/// The names in a folder that are not those of a run.
fn others(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.into_string().expect("a name"));
    names.filter(|name| !["home", "xdg", "token"].contains(&name.as_str())).collect()
}

/// A server with this script that tells, for each request, what the file held when it came in.
fn watching(path: &Path, script: Vec<Answer>) -> (Server, Receiver<String>) {
    let (sender, receiver) = mpsc::channel();
    let sender = Arc::new(Mutex::new(sender));
    let watched = script.into_iter().map(|answer| {
        let (path, sender) = (path.to_owned(), Arc::clone(&sender));
        Answer::With(Arc::new(move |_| {
            let held = fs::read_to_string(&path).unwrap_or_default();
            let _ = sender.lock().expect("the channel").send(held);
            answer.clone()
        }))
    });
    (Server::answering(watched.collect::<Vec<_>>()), receiver)
}

/// A run in a folder of its own, which holds the file.
struct Renewing {
    folder: tempfile::TempDir,
}

impl Renewing {
    fn new() -> Self {
        Renewing { folder: temporary_folder() }
    }

    fn token(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    fn run(&self, line: &str, server: &Server) -> Run {
        tokenmint(line).in_folder(self.folder.path()).credentials(server)
    }

    fn is_tidy(&self) {
        assert_eq!(others(self.folder.path()), [""; 0]);
    }
}

#[test]
fn the_file_holds_a_valid_token_from_one_renewal_to_the_next() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE)]);
    let mut run = it.run(LINE, &server).args(WAITS).arg("cat");
    let mut child = run.command().stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    assert_eq!(requests.recv_timeout(PATIENCE).expect("the first request"), "");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let held = requests.recv_timeout(PATIENCE).expect("a renewal");
        assert!(held.ends_with(".c2lnbmF0dXJl\n") && !seen.contains(&held), "{held:?}");
        seen.push(held);
    }
    drop(child.stdin.take());
    let mut said = String::new();
    child.stderr.take().expect("its stderr").read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("its end").success());
    let lines: Vec<&str> = said.lines().collect();
    assert!(is_note(lines[0], "written to"), "{said}");
    assert!(lines[1..].iter().all(|line| is_note(line, "renewed in")), "{said}");
    it.is_tidy();
    drop(server);
}

#[test]
fn the_command_finds_the_file_and_no_token_that_would_be_stale() {
    let it = Renewing::new();
    let server = Server::answering([fresh(LIFE)]);
    let script = "cd /; test -z \"$SIGNALWIRE_CHAT_TOKEN$SIGNALWIRE_API_TOKEN\"; echo $?; \
                  cat \"$SIGNALWIRE_CHAT_TOKEN_FILE\"; exit 9";
    let run = it.run(LINE, &server).env("SIGNALWIRE_CHAT_TOKEN", "old").args(WAITS).arg(script);
    let outcome = run.exits(9).stdout(predicates::str::starts_with("0\n")).says("token written to token").run();
    assert_eq!(outcome.stdout, format!("0\n{}", text(&it.token())));
    let path = it.folder.path().canonicalize().expect("a path").join("token");
    let run = it.run(&format!("{LINE} -q --name MINE"), &server).args(WAITS).arg("echo $MINE_FILE");
    run.prints(format!("{}\n", path.display())).run();
    it.is_tidy();
    server.calls(2);
}

#[test]
fn every_format_of_a_file_goes_with_it() {
    let it = Renewing::new();
    let server = Server::answering([fresh(LIFE)]);
    let line = "chat --ttl 1h -c lobby=rw --renew 49m -q --write";
    let written = |flags: &str, name: &str| {
        it.run(&format!("{line} {name} {flags}"), &server).args(["--", "true"]).run();
        let text = text(&it.folder.path().join(name));
        fs::remove_file(it.folder.path().join(name)).expect("no file");
        text
    };
    assert!(written("-o export", "a").starts_with("export SIGNALWIRE_CHAT_TOKEN='eyJ"));
    assert!(written("-o export --shell fish --name MINE", "a").starts_with("set -gx MINE 'eyJ"));
    let json: serde_json::Value = serde_json::from_str(&written("-o json", "a")).expect("JSON");
    assert_eq!(json["kind"], "chat");
    write(&it.folder.path().join(".env"), "A=1\nSIGNALWIRE_CHAT_TOKEN=old\nB=2\n", 0o640);
    let text = written("-o dotenv", ".env");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0] == "A=1" && lines[1].starts_with("SIGNALWIRE_CHAT_TOKEN=eyJ") && lines[2] == "B=2", "{text}");
    it.is_tidy();
    server.calls(4);
}

#[test]
fn the_file_stays_while_the_service_is_unavailable() {
    let it = Renewing::new();
    let refused = || Answer::complaint("channels", "not now");
    let script = vec![fresh(LIFE), Answer::json(503, "{}"), refused(), fresh(3_600)];
    let (server, requests) = watching(&it.token(), script);
    let mut run = it.run(LINE, &server).args(WAITS).arg("cat");
    let mut child = run.command().stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let held: Vec<String> = (0..4).map(|_| requests.recv_timeout(PATIENCE).expect("a request")).collect();
    assert!(held[0].is_empty() && !held[1].is_empty());
    assert!(held[2] == held[1] && held[3] == held[1], "{held:?}");
    let mut lines = BufReader::new(child.stderr.take().expect("its stderr")).lines().map(|line| line.expect("text"));
    let said: Vec<String> = lines.by_ref().take(4).collect();
    assert!(said[1].starts_with("warning: cannot renew the token: ") && said[1].contains("(503)"), "{said:?}");
    assert!(said[1].contains("; retrying in 1s (the token in token expires in "), "{said:?}");
    assert!(said[2].contains("not now") && said[2].contains("; retrying in 2s ("), "{said:?}");
    assert!(is_note(&said[3], "renewed in"), "{said:?}");
    assert_ne!(text(&it.token()), held[1]);
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());
    it.is_tidy();
    server.calls(4);
}

#[test]
fn refused_credentials_end_it_and_its_command() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE), Answer::json(401, "{}")]);
    // A command that takes its time is waited for.
    let script = "trap 'echo asked > ended; exit 0' TERM; echo ready; while :; do sleep 0.1; done";
    let run = it.run(LINE, &server).args(WAITS).arg(script).exits(4).stdout(predicates::str::diff("ready\n"));
    let outcome = run.says_all(&["warning: the token cannot be renewed; ending the command", "error: "]).run();
    assert!(outcome.stderr.contains("401"), "{}", outcome.stderr);
    assert_eq!(text(&it.folder.path().join("ended")), "asked\n");
    let held: Vec<String> = requests.try_iter().collect();
    assert_eq!(held[1], text(&it.token()), "the last token stays");
    server.calls(2);

    let it = Renewing::new();
    let server = Server::answering([fresh(LIFE), Answer::json(403, "{}")]);
    it.run(LINE, &server).fails(4).says("403").run();
    it.is_tidy();
    server.calls(2);
}

#[test]
fn without_a_command_it_runs_until_a_signal() {
    for (name, number) in [(Signal::SIGTERM, 15), (Signal::SIGINT, 2), (Signal::SIGHUP, 1)] {
        let it = Renewing::new();
        let server = Server::answering([fresh(3_600)]);
        let mut run = it.run(LINE, &server);
        let mut child = run.command().stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stderr.take().expect("its stderr")).read_line(&mut line).expect("a line");
        assert!(line.starts_with("note: token written to token"), "{line}");
        signal(&child, name);
        assert_eq!(child.wait().expect("its end").signal(), Some(number));
        assert!(text(&it.token()).ends_with('\n'));
        it.is_tidy();
        server.calls(1);
    }
}

#[test]
fn a_signal_is_the_commands_to_answer() {
    let it = Renewing::new();
    let server = Server::answering([fresh(3_600)]);
    let script = "trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done";
    let mut run = it.run(LINE, &server).args(WAITS).arg(script);
    let mut child = run.command().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its stdout")).read_line(&mut line).expect("a line");
    signal(&child, Signal::SIGTERM);
    assert_eq!(child.wait().expect("its end").code(), Some(5));
    server.calls(1);
}

#[test]
fn a_command_that_ends_while_the_service_is_asked_is_not_held_up() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE), Answer::Silence]);
    let mut run = it.run(LINE, &server).args(WAITS).arg("cat; exit 6");
    let mut child = run.command().stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    for _ in 0..2 {
        requests.recv_timeout(PATIENCE).expect("a request");
    }
    drop(child.stdin.take());
    // The request would take 30 s to time out; the server ends only with its client.
    assert_eq!(child.wait().expect("its end").code(), Some(6));
    it.is_tidy();
    server.calls(2);
}

#[test]
fn killed_at_any_moment_it_leaves_the_old_token_or_the_new_one() {
    let it = Renewing::new();
    let server = Server::answering([fresh(3_600)]).optional();
    let mut outcomes = [0, 0];
    for step in 0..40 {
        write(&it.token(), "old\n", 0o600);
        let mut run = it.run(LINE, &server).arg("-q");
        let mut child = run.command().spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(step * 2));
        child.kill().expect("a signal");
        child.wait().expect("its end");
        let held = text(&it.token());
        let is_new = held.starts_with("eyJ") && held.ends_with(".c2lnbmF0dXJl\n");
        assert!(held == "old\n" || is_new, "{held:?}");
        outcomes[usize::from(is_new)] += 1;
    }
    assert!(outcomes[0] > 0, "{outcomes:?}");
}

#[test]
fn a_run_that_was_stopped_renews_as_soon_as_it_goes_on() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE), fresh(3_600)]);
    let mut run = it.run(LINE, &server);
    let mut child = run.command().stderr(Stdio::piped()).spawn().expect("the program starts");
    requests.recv_timeout(PATIENCE).expect("the first request");
    let mut lines = BufReader::new(child.stderr.take().expect("its stderr")).lines();
    assert!(lines.next().expect("a line").expect("text").starts_with("note: token written"));
    signal(&child, Signal::SIGSTOP);
    // By then it would have been renewed.
    assert!(requests.recv_timeout(Duration::from_secs(2)).is_err(), "it is stopped");
    signal(&child, Signal::SIGCONT);
    assert!(requests.recv_timeout(PATIENCE).expect("a renewal").starts_with("eyJ"));
    assert!(is_note(&lines.next().expect("a line").expect("text"), "renewed in"));
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    server.calls(2);
}

#[test]
fn a_credential_helper_runs_once() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE)]);
    let config = format!(
        "default_profile = 'dev'\n[profiles.dev.signalwire]\nspace = '{}'\nproject_id = '{PROJECT}'\n\
         api_token_command = ['sh', '-c', 'echo run >> runs; echo {API_TOKEN}']\n",
        server.space(),
    );
    let mut run = tokenmint(LINE).in_folder(it.folder.path()).config(&config).args(WAITS).arg("cat");
    let mut child = run.command().stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    for _ in 0..2 {
        requests.recv_timeout(PATIENCE).expect("a request");
    }
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());
    assert_eq!(text(&it.folder.path().join("runs")), "run\n");
    drop(server);
}

#[test]
fn times_are_counted_anew_for_each_token() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![Answer::token()]);
    let line = "guest -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --expire-at +1h --renew 3598s --write token";
    let mut run = it.run(line, &server);
    let mut child = run.command().stderr(Stdio::null()).spawn().expect("the program starts");
    for _ in 0..2 {
        requests.recv_timeout(PATIENCE).expect("a request");
    }
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    let expiries: Vec<i64> = server
        .requests()
        .iter()
        .map(|request| serde_json::from_slice::<serde_json::Value>(&request.body).expect("JSON"))
        .map(|body| body["expire_at"].as_i64().expect("a time"))
        .collect();
    assert!(expiries[0] < expiries[1], "{expiries:?}");
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()).expect("a time");
    assert!((now + 3_500..=now + 3_600).contains(&expiries[0]), "{expiries:?}");
}

#[test]
fn the_times_of_a_preset_are_counted_anew_as_well() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![Answer::token()]);
    let preset = "[presets.hall]\ncommand = \"guest\"\nexpire_at = \"+1h\"\n\
                  allowed_addresses = [\"0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0\"]\n";
    let mut run = it.run("guest --preset hall --renew 3598s --write token", &server).config(preset);
    let mut child = run.command().stderr(Stdio::null()).spawn().expect("the program starts");
    for _ in 0..2 {
        requests.recv_timeout(PATIENCE).expect("a request");
    }
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    let bodies = server.requests().into_iter().map(|request| request.text());
    let bodies: Vec<serde_json::Value> = bodies.map(|body| serde_json::from_str(&body).expect("JSON")).collect();
    assert!(bodies[0]["expire_at"].as_i64() < bodies[1]["expire_at"].as_i64(), "{bodies:?}");
}

#[test]
fn each_invite_for_a_subscriber_is_minted_with_a_new_token_of_the_subscriber() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![Answer::token()]);
    let line = "invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --reference alice --ttl 1h --renew 3598s \
                --write token";
    let mut run = it.run(line, &server);
    let mut child = run.command().stderr(Stdio::null()).spawn().expect("the program starts");
    for _ in 0..4 {
        requests.recv_timeout(PATIENCE).expect("a request");
    }
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    let paths: Vec<String> = server.requests().into_iter().take(4).map(|request| request.target).collect();
    let (first, second) = ("/api/fabric/subscribers/tokens", "/api/fabric/subscriber/invites");
    assert_eq!(paths, [first, second, first, second]);
}

#[test]
fn an_embed_token_cannot_be_renewed() {
    let it = Renewing::new();
    let line = format!("{EMBED} --renew 5m --write token");
    it.run(&line, &Server::unused()).fails(2).says("--renew needs a token with a known expiry").run();
    it.is_tidy();
}

#[test]
fn a_first_failure_ends_it_and_leaves_the_file() {
    for (answer, code) in
        [(Answer::json(503, "{}"), 6), (Answer::complaint("ttl", "no"), 5), (Answer::json(401, "{}"), 4)]
    {
        let it = Renewing::new();
        write(&it.token(), "old\n", 0o600);
        let server = Server::answering([answer]);
        it.run(LINE, &server).args(["--", "touch", "started"]).fails(code).run();
        assert_eq!(text(&it.token()), "old\n");
        it.is_tidy();
        server.calls(1);
    }
}

#[test]
fn what_cannot_be_renewed_is_refused_before_anything_is_sent() {
    let server = Server::unused();
    let guest = "guest -a 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0";
    for (line, parts) in [
        ("chat --ttl 1h -c a=r --renew 5m", &["--renew requires --write", "SIGNALWIRE_CHAT_TOKEN_FILE"] as &[&str]),
        ("chat --ttl 1h -c a=r --renew 5m --name MINE -o export", &["--renew requires --write", "MINE_FILE"]),
        ("chat --ttl 1h -c a=r --renew 1h --write f", &["--renew 1h must be shorter than the token's lifetime", "1h"]),
        ("chat --ttl 1h -c a=r --renew 2h --write f", &["must be shorter"]),
        ("chat --ttl 1h -c a=r --renew 5 --write f", &["--renew '5' has no unit"]),
        ("chat --ttl 1h -c a=r --renew 0s --write f", &["--renew '0s' must be positive"]),
        ("chat --ttl 1h -c a=r --renew 5m --write f --dry-run", &["--renew cannot be used with --dry-run"]),
        ("chat --ttl 1h -c a=r --renew 5m --write f --curl", &["--renew cannot be used with --curl"]),
        ("chat --ttl 1h --renew 5m --batch -", &["--renew cannot be used with --batch", "for each line"]),
        ("chat --ttl 1h --renew 5m --write f --batch -", &["--write and --batch cannot be used together"]),
        ("chat --ttl 1h -c a=r --renew 5m --write f -o github-env", &["--write cannot be used with a GitHub format"]),
        ("video --room r --renew 5m --write f", &["--renew needs a token with a known expiry"]),
        (&format!("{guest} --expire-at 2040-01-01 --renew 5m --write f"), &["--renew needs a relative lifetime"]),
    ] {
        tokenmint(line).credentials(&server).fails(2).says_all(parts).run();
    }
}

#[test]
fn a_token_that_lives_shorter_than_it_was_asked_for_is_not_written() {
    let it = Renewing::new();
    write(&it.token(), "old\n", 0o600);
    let server = Server::answering([fresh(60)]);
    it.run(LINE, &server).fails(2).says_all(&["--renew 49m59s must be shorter", "check this machine's clock"]).run();
    assert_eq!(text(&it.token()), "old\n");
    server.calls(1);
}

#[test]
fn a_new_token_that_ends_before_the_old_one_is_not_written_nor_asked_for_without_pause() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE), fresh(60), fresh(LIFE - 60), fresh(3_600)]);
    let mut run = it.run(LINE, &server);
    let mut child = run.command().stderr(Stdio::piped()).spawn().expect("the program starts");
    let held: Vec<String> = (0..4).map(|_| requests.recv_timeout(PATIENCE).expect("a request")).collect();
    assert!(!held[1].is_empty() && held[1] == held[2] && held[2] == held[3], "{held:?}");
    let lines = BufReader::new(child.stderr.take().expect("its stderr")).lines().map(|line| line.expect("text"));
    let said: Vec<String> = lines.take(4).collect();
    assert!(said[1].contains("lifetime, which is 1m; retrying in 1s (the token in token expires in"), "{said:?}");
    assert!(said[2].contains("retrying in 2s"), "{said:?}");
    assert_ne!(text(&it.token()), held[3]);
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    server.calls(4);
}

#[test]
fn a_service_whose_clock_is_ahead_does_not_delay_the_renewal() {
    let it = Renewing::new();
    // By its own claims the token of a minute lives for an hour.
    let (server, requests) = watching(&it.token(), vec![fresh(3_600)]);
    let mut run = it.run("chat --ttl 1m -c lobby=rw --renew 59s --write token -q", &server);
    let mut child = run.command().spawn().expect("the program starts");
    assert_eq!(requests.recv_timeout(PATIENCE).expect("the first request"), "");
    assert!(requests.recv_timeout(PATIENCE).expect("a renewal").starts_with("eyJ"));
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    drop(server);
}

#[test]
fn a_kept_token_is_where_it_starts_if_it_lives_long_enough() {
    let it = Renewing::new();
    let server = Server::answering([fresh(3_600)]);
    let line = format!("{LINE} --reuse 5m -q -- true");
    let run = || it.run(&line, &server).env("XDG_CACHE_HOME", it.folder.path().join("home")).run();
    run();
    let first = text(&it.token());
    run();
    assert_eq!(text(&it.token()), first);
    server.calls(1);
}

#[test]
fn a_signed_token_is_renewed_as_well() {
    let it = Renewing::new();
    let line = "twilio --identity a --video --ttl 1h --renew 3598s --write token";
    let mut run = crate::twilio::twilio(line).in_folder(it.folder.path()).args(WAITS).arg("cat");
    let mut child = run.command().stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("its stderr")).lines().map(|line| line.expect("text"));
    assert!(is_note(&lines.next().expect("a line"), "written to"));
    let first = text(&it.token());
    assert!(is_note(&lines.next().expect("a line"), "renewed in"));
    assert_ne!(text(&it.token()), first);
    drop(child.stdin.take());
    assert!(child.wait().expect("its end").success());
    it.is_tidy();
}

#[test]
fn a_file_that_becomes_a_link_is_not_written_through() {
    let it = Renewing::new();
    let (server, requests) = watching(&it.token(), vec![fresh(LIFE), fresh(LIFE), fresh(3_600)]);
    let mut run = it.run(LINE, &server);
    let mut child = run.command().stderr(Stdio::piped()).spawn().expect("the program starts");
    requests.recv_timeout(PATIENCE).expect("a request");
    let mut lines = BufReader::new(child.stderr.take().expect("its stderr")).lines().map(|line| line.expect("text"));
    assert!(lines.next().expect("a line").starts_with("note: token written"));
    let target = it.folder.path().join("home");
    fs::remove_file(it.token()).expect("no file");
    std::os::unix::fs::symlink(&target, it.token()).expect("a link");
    let said = lines.next().expect("a line");
    assert!(said.starts_with("warning: cannot renew the token: token is a symbolic link"), "{said}");
    assert!(!target.exists());
    fs::remove_file(it.token()).expect("no link");
    assert!(is_note(&lines.next().expect("a line"), "renewed in"));
    signal(&child, Signal::SIGTERM);
    child.wait().expect("its end");
    it.is_tidy();
    server.calls(3);
}

#[test]
fn tokens_of_these_tests_differ() {
    assert_ne!(chat_token(60), chat_token(60));
}
