//! Batches that end early or run side by side: one run at a time writes OUT, and an end leaves no tokens beside it.

#[cfg(unix)]
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::mpsc;

use predicates::prelude::*;

#[cfg(unix)]
use crate::batch::token_of;
use crate::batch::{lines, members, minting_by_member};
use crate::harness::{CHAT, Run, temporary_folder, tokenmint};
use crate::server::{Answer, Server};

fn resume(server: &Server, out: &Path, count: usize) -> Run {
    tokenmint(CHAT).credentials(server).args(["--batch", "in", "--resume"]).arg(out).file("in", &members(count), 0o600)
}

/// The second of two runs on one file leaves it to the first, whatever the second has to do.
#[test]
fn a_second_run_on_a_file_is_refused_while_the_first_writes_it() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let (asked, first_asked) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = Arc::new(std::sync::Mutex::new(Some(may_go_on)));
    let server = Server::answering([Answer::With(Arc::new(move |request| {
        // The first request waits until the second run has been refused.
        if let Some(may_go_on) = may_go_on.lock().expect("a lock").take() {
            asked.send(()).expect("somebody who waits");
            may_go_on.recv().expect("a word");
        }
        match minting_by_member() {
            Answer::With(answer) => answer(request),
            answer => answer,
        }
    }))]);
    // With an error in it, so that the first run replaces the file before it goes on.
    std::fs::write(&out, "{\"line\":2,\"error\":{\"code\":\"usage\"}}\n").expect("an earlier result");
    let mut run = resume(&server, &out, 40).args(["--jobs", "1"]);
    let mut child = run.command().stderr(Stdio::null()).spawn().expect("the program starts");
    first_asked.recv().expect("a request");
    resume(&server, &out, 40).says("another run is writing").fails(3).run();
    resume(&server, &out, 0).says("another run is writing").fails(3).run();
    go_on.send(()).expect("a server");
    assert!(child.wait().expect("an end").success());
    assert_eq!(lines(&std::fs::read_to_string(&out).expect("the result")).len(), 40);
    // The lock ends with its run.
    resume(&server, &out, 40).says("0 minted, 0 failed, 40 kept").run();
    server.calls(40);
}

#[cfg(unix)]
#[test]
fn a_signal_while_the_file_is_read_leaves_nothing_beside_it() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let folder = temporary_folder();
    let out = folder.path().join("out");
    // An error first, so that the file is written anew; and so long that this takes a while.
    let error = "{\"line\":1,\"error\":{\"code\":\"usage\"}}\n";
    let mut minted = String::new();
    for number in 2..50_000 {
        writeln!(minted, "{{\"line\":{number},\"token\":\"x\",\"expires_at\":null}}").expect("memory");
    }
    let server = Server::unused();
    for (signal, status) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 143)] {
        std::fs::write(&out, format!("{error}{minted}")).expect("an earlier result");
        let mut run = tokenmint(CHAT).credentials(&server).args(["--batch", "-", "--resume"]).arg(&out);
        // An input that does not end: the run ends by the signal, however late that comes.
        let mut command = run.command();
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let input = child.stdin.take();
        let beside = || std::fs::read_dir(folder.path()).expect("the folder").count() > 1;
        let is_tidied = || std::fs::metadata(&out).expect("the file").len() == minted.len() as u64;
        while !beside() && !is_tidied() {
            std::thread::yield_now();
        }
        kill(Pid::from_raw(child.id().try_into().expect("a process id")), signal).expect("a signal");
        let output = child.wait_with_output().expect("an end");
        drop(input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains("interrupted") && !said.contains("done"), "{said}");
        assert!(!beside(), "a temporary file stays after {signal}");
        let text = std::fs::read_to_string(&out).expect("the result");
        assert!(text == minted || text == format!("{error}{minted}"), "the file is whole");
    }
}

/// Signals that were ignored at the start stay ignored: `nohup`, or `&` in a script.
#[cfg(target_os = "linux")]
#[test]
fn signals_that_were_ignored_stay_ignored() {
    for signal in ["HUP", "INT", "TERM"] {
        let run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "1"]).file("in", &members(3), 0o600);
        let (asked, sent) = (run.path("asked"), run.path("sent"));
        let server = Server::answering([Answer::With(Arc::new(move |request| {
            // The first request is answered once the signal has been sent.
            std::fs::write(&asked, "").expect("a mark");
            while !sent.exists() {
                std::thread::yield_now();
            }
            match minting_by_member() {
                Answer::With(answer) => answer(request),
                answer => answer,
            }
        }))]);
        let script = format!(
            r#"trap '' {signal}; "$@" <in >out & pid=$!; while [ ! -e asked ]; do :; done; kill -{signal} $pid; : >sent; wait $pid; echo $?"#
        );
        run.credentials(&server).shell(&script).prints("0\n").says("done: 3 minted").run();
        server.calls(3);
    }
}

/// A reader that takes nothing holds up the end, since what is minted would be lost; this is said, and a second signal
/// ends the run at once.
#[cfg(unix)]
#[test]
fn an_interrupted_run_whose_reader_takes_nothing_says_so() {
    use std::io::{BufRead as _, BufReader, Read as _};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let mut run = tokenmint("twilio --video --identity a --batch in")
        .env("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef")
        .env("TWILIO_API_KEY", "SK0123456789abcdef0123456789abcdef")
        .env("TWILIO_API_SECRET", "abcdefghijklmnopqrstuvwxyz012345")
        .file("in", &"{}\n".repeat(20_000), 0o600);
    for reads_on in [true, false] {
        let mut child =
            run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stdout = child.stdout.take().expect("its stdout");
        let mut first = [0; 1];
        // From now on the pipe is full, or will be.
        stdout.read_exact(&mut first).expect("a byte");
        let process = Pid::from_raw(child.id().try_into().expect("a process id"));
        kill(process, Signal::SIGTERM).expect("a signal");
        let mut stderr = BufReader::new(child.stderr.take().expect("its stderr"));
        let mut said = String::new();
        while !said.contains("hint") {
            assert!(stderr.read_line(&mut said).expect("a line") > 0, "an early end: {said}");
        }
        assert!(said.contains("the output is not being read"), "{said}");
        if reads_on {
            let mut text = String::from_utf8(first.to_vec()).expect("UTF-8");
            stdout.read_to_string(&mut text).expect("the rest");
            assert!(!lines(&text).is_empty());
            stderr.read_to_string(&mut said).expect("the rest");
            assert!(said.contains("interrupted: "), "{said}");
        } else {
            kill(process, Signal::SIGTERM).expect("a second signal");
        }
        assert_eq!(child.wait().expect("an end").code(), Some(143));
    }
}

/// A run that was asked to end by a hang-up has the lines of all requests that were in progress.
#[cfg(unix)]
#[test]
fn a_hang_up_loses_no_token() {
    let server = Server::answering([minting_by_member()]);
    let mut run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "8"]).credentials(&server).stdin(members(3_000));
    let (code, out, said) = crate::batch::signalled(&mut run, nix::sys::signal::Signal::SIGHUP, 20);
    assert_eq!(code, Some(143), "{said}");
    let requests = server.requests();
    let out = lines(&out);
    assert_eq!(out.len(), requests.len());
    assert!(out.iter().all(|line| line["token"] == token_of(line["id"].as_str().expect("an id"))));
}

/// `done: 2 minted, 0 failed in 12 ms (166/s)`
fn is_summary(text: &str) -> bool {
    let numbers = text.strip_prefix("done: 2 minted, 0 failed in ").and_then(|rest| rest.strip_suffix("/s)\n"));
    numbers.and_then(|numbers| numbers.split_once("s (")).is_some_and(|(time, rate)| {
        time.starts_with(|first: char| first.is_ascii_digit())
            && rate.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
    })
}

#[test]
fn a_run_says_how_long_it_took_how_fast_it_was_and_what_failed() {
    let server = Server::answering([minting_by_member()]);
    let run = tokenmint(CHAT).args(["--batch", "-"]).credentials(&server).stdin(members(2));
    run.stdout(predicate::always()).stderr(predicate::function(is_summary)).run();
    let run = tokenmint(CHAT).args(["--batch", "-"]).credentials(&server).stdin(members(1) + "no\n{\"ttl\":0}\n");
    run.stdout(predicate::always()).says("1 minted, 2 failed").says("(2 usage)").exits(7).run();
}
