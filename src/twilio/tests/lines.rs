//! Batch lines over flags, and properties of any input.

use base64::Engine as _;
use proptest::prelude::*;

use super::*;
use crate::json::Object;

#[test]
fn a_line_overrides_the_flags() {
    let draft = draft(&["identity=alice", "chat=IS*", "voice-incoming", "ttl=1h"]);
    let line = |text: &str| {
        let line = draft.admit(Object::parse(&text.replace('*', D)).unwrap(), now())?;
        draft.claims(Some(&line), now()).map(|claims| claims.claims_json(&issuer(), None).replace(D, "*"))
    };
    let part = |claims: Result<String>| {
        let claims = claims.unwrap();
        claims.split_once(r#""grants":"#).unwrap().1.split_once(r#","iss""#).unwrap().0.to_owned()
    };
    let rest = r#""chat":{"service_sid":"IS*"},"voice":{"incoming":{"allow":true}}},"iat":1700000000,"#;
    assert_eq!(part(line(r#"{"identity":"b\u00f6b"}"#)), format!(r#"{{"identity":"böb",{rest}"exp":1700003600"#));
    assert_eq!(part(line(r#"{"ttl":"10m"}"#)), format!(r#"{{"identity":"alice",{rest}"exp":1700000600"#));
    assert_eq!(
        part(line(r#"{"chat":false,"voice_incoming":false,"video":null,"sync":true,"not_before":"@1"}"#)),
        r#"{"identity":"alice","video":{},"data_sync":{"service_sid":"default"}},"nbf":1,"iat":1700000000,"exp":1700003600"#
    );
    assert_eq!(
        part(line(r#"{"chat":"IS*","voice":"AP*","voice_params":{"n":1.0},"grant":{"x":{"y":2}}}"#)),
        r#"{"identity":"alice","chat":{"service_sid":"IS*"},"voice":{"incoming":{"allow":true},"outgoing":{"application_sid":"AP*","params":{"n":1.0}}},"x":{"y":2}},"iat":1700000000,"exp":1700003600"#
    );
    for (text, named) in [
        (r#"{"idenity":"b"}"#, "'idenity' is not a field of a twilio line (did you mean 'identity'?)"),
        (r#"{"identity":1}"#, "identity must be a string"),
        (r#"{"identity":""}"#, "identity is empty"),
        (r#"{"ttl":3600}"#, "ttl '3600' has no unit"),
        (r#"{"chat":"AC*"}"#, "chat is not a service SID: that is an account SID (AC)"),
        (r#"{"chat":7}"#, "chat must be a string, or true"),
        (r#"{"voice_incoming":"true"}"#, "voice_incoming must be true or false"),
        (r#"{"grant":{"chat":{}}}"#, "--chat and grant chat"),
        (r#"{"grant":{"x":{},"x":{}}}"#, "grant names 'x' twice"),
        (r#"{"chat":false,"voice_incoming":false}"#, "missing at least one grant"),
        (r#"{"worker_sid":"WK*"}"#, "worker_sid requires --task-router"),
    ] {
        let failure = line(text).unwrap_err();
        assert_eq!(failure.category(), Category::Usage);
        assert!(failure.to_string().contains(named), "{text}: {failure}");
    }
}

#[test]
fn lines_may_bring_everything() {
    let draft = draft(&[]);
    let line = Object::parse(r#"{"identity":"a","video":"r"}"#).unwrap();
    let claims = draft.claims(Some(&line), now()).unwrap();
    assert!(claims.claims_json(&Issuer::placeholder(), None).ends_with(r#","iss":"API_KEY_SID","sub":"ACCOUNT_SID"}"#));
    assert!(
        draft
            .claims(Some(&Object::default()), now())
            .unwrap_err()
            .to_string()
            .contains("missing identity and at least one grant")
    );
}

#[test]
fn the_region_of_a_run_is_known_before_its_first_line() {
    let (draft, notes) = draft_with(&["region=ie2"], &defaults("region", "au1")).unwrap();
    assert_eq!((draft.region(), notes.len()), (Some("ie2"), 1));
    let line = Object::parse(r#"{"identity":"a","video":true,"region":"ie1"}"#).unwrap();
    assert_eq!(draft.claims(Some(&line), now()).unwrap().region(), Some("ie1"));
}

proptest! {
    // A failure is mended and gets a test of its own, so no file of failures is kept beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_identity_and_room_come_back_and_the_signature_holds(identity in "\\PC{1,40}|.{1,40}", room in ".{1,20}", bytes: [u8; 8]) {
        let words = Given::from([("identity", vec![Some(identity.clone())]), ("video", vec![Some(room.clone())])]);
        let (draft, _) = plan(&words, &Defaults::default()).unwrap();
        let claims = draft.claims(None, now()).unwrap();
        let token = signer(None).sign(&claims, Some(Nonce(bytes)));
        prop_assert!(crate::token::is_believable(token.expose()));
        let (signed, signature) = token.expose().rsplit_once('.').unwrap();
        let url = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let payload = url.decode(signed.split_once('.').unwrap().1).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        prop_assert_eq!(payload["grants"]["identity"].as_str(), Some(identity.as_str()));
        prop_assert_eq!(payload["grants"]["video"]["room"].as_str(), Some(room.as_str()));
        let key = Key::new(&Secret::new(SECRET.to_owned())).unwrap();
        prop_assert!(key.verify(signed.as_bytes(), &url.decode(signature).unwrap()));
    }

    #[test]
    fn no_text_makes_a_line_or_a_flag_panic(key in "[a-z_]{1,12}", text in ".{0,30}", number: i64) {
        let draft = draft(&["identity=a", "video"]);
        for raw in [crate::json::string(&text), number.to_string(), format!("[{number}]")] {
            let mut line = Object::default();
            line.set(&key, raw);
            let _ = draft.admit(line, now()).map(|line| draft.claims(Some(&line), now()).map(drop));
        }
        for field in access_token::KIND.fields {
            let words = Given::from([(field.flag.name, vec![Some(text.clone())])]);
            let _ = plan(&words, &Defaults::default()).map(|(draft, _)| draft.claims(None, now()).map(drop));
            let mut line = Object::default();
            line.set(field.key, number.to_string());
            let _ = draft.admit(line, now()).map(|line| draft.claims(Some(&line), now()).map(drop));
        }
    }
}
