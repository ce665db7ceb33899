//! What the tests share. Tokens are made here from JSON written out by hand, in the shapes that the facts about both services
//! give; the signed Twilio token is the one that Twilio's Node library (6.2.0) emitted for made-up credentials.

mod properties;
mod reports;
mod twilio;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token_type::{self, TokenType};
use super::*;
use crate::error::Result;
use crate::json::Object;
use crate::secret::Secret;
use crate::twilio::Key;
use jiff::{SignedDuration, Timestamp};

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
    read(&format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))).unwrap()
}

fn node() -> Inspected {
    let (header, claims) = (URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(NODE_CLAIMS));
    read(&format!("{header}.{claims}.{NODE_SIGNATURE}")).unwrap()
}

fn exit(result: Result<()>) -> u8 {
    result.err().map_or(0, |failure| failure.category().exit())
}

impl Inspected {
    fn problems(&self, now: Timestamp) -> Vec<String> {
        problems::of(self, now)
    }

    fn report_text(&self, now: Timestamp) -> String {
        report::text(self, now)
    }

    fn report_json(&self, now: Timestamp) -> String {
        report::json(self, now)
    }
}
