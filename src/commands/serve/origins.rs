//! The pages that may read tokens: the origins that `--origin` names, and requests that come from no other page.

use crate::error::{Failure, Result};
use crate::server::{self, Head};
use crate::text;

/// The most characters of an origin that a message repeats.
const SHOWN: usize = 100;

/// Origins as browsers write them.
#[derive(Debug)]
pub(super) struct Origins(Vec<String>);

/// The sender of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Caller<'a> {
    /// A page that was named. It may read the answer.
    Page(&'a str),
    /// A program, or a page of this very address.
    Program,
}

impl Origins {
    /// The values of `--origin`.
    ///
    /// # Errors
    /// Exit 2 for one that no browser sends, and for those that stand for every page.
    pub(super) fn new(typed: &[String]) -> Result<Self> {
        typed.iter().map(|origin| parse(origin)).collect::<Result<_>>().map(Origins)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sender of a request, if it may ask for tokens.
    ///
    /// # Errors
    /// The sentence for any other page.
    pub(super) fn admit(&self, head: &Head) -> std::result::Result<Caller<'_>, String> {
        let origins = server::origins(head);
        let [origin] = origins.as_slice() else {
            return if origins.is_empty() {
                without_origin(head)
            } else {
                Err("more than one Origin header".to_owned())
            };
        };
        let named = self.0.iter().find(|named| named.as_bytes() == *origin);
        named.map(|named| Caller::Page(named)).ok_or_else(|| {
            if *origin == *b"null" {
                return "pages without an origin, such as a file, are not allowed; open the page from a server"
                    .to_owned();
            }
            let origin = text::clip(&String::from_utf8_lossy(origin), SHOWN);
            format!("the origin {origin} is not allowed; add --origin {origin} if it is your page")
        })
    }
}

/// A browser sends no `Origin` when a page of another host merely embeds an address, as an image: that page cannot read the
/// token, but each one costs a mint. It says so in another header.
fn without_origin(head: &Head) -> std::result::Result<Caller<'static>, String> {
    let mut sites = head.headers.get_all("sec-fetch-site").iter();
    if sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none")) {
        Ok(Caller::Program)
    } else {
        Err("the request was embedded in a page of another origin; use fetch".to_owned())
    }
}

/// An origin as browsers write it: in lower case, without a default port.
fn parse(typed: &str) -> Result<String> {
    let given = text::clip(typed, SHOWN);
    if matches!(typed, "*" | "null") {
        return Err(Failure::usage(format!("--origin {given} would let any web page mint tokens"))
            .with_hint("name each page's origin, for example --origin http://localhost:5173"));
    }
    let lower = typed.to_ascii_lowercase();
    let wrong = || {
        let host = lower.rsplit("://").next().and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        let scheme = lower.split_once("://").map_or("http", |(scheme, _)| scheme);
        let meant = format!("{scheme}://{host}");
        let example = if is_origin(&meant) { meant } else { "http://localhost:5173".to_owned() };
        Failure::usage(format!("--origin must be a scheme, a host and a port if needed, got '{given}'"))
            .with_hint(format!("write --origin {example}"))
    };
    let origin = lower.strip_suffix('/').unwrap_or(&lower);
    if !is_origin(origin) {
        return Err(wrong());
    }
    let usual = [("http://", ":80"), ("https://", ":443")];
    let default = usual.iter().find(|(scheme, port)| origin.starts_with(scheme) && origin.ends_with(port));
    Ok(default.and_then(|(_, port)| origin.strip_suffix(port)).unwrap_or(origin).to_owned())
}

/// `scheme://host` or `scheme://host:port`.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port));
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    is_scheme && is_port && is_host
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page that a request comes from, empty where it comes from none, if it is admitted.
    fn admitted(named: &[&str], headers: &[(&str, &str)]) -> Option<String> {
        let origins = Origins::new(&named.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap();
        let request =
            headers.iter().fold(hyper::Request::get("/token"), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).unwrap().into_parts();
        let caller = origins.admit(&head).ok()?;
        Some(if let Caller::Page(page) = caller { page.to_owned() } else { String::new() })
    }

    #[test]
    fn only_named_pages_may_ask() {
        let named = ["http://localhost:5173", "https://APP.example:443/", "http://[::1]:3000"];
        for origin in ["http://localhost:5173", "https://app.example", "http://[::1]:3000"] {
            assert_eq!(admitted(&named, &[("Origin", origin)]), Some(origin.to_owned()));
        }
        for origin in [
            "http://localhost",
            "https://localhost:5173",
            "http://localhost:5174",
            "http://localhost:5173.evil",
            "null",
            "",
        ] {
            assert_eq!(admitted(&named, &[("Origin", origin)]), None, "{origin}");
        }
        assert_eq!(admitted(&named, &[("Origin", "http://localhost:5173"), ("Origin", "http://x")]), None);
        assert_eq!(admitted(&[], &[("Origin", "http://localhost:5173")]), None);
    }

    #[test]
    fn without_an_origin_a_request_must_not_be_embedded() {
        assert_eq!(admitted(&[], &[]), Some(String::new()));
        for (site, is_admitted) in [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)]
        {
            assert_eq!(admitted(&[], &[("Sec-Fetch-Site", site)]).is_some(), is_admitted, "{site}");
        }
        // A named page on another port is another origin, and says so.
        let headers = [("Origin", "http://localhost:5173"), ("Sec-Fetch-Site", "same-site")];
        assert!(admitted(&["http://localhost:5173"], &headers).is_some());
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in [
            "",
            "*",
            "null",
            "localhost",
            "localhost:5173",
            "http://",
            "http://a b",
            "http://a/path",
            "http://a?b",
            "http://user@a",
            "http://a:",
            "http://a:0x1",
            "http://a:65536",
            "http://a:08",
            "http://*.example",
            "http://[::1",
            "://a",
        ] {
            let failure = Origins::new(&[wrong.to_owned()]).unwrap_err();
            assert!(failure.exit_code() == 2 && failure.hint().is_some(), "{wrong}");
        }
        let failure = Origins::new(&["localhost:5173".to_owned()]).unwrap_err();
        assert_eq!(failure.hint(), Some("write --origin http://localhost:5173"));
        let failure = Origins::new(&["https://a.example/app/".to_owned()]).unwrap_err();
        assert_eq!(failure.hint(), Some("write --origin https://a.example"));
        for right in ["capacitor://localhost", "tauri://localhost", "chrome-extension://abcdef"] {
            Origins::new(&[right.to_owned()]).unwrap();
        }
    }
}
