//! Whole tokens against known answers.
//!
//! The made-up credentials, and the payloads and signatures called "Node", are those that Twilio's Node library (6.2.0)
//! emitted for the same input at second 1700000000. The other signatures were computed with Python's `hmac` and `base64`
//! modules over payloads written out by hand.

use super::*;
use crate::catalog::Scratch;

#[test]
fn a_chat_token_is_that_of_the_node_library() {
    let draft = draft(&["identity=alice", "chat=IS*"]);
    let claims = draft.claims(None, now()).unwrap();
    assert_eq!(claims.header_json(), HEADER);
    // Node, chat grant.
    assert_eq!(
        claims.claims_json(&issuer(), None),
        r#"{"jti":"SK0123456789abcdef0123456789abcdef-1700000000","grants":{"identity":"alice","chat":{"service_sid":"IS0123456789abcdef0123456789abcdef"}},"iat":1700000000,"exp":1700003600,"iss":"SK0123456789abcdef0123456789abcdef","sub":"AC0123456789abcdef0123456789abcdef"}"#
    );
    let token = signer(None).sign(&claims, None);
    assert_eq!(token.expose().rsplit('.').next(), Some("hXMupN_PcRVEQgKCs79z_umt0LyaFedvNEpwYFlDMvA"));
    assert_eq!(claims.expires_at().as_second(), 1_700_003_600);
}

#[test]
fn a_voice_token_with_a_region_is_that_of_the_node_library() {
    let draft = draft(&[
        "identity=alice",
        "voice=AP*",
        "voice-incoming",
        "voice-params={\"k\": \"v\"}",
        "region=ie1",
        "ttl=10m",
    ]);
    let claims = draft.claims(None, now()).unwrap();
    // Node, voice grant, region ie1, ttl 600.
    assert_eq!(claims.header_json(), r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1","twr":"ie1"}"#);
    assert_eq!(
        claims.claims_json(&issuer(), None),
        r#"{"jti":"SK0123456789abcdef0123456789abcdef-1700000000","grants":{"identity":"alice","voice":{"incoming":{"allow":true},"outgoing":{"application_sid":"AP0123456789abcdef0123456789abcdef","params":{"k":"v"}}}},"iat":1700000000,"exp":1700000600,"iss":"SK0123456789abcdef0123456789abcdef","sub":"AC0123456789abcdef0123456789abcdef"}"#
    );
    for usual in [None, Some("ie1"), Some("au1")] {
        let token = signer(usual).sign(&claims, None);
        assert_eq!(token.expose().rsplit('.').next(), Some("Yn4F8Gh4qVenPq6t6Zpft8M6oFFOjnGErMhsYbBs3Nk"));
    }
}

#[test]
fn every_chat_field_and_nbf_stand_where_the_node_library_puts_them() {
    let words = ["identity=alice", "chat=IS*", "endpoint-id=ep1", "deployment-role-sid=RL*", "push-credential-sid=CR*"];
    let draft = draft(&[&words[..], &["not-before=@1699999990", "ttl=24h"]].concat());
    let claims = draft.claims(None, now()).unwrap();
    // Node, all chat fields and nbf.
    let expected = r#""chat":{"service_sid":"IS*","endpoint_id":"ep1","deployment_role_sid":"RL*","push_credential_sid":"CR*"}},"nbf":1699999990,"iat":1700000000,"exp":1700086400,"#;
    assert!(claims.claims_json(&issuer(), None).contains(&expected.replace('*', D)));
    // Python's hmac.
    let token = signer(None).sign(&claims, None);
    assert_eq!(token.expose().rsplit('.').next(), Some("IAGyM2eTjBLg1dymMeStvr8kgixTJuxyz6PsruBcBpM"));
}

#[test]
fn all_grants_together_with_a_nonce_and_an_identity_beyond_ascii() {
    let draft = draft(&[
        "identity=zoë \"q\" 日本",
        "sync",
        "task-router=WS*",
        "worker-sid=WK*",
        "task-router-role=worker",
        "voice=AP*",
        "voice-incoming=true",
        "video=r",
        "chat=IS*",
        "grant=player={ \"z\": 1.0 }",
    ]);
    let claims = draft.claims(None, now()).unwrap();
    let nonce = Nonce([0x00, 0xff, 0x10, 0xa0, 0, 0, 0, 1]);
    // Python's hmac over the same claims written out by hand.
    let token = signer(None).sign(&claims, Some(nonce));
    assert_eq!(token.expose().rsplit('.').next(), Some("faQQucy8WcHkEOFnM0uswM2xbgV4NAn2eXqHjwWzGnM"));
    let mut scratch = Scratch::new(|_| unreachable!());
    let signer = signer(None);
    for _ in 0..3 {
        scratch.payload = b"what the last token left".to_vec();
        scratch.token = "kept ".to_owned();
        signer.sign_into(&claims, Some(nonce), &mut scratch);
        assert_eq!(scratch.token, format!("kept {}", token.expose()));
    }
}

#[test]
fn each_grant_has_the_shape_of_the_node_library() {
    assert_eq!(grants_of(&["video"]), r#""video":{}"#);
    assert_eq!(grants_of(&["sync=IS*"]), r#""data_sync":{"service_sid":"IS*"}"#);
    assert_eq!(grants_of(&["voice-incoming"]), r#""voice":{"incoming":{"allow":true}}"#);
    assert_eq!(grants_of(&["voice=AP*", "voice-incoming=false"]), r#""voice":{"outgoing":{"application_sid":"AP*"}}"#);
    assert_eq!(
        grants_of(&["voice=AP*", "sync", "push-credential-sid=CR*", "endpoint-id=e"]),
        r#""voice":{"outgoing":{"application_sid":"AP*"},"push_credential_sid":"CR*","endpoint_id":"e"},"data_sync":{"service_sid":"default","endpoint_id":"e"}"#
    );
    assert_eq!(
        grants_of(&["task-router=WS*", "worker-sid=WK*", "task-router-role=worker"]),
        r#""task_router":{"workspace_sid":"WS*","worker_sid":"WK*","role":"worker"}"#
    );
    assert_eq!(
        grants_of(&["grant=rtc={\"configuration_profile_sid\":\"VS\"}", "grant=x={\"b\":1e2,\"a\":\"\\u0041\"}"]),
        r#""rtc":{"configuration_profile_sid":"VS"},"x":{"b":1e2,"a":"\u0041"}"#
    );
}
