//! How far a request got before a failure, and so whether it may be sent again.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::AlertDescription;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::deadline::Deadline;
use super::tcp::Socket;
use super::tls;
use crate::os::proof;

/// How far a request without an answer got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// No connection was made, so nothing was sent.
    No,
    /// The connection ended, and the other side has not received a byte of the request.
    NothingTaken,
    /// The other side took the request for a broken TLS handshake.
    SpeaksTls,
    /// The other side may have received and processed it.
    Unclear,
}

/// A request without an answer.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) sent: Sent,
    /// The connection had served a request before.
    pub(super) reused: bool,
    pub(super) error: Error,
}

impl Lost {
    /// Reads the marks that the connector and its transports left on an error.
    pub(super) fn from_error(error: Error) -> Self {
        let unmarked = |sent, error| Lost { sent, reused: false, error };
        match error {
            Error::Other(boxed) => match boxed.downcast::<Mark>() {
                Ok(mark) => mark.0,
                Err(other) => unmarked(Sent::Unclear, Error::Other(other)),
            },
            // ureq finds these before it asks for a connection.
            Error::BadUri(_)
            | Error::HostNotFound
            | Error::RequireHttpsOnly(_)
            | Error::TlsRequired
            | Error::Http(_) => unmarked(Sent::No, error),
            other => unmarked(Sent::Unclear, other),
        }
    }

    /// The same as an error that passes through ureq.
    pub(super) fn mark(self) -> Error {
        Error::Other(Box::new(Mark(self)))
    }

    /// Marks an error from before the first byte of the request.
    pub(super) fn not_connected(error: Error) -> Error {
        Lost { sent: Sent::No, reused: false, error }.mark()
    }
}

#[derive(Debug)]
struct Mark(Lost);

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no answer")
    }
}

impl std::error::Error for Mark {}

/// Whether connections may serve more than one request. Shared by all connections of a run.
#[derive(Debug, Clone)]
pub(super) struct Reuse(Arc<AtomicBool>);

impl Default for Reuse {
    fn default() -> Self {
        Reuse(Arc::new(AtomicBool::new(true)))
    }
}

impl Reuse {
    pub(super) fn is_allowed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// A server that closes connections without notice costs a request each time that one is reused.
    fn stop(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Determines what happened to a request when a connection ends without a byte of its answer.
#[derive(Debug)]
pub(super) struct AnswerWatch<T> {
    inner: T,
    socket: Arc<Socket>,
    deadline: Deadline,
    reuse: Reuse,
    state: State,
    reused: bool,
    /// Bytes that the system had accepted before this request.
    before: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was sent since the last answer.
    Idle,
    /// A request is being sent, and nothing has come back.
    Asked,
    /// Some of the answer has arrived.
    Answered,
}

impl<T: Transport> AnswerWatch<T> {
    pub(super) fn new(inner: T, socket: Arc<Socket>, deadline: Deadline, reuse: Reuse) -> Self {
        AnswerWatch { inner, socket, deadline, reuse, state: State::Idle, reused: false, before: 0 }
    }

    /// Marks what ended the connection. A slow answer is not such an end.
    fn lost(&self, error: Error) -> Error {
        if self.state != State::Asked || matches!(error, Error::Timeout(_)) {
            return error;
        }
        if self.reused {
            self.reuse.stop();
        }
        let sent = self.judge(&error);
        Lost { sent, reused: self.reused, error }.mark()
    }

    fn is_alert(&mut self) -> bool {
        !self.inner.is_tls() && tls::is_alert(self.inner.buffers().input())
    }

    fn judge(&self, error: &Error) -> Sent {
        // In TLS 1.3 a server asks for a certificate during the handshake, and refuses its absence after ours is done.
        let refused = [AlertDescription::CertificateRequired, AlertDescription::BadCertificate];
        if !self.reused && tls::alert(error).is_some_and(|alert| refused.contains(&alert)) {
            return Sent::No;
        }
        let (stream, before) = (&self.socket.stream, self.before);
        if self.socket.written() == before || proof::nothing_taken(stream, before, self.deadline.left()) {
            Sent::NothingTaken
        } else {
            Sent::Unclear
        }
    }
}

impl<T: Transport> Transport for AnswerWatch<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.state != State::Asked {
            self.reused = self.state == State::Answered;
            self.before = self.socket.written();
            self.state = State::Asked;
        }
        self.inner.transmit_output(amount, timeout).map_err(|error| self.lost(error))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        match self.inner.await_input(timeout) {
            Ok(true) if self.state == State::Asked && !self.reused && self.is_alert() => {
                let error = Error::Tls("an alert came back for a plain request");
                Err(Lost { sent: Sent::SpeaksTls, reused: false, error }.mark())
            }
            Ok(true) => {
                self.state = State::Answered;
                Ok(true)
            }
            Ok(false) if self.state == State::Asked => {
                Err(self.lost(io::Error::from(io::ErrorKind::UnexpectedEof).into()))
            }
            Ok(false) => Ok(false),
            Err(error) => Err(self.lost(error)),
        }
    }

    fn is_open(&mut self) -> bool {
        self.reuse.is_allowed() && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::http::tcp::TcpTransport;

    /// A connection to a server of which the test plays the part.
    struct Talk {
        client: AnswerWatch<TcpTransport>,
        server: TcpStream,
        reuse: Reuse,
    }

    impl Talk {
        fn new(limit: Duration) -> Self {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let socket = Socket::new(TcpStream::connect(listener.local_addr().unwrap()).unwrap());
            let (deadline, reuse) = (Deadline::default(), Reuse::default());
            deadline.set(Instant::now() + limit);
            let tcp = TcpTransport::new(Arc::clone(&socket), deadline.clone(), 4096);
            let client = AnswerWatch::new(tcp, socket, deadline, reuse.clone());
            Talk { client, server: listener.accept().unwrap().0, reuse }
        }

        fn ask(&mut self) {
            self.client.buffers().output()[..3].copy_from_slice(b"ask");
            self.client.transmit_output(3, NextTimeout::default()).unwrap();
        }

        fn serve(&mut self) {
            self.ask();
            self.server.read_exact(&mut [0; 3]).unwrap();
            self.server.write_all(b"answer").unwrap();
            assert!(self.client.await_input(NextTimeout::default()).unwrap());
            self.client.buffers().input_consume(6);
        }

        fn hang_up(&mut self) {
            self.server = Talk::new(LONG).server;
        }

        fn lost(&mut self) -> Lost {
            Lost::from_error(self.client.await_input(NextTimeout::default()).unwrap_err())
        }
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    #[cfg(target_os = "linux")]
    fn a_request_on_a_connection_that_was_closed_meanwhile_was_not_taken() {
        let mut talk = Talk::new(LONG);
        talk.serve();
        talk.hang_up();
        talk.ask();
        let lost = talk.lost();
        assert_eq!((lost.sent, lost.reused), (Sent::NothingTaken, true));
        assert!(!talk.reuse.is_allowed() && !talk.client.is_open());
    }

    #[test]
    fn a_request_that_was_read_is_unclear_and_ends_reuse() {
        let mut talk = Talk::new(LONG);
        talk.serve();
        assert!(talk.reuse.is_allowed() && talk.client.is_open());
        talk.ask();
        talk.server.read_exact(&mut [0; 3]).unwrap();
        talk.hang_up();
        let lost = talk.lost();
        assert_eq!((lost.sent, lost.reused), (Sent::Unclear, true));
        assert!(!talk.reuse.is_allowed());
    }

    #[test]
    fn the_end_of_a_fresh_connection_says_nothing_about_reuse() {
        let mut talk = Talk::new(LONG);
        talk.ask();
        talk.server.read_exact(&mut [0; 3]).unwrap();
        talk.hang_up();
        let lost = talk.lost();
        assert_eq!((lost.sent, lost.reused), (Sent::Unclear, false));
        assert!(talk.reuse.is_allowed());
    }

    #[test]
    fn a_slow_answer_ends_nothing_but_its_own_request() {
        let mut talk = Talk::new(LONG);
        talk.serve();
        talk.client.deadline.set(Instant::now());
        talk.client.buffers().output()[..3].copy_from_slice(b"ask");
        talk.client.transmit_output(3, NextTimeout::default()).unwrap();
        let lost = talk.lost();
        assert!(matches!(lost.error, Error::Timeout(_)), "{lost:?}");
        assert_eq!(lost.sent, Sent::Unclear);
        assert!(talk.reuse.is_allowed());
    }

    #[test]
    fn an_alert_in_place_of_an_answer_is_a_server_that_speaks_tls() {
        // fatal decode_error (RFC 8446, section 6), and the same cut short.
        for alert in [&[0x15, 3, 3, 0, 2, 2, 50][..], &[0x15, 3, 1], &[0x15]] {
            let mut talk = Talk::new(LONG);
            talk.ask();
            talk.server.read_exact(&mut [0; 3]).unwrap();
            talk.server.write_all(alert).unwrap();
            assert_eq!(talk.lost().sent, Sent::SpeaksTls, "{alert:?}");
        }
        for answer in [&b"HTTP/1.1 200"[..], &[0x15, 4], &[0x16, 3, 3], b"\x15HTTP"] {
            let mut talk = Talk::new(LONG);
            talk.ask();
            talk.server.read_exact(&mut [0; 3]).unwrap();
            talk.server.write_all(answer).unwrap();
            assert!(talk.client.await_input(NextTimeout::default()).unwrap(), "{answer:?}");
        }
    }

    #[test]
    fn part_of_an_answer_is_an_answer() {
        let mut talk = Talk::new(LONG);
        talk.serve();
        talk.ask();
        talk.server.read_exact(&mut [0; 3]).unwrap();
        talk.server.write_all(b"ans").unwrap();
        talk.hang_up();
        assert!(talk.client.await_input(NextTimeout::default()).unwrap());
        talk.client.buffers().input_consume(0);
        assert!(!talk.client.await_input(NextTimeout::default()).unwrap());
        assert!(talk.reuse.is_allowed());
    }

    #[test]
    fn an_answer_that_is_there_is_read_however_late_it_is() {
        let mut talk = Talk::new(LONG);
        talk.ask();
        talk.server.read_exact(&mut [0; 3]).unwrap();
        talk.server.write_all(b"answer").unwrap();
        talk.client.deadline.set(Instant::now());
        assert!(talk.client.await_input(NextTimeout::default()).unwrap());
        assert_eq!(talk.client.buffers().input(), b"answer");
        talk.client.buffers().input_consume(0);
        assert!(matches!(talk.client.await_input(NextTimeout::default()), Err(Error::Timeout(_))));
    }

    // Windows discards what has arrived when a connection is reset.
    #[cfg(unix)]
    #[test]
    fn an_answer_is_read_though_the_rest_of_the_request_meets_a_closed_connection() {
        let mut talk = Talk::new(LONG);
        talk.ask();
        talk.server.write_all(b"answer").unwrap();
        // With what was asked unread, the system resets the connection.
        talk.server.peek(&mut [0]).unwrap();
        talk.hang_up();
        while talk.client.inner.is_open() {}
        for _ in 0..3 {
            talk.ask();
        }
        assert!(talk.client.await_input(NextTimeout::default()).unwrap());
        assert_eq!(talk.client.buffers().input(), b"answer");
    }

    #[test]
    fn what_ureq_finds_before_it_connects_is_not_sent() {
        assert_eq!(Lost::from_error(Error::HostNotFound).sent, Sent::No);
        assert_eq!(Lost::from_error(Lost::not_connected(Error::ConnectionFailed)).sent, Sent::No);
        assert_eq!(Lost::from_error(Error::BodyStalled).sent, Sent::Unclear);
    }
}
