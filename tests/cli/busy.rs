//! A service that limits requests or is not available for a while: what is sent again, that a batch loses no line to it,
//! and when a run ends instead of waiting.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use predicates::prelude::*;

use crate::batch::{lines, members, minting_by_member, token_of};
use crate::harness::{CHAT, Run, TOKEN, tokenmint};
use crate::server::{Answer, Request, Server};

fn busy(status: u16) -> Answer {
    Answer::json(status, r#"{"error":"busy"}"#)
}

fn batch(line: &str, server: &Server) -> Run {
    tokenmint(CHAT).args(line.split_whitespace()).credentials(server).stdout(predicate::always())
}

/// What the `n`th request gets, counted from 1.
fn by_number(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Answer {
    let count = AtomicUsize::new(0);
    Answer::With(Arc::new(move |_: &Request| answer(count.fetch_add(1, Ordering::SeqCst) + 1)))
}

/// Every line that the run was given has its token, in its place.
fn all_minted(stdout: &str, count: usize) {
    let lines = lines(stdout);
    assert_eq!(lines.len(), count);
    for (line, number) in lines.iter().zip(1..) {
        assert_eq!(line["token"], token_of(&format!("m{number}")), "{line}");
    }
}

#[test]
fn refusals_of_a_busy_service_cost_a_batch_no_line_and_no_retry() {
    for (status, header, jobs) in [(429, None, 1), (429, Some("0"), 8), (503, None, 8), (503, Some("1"), 1)] {
        let refusal = move || match header {
            Some(wait) => busy(status).header("Retry-After", wait),
            None => busy(status),
        };
        // After a first success, so that there is something to slow down.
        let server = Server::answering([by_number(move |number| match number {
            2..=3 => refusal(),
            _ => minting_by_member(),
        })]);
        let run = batch(&format!("--batch - --retries 0 --jobs {jobs}"), &server).stdin(members(10));
        all_minted(&run.says("10 minted, 0 failed").run().stdout, 10);
        // Each refused request is sent again, and nothing else.
        server.calls(12);
    }
}

/// The refusal comes once all four requests are on their way, so all four are refused and wait together.
#[test]
fn one_request_probes_before_the_others_follow() {
    let state = Arc::new((Mutex::new(0), Condvar::new()));
    let followers = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&followers);
    let server = Server::answering([Answer::With(Arc::new(move |_: &Request| {
        let (count, changed) = &*state;
        let mut arrived = count.lock().expect("the count");
        *arrived += 1;
        changed.notify_all();
        match *arrived {
            1..=4 => {
                drop(changed.wait_while(arrived, |arrived| *arrived < 4).expect("the count"));
                busy(429).header("Retry-After", "1")
            }
            5 => {
                // Time for the others to follow, if they were to.
                let wait = Duration::from_millis(300);
                let (arrived, _) =
                    changed.wait_timeout_while(arrived, wait, |arrived| *arrived == 5).expect("the count");
                seen.store(*arrived - 5, Ordering::SeqCst);
                minting_by_member()
            }
            _ => minting_by_member(),
        }
    }))]);
    let run = batch("--batch - --jobs 4", &server).stdin(members(6));
    all_minted(&run.says("6 minted, 0 failed").run().stdout, 6);
    server.calls(10);
    assert_eq!(followers.load(Ordering::SeqCst), 0, "nothing is sent before the probe is answered");
}

#[test]
fn a_wait_that_no_line_can_sit_out_ends_the_run_and_resume_continues_it() {
    for status in [429, 503] {
        let (well, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (again, count) = (Arc::clone(&well), Arc::clone(&asked));
        let server = Server::answering([by_number(move |number| {
            count.store(number, Ordering::SeqCst);
            if number <= 3 || again.load(Ordering::SeqCst) {
                minting_by_member()
            } else {
                busy(status).header("Retry-After", "3600")
            }
        })]);
        let run = tokenmint(CHAT).args("--batch in --resume out --jobs 2".split_whitespace()).credentials(&server);
        let run = run.file("in", &members(200), 0o600);
        let said = [&status.to_string(), "retry in 1h", "3 minted", "--resume"];
        let (_, out) = run.says_all(&said).fails(6).run_and_read("out");
        let written = lines(&out);
        assert!((4..=5).contains(&written.len()), "lines that were not tried have no output line: {out}");
        assert_eq!(written.iter().filter(|line| line.get("token").is_some()).count(), 3);
        let sent = asked.load(Ordering::SeqCst);
        assert!(sent <= 5, "nothing more is sent");
        // The same address: the mark of a request has it in it.
        well.store(true, Ordering::SeqCst);
        let run = tokenmint(CHAT).args("--batch in --resume out".split_whitespace()).credentials(&server);
        let run = run.file("in", &members(200), 0o600).file("out", &out, 0o600);
        let (_, all) = run.says("197 minted, 0 failed").run_and_read("out");
        assert_eq!(lines(&all).iter().filter(|line| line.get("token").is_some()).count(), 200);
        server.calls(sent + 197);
    }
}

#[test]
fn a_service_that_stays_busy_ends_the_run_after_eight_lines_without_success() {
    // All eight are on their way before the first is refused.
    let arrived = (Mutex::new(0), Condvar::new());
    let server = Server::answering([Answer::With(Arc::new(move |_: &Request| {
        let (count, changed) = &arrived;
        let mut all = count.lock().expect("the count");
        *all += 1;
        changed.notify_all();
        drop(changed.wait_while(all, |all| *all < 8).expect("the count"));
        busy(503)
    }))]);
    let run = batch("--batch - --jobs 8 --timeout 8s", &server).stdin(members(500)).exits(6);
    let lines = lines(&run.says_all(&["503", "--resume"]).run().stdout);
    assert!((8..=16).contains(&lines.len()), "{} lines", lines.len());
    assert!(lines.iter().all(|line| line["error"]["status"] == 503 && line["error"]["exit"] == 6), "{lines:?}");
    // Fewer lines than that are each told.
    let server = Server::answering([busy(503)]);
    let run = batch("--batch - --jobs 2 --timeout 1s", &server).stdin(members(2)).exits(7);
    run.says("0 minted, 2 failed").run();
}

/// The first request is refused for a while, the second one accepted; a third line then waits behind the first.
#[cfg(unix)]
#[test]
fn an_interrupted_wait_leaves_no_line_about_what_was_not_sent() {
    let (accepted, second) = std::sync::mpsc::channel();
    let accepted = Mutex::new(accepted);
    let arrived = Arc::new((Mutex::new(0), Condvar::new()));
    let server = Server::answering([Answer::With(Arc::new(move |request: &Request| {
        let (count, changed) = &*arrived;
        let mut both = count.lock().expect("the count");
        *both += 1;
        changed.notify_all();
        drop(changed.wait_while(both, |both| *both < 2).expect("the count"));
        if request.text().contains("\"m1\"") {
            return busy(503).header("Retry-After", "15");
        }
        // Time for the refusal to be read, of which a batch says nothing before its end.
        std::thread::sleep(Duration::from_secs(1));
        let _ = accepted.lock().expect("the sender").send(());
        minting_by_member()
    }))]);
    let mut run = tokenmint(CHAT).args("--batch in --jobs 2".split_whitespace()).file("in", &members(5), 0o600);
    run = run.credentials(&server);
    let piped = std::process::Stdio::piped;
    let child = run.command().stdout(piped()).stderr(piped()).spawn().expect("the program starts");
    second.recv().expect("the second request");
    // Time for the third line to be taken. Without it the run ends the same, but nothing waits.
    std::thread::sleep(Duration::from_millis(300));
    let process = nix::unistd::Pid::from_raw(child.id().try_into().expect("a process id"));
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGINT).expect("a signal");
    let output = child.wait_with_output().expect("its end");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("1 minted, 1 failed"), "{said}");
    assert_eq!(lines(&String::from_utf8(output.stdout).expect("UTF-8")).len(), 2);
    server.calls(2);
}

#[test]
fn what_was_surely_not_processed_is_sent_again() {
    for status in [408, 421, 425] {
        let server = Server::answering([busy(status), Answer::token()]);
        tokenmint(CHAT).credentials(&server).prints(format!("{TOKEN}\n")).run();
        server.calls(2);
        let server = Server::answering([busy(status)]);
        let run = tokenmint(CHAT).args(["--retries", "1"]).credentials(&server);
        let said = run.says(&format!("did not process the request ({status})")).fails(5).run().stderr;
        assert!(!said.contains("may have been created"), "{said}");
        server.calls(2);
    }
}

#[test]
fn a_token_may_have_been_created_only_where_that_is_so() {
    for status in [302, 400, 401, 403, 404, 408, 413, 422, 429, 503] {
        let server = Server::answering([busy(status)]);
        let run = tokenmint(CHAT).args(["--retries", "0"]).credentials(&server);
        let said = run.says(&status.to_string()).fails(match status {
            401 | 403 => 4,
            302 | 429 | 503 => 6,
            _ => 5,
        });
        let said = said.run().stderr;
        assert!(!said.contains("created"), "{status}: {said}");
    }
}

#[test]
fn the_headers_on_paper_are_those_that_are_sent() {
    let server = Server::minting();
    tokenmint(CHAT).credentials(&server).prints(format!("{TOKEN}\n")).run();
    let sent = server.request();
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--dry-run", "-o", "json"]).credentials(&server).stdout(predicate::always());
    let shown = run.run().json();
    let headers = shown["headers"].as_object().expect("an object");
    assert_eq!(headers["Authorization"], "Basic [redacted]");
    assert_eq!(headers.len(), 4);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "Authorization") {
        assert_eq!(sent.header(name), value.as_str(), "{name}");
    }
    let body: serde_json::Value = serde_json::from_str(&sent.text()).expect("JSON");
    assert_eq!((shown["method"].as_str(), &shown["body"]), (Some(sent.method.as_str()), &body));
}

#[test]
fn a_success_that_was_changed_on_its_way_is_told_as_one() {
    let both = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\nTransfer-Encoding: identity\r\n\r\n{\"token\":\"abc\"}";
    let packed = Answer::Full(200, vec![("Content-Encoding".into(), "gzip".into())], b"\x1f\x8b\x08\0".to_vec());
    for (answer, words) in [
        (Answer::Raw(both.to_vec()), "answered 200 with both Content-Length and Transfer-Encoding"),
        (packed, "answered 200 with a compressed body (gzip), which was not asked for"),
    ] {
        let server = Server::answering([answer]);
        tokenmint(CHAT).credentials(&server).says_all(&[words, "may have been created", "proxy"]).fails(6).run();
        server.calls(1);
    }
}
