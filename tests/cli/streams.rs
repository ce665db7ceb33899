//! Standard streams that are not ready: the O_NONBLOCK flag belongs to the open file, so a program that shares one with
//! us (Node.js, ssh, tmux) sets it for us as well.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::harness::{CHAT, Run, TOKEN, tokenmint};
use crate::server::{Answer, Server};
use crate::twilio::twilio;

/// A socket whose one end, which does not block, is for the program; the other end is ours and does.
fn pair() -> (UnixStream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    ours.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    theirs.set_nonblocking(true).expect("a socket that does not block");
    (ours, theirs)
}

/// Fills a socket until it takes nothing more, and says with how many bytes.
fn fill(end: &mut UnixStream) -> usize {
    let mut count = 0;
    loop {
        match end.write(&[b'#'; 4096]) {
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return count,
            Err(error) => panic!("{error}"),
        }
    }
}

fn start(run: &mut Run, stdin: Stdio, stdout: Stdio) -> Child {
    run.command().stdin(stdin).stdout(stdout).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// What the program printed behind the bytes that stand in its way.
fn behind(ours: &mut UnixStream, in_the_way: usize) -> String {
    // Byte by byte, so that the program meets a stream that takes nothing, and then one that takes a little.
    for _ in 0..in_the_way {
        ours.read_exact(&mut [0]).expect("a byte that is there");
    }
    let mut text = String::new();
    ours.read_to_string(&mut text).expect("all of it");
    text
}

/// What the program printed on a stdout that takes nothing at first.
fn printed(mut run: Run) -> String {
    let (mut ours, mut theirs) = pair();
    let in_the_way = fill(&mut theirs);
    let mut child = start(&mut run, Stdio::null(), OwnedFd::from(theirs).into());
    let text = behind(&mut ours, in_the_way);
    ended(&mut child);
    text
}

/// Waits for a child that must end well, and gives what it said on stderr.
fn ended(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().expect("stderr").read_to_string(&mut text).expect("UTF-8");
    let status = child.wait().expect("its end");
    assert!(status.success(), "{status} {text}");
    text
}

#[test]
fn a_token_is_printed_whole_on_a_stdout_that_does_not_block() {
    let token = "a".repeat(65_001);
    let server = Server::answering([Answer::json(200, format!(r#"{{"token":"{token}"}}"#))]);
    let run = tokenmint(CHAT).credentials(&server);
    assert!(printed(run) == format!("{token}\n"), "the token and a newline");
}

#[test]
fn a_batch_is_printed_whole_on_a_stdout_that_does_not_block() {
    let lines = "{\"identity\":\"alice\"}\n".repeat(3_000);
    let run = twilio("twilio --chat IS0123456789abcdef0123456789abcdef --ttl 1h -q --batch lines")
        .file("lines", &lines, 0o600);
    let text = printed(run);
    assert_eq!(text.lines().count(), 3_000);
    for (line, number) in text.lines().zip(1..) {
        let object: serde_json::Value = serde_json::from_str(line).expect("a whole line");
        assert_eq!(object["line"], number);
    }
}

#[test]
fn a_stdin_that_does_not_block_is_waited_for_by_a_batch() {
    let (mut ours, theirs) = pair();
    let mut run = twilio("twilio --video r --batch -");
    let mut child = start(&mut run, OwnedFd::from(theirs).into(), Stdio::piped());
    let mut output = BufReader::new(child.stdout.take().expect("stdout"));
    // The first answer comes before the second line: the program then waits for more.
    for number in 1..=2 {
        ours.write_all(b"{\"identity\":\"alice\"}\n").expect("a line");
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let object: serde_json::Value = serde_json::from_str(&line).expect("a whole line");
        assert_eq!(object["line"], number);
        assert!(object["token"].is_string(), "{line}");
    }
    ours.shutdown(Shutdown::Write).expect("the end");
    let stderr = ended(&mut child);
    assert!(stderr.contains("2 minted"), "{stderr}");
}

#[test]
fn a_stdin_that_does_not_block_is_waited_for_by_flags_and_inspect() {
    let server = Server::minting();
    let cases = [
        (tokenmint("chat --ttl 1h --channels -").credentials(&server), r#"{"a":{"read":true}}"#, TOKEN),
        (tokenmint("inspect"), TOKEN, "SignalWire Chat token"),
    ];
    for (mut run, input, expected) in cases {
        let (mut ours, theirs) = pair();
        let mut child = start(&mut run, OwnedFd::from(theirs).into(), Stdio::piped());
        // Byte by byte is slower than any reader: sooner or later the program finds nothing to read.
        for byte in " ".repeat(100_000).bytes().chain(input.bytes()) {
            ours.write_all(&[byte]).expect("the program reads");
        }
        ours.shutdown(Shutdown::Write).expect("the end");
        let mut text = String::new();
        child.stdout.take().expect("stdout").read_to_string(&mut text).expect("UTF-8");
        ended(&mut child);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn an_error_is_printed_whole_on_a_stderr_that_does_not_block() {
    let (mut ours, mut theirs) = pair();
    let in_the_way = fill(&mut theirs);
    let mut run = tokenmint("chat --ttl 60 -c a=r");
    // The command goes at once, and with it this process's own hold on the socket.
    let mut child = run.command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(OwnedFd::from(theirs)).spawn();
    let text = behind(&mut ours, in_the_way);
    assert_eq!(child.as_mut().expect("the program starts").wait().expect("its end").code(), Some(2));
    assert!(text.starts_with("error: --ttl") && text.ends_with('\n'), "{text}");
}
