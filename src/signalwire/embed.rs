//! Embed tokens (click to call): `POST /api/fabric/embeds/tokens`. The one field is that of SignalWire's REST reference,
//! "Create guest embed token". The key in it is public and the request is not authenticated.

use super::guest::ANY_SCOPE;
use crate::catalog::rule::{Rule, not_string};
use crate::catalog::{
    Authentication, Emulation, Endpoint, Field, Form, Help, Input, Invented, Kind, Minting, Problem, Refused,
};
use crate::json::{self, Object};
use crate::pasted::token_type::look_of_secret;
use crate::text::count;

/// `tokenmint embed`.
pub static KIND: Kind = Kind {
    name: "embed",
    variable: "SIGNALWIRE_EMBED_TOKEN",
    help: Help {
        about: "Mint a SignalWire embed token (click to call)",
        long: "Mint a SignalWire embed token (click to call): it lets the widget of a web page call the address that \
               its public key is for.\n\n\
               The request is not authenticated. Only the space is needed, from SIGNALWIRE_SPACE or a profile; the API \
               token is not read. The emulator accepts every well-formed key.\n\n\
               How long the token lives is not documented and cannot be chosen; the Browser SDK assumes one hour. \
               There is no refresh token: mint another one.",
        examples: "tokenmint embed --token c2c_0123456789abcdef0123456789abcdef
tokenmint embed --token c2c_0123456789abcdef0123456789abcdef -o json
tokenmint embed --profile emulator --token c2c_0123456789abcdef0123456789abcdef",
    },
    fields: FIELDS,
    minting: Minting::Http(Endpoint {
        authentication: Authentication::None(&KEY),
        ..Endpoint::new("/api/fabric/embeds/tokens", ANY_SCOPE)
    }),
    emulation: Some(Emulation {
        names: &[("token", "token")],
        missing: "{} is required",
        ..Emulation::new(201, Form::Encrypted("SAT"), claims)
    }),
};

/// What the service judges in place of credentials.
static KEY: Refused = Refused {
    what: "the click-to-call key",
    hint: "--token must be a key of this space; copy it (c2c_…) from the widget's code in the SignalWire Dashboard",
    field: Some("token"),
};

const FIELDS: &[Field] = &[Field::new(
    "token",
    "token",
    "KEY",
    Input::Text,
    &ClickToCallKey,
    "The widget's click-to-call key, c2c_…\n\n\
     c2c_ and 32 hexadecimal digits. It is public and part of the web page.",
)
.required()];

/// `c2c_` and 32 hexadecimal digits.
struct ClickToCallKey;

impl ClickToCallKey {
    const PREFIX: &str = "c2c_";
    const DIGITS: usize = 32;
}

impl Rule for ClickToCallKey {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(given) = json::as_str(raw) else { return vec![not_string()] };
        let digits = given.strip_prefix(Self::PREFIX);
        if digits
            .is_some_and(|digits| digits.len() == Self::DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return Vec::new();
        }
        // Without the value: a secret in the wrong place must not be repeated.
        let but = match digits {
            Some(digits) if digits.chars().count() != Self::DIGITS => {
                format!("{} after c2c_", count(digits.chars().count() as u64, "character"))
            }
            Some(_) => "characters other than digits after c2c_".to_owned(),
            None if given.is_empty() => "an empty text".to_owned(),
            None => {
                look_of_secret(&given).map_or_else(|| "something else".to_owned(), |look| format!("what {look}"))
                    + " (not shown)"
            }
        };
        let sentence = format!("must be a click-to-call key, c2c_ and {} hexadecimal digits; got {but}", Self::DIGITS);
        vec![Problem::new(sentence, "invalid_parameter", "{} is invalid")]
    }
}

/// The real claims are known to the service alone; these hold what the request said, for tests that decrypt them with the
/// development key.
fn claims(claims: &mut Object, body: &Object, _: &Invented) {
    claims.set("embed", body.get("token").unwrap_or("null").to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_prefix_and_32_digits_and_others_are_not_repeated() {
        assert_eq!(ClickToCallKey.check("\"c2c_0123456789abcdef0123456789ABCDEF\""), []);
        for (wrong, said) in [
            ("\"c2c_0123456789abcdef0123456789abcde\"", "got 31 characters after c2c_"),
            ("\"c2c_0123456789abcdef0123456789abcdeg\"", "got characters other than digits after c2c_"),
            ("\"0123456789abcdef0123456789abcdef\"", "got something else (not shown)"),
            ("\"PTdeadbeefdeadbeefdeadbeef\"", "what looks like a SignalWire API token"),
            ("\"eyJhbGciOiJkaXIi\"", "a JWT"),
            ("\"\"", "got an empty text"),
            ("7", "must be a string"),
        ] {
            let problems = ClickToCallKey.check(wrong);
            let text = problems[0].to_string();
            assert!(problems.len() == 1 && text.contains(said), "{text}");
            assert!(!text.contains("deadbeef") && !text.contains("hbGci"), "{text}");
        }
    }
}
