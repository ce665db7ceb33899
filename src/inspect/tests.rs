//! Whole reports. Tokens are made here from JSON written out by hand, in the shapes that the facts about both services
//! give; the signed Twilio token is the one that Twilio's Node library (6.2.0) emitted for made-up credentials.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::*;
use crate::error::Kind as Exit;
use crate::twilio::{Defaults, Draft, Given, Issuer, Nonce, Signer};

const SK: &str = "SK0123456789abcdef0123456789abcdef";
const AC: &str = "AC0123456789abcdef0123456789abcdef";
const SECRET: &str = "abcdefghijklmnopqrstuvwxyz012345";
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}"#;
/// Node, chat grant, second 1700000000, an hour.
const NODE_CLAIMS: &str = r#"{"jti":"SK0123456789abcdef0123456789abcdef-1700000000","grants":{"identity":"alice","chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"}},"iat":1700000000,"exp":1700003600,"iss":"SK0123456789abcdef0123456789abcdef","sub":"AC0123456789abcdef0123456789abcdef"}"#;
const NODE_SIGNATURE: &str = "hXMupN_PcRVEQgKCs79z_umt0LyaFedvNEpwYFlDMvA";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn jws(header: &str, claims: &str) -> Inspected {
    read(&format!(
        "{}.{}.c2ln",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    ))
    .unwrap()
}

fn node() -> Inspected {
    let (header, claims) = (
        URL_SAFE_NO_PAD.encode(HEADER),
        URL_SAFE_NO_PAD.encode(NODE_CLAIMS),
    );
    read(&format!("{header}.{claims}.{NODE_SIGNATURE}")).unwrap()
}

/// The Node token's claims with one piece put in place of another.
fn altered(from: &str, to: &str) -> String {
    assert!(NODE_CLAIMS.contains(from), "{from}");
    jws(HEADER, &NODE_CLAIMS.replacen(from, to, 1))
        .problems(at(1_700_000_100))
        .join("\n")
}

fn exit(result: Result<()>) -> u8 {
    result.err().map_or(0, |failure| failure.kind().exit())
}

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
        "ends       2023-11-14T23:13:20Z, in 58m 20s\n",
        "valid now  yes\n",
        "signature  not checked\n",
        "grants.identity  alice  (the user)\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert!(!text.contains("problems"));
    assert!(
        token
            .report_text(at(1_700_007_200))
            .contains("ended      2023-11-14T23:13:20Z, 1h ago\n")
    );
}

#[test]
fn a_signature_is_held_against_the_secret() {
    let mut token = node();
    token.verify(SK, &Secret::new(SECRET.to_owned())).unwrap();
    assert_eq!(
        (
            token.signature(),
            exit(token.check(at(1_700_000_100), None))
        ),
        (Signature::Valid, 0)
    );
    token
        .verify("SKother", &Secret::new("another".to_owned()))
        .unwrap();
    assert_eq!(
        (
            token.signature(),
            exit(token.check(at(1_700_000_100), None))
        ),
        (Signature::Invalid, 8)
    );
    assert_eq!(token.valid(at(1_700_000_100)), Some(false));
    let problems = token.problems(at(1_700_000_100)).join("\n");
    assert!(
        problems.starts_with("20107: ") && problems.contains(SK) && !problems.contains("another"),
        "{problems}"
    );
    // The right secret under another algorithm's name is still refused.
    let claims = URL_SAFE_NO_PAD.encode("{}");
    let other = read(&format!(
        "{}.{claims}.c2ln",
        URL_SAFE_NO_PAD.encode(HEADER.replace("HS256", "none"))
    ))
    .unwrap();
    let mut other = other;
    other.verify(SK, &Secret::new(SECRET.to_owned())).unwrap();
    assert_eq!(exit(other.check_signature()), 8);
}

#[test]
fn only_twilio_tokens_can_be_verified() {
    for header in [r#"{"alg":"HS512","typ":"CRT"}"#, r#"{"alg":"HS256"}"#] {
        let failure = jws(header, "{}")
            .verify(SK, &Secret::new(SECRET.to_owned()))
            .unwrap_err();
        assert_eq!(failure.kind(), Exit::Usage);
    }
}

#[test]
fn the_services_error_is_named() {
    let problem_at =
        |claims: &str, second: i64| jws(HEADER, claims).problems(at(second)).join("\n");
    assert!(problem_at(NODE_CLAIMS, 1_700_003_600).starts_with("20104: it ended 0s ago"));
    assert!(problem_at(NODE_CLAIMS, 1_699_999_700).starts_with("20101: it was issued 5m from now"));
    for (from, to, named) in [
        (
            r#""iat":"#,
            r#""nbf":1700000400,"iat":"#,
            "20105: it is not valid yet, but in 5m",
        ),
        ("1700003600", "1700086401", "20157"),
        ("1700003600", "1700003600000", "20157"),
        ("1700003600", "1700003600000", "milliseconds"),
        (r#""exp":1700003600,"#, "", "20156: it has no exp"),
        (
            r#""exp":1700003600"#,
            r#""exp":"1700003600""#,
            "20156: exp is not a number",
        ),
        (r#""identity":"alice","#, "", "51105"),
        (r#""identity":"alice""#, r#""identity":"""#, "51105"),
        (r#""identity":"alice","chat":"#, r#""voice":"#, "31204"),
        (
            r#","chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"}"#,
            "",
            "20106: it grants nothing",
        ),
        (
            r#"{"service_sid":"IS0123456789abcdef0123456789abcdef"}"#,
            "{}",
            "20106: the grant chat has no service_sid",
        ),
        (
            r#""chat":{"service_sid":"IS"#,
            r#""chat":{"service_sid":"SK"#,
            "20106: service_sid of the grant chat is not",
        ),
        (
            r#""chat":{"service_sid""#,
            r#""voice":{"service_sid""#,
            "20106: the grant voice allows neither",
        ),
        (
            r#""chat":{"service_sid""#,
            r#""chat":[],"x":{"service_sid""#,
            "20106: the grant chat is not an object",
        ),
        (
            r#""iss":"SK"#,
            r#""iss":"AC"#,
            "20103: iss is not an API key SID: that is an account SID (AC)",
        ),
        (
            r#""sub":"AC"#,
            r#""sub":"SK"#,
            "20103: sub is not an account SID: that is an API key SID (SK)",
        ),
    ] {
        let problems = altered(from, to);
        assert!(problems.contains(named), "{named}: {problems}");
    }
    assert_eq!(
        altered("1700003600", "1700086400"),
        "",
        "24 hours are allowed"
    );
    let long = altered("\"alice\"", &format!("\"{}\"", "a".repeat(257)));
    assert!(long.starts_with("50207: "), "{long}");
}

#[test]
fn a_wrong_header_is_named() {
    let of = |header: &str| {
        jws(header, NODE_CLAIMS)
            .problems(at(1_700_000_100))
            .join("\n")
    };
    assert!(of(r#"{"alg":"HS256","typ":"JWT"}"#).contains("20102: the header has no cty"));
    assert!(
        of(&HEADER.replace("HS256", "HS512"))
            .contains("20102: alg of the header is 'HS512', it must be HS256")
    );
    assert!(of(&HEADER.replace("v=1", "v=2")).contains("20102: cty"));
    let capability = format!(
        r#"{{"iss":"{AC}","exp":1700003600,"scope":"scope:client:incoming?clientName=a"}}"#
    );
    let token = jws(r#"{"alg":"HS256","typ":"JWT"}"#, &capability);
    assert_eq!(
        token.problems(at(1_700_000_100)),
        ["20102: this is a capability token, which Access Tokens have replaced"]
    );
    let video = NODE_CLAIMS.replacen(r#""chat":{"#, r#""video":{},"chat":{"#, 1);
    let token = jws(&HEADER.replace('}', r#","twr":"ie1"}"#), &video);
    assert!(
        token
            .problems(at(1_700_000_100))
            .join("")
            .starts_with("51007: Video")
    );
    assert!(
        read(&format!("{}.e30K!.x", URL_SAFE_NO_PAD.encode(HEADER))).is_err(),
        "outside of the alphabet"
    );
    let broken = read(&format!("{}.WzFd.x", URL_SAFE_NO_PAD.encode(HEADER))).unwrap();
    assert_eq!((broken.kind(), broken.valid(at(0))), (Kind::Twilio, None));
    assert!(
        broken
            .problems(at(0))
            .join("\n")
            .contains("20101: its claims cannot be read")
    );
}

#[test]
fn every_kind_is_told_apart() {
    let jwe = |header: &str| {
        read(&format!(
            "{}..aXY.dGV4dA.dGFn",
            URL_SAFE_NO_PAD.encode(header)
        ))
        .unwrap()
    };
    let sat = r#"{"alg":"dir","enc":"A256GCM","typ":"SAT","ch":"puc.signalwire.com"}"#;
    for (token, kind, format, valid) in [
        (
            jws(
                r#"{"alg":"HS512","typ":"CRT"}"#,
                r#"{"iat":1700000000,"t":60,"chls":{}}"#,
            ),
            "chat",
            "jws",
            Some(true),
        ),
        (
            jws(
                r#"{"alg":"HS512","typ":"CRT"}"#,
                r#"{"iat":1700000000,"t":1}"#,
            ),
            "chat",
            "jws",
            Some(false),
        ),
        (
            jws(
                r#"{"alg":"HS512","typ":"VRT"}"#,
                r#"{"iat":1700000000,"r":"x"}"#,
            ),
            "video",
            "jws",
            Some(true),
        ),
        (
            jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"jf":1700000200}"#),
            "video",
            "jws",
            Some(false),
        ),
        (
            jws(
                r#"{"alg":"HS512","typ":"VRT"}"#,
                r#"{"ju":1700000900,"rat":1700000050}"#,
            ),
            "video",
            "jws",
            Some(false),
        ),
        (jwe(sat), "guest", "jwe", None),
        (jwe(&sat.replace("SAT", "Refresh")), "refresh", "jwe", None),
        (
            jws(
                r#"{"alg":"HS512","typ":"JWT"}"#,
                r#"{"iat":1,"iss":"p","resource":"r","exp":1700000900}"#,
            ),
            "relay",
            "jws",
            Some(true),
        ),
        (node(), "twilio", "jws", Some(true)),
        (
            jws(r#"{"alg":"RS256"}"#, r#"{"sub":"x"}"#),
            "jwt",
            "jws",
            Some(true),
        ),
        (jwe(r#"{"alg":"dir","enc":"A128GCM"}"#), "jwt", "jwe", None),
        (
            read("c2c_0123456789abcdef0123456789").unwrap(),
            "opaque",
            "opaque",
            None,
        ),
        (
            read("eyJhbGciOiJub25lIn0.e30").unwrap(),
            "opaque",
            "opaque",
            None,
        ),
    ] {
        let now = at(1_700_000_100);
        let report: serde_json::Value = serde_json::from_str(&token.report_json(now)).unwrap();
        assert_eq!(
            (report["kind"].as_str(), report["format"].as_str()),
            (Some(kind), Some(format))
        );
        assert_eq!(report["valid"].as_bool(), valid, "{report}");
        assert_eq!(
            exit(token.check(now, None)),
            if valid == Some(true) { 0 } else { 8 },
            "{report}"
        );
        assert_eq!(report.as_object().map(|report| report.len()), Some(11));
    }
    let report = jwe(sat).report_text(at(0));
    assert!(
        report.contains("can be read by nobody but the service")
            && report.contains("puc.signalwire.com"),
        "{report}"
    );
    assert!(
        read("PT0123456789abcdef0123456789abcdef")
            .unwrap()
            .report_text(at(0))
            .contains("API token, a secret")
    );
}

#[test]
fn a_check_may_ask_for_life_left() {
    let token = node();
    let check =
        |least: i64| exit(token.check(at(1_700_003_300), Some(SignedDuration::from_secs(least))));
    assert_eq!((check(300), check(301)), (0, 8));
    let endless = jws(r#"{"alg":"HS512","typ":"VRT"}"#, r#"{"iat":1}"#);
    assert_eq!(
        exit(endless.check(at(5), Some(SignedDuration::from_hours(900)))),
        0
    );
    assert!(endless.report_text(at(5)).contains("ends       never"));
}

#[test]
fn numbers_and_order_stay_as_written_and_nothing_steers_the_terminal() {
    let claims = "{\"z\":1.0,\"a\":12345678901234567890123,\"n\":\"\u{9b}31m\u{202e}é\"}";
    let token = jws(r#"{"alg":"RS256","b":1e2}"#, claims);
    let json = token.report_json(at(0));
    assert!(
        json.contains(r#""header":{"alg":"RS256","b":1e2}"#),
        "{json}"
    );
    assert!(
        json.contains(r#"{"z":1.0,"a":12345678901234567890123,"n":"\u009b31m\u202eé"}"#),
        "{json}"
    );
    let text = token.report_text(at(0));
    assert!(
        !text.contains(['\u{9b}', '\u{202e}']) && text.contains("31mé"),
        "{text}"
    );
}

#[test]
fn deep_nesting_is_reported_without_recursion() {
    let deep = format!(
        r#"{{"grants":{}{},"iss":"{SK}"}}"#,
        "{\"a\":".repeat(4_000),
        "1".to_owned() + &"}".repeat(4_000)
    );
    let token = jws(HEADER, &deep);
    assert_eq!(token.kind(), Kind::Twilio);
    assert!(token.report_json(at(0)).contains("{\"a\":{\"a\":"));
    assert!(!token.report_text(at(0)).is_empty());
}

fn look_at(token: &mut Inspected, now: i64) {
    let now = Timestamp::from_second(now).unwrap_or(Timestamp::MAX);
    let _ = token.verify(SK, &Secret::new(SECRET.to_owned()));
    // Not as a `Value`: a number that is right by the grammar of JSON may be too large for one.
    assert_eq!(Object::parse(&token.report_json(now)).unwrap().len(), 11);
    let text = token.report_text(now);
    assert!(
        !text.contains(|character: char| character.is_control() && character != '\n'),
        "{text:?}"
    );
    let _ = token.check(now, Some(SignedDuration::MAX));
    let _ = token.check(now, Some(SignedDuration::MIN));
}

proptest! {
    // A failure is mended and gets a test of its own, so no file of failures is kept beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in "(?s).{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..80), now: i64) {
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        let encoded = URL_SAFE_NO_PAD.encode(&bytes);
        for text in [text, lossy, encoded.clone(), format!("eyJhbGciOiJub25lIn0.{encoded}.{encoded}")] {
            if let Ok(mut token) = read(&text) {
                look_at(&mut token, now);
            }
        }
    }

    #[test]
    fn no_claims_make_it_panic(
        typ in "CRT|VRT|JWT|SAT|Refresh",
        cty in "twilio-fpa;v=1|x",
        key in "iat|exp|nbf|t|jf|ju|rat|rse|chls|grants|iss|sub|scope",
        value in "-?[0-9]{1,25}|-?[0-9]{1,3}e[0-9]{1,4}|null|true|\"[a-z0-9:-]{0,40}\"|\\{\\}|\\[1\\]|\\{\"identity\":1,\"voice\":\\{\"outgoing\":2\\}\\}",
        second in "0|1700000000|253402207200|-1",
        now: i64,
    ) {
        let header = format!(r#"{{"alg":"HS256","typ":"{typ}","cty":"{cty}"}}"#);
        let mut token = jws(&header, &format!(r#"{{"iat":{second},"exp":{second},"t":9007199254740993,"{key}":{value}}}"#));
        look_at(&mut token, now);
    }

    #[test]
    fn what_was_signed_comes_back(identity in ".{1,40}", room in ".{1,20}", params in proptest::collection::btree_map(".{0,8}", ".{0,8}", 0..4), ttl in 1_i64..=86_400) {
        let params = serde_json::to_string(&params).unwrap();
        let given = Given::from([
            ("identity", vec![Some(identity.clone())]),
            ("video", vec![Some(room.clone())]),
            ("voice", vec![Some(format!("AP{}", &AC[2..]))]),
            ("voice-params", vec![Some(params.clone())]),
            ("ttl", vec![Some(format!("{ttl}s"))]),
        ]);
        let now = at(1_700_000_000);
        let draft = Draft::new(&given, &Defaults::default(), now, &mut Vec::new()).unwrap();
        let secret = Secret::new(SECRET.to_owned());
        let signer = Signer::new(Key::new(&secret).unwrap(), Issuer::new(SK, AC), None);
        let claims = draft.finish(now).unwrap();
        let minted = signer.sign(&claims, Some(Nonce([7; 8])));
        let mut token = read(minted.expose()).unwrap();
        token.verify(SK, &secret).unwrap();
        prop_assert_eq!(token.signature(), Signature::Valid);
        prop_assert_eq!(token.problems(now), Vec::<String>::new());
        prop_assert_eq!(token.life().expires_at(), Some(at(1_700_000_000 + ttl)));
        let grants = Object::parse(token.claims().unwrap().get("grants").unwrap()).unwrap();
        prop_assert_eq!(kind::text(&grants, "identity"), Some(identity));
        let video = Object::parse(grants.get("video").unwrap()).unwrap();
        prop_assert_eq!(kind::text(&video, "room"), Some(room));
        let voice = grants.get("voice").unwrap();
        prop_assert!(voice.contains(&params), "{} {}", voice, params);
        prop_assert_eq!(token.header().unwrap().to_string(), claims.header_json());
    }
}
