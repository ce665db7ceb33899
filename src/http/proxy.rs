//! The proxy that the environment asks for, read as curl reads it: by scheme, lower case first, `NO_PROXY` with suffixes
//! and blanks, never for a loopback host.

use std::net::Ipv4Addr;

use ureq::http::Uri;

use crate::app::Environment;
use crate::error::{Failure, Result};
use crate::signalwire::Space;

/// A proxy to go through.
#[derive(Debug)]
pub struct Proxy {
    /// Its host and port, fit for a message: without user name and password.
    pub host: String,
    pub(super) inner: ureq::Proxy,
}

impl Proxy {
    /// The proxy for a space, if the environment has one.
    ///
    /// # Errors
    /// Exit 3 for a variable that is no proxy URL; its value is not shown.
    pub fn choose(space: &Space, env: &Environment) -> Result<Option<Self>> {
        if space.is_loopback() || !space.is_secure() {
            return Ok(None);
        }
        let variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
        let Some(name) = variables.into_iter().find(|name| env.get(name).is_some_and(|value| !value.is_empty())) else {
            return Ok(None);
        };
        let mut lists = ["no_proxy", "NO_PROXY"].into_iter().filter_map(|name| env.get(name));
        let exempt = lists.find(|list| !list.is_empty()).and_then(|list| list.to_str());
        if exempt.is_some_and(|list| is_exempt(space.host(), space.port(), list)) {
            return Ok(None);
        }
        let malformed = || {
            Failure::configuration(format!("{name} is not a proxy URL")).with_hint(
                "write http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT; percent-encode a password",
            )
        };
        let value = env.get(name).and_then(|value| value.to_str()).ok_or_else(malformed)?;
        let inner = ureq::Proxy::new(value.trim()).map_err(|_| malformed())?;
        let host = shown_host(inner.uri(), inner.port()).ok_or_else(malformed)?;
        Ok(Some(Proxy { host, inner }))
    }
}

/// Host and port of a proxy. A port that the URL writes but that is no port number makes it malformed: the library would
/// take the scheme's own instead.
fn shown_host(uri: &Uri, port: u16) -> Option<String> {
    let authority = uri.authority()?;
    let after_user = authority.as_str().rsplit('@').next()?;
    let after_host = after_user.strip_prefix(authority.host())?;
    match after_host.strip_prefix(':') {
        _ if authority.host().is_empty() => None,
        Some(digits) => {
            digits.parse::<u16>().ok().filter(|port| *port != 0).map(|port| format!("{}:{port}", authority.host()))
        }
        None => Some(format!("{}:{port}", authority.host())),
    }
}

/// Whether a `NO_PROXY` list names a host: `*` is every host, a name covers itself and what ends in it after a dot, and
/// `10.0.0.0/8` every address of that network. A port limits an entry to itself.
fn is_exempt(host: &str, port: u16, list: &str) -> bool {
    list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty()).any(|entry| {
        let (name, only) = entry.split_once(':').map_or((entry, None), |(name, port)| (name, Some(port)));
        if only.is_some_and(|only| only.parse() != Ok(port)) {
            return false;
        }
        let name = name.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        let covers = || host == name || host.strip_suffix(name).is_some_and(|before| before.ends_with('.'));
        entry == "*" || (!name.is_empty() && covers()) || is_in_network(host, name)
    })
}

/// Whether a host is an IPv4 address of a network. A space has no IPv6 address but the loopback one.
fn is_in_network(host: &str, network: &str) -> bool {
    let (Ok(host), Some((start, bits))) = (host.parse::<Ipv4Addr>(), network.split_once('/')) else { return false };
    let (Ok(start), Ok(bits @ 0..=32)) = (start.parse::<Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    let differing = u32::from(host) ^ u32::from(start);
    differing.checked_shr(32 - bits).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(space: &str, variables: &[(&str, &str)]) -> Option<String> {
        let env = variables.iter().copied().collect();
        let space = Space::parse(space, "SIGNALWIRE_SPACE").unwrap();
        Proxy::choose(&space, &env).unwrap().map(|proxy| proxy.host)
    }

    #[test]
    fn the_variables_are_read_as_curl_reads_them() {
        assert_eq!(
            chosen("a.example", &[("HTTPS_PROXY", "http://one:1"), ("ALL_PROXY", "http://two:2")]).as_deref(),
            Some("one:1")
        );
        // On Windows both spellings are one variable.
        let both = [("https_proxy", "low:3"), ("HTTPS_PROXY", "http://one:1")];
        assert_eq!(chosen("a.example", &both).as_deref(), Some(if cfg!(windows) { "one:1" } else { "low:3" }));
        assert_eq!(
            chosen("a.example", &[("HTTPS_PROXY", ""), ("ALL_PROXY", "socks5h://u:p@two")]).as_deref(),
            Some("two:1080")
        );
        assert_eq!(chosen("a.example", &[("HTTP_PROXY", "http://one:1")]), None);
        assert_eq!(chosen("127.0.0.1:1", &[("ALL_PROXY", "http://one:1")]), None);
        assert_eq!(chosen("https://localhost:1", &[("ALL_PROXY", "http://one:1")]), None);
        let exempt =
            |list: &'static str| chosen("a.example", &[("ALL_PROXY", "http://one:1"), ("NO_PROXY", list)]).is_none();
        assert!(
            exempt("localhost, a.example")
                && exempt("example")
                && exempt(".example")
                && exempt("*.example")
                && exempt("*")
        );
        assert!(!exempt("b.example") && !exempt("ample") && !exempt("") && !exempt("."));
        assert!(exempt("a.example.") && exempt("a.example:443"));
        assert!(!exempt("a.example:1") && !exempt("a.example:") && !exempt("a.example:x") && !exempt("*:1"));
        assert!(exempt("b.example\ta.example") && exempt("b.example\t,\ta.example\t"));
        let both = |lower: &'static str, upper: &'static str| {
            let variables = [("ALL_PROXY", "http://one:1"), ("no_proxy", lower), ("NO_PROXY", upper)];
            chosen("a.example", &variables).is_none()
        };
        let lower_first = both("a.example", "b.example") && !both("b.example", "a.example");
        assert!(both("", "a.example") && (lower_first || cfg!(windows)));
        let network = |list: &'static str| {
            chosen("https://10.1.2.3", &[("ALL_PROXY", "http://one:1"), ("NO_PROXY", list)]).is_none()
        };
        assert!(network("10.0.0.0/8") && network("10.1.2.3/32") && network("0.0.0.0/0") && network("10.1.2.3"));
        assert!(!network("10.2.0.0/16") && !network("10.1.2.4/32") && !network("10.0.0.0/33") && !network("10.0.0.0/"));
    }

    #[test]
    fn a_malformed_proxy_is_refused_without_its_value() {
        let space = Space::parse("a.example", "SIGNALWIRE_SPACE").unwrap();
        for wrong in ["http://", "ftp://proxy:1", "http://u:canary@proxy:99999", "http://pro xy", "::"] {
            let env = [("HTTPS_PROXY", wrong)].into_iter().collect();
            let failure = Proxy::choose(&space, &env).unwrap_err();
            assert_eq!(failure.exit_code(), 3, "{wrong}");
            let said = failure.to_string().to_ascii_uppercase();
            assert!(said.contains("HTTPS_PROXY") && !said.contains("CANARY"));
        }
    }
}
