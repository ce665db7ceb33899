//! Proof from the system that a server has taken nothing of a request.

use std::net::TcpStream;
use std::time::Duration;

/// How long the reset may take that a closed connection answers a request with: the way there and back.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the other side closed the connection before a byte of what was written after the first `before` bytes had
/// arrived there. Takes what still arrives on the connection, and as much time as is left of `limit`, at most a second.
///
/// The proof has three parts. The other side has sent the end of its stream, and with it how much it had received: nothing
/// of the request, so what it did until then was not an answer to it. It has then reset the connection, which it does when a
/// request meets a closed socket; a server that only stopped sending would receive the request instead. And nothing was
/// acknowledged until then. A reset without the end of the stream proves less: the program there may have read the request
/// before the system acknowledged it.
#[cfg(target_os = "linux")]
pub fn nothing_taken(stream: &TcpStream, before: u64, limit: Duration) -> bool {
    let patience = limit.min(PATIENCE);
    !patience.is_zero()
        && has_ended(stream, patience)
        && is_unacknowledged(stream, before)
        && was_reset(stream, patience)
        && is_unacknowledged(stream, before)
}

/// Other systems do not say what was acknowledged.
#[cfg(not(target_os = "linux"))]
pub fn nothing_taken(_: &TcpStream, _: u64, _: Duration) -> bool {
    let _ = PATIENCE;
    false
}

#[cfg(target_os = "linux")]
fn has_ended(mut stream: &TcpStream, patience: Duration) -> bool {
    use std::io::Read as _;

    if stream.set_read_timeout(Some(patience)).is_err() {
        return false;
    }
    let mut rest = [0; 1024];
    // What arrives before the end of the stream is TLS's own farewell; more than that is not.
    (0..16).map_while(|_| stream.read(&mut rest).ok()).any(|count| count == 0)
}

#[cfg(target_os = "linux")]
fn was_reset(stream: &TcpStream, patience: Duration) -> bool {
    use std::os::fd::AsFd as _;

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::ZERO);
    // An error is reported whether or not it is asked for; asking for data would end the wait at once.
    let mut watched = [PollFd::new(stream.as_fd(), PollFlags::empty())];
    let signalled = poll(&mut watched, timeout).is_ok_and(|count| count > 0);
    // A reset after the end of the stream; before it, Linux has another name for it.
    let broken = || stream.take_error().ok().flatten().map(|error| error.kind());
    signalled && broken() == Some(std::io::ErrorKind::BrokenPipe)
}

/// Whether the count of acknowledged bytes stands where it stood before the request. It counts the opening of the connection
/// as a byte.
#[cfg(target_os = "linux")]
fn is_unacknowledged(stream: &TcpStream, before: u64) -> bool {
    acknowledged(stream) == Some(before + 1)
}

#[cfg(target_os = "linux")]
fn acknowledged(stream: &TcpStream) -> Option<u64> {
    use nix::sys::socket::getsockopt;

    let info = getsockopt(stream, tcp_info::TcpInfo).ok()?;
    info[tcp_info::BYTES_ACKED..].first_chunk().map(|bytes| u64::from_ne_bytes(*bytes))
}

#[cfg(target_os = "linux")]
mod tcp_info {
    use nix::{getsockopt_impl, libc, sockopt_impl};

    /// Where `tcpi_bytes_acked` stands in `struct tcp_info` of <linux/tcp.h>, which only grows at its end.
    pub(super) const BYTES_ACKED: usize = 120;

    sockopt_impl!(
        /// The beginning of `struct tcp_info`, up to the field that is wanted; Linux has it since 4.1.
        TcpInfo, GetOnly, libc::IPPROTO_TCP, libc::TCP_INFO, [u8; BYTES_ACKED + 8]
    );
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, Shutdown, TcpListener};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    /// Both ends of a connection over which five bytes have gone each way.
    fn used() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        client.write_all(b"first").unwrap();
        server.read_exact(&mut [0; 5]).unwrap();
        server.write_all(b"reply").unwrap();
        client.read_exact(&mut [0; 5]).unwrap();
        (client, server)
    }

    #[test]
    fn a_request_that_met_a_closed_socket_was_not_taken() {
        let (mut client, server) = used();
        drop(server);
        client.write_all(b"second").unwrap();
        assert!(nothing_taken(&client, 5, LIMIT));
    }

    #[test]
    fn a_farewell_before_the_end_changes_nothing() {
        let (mut client, mut server) = used();
        server.write_all(b"bye").unwrap();
        drop(server);
        client.write_all(b"second").unwrap();
        assert!(nothing_taken(&client, 5, LIMIT));
    }

    #[test]
    fn a_request_that_was_read_may_have_been_processed() {
        let (mut client, mut server) = used();
        client.write_all(b"second").unwrap();
        server.read_exact(&mut [0; 6]).unwrap();
        drop(server);
        assert!(!nothing_taken(&client, 5, LIMIT));
    }

    #[test]
    fn a_request_that_lay_unread_is_not_proven() {
        let (mut client, server) = used();
        client.write_all(b"second").unwrap();
        server.peek(&mut [0]).unwrap();
        drop(server);
        assert!(!nothing_taken(&client, 5, LIMIT));
    }

    #[test]
    fn a_server_that_only_stopped_sending_may_read_on() {
        let (mut client, mut server) = used();
        server.shutdown(Shutdown::Write).unwrap();
        client.write_all(b"second").unwrap();
        assert!(!nothing_taken(&client, 5, Duration::from_millis(50)));
        server.read_exact(&mut [0; 6]).unwrap();
        assert!(!nothing_taken(&client, 5, Duration::from_millis(50)));
    }
}
