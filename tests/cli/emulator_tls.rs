//! `emulator --tls`: https under an authority made for the run, for clients that speak nothing else. It is tried with our
//! own client and with curl where there is one.

use std::fs;

#[cfg(unix)]
use predicates::str::contains;
use predicates::str::starts_with;
#[cfg(unix)]
use serde_json::Value;

use crate::emulator::Emulator;
use crate::emulator_lines;
use crate::harness::{CHAT, Run, tokenmint_with_input};
#[cfg(unix)]
use crate::harness::{installed, tokenmint};

/// A run with what the emulator printed to be exported, its certificate aside.
fn pointed_at(emulator: &Emulator, line: &str) -> Run {
    ["SIGNALWIRE_SPACE", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN"]
        .into_iter()
        .fold(tokenmint_with_input(line), |run, name| run.env(name, emulator.exported(name)))
}

#[test]
fn every_way_to_trust_its_authority_mints() {
    let emulator = Emulator::with_tls();
    let file = emulator.exported("SSL_CERT_FILE").to_owned();
    assert_eq!(emulator.exported("SIGNALWIRE_REST_CA_FILE"), file);
    assert!(fs::read_to_string(&file).expect("the certificate").starts_with("-----BEGIN CERTIFICATE-----"));
    for line in emulator_lines() {
        let run = pointed_at(&emulator, line).env("SSL_CERT_FILE", &file).arg("-q");
        run.stdout(starts_with("eyJ")).run();
    }
    pointed_at(&emulator, CHAT).env("SIGNALWIRE_REST_CA_FILE", &file).stdout(starts_with("eyJ")).run();
    pointed_at(&emulator, CHAT).args(["--cacert", &file]).stdout(starts_with("eyJ")).run();
    let run = pointed_at(&emulator, CHAT).env("SIGNALWIRE_SPACE", format!("https://localhost:{}", port(&emulator)));
    run.args(["--cacert", &file]).stdout(starts_with("eyJ")).run();
}

fn port(emulator: &Emulator) -> &str {
    emulator.address.rsplit_once(':').expect("a port").1
}

#[test]
fn it_is_not_trusted_without_its_certificate_nor_spoken_to_in_the_clear() {
    let emulator = Emulator::with_tls();
    pointed_at(&emulator, CHAT).arg("--retries").arg("0").fails(6).says("certificate").run();
    let run = pointed_at(&emulator, CHAT).env("SIGNALWIRE_SPACE", &emulator.address);
    run.args(["--retries", "0"]).fails(6).run();
}

#[test]
fn each_run_has_an_authority_of_its_own() {
    let (one, other) = (Emulator::with_tls(), Emulator::with_tls());
    let run = pointed_at(&one, CHAT).args(["--retries", "0", "--cacert", other.exported("SSL_CERT_FILE")]);
    run.fails(6).says("certificate").run();
}

#[cfg(unix)]
#[test]
fn the_authority_lies_where_nobody_else_can_change_it() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::with_tls();
    let file = std::path::PathBuf::from(emulator.exported("SSL_CERT_FILE"));
    let mode = |path: &std::path::Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
}

#[cfg(unix)]
#[test]
fn curl_gets_a_token_with_the_certificate_and_none_without() {
    if !installed("curl") {
        return;
    }
    let emulator = Emulator::with_tls();
    let user = format!("{}:{}", emulator.exported("SIGNALWIRE_PROJECT_ID"), emulator.exported("SIGNALWIRE_API_TOKEN"));
    let curl = |more: &[&str]| {
        let mut curl = std::process::Command::new("curl");
        curl.env_remove("SSL_CERT_FILE").args(["-q", "-sS", "--noproxy", "*", "--max-time", "20", "-u", &user]);
        curl.args(["-H", "Content-Type: application/json", "-d", r#"{"ttl":60,"channels":{"a":{"read":true}}}"#]);
        curl.args(more).arg(format!("https://{}/api/chat/tokens", emulator.address)).output().expect("curl starts")
    };
    let output = curl(&["--cacert", emulator.exported("SSL_CERT_FILE")]);
    let body: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let token = body["token"].as_str().expect("a token").to_owned();
    tokenmint("inspect --check").stdin(token).stdout(contains("Chat")).run();
    // 60: the peer's certificate cannot be verified with the known authorities.
    assert_eq!(curl(&[]).status.code(), Some(60));
}
