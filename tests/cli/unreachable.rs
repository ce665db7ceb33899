//! Services that are not there, and ports that speak something else: what is said, and when a batch gives up.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use predicates::prelude::*;

#[cfg(unix)]
use crate::batch::minting_by_member;
use crate::batch::{lines, members};
use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, VIDEO, temporary_folder, tokenmint};
use crate::server::{Answer, Server};
use crate::tls_server::{Authority, tls};

const UNCLEAR: &str = "may have been created";

/// The standard credentials for this space.
fn at(line: &str, space: &str) -> Run {
    let run = tokenmint(line).env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    run.env("SIGNALWIRE_SPACE", space)
}

/// An address that refuses connections. The port is a privileged one that no test binds.
const CLOSED: &str = "127.0.0.1:1";

fn batch_at(space: &str, count: usize, jobs: usize) -> Run {
    let run = at(CHAT, space).args(["--batch", "-", "--retries", "0", "--jobs"]).arg(jobs.to_string());
    run.stdin(members(count)).stdout(predicate::always())
}

#[test]
fn a_batch_ends_when_as_many_lines_as_there_are_jobs_find_no_connection() {
    for (jobs, least) in [(1, 8), (4, 8), (8, 8), (20, 20)] {
        let run = batch_at(CLOSED, 500, jobs).exits(6).hides("done").says("refused the connection");
        let outcome = run.says_all(&["0 minted", "--resume", "check that the server runs"]).run();
        let lines = lines(&outcome.stdout);
        // Those that the other threads had begun have their line, too.
        assert!((least..least + jobs).contains(&lines.len()), "{} lines with {jobs} jobs", lines.len());
        // One that a thread had taken, and not begun, has none.
        assert!(lines.is_sorted_by_key(|line| line["line"].as_u64()));
        assert!(lines.iter().all(|line| line["error"]["exit"] == 6));
    }
}

#[test]
fn the_cause_does_not_matter_as_long_as_there_is_no_connection() {
    // A name that does not exist, and a server whose certificate is not trusted.
    let (server, authority) = (Server::unused(), Authority::new());
    let https = format!("https://{}", tls(&authority, "127.0.0.1", &server));
    for (space, cause) in [("no-such-host.invalid", "cannot resolve"), (https.as_str(), "certificate")] {
        let outcome = batch_at(space, 500, 1).says_all(&[cause, "--resume"]).exits(6).run();
        assert_eq!(lines(&outcome.stdout).len(), 8);
    }
    drop(server);
}

#[test]
fn fewer_lines_fail_one_by_one() {
    for (count, jobs) in [(7, 1), (7, 8), (15, 16)] {
        let outcome = batch_at(CLOSED, count, jobs).says(&format!("0 minted, {count} failed")).exits(7).run();
        assert_eq!(lines(&outcome.stdout).len(), count);
    }
}

#[test]
fn a_service_that_answers_is_there_whatever_it_says() {
    let server = Server::answering([Answer::json(500, "{}")]);
    let outcome = batch_at(&server.space(), 40, 4).says("0 minted, 40 failed").exits(7).run();
    assert_eq!(lines(&outcome.stdout).len(), 40);
    server.calls(40);
}

/// Reads a request, answers it, and ends the connection.
fn answer(mut stream: &TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\"}") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a request");
        request.push(byte[0]);
    }
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 17\r\n\r\n";
    stream.write_all(format!("{head}{{\"token\":\"a.b.c\"}}").as_bytes()).expect("an answer");
}

/// Its listener is closed after some answers, each on a connection that ends with it.
#[test]
fn a_run_whose_service_goes_away_is_continued_with_resume() {
    let folder = temporary_folder();
    let out = folder.path().join("out");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let space = listener.local_addr().expect("its address").to_string();
    let serving = std::thread::spawn(move || {
        let mut accepted = std::iter::from_fn(|| Some(listener.accept().expect("a connection").0));
        let mut streams: Vec<TcpStream> = accepted.by_ref().take(2).inspect(answer).collect();
        streams.extend(accepted.next());
        // From here on connections are refused.
        drop(listener);
        streams.last().into_iter().for_each(answer);
    });
    let line = "chat --ttl 1h -c a=r --retries 0 --jobs 1 --batch in --resume";
    let input = members(100);
    let run = |space: &str| at(line, space).arg(&out).file("in", &input, 0o600);
    let failed = run(&space).says_all(&["3 minted", "for 8 lines in a row", "--resume ", &out.display().to_string()]);
    failed.fails(6).hides("done").run();
    serving.join().expect("a server");
    // A process that another test starts at this moment has the listener a little longer: one line may get a reset.
    assert!((11..=12).contains(&lines(&std::fs::read_to_string(&out).expect("the file")).len()));
    // Another address is another request.
    let server = Server::minting();
    let done = run(&server.space()).says("done: 100 minted, 0 failed").run();
    assert!(done.stderr.contains("had other requests; minted again"), "{}", done.stderr);
    server.calls(100);
}

#[test]
fn a_server_on_this_machine_that_does_not_run_may_be_the_emulator() {
    let emulator = "tokenmint emulator starts one";
    for space in [CLOSED, "localhost:1", "http://127.0.0.1:1"] {
        let run = at(CHAT, space).args(["--retries", "0"]).says("check that the server runs");
        if cfg!(feature = "emulator") { run.says(emulator) } else { run.hides(emulator) }.fails(6).run();
    }
    // Behind a proxy it is another machine.
    let run = at(CHAT, "example").args(["--retries", "0"]).env("HTTPS_PROXY", format!("http://{CLOSED}"));
    run.says("HTTPS_PROXY").hides("emulator").fails(6).run();
}

#[test]
fn an_authority_that_is_not_known_on_this_machine_may_be_the_emulators() {
    let (server, authority) = (Server::unused(), Authority::new());
    let address = tls(&authority, "127.0.0.1", &server);
    let run = at(CHAT, &format!("https://{address}")).says_all(&[
        "not signed by a trusted authority",
        "--cacert FILE",
        "SSL_CERT_FILE",
    ]);
    let emulator = "tokenmint emulator --tls";
    if cfg!(feature = "emulator") { run.says(emulator) } else { run.hides(emulator) }.fails(6).run();
}

#[test]
fn a_tls_port_that_is_spoken_to_in_plain_http_is_named_with_its_url() {
    let (server, authority) = (Server::unused(), Authority::new());
    let address = tls(&authority, "127.0.0.1", &server);
    let url = format!("{address} speaks TLS: write https://{address}");
    for space in [address.to_string(), format!("http://{address}")] {
        for line in [CHAT, VIDEO] {
            at(line, &space).says_all(&[&url, "--cacert"]).hides(UNCLEAR).fails(6).run();
        }
        let error = at(CHAT, &space).args(["-o", "json"]).stderr(predicate::always()).fails(6).run().error();
        assert_eq!(error["code"], "unavailable");
    }
    // It is the same for every line.
    let outcome = batch_at(&address.to_string(), 500, 1).says(&url).hides(UNCLEAR).exits(6).run();
    assert_eq!(lines(&outcome.stdout).len(), 8);
}

#[test]
fn an_alert_is_recognised_in_every_version() {
    // handshake_failure, unexpected_message and decode_error as servers send them; nothing is sent again.
    for alert in
        [&b"\x15\x03\x01\x00\x02\x02\x28"[..], b"\x15\x03\x03\x00\x02\x02\x0a", b"\x15\x03\x03\x00\x02\x02\x32"]
    {
        let server = Server::answering([Answer::Raw(alert.to_vec())]);
        let run = at(CHAT, &server.space()).says(&format!("{} speaks TLS", server.space())).hides(UNCLEAR);
        run.fails(6).run();
        server.calls(1);
    }
    // Anything else that is not HTTP may have been the answer to a mint.
    for answer in [&b"\x16\x03\x03\x00\x02\x02\x28"[..], b"\x15\x02", b"SSH-2.0-x\r\n"] {
        let server = Server::answering([Answer::Raw(answer.to_vec())]);
        at(CHAT, &server.space()).says(UNCLEAR).hides("speaks TLS").fails(6).run();
        server.calls(1);
    }
}

#[test]
fn an_input_without_lines_is_said_to_be_empty() {
    let server = Server::unused();
    let empty = "note: the input has no lines";
    for input in ["", "\n", " \r\n\n"] {
        let run = |args: &[&str]| at(CHAT, &server.space()).args(["--batch", "-"]).args(args).stdin(input);
        run(&[]).says_all(&[empty, "0 minted, 0 failed"]).run();
        run(&["--dry-run"]).says(empty).run();
        run(&["-o", "json"]).says(empty).run();
        run(&["-q"]).run();
    }
    let server = Server::minting();
    at(CHAT, &server.space())
        .args(["--batch", "-"])
        .stdin("\n{}\n")
        .stdout(predicate::always())
        .says("done")
        .hides(empty)
        .run();
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_names_the_file_that_continues_it() {
    use std::process::Stdio;

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    for (resume, continued) in [(true, "continue with --resume 'my out'\n"), (false, "no output\n")] {
        // The signal comes while the fourth request is in progress.
        let (calls, process) = (AtomicUsize::new(0), Arc::new(AtomicU32::new(0)));
        let shared = Arc::clone(&process);
        let server = Server::answering([Answer::With(Arc::new(move |_| {
            if calls.fetch_add(1, Ordering::SeqCst) == 3 {
                while shared.load(Ordering::SeqCst) == 0 {
                    std::thread::yield_now();
                }
                let process = shared.load(Ordering::SeqCst).try_into().expect("a process id");
                kill(Pid::from_raw(process), Signal::SIGINT).expect("a signal");
            }
            minting_by_member()
        }))]);
        let run = at(CHAT, &server.space()).args(["--batch", "in", "--jobs", "1"]).file("in", &members(2_000), 0o600);
        let mut run = if resume { run.args(["--resume", "my out"]) } else { run };
        let child = run.command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        process.store(child.id(), Ordering::SeqCst);
        let output = child.wait_with_output().expect("an end");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.starts_with("interrupted: ") && said.ends_with(continued) && !said.contains("done"), "{said}");
    }
}
