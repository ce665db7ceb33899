//! Certificates, handshakes and proxies: whom a connection is made with, what is said where none comes about, and that
//! nobody on the way sees the credentials.

use std::net::SocketAddr;

use crate::harness::{API_TOKEN, CHAT, PROJECT, Run, TOKEN, tokenmint};
use crate::server::{Answer, Server};
use crate::tls_server::{Authority, Proxy, stalling, tls, tls_with};

/// A host that is looked up nowhere: only a proxy can lead to it.
const ELSEWHERE: &str = "space.example";

/// A run against an https space of this host, with the authority's certificate in the file `ca.pem`.
fn run(host: &str, address: SocketAddr, authority: &Authority) -> Run {
    let run = tokenmint(CHAT)
        .args(["--retries", "0"])
        .env("SIGNALWIRE_SPACE", format!("https://{host}:{}", address.port()))
        .env("SIGNALWIRE_PROJECT_ID", PROJECT)
        .env("SIGNALWIRE_API_TOKEN", API_TOKEN);
    run.file("ca.pem", authority.pem(), 0o644)
}

/// The run mints, and the request arrived whole behind TLS.
fn mints(run: Run, server: Server) {
    run.prints(format!("{TOKEN}\n")).run();
    let request = server.request();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/api/chat/tokens"));
    assert_eq!(request.user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
    assert_eq!(request.text(), r#"{"ttl":60,"channels":{"lobby":{"read":true,"write":true}}}"#);
}

#[test]
fn an_authority_of_ones_own_may_stand_in_a_flag_or_a_variable() {
    let authority = Authority::new();
    for host in ["localhost", "127.0.0.1"] {
        let server = Server::minting();
        let address = tls(&authority, host, &server);
        mints(run(host, address, &authority).args(["--cacert", "ca.pem"]), server);
        for variable in ["SSL_CERT_FILE", "SIGNALWIRE_REST_CA_FILE"] {
            let server = Server::minting();
            let address = tls(&authority, host, &server);
            mints(run(host, address, &authority).env(variable, "ca.pem"), server);
        }
    }
}

#[test]
fn the_flag_wins_over_the_variables_and_the_common_variable_over_ours() {
    let (authority, other) = (Authority::new(), Authority::new());
    let server = Server::minting();
    let address = tls(&authority, "localhost", &server);
    let both = run("localhost", address, &authority).file("other.pem", other.pem(), 0o644);
    mints(both.args(["--cacert", "ca.pem"]).env("SSL_CERT_FILE", "other.pem"), server);
    let server = Server::minting();
    let address = tls(&authority, "localhost", &server);
    let both = run("localhost", address, &authority).file("other.pem", other.pem(), 0o644);
    mints(both.env("SSL_CERT_FILE", "ca.pem").env("SIGNALWIRE_REST_CA_FILE", "other.pem"), server);
    // One file may hold several authorities.
    let server = Server::minting();
    let address = tls(&authority, "localhost", &server);
    let bundle = format!("# two\n{}\n{}", other.pem(), authority.pem());
    let several = run("localhost", address, &authority).file("both.pem", &bundle, 0o644);
    mints(several.args(["--cacert", "both.pem"]), server);
}

/// The handshake fails: exit 6, these words, nothing of the others, and no request.
fn refused(run: Run, server: Server, words: &[&str]) {
    let said = run.says_all(words).says("hint").fails(6).run().stderr;
    assert!(!said.contains("may have been created"), "nothing was sent, so nothing was created: {said}");
    server.optional().calls(0);
}

#[test]
fn an_unknown_authority_is_named_as_such_with_the_ways_out() {
    let authority = Authority::new();
    // One of another name, and one that has the name but not the key.
    let (other, same_name) = (Authority::named("another"), Authority::new());
    let ways = ["authority", "--cacert", "SSL_CERT_FILE", "--cacert system"];
    // Without a word about authorities the built-in ones count, and a given one replaces them.
    for args in [vec![], vec!["--cacert", "other.pem"], vec!["--cacert", "same.pem"]] {
        let server = Server::minting();
        let address = tls(&authority, "localhost", &server);
        let run = run("localhost", address, &authority).file("other.pem", other.pem(), 0o644);
        let run = run.file("same.pem", same_name.pem(), 0o644).args(args);
        refused(run.hides("expired"), server, &ways);
    }
}

#[test]
fn an_expired_certificate_is_named_as_such() {
    let authority = Authority::new();
    let server = Server::minting();
    let address = tls_with(&authority, "localhost", (2001, 2002), &server);
    let run = run("localhost", address, &authority).args(["--cacert", "ca.pem"]);
    refused(run.hides("authority"), server, &["expired", "clock"]);
}

#[test]
fn a_certificate_of_the_future_is_named_as_such() {
    let authority = Authority::new();
    let server = Server::minting();
    let address = tls_with(&authority, "localhost", (2080, 2090), &server);
    refused(run("localhost", address, &authority).args(["--cacert", "ca.pem"]), server, &["not valid yet", "clock"]);
}

#[test]
fn a_certificate_for_another_name_is_named_as_such() {
    let authority = Authority::new();
    let server = Server::minting();
    let address = tls(&authority, "other.example", &server);
    let run = run("localhost", address, &authority).args(["--cacert", "ca.pem"]);
    refused(run.hides("expired"), server, &["not valid for localhost", "space"]);
}

#[test]
fn the_authorities_of_the_system_are_taken_where_asked_for() {
    let authority = Authority::new();
    let server = Server::minting();
    let address = tls(&authority, "localhost", &server);
    let system = run("localhost", address, &authority).args(["--cacert", "system"]).hides("panicked").hides("defect");
    refused(system, server, &["localhost"]);
    // On Linux the system's are where these variables say; the built-in ones would refuse this server.
    if cfg!(target_os = "linux") {
        let server = Server::minting();
        let address = tls(&authority, "localhost", &server);
        let run = run("localhost", address, &authority).args(["--cacert", "system"]);
        mints(run.env("SSL_CERT_FILE", "ca.pem").env("SSL_CERT_DIR", "/no/such/folder"), server);
    }
    // A system without any is no reason to crash.
    for value in ["/no/such/file", "/dev/null"] {
        let server = Server::minting();
        let address = tls(&authority, "localhost", &server);
        let run = run("localhost", address, &authority).args(["--cacert", "system"]).env("SSL_CERT_FILE", value);
        let run = run.env("SSL_CERT_DIR", "/no/such/folder").hides("panicked").hides("defect");
        refused(run, server, &["localhost"]);
    }
}

#[test]
fn a_file_without_a_certificate_is_refused_before_anything_is_sent() {
    let server = Server::unused();
    let files = [
        ("/no/such/file", "/no/such/file"),
        (".", "."),
        ("empty", "empty"),
        ("text", "text"),
        ("key.pem", "key.pem"),
        ("binary", "binary"),
    ];
    for (file, shown) in files {
        let run = || {
            tokenmint(CHAT)
                .credentials(&server)
                .env("SIGNALWIRE_SPACE", format!("https://{}", server.space()))
                .file("empty", "", 0o644)
                .file("text", "hello\n", 0o644)
                .file("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0o644)
                .file("binary", "\u{0}\u{1}\u{2}", 0o644)
        };
        run().args(["--cacert", file]).says_all(&["--cacert", shown]).fails(2).run();
        for variable in ["SSL_CERT_FILE", "SIGNALWIRE_REST_CA_FILE"] {
            run().env(variable, file).says_all(&[variable, shown]).fails(3).run();
        }
    }
    #[cfg(unix)]
    tokenmint(CHAT).credentials(&server).args(["--cacert", "/dev/zero"]).says("--cacert").fails(2).run();
}

#[test]
fn a_handshake_that_comes_to_nothing_ends_with_the_time_limit() {
    let authority = Authority::new();
    // Nothing at all; the head of a record whose rest never comes; a record in pieces.
    for bytes in [&b""[..], b"\x16"] {
        let address = stalling(bytes);
        let run = run("localhost", address, &authority).args(["--timeout", "1s", "--cacert", "ca.pem"]);
        let said = run.fails(6).run().stderr;
        assert!(!said.contains("may have been created"), "nothing was sent: {said}");
    }
}

/// The run goes through this proxy, which does not reach a space that is looked up here.
fn through(proxy: &str, address: SocketAddr, authority: &Authority) -> Run {
    run(ELSEWHERE, address, authority).args(["--cacert", "ca.pem", "-v"]).env("HTTPS_PROXY", proxy)
}

/// `printf %s proxyuser:proxypassword | base64`
const PROXY_BASIC: &str = "cHJveHl1c2VyOnByb3h5cGFzc3dvcmQ=";

#[test]
fn a_proxy_carries_the_connection_and_sees_nothing_of_it() {
    let authority = Authority::new();
    for variable in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        let server = Server::minting();
        let address = tls(&authority, ELSEWHERE, &server);
        let proxy = Proxy::connect(address);
        let run =
            run(ELSEWHERE, address, &authority).args(["--cacert", "ca.pem", "-v"]).env(variable, proxy.url("http"));
        mints(run.says("proxy").hides("proxypassword").hides("proxyuser").hides(PROXY_BASIC), server);
        let told = proxy.told();
        assert_eq!(told.len(), 1, "{told:?}");
        let lines: Vec<&str> = told[0].lines().collect();
        assert_eq!(lines[0], format!("CONNECT {ELSEWHERE}:{} HTTP/1.1", address.port()));
        let authorizations: Vec<&&str> =
            lines.iter().filter(|line| line.to_ascii_lowercase().contains("authorization")).collect();
        assert_eq!(authorizations, [&format!("Proxy-Authorization: Basic {PROXY_BASIC}").as_str()]);
    }
}

#[test]
fn what_is_for_the_proxy_stays_with_the_proxy() {
    let authority = Authority::new();
    let server = Server::minting();
    let address = tls(&authority, ELSEWHERE, &server);
    let proxy = Proxy::connect(address);
    through(&proxy.url("http"), address, &authority)
        .stderr(predicates::prelude::predicate::always())
        .prints(format!("{TOKEN}\n"))
        .run();
    let request = server.request();
    assert!(request.headers.iter().all(|(name, _)| !name.to_ascii_lowercase().starts_with("proxy")), "{request:?}");
}

#[test]
fn a_socks_proxy_looks_the_host_up_and_carries_the_connection() {
    let authority = Authority::new();
    let server = Server::minting();
    let address = tls(&authority, ELSEWHERE, &server);
    let proxy = Proxy::socks(address);
    let run = through(&proxy.url("socks5h"), address, &authority);
    mints(run.says("proxy").hides("proxypassword").hides("proxyuser"), server);
    assert_eq!(proxy.told(), [format!("proxyuser:proxypassword {ELSEWHERE}")]);
}

#[test]
fn a_proxy_that_refuses_is_exit_6_and_its_credentials_are_not_shown() {
    let authority = Authority::new();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 443));
    let reason = "Basic realm=\"proxypassword\"";
    for status in ["401", "403", "407", "502", "302"] {
        for header in [
            format!("Proxy-Authenticate: {reason}"),
            format!("WWW-Authenticate: {reason}"),
            "Location: https://x".into(),
        ] {
            let proxy =
                Proxy::answering(format!("HTTP/1.1 {status} No\r\n{header}\r\nContent-Length: 0\r\n\r\n"), false);
            let run = through(&proxy.url("http"), nowhere, &authority);
            let run = run.says_all(&["proxy", status]).hides("proxypassword").hides("proxyuser").hides(PROXY_BASIC);
            let said = run.fails(6).run().stderr;
            assert!(!said.contains("may have been created"), "nothing was sent: {said}");
            let told = proxy.told();
            assert_eq!(told.len(), 1, "asked once: {told:?}");
            assert!(!told[0].to_ascii_lowercase().contains("\r\nauthorization"), "{told:?}");
        }
    }
}

#[test]
fn a_proxy_that_makes_no_sense_is_exit_6_within_the_time_limit() {
    let authority = Authority::new();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 443));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-Filler: filler\r\n".repeat(10_000));
    let answers: [(&[u8], bool); 7] = [
        (b"", false),
        (b"", true),
        (b"SSH-2.0-OpenSSH_9.7\r\n", false),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", true),
        (b"HTTP/1.1 200 OK\r\n\r\nno TLS here", false),
        (b"HTTP/1.1 200 OK\r\n\r\n", true),
        (many.as_bytes(), false),
    ];
    for (answer, drip) in answers {
        let proxy = Proxy::answering(answer, drip);
        let run = through(&proxy.url("http"), nowhere, &authority).args(["--timeout", "1s"]);
        let said = run.hides("proxypassword").hides("defect").fails(6).run().stderr;
        assert!(!said.contains("may have been created"), "nothing was sent: {said}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_exit_6_and_is_named() {
    let authority = Authority::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    for scheme in ["http", "https", "socks5h"] {
        let url = format!("{scheme}://proxyuser:proxypassword@{free}");
        let run = through(&url, free, &authority).args(["--timeout", "5s"]);
        run.says(&free.to_string()).hides("proxypassword").fails(6).run();
    }
}

#[test]
fn no_proxy_exempts_a_host() {
    let authority = Authority::new();
    for list in [ELSEWHERE, "example", ".example", "*", "other.test, space.example"] {
        let proxy = Proxy::answering("HTTP/1.1 502 No\r\n\r\n", false);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        // Without the proxy the host is not found, or not reached; with it, the proxy would be named.
        let run = through(&proxy.url("http"), nowhere, &authority).args(["--timeout", "2s"]).env("NO_PROXY", list);
        run.says(ELSEWHERE).hides("proxy ").fails(6).run();
        assert!(proxy.told().is_empty(), "{list}");
    }
    for list in ["other.example", "ample", "", "spac.example"] {
        let proxy = Proxy::answering("HTTP/1.1 502 No\r\n\r\n", false);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        through(&proxy.url("http"), nowhere, &authority).env("NO_PROXY", list).says("502").fails(6).run();
        assert_eq!(proxy.told().len(), 1, "{list}");
    }
}

#[test]
fn loopback_is_reached_without_a_proxy_over_tls_too() {
    let authority = Authority::new();
    for host in ["localhost", "127.0.0.1"] {
        let server = Server::minting();
        let address = tls(&authority, host, &server);
        let proxy = Proxy::answering("HTTP/1.1 502 No\r\n\r\n", false);
        mints(run(host, address, &authority).args(["--cacert", "ca.pem"]).env("ALL_PROXY", proxy.url("http")), server);
        assert!(proxy.told().is_empty(), "{host}");
    }
}

#[test]
fn a_proxy_variable_that_is_no_url_is_exit_3_and_is_not_shown() {
    let server = Server::unused();
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        for value in [
            "http://proxypassword@",
            "ftp://proxypassword:1",
            "http://proxypassword:99999",
            "http://proxypassword x",
            "::",
        ] {
            let run = tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_SPACE", "example").env(name, value);
            // On Windows both spellings are one variable.
            let name = if cfg!(windows) { name.to_lowercase() } else { name.to_owned() };
            run.says(&name).hides("proxypassword").fails(3).run();
        }
    }
}

#[test]
fn a_redirect_behind_tls_is_not_followed_either() {
    let authority = Authority::new();
    let elsewhere = Server::unused();
    let server =
        Server::answering(
            [Answer::json(307, "{}").header("Location", &format!("{}/api/chat/tokens", elsewhere.url()))],
        );
    let address = tls(&authority, "localhost", &server);
    run("localhost", address, &authority).args(["--cacert", "ca.pem"]).says("307").fails(6).run();
    assert_eq!(server.request().user_and_password(), format!("{PROJECT}:{API_TOKEN}"));
}

#[test]
fn an_answer_cut_short_behind_tls_is_not_believed() {
    let authority = Authority::new();
    let server = Server::answering([Answer::Raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"token\":\"LEAKED\"}".to_vec(),
    )]);
    let address = tls(&authority, "localhost", &server);
    let run = run("localhost", address, &authority).args(["--cacert", "ca.pem"]);
    run.says("may have been created").hides("LEAKED").fails(6).run();
    drop(server);
}
