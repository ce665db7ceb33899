//! A server of the program that runs until a test has seen enough: its ready line, its stderr line by line, and raw HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::harness::Run;

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running server.
pub struct Running {
    child: Child,
    _run: Run,
    /// `127.0.0.1:PORT`.
    pub address: String,
    lines: mpsc::Receiver<String>,
}

/// An answer in HTTP.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    pub body: String,
}

impl Reply {
    /// The value of a header, if it stands there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        let mut values = self.head.lines().filter_map(|line| line.strip_prefix(start.as_str()));
        let value = values.next();
        assert_eq!(values.next(), None, "{name} twice in {}", self.head);
        value
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }
}

impl Running {
    /// Starts it and waits for the line that says where it listens.
    pub fn start(mut run: Run) -> Self {
        let mut command = run.command();
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let out = lines(child.stdout.take().expect("stdout"));
        let lines = lines(child.stderr.take().expect("stderr"));
        let Ok(ready) = out.recv_timeout(PATIENCE) else {
            panic!("not ready: {:?}", lines.iter().collect::<Vec<_>>());
        };
        let address = ready.strip_prefix("listening on http://").expect("the ready line").to_owned();
        Running { child, _run: run, address, lines }
    }

    /// The next line on stderr that holds a text.
    #[track_caller]
    pub fn says(&self, part: &str) -> String {
        let mut passed = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(part) => return line,
                Ok(line) => passed.push(line),
                Err(error) => panic!("{error}: no line with {part:?} in {passed:?}"),
            }
        }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        stream
    }

    /// Sends a request with these header lines, each ending in CR LF. Host and length are added.
    pub fn ask(&self, method: &str, target: &str, headers: &str, body: &str) -> Reply {
        let host = if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.address) };
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let mut stream = self.connect();
        let request = format!("{method} {target} HTTP/1.1\r\n{host}{length}Connection: close\r\n{headers}\r\n{body}");
        stream.write_all(request.as_bytes()).expect("a request");
        if method == "HEAD" { read_without_body(&mut stream) } else { read(&mut stream) }
    }

    /// Sends these bytes, whatever they are, and reads one answer.
    pub fn send(&self, text: &str) -> Reply {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).expect("a request");
        read(&mut stream)
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"))
    }

    /// Ends it, and gives its exit status and what is left of stderr.
    pub fn end(mut self, signal: Signal) -> (Option<i32>, Vec<String>) {
        kill(self.pid(), signal).expect("a signal");
        let status = self.child.wait().expect("its end");
        (status.code(), self.lines.iter().collect())
    }

    /// Its exit status, once it has ended.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("its end").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One answer from a connection that may go on.
pub fn read(stream: &mut impl Read) -> Reply {
    let mut reply = read_without_body(stream);
    let length = reply.header("content-length").map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    reply.body = String::from_utf8(body).expect("UTF-8");
    reply
}

/// One answer up to the end of its head.
fn read_without_body(stream: &mut impl Read) -> Reply {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap_or_else(|error| panic!("{error} after {}", String::from_utf8_lossy(&head)));
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("UTF-8").to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Reply { status, head, body: String::new() }
}

/// The lines of a stream as they come.
fn lines(stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    receiver
}
