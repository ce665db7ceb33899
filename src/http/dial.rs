//! Opens TCP connections, several at once where a host has several addresses, without threads.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};
use ureq::Error;

use super::deadline::{Deadline, timed_out};
use super::race::{Dialer, race};
use crate::os::sockets::{is_in_progress, wait_for_any};

/// A connection to the first of these addresses that answers, with that address.
pub(super) fn dial(addresses: &[SocketAddr], deadline: &Deadline) -> Result<(SocketAddr, TcpStream), Error> {
    let until = Instant::now() + deadline.check()?;
    let (address, stream) = race(addresses, until, &mut Sockets::default())?.ok_or_else(timed_out)?;
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    Ok((address, stream))
}

/// Sockets that are connecting.
#[derive(Default)]
struct Sockets(Vec<(SocketAddr, Socket)>);

impl Dialer for Sockets {
    type Connection = TcpStream;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn start(&mut self, address: SocketAddr) -> io::Result<()> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&SockAddr::from(address)) {
            Err(error) if !is_in_progress(&error) => return Err(error),
            _ => self.0.push((address, socket)),
        }
        Ok(())
    }

    fn wait(&mut self, at_most: Duration) -> io::Result<Option<(SocketAddr, io::Result<TcpStream>)>> {
        wait_for_any(self.0.iter().map(|(_, socket)| socket), at_most)?;
        for place in 0..self.0.len() {
            let socket = &self.0[place].1;
            let result = match socket.take_error()? {
                Some(error) => Err(error),
                None if socket.peer_addr().is_err() => continue,
                None => Ok(()),
            };
            let (address, socket) = self.0.swap_remove(place);
            return Ok(Some((address, result.map(|()| socket.into()))));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    fn soon() -> Deadline {
        let deadline = Deadline::default();
        deadline.set(Instant::now() + Duration::from_secs(20));
        deadline
    }

    #[test]
    fn the_address_that_listens_is_found_among_those_that_do_not() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let live = listener.local_addr().unwrap();
        let dead = |last| SocketAddr::from(([127, 0, 0, last], live.port()));
        let (address, stream) = dial(&[dead(77), dead(78), live], &soon()).unwrap();
        assert_eq!((address, stream.peer_addr().unwrap()), (live, live));
    }

    #[test]
    fn a_refusal_is_a_refusal() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        match dial(&[address], &soon()) {
            Err(Error::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_time_nothing_is_tried() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let result = dial(&[listener.local_addr().unwrap()], &Deadline::default());
        assert!(matches!(result, Err(Error::Timeout(_))), "{result:?}");
    }
}
