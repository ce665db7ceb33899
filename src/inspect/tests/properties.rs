//! Nothing panics, and what was signed comes back.

use proptest::prelude::*;

use super::*;
use crate::app::App;
use crate::catalog::{Defaults, Draft, Given, Nonce};
use crate::pasted::member;
use crate::twilio::{Issuer, Plan, Signer, access_token};

fn look_at(token: &mut Inspected, now: i64) {
    let now = Timestamp::from_second(now).unwrap_or(Timestamp::MAX);
    let _ = token.verify(SK, &Secret::new(SECRET.to_owned()));
    // Not as a `Value`: a number that is right by the grammar of JSON may be too large for one.
    assert_eq!(Object::parse(&token.report_json(now)).unwrap().len(), 11);
    let narrow = Screen { width: Some(30), color: false };
    let text = token.report_text(now) + &token.report_on(&narrow, now);
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'), "{text:?}");
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
            for (_, mut token) in read(&text).unwrap_or_default() {
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
        let app = App { clock: || at(1_700_000_000), ..App::of_process() };
        let draft = Draft::new(&access_token::KIND, &given, None, Defaults::default(), &app).unwrap();
        let plan = Plan::new(draft, &app).unwrap();
        let secret = Secret::new(SECRET.to_owned());
        let signer = Signer::new(Key::new(&secret).unwrap(), Issuer::new(SK, AC), None);
        let claims = plan.claims(None, now).unwrap();
        let minted = signer.sign(&claims, Some(Nonce([7; 8])));
        let mut token = one(minted.expose());
        token.verify(SK, &secret).unwrap();
        prop_assert_eq!(token.signature, Signature::Valid);
        prop_assert_eq!(token.problems(now), Vec::<String>::new());
        prop_assert_eq!(token.validity.expires_at(), Some(at(1_700_000_000 + ttl)));
        let grants = Object::parse(token.claims.as_ref().unwrap().get("grants").unwrap()).unwrap();
        prop_assert_eq!(member::text(&grants, "identity"), Some(identity));
        let video = Object::parse(grants.get("video").unwrap()).unwrap();
        prop_assert_eq!(member::text(&video, "room"), Some(room));
        let voice = grants.get("voice").unwrap();
        prop_assert!(voice.contains(&params), "{} {}", voice, params);
        prop_assert_eq!(token.header.as_ref().unwrap().to_string(), claims.header_json());
    }
}
