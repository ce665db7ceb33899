//! Answers that come late, broken, twice or from elsewhere: what is sent again and how often, what is not, and that
//! every failure leaves stdout empty. The server counts.

use std::net::{Ipv4Addr, TcpListener};

use crate::harness::{CHAT, GUEST_COMMAND, PUBSUB, Run, TOKEN, VIDEO, tokenmint};
use crate::server::{Answer, Server};

/// What is said where nobody knows whether a token was made.
const UNCLEAR: &str = "may have been created";

fn busy(status: u16) -> Answer {
    Answer::json(status, r#"{"error":"busy"}"#)
}

/// The run fails with exit 6 and says these, after so many requests.
fn fails_after(calls: usize, script: impl IntoIterator<Item = Answer>, run: Run, parts: &[&str]) {
    let server = Server::answering(script);
    run.credentials(&server).says_all(parts).fails(6).run();
    server.calls(calls);
}

/// The run mints, after so many requests.
fn mints_after(calls: usize, script: impl IntoIterator<Item = Answer>, run: Run) {
    let server = Server::answering(script);
    run.credentials(&server).prints(format!("{TOKEN}\n")).run();
    server.calls(calls);
}

#[test]
fn a_busy_service_is_asked_again_as_often_as_allowed() {
    for status in [429, 503] {
        let soon = || busy(status).header("Retry-After", "0");
        fails_after(3, [soon()], tokenmint(CHAT), &[&status.to_string()]);
        fails_after(1, [soon()], tokenmint(CHAT).args(["--retries", "0"]), &[&status.to_string()]);
        fails_after(2, [soon()], tokenmint(CHAT).args(["--retries", "1"]), &[&status.to_string()]);
        fails_after(6, [soon()], tokenmint(CHAT).args(["--retries", "5"]), &[&status.to_string()]);
        mints_after(2, [soon(), Answer::token()], tokenmint(CHAT));
        mints_after(3, [soon(), soon(), Answer::token()], tokenmint(CHAT));
        for line in [PUBSUB, VIDEO] {
            mints_after(2, [soon(), Answer::token()], tokenmint(line).arg("-q"));
        }
    }
}

#[test]
fn the_same_request_is_sent_again() {
    let server = Server::answering([busy(429).header("Retry-After", "0"), Answer::token()]);
    tokenmint(GUEST_COMMAND).args(["--ttl", "1h"]).credentials(&server).stdout(predicates::str::ends_with("\n")).run();
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert_eq!(
        (&requests[0].target, &requests[0].headers, &requests[0].body),
        (&requests[1].target, &requests[1].headers, &requests[1].body)
    );
}

#[test]
fn what_retry_after_says_within_the_time_limit_is_waited_for() {
    for value in
        ["0", "1", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
    {
        mints_after(2, [busy(429).header("Retry-After", value), Answer::token()], tokenmint(CHAT));
    }
    // What cannot be read counts as absent.
    for value in ["", "soon", "-5", "1.5", "0x1"] {
        mints_after(2, [busy(503).header("Retry-After", value), Answer::token()], tokenmint(CHAT));
    }
}

#[test]
fn what_retry_after_says_beyond_the_time_limit_fails_at_once_and_says_when() {
    // The run itself would be stopped by the harness long before these times.
    for status in [429, 503] {
        let date = busy(status).header("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT");
        fails_after(1, [date], tokenmint(CHAT).args(["--timeout", "10m"]), &[&status.to_string(), "2100"]);
        let server = Server::answering([busy(status).header("Retry-After", "7200")]);
        // As seconds, in hours or minutes, or as a time of this century.
        let when = ["7200", "2h", "2 h", "120m", "120 m", "20"];
        tokenmint(CHAT).args(["--timeout", "10m"]).credentials(&server).says_one_of(&when).fails(6).run();
        server.calls(1);
    }
}

#[test]
fn what_retry_after_says_is_told_when_there_is_no_try_left() {
    for status in [429, 503] {
        let answer = busy(status).header("Retry-After", "90");
        fails_after(
            1,
            [answer],
            tokenmint(CHAT).args(["--retries", "0"]),
            &[&status.to_string(), "try again in 1m 30s"],
        );
    }
}

#[test]
fn an_unclear_outcome_is_not_tried_again() {
    for status in [500, 502, 504] {
        for line in [CHAT, PUBSUB, GUEST_COMMAND, VIDEO] {
            fails_after(1, [busy(status).header("Retry-After", "0")], tokenmint(line), &[&status.to_string(), UNCLEAR]);
        }
    }
    for answer in [
        Answer::Close,
        Answer::Reset,
        Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"token\":\"LEAKED".to_vec()),
        Answer::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"token\":\"LEAKED".to_vec()),
        Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
    ] {
        fails_after(1, [answer], tokenmint(CHAT).hides("LEAKED"), &[UNCLEAR]);
    }
}

#[test]
fn nothing_outlives_the_time_limit() {
    let half = |bytes: &str| Answer::Drip(bytes.as_bytes().to_vec());
    for answer in [
        Answer::Silence,
        half("HTTP/1.1 200 OK\r\nX-Slow:"),
        half("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{"),
        half("HTTP/1.1 200 OK\r\n\r\n{\"token\":\"x\"}"),
    ] {
        fails_after(1, [answer], tokenmint(CHAT).args(["--timeout", "1s"]), &[UNCLEAR]);
    }
    // The limit is for the whole mint, retries included.
    let server = Server::answering([busy(429).header("Retry-After", "0"), Answer::Silence]);
    tokenmint(CHAT).args(["--timeout", "3s"]).credentials(&server).fails(6).run();
    server.calls(2);
}

#[test]
fn an_answer_that_is_not_http_or_has_no_end_is_not_believed() {
    let many_headers = "X-Filler: filler\r\n".repeat(50_000);
    for answer in [
        Answer::Raw(b"SSH-2.0-OpenSSH_9.7\r\n".to_vec()),
        Answer::Raw(b"\x15\x03\x01\0\x02\x02\x28".to_vec()),
        Answer::Raw(format!("HTTP/1.1 200 OK\r\n{many_headers}\r\n{{\"token\":\"LEAKED\"}}").into()),
        Answer::Raw(
            format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\n{{\"token\":\"LEAKED\"}}", "a".repeat(2_000_000)).into(),
        ),
        Answer::Raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 18\r\n\r\n{\"token\":\"LEAKED\"}".to_vec(),
        ),
        Answer::Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"token\":\"LEAKED\"}".to_vec()),
        Answer::Raw(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        Answer::Raw(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n".to_vec()),
        Answer::Raw([b"HTTP/1.1 200 OK\r\n\r\n{\"filler\":\"".to_vec(), vec![b'a'; 8_000_000]].concat()),
    ] {
        let server = Server::answering([answer]);
        tokenmint(CHAT).credentials(&server).hides("LEAKED").hides("panicked").fails(6).run();
    }
}

#[test]
fn a_redirect_is_never_followed() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let elsewhere = Server::unused();
        for location in [
            elsewhere.url(),
            format!("{}/api/chat/tokens", elsewhere.url()),
            format!("//{}/x", elsewhere.space()),
            "/api/chat/tokens".to_owned(),
            "::".to_owned(),
        ] {
            let answer = Answer::json(status, r#"{"token":"LEAKED"}"#).header("Location", &location);
            fails_after(1, [answer], tokenmint(CHAT).hides("LEAKED"), &[&status.to_string()]);
        }
    }
    let server = Server::answering([busy(302)]);
    tokenmint(CHAT).credentials(&server).fails(6).run();
}

/// An address that refuses connections. The port is a privileged one that no test binds.
const CLOSED: &str = "127.0.0.1:1";

#[test]
fn a_refused_connection_is_exit_6_and_names_the_address() {
    let address = CLOSED;
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--timeout", "5s"]).credentials(&server).env("SIGNALWIRE_SPACE", address);
    let said = run.says(address).fails(6).run().stderr;
    assert!(!said.contains(UNCLEAR), "nothing was sent, so nothing was created: {said}");
}

#[test]
fn a_proxy_that_refuses_the_connection_is_the_one_that_is_named() {
    let proxy = CLOSED;
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--retries", "0"]).credentials(&server).env("SIGNALWIRE_SPACE", "example");
    let run = run.env("HTTPS_PROXY", format!("http://{proxy}"));
    run.says(&format!("the proxy {proxy} refused it")).says("HTTPS_PROXY").fails(6).run();
}

#[test]
fn a_host_that_does_not_exist_is_exit_6() {
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--timeout", "5s", "--retries", "0"]).credentials(&server);
    run.env("SIGNALWIRE_SPACE", "no-such-host.invalid").says("cannot resolve no-such-host.invalid").fails(6).run();
}

#[test]
fn a_proxy_is_never_used_for_loopback() {
    let (server, proxy) = (Server::minting(), Server::unused());
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let run = names.iter().fold(tokenmint(CHAT), |run, name| run.env(name, proxy.url()));
    run.credentials(&server).prints(format!("{TOKEN}\n")).run();
}

#[test]
fn a_proxy_sees_no_authorization_of_ours() {
    for status in [401, 407, 502] {
        let proxy = Server::answering([Answer::Full(status, Vec::new(), Vec::new())]);
        let url = proxy.url().replace("http://", "http://user:proxypassword@");
        let run = tokenmint(CHAT)
            .args(["--retries", "0"])
            .credentials(&proxy)
            .env("SIGNALWIRE_SPACE", "example")
            .env("HTTPS_PROXY", url);
        run.hides("proxypassword").fails(6).run();
        let request = proxy.request();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "example.signalwire.com:443"));
        assert_eq!(request.header("authorization"), None);
    }
}

#[test]
fn a_malformed_proxy_variable_is_exit_3_and_is_not_shown() {
    let server = Server::unused();
    for value in ["http://user:proxypassword@", "://proxypassword", "http://proxypassword:99999"] {
        let run = tokenmint(CHAT).credentials(&server).env("SIGNALWIRE_SPACE", "example").env("HTTPS_PROXY", value);
        // On Windows both spellings are one variable.
        let name = if cfg!(windows) { "https_proxy" } else { "HTTPS_PROXY" };
        run.says(name).hides("proxypassword").fails(3).run();
    }
}

#[test]
fn plain_http_where_tls_belongs_is_exit_6() {
    // An https space on loopback whose server speaks no TLS: it answers bytes that are no handshake.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("its address");
    let answering = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).expect("a first record");
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        hello
    });
    let server = Server::unused();
    let run = tokenmint(CHAT).args(["--retries", "0", "--timeout", "5s"]).credentials(&server);
    run.env("SIGNALWIRE_SPACE", format!("https://{address}")).says("TLS").fails(6).run();
    assert_eq!(answering.join().expect("a handshake")[0], 22, "a TLS handshake comes first");
}

#[test]
fn a_trace_setting_of_the_environment_shows_nothing() {
    for args in [vec![], vec!["-v"]] {
        let server = Server::answering([busy(500)]);
        let run =
            tokenmint(CHAT).args(args).credentials(&server).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
        run.hides("panicked").fails(6).run();
    }
}

#[test]
fn verbose_tells_more_on_stderr_and_keeps_the_token_to_stdout() {
    let server = Server::minting();
    let run = tokenmint(CHAT).arg("-v").credentials(&server).prints(format!("{TOKEN}\n"));
    let said = run.says("/api/chat/tokens").run().stderr;
    assert!(!said.contains(TOKEN), "the token is on stdout alone: {said}");
}
