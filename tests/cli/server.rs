//! A loopback HTTP/1.1 server of the standard library alone: it records each request as it arrived and answers from a
//! script. Dropped without having been called, it fails the test, unless that was what was expected.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::harness::{CALL, GUEST, REFRESH, REFRESHED, SUBSCRIBER_ID, TOKEN};

/// Longer than any run may take; only so that no thread stays for ever.
const PATIENCE: Duration = Duration::from_mins(3);

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header that may stand at most once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} stands twice in {self:?}");
        value
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("a body of UTF-8")
    }

    /// User and password of the Basic header.
    pub fn user_and_password(&self) -> String {
        use base64::Engine as _;
        let header =
            self.header("authorization").and_then(|value| value.strip_prefix("Basic ")).expect("Basic authentication");
        let pair = base64::engine::general_purpose::STANDARD.decode(header).expect("base64");
        String::from_utf8(pair).expect("UTF-8")
    }
}

/// What the server does once a request has come in.
#[derive(Clone)]
pub enum Answer {
    /// A whole answer; its length is added.
    Full(u16, Vec<(String, String)>, Vec<u8>),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// These bytes, then one more each now and then, without end.
    Drip(Vec<u8>),
    /// These bytes, then those again and again, as fast as they are taken.
    #[cfg(unix)]
    Flood(Vec<u8>, Vec<u8>),
    /// The end of the connection, without a word.
    Close,
    /// A reset connection: the system resets one that is closed with the body unread.
    Reset,
    /// Nothing, for as long as the client likes to wait.
    Silence,
    /// Whatever this makes of the request.
    With(Arc<dyn Fn(&Request) -> Answer + Send + Sync>),
}

impl Answer {
    /// A JSON answer.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Answer::Full(status, vec![("Content-Type".into(), "application/json".into())], body.into())
    }

    /// The documented success for this request.
    pub fn token() -> Self {
        Answer::With(Arc::new(|request| match request.target.as_str() {
            "/api/fabric/guests/tokens" => {
                Answer::json(201, format!(r#"{{"token":"{GUEST}","refresh_token":"{REFRESH}"}}"#))
            }
            "/api/fabric/subscribers/tokens" => Answer::json(
                200,
                format!(r#"{{"subscriber_id":"{SUBSCRIBER_ID}","token":"{GUEST}","refresh_token":"{REFRESH}"}}"#),
            ),
            "/api/fabric/subscribers/tokens/refresh" => {
                Answer::json(201, format!(r#"{{"token":"{GUEST}","refresh_token":"{REFRESHED}"}}"#))
            }
            "/api/fabric/subscriber/invites" | "/api/fabric/embeds/tokens" => {
                Answer::json(201, format!(r#"{{"token":"{CALL}"}}"#))
            }
            _ => Answer::json(200, format!(r#"{{"token":"{TOKEN}"}}"#)),
        }))
    }

    /// A 422 with one entry that complains of `attribute`.
    pub fn complaint(attribute: &str, message: &str) -> Self {
        let entry = serde_json::json!({"errors": [{
            "type": "validation_error", "code": "invalid_parameter", "message": message, "attribute": attribute,
            "url": "https://signalwire.com/docs/errors#invalid_parameter",
        }]});
        Answer::json(422, entry.to_string())
    }

    /// The same answer with one more header.
    pub fn header(self, name: &str, value: &str) -> Self {
        match self {
            Answer::Full(status, mut headers, body) => {
                headers.push((name.to_owned(), value.to_owned()));
                Answer::Full(status, headers, body)
            }
            _ => panic!("only whole answers take a header"),
        }
    }
}

/// How often the server is to be called.
#[derive(Clone, Copy, PartialEq)]
enum Calls {
    Some,
    None,
    Any,
}

/// A server that runs until it is dropped.
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
    expected: Calls,
}

struct State {
    script: Vec<Answer>,
    connections: AtomicUsize,
    requests: Mutex<Vec<Request>>,
    handlers: Mutex<Vec<JoinHandle<()>>>,
    stop: AtomicBool,
    last_one_is_in: AtomicBool,
    answered: AtomicUsize,
}

impl Server {
    /// A server that gives the first answer first, and the last one for ever.
    pub fn answering(script: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(State {
            script: script.into_iter().collect(),
            connections: AtomicUsize::new(0),
            requests: Mutex::default(),
            handlers: Mutex::default(),
            stop: AtomicBool::new(false),
            last_one_is_in: AtomicBool::new(false),
            answered: AtomicUsize::new(0),
        });
        assert!(!state.script.is_empty(), "a server needs something to answer");
        let shared = Arc::clone(&state);
        let acceptor = Some(thread::spawn(move || accept(&listener, &shared)));
        Server { address, state, acceptor, expected: Calls::Some }
    }

    /// A server that mints.
    pub fn minting() -> Self {
        Self::answering([Answer::token()])
    }

    /// A server that nobody may as much as connect to.
    pub fn unused() -> Self {
        let mut server = Self::minting();
        server.expected = Calls::None;
        server
    }

    /// The same server, which need not be called.
    pub fn optional(mut self) -> Self {
        self.expected = Calls::Any;
        self
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a space: `127.0.0.1:PORT`.
    pub fn space(&self) -> String {
        self.address.to_string()
    }

    /// Its address as a URL: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All that arrived, once the clients are gone.
    pub fn requests(mut self) -> Vec<Request> {
        self.settle();
        self.state.requests.lock().expect("the records").clone()
    }

    /// The one request that arrived.
    pub fn request(self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request, got {requests:?}");
        requests.remove(0)
    }

    /// Exactly so many requests arrived.
    pub fn calls(self, count: usize) {
        let requests = self.requests();
        assert_eq!(requests.len(), count, "{count} requests, got {requests:?}");
    }

    /// Takes in what still waits, then waits until every connection has ended.
    fn settle(&mut self) {
        let Some(acceptor) = self.acceptor.take() else { return };
        self.state.stop.store(true, Ordering::SeqCst);
        let last = TcpStream::connect(self.address).expect("a last connection, of our own");
        self.state.last_one_is_in.store(true, Ordering::SeqCst);
        acceptor.join().expect("the accepting thread");
        drop(last);
        let handlers: Vec<_> = self.state.handlers.lock().expect("the handlers").drain(..).collect();
        for handler in handlers {
            handler.join().expect("a connection's thread");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        self.settle();
        let requests = self.state.requests.lock().expect("the records").len();
        let connections = self.state.connections.load(Ordering::SeqCst);
        match self.expected {
            Calls::Some => assert!(requests > 0, "the server was never called"),
            Calls::None => assert_eq!(connections, 0, "nothing was to be sent"),
            Calls::Any => {}
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    loop {
        let (stream, _) = listener.accept().expect("a connection");
        if state.stop.load(Ordering::SeqCst) {
            while !state.last_one_is_in.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            // Our own last connection is this one or among those that wait, and it alone does not count.
            listener.set_nonblocking(true).expect("a listener that does not wait");
            let others = std::iter::from_fn(|| listener.accept().ok()).count();
            state.connections.fetch_add(others, Ordering::SeqCst);
            return;
        }
        state.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(state);
        let handler = thread::spawn(move || serve(&stream, &shared));
        state.handlers.lock().expect("the handlers").push(handler);
    }
}

fn serve(stream: &TcpStream, state: &State) {
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream.set_write_timeout(Some(PATIENCE)).expect("a time limit");
    // Without read-ahead: what a reset leaves unread must still lie in the socket.
    let mut reader = BufReader::with_capacity(1, stream);
    while let Some(mut request) = read_head(&mut reader) {
        let place = state.answered.fetch_add(1, Ordering::SeqCst).min(state.script.len() - 1);
        let mut answer = state.script[place].clone();
        if matches!(answer, Answer::Reset) {
            let _ = stream.peek(&mut [0]);
        } else {
            let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_ok() {
                request.body = body;
            }
        }
        state.requests.lock().expect("the records").push(request.clone());
        while let Answer::With(make) = answer {
            answer = make(&request);
        }
        if !reply(stream, answer) {
            return;
        }
    }
}

/// The request without its body; nothing when the client has no more.
fn read_head(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut line = || {
        let mut line = String::new();
        let read = reader.read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let header = line()?;
        if header.is_empty() {
            return Some(Request { method, target, headers, body: Vec::new() });
        }
        let (name, value) = header.split_once(':')?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

/// Answers; tells whether the connection goes on. A client that has gone away is its own affair.
fn reply(mut stream: &TcpStream, answer: Answer) -> bool {
    match answer {
        Answer::Full(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.extend([name.as_str(), ": ", value.as_str(), "\r\n"]);
            }
            head.push_str("\r\n");
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).is_ok()
        }
        Answer::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
            false
        }
        Answer::Drip(bytes) => {
            let mut sent = stream.write_all(&bytes);
            while sent.is_ok() {
                thread::sleep(Duration::from_millis(20));
                sent = stream.write_all(b" ");
            }
            false
        }
        #[cfg(unix)]
        Answer::Flood(first, again) => {
            let many = again.repeat(16 * 1024 / again.len());
            let mut sent = stream.write_all(&first);
            while sent.is_ok() {
                sent = stream.write_all(&many);
            }
            false
        }
        Answer::Silence => {
            while matches!(stream.read(&mut [0; 1024]), Ok(1..)) {}
            false
        }
        Answer::Close | Answer::Reset | Answer::With(_) => false,
    }
}
