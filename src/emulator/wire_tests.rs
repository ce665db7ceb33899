//! The emulator as a client meets it: raw HTTP over a socket, against the statuses and bodies that the service documents.
//! What single parts do is tested beside them.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::app::App;
use crate::emulator::{Emulator, Protocol, Running};
use crate::error::Category;

// What `printf %s PROJECT_ID:API_TOKEN | base64` prints for the documented credentials.
const BASIC: &str = "Basic MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDA4NzkzOlBUZGVhZGJlZWZkZWFkYmVlZmRlYWRiZWVmZGVhZGJl\
                     ZWZkZWFkYmVlZmRlYWRiZWVm";
const CHAT: &str =
    r#"{"ttl":60,"channels":{"channel1":{"read":true,"write":true},"channel2":{"read":true,"write":false}}}"#;

fn running() -> Running {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    Emulator::bind(free, Protocol::Http, App::of_process()).unwrap().start().unwrap()
}

fn connect(emulator: &Running) -> TcpStream {
    let stream = TcpStream::connect(emulator.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// One answer: the status line and headers in lower case, and the body.
fn read_answer(stream: &mut impl Read, has_body: bool) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; if has_body { length.unwrap().parse().unwrap() } else { 0 }];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// What says that a body is JSON.
const JSON: &str = "Content-Type: application/json\r\n";

fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

fn exchange(emulator: &Running, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
    let mut stream = connect(emulator);
    stream.write_all(request(method, path, headers, body).as_bytes()).unwrap();
    read_answer(&mut stream, method != "HEAD")
}

#[test]
fn statuses_and_errors_are_the_documented_ones() {
    let emulator = running();
    let (chat, guest) = ("/api/chat/tokens", "/api/fabric/guests/tokens");
    let right = &format!("Authorization: {BASIC}\r\n{JSON}");
    let wrong = "Authorization: Basic eDp5\r\n";
    let untyped = &format!("Authorization: {BASIC}\r\n");
    let form = &format!("{untyped}Content-Type: application/x-www-form-urlencoded\r\n");
    let cases = [
        ("POST", chat, "", CHAT, "401", "Unauthorized"),
        ("POST", chat, wrong, "", "401", "Unauthorized"),
        ("POST", chat, right, "", "400", "Bad Request"),
        ("POST", guest, right, "{", "400", "Bad Request"),
        ("POST", chat, form, CHAT, "400", "Bad Request"),
        ("POST", chat, untyped, CHAT, "400", "Bad Request"),
        ("POST", chat, wrong, CHAT, "401", "Unauthorized"),
        ("POST", "/api/chat/tokens/", right, CHAT, "404", "Not Found"),
        ("POST", "/", "", "", "404", "Not Found"),
        ("GET", chat, right, "", "405", "Method Not Allowed"),
        ("PUT", guest, "", CHAT, "405", "Method Not Allowed"),
    ];
    for (method, path, headers, body, status, error) in cases {
        let (head, answer) = exchange(&emulator, method, path, headers, body);
        let status = format!("http/1.1 {status} ");
        assert!(head.starts_with(&status), "{method} {path}: {head}");
        assert_eq!(answer, format!(r#"{{"error":"{error}"}}"#), "{method} {path}");
        assert!(head.contains("content-type: application/json\r\n"), "{head}");
        assert!(head.contains("date: "), "{head}");
    }
    let (head, _) = exchange(&emulator, "HEAD", "/api/video/room_tokens", right, "");
    assert!(head.starts_with("http/1.1 405 ") && head.contains("allow: post\r\n"), "{head}");
}

#[test]
fn each_endpoint_mints() {
    let emulator = running();
    let right = format!("Authorization: {BASIC}\r\n{JSON}");
    let guest = r#"{"allowed_addresses":["5e6f7a8b-9c0d-4e1f-a2b3-c4d5e6f7a8b9"]}"#;
    let cases = [
        ("/api/chat/tokens", CHAT, "200", 3),
        ("/api/pubsub/tokens?x=1", CHAT, "200", 3),
        ("/api/fabric/guests/tokens", guest, "201", 5),
        ("/api/video/room_tokens", r#"{"room_name":"r"}"#, "200", 3),
    ];
    for (path, body, status, parts) in cases {
        let (head, answer) = exchange(&emulator, "POST", path, &right, body);
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{path}: {head}");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["token"].as_str().unwrap().split('.').count(), parts, "{path}");
        assert_eq!(answer["refresh_token"].is_string(), parts == 5, "{path}");
    }
}

#[test]
fn a_connection_serves_many_requests() {
    let emulator = running();
    let mut stream = connect(&emulator);
    let right = format!("Authorization: {BASIC}\r\n{JSON}");
    for headers in [right.as_str(), "", right.as_str()] {
        stream.write_all(request("POST", "/api/chat/tokens", headers, CHAT).as_bytes()).unwrap();
        let expected = if headers.is_empty() { "http/1.1 401" } else { "http/1.1 200" };
        assert!(read_answer(&mut stream, true).0.starts_with(expected));
    }
}

#[test]
fn bodies_may_be_chunked_or_wait_for_leave() {
    let emulator = running();
    let mut stream = connect(&emulator);
    let head = format!("POST /api/chat/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: {BASIC}\r\n{JSON}");
    let (one, other) = CHAT.split_at(20);
    let chunked =
        format!("{head}Transfer-Encoding: chunked\r\n\r\n14\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n", other.len());
    stream.write_all(chunked.as_bytes()).unwrap();
    let (answer, _) = read_answer(&mut stream, true);
    assert!(answer.starts_with("http/1.1 200") && !answer.contains("close"), "{answer}");

    let waiting = format!("{head}Expect: 100-continue\r\nContent-Length: {}\r\n\r\n", CHAT.len());
    stream.write_all(waiting.as_bytes()).unwrap();
    assert!(read_answer(&mut stream, false).0.starts_with("http/1.1 100"));
    stream.write_all(CHAT.as_bytes()).unwrap();
    assert!(read_answer(&mut stream, true).0.starts_with("http/1.1 200"));
}

#[test]
fn a_body_over_a_mebibyte_is_refused_in_json() {
    let emulator = running();
    let right = format!("Authorization: {BASIC}\r\n{JSON}");
    let large = " ".repeat(1024 * 1024 + 1);
    let (head, answer) = exchange(&emulator, "POST", "/api/chat/tokens", &right, &large);
    assert!(head.starts_with("http/1.1 413 "), "{head}");
    assert_eq!(answer, r#"{"error":"Payload Too Large"}"#);
    let mut chunked =
        format!("POST /api/chat/tokens HTTP/1.1\r\nHost: localhost\r\n{right}Transfer-Encoding: chunked\r\n\r\n");
    for _ in 0..3 {
        write!(chunked, "80000\r\n{}\r\n", " ".repeat(0x80000)).unwrap();
    }
    let mut stream = connect(&emulator);
    stream.write_all(format!("{chunked}0\r\n\r\n").as_bytes()).unwrap();
    assert!(read_answer(&mut stream, true).0.starts_with("http/1.1 413 "));
}

#[test]
fn only_loopback_and_free_ports_are_taken() {
    let open = Emulator::bind(SocketAddr::from(([0, 0, 0, 0], 0)), Protocol::Http, App::of_process());
    let failure = open.err().unwrap();
    assert_eq!(failure.category(), Category::Usage);
    assert!(failure.to_string().contains("--listen 0.0.0.0:0"), "{failure}");
    let emulator = running();
    let taken = Emulator::bind(emulator.address(), Protocol::Http, App::of_process()).err().unwrap();
    assert_eq!(taken.category(), Category::Internal);
    assert!(taken.hint().is_some());
}

#[test]
fn the_exports_point_clients_at_it() {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let emulator = Emulator::bind(free, Protocol::Http, App::of_process()).unwrap();
    let port = emulator.address().port();
    assert_eq!(emulator.url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(
        emulator.exports(),
        format!(
            "export SIGNALWIRE_SPACE='127.0.0.1:{port}'\n\
             export SIGNALWIRE_PROJECT_ID='00000000-0000-4000-8000-000000008793'\n\
             export SIGNALWIRE_API_TOKEN='PTdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef'\n"
        )
    );
}

#[test]
fn it_stops_when_it_is_dropped() {
    let emulator = running();
    let address = emulator.address();
    drop(emulator);
    let refused = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        TcpStream::connect(address).is_err()
    });
    assert!(refused);
}
