//! `twilio --issued-at`: tokens of another time than now, and the times in the past that two flags take.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use predicates::str::{contains, starts_with};
use serde_json::{Value, json};

use crate::harness::Run;
use crate::twilio::{KEY, twilio};

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("claims")
}

fn at(line: &str) -> Run {
    twilio(&format!("twilio --identity alice --video {line}"))
}

#[test]
fn issue_expiry_and_id_count_from_the_given_time() {
    let claims = claims(&at("--issued-at @1700000000 --ttl 10m").says("expired").stdout(contains(".")).run().stdout);
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1_700_000_000), &json!(1_700_000_600)));
    let jti = claims["jti"].as_str().expect("an id");
    assert!(jti.starts_with(&format!("{KEY}-1700000000-")), "{jti}");
}

#[test]
fn a_time_may_be_so_long_ago() {
    for line in ["--issued-at -2h --ttl 3h", "--issued-at=-2h --ttl 3h"] {
        let before = now();
        let claims = claims(&at(line).stdout(contains(".")).run().stdout);
        let issued = claims["iat"].as_i64().expect("iat");
        assert!((before - 7_200..=now() - 7_200).contains(&issued), "{issued}");
        assert_eq!(claims["exp"].as_i64().expect("exp"), issued + 10_800);
    }
    let before = now();
    let claims = claims(&at("--not-before -5m").stdout(contains(".")).run().stdout);
    assert!((before - 300..=now() - 300).contains(&claims["nbf"].as_i64().expect("nbf")));
}

#[test]
fn a_token_that_has_ended_is_minted_with_a_warning() {
    let said = "this token is already expired: it was valid until 2023-11-14T23:13:20Z";
    at("--issued-at @1700000000").stdout(contains(".")).says_exactly(format!("warning: {said}\n")).run();
    let object = at("--issued-at @1700000000 -o json").stdout(starts_with("{")).run().json();
    assert_eq!(object["warnings"], json!([said]));
    assert_eq!(object["expires_at"], "2023-11-14T23:13:20Z");
    assert!(object["expires_in"].as_i64().expect("seconds") < 0, "{object}");
    // One that is still valid draws none.
    at("--issued-at -30m").stdout(contains(".")).run();
    at("--issued-at +2h").stdout(contains(".")).says("--issued-at is in the future").run();
}

#[test]
fn a_batch_line_has_its_own_time() {
    let lines =
        "{\"issued_at\":\"@1700000000\"}\n{\"issued_at\":\"-5m\",\"ttl\":\"10m\"}\n{\"issued_at\":1700000000}\n{}\n";
    let run = at("--batch -").stdin(lines).says("3 minted, 1 failed").exits(7).stdout(starts_with("{"));
    let lines: Vec<Value> = run.run().stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(claims(lines[0]["token"].as_str().expect("a token"))["iat"], json!(1_700_000_000));
    assert!(lines[0]["warnings"][0].as_str().is_some_and(|text| text.contains("already expired")), "{}", lines[0]);
    let second = claims(lines[1]["token"].as_str().expect("a token"));
    assert_eq!(second["exp"].as_i64().expect("exp") - second["iat"].as_i64().expect("iat"), 600);
    assert!(lines[1]["warnings"].is_null() && lines[3]["warnings"].is_null());
    assert_eq!(lines[2]["error"]["message"], "issued_at must be a string");
}

#[test]
fn a_time_that_cannot_be_is_refused() {
    at("--issued-at 2h").fails(2).says_all(&["--issued-at", "+2h"]).run();
    at("--issued-at -30").fails(2).says_all(&["--issued-at", "30m or 30s?"]).run();
    at("--issued-at").fails(2).says("--issued-at").run();
    let run = at("--issued-at @1700000000 --not-before @1700003600").fails(2);
    run.says_all(&["--not-before", "--ttl counts from --issued-at"]).run();
    // A token that ends is no use from the past on anywhere else.
    let guest = "guest --allowed-address 0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0 --dry-run --expire-at -2h";
    crate::harness::tokenmint(guest).fails(2).says("--expire-at").run();
}
