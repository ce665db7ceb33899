//! `--serve` and the emulator under clients that are rude, slow or too many, and ended in the middle of requests.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use nix::sys::signal::{Signal, kill};

use crate::harness::{CHAT, Run, tokenmint};
use crate::running::{Running, read};
use crate::server::{Answer, Server};

/// A server of tokens, and the emulator: both are one server with other handlers.
fn both() -> [(Running, String); 2] {
    let serving = format!("{CHAT} --profile emulator -q --serve 127.0.0.1:0");
    // Neither request mints: the rate of tokens is another matter.
    [
        (Running::start(tokenmint(&serving)), "GET /token?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned()),
        (
            Running::start(tokenmint("emulator --port 0 -q")),
            "GET /api/x HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        ),
    ]
}

/// A server with few file descriptors.
fn limited(line: &str, descriptors: u32) -> Running {
    let run: Run = tokenmint(line).shell(&format!("ulimit -n {descriptors}; exec \"$@\""));
    Running::start(run)
}

/// It answers a new client, and ends well when it is told to.
fn is_well(running: Running, request: &str) {
    let reply = running.send(request);
    assert!(matches!(reply.status, 400 | 404), "{reply:?}");
    assert_eq!(running.end(Signal::SIGTERM).0, Some(0));
}

/// All that comes until the other side closes; a reset ends it, too.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    for (running, request) in both() {
        let mut stream = running.connect();
        let other = request.replace("GET /", "PUT /");
        stream.write_all(format!("{request}{other}").repeat(500).as_bytes()).expect("requests");
        for place in 0..1_000 {
            let reply = read(&mut stream);
            let is_put = place % 2 == 1 && request.contains("/token");
            assert_eq!(
                reply.status,
                if is_put {
                    405
                } else if request.contains("/token") {
                    400
                } else {
                    404
                },
                "{place}"
            );
        }
        is_well(running, &request);
    }
}

#[test]
fn heads_and_bodies_without_end_are_refused() {
    for (running, request) in both() {
        let path = if request.contains("/token") { "/token" } else { "/api/chat/tokens" };
        // A head that goes on and on.
        let mut stream = running.connect();
        let header = format!("X-Long: {}\r\n", "x".repeat(8_000));
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{}", header.repeat(200));
        let _ = stream.write_all(head.as_bytes());
        let answer = String::from_utf8_lossy(&rest(&mut stream)).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
        // Many headers, and a target that is too long.
        for head in [
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "A: b\r\n".repeat(10_000)),
            format!("GET {path}?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(100_000)),
        ] {
            let mut stream = running.connect();
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.shutdown(Shutdown::Write);
            let answer = String::from_utf8_lossy(&rest(&mut stream)).into_owned();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        }
        // A body that is larger than is ever right.
        let basic = "Authorization: Basic MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDA4NzkzOlBUZGVhZGJlZWZkZWFkYmVlZmRlYWRiZWVm\
                     ZGVhZGJlZWZkZWFkYmVlZmRlYWRiZWVm\r\nContent-Type: application/json\r\n";
        let reply = running.ask("POST", path, basic, &" ".repeat(1024 * 1024 + 1));
        assert_eq!(reply.status, 413, "{reply:?}");
        is_well(running, &request);
    }
}

#[test]
fn garbage_is_no_request() {
    for (running, request) in both() {
        let hello: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
        for garbage in [
            hello,
            b"\0\0\0\0\0\0\0\0\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
            b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            b"POST /token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            let mut stream = running.connect();
            stream.write_all(garbage).expect("garbage");
            let _ = stream.shutdown(Shutdown::Write);
            let answer = rest(&mut stream);
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{}", String::from_utf8_lossy(&answer));
            assert!(!answer.windows(4).any(|window| window == b"eyJ0"), "{}", String::from_utf8_lossy(&answer));
        }
        is_well(running, &request);
    }
}

#[test]
fn a_thousand_slow_clients_do_not_block_others() {
    // Both at once: each waits a while for its slow clients in the end.
    std::thread::scope(|scope| {
        for (running, request) in both() {
            scope.spawn(move || a_thousand_slow_clients(running, &request));
        }
    });
}

fn a_thousand_slow_clients(running: Running, request: &str) {
    let slow: Vec<TcpStream> = (0..1_000)
        .map_while(|place: usize| {
            let mut stream = TcpStream::connect(&running.address).ok()?;
            // Some say nothing, some stop in a head, some in a body.
            let begun = ["", "GET /tok", "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"];
            let _ = stream.write_all(begun[place % begun.len()].as_bytes());
            Some(stream)
        })
        .collect();
    assert!(slow.len() > 200, "{} connections", slow.len());
    is_well(running, request);
}

#[test]
fn used_up_descriptors_are_waited_for() {
    for line in [format!("{CHAT} --profile emulator -q --serve 127.0.0.1:0"), "emulator --port 0 -q".to_owned()] {
        let running = limited(&line, 40);
        let held: Vec<TcpStream> = (0..100).map(|_| running.connect()).collect();
        drop(held);
        is_well(running, "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
}

#[test]
fn a_mint_in_progress_is_finished_before_the_end() {
    // The service answers when it is told that the signal has been sent.
    let (go, told) = std::sync::mpsc::channel::<()>();
    let told = std::sync::Mutex::new(told);
    let (asked, is_asked) = std::sync::mpsc::channel::<()>();
    let asked = std::sync::Mutex::new(asked);
    let answer = Answer::With(std::sync::Arc::new(move |_| {
        let _ = asked.lock().expect("one request").send(());
        let _ = told.lock().expect("one request").recv();
        Answer::token()
    }));
    let server = Server::answering([answer]);
    let run = tokenmint(&format!("{CHAT} -q --serve 127.0.0.1:0")).credentials(&server);
    let running = Running::start(run);
    let mut stream = running.connect();
    stream.write_all(b"GET /token HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request");
    let mut idle = running.connect();
    is_asked.recv().expect("the service is asked");
    kill(running.pid(), Signal::SIGTERM).expect("a signal");
    // An idle connection ends at once, and no new one is taken.
    assert!(rest(&mut idle).is_empty());
    while TcpStream::connect(&running.address).is_ok() {
        std::thread::yield_now();
    }
    go.send(()).expect("the service waits");
    let reply = read(&mut stream);
    assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
    assert_eq!(running.wait(), Some(0));
}

#[test]
fn a_service_that_does_not_answer_blocks_neither_others_nor_the_end() {
    let server = Server::answering([Answer::Silence]);
    let run = tokenmint(&format!("{CHAT} -q --let member_id --serve 127.0.0.1:0")).credentials(&server);
    let running = Running::start(run);
    let mut hanging = running.connect();
    hanging.write_all(b"GET /token HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request");
    let reply = running.ask("GET", "/token?channels=x", "", "");
    assert_eq!(reply.status, 400);
    assert_eq!(running.end(Signal::SIGTERM).0, Some(0));
}
