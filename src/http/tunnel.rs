//! The handshake with a proxy, after which bytes pass through it untouched: CONNECT, SOCKS4 and SOCKS5.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::{Error, ProxyProtocol};
use zeroize::Zeroizing;

use super::request::USER_AGENT;

/// The most bytes of a proxy's answer to CONNECT.
const MAX_ANSWER: usize = 64 * 1024;

/// Where a proxy is to connect to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    /// A name that the proxy looks up.
    Name(&'a str, u16),
    /// An address that was looked up here.
    Address(SocketAddr),
}

/// The user name and password for a proxy.
pub(super) type Login<'a> = Option<(&'a str, &'a str)>;

/// Has a proxy connect to the target.
pub(super) fn open(
    proxy: &mut (impl Read + Write),
    protocol: ProxyProtocol,
    target: Target,
    login: Login,
) -> Result<(), Error> {
    match protocol {
        ProxyProtocol::Socks4 | ProxyProtocol::Socks4A => Ok(socks4(proxy, target)?),
        ProxyProtocol::Socks5 | ProxyProtocol::Socks5h => Ok(socks5(proxy, target, login)?),
        _ => connect(proxy, target, login),
    }
}

fn connect(proxy: &mut (impl Read + Write), target: Target, login: Login) -> Result<(), Error> {
    let target = match target {
        Target::Name(host, port) => format!("{host}:{port}"),
        Target::Address(address) => address.to_string(),
    };
    let authorization = Zeroizing::new(login.map_or_else(String::new, |(user, password)| {
        let pair = Zeroizing::new(format!("{user}:{password}"));
        format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(pair.as_bytes()))
    }));
    let request = Zeroizing::new(format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {USER_AGENT}\r\n{}\r\n",
        *authorization
    ));
    proxy.write_all(request.as_bytes())?;
    loop {
        match read_status(proxy)? {
            // Interim answers, as a 100 or 103, come before the one that counts.
            100..=199 => {}
            200..=299 => return Ok(()),
            status => return Err(Error::ConnectProxyFailed(status.to_string())),
        }
    }
}

/// The status of an answer. Reads to the end of its head and not a byte further: the rest belongs to the tunnel.
fn read_status(proxy: &mut impl Read) -> Result<u16, Error> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        let mut byte = [0];
        if head.len() == MAX_ANSWER || proxy.read(&mut byte)? == 0 {
            return Err(refused("no answer"));
        }
        head.push(byte[0]);
    }
    status_of(&head).ok_or_else(|| refused("not HTTP"))
}

fn status_of(head: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(head.split(|byte| *byte == b'\n').next()?).ok()?;
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok().filter(|status| (100..=599).contains(status))
}

/// SOCKS4, or SOCKS4A for a name. The user is left out.
fn socks4(proxy: &mut (impl Read + Write), target: Target) -> io::Result<()> {
    let mut request = vec![4, 1];
    match target {
        Target::Address(SocketAddr::V4(address)) => {
            request.extend(address.port().to_be_bytes());
            request.extend(address.ip().octets());
            request.push(0);
        }
        Target::Address(SocketAddr::V6(_)) => return Err(io::Error::other("SOCKS4 has no IPv6")),
        Target::Name(host, port) => {
            request.extend(port.to_be_bytes());
            request.extend([0, 0, 0, 1, 0]);
            request.extend(host.as_bytes());
            request.push(0);
        }
    }
    proxy.write_all(&request)?;
    let mut reply = [0; 8];
    proxy.read_exact(&mut reply)?;
    if reply[..2] == [0, 90] { Ok(()) } else { Err(io::Error::other("the proxy refused")) }
}

/// SOCKS5 (RFC 1928).
fn socks5(proxy: &mut (impl Read + Write), target: Target, login: Login) -> io::Result<()> {
    proxy.write_all(if login.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] })?;
    let mut choice = [0; 2];
    proxy.read_exact(&mut choice)?;
    match (choice, login) {
        ([5, 0], _) => {}
        ([5, 2], Some(login)) => log_in(proxy, login)?,
        _ => return Err(io::Error::other("no common authentication method")),
    }
    proxy.write_all(&socks5_request(target)?)?;
    let mut reply = [0; 4];
    proxy.read_exact(&mut reply)?;
    let [5, 0, _, kind] = reply else { return Err(io::Error::other("the proxy refused")) };
    // The address that the proxy connects from is not needed, but precedes the tunnelled bytes.
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => {
            let mut length = [0];
            proxy.read_exact(&mut length)?;
            usize::from(length[0])
        }
        _ => return Err(io::Error::other("an address of unknown kind")),
    };
    proxy.read_exact(&mut vec![0; length + 2])
}

fn socks5_request(target: Target) -> io::Result<Vec<u8>> {
    let mut request = vec![5, 1, 0];
    let port = match target {
        Target::Address(SocketAddr::V4(address)) => {
            request.push(1);
            request.extend(address.ip().octets());
            address.port()
        }
        Target::Address(SocketAddr::V6(address)) => {
            request.push(4);
            request.extend(address.ip().octets());
            address.port()
        }
        Target::Name(host, port) => {
            request.extend([3, length_byte(host)?]);
            request.extend(host.as_bytes());
            port
        }
    };
    request.extend(port.to_be_bytes());
    Ok(request)
}

/// User name and password (RFC 1929).
fn log_in(proxy: &mut (impl Read + Write), (user, password): (&str, &str)) -> io::Result<()> {
    let mut request = Zeroizing::new(vec![1, length_byte(user)?]);
    request.extend(user.as_bytes());
    request.push(length_byte(password)?);
    request.extend(password.as_bytes());
    proxy.write_all(&request)?;
    let mut reply = [0; 2];
    proxy.read_exact(&mut reply)?;
    if reply[1] == 0 { Ok(()) } else { Err(io::Error::other("the proxy refused the user name or password")) }
}

fn length_byte(text: &str) -> io::Result<u8> {
    u8::try_from(text.len()).map_err(|_| io::Error::other("longer than 255 bytes"))
}

/// A proxy that does not connect.
fn refused(why: &'static str) -> Error {
    io::Error::other(why).into()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A proxy that says what it says whatever it is told.
    struct Script {
        says: Cursor<Vec<u8>>,
        told: Vec<u8>,
    }

    impl Read for Script {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.says.read(buffer)
        }
    }

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.told.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const NAME: Target = Target::Name("a.example", 443);

    /// What the proxy was told, and what it has said beyond the handshake.
    fn tunnel(protocol: ProxyProtocol, target: Target, login: Login, says: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let mut proxy = Script { says: Cursor::new(says.to_vec()), told: Vec::new() };
        open(&mut proxy, protocol, target, login)?;
        let mut rest = Vec::new();
        proxy.says.read_to_end(&mut rest)?;
        Ok((proxy.told, rest))
    }

    fn connected(says: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(tunnel(ProxyProtocol::Http, NAME, None, says)?.1)
    }

    #[test]
    fn connect_names_the_target_and_logs_in() {
        let (told, rest) =
            tunnel(ProxyProtocol::Http, NAME, Some(("u", "p")), b"HTTP/1.1 200 OK\r\n\r\n\x16\x03").unwrap();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(
            told,
            format!(
                "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: {USER_AGENT}\r\n\
                 Proxy-Authorization: Basic dTpw\r\n\r\n"
            )
        );
        assert_eq!(rest, b"\x16\x03", "what follows the head belongs to the tunnel");
    }

    #[test]
    fn sixty_headers_and_interim_answers_are_read_past() {
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n!", "Via: one of sixty\r\n".repeat(60));
        assert_eq!(connected(many.as_bytes()).unwrap(), b"!");
        assert_eq!(
            connected(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 Connection established\r\n\r\n!").unwrap(),
            b"!"
        );
    }

    #[test]
    fn a_refusal_of_connect_carries_its_status() {
        for status in [301, 400, 403, 407, 502] {
            let says = format!("HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno");
            match connected(says.as_bytes()) {
                Err(Error::ConnectProxyFailed(text)) => assert_eq!(text, status.to_string()),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_answer_to_connect_opens_nothing() {
        let endless = b"HTTP/1.1 200 OK\r\nX: ".iter().copied().chain(std::iter::repeat_n(b'x', 70_000)).collect();
        let wrong: [Vec<u8>; 6] = [
            Vec::new(),
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(),
            b"HTTP/1.1 999 No\r\n\r\n".to_vec(),
            b"HTTP/1.1 +200 OK\r\n\r\n\r\n".to_vec(),
            endless,
        ];
        for says in &wrong[..4] {
            assert!(connected(says).is_err(), "{:?}", String::from_utf8_lossy(says));
        }
        assert!(connected(&wrong[5]).is_err());
    }

    #[test]
    fn socks5_sends_a_name_or_an_address() {
        let bound = b"\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x04\xd2!";
        let (told, rest) = tunnel(ProxyProtocol::Socks5h, NAME, None, bound).unwrap();
        assert_eq!(told, b"\x05\x01\x00\x05\x01\x00\x03\x09a.example\x01\xbb");
        assert_eq!(rest, b"!");
        let address = Target::Address("192.0.2.1:443".parse().unwrap());
        let (told, _) = tunnel(ProxyProtocol::Socks5, address, None, bound).unwrap();
        assert_eq!(told, b"\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb");
        let address = Target::Address("[2001:db8::1]:443".parse().unwrap());
        let (told, _) = tunnel(ProxyProtocol::Socks5, address, None, bound).unwrap();
        assert_eq!(told[3..], *b"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x01\xbb");
        // Bound to a name, or to an IPv6 address.
        let named = b"\x05\x00\x05\x00\x00\x03\x02ab\x04\xd2!";
        assert_eq!(tunnel(ProxyProtocol::Socks5h, NAME, None, named).unwrap().1, b"!");
        let sixth = b"\x05\x00\x05\x00\x00\x04________________\x04\xd2!";
        assert_eq!(tunnel(ProxyProtocol::Socks5h, NAME, None, sixth).unwrap().1, b"!");
    }

    #[test]
    fn socks5_logs_in_where_the_proxy_wants_it() {
        let says = b"\x05\x02\x01\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x04\xd2";
        let (told, _) = tunnel(ProxyProtocol::Socks5h, NAME, Some(("user", "pass")), says).unwrap();
        assert_eq!(told, b"\x05\x02\x00\x02\x01\x04user\x04pass\x05\x01\x00\x03\x09a.example\x01\xbb");
        let wrong = b"\x05\x02\x01\x01";
        assert!(tunnel(ProxyProtocol::Socks5h, NAME, Some(("user", "pass")), wrong).is_err());
        // A login that is wanted and not there, and one that is too long.
        assert!(tunnel(ProxyProtocol::Socks5h, NAME, None, says).is_err());
        assert!(tunnel(ProxyProtocol::Socks5h, NAME, Some(("user", &"p".repeat(256))), says).is_err());
    }

    #[test]
    fn socks4_sends_an_address_and_socks4a_a_name() {
        let granted = b"\x00\x5a\x00\x00\x00\x00\x00\x00!";
        let address = Target::Address("192.0.2.1:443".parse().unwrap());
        let (told, rest) = tunnel(ProxyProtocol::Socks4, address, None, granted).unwrap();
        assert_eq!((told.as_slice(), rest.as_slice()), (&b"\x04\x01\x01\xbb\xc0\x00\x02\x01\x00"[..], &b"!"[..]));
        let (told, _) = tunnel(ProxyProtocol::Socks4A, NAME, None, granted).unwrap();
        assert_eq!(told, b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00a.example\x00");
        let sixth = Target::Address("[2001:db8::1]:443".parse().unwrap());
        assert!(tunnel(ProxyProtocol::Socks4, sixth, None, granted).is_err());
        assert!(tunnel(ProxyProtocol::Socks4A, NAME, None, b"\x00\x5b\x00\x00\x00\x00\x00\x00").is_err());
    }

    #[test]
    fn a_socks_refusal_opens_nothing() {
        for reply in 1..=9 {
            assert!(tunnel(ProxyProtocol::Socks5h, NAME, None, &[5, 0, 5, reply, 0, 1, 0, 0, 0, 0, 0, 0]).is_err());
        }
        for says in [&b""[..], b"\x05\xff", b"\x04\x00", b"\x05\x00\x05\x00\x00\x09"] {
            assert!(tunnel(ProxyProtocol::Socks5h, NAME, None, says).is_err(), "{says:?}");
        }
    }
}
