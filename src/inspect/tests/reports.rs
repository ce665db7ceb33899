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
    let expected = format!(
        "\
✓ valid, expires in 58m 20s
  type       Twilio Access Token
  expires    2023-11-14T23:13:20Z, in 58m 20s
  for        alice
  allows     Conversations and Chat, service IS0123456789abcdef0123456789abcdef
  account    {AC}
  API key    {SK}
  issued     2023-11-14T22:13:20Z, 1m 40s ago
  signature  not checked (use --verify)

Header
  alg  algorithm     HS256 (signed with HMAC-SHA256)
  typ  type          JWT
  cty  content type  twilio-fpa;v=1 (Twilio Access Token, version 1)

Claims
  jti              token id                {SK}-1700000000
  grants.identity  user                    alice
  grants.chat      Conversations and Chat  {{\"service_sid\":\"IS0123456789abcdef0123456789abcdef\"}}
  iat              issued                  2023-11-14T22:13:20Z, 1m 40s ago
  exp              expires                 2023-11-14T23:13:20Z, in 58m 20s
  iss              API key                 {SK}
  sub              account                 {AC}

Raw
  {HEADER}
  {NODE_CLAIMS}
"
    );
    assert_eq!(text, expected);
    let late = token.report_text(at(1_890_000_000));
    assert!(late.starts_with("✗ expired 6 years ago\n"), "{late}");
    assert!(late.contains("\nProblems\n  20104: expired 6 years ago\n"), "{late}");
    let early =
        jws(HEADER, &NODE_CLAIMS.replace("\"iat\"", "\"nbf\":1700000400,\"iat\"")).report_text(at(1_700_000_100));
    assert!(early.starts_with("✗ not valid yet, starts in 5m\n"), "{early}");
}

#[test]
fn the_first_line_says_whether_the_token_is_good() {
    let now = at(1_700_000_100);
    let crt = r#"{"alg":"HS512","typ":"CRT"}"#;
    for (token, line) in [
        (jws(crt, r#"{"iat":1700000000,"t":60}"#), "✓ valid, expires in 58m 20s"),
        (jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"iat":1}"#), "✓ valid, never expires"),
        (jws(r#"{"alg":"RS256"}"#, r#"{"exp":1700000400}"#), "✓ in date, expires in 5m"),
        (jws(r#"{"alg":"none"}"#, r#"{"exp":1700000400}"#), "✓ in date, expires in 5m"),
        (jws(crt, r#"{"iat":1,"t":1}"#), "✗ expired 53 years ago"),
        (jws(r#"{"alg":"none","typ":"CRT"}"#, r#"{"iat":1700000000,"t":60}"#), "✗ not valid: unsigned (alg none)"),
        (jws(r#"{"alg":"RS256"}"#, r#"{"exp":"soon"}"#), "? validity cannot be known: its times cannot be read"),
        (jwe(r#"{"alg":"dir","enc":"A256GCM","typ":"SAT"}"#), "? validity cannot be known: encrypted, only SignalWire"),
        (jwe(r#"{"alg":"dir","enc":"A256GCM"}"#), "? validity cannot be known: encrypted, only the service"),
        (one("PT0123456789abcdef0123456789abcdef"), "? looks like a SignalWire API token, a secret"),
        (one("vpt_0123456789abcdef0123456789abcdef"), "? looks like a SignalWire conference token"),
        (one("abc"), "? validity cannot be known: not a JWT"),
    ] {
        let text = token.report_text(now);
        assert!(text.starts_with(line), "{line}\n{text}");
    }
}

#[test]
fn what_was_cut_short_is_not_valid() {
    let now = at(1_700_000_100);
    let whole = [node().token, jwe(r#"{"alg":"dir","enc":"A256GCM","typ":"SAT"}"#).token];
    for whole in whole.iter().map(Secret::expose) {
        for cut in 1..20 {
            let token = one(&whole[..whole.len() - cut]);
            assert_eq!(token.valid(now), Some(false), "{cut}");
            assert!(token.problems(now).join("").contains("cut short"), "{:?}", token.problems(now));
            assert_eq!(exit(token.check(now, None)), 8);
        }
    }
}

#[test]
fn a_report_fits_the_screen_and_its_colours_hold_no_text() {
    let permissions =
        (0..30).map(|number| format!("\"room.member.permission_{number}\"")).collect::<Vec<_>>().join(",");
    let claims = format!(r#"{{"iat":1700000000,"u":"Bob","r":"standup","ja":"audience","s":[{permissions}]}}"#);
    let token = jws(r#"{"alg":"HS512","typ":"VRT"}"#, &claims);
    let now = at(1_700_000_100);
    for width in [40, 80, 120] {
        let text = token.report_on(&Screen { width: Some(width), color: false }, now);
        let (report, _) = text.split_once("\nRaw\n").unwrap();
        let widest = report.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} {report}");
        assert!(report.contains("room standup as audience"), "{report}");
        let colored = token.report_on(&Screen { width: Some(width), color: true }, now);
        assert!(colored.starts_with("\u{1b}[1m\u{1b}[32m✓ valid") && colored.contains("\u{1b}[36m"), "{colored:?}");
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), text);
    }
}

#[test]
fn every_kind_is_told_apart() {
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
        (one("c2c_0123456789abcdef0123456789"), "opaque", "opaque", None),
        (one("eyJhbGciOiJub25lIn0.e30"), "opaque", "opaque", Some(false)),
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
        report.contains("only SignalWire can read it") && report.contains("puc.signalwire.com (where clients connect)"),
        "{report}"
    );
    assert!(one("PT0123456789abcdef0123456789abcdef").report_text(at(0)).contains("API token, a secret"));
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
