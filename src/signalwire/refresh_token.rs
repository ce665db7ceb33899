//! What can be told from a refresh token: SignalWire encrypts it (JWE), so that only its header can be read.

use crate::catalog::Problem;
use crate::catalog::rule::{Rule, not_string};
use crate::json::{self, Object};
use crate::jwt;
use crate::token::{MAX_LENGTH, is_believable};

/// A refresh token, as far as its header shows.
pub(super) struct RefreshToken;

/// The parts of an encrypted token.
const PARTS: usize = 5;

impl Rule for RefreshToken {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(text) = json::as_str(raw) else { return vec![not_string()] };
        let malformed =
            |sentence: String| vec![Problem::new(sentence, "invalid_token_format", "Invalid token format.")];
        if text.is_empty() {
            return malformed("is empty".to_owned());
        }
        if text.len() > MAX_LENGTH {
            return malformed(format!("has {} characters; a token has at most {MAX_LENGTH}", text.len()));
        }
        if !is_believable(&text) {
            return malformed("contains characters that tokens never have".to_owned());
        }
        match misfit(&text) {
            None => Vec::new(),
            Some(Misfit::Cut(parts)) => malformed(format!(
                "has {parts} part{} where a refresh token has {PARTS}; it was cut short or extended",
                if parts == 1 { "" } else { "s" }
            )),
            Some(Misfit::Other(what)) => {
                let service = "Invalid token type. You must use a Refresh token.";
                let problem = Problem::new(format!("is {what}, not a refresh token"), "not_a_refresh_token", service);
                let hint = "a refresh token comes with the access token: tokenmint subscriber -o json prints both";
                vec![problem.hint(Some(hint.to_owned()))]
            }
        }
    }
}

/// Whether the header of a token says that it is a refresh token.
pub(super) fn says_refresh(token: &str) -> bool {
    header(token).is_some_and(|header| typ(&header).is_some_and(|typ| is_refresh(&typ))) && misfit(token).is_none()
}

/// Why a token is certainly not a refresh token.
enum Misfit {
    /// It has so many parts.
    Cut(usize),
    /// It is this.
    Other(String),
}

/// What begins like this is another secret of SignalWire.
const PREFIXES: [(&str, &str); 4] = [
    ("PT", "a SignalWire API token (PT…)"),
    ("PSK_", "a SignalWire signing key (PSK_…)"),
    ("c2c_", "a click-to-call token (c2c_…)"),
    ("vpt_", "a SignalWire conference token (vpt_…)"),
];

/// `None` where it is a refresh token, or nothing shows that it is not.
fn misfit(token: &str) -> Option<Misfit> {
    if let Some((_, what)) = PREFIXES.iter().find(|(prefix, _)| token.starts_with(prefix)) {
        return Some(Misfit::Other((*what).to_owned()));
    }
    let header = header(token)?;
    let (parts, typ) = (token.split('.').count(), typ(&header));
    let is_encrypted = parts == PARTS || header.get("enc").is_some();
    match typ {
        _ if parts == 3 && !is_encrypted => Some(Misfit::Other(signed(&header, typ.as_deref()))),
        Some(typ) if typ == "SAT" => Some(Misfit::Other("a subscriber access token (SAT)".to_owned())),
        Some(typ) if !is_refresh(&typ) => Some(Misfit::Other(of_type(&typ))),
        _ if parts != PARTS => Some(Misfit::Cut(parts)),
        _ => None,
    }
}

/// What a signed token is.
fn signed(header: &Object, typ: Option<&str>) -> String {
    let cty = header.get("cty").and_then(json::as_str);
    let what = match typ {
        _ if cty.is_some_and(|cty| cty.starts_with("twilio-")) => "a Twilio Access Token",
        Some("CRT") => "a SignalWire Chat or PubSub token",
        Some("VRT") => "a SignalWire video room token",
        Some("Refresh") => "a signed token of the Relay SDK v2",
        _ => "a signed token (JWS)",
    };
    what.to_owned()
}

/// The type of a token, shown only where it is a plain word: the text is from outside.
fn of_type(typ: &str) -> String {
    let plain = (1..=16).contains(&typ.len()) && typ.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { format!("a token of type '{typ}'") } else { "a token of another type".to_owned() }
}

fn is_refresh(typ: &str) -> bool {
    typ.eq_ignore_ascii_case("Refresh")
}

fn header(token: &str) -> Option<Object> {
    let bytes = jwt::decode_lenient(token.split('.').next()?)?;
    Object::parse(std::str::from_utf8(&bytes).ok()?).ok()
}

fn typ(header: &Object) -> Option<String> {
    header.get("typ").and_then(json::as_str).map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf %s '{"alg":"dir","enc":"A256GCM","typ":"Refresh"}' | basenc --base64url | tr -d =, and so on.
    const REFRESH: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9";
    const SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0";
    const CHAT: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCJ9";
    const ROOM: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IlZSVCJ9";
    const RELAY: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IlJlZnJlc2gifQ";
    const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    // {"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}
    const TWILIO: &str = "eyJhbGciOiJIUzI1NiIsImN0eSI6InR3aWxpby1mcGE7dj0xIiwidHlwIjoiSldUIn0";

    fn said(token: &str) -> String {
        let problems = RefreshToken.check(&json::string(token));
        problems.first().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn a_refresh_token_and_what_cannot_be_read_pass() {
        for fine in [&format!("{REFRESH}..iv.text.tag"), "opaque", "a.b.c.d.e", "AAAA.x.y"] {
            assert_eq!(said(fine), "", "{fine}");
        }
        assert!(says_refresh(&format!("{REFRESH}..iv.text.tag")));
        assert!(!says_refresh("a.b.c.d.e") && !says_refresh(REFRESH) && !says_refresh(&format!("{SAT}..a.b.c")));
    }

    #[test]
    fn what_the_header_shows_to_be_something_else_is_named() {
        for (token, what) in [
            (format!("{SAT}..iv.text.tag"), "a subscriber access token (SAT)"),
            (format!("{CHAT}.claims.sig"), "a SignalWire Chat or PubSub token"),
            (format!("{ROOM}.claims.sig"), "a SignalWire video room token"),
            (format!("{RELAY}.claims.sig"), "a signed token of the Relay SDK v2"),
            (format!("{JWT}.claims.sig"), "a signed token (JWS)"),
            (format!("{TWILIO}.claims.sig"), "a Twilio Access Token"),
            (format!("{JWT}..iv.text.tag"), "a token of type 'JWT'"),
            ("PT0123456789abcdef".to_owned(), "a SignalWire API token (PT…)"),
            ("c2c_0123456789".to_owned(), "a click-to-call token (c2c_…)"),
        ] {
            assert_eq!(said(&token), format!("is {what}, not a refresh token"));
        }
    }

    #[test]
    fn what_was_cut_or_is_no_token_is_named() {
        assert!(said(REFRESH).starts_with("has 1 part where a refresh token has 5"));
        assert!(said(&format!("{REFRESH}..iv")).starts_with("has 3 parts where"));
        assert_eq!(said(""), "is empty");
        assert!(said("a b").contains("characters that tokens never have"));
        assert!(said(&"a".repeat(65_537)).contains("65537 characters; a token has at most 65536"));
        assert_eq!(said(&"a".repeat(65_536)), "");
    }
}
