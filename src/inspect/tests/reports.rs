//! Whole reports, for people and for programs, and checks.

use super::*;

#[test]
fn a_twilio_token_is_reported_in_full() {
    let token = node();
    assert_eq!(token.problems(at(1_700_000_100)), Vec::<String>::new());
    let expected = format!(
        r#"{{"kind":"twilio","format":"jws","header":{HEADER},"claims":{NODE_CLAIMS},"issued_at":"2023-11-14T22:13:20Z","not_before":null,"expires_at":"2023-11-14T23:13:20Z","expires_in":3500,"valid":true,"signature":"not checked","problems":[]}}"#
    );
    assert_eq!(token.report_json(at(1_700_000_100)), expected);
    let text = token.report_text(at(1_700_000_100));
    for line in [
        "Twilio Access Token\n",
        "issued     2023-11-14T22:13:20Z, 1m 40s ago\n",
        "expires    2023-11-14T23:13:20Z, in 58m 20s\n",
        "valid now  yes\n",
        "signature  not checked\n",
        "grants.identity  alice  (the user)\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert!(!text.contains("problems"));
    assert!(token.report_text(at(1_700_007_200)).contains("expired    2023-11-14T23:13:20Z, 1h ago\n"));
}

#[test]
fn every_kind_is_told_apart() {
    let jwe = |header: &str| read(&format!("{}..aXY.dGV4dA.dGFn", URL_SAFE_NO_PAD.encode(header))).unwrap();
    let sat = r#"{"alg":"dir","enc":"A256GCM","typ":"SAT","ch":"puc.signalwire.com"}"#;
    for (token, kind, format, valid) in [
        (jws(r#"{"alg":"HS512","typ":"CRT"}"#, r#"{"iat":1700000000,"t":60,"chls":{}}"#), "chat", "jws", Some(true)),
        (jws(r#"{"alg":"HS512","typ":"CRT"}"#, r#"{"iat":1700000000,"t":1}"#), "chat", "jws", Some(false)),
        (jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"iat":1700000000,"r":"x"}"#), "video", "jws", Some(true)),
        (jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"jf":1700000200}"#), "video", "jws", Some(false)),
        (jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"ju":1700000900,"rat":1700000050}"#), "video", "jws", Some(false)),
        (jwe(sat), "guest", "jwe", None),
        (jwe(&sat.replace("SAT", "Refresh")), "refresh", "jwe", None),
        (
            jws(r#"{"alg":"HS512","typ":"JWT"}"#, r#"{"iat":1,"iss":"p","resource":"r","exp":1700000900}"#),
            "relay",
            "jws",
            Some(true),
        ),
        (node(), "twilio", "jws", Some(true)),
        (jws(r#"{"alg":"RS256"}"#, r#"{"sub":"x"}"#), "jwt", "jws", Some(true)),
        (jwe(r#"{"alg":"dir","enc":"A128GCM"}"#), "jwt", "jwe", None),
        (read("c2c_0123456789abcdef0123456789").unwrap(), "opaque", "opaque", None),
        (read("eyJhbGciOiJub25lIn0.e30").unwrap(), "opaque", "opaque", None),
    ] {
        let now = at(1_700_000_100);
        let report: serde_json::Value = serde_json::from_str(&token.report_json(now)).unwrap();
        assert_eq!((report["kind"].as_str(), report["format"].as_str()), (Some(kind), Some(format)));
        assert_eq!(report["valid"].as_bool(), valid, "{report}");
        assert_eq!(exit(token.check(now, None)), if valid == Some(true) { 0 } else { 8 }, "{report}");
        assert_eq!(report.as_object().map(serde_json::Map::len), Some(11));
    }
    let report = jwe(sat).report_text(at(0));
    assert!(
        report.contains("only the service can read the claims, including the expiry")
            && report.contains("puc.signalwire.com"),
        "{report}"
    );
    assert!(read("PT0123456789abcdef0123456789abcdef").unwrap().report_text(at(0)).contains("API token, a secret"));
}

#[test]
fn a_check_may_ask_for_life_left() {
    let token = node();
    let check = |least: i64| exit(token.check(at(1_700_003_300), Some(SignedDuration::from_secs(least))));
    assert_eq!((check(300), check(301)), (0, 8));
    let endless = jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"iat":1}"#);
    assert_eq!(exit(endless.check(at(5), Some(SignedDuration::from_hours(900)))), 0);
    assert!(endless.report_text(at(5)).contains("expires    never"));
}

#[test]
fn numbers_and_order_stay_as_written_and_nothing_steers_the_terminal() {
    let claims = "{\"z\":1.0,\"a\":12345678901234567890123,\"n\":\"\u{9b}31m\u{202e}é\"}";
    let token = jws(r#"{"alg":"RS256","b":1e2}"#, claims);
    let json = token.report_json(at(0));
    assert!(json.contains(r#""header":{"alg":"RS256","b":1e2}"#), "{json}");
    assert!(json.contains(r#"{"z":1.0,"a":12345678901234567890123,"n":"\u009b31m\u202eé"}"#), "{json}");
    let text = token.report_text(at(0));
    assert!(!text.contains(['\u{9b}', '\u{202e}']) && text.contains("31mé"), "{text}");
}

#[test]
fn deep_nesting_is_reported_without_recursion() {
    let deep =
        format!(r#"{{"grants":{}{},"iss":"{SK}"}}"#, "{\"a\":".repeat(4_000), "1".to_owned() + &"}".repeat(4_000));
    let token = jws(HEADER, &deep);
    assert_eq!(token.kind, TokenType::Twilio);
    assert!(token.report_json(at(0)).contains("{\"a\":{\"a\":"));
    assert!(!token.report_text(at(0)).is_empty());
}
