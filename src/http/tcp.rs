//! A TCP connection as ureq wants it, with the time limit of the request it serves.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::deadline::{Deadline, timed_out};
use crate::os::sockets::is_silent;

/// The resolution of the time limits that the system is given. Without it every read would set a new one; a wait may last
/// this much longer.
const STEP: Duration = Duration::from_millis(10);

/// The most bytes that are taken after the deadline: more than a whole answer, and an end to one that has none.
const MAX_LATE: usize = 2 * 1024 * 1024;

/// The socket, shared with the code that finds out what became of a request.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) stream: TcpStream,
    written: AtomicU64,
}

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Arc<Self> {
        Arc::new(Socket { stream, written: AtomicU64::new(0) })
    }

    /// How many bytes the system has taken for sending.
    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

/// Reads and writes a socket until the deadline of the request.
#[derive(Debug)]
pub(super) struct TcpTransport {
    socket: Arc<Socket>,
    buffers: LazyBuffers,
    deadline: Deadline,
    /// What the system was told last.
    read_limit: Duration,
    write_limit: Duration,
    /// Why nothing more can be written. An answer may have been sent before that.
    broken: Option<io::Error>,
    /// How many bytes have been read since the deadline.
    late: usize,
}

impl TcpTransport {
    pub(super) fn new(socket: Arc<Socket>, deadline: Deadline, buffer: usize) -> Self {
        TcpTransport {
            socket,
            buffers: LazyBuffers::new(buffer, buffer),
            deadline,
            read_limit: Duration::ZERO,
            write_limit: Duration::ZERO,
            broken: None,
            late: 0,
        }
    }

    fn limit_reading(&mut self, left: Duration) -> io::Result<()> {
        let limit = in_steps(left);
        if limit != self.read_limit {
            tolerate_closed(self.socket.stream.set_read_timeout(Some(limit)))?;
            self.read_limit = limit;
        }
        Ok(())
    }

    fn limit_writing(&mut self, left: Duration) -> io::Result<()> {
        let limit = in_steps(left);
        if limit != self.write_limit {
            tolerate_closed(self.socket.stream.set_write_timeout(Some(limit)))?;
            self.write_limit = limit;
        }
        Ok(())
    }

    fn write_out(&mut self, amount: usize) -> Result<(), Error> {
        let mut written = 0;
        while written < amount {
            let left = self.deadline.check()?;
            self.limit_writing(left)?;
            match (&self.socket.stream).write(&self.buffers.output()[written..amount]) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
                Ok(count) => {
                    written += count;
                    self.socket.written.fetch_add(count as u64, Ordering::Relaxed);
                }
                // The clock is judged anew.
                Err(error) if is_pause(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn read_in(&mut self) -> Result<usize, Error> {
        loop {
            let left = self.deadline.left();
            if left.is_zero() {
                return self.read_late();
            }
            self.late = 0;
            self.limit_reading(left)?;
            match (&self.socket.stream).read(self.buffers.input_append_buf()) {
                Err(error) if is_pause(&error) => {}
                result => return Ok(result?),
            }
        }
    }

    /// Past the deadline, reads only what is there already: a process that was stopped for so long does not lose its answer.
    fn read_late(&mut self) -> Result<usize, Error> {
        if self.late > MAX_LATE {
            return Err(timed_out());
        }
        self.socket.stream.set_nonblocking(true)?;
        let result = (&self.socket.stream).read(self.buffers.input_append_buf());
        self.socket.stream.set_nonblocking(false)?;
        match result {
            Err(error) if is_pause(&error) => Err(timed_out()),
            result => {
                let count = result?;
                self.late += count;
                Ok(count)
            }
        }
    }
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    /// A server may refuse a request before it has read it to its end, and close or read no further: then writing fails, and
    /// the answer is there to be read.
    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        if self.broken.is_some() {
            return Ok(());
        }
        self.broken = match self.write_out(amount) {
            Err(Error::Io(error)) if is_closed(&error) => Some(error),
            Err(Error::Timeout(_)) => Some(io::ErrorKind::TimedOut.into()),
            other => return other,
        };
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        let amount = self.read_in()?;
        match self.broken.take() {
            Some(error) if amount == 0 => return Err(error.into()),
            broken => self.broken = broken,
        }
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Not where something has arrived, either: nothing was asked for.
    fn is_open(&mut self) -> bool {
        self.broken.is_none() && self.buffers.input().is_empty() && is_silent(&self.socket.stream)
    }
}

/// The limit in whole steps, rounded up.
fn in_steps(left: Duration) -> Duration {
    let steps = left.as_nanos().div_ceil(STEP.as_nanos()).max(1);
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

/// Whether a read or write ended for now, by its time limit or a signal.
fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

/// Whether a write failed because the peer closed the connection.
fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}

/// macOS refuses to set limits of a connection that the other side has closed, though there may be something to read.
fn tolerate_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_rounded_up_to_whole_steps() {
        let ms = Duration::from_millis;
        assert_eq!(in_steps(ms(30_000)), ms(30_000));
        assert_eq!(in_steps(Duration::from_nanos(29_999_999_999)), ms(30_000));
        assert_eq!(in_steps(ms(29_990)), ms(29_990));
        assert_eq!(in_steps(ms(11)), ms(20));
        assert_eq!(in_steps(Duration::from_nanos(1)), ms(10));
        assert_eq!(in_steps(Duration::ZERO), ms(10));
    }
}
