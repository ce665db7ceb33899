//! The SignalWire space: which host requests go to, read by a strict grammar before any socket is opened. Nothing that
//! the grammar does not spell out reaches a URL.

use std::fmt;

use crate::error::{Failure, Result};

/// A space as an origin: scheme, host and, if it is not the scheme's own, port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    secure: bool,
    host: String,
    port: Option<u16>,
}

impl Space {
    /// Reads a bare name (`example`), a host name, `https://HOST[:PORT]`, or a loopback host with its port, with or
    /// without `http://`. One slash at the end is dropped and letters are lower-cased.
    ///
    /// # Errors
    /// Exit 3 for anything else; `origin` says where the value stands and the value itself is not shown.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        read(&canonical(text)).map_err(|why| {
            Failure::configuration(format!("{origin} is not a valid space: {why}"))
                .with_hint("write NAME, NAME.signalwire.com, https://HOST[:PORT], or HOST:PORT of this machine")
        })
    }

    /// What is wrong with the text of a space, in words that hold nothing of it.
    pub fn fault(text: &str) -> Option<String> {
        read(&canonical(text)).err()
    }

    /// The space that stands in a dry run where no credentials are set.
    pub fn placeholder() -> Self {
        Space { secure: true, host: "SPACE.signalwire.com".to_owned(), port: None }
    }

    /// A server on this machine, without TLS.
    pub fn loopback(port: u16) -> Self {
        Space { secure: false, host: "127.0.0.1".to_owned(), port: Some(port) }
    }

    /// The host name, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether requests go over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The port of the connection.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// The origin of the URL: `https://example.signalwire.com`.
impl fmt::Display for Space {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        match self.port {
            Some(port) => write!(formatter, "{scheme}://{}:{port}", self.host),
            None => write!(formatter, "{scheme}://{}", self.host),
        }
    }
}

fn canonical(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.ends_with("//") { lower } else { lower.strip_suffix('/').unwrap_or(&lower).to_owned() }
}

fn read(text: &str) -> std::result::Result<Space, String> {
    if text.contains('@') {
        return Err("it contains a user name (@); credentials do not belong in a URL".to_owned());
    }
    if let Some(why) = more_than_a_host(text) {
        return Err(why);
    }
    if let Some(rest) = text.strip_prefix("https://") {
        let (host, port) = split_port(rest)?;
        let host = check_host(host)?;
        return Ok(Space { secure: true, host, port });
    }
    let plain = text.strip_prefix("http://");
    if plain.is_none() && text.contains("://") {
        return Err("a URL must begin with https://".to_owned());
    }
    let (host, port) = split_port(plain.unwrap_or(text))?;
    let host = check_host(host)?;
    match (is_loopback(&host), port, plain) {
        (true, Some(port), _) => Ok(Space { secure: false, host, port: Some(port) }),
        (true, None, _) => Err("a loopback host needs its port, such as 127.0.0.1:8793".to_owned()),
        (false, _, Some(_)) => Err("http:// is for loopback hosts only; use https://".to_owned()),
        (false, Some(_), None) => Err("a host with a port needs https:// before it".to_owned()),
        (false, None, None) if host.contains('.') => Ok(Space { secure: true, host, port: None }),
        (false, None, None) if looks_like_a_credential(&host) => Err("it looks like an id or a secret".to_owned()),
        (false, None, None) => Ok(Space { secure: true, host: format!("{host}.signalwire.com"), port: None }),
    }
}

/// What is wrong with a URL that was copied from a browser, with its page. The host is repeated only where it is one of
/// SignalWire's, as the text may be anything.
fn more_than_a_host(text: &str) -> Option<String> {
    let start = text.find("://").map_or(0, |place| place + 3);
    let end = start + text[start..].find(['/', '?', '#'])?;
    let space = read(&text[..end]).ok()?;
    let name = space.host.strip_suffix(".signalwire.com").filter(|name| !name.split('.').any(looks_like_a_credential));
    match name {
        Some(_) if start > 0 || text[..end].contains('.') => {
            Some(format!("leave out everything after the host: {space}"))
        }
        _ => (start > 0).then(|| "leave out everything after the host".to_owned()),
    }
}

fn split_port(text: &str) -> std::result::Result<(&str, Option<u16>), String> {
    if text.is_empty() || text.starts_with(':') {
        return Err("it has no host name".to_owned());
    }
    let after_host = if text.starts_with('[') { text.find(']').map_or(0, |end| end + 1) } else { 0 };
    match text[after_host..].split_once(':') {
        None => Ok((text, None)),
        Some((before, digits)) => {
            let written = !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let port = if written { digits.parse::<u16>().ok().filter(|port| *port != 0) } else { None };
            let port = port.ok_or("its port is not a number from 1 to 65535")?;
            Ok((&text[..after_host + before.len()], Some(port)))
        }
    }
}

/// Labels of letters, digits and inner hyphens, 1 to 63 characters each and 253 together; or the loopback `[::1]`.
fn check_host(host: &str) -> std::result::Result<String, String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host == "[::1]" || (host.len() <= 253 && host.split('.').all(label)) {
        return Ok(host.to_owned());
    }
    Err("a host name has only letters, digits, hyphens and dots, with at most 63 characters between dots".to_owned())
}

/// A UUID, or 32 or 48 hexadecimal digits behind at most two letters: the ids and tokens of both services. A name is looked
/// up and stands in messages, which is no place for either.
fn looks_like_a_credential(name: &str) -> bool {
    let random = |text: &str| {
        matches!(text.len(), 32 | 48)
            && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            && text.bytes().any(|byte| byte.is_ascii_digit())
    };
    (0..=2).any(|letters| name.get(letters..).is_some_and(random)) || crate::catalog::rule::is_uuid(name)
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_space_may_look_like() {
        let url = |text: &str| Space::parse(text, "SIGNALWIRE_SPACE").map(|space| space.to_string()).ok();
        assert_eq!(url("example").as_deref(), Some("https://example.signalwire.com"));
        assert_eq!(url("Example.SignalWire.com").as_deref(), Some("https://example.signalwire.com"));
        assert_eq!(url("https://example.signalwire.com/").as_deref(), Some("https://example.signalwire.com"));
        assert_eq!(url("https://example.com:8443").as_deref(), Some("https://example.com:8443"));
        assert_eq!(url("http://127.0.0.1:8793").as_deref(), Some("http://127.0.0.1:8793"));
        assert_eq!(url("localhost:1").as_deref(), Some("http://localhost:1"));
        assert_eq!(url("[::1]:65535").as_deref(), Some("http://[::1]:65535"));
        assert_eq!(url("https://127.0.0.1:8443").as_deref(), Some("https://127.0.0.1:8443"));
    }

    #[test]
    fn a_pasted_url_is_answered_with_the_space_in_it() {
        let fault = |text: &str| Space::fault(text).unwrap();
        let shown = "leave out everything after the host: https://example.signalwire.com";
        for pasted in [
            "https://example.signalwire.com/dashboard",
            "https://Example.signalwire.com/?tab=api",
            "https://example.signalwire.com#top",
            "example.signalwire.com/dashboard",
        ] {
            assert_eq!(fault(pasted), shown, "{pasted}");
        }
        assert_eq!(fault("https://hunter2/x"), "leave out everything after the host");
        assert!(fault("https://hunter2:x@example.signalwire.com/dashboard").starts_with("it contains a user name"));
        for other in ["hunter2/x", "https://hunter2_/x", "https://https://hunter2"] {
            assert!(fault(other).starts_with("a host name") || fault(other).starts_with("its port"), "{other}");
        }
    }

    #[test]
    fn what_it_may_not_look_like() {
        for wrong in [
            "",
            "/",
            "a/b",
            "a//",
            "evil.com/",
            "user@evil",
            "https://user:pw@example.com",
            "evil?",
            "evil#",
            "a b",
            "a\n",
            "-a",
            "a-",
            "a..b",
            "a.",
            ".a",
            "a_b",
            "é",
            "http://example.com",
            "http://127.0.0.1",
            "127.0.0.1",
            "localhost",
            "example.com:443",
            "https://a:99999",
            "https://a:0",
            "https://a:",
            "https://a:+1",
            "https://a:443:1",
            "ftp://a",
            "https://https://a",
            "https://[::2]",
            "[::1]",
            "[::1]x:1",
            "https://a/b",
            "http://127.0.0.1:1/x",
            "%61",
            "https://a%2eb",
        ] {
            // A single trailing slash is allowed, so `evil.com/` is the host evil.com: the one exception of this list.
            let read = Space::parse(wrong, "SIGNALWIRE_SPACE");
            assert_eq!(read.is_err(), wrong != "evil.com/", "{wrong}");
        }
        assert!(Space::parse(&"a".repeat(64), "x").is_err());
        assert!(Space::parse(&"a".repeat(63), "x").is_ok());
        assert!(Space::parse(&["a"; 127].join("."), "x").is_ok());
        assert!(Space::parse(&["a"; 128].join("."), "x").is_err());
    }
}
