//! Files in other encodings than UTF-8: byte order marks, and UTF-16 as Windows PowerShell 5 writes it.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{CHAT, Run, tokenmint};
use crate::server::Server;
use crate::twilio::twilio;

/// A text as `> FILE` of Windows PowerShell 5 writes it: UTF-16, little-endian, with a byte order mark.
fn utf_16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The run with a file of these bytes in its folder.
fn with(run: Run, name: &str, bytes: &[u8]) -> Run {
    fs::write(run.path(name), bytes).expect("a file");
    run
}

#[test]
fn utf_16_is_refused_with_the_shell_that_writes_it() {
    let said = ["UTF-8", "UTF-16", "PowerShell", "Out-File -Encoding utf8"];
    let server = Server::unused();
    let state = with(tokenmint(CHAT).args(["--state", "@state.json"]), "state.json", &utf_16("{}"));
    state.credentials(&server).says_all(&said).fails(2).run();
    let lines = utf_16("{\"member_id\":\"a\"}\r\n");
    let batch = with(tokenmint(CHAT).args(["--batch", "in"]), "in", &lines);
    batch.credentials(&server).says_all(&said).says("--batch").fails(2).run();
    tokenmint(CHAT).args(["--batch", "-"]).stdin(lines).credentials(&server).says_all(&said).fails(2).run();
    let config = with(tokenmint(CHAT).args(["--config", "c.toml"]), "c.toml", &utf_16("default_profile = 'a'\r\n"));
    config.says_all(&said).says("c.toml").fails(3).run();
    let dotenv = with(twilio("twilio --video --identity a -o dotenv --write env"), "env", &utf_16("A=1\r\n"));
    dotenv.says_all(&said).fails(1).run();
}

#[test]
fn a_byte_order_mark_before_utf_8_is_no_part_of_the_text() {
    let server = Server::minting();
    let marked = |text: &str| format!("\u{feff}{text}\r\n");
    let run = tokenmint(CHAT).args(["--state", "@state.json"]).file("state.json", &marked("{\"a\":1}"), 0o600);
    run.credentials(&server).stdout(predicates::str::ends_with("\n")).run();
    let body: Value = serde_json::from_str(&server.request().text()).expect("JSON");
    assert_eq!(body["state"], json!({"a": 1}));
    let config = marked("[profiles.a.twilio]\r\naccount_sid = 'AC0123456789abcdef0123456789abcdef'");
    tokenmint("profile list").config(&config).stdout(predicates::str::contains("a")).run();
}
