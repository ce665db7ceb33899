//! Subscriber access tokens (SAT, Call Fabric): `POST /api/fabric/subscribers/tokens`. The fields are those of SignalWire's
//! REST reference, "Create Subscriber Token"; Browser SDK v4 is built on these tokens.

use jiff::{SignedDuration, Timestamp};

use super::guest::{self, ANY_SCOPE, EXPIRE_AT, REGION, TTL};
use crate::catalog::rule::{NonEmpty, OneOf, Rule, Text, Uuid, not_string};
use crate::catalog::{Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting, Problem, past_seconds};
use crate::error::Note;
use crate::json::{self, Object};
use crate::token::Member;

/// `tokenmint subscriber`.
pub static KIND: Kind = Kind {
    name: "subscriber",
    variable: "SIGNALWIRE_SUBSCRIBER_TOKEN",
    help: Help {
        about: "Mint a SignalWire subscriber access token (Call Fabric)",
        long: "Mint a SignalWire subscriber access token (SAT): with it a client of Browser SDK v4 makes and receives \
               calls. A refresh token comes with it; -o json and -o export print both.\n\n\
               The request creates the subscriber if the reference is new, and updates it otherwise. SignalWire bills \
               each subscriber every month.",
        examples: "tokenmint subscriber --reference alice@example.com --ttl 2h
tokenmint subscriber --reference alice --display-name 'Alice A.' --password @password.txt -o json
tokenmint subscriber --profile emulator --reference alice -o export",
    },
    fields: FIELDS,
    minting: Minting::Http(Endpoint {
        answer: &[Member::TOKEN, Member::REFRESH, Member::plain("subscriber_id")],
        cross_check: |body, now| past_seconds(body, "expire_at", now).into_iter().collect(),
        expiry,
        advice,
        ..Endpoint::new("/api/fabric/subscribers/tokens", ANY_SCOPE)
    }),
    emulation: Some(Emulation {
        missing: "Required parameter is missing",
        ..Emulation::new(200, Form::Encrypted("SAT"), claims)
    }),
};

/// How long a token with the scope `sat:refresh` lives that is bound to no browser.
const UNBOUND_LIFETIME: SignedDuration = SignedDuration::from_mins(1);

const FIELDS: &[Field] = &[
    Field::new(
        "reference",
        "reference",
        "NAME",
        Input::Text,
        &NonEmpty,
        "Your name for the subscriber, such as an e-mail address\n\nA new one creates a subscriber.",
    )
    .required()
    .names_token(),
    EXPIRE_AT,
    TTL,
    Field::new(
        "application_id",
        "application-id",
        "UUID",
        Input::Text,
        &Uuid,
        "The application that the token is associated with",
    ),
    Field::new(
        "password",
        "password",
        "@FILE|-",
        Input::Secret,
        &Text::ANY,
        "Set the subscriber's password, read from a file or stdin\n\n\
         @FILE or -, never the password itself: other users can see the command line. One final newline is cut. \
         Without it the password stays as it is.",
    ),
    Field::new(
        "fingerprint",
        "fingerprint",
        "THUMBPRINT",
        Input::Text,
        &Thumbprint,
        "Bind the token to one browser, by the thumbprint of its key\n\nThe JWK thumbprint (RFC 7638).",
    ),
    Field::new(
        "scope",
        "scope",
        "SCOPE",
        Input::Text,
        &OneOf(&["sat:refresh"]),
        "Let the browser renew the token itself: sat:refresh\n\n\
         Without --fingerprint the service limits such a token to one minute.",
    ),
    profile("first_name", "first-name", "The subscriber's first name"),
    profile("last_name", "last-name", "The subscriber's last name"),
    profile("display_name", "display-name", "The subscriber's display name"),
    profile("job_title", "job-title", "The subscriber's job title"),
    profile("time_zone", "time-zone", "The subscriber's time zone"),
    profile("country", "country", "The subscriber's country"),
    REGION,
    profile("company_name", "company-name", "The subscriber's company"),
];

/// A value of the subscriber's profile, which the request sets or updates.
const fn profile(key: &'static str, flag: &'static str, help: &'static str) -> Field {
    Field::new(key, flag, "TEXT", Input::Text, &Text::ANY, help)
}

/// The SHA-256 thumbprint of a JWK (RFC 7638) in base64url.
struct Thumbprint;

impl Thumbprint {
    const LENGTH: usize = 43;
}

impl Rule for Thumbprint {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_str(raw) else { return vec![not_string()] };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if given.len() == Self::LENGTH && given.bytes().all(fits) {
            return Vec::new();
        }
        let count = given.chars().count();
        let but = if count == Self::LENGTH { "others".to_owned() } else { format!("{count} characters") };
        let sentence = format!("must be exactly {} of the characters A-Z a-z 0-9 _ -, got {but}", Self::LENGTH);
        vec![Problem::new(sentence, "invalid_parameter", "{} is invalid")]
    }

    fn limit(&self) -> Option<String> {
        Some(format!("exactly {} of the characters A-Z a-z 0-9 _ -", Self::LENGTH))
    }
}

fn is_unbound_refresh(body: &Object) -> bool {
    body.get("scope").is_some() && body.get("fingerprint").is_none()
}

/// What was asked for, else what the service documents.
fn expiry(body: &Object, now: Timestamp) -> Option<Timestamp> {
    let expiry = guest::expiry(body, now)?;
    match now.checked_add(UNBOUND_LIFETIME) {
        Ok(limit) if is_unbound_refresh(body) => Some(expiry.min(limit)),
        _ => Some(expiry),
    }
}

fn advice(body: &Object) -> Vec<Note> {
    let text = "without --fingerprint the service limits a token with --scope sat:refresh to one minute";
    is_unbound_refresh(body).then(|| Note::Warning(text.to_owned())).into_iter().collect()
}

/// The real claims are known to the service alone; these hold what the request said, for tests that decrypt them with the
/// development key. A password is never among them.
fn claims(claims: &mut Object, body: &Object, _: &Invented) {
    for key in ["reference", "application_id", "scope", "region"] {
        if let Some(value) = body.get(key) {
            claims.set(key, value.to_owned());
        }
    }
    if let Some(fingerprint) = body.get("fingerprint") {
        claims.set(
            "cnf",
            json::object(|json| {
                json.raw("jkt", fingerprint);
            }),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_has_exactly_43_characters_of_base64url() {
        // The example of RFC 7638, section 3.1.
        assert_eq!(Thumbprint.check("\"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\""), []);
        for (wrong, said) in [
            ("\"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9X\"", "got 42 characters"),
            ("\"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs=\"", "got 44 characters"),
            ("\"NzbLsXh8uDCcd+6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\"", "got others"),
            ("\"\"", "got 0 characters"),
            ("43", "must be a string"),
        ] {
            let problems = Thumbprint.check(wrong);
            assert!(problems.len() == 1 && problems[0].to_string().contains(said), "{problems:?}");
        }
    }

    #[test]
    fn a_token_that_renews_itself_lives_one_minute_unless_it_is_bound() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let lifetime = |body: &str| {
            let body = Object::parse(body).unwrap();
            (expiry(&body, now).unwrap().as_second() - 1_700_000_000, advice(&body).len())
        };
        assert_eq!(lifetime(r#"{"reference":"a"}"#), (7_200, 0));
        assert_eq!(lifetime(r#"{"expire_at":1700000900}"#), (900, 0));
        assert_eq!(lifetime(r#"{"scope":"sat:refresh"}"#), (60, 1));
        assert_eq!(lifetime(r#"{"scope":"sat:refresh","expire_at":1700000030}"#), (30, 1));
        assert_eq!(lifetime(r#"{"scope":"sat:refresh","fingerprint":"x"}"#), (7_200, 0));
    }
}
