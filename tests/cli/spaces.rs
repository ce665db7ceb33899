//! What a space may look like. Anything else is exit 3 before any socket is opened, whatever part of it could be read as
//! a host.

use crate::credentials::{dev, refuse};
use crate::harness::{API_TOKEN, CHAT, PROJECT, tokenmint};
use crate::server::Server;

#[test]
fn a_space_is_a_name_a_host_or_an_https_url() {
    for (space, origin) in [
        ("example", "https://example.signalwire.com"),
        ("Example", "https://example.signalwire.com"),
        ("my-space-2", "https://my-space-2.signalwire.com"),
        ("example.signalwire.com", "https://example.signalwire.com"),
        ("EXAMPLE.SignalWire.com/", "https://example.signalwire.com"),
        ("https://example.signalwire.com", "https://example.signalwire.com"),
        ("https://example.signalwire.com/", "https://example.signalwire.com"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("127.0.0.1:8793", "http://127.0.0.1:8793"),
        ("http://localhost:8793/", "http://localhost:8793"),
        ("[::1]:8793", "http://[::1]:8793"),
        ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
        (&"a".repeat(63), &format!("https://{}.signalwire.com", "a".repeat(63))),
    ] {
        let run = tokenmint(CHAT).args(["--dry-run", "-o", "json"]).env("SIGNALWIRE_SPACE", space);
        let run = run.env("SIGNALWIRE_PROJECT_ID", PROJECT).env("SIGNALWIRE_API_TOKEN", API_TOKEN);
        let request = run.stdout(predicates::str::starts_with("{")).run().json();
        assert_eq!(request["url"], format!("{origin}/api/chat/tokens"), "{space}");
    }
}

#[test]
fn anything_else_is_no_space_and_no_socket_is_opened() {
    let server = Server::unused();
    let here = server.space();
    for space in [
        "user:password@example",
        "https://user@example.com",
        "https://user:password@example.com",
        "a/b",
        "https://example.com/path",
        "https://example.com?query=1",
        "https://example.com/?query=1",
        "https://example.com#part",
        "evil.com//",
        "evil.com/.signalwire.com",
        "http://example.com",
        "http://example.signalwire.com",
        "http://127.0.0.1.example.com:80",
        "http://localhost.example.com:80",
        "http://127.0.0.1",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://https://example",
        "https://",
        "https:///",
        "//example.com",
        // What belongs into the other variables: a project id, an API token, an account SID.
        "7b981c06-3e4f-4d5a-9c1b-2a3b4c5d6e7f",
        "PTca9a47c0ffee5ec2e7d15ea5e0ddba11badcab1e0f1ce2d4",
        "AC0123456789abcdef0123456789abcdef",
        "exa mple",
        "exa\tmple",
        "exa\nmple",
        "exa\u{1b}mple",
        "exa\u{7f}mple",
        "exémple",
        "ex%61mple",
        "ex_ample",
        "-example",
        "example-",
        "ex..ample",
        "https://example.com:99999",
        "https://example.com:0",
        "https://example.com:",
        "https://example.com:443:1",
        "https://example.com:4a",
        "https://[::2]:80",
        "http://[::2]:80",
        "example.com\\@evil.com",
        &"a".repeat(64),
        &format!("{}.example.com", "a".repeat(64)),
        &vec!["a"; 128].join("."),
        &format!("http://user@{here}"),
        &format!("http://user:password@{here}"),
        &format!("http://{here}/path"),
        &format!("http://{here}?q"),
        &format!("http://{here}#f"),
        &format!("{here}/path"),
        &format!("ftp://{here}"),
        &format!("{here}@example.com"),
    ] {
        refuse(
            tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_SPACE", space).hides("password"),
            &["SIGNALWIRE_SPACE"],
        );
    }
    let config = dev(&server, "api_token = \"PTone\"").replace(&here, "http://example.com");
    refuse(tokenmint(CHAT).config(&config), &["space"]);
}
