//! `--reuse` with what has its own idea of a request: presets, tokens that authenticate, keys that are public, servers,
//! and values that work only once.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;

use crate::harness::{EMBED, Run, holds_secret, tokenmint};
use crate::reuse::{Cache, fresh, mint, reusing};
use crate::server::Server;
use crate::twilio::{ACCOUNT, KEY, SECRET};

/// The least line without what authenticates it.
const INVITE: &str = "invite --address-id 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --reuse 5m";
const VARIABLE: &str = "SIGNALWIRE_SUBSCRIBER_TOKEN";
/// Two subscriber tokens: header `{"alg":"dir","enc":"A256GCM","typ":"SAT"}`.
const SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.c3Vic2NyaWJlcg.dGFn";
const OTHER_SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.YW5vdGhlcm9uZQ.dGFn";

fn preset(fields: &str, line: &str) -> impl Fn(&Cache, &Server) -> String {
    let (config, line) = (format!("[presets.lobby]\ncommand = \"chat\"\n{fields}\n"), reusing(line));
    move |cache, server| mint(cache.run(&line, server).config(&config))
}

#[test]
fn the_fields_of_a_preset_are_part_of_the_request() {
    let lobby = "ttl = \"1h\"\nchannels = { lobby = { read = true, write = true } }";
    let (server, cache) = (Server::answering([fresh(3_600), fresh(3_600), fresh(3_600)]), Cache::new());
    let first = preset(lobby, "chat --preset lobby")(&cache, &server);
    assert_eq!(preset(lobby, "chat --preset lobby")(&cache, &server), first);
    let named = preset(lobby, "chat --preset lobby --member-id alice")(&cache, &server);
    assert_ne!(named, first);
    let edited = lobby.replace("write = true", "write = false");
    assert_ne!(preset(&edited, "chat --preset lobby")(&cache, &server), first);
    server.calls(3);
}

/// What an invite is minted with, in an environment that has the space alone.
fn with_sat(cache: &Cache, server: &Server, token: &str) -> Run {
    let run = tokenmint(INVITE).env("SIGNALWIRE_SPACE", server.space()).env("XDG_CACHE_HOME", cache.0.path());
    run.env(VARIABLE, token)
}

#[test]
fn an_invite_with_another_subscriber_token_is_another_request() {
    let (server, cache) = (Server::minting(), Cache::new());
    for token in [SAT, SAT, OTHER_SAT, SAT, OTHER_SAT] {
        mint(with_sat(&cache, &server, token));
    }
    assert_eq!(cache.files().len(), 2);
    for file in cache.files() {
        let text = format!("{}{}", file.display(), fs::read_to_string(&file).expect("a file"));
        assert!(!text.contains(SAT) && !text.contains(OTHER_SAT) && !text.contains("c3Vic2NyaWJlcg"), "{text}");
    }
    server.calls(2);
}

#[test]
fn an_invite_for_another_subscriber_is_another_request_and_a_kept_one_mints_nothing_first() {
    let (server, cache) = (Server::minting(), Cache::new());
    for reference in ["alice", "alice", "bob", "alice"] {
        mint(cache.run(&format!("{INVITE} --reference {reference}"), &server));
    }
    for file in cache.files() {
        assert!(!holds_secret(&fs::read_to_string(file).expect("a file")));
    }
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.target).collect();
    let (first, second) = ("/api/fabric/subscribers/tokens", "/api/fabric/subscriber/invites");
    assert_eq!(paths, [first, second, first, second]);
}

#[test]
fn an_embed_token_is_not_kept() {
    let (server, cache) = (Server::minting(), Cache::new());
    for _ in 0..2 {
        mint(cache.run(&reusing(EMBED), &server).says("hint: the token is not kept for --reuse"));
    }
    assert!(cache.files().is_empty());
    server.calls(2);
}

#[test]
fn neither_a_server_nor_a_value_that_works_once_goes_with_it() {
    let chat = "chat --ttl 1h -c a=r --serve 127.0.0.1:0";
    for (line, said) in [
        (format!("{chat} --reuse 5m"), "--serve cannot be used with --reuse"),
        (format!("{chat} --renew 5m"), "--serve cannot be used with --renew"),
        (format!("{chat} --renew 5m --write token"), "--serve cannot be used with --renew"),
        (
            "refresh @pair --reuse 5m".to_owned(),
            "--reuse cannot be used with refresh: each refresh token works only once",
        ),
        (
            "refresh @pair --renew 5m".to_owned(),
            "--renew cannot be used with refresh: each refresh token works only once",
        ),
        ("refresh @pair --serve".to_owned(), "--serve cannot be used with refresh: each refresh token works only once"),
    ] {
        tokenmint(&line).credentials(&Server::unused()).fails(2).says(said).run();
    }
}

#[test]
fn a_token_that_was_signed_for_the_past_is_not_kept_and_has_one_warning() {
    let cache = Cache::new();
    for _ in 0..2 {
        let run = tokenmint("twilio --identity alice --video --issued-at -2h --ttl 1h --reuse 5m");
        let run = run.env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY).env("TWILIO_API_SECRET", SECRET);
        let run = run.env("XDG_CACHE_HOME", cache.0.path()).says("already expired");
        mint(run.stderr(contains("never reuses").not()));
    }
}

/// The whole life is an hour, and ten minutes of it have passed.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_told_how_long_a_kept_token_still_lives() {
    let (server, cache) = (Server::answering([fresh(3_000)]), Cache::new());
    let line = reusing("chat --ttl 1h -c lobby=rw --member-id alice");
    cache.run(&line, &server).stdout(contains(".")).run();
    let said = crate::batch::on_a_terminal(cache.run(&line, &server).env("NO_COLOR", "1"));
    assert!(said.starts_with("chat token for alice: expires in 50m ("), "{said:?}");
    server.calls(1);
}
