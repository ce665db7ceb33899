//! Twilio tokens: signatures, and the service's errors foretold.

use super::*;
use crate::error::Category;

/// The Node token's claims with one piece put in place of another.
fn altered(from: &str, to: &str) -> String {
    assert!(NODE_CLAIMS.contains(from), "{from}");
    jws(HEADER, &NODE_CLAIMS.replacen(from, to, 1)).problems(at(1_700_000_100)).join("\n")
}

#[test]
fn a_signature_is_held_against_the_secret() {
    let mut token = node();
    token.verify(SK, &Secret::new(SECRET.to_owned())).unwrap();
    assert_eq!((token.signature, exit(token.check(at(1_700_000_100), None))), (Signature::Valid, 0));
    token.verify("SKother", &Secret::new("another".to_owned())).unwrap();
    assert_eq!((token.signature, exit(token.check(at(1_700_000_100), None))), (Signature::Invalid, 8));
    assert_eq!(token.valid(at(1_700_000_100)), Some(false));
    let problems = token.problems(at(1_700_000_100)).join("\n");
    assert!(problems.starts_with("20107: ") && problems.contains(SK) && !problems.contains("another"), "{problems}");
    // The right secret under another algorithm's name is still refused.
    let claims = URL_SAFE_NO_PAD.encode("{}");
    let mut other = one(&format!("{}.{claims}.c2ln", URL_SAFE_NO_PAD.encode(HEADER.replace("HS256", "none"))));
    other.verify(SK, &Secret::new(SECRET.to_owned())).unwrap();
    assert_eq!(exit(Judgement::of(&other, at(0)).check_signature()), 8);
}

#[test]
fn only_twilio_tokens_can_be_verified() {
    for header in [r#"{"alg":"HS512","typ":"CRT"}"#, r#"{"alg":"HS256"}"#] {
        let failure = jws(header, "{}").verify(SK, &Secret::new(SECRET.to_owned())).unwrap_err();
        assert_eq!(failure.category(), Category::Usage);
    }
}

#[test]
fn the_services_error_is_named() {
    let problem_at = |claims: &str, second: i64| jws(HEADER, claims).problems(at(second)).join("\n");
    assert!(problem_at(NODE_CLAIMS, 1_700_003_600).starts_with("20104: expired 0s ago"));
    assert!(problem_at(NODE_CLAIMS, 1_699_999_700).starts_with("20101: issued 5m in the future; check both clocks"));
    for (from, to, named) in [
        (r#""iat":"#, r#""nbf":1700000400,"iat":"#, "20105: not valid yet (starts in 5m)"),
        ("1700003600", "1700086401", "20157"),
        ("1700003600", "1700003600000", "20157"),
        ("1700003600", "1700003600000", "milliseconds"),
        (r#""exp":1700003600,"#, "", "20156: no exp"),
        (r#""exp":1700003600"#, r#""exp":"1700003600""#, "20156: exp is not a number"),
        (r#""identity":"alice","#, "", "51105"),
        (r#""identity":"alice""#, r#""identity":"""#, "51105"),
        (r#""identity":"alice","chat":"#, r#""voice":"#, "31204"),
        (r#","chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"}"#, "", "20106: the grants are empty"),
        (r#"{"service_sid":"IS0123456789abcdef0123456789abcdef"}"#, "{}", "20106: the grant chat has no service_sid"),
        (r#""chat":{"service_sid":"IS"#, r#""chat":{"service_sid":"SK"#, "20106: service_sid of the grant chat is not"),
        (r#""chat":{"service_sid""#, r#""voice":{"service_sid""#, "20106: the grant voice allows neither"),
        (r#""chat":{"service_sid""#, r#""chat":[],"x":{"service_sid""#, "20106: the grant chat is not an object"),
        (r#""iss":"SK"#, r#""iss":"AC"#, "20103: iss is not an API key SID: that is an account SID (AC)"),
        (r#""sub":"AC"#, r#""sub":"SK"#, "20103: sub is not an account SID: that is an API key SID (SK)"),
    ] {
        let problems = altered(from, to);
        assert!(problems.contains(named), "{named}: {problems}");
    }
    assert_eq!(altered("1700003600", "1700086400"), "", "24 hours are allowed");
    let long = altered("\"alice\"", &format!("\"{}\"", "a".repeat(257)));
    assert!(long.starts_with("50207: "), "{long}");
}

#[test]
fn a_wrong_header_is_named() {
    let of = |header: &str| jws(header, NODE_CLAIMS).problems(at(1_700_000_100)).join("\n");
    assert!(of(r#"{"alg":"HS256","typ":"JWT"}"#).contains("20102: the header has no cty"));
    assert!(of(&HEADER.replace("HS256", "HS512")).contains("20102: the header has alg 'HS512', expected HS256"));
    assert!(of(&HEADER.replace("v=1", "v=2")).contains("20102: the header has cty 'twilio-fpa;v=2'"));
    let capability = format!(r#"{{"iss":"{AC}","exp":1700003600,"scope":"scope:client:incoming?clientName=a"}}"#);
    let token = jws(r#"{"alg":"HS256","typ":"JWT"}"#, &capability);
    assert_eq!(
        token.problems(at(1_700_000_100)),
        ["20102: a capability token; mint an Access Token instead: tokenmint twilio --identity a --voice-incoming"]
    );
    assert!(token.report_text(at(1_700_000_100)).starts_with("✗ Twilio will refuse it: 20102\n"));
    let video = NODE_CLAIMS.replacen(r#""chat":{"#, r#""video":{},"chat":{"#, 1);
    let token = jws(&HEADER.replace('}', r#","twr":"ie1"}"#), &video);
    assert!(token.problems(at(1_700_000_100)).join("").starts_with("51007: Video"));
    assert!(read(&format!("{}.e30K!.x", URL_SAFE_NO_PAD.encode(HEADER))).is_err(), "outside of the alphabet");
    let broken = one(&format!("{}.WzFd.{}", URL_SAFE_NO_PAD.encode(HEADER), "s".repeat(43)));
    assert_eq!((broken.kind, broken.valid(at(0))), (TokenType::Twilio, Some(false)));
    assert!(broken.problems(at(0)).join("\n").contains("20101: the claims cannot be read"));
}

#[test]
fn a_token_that_is_certain_to_be_refused_is_not_valid() {
    let now = at(1_700_000_100);
    for (header, claims, code) in [
        (r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(), NODE_CLAIMS.to_owned(), "20102"),
        (HEADER.to_owned(), NODE_CLAIMS.replace(r#""iss":"SK"#, r#""iss":"AC"#), "20103"),
        (HEADER.to_owned(), NODE_CLAIMS.replace(r#""identity":"alice","#, ""), "51105"),
        (HEADER.to_owned(), NODE_CLAIMS.replace("1700003600", "1700086401"), "20157"),
    ] {
        let token = jws(&header, &claims);
        assert_eq!(token.valid(now), Some(false), "{code}");
        let failure = token.check(now, None).unwrap_err();
        assert_eq!((failure.exit_code(), failure.hint()), (8, Some(format!("run tokenmint explain {code}").as_str())));
        assert!(failure.to_string().starts_with(&format!("Twilio will refuse the token with {code}: ")), "{failure}");
        assert!(token.report_text(now).starts_with(&format!("✗ Twilio will refuse it: {code}\n")));
    }
    // Clocks that differ by a little are no reason to refuse.
    let early = jws(HEADER, NODE_CLAIMS);
    let now = at(1_699_999_999);
    assert_eq!((early.valid(now), early.problems(now).len()), (Some(true), 1));
}
