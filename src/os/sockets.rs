//! What the standard library does not say of a socket: whether it is ready, and which errors mean "not yet" or "no more".

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use socket2::Socket;

/// Whether this process or the system has run out of descriptors, which is not the server's fault.
pub fn descriptors_ran_out(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| imp::OUT_OF_DESCRIPTORS.contains(&code))
}

/// Whether a connection that is not there yet may still come.
pub fn is_in_progress(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
        || error.raw_os_error().is_some_and(|code| imp::IN_PROGRESS.contains(&code))
}

/// Waits until one of these sockets is connected or has failed, at most this long.
///
/// # Errors
/// Whatever the system says.
pub fn wait_for_any<'a>(sockets: impl Iterator<Item = &'a Socket>, at_most: Duration) -> io::Result<()> {
    imp::wait_for_any(sockets, at_most)
}

/// Whether a connection is open and has nothing to read.
pub fn is_silent(stream: &TcpStream) -> bool {
    imp::is_silent(stream)
}

#[cfg(unix)]
mod imp {
    use std::io;
    use std::net::TcpStream;
    use std::os::fd::{AsFd as _, AsRawFd as _};
    use std::time::Duration;

    use nix::errno::Errno;
    use nix::libc::{EINPROGRESS, EMFILE, ENFILE};
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::socket::{MsgFlags, recv};
    use socket2::Socket;

    pub(super) const OUT_OF_DESCRIPTORS: &[i32] = &[EMFILE, ENFILE];
    pub(super) const IN_PROGRESS: &[i32] = &[EINPROGRESS];

    pub(super) fn wait_for_any<'a>(sockets: impl Iterator<Item = &'a Socket>, at_most: Duration) -> io::Result<()> {
        let mut watched: Vec<_> = sockets.map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLOUT)).collect();
        // Rounded up: a zero wait would spin until the deadline.
        let timeout = at_most.as_millis().saturating_add(1);
        match poll(&mut watched, PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX)) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// In one system call: each mint asks this of a connection that it reuses.
    pub(super) fn is_silent(stream: &TcpStream) -> bool {
        let flags = MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT;
        recv(stream.as_raw_fd(), &mut [0], flags) == Err(Errno::EWOULDBLOCK)
    }
}

#[cfg(not(unix))]
mod imp {
    use std::io;
    use std::net::TcpStream;
    use std::time::Duration;

    use socket2::Socket;

    /// `WSAEMFILE`.
    pub(super) const OUT_OF_DESCRIPTORS: &[i32] = &[10024];
    /// Winsock says "would block" instead.
    pub(super) const IN_PROGRESS: &[i32] = &[];

    /// Sockets cannot be polled together here; the caller looks at each in turn.
    #[allow(clippy::unnecessary_wraps, reason = "the same call as on Unix")]
    pub(super) fn wait_for_any<'a>(_: impl Iterator<Item = &'a Socket>, at_most: Duration) -> io::Result<()> {
        std::thread::sleep(at_most.min(Duration::from_millis(5)));
        Ok(())
    }

    pub(super) fn is_silent(stream: &TcpStream) -> bool {
        let silent = || {
            stream.set_nonblocking(true)?;
            let peeked = stream.peek(&mut [0]);
            stream.set_nonblocking(false)?;
            io::Result::Ok(matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock))
        };
        silent().unwrap_or(false)
    }
}
