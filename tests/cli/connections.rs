//! What goes over one connection: whole requests, long answers, one answer for each request and no more. The servers here
//! speak through bare sockets, since what matters is which bytes come when.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use predicates::prelude::*;

use crate::batch::{lines, members, token_of};
use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, tokenmint};
use crate::server::{Answer, Server};
use crate::tls_server::{Authority, tls_talking};

/// A listener that gives each connection with its number, from 1, to `serve`, and the variables that lead to it.
pub fn listening(run: Run, serve: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Run {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    let space = listener.local_addr().expect("its address").to_string();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for (number, stream) in (1..).zip(listener.incoming()) {
            let (serve, stream) = (Arc::clone(&serve), stream.expect("a connection"));
            stream.set_read_timeout(Some(Duration::from_mins(3))).expect("a time limit");
            thread::spawn(move || serve(number, stream));
        }
    });
    run.env("SIGNALWIRE_SPACE", space).env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN)
}

/// What one look at a connection brings: nothing at its end.
pub fn arrives(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 8 * 1024];
    let length = stream.read(&mut bytes).unwrap_or(0);
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

pub fn answer(token: &str) -> String {
    let body = format!(r#"{{"token":"{token}"}}"#);
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The member that a request's body names.
pub fn member(request: &str) -> String {
    let body = request.split("\r\n\r\n").nth(1).expect("a body in the same piece as its head");
    let body: serde_json::Value = serde_json::from_str(body).expect("the whole body in that piece");
    body["member_id"].as_str().expect("a member").to_owned()
}

/// A listener that mints, and the number of the connection of each request that it has had. A head that came without its
/// body would end its connection.
fn minting(run: Run) -> (Run, Arc<Mutex<Vec<usize>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let run = listening(run, move |number, mut stream| {
        loop {
            let request = arrives(&mut stream);
            if request.is_empty() {
                return;
            }
            record.lock().expect("the record").push(number);
            let _ = stream.write_all(answer(&token_of(&member(&request))).as_bytes());
        }
    });
    (run, seen)
}

#[test]
fn a_request_comes_in_one_piece() {
    let run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "4"]).stdin(members(100));
    let (run, _) = minting(run);
    run.stdout(predicate::always()).says("100 minted, 0 failed").run();
}

#[test]
fn a_request_longer_than_any_buffer_comes_whole() {
    let server = Server::minting();
    let channels: Vec<String> = (0..250).map(|number| format!("{number:0>200}=rw")).collect();
    let mut run = tokenmint("chat --ttl 1h").credentials(&server);
    for channel in &channels {
        run = run.args(["-c", channel]);
    }
    run.prints(format!("{TOKEN}\n")).run();
    let request = server.request();
    let body: serde_json::Value = serde_json::from_str(&request.text()).expect("a JSON body");
    let arrived: Vec<&str> = body["channels"].as_object().expect("channels").keys().map(String::as_str).collect();
    let sent: Vec<&str> = channels.iter().map(|channel| channel.trim_end_matches("=rw")).collect();
    assert_eq!(arrived, sent);
}

#[test]
fn the_headers_of_an_answer_may_take_twelve_kibibytes() {
    let server = Server::answering([
        Answer::json(200, format!(r#"{{"token":"{TOKEN}"}}"#)).header("X-Policy", &"p".repeat(12 * 1024))
    ]);
    tokenmint(CHAT).credentials(&server).prints(format!("{TOKEN}\n")).run();
}

#[test]
fn an_answer_in_crumbs_is_read_to_its_end() {
    let run = listening(tokenmint(CHAT), |_, mut stream| {
        arrives(&mut stream);
        for byte in answer(TOKEN).bytes() {
            let _ = stream.write_all(&[byte]);
        }
    });
    run.prints(format!("{TOKEN}\n")).run();
}

#[test]
fn lines_share_as_many_connections_as_there_are_jobs() {
    let run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "2"]).stdin(members(40));
    let (run, seen) = minting(run);
    let stdout = run.stdout(predicate::always()).says("40 minted").run().stdout;
    for (number, line) in (1..).zip(lines(&stdout)) {
        assert_eq!(line["token"], token_of(&format!("m{number}")));
    }
    let seen = seen.lock().expect("the record");
    assert_eq!(seen.len(), 40);
    assert!(seen.iter().all(|number| *number <= 2), "{seen:?}");
}

/// A server, or something on the way, that sends more than it was asked for: with the answer, or after the client has
/// taken it. The next request must not take that for its own answer, which would be another caller's token.
#[test]
fn what_follows_an_answer_is_nobodys_answer() {
    for late in [false, true] {
        // Once a line has been written out, the server may send the rest; once it has, the next line may come.
        let (taken, may_send) = mpsc::channel();
        let (sent, may_go_on) = mpsc::channel();
        let may_send = Mutex::new(may_send);
        let run = listening(tokenmint(CHAT).args(["--batch", "-", "--jobs", "1"]), move |_, mut stream| {
            loop {
                let request = arrives(&mut stream);
                if request.is_empty() {
                    return;
                }
                let member = member(&request);
                let (asked, more) = (answer(&token_of(&member)), answer("token-of-nobody-here"));
                if late {
                    let _ = stream.write_all(asked.as_bytes());
                    let _ = may_send.lock().expect("the gate").recv();
                    let _ = stream.write_all(more.as_bytes());
                } else {
                    let _ = stream.write_all((asked + &more).as_bytes());
                    let _ = may_send.lock().expect("the gate").recv();
                }
                let _ = sent.send(());
            }
        });
        let stdout = run
            .stdout(predicate::always())
            .says("5 minted")
            .run_line_by_line(&members(5), || {
                taken.send(()).expect("the server");
                may_go_on.recv().expect("the server");
            })
            .stdout;
        assert_eq!(lines(&stdout).len(), 5);
        for (number, line) in (1..).zip(lines(&stdout)) {
            assert_eq!(line["token"], token_of(&format!("m{number}")), "late: {late}");
        }
    }
}

/// The same over TLS, where what follows may lie decrypted in a buffer that nobody looks into: behind answers that fill the
/// client's own buffers to the byte, whichever of these sizes they have.
#[test]
fn what_follows_an_answer_is_nobodys_answer_over_tls() {
    let authority = Authority::new();
    for size in [4_096, 8_192, 12_288, 16_384, 5_000] {
        let address = tls_talking(&authority, "127.0.0.1", move |body| {
            let body: serde_json::Value = serde_json::from_slice(body).expect("a JSON body");
            let asked = padded(&token_of(body["member_id"].as_str().expect("a member")), size);
            [asked, answer("token-of-nobody-here").into_bytes()].concat()
        });
        let run = tokenmint(CHAT).args(["--batch", "-", "--jobs", "1", "--cacert", "ca.pem"]).stdin(members(6));
        let run = run.file("ca.pem", authority.pem(), 0o644).env("SIGNALWIRE_SPACE", format!("https://{address}"));
        let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
        let stdout = run.stdout(predicate::always()).says("6 minted, 0 failed").run().stdout;
        for (number, line) in (1..).zip(lines(&stdout)) {
            assert_eq!(line["token"], token_of(&format!("m{number}")), "{size}");
        }
    }
}

/// An answer of exactly so many bytes, head and all.
fn padded(token: &str, size: usize) -> Vec<u8> {
    let plain = answer(token);
    let (head, body) = plain.split_once("\r\n\r\n").expect("a head");
    let header = "\r\nX-Filler: ";
    let filler = "f".repeat(size - plain.len() - header.len());
    format!("{head}{header}{filler}\r\n\r\n{body}").into_bytes()
}

/// Lines that come one by one need one connection, however many might be minted at once.
#[test]
fn a_slow_producer_needs_one_connection() {
    let (run, seen) = minting(tokenmint(CHAT).args(["--batch", "-", "--jobs", "8"]));
    run.stdout(predicate::always()).says("8 minted").run_line_by_line(&members(8), || {});
    assert_eq!(*seen.lock().expect("the record"), [1; 8]);
}

/// Basic authentication of the longest credentials that are taken makes a header of five and a half thousand bytes.
#[test]
fn the_longest_credentials_fit_their_header() {
    let server = Server::minting();
    let secret = "s".repeat(4_096);
    let run = tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_API_TOKEN", &secret);
    run.prints(format!("{TOKEN}\n")).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{secret}"));
}

/// A connection that the server has closed while it was idle is found out before a request is sent on it.
#[test]
fn a_connection_that_was_closed_meanwhile_is_not_used() {
    let (closed, may_go_on) = mpsc::channel();
    let run = listening(tokenmint(CHAT).args(["--batch", "-", "--jobs", "1"]), move |_, mut stream| {
        let request = arrives(&mut stream);
        let _ = stream.write_all(answer(&token_of(&member(&request))).as_bytes());
        // A process that another test is starting may hold the connection, too, for a moment.
        let _ = stream.shutdown(Shutdown::Both);
        let _ = closed.send(());
    });
    let run = run.stdout(predicate::always()).says("4 minted, 0 failed");
    let stdout = run.run_line_by_line(&members(4), || may_go_on.recv().expect("the server")).stdout;
    assert_eq!(lines(&stdout).len(), 4);
}
