//! Which requests come from this machine's own programs. The port is open to every web page that a browser here shows: a
//! page can have its own host name resolve to loopback (DNS rebinding), but then its name stands in `Host` and `Origin`.

use std::net::IpAddr;

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::{Authority, Uri};

/// Whether every host that a request names is loopback. One that names none, as HTTP/1.0 may, is no browser's.
pub fn is_local(head: &Parts) -> bool {
    is_local_host(head) && head.headers.get_all(header::ORIGIN).iter().all(is_local_origin)
}

/// Whether the request is for a host that is loopback, whatever page it comes from.
pub fn is_local_host(head: &Parts) -> bool {
    head.headers.get_all(header::HOST).iter().all(is_local_authority) && head.uri.host().is_none_or(is_loopback)
}

/// The origins of the page that a request comes from. A browser names one at most.
pub fn origins(head: &Parts) -> Vec<&[u8]> {
    head.headers.get_all(header::ORIGIN).iter().map(HeaderValue::as_bytes).collect()
}

fn is_local_authority(value: &HeaderValue) -> bool {
    let authority = value.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
    authority.is_some_and(|authority| is_loopback(authority.host()))
}

/// `null` is the origin of a page in a sandbox, wherever it is from.
fn is_local_origin(value: &HeaderValue) -> bool {
    let uri = value.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
    uri.is_some_and(|uri| uri.scheme().is_some() && uri.host().is_some_and(is_loopback))
}

/// A loopback address, or a name that never leaves the machine (RFC 6761, section 6.3).
fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = host.to_ascii_lowercase();
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || name == "localhost"
        || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn local(target: &str, headers: &[(&str, &str)]) -> bool {
        let request =
            headers.iter().fold(Request::post(target), |request, (name, value)| request.header(*name, *value));
        is_local(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn loopback_hosts_with_any_port_are_local() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8793",
            "127.1.2.3:1",
            "[::1]",
            "[::1]:65535",
            "localhost",
            "LocalHost:8793",
            "localhost.:80",
            "api.localhost:8793",
        ] {
            assert!(local("/", &[("Host", host)]), "{host}");
        }
        assert!(local("/", &[]));
        assert!(local("http://localhost:8793/", &[("Host", "localhost:8793")]));
    }

    #[test]
    fn any_other_host_is_not() {
        for host in [
            "example.com",
            "example.com:8793",
            "x",
            "",
            "127.0.0.1.example.com",
            "localhost.example.com",
            "notlocalhost",
            "10.0.0.1:8793",
            "0.0.0.0",
            "[::]:8793",
            "128.0.0.1",
            "127.0.0.1 example.com",
            "user@example.com:8793",
            "\u{e9}",
        ] {
            assert!(!local("/", &[("Host", host)]), "{host}");
        }
        assert!(!local("/", &[("Host", "localhost"), ("Host", "example.com")]));
        assert!(!local("http://example.com/", &[("Host", "localhost")]));
    }

    #[test]
    fn a_page_of_another_host_is_not_local_either() {
        for origin in ["http://localhost:5173", "https://127.0.0.1", "http://[::1]:3000"] {
            assert!(local("/", &[("Host", "localhost"), ("Origin", origin)]), "{origin}");
        }
        for origin in ["https://example.com", "http://example.com:8793", "null", "", "localhost", "file://"] {
            assert!(!local("/", &[("Host", "localhost"), ("Origin", origin)]), "{origin}");
        }
    }
}
