//! What is known of a request after a failure: whether it may be sent again.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::AlertDescription;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::deadline::Deadline;
use super::tcp::Socket;
use super::{proof, tls};

/// How far a request came that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// No connection was made, so nothing was sent.
    No,
    /// The connection ended, and the other side has not received a byte of the request.
    NothingTaken,
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

/// Finds out what became of a request when a connection ends without one byte of its answer.
#[derive(Debug)]
pub(super) struct AnswerWatch<T> {
    inner: T,
    socket: Arc<Socket>,
    deadline: Deadline,
    reuse: Reuse,
    state: State,
    reused: bool,
    /// What the system had taken for sending before this request.
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
