//! Twilio Access Tokens: header, claims and grants as Twilio's Node library writes them, signatures checked with an HMAC
//! of the test's own, and every refusal and warning that comes before a signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

#[cfg(target_os = "linux")]
use crate::harness::installed;
use crate::harness::{Run, tokenmint};

/// The made-up credentials of the known answers.
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub const KEY: &str = "SK0123456789abcdef0123456789abcdef";
pub const SECRET: &str = "abcdefghijklmnopqrstuvwxyz012345";
pub const SERVICE: &str = "IS0123456789abcdef0123456789abcdef";
pub const APPLICATION: &str = "AP0123456789abcdef0123456789abcdef";
const PUSH: &str = "CR0123456789abcdef0123456789abcdef";
const ROLE: &str = "RL0123456789abcdef0123456789abcdef";
const WORKSPACE: &str = "WS0123456789abcdef0123456789abcdef";
const WORKER: &str = "WK0123456789abcdef0123456789abcdef";

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}"#;

/// A run with Twilio's credentials in the environment, whose secret may not show.
pub fn twilio(line: &str) -> Run {
    let run = tokenmint(line).env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_API_KEY", KEY);
    run.env("TWILIO_API_SECRET", SECRET).hides(SECRET)
}

/// A token whose signature has been verified: the text of its header and claims, and the claims themselves.
struct Signed {
    header: String,
    payload: String,
    claims: Value,
}

impl Signed {
    fn read(token: &str) -> Self {
        let (signed, signature) = token.trim_end().rsplit_once('.').expect("three parts");
        let (header, payload) = signed.split_once('.').expect("three parts");
        assert_eq!(signature, sign(signed), "{token}");
        let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("UTF-8");
        let (header, payload) = (text(header), text(payload));
        let claims = serde_json::from_str(&payload).expect("JSON");
        Signed { header, payload, claims }
    }

    fn at(&self, key: &str) -> i64 {
        self.claims[key].as_i64().unwrap_or_else(|| panic!("{key} in {}", self.payload))
    }

    fn grants(&self) -> &Value {
        &self.claims["grants"]
    }
}

/// HMAC-SHA256 with the bytes of the secret as they are.
fn sign(text: &str) -> String {
    let mut key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key of any length");
    key.update(text.as_bytes());
    URL_SAFE_NO_PAD.encode(key.finalize().into_bytes())
}

fn minted(line: &str) -> Signed {
    minted_by(twilio(line))
}

fn minted_by(run: Run) -> Signed {
    let token = run.stdout(predicates::str::ends_with("\n")).run().stdout;
    assert_eq!(token.lines().count(), 1, "{token}");
    Signed::read(&token)
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[test]
fn this_tests_own_hmac_agrees_with_twilios_libraries() {
    // Emitted by twilio-node 6.2.0 and twilio-python 9.13.0 for these credentials at 1700000000; both checked with openssl.
    let node = r#"{"jti":"SK0123456789abcdef0123456789abcdef-1700000000","grants":{"identity":"alice","chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"}},"iat":1700000000,"exp":1700003600,"iss":"SK0123456789abcdef0123456789abcdef","sub":"AC0123456789abcdef0123456789abcdef"}"#;
    let python = r#"{"jti":"SK0123456789abcdef0123456789abcdef-1700000000","grants":{"chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"},"identity":"alice"},"iss":"SK0123456789abcdef0123456789abcdef","exp":1700003600,"nbf":1700000000,"sub":"AC0123456789abcdef0123456789abcdef"}"#;
    let python_header = r#"{"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}"#;
    for (header, claims, signature) in [
        (HEADER, node, "hXMupN_PcRVEQgKCs79z_umt0LyaFedvNEpwYFlDMvA"),
        (python_header, python, "dUOemQga4ZbzX3c2SH4Mlhbjqkk7mF_gR1B9lDjJlMo"),
    ] {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(sign(&signed), signature);
        // The program's own verification agrees, too, and needs no more than the two tokens as they are.
        let token = format!("{signed}.{signature}");
        let report = twilio("inspect --verify -o json").arg(&token).stdout(predicates::str::starts_with("{"));
        let report = report.run().json();
        assert_eq!((&report["signature"], &report["valid"]), (&json!("valid"), &json!(false)), "{report}");
    }
}

#[test]
fn a_chat_token_is_byte_for_byte_that_of_the_node_library_but_for_the_suffix_of_jti() {
    let before = now();
    let token = minted(&format!("twilio --identity alice --chat={SERVICE}"));
    let (issued, jti) = (token.at("iat"), token.claims["jti"].as_str().expect("jti"));
    assert!((before..=now()).contains(&issued));
    let suffix = jti.strip_prefix(&format!("{KEY}-{issued}-")).expect("key SID and second");
    assert!(suffix.len() >= 8 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit()), "{jti}");
    assert_eq!(token.header, HEADER);
    assert_eq!(
        token.payload,
        format!(
            r#"{{"jti":"{jti}","grants":{{"identity":"alice","chat":{{"service_sid":"{SERVICE}"}}}},"iat":{issued},"exp":{},"iss":"{KEY}","sub":"{ACCOUNT}"}}"#,
            issued + 3_600
        )
    );
}

#[test]
fn a_voice_token_with_a_region_is_that_of_the_node_library() {
    let token = minted_by(
        twilio(&format!("twilio --identity alice --ttl 600s --region ie1 --voice {APPLICATION} --voice-incoming"))
            .args(["--voice-params", r#"{"k":"v"}"#]),
    );
    assert_eq!(token.header, r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1","twr":"ie1"}"#);
    assert_eq!(
        token.grants().to_string(),
        json!({"identity": "alice", "voice": {
            "incoming": {"allow": true}, "outgoing": {"application_sid": APPLICATION, "params": {"k": "v"}},
        }})
        .to_string()
    );
    assert_eq!(token.at("exp") - token.at("iat"), 600);
}

#[test]
fn four_grants_are_one_token() {
    let line =
        format!("twilio --identity a --chat={SERVICE} --video=room --voice={APPLICATION} --voice-incoming --sync");
    assert_eq!(
        *minted(&line).grants(),
        json!({
            "identity": "a",
            "chat": {"service_sid": SERVICE},
            "video": {"room": "room"},
            "voice": {"incoming": {"allow": true}, "outgoing": {"application_sid": APPLICATION}},
            "data_sync": {"service_sid": "default"},
        })
    );
}

#[test]
fn every_grant_has_the_fields_of_twilios_libraries() {
    let chat = format!("--chat {SERVICE} --endpoint-id ep1 --deployment-role-sid {ROLE} --push-credential-sid {PUSH}");
    let router = format!("--task-router {WORKSPACE} --worker-sid {WORKER} --task-router-role worker");
    for (flags, key, grant) in [
        (
            chat.as_str(),
            "chat",
            json!({"service_sid": SERVICE, "endpoint_id": "ep1", "deployment_role_sid": ROLE, "push_credential_sid": PUSH}),
        ),
        ("--video", "video", json!({})),
        ("--video standup", "video", json!({"room": "standup"})),
        ("--voice-incoming", "voice", json!({"incoming": {"allow": true}})),
        ("--voice-incoming=true", "voice", json!({"incoming": {"allow": true}})),
        (
            &format!("--voice {APPLICATION} --voice-incoming=false"),
            "voice",
            json!({"outgoing": {"application_sid": APPLICATION}}),
        ),
        (
            &format!("--voice-incoming --push-credential-sid {PUSH} --endpoint-id e"),
            "voice",
            json!({"incoming": {"allow": true}, "push_credential_sid": PUSH, "endpoint_id": "e"}),
        ),
        (
            &format!("--sync {SERVICE} --endpoint-id e"),
            "data_sync",
            json!({"service_sid": SERVICE, "endpoint_id": "e"}),
        ),
        ("--sync=default", "data_sync", json!({"service_sid": "default"})),
        (&router, "task_router", json!({"workspace_sid": WORKSPACE, "worker_sid": WORKER, "role": "worker"})),
        (r#"--grant other={"x":1.0}"#, "other", json!({"x": 1.0})),
    ] {
        let token = minted(&format!("twilio --identity a {flags}"));
        let mut expected = json!({"identity": "a"});
        expected[key] = grant;
        assert_eq!(*token.grants(), expected, "{flags}");
    }
    // As written: a number keeps its form, whatever a parser would make of it.
    let token = minted(r#"twilio --identity a --grant other={"b":1.0,"a":12345678901234567890123}"#);
    assert!(token.payload.contains(r#""other":{"b":1.0,"a":12345678901234567890123}"#), "{}", token.payload);
}

#[test]
fn endpoint_and_push_credential_go_into_every_grant_that_has_the_field() {
    let token = minted(&format!(
        "twilio --identity a --chat {SERVICE} --voice {APPLICATION} --sync --video r --endpoint-id e --push-credential-sid {PUSH}"
    ));
    assert_eq!(
        *token.grants(),
        json!({
            "identity": "a",
            "chat": {"service_sid": SERVICE, "endpoint_id": "e", "push_credential_sid": PUSH},
            "video": {"room": "r"},
            "voice": {"outgoing": {"application_sid": APPLICATION}, "push_credential_sid": PUSH, "endpoint_id": "e"},
            "data_sync": {"service_sid": "default", "endpoint_id": "e"},
        })
    );
}

#[test]
fn the_life_is_what_was_asked_for() {
    for (ttl, seconds) in [("1s", 1), ("90m", 5_400), ("24h", 86_400), ("1d", 86_400)] {
        let token = minted(&format!("twilio --identity a --video --ttl {ttl}"));
        assert_eq!(token.at("exp") - token.at("iat"), seconds, "{ttl}");
        assert_eq!(token.claims.get("nbf"), None);
    }
    let token = minted("twilio --identity a --video --not-before @1699999990");
    assert_eq!(token.at("nbf"), 1_699_999_990);
    let token = minted("twilio --identity a --video --not-before 2023-11-14T22:13:10Z");
    assert_eq!(token.at("nbf"), 1_699_999_990);
}

#[test]
fn two_tokens_of_one_second_differ() {
    let jti = || minted("twilio --identity a --video").claims["jti"].clone();
    let tokens = [jti(), jti(), jti(), jti()];
    for (place, one) in tokens.iter().enumerate() {
        assert!(!tokens[place + 1..].contains(one), "{tokens:?}");
    }
}

#[test]
fn json_says_when_it_ends_and_export_has_the_documented_name() {
    let object =
        twilio("twilio --identity a --video --ttl 2h -o json").stdout(predicates::str::starts_with("{")).run().json();
    let token = Signed::read(object["token"].as_str().expect("a token"));
    let end: jiff::Timestamp = object["expires_at"].as_str().expect("expires_at").parse().expect("RFC 3339");
    assert_eq!((&object["kind"], end.as_second()), (&json!("twilio"), token.at("exp")));
    let text = twilio("twilio --identity a --video -o export").stdout(predicates::str::starts_with("export ")).run();
    let value = text.stdout.strip_prefix("export TWILIO_ACCESS_TOKEN='").and_then(|rest| rest.strip_suffix("'\n"));
    Signed::read(value.expect("the promised line"));
}

#[test]
fn what_cannot_be_a_token_is_refused_with_the_flag_and_the_reason() {
    let z32 = "IS".to_owned() + &"z".repeat(32);
    let key_as_service = format!("--identity a --chat {KEY}");
    let wrong: &[(&str, &[&str])] = &[
        // Identity and grants.
        ("--video", &["--identity"]),
        ("--identity a", &["--chat", "--video", "--voice", "--sync", "--grant"]),
        ("--identity a --voice-incoming=false", &["grant"]),
        ("--identity a --voice-incoming=perhaps", &["--voice-incoming"]),
        // SIDs: prefix and 32 hexadecimal digits, with the name of what was given instead.
        (&key_as_service, &["--chat", "SK", "IS", "API key"]),
        (&format!("--identity a --chat {z32}"), &["--chat", "32 hex"]),
        ("--identity a --chat IS0123", &["--chat", "34"]),
        ("--identity a --chat 0123456789abcdef0123456789abcdef", &["--chat", "IS"]),
        ("--identity a --chat=", &["--chat"]),
        (&format!("--identity a --voice {SERVICE}"), &["--voice", "AP", "IS"]),
        (&format!("--identity a --sync {APPLICATION}"), &["--sync", "IS", "AP"]),
        (&format!("--identity a --task-router {WORKER}"), &["--task-router", "WS", "WK"]),
        (&format!("--identity a --task-router {WORKSPACE} --worker-sid {WORKSPACE}"), &["--worker-sid", "WK"]),
        (&format!("--identity a --chat {SERVICE} --push-credential-sid {ROLE}"), &["--push-credential-sid", "CR"]),
        (&format!("--identity a --chat {SERVICE} --deployment-role-sid {PUSH}"), &["--deployment-role-sid", "RL"]),
        // Lives.
        ("--identity a --video --ttl 0s", &["--ttl"]),
        ("--identity a --video --ttl -5m", &["--ttl"]),
        ("--identity a --video --ttl 24h1s", &["--ttl", "24h", "24h1s"]),
        ("--identity a --video --ttl 25h", &["--ttl", "24h"]),
        ("--identity a --video --ttl 3600", &["--ttl", "3600m", "3600s"]),
        ("--identity a --video --ttl 3600000", &["--ttl", "milliseconds", "1h"]),
        ("--identity a --video --ttl 3600000s", &["--ttl", "milliseconds", "1h"]),
        ("--identity a --video --ttl 1500ms", &["--ttl"]),
        ("--identity a --video --ttl soon", &["--ttl"]),
        ("--identity a --video --not-before soon", &["--not-before"]),
        ("--identity a --video --ttl 1h --not-before +2h", &["--not-before"]),
        // Flags that need, or shut out, each other.
        ("--identity a --voice-incoming --voice-params {}", &["--voice-params", "--voice"]),
        (&format!("--identity a --voice {APPLICATION} --voice-params []"), &["--voice-params", "object"]),
        ("--identity a --video --endpoint-id e", &["--endpoint-id"]),
        (&format!("--identity a --video --push-credential-sid {PUSH}"), &["--push-credential-sid"]),
        (&format!("--identity a --sync --deployment-role-sid {ROLE}"), &["--deployment-role-sid"]),
        (&format!("--identity a --worker-sid {WORKER}"), &["--worker-sid", "--task-router"]),
        ("--identity a --task-router-role worker --video", &["--task-router-role", "--task-router"]),
        ("--identity a --video --grant video={}", &["--video", "--grant"]),
        (&format!("--identity a --chat {SERVICE} --grant chat={{}}"), &["--chat", "--grant"]),
        ("--identity a --grant x", &["--grant"]),
        ("--identity a --grant x=1", &["--grant"]),
        ("--identity a --grant x={} --grant x={}", &["--grant", "twice"]),
        ("--identity a --video --region IE1", &["--region", "ie1"]),
        // Grants whose value is found nowhere.
        ("--identity a --chat", &["--chat", "TWILIO_CHAT_SERVICE_SID"]),
        ("--identity a --voice", &["--voice", "TWILIO_TWIML_APP_SID"]),
        ("--identity a --task-router", &["--task-router"]),
        // Nothing is sent, so there is nothing for curl.
        ("--identity a --video --curl", &["--curl", "--dry-run"]),
    ];
    for (flags, parts) in wrong {
        twilio(&format!("twilio {flags}")).fails(2).says_all(parts).run();
    }
    twilio("twilio --video --identity").arg("").fails(2).says("--identity").run();
}

#[test]
fn a_refused_value_that_may_be_a_secret_is_not_repeated() {
    for flag in ["--chat", "--voice", "--sync", "--task-router", "--push-credential-sid", "--worker-sid"] {
        twilio("twilio --identity a").args([flag, SECRET]).fails(2).says(flag).run();
    }
}

#[test]
fn an_auth_token_alone_is_refused_with_the_two_names_that_are_needed() {
    for line in ["twilio --identity a --video", "inspect --verify"] {
        let run = tokenmint(line).env("TWILIO_ACCOUNT_SID", ACCOUNT).env("TWILIO_AUTH_TOKEN", "0".repeat(32));
        let run = run.stdin(unsigned()).hides(&"0".repeat(32));
        run.fails(3).says_all(&["auth token", "TWILIO_API_KEY", "TWILIO_API_SECRET"]).run();
    }
    let run = tokenmint("twilio --identity a --video -o json").env("TWILIO_ACCOUNT_SID", ACCOUNT);
    let error = run.exits(3).stderr(predicates::str::starts_with("{")).run().error();
    assert_eq!((&error["code"], &error["exit"]), (&json!("configuration"), &json!(3)));
}

/// The header of an Access Token and no signature to speak of.
fn unsigned() -> String {
    format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode("{}"))
}

#[test]
fn half_a_set_is_refused_by_the_names_that_are_missing() {
    for (name, missing) in [
        ("TWILIO_ACCOUNT_SID", "TWILIO_ACCOUNT_SID"),
        ("TWILIO_API_KEY", "TWILIO_API_KEY"),
        ("TWILIO_API_SECRET", "TWILIO_API_SECRET"),
    ] {
        twilio("twilio --identity a --video").unset(name).fails(3).says(missing).run();
        twilio("twilio --identity a --video").env(name, "").fails(3).says_all(&[missing, "empty"]).run();
        twilio("twilio --identity a --video --dry-run").unset(name).fails(3).says(missing).run();
    }
    tokenmint("twilio --identity a --video").fails(3).says_all(&["TWILIO_API_KEY", "--profile"]).run();
    tokenmint("twilio --identity a --video --profile emulator").fails(3).says("offline").run();
}

#[test]
fn second_spellings_count_and_the_first_listed_wins() {
    let run = |line: &str| tokenmint(line).env("TWILIO_ACCOUNT_SID", ACCOUNT).hides(SECRET);
    let token = minted_by(
        run("twilio --identity a --video").env("TWILIO_API_KEY_SID", KEY).env("TWILIO_API_KEY_SECRET", SECRET),
    );
    assert_eq!(token.claims["iss"], json!(KEY));
    let other = "SKffffffffffffffffffffffffffffffff";
    let token = minted_by(
        twilio("twilio --identity a --video").env("TWILIO_API_KEY_SID", other).env("TWILIO_API_KEY_SECRET", "x"),
    );
    assert_eq!(token.claims["iss"], json!(KEY));
}

#[test]
fn credentials_that_cannot_be_right_are_named_and_never_shown() {
    for (name, value, parts) in [
        ("TWILIO_ACCOUNT_SID", KEY.to_owned(), &["account SID", "SK", "AC"][..]),
        ("TWILIO_API_KEY", ACCOUNT.to_owned(), &["API key", "AC", "SK"]),
        ("TWILIO_API_KEY", "0123456789abcdef0123456789abcdef".to_owned(), &["API key", "SK"]),
        ("TWILIO_API_SECRET", format!("\"{SECRET}\""), &["secret", "quotes"]),
        ("TWILIO_API_SECRET", format!("'{SECRET}'"), &["secret", "quotes"]),
        ("TWILIO_API_SECRET", "abcdefghijklmnop\nqrstuvwxyz012345".to_owned(), &["TWILIO_API_SECRET"]),
    ] {
        let run = twilio("twilio --identity a --video").env(name, &value).hides("abcdefghijklmnop");
        run.fails(3).says_all(parts).run();
    }
    // White space around it is taken off and said.
    let token = minted_by(
        twilio("twilio --identity a --video").env("TWILIO_API_SECRET", format!("{SECRET}\n")).says("TWILIO_API_SECRET"),
    );
    assert_eq!(token.claims["sub"], json!(ACCOUNT));
    // Not the look of a secret: signed all the same, as Twilio states no form for it.
    let auth_like = "0123456789abcdef0123456789abcdef";
    twilio("twilio --identity a --video")
        .env("TWILIO_API_SECRET", auth_like)
        .says_all(&["warning", "auth token"])
        .stdout(predicates::str::starts_with("eyJ"))
        .run();
}

#[test]
fn advice_is_a_warning_and_never_a_refusal() {
    let long = "a".repeat(257);
    for (flags, identity, parts) in [
        ("--chat IS0123456789abcdef0123456789abcdef", "alice@example.com", &["warning", "--identity"][..]),
        ("--voice-incoming", "alice-1", &["warning", "Voice", "underscore"]),
        ("--chat IS0123456789abcdef0123456789abcdef", &long, &["warning", "256", "257"]),
        ("--sync", &long, &["warning", "Sync", "256", "257"]),
        ("--video", &long[..129], &["warning", "Video", "128", "129"]),
        // 65 characters of two each (error 53200 counts so).
        ("--video", &"é".repeat(65), &["warning", "Video", "128", "130"]),
        ("--video --region ie1", "alice", &["warning", "Video", "us1", "ie1"]),
        ("--voice-incoming --region ie2", "alice", &["warning", "ie2"]),
    ] {
        let run = twilio(&format!("twilio {flags} --identity")).arg(identity).says_all(parts);
        let token = minted_by(run);
        assert_eq!(token.grants()["identity"], json!(identity));
        let run = twilio(&format!("twilio {flags} -q --identity")).arg(identity);
        minted_by(run);
        let run = twilio(&format!("twilio {flags} -o json --identity")).arg(identity);
        let object = run.stdout(predicates::str::starts_with("{")).run().json();
        assert!(object["warnings"].as_array().is_some_and(|warnings| !warnings.is_empty()), "{object}");
    }
    // At the limits, nothing is said.
    for (flags, identity) in [
        ("--sync", &long[..256]),
        ("--video", &long[..128]),
        ("--video --region us1", "alice"),
        ("--video", "alice@example.com"),
        ("--voice-incoming --region au1", "alice_1"),
    ] {
        minted_by(twilio(&format!("twilio {flags} --identity")).arg(identity));
    }
}

#[test]
fn a_grant_without_its_value_takes_it_from_the_environment() {
    let other = "ISffffffffffffffffffffffffffffffff";
    for (flag, name, value, key, grant) in [
        ("--chat", "TWILIO_CHAT_SERVICE_SID", SERVICE, "chat", json!({"service_sid": SERVICE})),
        ("--chat", "TWILIO_CONVERSATIONS_SERVICE_SID", SERVICE, "chat", json!({"service_sid": SERVICE})),
        (
            "--voice",
            "TWILIO_TWIML_APP_SID",
            APPLICATION,
            "voice",
            json!({"outgoing": {"application_sid": APPLICATION}}),
        ),
        ("--sync", "TWILIO_SYNC_SERVICE_SID", SERVICE, "data_sync", json!({"service_sid": SERVICE})),
    ] {
        let line = format!("twilio --identity a {flag}");
        assert_eq!(minted_by(twilio(&line).env(name, value)).grants()[key], grant, "{name}");
        // A malformed one is a fault of the settings, and named.
        twilio(&line).env(name, WORKER).fails(3).says(name).run();
        // Nobody asked for it: it is not looked at.
        minted_by(twilio("twilio --identity a --video").env(name, "nonsense"));
    }
    let run = twilio("twilio --identity a --chat").env("TWILIO_CHAT_SERVICE_SID", SERVICE);
    let token = minted_by(run.env("TWILIO_CONVERSATIONS_SERVICE_SID", other));
    assert_eq!(token.grants()["chat"], json!({"service_sid": SERVICE}));
}

/// A configuration whose profile `dev` has everything, and whose API key is not that of the environment.
fn profile() -> String {
    format!(
        "default_profile = \"dev\"\n[profiles.dev.twilio]\naccount_sid = \"{ACCOUNT}\"\n\
         api_key_sid = \"SKffffffffffffffffffffffffffffffff\"\napi_key_secret = \"{SECRET}\"\nregion = \"ie1\"\n\
         chat_service_sid = \"ISffffffffffffffffffffffffffffffff\"\n\
         voice_application_sid = \"APffffffffffffffffffffffffffffffff\"\n\
         sync_service_sid = \"ISeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\"\n\
         [profiles.bare.twilio]\naccount_sid = \"{ACCOUNT}\"\napi_key_sid = \"{KEY}\"\napi_key_secret = \"{SECRET}\"\n"
    )
}

#[test]
fn a_profile_brings_its_defaults_along() {
    let line = "twilio --identity a --chat --voice --sync";
    for run in [
        tokenmint(line),
        tokenmint(line).args(["--profile", "dev"]),
        tokenmint(line).env("TOKENMINT_PROFILE", "dev"),
        // Variables of the environment stand for nothing beside a profile that was asked for.
        twilio(line).args(["--profile", "dev"]).env("TWILIO_CHAT_SERVICE_SID", SERVICE),
    ] {
        let token = minted_by(run.config(&profile()).hides(SECRET));
        assert_eq!(token.header, r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1","twr":"ie1"}"#);
        assert_eq!(token.claims["iss"], json!("SKffffffffffffffffffffffffffffffff"));
        assert_eq!(
            *token.grants(),
            json!({
                "identity": "a",
                "chat": {"service_sid": "ISffffffffffffffffffffffffffffffff"},
                "voice": {"outgoing": {"application_sid": "APffffffffffffffffffffffffffffffff"}},
                "data_sync": {"service_sid": "ISeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
            })
        );
    }
    let token = minted_by(tokenmint("twilio --identity a --voice-incoming --region au1").config(&profile()));
    assert!(token.header.contains(r#""twr":"au1""#), "{}", token.header);
    // The environment's set shuts the default profile out, its region included.
    let token = minted_by(twilio("twilio --identity a --video").config(&profile()));
    assert_eq!((token.header.as_str(), &token.claims["iss"]), (HEADER, &json!(KEY)));
}

#[test]
fn an_explicit_profile_reads_no_variable_of_twilio() {
    let run = |line: &str| {
        let run = tokenmint(line).args(["--profile", "bare"]).config(&profile()).hides(SECRET);
        let run = run.env("TWILIO_API_KEY", "nonsense").env("TWILIO_API_SECRET", "").env("TWILIO_ACCOUNT_SID", "x");
        run.env("TWILIO_CHAT_SERVICE_SID", SERVICE).env("TWILIO_TWIML_APP_SID", APPLICATION)
    };
    run("twilio --identity a --chat").fails(2).says("--chat").run();
    run("twilio --identity a --voice").fails(2).says("--voice").run();
    let token = minted_by(run("twilio --identity a --sync").env("TWILIO_SYNC_SERVICE_SID", SERVICE));
    assert_eq!(token.grants()["data_sync"], json!({"service_sid": "default"}));
}

#[test]
fn a_malformed_default_of_a_profile_is_a_fault_of_the_settings() {
    let config = profile().replace("ISffffffffffffffffffffffffffffffff", WORKER);
    tokenmint("twilio --identity a --chat").config(&config).fails(3).says("chat_service_sid").hides(WORKER).run();
}

#[test]
fn a_dry_run_shows_header_and_claims_without_credentials() {
    let check = |header: &Value, claims: &Value, issuer: &str, subject: &str| {
        assert_eq!(*header, json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}));
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!(issuer), &json!(subject)));
        assert_eq!(claims["grants"], json!({"identity": "a", "video": {}}));
        assert!(claims["jti"].as_str().is_some_and(|jti| jti.starts_with(&format!("{issuer}-"))), "{claims}");
    };
    for (run, issuer, subject) in [
        (tokenmint("twilio --identity a --video --dry-run"), "API_KEY_SID", "ACCOUNT_SID"),
        (twilio("twilio --identity a --video --dry-run"), KEY, ACCOUNT),
    ] {
        let object = run.args(["-o", "json"]).stdout(predicates::str::starts_with("{")).run().json();
        assert_eq!(object.as_object().map(serde_json::Map::len), Some(2), "{object}");
        check(&object["header"], &object["claims"], issuer, subject);
    }
    let text =
        tokenmint("twilio --identity a --video --dry-run").stdout(predicates::str::contains("API_KEY_SID")).run();
    let objects: Vec<Value> = serde_json::Deserializer::from_str(&text.stdout)
        .into_iter()
        .map(|value| value.expect("header and claims are JSON"))
        .collect();
    assert_eq!(objects.len(), 2, "{}", text.stdout);
    check(&objects[0], &objects[1], "API_KEY_SID", "ACCOUNT_SID");
    // What is wrong with the flags is told all the same.
    tokenmint("twilio --identity a --dry-run").fails(2).says("grant").run();
}

#[cfg(target_os = "linux")]
#[test]
fn no_socket_is_opened() {
    if !installed("strace") {
        return;
    }
    let token = twilio("twilio --identity a --video").stdout(predicates::str::starts_with("eyJ")).run().stdout;
    for (line, stdin) in [
        ("twilio --identity a --video", String::new()),
        ("inspect --verify --check", token.clone()),
        ("inspect --check", token),
    ] {
        let mut run = twilio(line).shell("strace -f -o trace -e trace=network \"$@\"");
        let (command, trace) = (run.command(), run.path("trace"));
        let output = assert_cmd::Command::from_std(command).write_stdin(stdin).output().expect("strace starts");
        if !trace.exists() || String::from_utf8_lossy(&output.stderr).contains("ptrace") {
            crate::harness::skipped("strace may not trace here");
            return;
        }
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let trace = std::fs::read_to_string(trace).expect("a trace");
        let calls: Vec<&str> =
            trace.lines().filter(|call| call.contains("socket(") || call.contains("connect(")).collect();
        assert!(calls.is_empty(), "{line}: {calls:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_identity_and_any_params_come_back_as_they_were(
        identity in "\\PC{1,40}",
        key in "[a-z]{1,8}",
        value in "\\PC{0,40}",
    ) {
        let params = json!({ key: value });
        let run = twilio("twilio -q").arg(format!("--identity={identity}")).arg(format!("--voice={APPLICATION}"));
        let token = minted_by(run.arg("--voice-params").arg(params.to_string()));
        prop_assert_eq!(&token.grants()["identity"], &json!(identity));
        prop_assert_eq!(&token.grants()["voice"]["outgoing"]["params"], &params);
    }
}
