//! What the tests share. Tokens are made here from JSON written out by hand, in the shapes that the facts about both services
//! give; the signed Twilio token is the one that Twilio's Node library (6.2.0) emitted for made-up credentials.

mod properties;
mod reports;
mod twilio;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::error::Result;
use crate::json::Object;
use crate::output::screen::Screen;
use crate::pasted::token_type::TokenType;
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

/// A token with a signature of the length that its algorithm makes.
fn jws(header: &str, claims: &str) -> Inspected {
    let length = [("HS256", 43), ("HS384", 64), ("HS512", 86)].iter().find(|(name, _)| header.contains(name));
    let signature = "s".repeat(length.map_or(4, |(_, length)| *length));
    one(&format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)))
}

/// An encrypted token with parts of the lengths that AES-GCM makes.
fn jwe(header: &str) -> Inspected {
    one(&format!("{}..{}.dGV4dA.{}", URL_SAFE_NO_PAD.encode(header), "n".repeat(16), "t".repeat(22)))
}

fn one(token: &str) -> Inspected {
    read(token).unwrap().remove(0).1
}

fn node() -> Inspected {
    let (header, claims) = (URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(NODE_CLAIMS));
    one(&format!("{header}.{claims}.{NODE_SIGNATURE}"))
}

fn exit(result: Result<()>) -> u8 {
    result.err().map_or(0, |failure| failure.category().exit())
}

impl Inspected {
    fn valid(&self, now: Timestamp) -> Option<bool> {
        Judgement::of(self, now).valid()
    }

    fn problems(&self, now: Timestamp) -> Vec<String> {
        Judgement::of(self, now).problems.iter().map(ToString::to_string).collect()
    }

    fn check(&self, now: Timestamp, min_ttl: Option<SignedDuration>) -> Result<()> {
        Judgement::of(self, now).check(min_ttl)
    }

    fn report_text(&self, now: Timestamp) -> String {
        self.report_on(&Screen::default(), now)
    }

    fn report_on(&self, screen: &Screen, now: Timestamp) -> String {
        report::text(&Judgement::of(self, now), screen)
    }

    fn report_json(&self, now: Timestamp) -> String {
        report::json(&Judgement::of(self, now)).to_string()
    }
}
