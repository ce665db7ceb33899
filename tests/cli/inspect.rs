//! `inspect`: every kind of token that it tells apart, how long each lives, what is wrong with it, and the exit status a
//! script gets. The tokens are made here, from headers and claims as the services document them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use predicates::str::{contains, starts_with};
use serde_json::{Value, json};

use crate::harness::{API_TOKEN, GUEST, REFRESH, TOKEN, tokenmint};
use crate::twilio::{ACCOUNT, KEY, SECRET, twilio};

/// A signed token with these parts, and a signature as long as the algorithm makes one (RFC 7518: 32, 48 and 64 bytes).
fn jws(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let length = match header["alg"].as_str() {
        Some("HS256") => 43,
        Some("HS384") => 64,
        Some("HS512") => 86,
        _ => 342,
    };
    format!("{}.{}.{}", part(header), part(claims), "c".repeat(length))
}

fn chat(issued: i64, minutes: i64) -> String {
    jws(&json!({"alg": "HS512", "typ": "CRT"}), &json!({"iat": issued, "t": minutes}))
}

fn video(claims: &Value) -> String {
    jws(&json!({"alg": "HS512", "typ": "VRT"}), claims)
}

fn jwt(claims: &Value) -> String {
    jws(&json!({"alg": "HS256", "typ": "JWT"}), claims)
}

/// A Twilio token whose claims are right but for these.
fn access(changes: &Value) -> String {
    let mut claims = json!({
        "jti": format!("{KEY}-1"), "grants": {"identity": "alice", "video": {}}, "iat": now(), "exp": now() + 600,
        "iss": KEY, "sub": ACCOUNT,
    });
    for (key, value) in changes.as_object().expect("changes") {
        claims[key] = value.clone();
    }
    jws(&json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}), &claims)
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn report(token: &str) -> Value {
    tokenmint("inspect -o json").arg(token).stdout(starts_with("{")).run().json()
}

#[test]
fn every_kind_of_token_is_told_apart() {
    let relay =
        jws(&json!({"alg": "HS512", "typ": "JWT"}), &json!({"iat": 1, "iss": "p", "resource": "bob", "exp": 2}));
    for (token, kind, format, words) in [
        (TOKEN.to_owned(), "chat", "jws", "Chat"),
        (video(&json!({"iat": 1, "r": "standup"})), "video", "jws", "video"),
        (GUEST.to_owned(), "guest", "jwe", "guest"),
        (REFRESH.to_owned(), "refresh", "jwe", "refresh"),
        (access(&json!({})), "twilio", "jws", "Twilio Access Token"),
        (jwt(&json!({"exp": 4_000_000_000_i64})), "jwt", "jws", "JWT"),
        ("0b1c2d3e-4f50-4172-8394-a5b6c7d8e9f0".to_owned(), "opaque", "opaque", "token"),
    ] {
        let object = report(&token);
        assert_eq!((&object["kind"], &object["format"]), (&json!(kind), &json!(format)), "{object}");
        tokenmint("inspect").arg(&token).stdout(contains(words)).run();
    }
    assert_eq!(report(&relay)["format"], json!("jws"));
    tokenmint("inspect").arg(&relay).stdout(contains("Relay")).run();
    // A chat token serves PubSub, too, and the report says so.
    tokenmint("inspect").arg(TOKEN).stdout(contains("PubSub")).run();
}

#[test]
fn json_is_one_object_with_the_promised_keys() {
    let keys = [
        "claims",
        "expires_at",
        "expires_in",
        "format",
        "header",
        "issued_at",
        "kind",
        "not_before",
        "problems",
        "signature",
        "valid",
    ];
    for token in [TOKEN, GUEST, "opaque-text", &access(&json!({}))] {
        let object = report(token);
        let mut given: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
        given.sort_unstable();
        assert_eq!(given, keys, "{token}");
    }
    let before = now();
    let object = report(TOKEN);
    assert_eq!(object["header"], json!({"alg": "HS512", "typ": "CRT"}));
    assert_eq!(object["claims"], json!({"iat": 4_000_000_000_i64, "t": 60}));
    // `date -u -d @4000000000`, and an hour later.
    assert_eq!(object["issued_at"], json!("2096-10-02T07:06:40Z"));
    assert_eq!(object["expires_at"], json!("2096-10-02T08:06:40Z"));
    assert_eq!((&object["not_before"], &object["signature"]), (&Value::Null, &json!("not checked")));
    let left = object["expires_in"].as_i64().expect("seconds");
    assert!((before..=now()).contains(&(4_000_003_600 - left)), "{left}");
    let object = report(GUEST);
    assert_eq!(object["header"], json!({"alg": "dir", "enc": "A256GCM", "typ": "SAT"}));
    for key in ["claims", "issued_at", "not_before", "expires_at", "expires_in", "valid"] {
        assert_eq!(object[key], Value::Null, "{key}");
    }
}

#[test]
fn claims_are_shown_as_written_and_with_their_meaning() {
    let token = jws(
        &json!({"alg": "HS512", "typ": "CRT"}),
        &json!({"iat": now(), "t": 90, "chls": {"lobby": {"read": true, "write": true}}, "stt": {}, "m": "alice"}),
    );
    let text = tokenmint("inspect").arg(&token).stdout(contains("lobby")).run().stdout;
    for part in ["minutes", "member_id", "state", "1h 30m", "Z"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = tokenmint("inspect").arg(access(&json!({}))).stdout(contains("alice")).run().stdout;
    for part in [KEY, ACCOUNT, "Video", "HS256", "not checked"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // What nobody but the service can read is said to be so.
    tokenmint("inspect").arg(GUEST).stdout(contains("encrypted").and_contains("cannot be known")).run();
}

/// Two parts in one text.
trait AndContains {
    fn and_contains(self, part: &str) -> predicates::BoxPredicate<str>;
}

impl<P: predicates::Predicate<str> + Send + Sync + 'static> AndContains for P {
    fn and_contains(self, part: &str) -> predicates::BoxPredicate<str> {
        use predicates::prelude::PredicateBooleanExt;
        predicates::BoxPredicate::new(self.and(contains(part.to_owned())))
    }
}

#[test]
fn check_is_0_for_what_is_valid_now_and_8_for_the_rest_and_the_report_is_printed_either_way() {
    let now = now();
    for (token, code, why) in [
        (chat(now - 60, 60), 0, ""),
        (chat(now - 7_200, 60), 8, "expired"),
        (video(&json!({"iat": now})), 0, ""),
        (video(&json!({"iat": now, "ju": now + 3_600, "rat": now + 3_600})), 0, ""),
        (video(&json!({"iat": now, "ju": now - 1})), 8, "expired"),
        (video(&json!({"iat": now, "rat": now - 1})), 8, "expired"),
        (video(&json!({"iat": now, "jf": now + 600})), 8, "not valid before"),
        (jwt(&json!({"exp": now + 3_600})), 0, ""),
        (jwt(&json!({"exp": now - 60})), 8, "expired"),
        (jwt(&json!({"nbf": now + 600})), 8, "not valid before"),
        (jwt(&json!({"iat": now})), 0, ""),
        (jwt(&json!({"exp": "soon"})), 8, "cannot"),
        (access(&json!({})), 0, ""),
        (access(&json!({"exp": now - 1})), 8, "expired"),
        (access(&json!({"nbf": now + 300})), 8, "not valid before"),
        (GUEST.to_owned(), 8, "encrypted"),
        (REFRESH.to_owned(), 8, "encrypted"),
        ("an-opaque-token".to_owned(), 8, "not known"),
    ] {
        let run = tokenmint("inspect --check").arg(&token).exits(code).stdout(contains("type"));
        let run = if code == 0 { run } else { run.says_all(&["error", why]) };
        run.run();
        let run = tokenmint("inspect --check -o json").arg(&token).exits(code).stdout(starts_with("{"));
        let run = if code == 0 { run } else { run.stderr(contains("\"code\":\"not_valid\"")) };
        let outcome = run.run();
        let expected = if code == 0 { json!(true) } else { json!(false) };
        let valid = &outcome.json()["valid"];
        assert!(*valid == expected || (code == 8 && valid.is_null()), "{token}: {valid}");
        if code == 8 {
            assert_eq!(outcome.error()["exit"], json!(8));
        }
        // Without --check the report is all.
        let mark = if code == 0 {
            "✓ "
        } else if valid.is_null() {
            "? "
        } else {
            "✗ "
        };
        tokenmint("inspect").arg(&token).stdout(starts_with(mark)).run();
        // Asked for silence, it says nothing at all.
        tokenmint("inspect --check -q").arg(&token).exits(code).run();
    }
}

#[test]
fn min_ttl_asks_for_life_that_is_left() {
    let token = jwt(&json!({"exp": now() + 600}));
    tokenmint("inspect --min-ttl 5m").arg(&token).stdout(contains("signature")).run();
    tokenmint("inspect --min-ttl 15m")
        .arg(&token)
        .exits(8)
        .stdout(contains("signature"))
        .says_all(&["15m", "expires in"])
        .run();
    // It asks for a valid token, whatever is left.
    let ended = jwt(&json!({"exp": now() - 600}));
    tokenmint("inspect --min-ttl 1s").arg(&ended).exits(8).stdout(contains("signature")).says("expired").run();
    tokenmint("inspect --min-ttl 30d").arg(video(&json!({"iat": 1}))).stdout(contains("never")).run();
    tokenmint("inspect --min-ttl 300").arg(&token).fails(2).says_all(&["--min-ttl", "300m", "300s"]).run();
    tokenmint("inspect --min-ttl soon").arg(&token).fails(2).says("--min-ttl").run();
}

#[test]
fn verify_tells_a_right_signature_from_a_wrong_one() {
    let token = twilio("twilio --identity a --video").stdout(starts_with("eyJ")).run().stdout;
    let token = token.trim_end();
    twilio("inspect --verify --check").arg(token).stdout(contains("valid")).run();
    let report = |run: crate::harness::Run| run.arg(token).stdout(starts_with("{"));
    let object = report(twilio("inspect --verify -o json")).run().json();
    assert_eq!((&object["signature"], &object["valid"]), (&json!("valid"), &json!(true)));
    // Another secret, and a token that was changed after it was signed.
    let wrong = twilio("inspect --verify -o json").env("TWILIO_API_SECRET", "another-secret-of-another-key-00");
    let outcome = report(wrong).exits(8).stderr(contains("not_valid")).run();
    let object = outcome.json();
    assert_eq!((&object["signature"], &object["valid"]), (&json!("invalid"), &json!(false)));
    assert!(object["problems"].to_string().contains("20107"), "{object}");
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let (header, _) = signed.split_once('.').expect("three parts");
    let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(r#"{"grants":{}}"#));
    twilio("inspect --verify").arg(forged).exits(8).stdout(contains("invalid")).says_all(&["error", "signature"]).run();
    // The key that the token names is not the one at hand: that is the likely cause.
    let other = "SKffffffffffffffffffffffffffffffff";
    let run = twilio("inspect --verify").env("TWILIO_API_KEY", other).env("TWILIO_API_SECRET", "x".repeat(32));
    run.arg(token).exits(8).stdout(contains("invalid")).says_all(&[KEY, other]).run();
    // Of an unsigned one no algorithm makes a signature.
    let none =
        token.replacen(header, &URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT","cty":"twilio-fpa;v=1"}"#), 1);
    twilio("inspect --verify").arg(none).exits(8).stdout(contains("invalid")).says("signature").run();
}

#[test]
fn verify_takes_the_secret_of_a_profile_and_needs_one() {
    let token = twilio("twilio --identity a --video").stdout(starts_with("eyJ")).run().stdout;
    let config = format!(
        "[profiles.dev.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"{SECRET}\"\n"
    );
    let run = tokenmint("inspect --verify --profile dev").config(&config).stdin(token.clone()).hides(SECRET);
    run.stdout(contains("valid")).run();
    tokenmint("inspect --verify").stdin(token).fails(3).says("TWILIO_API_KEY").run();
    // The services' own keys are with the services.
    for token in [TOKEN, GUEST, REFRESH] {
        twilio("inspect --verify").arg(token).fails(2).says_all(&["--verify", "Twilio"]).run();
    }
}

#[test]
fn a_twilio_token_is_told_the_error_that_the_service_would_answer() {
    let now = now();
    let good = json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"});
    let headed = |header: Value| {
        let claims = json!({
            "grants": {"identity": "a", "video": {}}, "iat": now, "exp": now + 3_600, "iss": KEY, "sub": ACCOUNT,
        });
        jws(&header, &claims)
    };
    for (token, codes) in [
        (headed(json!({"alg": "HS512", "typ": "JWT", "cty": "twilio-fpa;v=1"})), &["20102", "alg"][..]),
        (headed(json!({"alg": "HS256", "typ": "JWT"})), &["20102", "cty"]),
        (headed(json!({"alg": "HS256", "typ": "jwt", "cty": "twilio-fpa;v=1"})), &["20102", "typ"]),
        (access(&json!({"exp": now - 10})), &["20104"]),
        (access(&json!({"nbf": now + 500})), &["20105"]),
        (access(&json!({"exp": now + 90_000})), &["20157", "24"]),
        (access(&json!({"exp": (now + 600) * 1_000})), &["20157"]),
        (access(&json!({"exp": null})), &["20156"]),
        (access(&json!({"iss": ACCOUNT})), &["20103", "iss", "SK"]),
        (access(&json!({"sub": KEY})), &["20103", "sub", "AC"]),
        (access(&json!({"grants": {"video": {}}})), &["51105", "identity"]),
        (access(&json!({"grants": {"voice": {"incoming": {"allow": true}}}})), &["31204", "identity"]),
        (access(&json!({"grants": {"identity": "a"}})), &["20106", "grant"]),
        (access(&json!({"grants": {"identity": "a", "chat": {}}})), &["20106", "service_sid"]),
        (access(&json!({"grants": {"identity": "a", "data_sync": {}}})), &["20106", "service_sid"]),
        (access(&json!({"grants": {"identity": "a", "voice": {}}})), &["20106", "voice"]),
        (access(&json!({"grants": {"identity": "é".repeat(65), "video": {}}})), &["53201", "128"]),
    ] {
        let text = report(&token)["problems"].to_string();
        for part in codes {
            assert!(text.contains(part), "{part} in {text} for {token}");
        }
        let text = tokenmint("inspect").arg(&token).stdout(contains(codes[0])).run().stdout;
        assert!(text.starts_with("✗ "), "{text}");
        // Certain to be refused is not valid.
        assert_eq!(report(&token)["valid"], json!(false), "{token}");
        tokenmint("inspect --check").arg(&token).exits(8).stdout(contains(codes[0])).says("error").run();
    }
    let foreign = jws(
        &json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1", "twr": "ie1"}),
        &json!({"grants": {"identity": "a", "video": {}}, "iat": now, "exp": now + 3_600, "iss": KEY, "sub": ACCOUNT}),
    );
    assert!(report(&foreign)["problems"].to_string().contains("51007"));
    assert_eq!(report(&headed(good))["problems"], json!([]));
    assert_eq!(report(&access(&json!({})))["problems"], json!([]));
}

#[test]
fn what_people_paste_is_taken_down_to_the_token() {
    let forms = [
        format!("'{TOKEN}'"),
        format!("\"{TOKEN}\""),
        format!("Bearer {TOKEN}"),
        format!("bearer {TOKEN}"),
        format!("Authorization: Bearer {TOKEN}"),
        format!("export SIGNALWIRE_CHAT_TOKEN='{TOKEN}'"),
        format!("export TOKEN=\"{TOKEN}\""),
        format!("SIGNALWIRE_CHAT_TOKEN={TOKEN}"),
        format!("set -gx SIGNALWIRE_CHAT_TOKEN '{TOKEN}'"),
        format!("$env:SIGNALWIRE_CHAT_TOKEN = '{TOKEN}'"),
        format!("$env.SIGNALWIRE_CHAT_TOKEN = '{TOKEN}'"),
        format!("  {TOKEN}\r\n"),
    ];
    for form in &forms {
        let object = tokenmint("inspect -o json").arg(form).stdout(starts_with("{")).run().json();
        assert_eq!(object["kind"], json!("chat"), "{form}");
        let object = tokenmint("inspect -o json").stdin(format!("{form}\n")).stdout(starts_with("{")).run().json();
        assert_eq!(object["kind"], json!("chat"), "{form}");
    }
    tokenmint("inspect -").stdin(TOKEN).stdout(contains("Chat")).run();
}

#[test]
fn what_is_no_token_is_2_and_not_repeated() {
    let long = "a".repeat(65_537);
    for (text, hidden) in [
        ("", "nothing to hide"),
        (" \n ", "nothing to hide"),
        ("not a token", "not a token\n"),
        ("{\"token\":\"hunter2 hunter2\"}", "hunter2"),
        ("{\"name\":\"hunter2hunter2\"}", "hunter2"),
        ("hunter2\u{1b}[0m", "hunter2"),
        ("hunter2é", "hunter2"),
        (&long, &long),
    ] {
        tokenmint("inspect --check").stdin(text).fails(2).hides(hidden).run();
        let error = tokenmint("inspect -o json").stdin(text).exits(2).stderr(starts_with("{")).run().error();
        assert_eq!((&error["code"], &error["exit"]), (&json!("usage"), &json!(2)));
    }
    let both = format!("{TOKEN}\n{TOKEN}");
    tokenmint("inspect").stdin(both).fails(2).says("2 lines").run();
    tokenmint("inspect").stdin([0xff_u8, 0xfe]).fails(2).says("UTF-8").run();
}

#[test]
fn a_secret_that_is_taken_for_a_token_is_named_and_not_shown() {
    tokenmint("inspect").stdin(API_TOKEN).stdout(contains("API token").and_contains("secret")).run();
    let auth = "f123456789abcdef0123456789abcdef";
    tokenmint("inspect").stdin(auth).stdout(contains("auth token")).hides(auth).run();
}

#[test]
fn a_token_that_was_cut_short_is_said_to_be_and_is_not_valid() {
    let access = access(&json!({}));
    let (without_signature, _) = TOKEN.rsplit_once('.').expect("three parts");
    for (token, code) in [
        (without_signature, ""),
        (&TOKEN[..TOKEN.len() - 1], ""),
        (&access[..access.len() - 1], "20101"),
        (&GUEST[..GUEST.len() - 1], ""),
        (&REFRESH[..REFRESH.len() - 22], ""),
        (&GUEST[..GUEST.len() - 23], ""),
    ] {
        let text = tokenmint("inspect").arg(token).stdout(contains("cut short")).run().stdout;
        assert!(text.starts_with("✗ ") && text.contains(code), "{text}");
        tokenmint("inspect --check").arg(token).exits(8).stdout(contains("cut short")).says_all(&["error"]).run();
        let object = report(token);
        assert_eq!(object["valid"], json!(false), "{object}");
        assert!(object["problems"].to_string().contains("cut short"), "{object}");
    }
}

#[test]
fn both_tokens_of_a_two_line_export_are_reported() {
    let lines = format!("export SIGNALWIRE_GUEST_TOKEN='{GUEST}'\nexport SIGNALWIRE_GUEST_REFRESH_TOKEN='{REFRESH}'\n");
    let text = tokenmint("inspect").stdin(lines.clone()).stdout(starts_with("SIGNALWIRE_GUEST_TOKEN\n? ")).run().stdout;
    assert!(text.contains("\n\nSIGNALWIRE_GUEST_REFRESH_TOKEN\n? "), "{text}");
    let object = tokenmint("inspect -o json").stdin(lines.clone()).stdout(starts_with("{")).run().json();
    assert_eq!((&object["kind"], &object["name"]), (&json!("guest"), &json!("SIGNALWIRE_GUEST_TOKEN")));
    assert_eq!(object["others"].as_array().map(Vec::len), Some(1));
    assert_eq!(object["others"][0]["kind"], json!("refresh"));
    // One that is not valid is enough for a check to fail, and it is named.
    let lines = format!("A={TOKEN}\nB={}\n", chat(1, 1));
    tokenmint("inspect --check").stdin(lines).exits(8).stdout(contains("expired")).says_all(&["B", "expired"]).run();
    tokenmint("inspect --check").stdin(format!("A={TOKEN}\nB={TOKEN}\n")).stdout(contains("valid")).run();
}

#[test]
fn objects_files_and_urls_with_a_token_are_read() {
    for text in [
        format!("{{\"kind\":\"chat\",\"token\":\"{TOKEN}\",\"expires_at\":null}}"),
        format!("{{\n  \"access_token\": \"{TOKEN}\"\n}}\n"),
        format!("{{\"jwt_token\":\"{TOKEN}\",\"refresh_token\":\"{REFRESH}\"}}"),
        format!("{{\"participant_token\":\"{TOKEN}\"}}"),
        format!("https://example.com/room?token={TOKEN}&name=x"),
        format!("# .env\nPORT=3000\nSIGNALWIRE_CHAT_TOKEN={TOKEN}\n"),
    ] {
        let object = tokenmint("inspect -o json").stdin(text.clone()).stdout(starts_with("{")).run().json();
        assert_eq!(object["kind"], json!("chat"), "{text}");
        let run = tokenmint("inspect -o json @token.txt").file("token.txt", &text, 0o600);
        assert_eq!(run.stdout(starts_with("{")).run().json()["kind"], json!("chat"), "{text}");
    }
    let object = format!("{{\"refresh_token\":\"{REFRESH}\"}}");
    tokenmint("inspect").arg(object).stdout(contains("refresh token")).run();
    tokenmint("inspect @nowhere.txt").fails(2).says("nowhere.txt").run();
}

#[test]
fn what_answered_in_the_place_of_a_token_is_named() {
    for (text, what) in [
        ("<!doctype html>\n<html><body>hunter2</body></html>", "HTML page"),
        ("<?xml version=\"1.0\"?>\n<TwilioResponse>hunter2</TwilioResponse>", "XML document"),
        ("{\"error\":\"Unauthorized hunter2\"}", "JSON body of an error"),
        ("{\"code\":20003,\"message\":\"hunter2\",\"status\":401}", "JSON body of an error"),
    ] {
        tokenmint("inspect").stdin(text).fails(2).says_all(&["not a token", what]).hides("hunter2").run();
    }
    let body = r#"{"errors":[{"type":"validation_error","code":"token_expired","message":"Token has expired."}]}"#;
    tokenmint("inspect").arg(body).fails(2).says("tokenmint explain token_expired").run();
}

#[test]
fn a_capability_token_gets_the_line_that_replaces_it() {
    let application = "AP0123456789abcdef0123456789abcdef";
    let scope =
        format!("scope:client:incoming?clientName=alice scope:client:outgoing?appSid={application}&clientName=alice");
    let token = jwt(&json!({"scope": scope, "iss": ACCOUNT, "exp": now() + 600}));
    let line = format!("tokenmint twilio --identity alice --voice {application} --voice-incoming");
    tokenmint("inspect").arg(&token).stdout(contains(line.clone()).and_contains("capability token")).run();
    let object = report(&token);
    assert_eq!((&object["kind"], &object["valid"]), (&json!("twilio"), &json!(false)));
    assert!(object["problems"].to_string().contains(&line), "{object}");
    // The line works as it is.
    twilio(line.strip_prefix("tokenmint ").expect("the program")).stdout(starts_with("eyJ")).run();
}

#[test]
fn what_was_not_checked_and_what_is_not_signed_is_said_to_be_so() {
    tokenmint("inspect").arg(access(&json!({}))).stdout(contains("not checked")).run();
    let unsigned = jws(&json!({"alg": "none"}), &json!({"sub": "x"}));
    let unsigned = unsigned.trim_end_matches('c');
    let text = tokenmint("inspect").arg(unsigned).stdout(contains("unsigned")).run().stdout;
    assert!(!text.contains("cut short") && text.starts_with("✓ in date"), "{text}");
}

#[test]
fn the_report_is_in_colour_only_where_that_is_asked_for() {
    let escape = '\u{1b}';
    let run = |line: &str, variables: &[(&str, &str)]| {
        let mut run = tokenmint(line).arg(TOKEN).stdout(contains("lid"));
        for (name, value) in variables {
            run = run.env(name, value);
        }
        run.run().stdout
    };
    let plain = run("inspect", &[]);
    assert!(!plain.contains(escape), "a pipe gets none");
    for (line, variables) in [
        ("inspect --color always", &[][..]),
        ("inspect --color always", &[("NO_COLOR", "1")]),
        ("inspect", &[("CLICOLOR_FORCE", "1")]),
        ("inspect", &[("FORCE_COLOR", "1")]),
    ] {
        let colored = run(line, variables);
        assert!(colored.contains(escape), "{line} {variables:?}");
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain, "colours are all that differs");
    }
    for (line, variables) in [
        ("inspect --color never", &[("FORCE_COLOR", "1")][..]),
        ("inspect", &[("NO_COLOR", "1"), ("FORCE_COLOR", "1"), ("CLICOLOR_FORCE", "1")]),
        ("inspect --color always -o json", &[("FORCE_COLOR", "1")]),
    ] {
        assert!(!run(line, variables).contains(escape), "{line} {variables:?}");
    }
    assert!(
        !tokenmint("twilio --identity a --video --dry-run --color always")
            .stdout(contains("{"))
            .run()
            .stdout
            .contains(escape)
    );
}

#[test]
fn hostile_claims_do_not_reach_the_terminal() {
    let token = jwt(&json!({"name": "\u{1b}]0;title\u{7}", "\u{202e}evil": "\r\n  signature  valid"}));
    for line in ["inspect", "inspect -o json"] {
        let text = tokenmint(line).arg(&token).stdout(contains("name")).run().stdout;
        let steering = |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
        assert!(!text.contains(steering), "{text:?}");
    }
    let text = tokenmint("inspect").arg(&token).stdout(contains("name")).run().stdout;
    assert_eq!(text.lines().filter(|line| line.starts_with("  signature")).count(), 1, "{text}");
}

#[test]
fn what_the_program_mints_it_can_read() {
    for line in crate::emulator_lines() {
        let token = crate::harness::tokenmint_with_input(line)
            .args(["--profile", "emulator", "-q"])
            .stdout(contains("."))
            .run()
            .stdout;
        let text = tokenmint("inspect").stdin(token).stdout(contains("SignalWire")).run().stdout;
        assert!(text.contains("emulator"), "{line}: {text}");
    }
}
