//! SOCKS proxies that refuse, at each step of their protocol (RFC 1928, RFC 1929): the failure names the proxy, shows
//! nothing of its password, and says that nothing was sent.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use crate::harness::{API_TOKEN, CHAT, PROJECT, tokenmint};

/// A proxy that answers each message of a client with the next of these, then closes.
fn answering(answers: &'static [&'static [u8]]) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            stream.set_read_timeout(Some(Duration::from_mins(3))).expect("a time limit");
            for answer in answers {
                if !matches!(stream.read(&mut [0; 1_024]), Ok(1..)) || stream.write_all(answer).is_err() {
                    break;
                }
            }
        }
    });
    address
}

/// The greeting's answer that asks for a user and a password, and the one that takes them.
const ASK: &[u8] = &[5, 2];
const WELCOME: &[u8] = &[1, 0];

#[test]
fn a_socks_proxy_that_refuses_is_named_and_its_password_is_not() {
    let refusals: [&[&[u8]]; 8] = [
        // No method of authentication is acceptable.
        &[&[5, 0xff]],
        // The password is wrong.
        &[ASK, &[1, 1]],
        // A general failure; not allowed by the rules; host unreachable; connection refused; command not supported.
        &[ASK, WELCOME, &[5, 1, 0, 1, 0, 0, 0, 0, 0, 0]],
        &[ASK, WELCOME, &[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]],
        &[ASK, WELCOME, &[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]],
        &[ASK, WELCOME, &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]],
        &[ASK, WELCOME, &[5, 7, 0, 1, 0, 0, 0, 0, 0, 0]],
        // Not SOCKS 5 at all.
        &[b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    ];
    for refusal in refusals {
        let proxy = answering(refusal);
        let run = tokenmint(CHAT)
            .args(["--retries", "0"])
            .env("SIGNALWIRE_SPACE", "https://space.example")
            .env("SIGNALWIRE_PROJECT_ID", PROJECT)
            .env("SIGNALWIRE_API_TOKEN", API_TOKEN)
            .env("ALL_PROXY", format!("socks5h://proxyuser:proxypassword@{proxy}"));
        let run = run.hides("proxypassword").hides("proxyuser").hides("may have been created");
        let error = run.says_all(&["space.example", &proxy.to_string()]).fails(6).run();
        assert!(error.stderr.contains("proxy"), "{refusal:?}: {}", error.stderr);
    }
}
