//! The rules of `tokenmint twilio`, seen from outside: what each test file shares.

mod known;
mod lines;
mod rules;

use super::*;
use crate::app::App;
use crate::catalog::{Defaults, Draft, Found, Given, Nonce};
use crate::error::{Category, Failure, Note, Result};
use crate::secret::Secret;
use jiff::Timestamp;

const D: &str = "0123456789abcdef0123456789abcdef";
const SECRET: &str = "abcdefghijklmnopqrstuvwxyz012345";
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"}"#;

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// Flags as typed, a word each: `chat` alone or `chat=IS…`. `IS*` stands for `IS` and the digits.
fn given(words: &[&str]) -> Given {
    let mut given = Given::new();
    for word in words {
        let (name, value) =
            word.split_once('=').map_or((*word, None), |(name, value)| (name, Some(value.replace('*', D))));
        given.entry(access_token::field(name).unwrap().flag.name).or_default().push(value);
    }
    given
}

fn draft_with(words: &[&str], defaults: &Defaults) -> Result<(Plan, Vec<Note>)> {
    plan(&given(words), defaults)
}

fn plan(given: &Given, defaults: &Defaults) -> Result<(Plan, Vec<Note>)> {
    let app = App { clock: now, ..App::of_process() };
    let draft = Draft::new(&access_token::KIND, given, None, defaults.clone(), &app)?;
    Plan::new(draft, &app).map(|plan| (plan, app.notes.take()))
}

fn draft(words: &[&str]) -> Plan {
    draft_with(words, &Defaults::default()).unwrap().0
}

fn failure_with(words: &[&str], defaults: &Defaults) -> Failure {
    match draft_with(words, defaults) {
        Err(failure) => failure,
        Ok((draft, _)) => draft.claims(None, now()).unwrap_err(),
    }
}

fn refused(words: &[&str]) -> String {
    let failure = failure_with(words, &Defaults::default());
    assert_eq!(failure.category(), Category::Usage, "{failure}");
    failure.to_string()
}

fn issuer() -> Issuer {
    Issuer::new(&format!("SK{D}"), &format!("AC{D}"))
}

fn signer(region: Option<&str>) -> Signer {
    Signer::new(Key::new(&Secret::new(SECRET.to_owned())).unwrap(), issuer(), region)
}

fn claims_of(words: &[&str]) -> String {
    draft(words).claims(None, now()).unwrap().claims_json(&issuer(), None)
}

/// The part of the claims between the identity and the times.
fn grants_of(words: &[&str]) -> String {
    let claims = claims_of(&[&["identity=alice"], words].concat());
    let (_, rest) = claims.split_once(r#""identity":"alice","#).unwrap();
    rest.split_once(r#"},"iat""#).unwrap().0.replace(D, "*")
}

fn note_texts(words: &[&str]) -> String {
    let (_, notes) = draft_with(words, &Defaults::default()).unwrap();
    notes.iter().fold(String::new(), |text, note| text + &format!("{}: {}\n", note.label(), note.text()))
}

fn defaults(origin: &str, value: &str) -> Defaults {
    let key = match origin {
        "chat" => "chat_service_sid",
        "voice" => "voice_application_sid",
        "sync" => "sync_service_sid",
        _ => "region",
    };
    let found = Found { value: value.replace('*', D), origin: origin.to_owned() };
    [(key, found)].into_iter().collect()
}
