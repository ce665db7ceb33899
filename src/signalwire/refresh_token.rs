//! The field of a refresh token: SignalWire encrypts it (JWE), so that only its header can be read.

use crate::catalog::Problem;
use crate::catalog::rule::{Rule, not_string};
use crate::json;
use crate::pasted::{Misfit, Sought};

/// A refresh token, as far as its header shows.
pub(super) struct RefreshToken(pub &'static Sought<'static>);

impl Rule for RefreshToken {
    fn check(&self, raw: &str) -> Vec<Problem> {
        let Some(text) = json::as_str(raw) else { return vec![not_string()] };
        let problem = match self.0.misfit(&text) {
            None => return Vec::new(),
            Some(Misfit::Malformed(why)) => Problem::new(why, "invalid_token_format", "Invalid token format."),
            Some(Misfit::Other(why)) => {
                let service = "Invalid token type. You must use a Refresh token.";
                let hint = "a refresh token comes with the access token: tokenmint subscriber -o json prints both";
                Problem::new(why, "not_a_refresh_token", service).hint(Some(hint.to_owned()))
            }
        };
        vec![problem]
    }
}

#[cfg(test)]
mod tests {
    use super::super::refresh::TOKEN;
    use super::*;

    // printf %s '{"alg":"dir","enc":"A256GCM","typ":"Refresh"}' | basenc --base64url | tr -d =, and so on.
    const REFRESH: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9";
    const SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0";
    const CHAT: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCJ9";
    const ROOM: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IlZSVCJ9";
    const RELAY: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IlJlZnJlc2gifQ";
    // {"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}
    const TWILIO: &str = "eyJhbGciOiJIUzI1NiIsImN0eSI6InR3aWxpby1mcGE7dj0xIiwidHlwIjoiSldUIn0";

    fn said(token: &str) -> String {
        let problems = RefreshToken(&TOKEN).check(&json::string(token));
        problems.first().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn a_refresh_token_and_what_cannot_be_read_pass() {
        for fine in [&format!("{REFRESH}..iv.text.tag"), "opaque", "a.b.c.d.e", "AAAA.x.y", &"a".repeat(65_536)] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }

    #[test]
    fn what_the_header_shows_to_be_something_else_is_named() {
        for (token, what) in [
            (format!("{SAT}..iv.text.tag"), "is a SignalWire access token"),
            (format!("{CHAT}.claims.sig"), "is a SignalWire Chat token"),
            (format!("{ROOM}.claims.sig"), "is a SignalWire video room token"),
            (format!("{RELAY}.claims.sig"), "is a refresh token of the Relay SDK v2"),
            (format!("{TWILIO}.claims.sig"), "is a Twilio Access Token"),
            ("PT0123456789abcdef".to_owned(), "looks like a SignalWire API token"),
            ("PT0".to_owned(), "looks like a SignalWire API token"),
            ("c2c_0123456789".to_owned(), "looks like a SignalWire click-to-call token"),
        ] {
            let said = said(&token);
            assert!(said.starts_with(&format!("is not a refresh token: it {what}")), "{token}: {said}");
        }
    }

    #[test]
    fn what_was_cut_or_is_no_token_is_named() {
        assert!(said(REFRESH).contains("is not a whole token: it starts like a JWT but has 1 part"));
        assert!(said(&format!("{REFRESH}..iv")).contains("has 3 parts, where an encrypted one has five"));
        assert_eq!(said(""), "is empty");
        assert!(said("a b").contains("white space"));
        assert!(said(&"a".repeat(65_537)).contains("more than 65536 characters"));
    }
}
