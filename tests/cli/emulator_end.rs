//! The end of the emulator, and whom it serves until then: requests in progress are finished, nothing stays behind, and
//! pages of other hosts get nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::emulator::Emulator;
use crate::harness::tokenmint;
use crate::terminal::Terminal;

const BODY: &str = r#"{"ttl":60,"channels":{"lobby":{"read":true}}}"#;

fn connect(emulator: &Emulator) -> TcpStream {
    let stream = TcpStream::connect(&emulator.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    stream
}

/// The head of a request with the right credentials and a body of the right length.
fn head(emulator: &Emulator, host: &str, more: &str) -> String {
    let (basic, length) = (emulator.basic(), BODY.len());
    format!(
        "POST /api/chat/tokens HTTP/1.1\r\nHost: {host}\r\n{basic}Content-Type: application/json\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

/// An answer up to the end of its head.
fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("more of the head");
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("UTF-8").to_ascii_lowercase()
}

/// All that still comes.
fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("the rest");
    text
}

/// Sends the signal, and waits until no new connection is taken.
fn stop(emulator: &Emulator, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(emulator.child.id()).expect("a process id"));
    kill(pid, signal).expect("a signal");
    while TcpStream::connect(&emulator.address).is_ok() {
        std::thread::yield_now();
    }
}

/// The signals that end it. Under `nohup` this process and what it starts ignore SIGHUP.
fn ending_signals() -> Vec<Signal> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim);
    let ignores_hangup = ignored.and_then(|set| u64::from_str_radix(set, 16).ok()).is_some_and(|set| set & 1 != 0);
    let hangup = (!ignores_hangup).then_some(Signal::SIGHUP);
    [Signal::SIGTERM, Signal::SIGINT].into_iter().chain(hangup).collect()
}

#[test]
fn ctrl_c_on_a_terminal_leaves_the_prompt_a_line_of_its_own() {
    for (signal, end) in [(Signal::SIGINT, "\n\n"), (Signal::SIGTERM, "\n")] {
        let mut terminal = Terminal::start(tokenmint("emulator --port 0"));
        terminal.shows("listening on http://").signal(signal);
        let (status, screen, _run) = terminal.end();
        let address = screen.rsplit_once("listening on http://").map_or("", |(_, rest)| rest);
        assert_eq!(address.trim_start_matches(|letter: char| !letter.is_whitespace()), end, "{signal} in {screen:?}");
        assert!(status.success(), "{signal}: {status}");
    }
}

#[test]
fn requests_in_progress_are_finished() {
    for signal in ending_signals() {
        let mut emulator = Emulator::start();
        let head = |more| head(&emulator, &emulator.address, more);
        // One in the middle of its body: the server has asked for it.
        let mut body = connect(&emulator);
        body.write_all(head("Expect: 100-continue\r\n").as_bytes()).expect("a head");
        assert!(read_head(&mut body).starts_with("http/1.1 100"));
        body.write_all(&BODY.as_bytes()[..9]).expect("a half");
        // One in the middle of its head, and one that does nothing after its first answer.
        let mut started = connect(&emulator);
        let head = head("");
        started.write_all(&head.as_bytes()[..40]).expect("a half");
        let mut idle = connect(&emulator);
        idle.write_all((head.clone() + BODY).as_bytes()).expect("a request");
        let answer = read_head(&mut idle);
        assert!(answer.starts_with("http/1.1 200") && !answer.contains("connection: close"), "{answer}");
        stop(&emulator, signal);
        rest(&mut idle);
        body.write_all(&BODY.as_bytes()[9..]).expect("the other half");
        started.write_all((head[40..].to_owned() + BODY).as_bytes()).expect("the other half");
        for mut stream in [body, started] {
            let answer = read_head(&mut stream);
            assert!(answer.starts_with("http/1.1 200") && answer.contains("connection: close"), "{answer}");
            assert!(rest(&mut stream).starts_with(r#"{"token":"eyJ"#));
        }
        assert_eq!(emulator.child.wait().expect("its end").code(), Some(0), "{signal}");
    }
}

#[test]
fn a_request_that_never_ends_does_not_keep_the_server() {
    let mut emulator = Emulator::start();
    let mut stream = connect(&emulator);
    stream.write_all(head(&emulator, &emulator.address, "Expect: 100-continue\r\n").as_bytes()).expect("a head");
    assert!(read_head(&mut stream).starts_with("http/1.1 100"));
    stop(&emulator, Signal::SIGTERM);
    assert_eq!(emulator.child.wait().expect("its end").code(), Some(0));
}

#[test]
fn every_signal_that_ends_it_takes_the_certificate_away() {
    for signal in ending_signals() {
        let emulator = Emulator::with_tls();
        let folder = PathBuf::from(emulator.exported("SSL_CERT_FILE")).parent().expect("a folder").to_owned();
        assert!(folder.is_dir());
        let mut emulator = emulator;
        // A client that never says anything over TLS is not waited for.
        let _silent = connect(&emulator);
        stop(&emulator, signal);
        assert_eq!(emulator.child.wait().expect("its end").code(), Some(0), "{signal}");
        assert!(!folder.exists(), "{signal}");
    }
}

#[test]
fn a_host_or_an_origin_that_is_not_loopback_is_forbidden() {
    let emulator = Emulator::start();
    let port = emulator.address.rsplit_once(':').expect("a port").1;
    let status = |host: &str, more: &str| {
        let mut stream = connect(&emulator);
        let head = head(&emulator, host, &format!("Connection: close\r\n{more}"));
        stream.write_all((head + BODY).as_bytes()).expect("a request");
        let status = read_head(&mut stream)["http/1.1 ".len()..][..3].to_owned();
        (status, rest(&mut stream))
    };
    for host in [&emulator.address, "localhost", "127.0.0.1", "[::1]:1", &format!("localhost:{port}"), "LOCALHOST:80"] {
        assert_eq!(status(host, "").0, "200", "{host}");
        assert_eq!(status(host, "Origin: http://localhost:5173\r\n").0, "200", "{host}");
    }
    let forbidden = ("403".to_owned(), r#"{"error":"Forbidden"}"#.to_owned());
    for host in ["example.com", &format!("attacker.example:{port}"), "127.0.0.1.example.com", "192.0.2.1", "0.0.0.0"] {
        assert_eq!(status(host, ""), forbidden, "{host}");
    }
    for origin in ["https://example.com", &format!("http://attacker.example:{port}"), "null"] {
        assert_eq!(status("localhost", &format!("Origin: {origin}\r\n")), forbidden, "{origin}");
    }
}
