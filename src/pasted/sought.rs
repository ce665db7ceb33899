//! A token of a certain type that is looked for in a text: bare, or in one of the forms in which a mint prints it. No
//! message repeats a value.

use std::fmt;

use super::decoded::{Decoded, Format, decode};
use super::forms::{self, Assignment};
use super::member;
use super::token_type::{TokenType, look, look_of_prefix};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::secret::Secret;
use crate::text::clip;
use crate::token::is_believable;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// What it is called, without an article.
    pub name: &'static str,
    /// The member of a JSON object that holds it.
    pub member: &'static str,
    /// The variable of an assignment that holds it, if there are several.
    pub variable: &'a str,
    /// The `typ` in its header.
    pub typ: &'static str,
}

/// What was found in a text.
#[derive(Debug)]
pub struct FoundToken {
    /// The token.
    pub token: Secret,
    /// Whether the text is the token alone.
    pub is_bare: bool,
}

/// Why a text cannot be such a token: the rest of a sentence about where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// It is none, or not a whole one.
    Malformed(String),
    /// It is something else.
    Other(String),
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Misfit::Malformed(sentence) | Misfit::Other(sentence)) = self;
        formatter.write_str(sentence)
    }
}

impl Sought<'_> {
    /// The same in a variable of another name.
    pub fn under<'b>(&self, variable: &'b str) -> Sought<'b> {
        Sought { variable, name: self.name, member: self.member, typ: self.typ }
    }

    /// The token in a text; `place` is what messages call the text.
    ///
    /// # Errors
    /// Exit 2 where there is none, or one of another type.
    pub fn find(&self, place: &str, text: &str) -> Result<FoundToken> {
        let expected = || format!("expected a {}: alone, or as -o json, export or dotenv prints it", self.name);
        self.found(text).map_err(|why| Failure::usage(format!("{place} {why}")).with_hint(expected()))
    }

    fn found(&self, text: &str) -> std::result::Result<FoundToken, String> {
        let trimmed = text.trim_matches(|edge: char| edge.is_whitespace() || edge == '\u{feff}');
        if trimmed.is_empty() {
            return Err("is empty".to_owned());
        }
        let token = if trimmed.starts_with('{') { self.member_of(trimmed)? } else { self.in_lines(trimmed)? };
        // As `$(cat FILE)` of a shell would have it.
        let is_bare = text.trim_end_matches('\n') == token;
        match self.misfit(&token) {
            Some(misfit) => Err(misfit.to_string()),
            None => Ok(FoundToken { token: Secret::new(token), is_bare }),
        }
    }

    fn member_of(&self, text: &str) -> std::result::Result<String, String> {
        let key = self.member;
        let object = Object::parse(text).map_err(|_| "is not one complete JSON object".to_owned())?;
        if object.repeated() == Some(key) {
            return Err(format!("is a JSON object with {key} twice"));
        }
        match object.get(key) {
            None | Some("null") if forms::is_error(&object) => Err("holds an error, not a token".to_owned()),
            None | Some("null") => Err(format!("is a JSON object without {key}")),
            Some("\"\"") => Err(format!("is a JSON object whose {key} is empty")),
            Some(raw) => match json::as_str(raw) {
                Some(token) => Ok(token.into_owned()),
                None => Err(format!("is a JSON object whose {key} is not a string")),
            },
        }
    }

    /// The token in assignments, of which a file for dotenv may have others, or alone.
    fn in_lines(&self, text: &str) -> std::result::Result<String, String> {
        let assignments: Vec<Assignment> = text.lines().filter_map(forms::assignment).collect();
        if assignments.is_empty() {
            let bare = forms::bare(text).map(str::to_owned);
            return bare.map_err(|why| format!("is not a token: {why}"));
        }
        // Readers of such files take the last assignment of a name.
        if let Some(named) = assignments.iter().rfind(|one| one.name == self.variable) {
            let empty = || format!("sets {} to nothing", self.variable);
            return if named.value.is_empty() { Err(empty()) } else { Ok(named.value.to_owned()) };
        }
        // What is in another variable may be a secret of somebody else, so its header decides.
        let fitting: Vec<&Assignment> = assignments.iter().filter(|one| self.is_typ(&decode(one.value))).collect();
        let Some((first, others)) = fitting.split_first() else { return Err(self.absent(&assignments)) };
        match others.iter().find(|other| other.value != first.value) {
            None => Ok(first.value.to_owned()),
            Some(other) => {
                let (first, other) = (clip(first.name, 60), clip(other.name, 60));
                Err(format!("sets both {first} and {other}, and not {}", self.variable))
            }
        }
    }

    /// The failure of assignments that none of is such a token.
    fn absent(&self, assignments: &[Assignment]) -> String {
        if let [only] = assignments
            && decode(only.value).header.is_some()
            && let Some(misfit) = self.misfit(only.value)
        {
            return misfit.to_string();
        }
        format!("does not set {}", self.variable)
    }

    fn is_typ(&self, decoded: &Decoded) -> bool {
        let typ = decoded.header.as_ref().and_then(|header| member::text(header, "typ"));
        decoded.format == Format::Jwe && typ.is_some_and(|typ| typ.eq_ignore_ascii_case(self.typ))
    }

    /// Why a text cannot be such a token, as far as that is certain. What has neither a header with a type nor a known look
    /// may be a token of a newer form.
    pub fn misfit(&self, text: &str) -> Option<Misfit> {
        if text.is_empty() {
            return Some(Misfit::Malformed("is empty".to_owned()));
        }
        if !is_believable(text) {
            return Some(Misfit::Malformed(format!("is not a token: {}", forms::why_not(text))));
        }
        let other = |what: &str| Some(Misfit::Other(format!("is not a {}: {what}", self.name)));
        let decoded = decode(text);
        let Some(header) = &decoded.header else {
            let look = look(text).or_else(|| look_of_prefix(text).map(str::to_owned));
            return look.and_then(|look| other(&format!("it {look}")));
        };
        match (TokenType::of(&decoded), decoded.faults.first()) {
            _ if self.is_typ(&decoded) => None,
            (TokenType::Opaque, fault) => {
                let fault = fault.map_or_else(String::new, |fault| format!(": it {fault}"));
                Some(Misfit::Malformed(format!("is not a whole token{fault}")))
            }
            (TokenType::Jwt, _) if decoded.format == Format::Jwe && header.get("typ").is_none() => None,
            (TokenType::Refresh, _) if decoded.format == Format::Jws => {
                other("it is a refresh token of the Relay SDK v2")
            }
            (kind, _) => other(&format!("it is a {}", kind.title())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.Y2lwaGVy.dGFn";
    const OTHER_SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.b3RoZXI.dGFn";
    const REFRESH: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9..aXZpdml2.Y2lwaGVy.dGFn";
    const CHAT: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCJ9.eyJpYXQiOjQwMDAwMDAwMDAsInQiOjYwfQ.c2lnbmF0dXJl";
    // Header {"alg":"HS512","typ":"Refresh"}.
    const RELAY: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IlJlZnJlc2gifQ";
    const SOUGHT: Sought<'static> =
        Sought { name: "subscriber token", member: "token", variable: "S_TOKEN", typ: "SAT" };

    fn found(text: &str) -> std::result::Result<(String, bool), String> {
        let found = SOUGHT.find("it", text).map_err(|failure| failure.to_string())?;
        Ok((found.token.expose().to_owned(), found.is_bare))
    }

    #[test]
    fn every_form_that_a_mint_prints_gives_the_token() {
        for (text, is_bare) in [(SAT.to_owned(), true), (format!("{SAT}\n"), true), (format!("  {SAT}\r\n"), false)] {
            assert_eq!(found(&text), Ok((SAT.to_owned(), is_bare)));
        }
        for text in [
            format!(r#"{{"kind":"subscriber","token":"{SAT}","refresh_token":"{REFRESH}","expires_at":null}}"#),
            format!("export S_TOKEN='{SAT}'\nexport S_REFRESH_TOKEN='{REFRESH}'\n"),
            format!("set -gx S_TOKEN '{SAT}'\nset -gx S_REFRESH_TOKEN '{REFRESH}'\n"),
            format!("$env:S_TOKEN = '{SAT}'\n$env:S_REFRESH_TOKEN = '{REFRESH}'\n"),
            format!("S_TOKEN={SAT}\nS_REFRESH_TOKEN={REFRESH}\n"),
            format!("# mine\nDATABASE=x\nGUEST_TOKEN={OTHER_SAT}\nS_TOKEN=\"{SAT}\"\nS_REFRESH_TOKEN={REFRESH}\n"),
            format!("OWN={SAT}\nOWN_REFRESH_TOKEN={REFRESH}\n"),
            format!("export S_TOKEN='{SAT}'"),
            format!("S_TOKEN={OTHER_SAT}\nthis line is odd\nS_TOKEN = \"{SAT}\" # the last one counts\n"),
            format!("OTHER_TOKEN=deadbeef\nMINE={SAT}\n"),
            format!("'{SAT}'\n"),
            format!("Bearer {SAT}\n"),
        ] {
            assert_eq!(found(&text), Ok((SAT.to_owned(), false)), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_such_a_token_is_named_and_not_repeated() {
        for (text, what) in [
            (" \n".to_owned(), "is empty"),
            ("{}".to_owned(), "is a JSON object without token"),
            ("{".to_owned(), "is not one complete JSON object"),
            (r#"{"token":"deadbeef"}{}"#.to_owned(), "is not one complete JSON object"),
            (r#"{"token":"deadbeef","token":"x"}"#.to_owned(), "is a JSON object with token twice"),
            (r#"{"token":["deadbeef"]}"#.to_owned(), "is a JSON object whose token is not a string"),
            (r#"{"token":""}"#.to_owned(), "is a JSON object whose token is empty"),
            (r#"{"token":"deadbeef "}"#.to_owned(), "is not a token: it contains white space"),
            (r#"{"error":{"code":"usage"}}"#.to_owned(), "holds an error"),
            ("S_TOKEN=".to_owned(), "sets S_TOKEN to nothing"),
            ("OTHER_TOKEN=".to_owned(), "does not set S_TOKEN"),
            ("OTHER_TOKEN=deadbeef".to_owned(), "does not set S_TOKEN"),
            ("S_TOKEN='deadbeef x'".to_owned(), "is not a token: it contains white space"),
            (format!("{RELAY}.eyJhIjoxfQ.c2ln"), "it is a refresh token of the Relay SDK v2"),
            ("<html>deadbeef".to_owned(), "is not a token: that is an HTML page"),
            (REFRESH.to_owned(), "it is a SignalWire refresh token"),
            (CHAT.to_owned(), "it is a SignalWire Chat token"),
            (format!("A={OTHER_SAT}\nB={SAT}\n"), "sets both A and B, and not S_TOKEN"),
            (format!("A={REFRESH}\nB={CHAT}\n"), "does not set S_TOKEN"),
            (SAT[..SAT.len() - 5].to_owned(), "was cut short"),
            ("PTdeadbeefdeadbeefdeadbeefdeadbeef".to_owned(), "API token"),
            ("c2c_0123456789abcdef0123456789abcdef".to_owned(), "click-to-call"),
            ("PTshort".to_owned(), "API token"),
            ("two words".to_owned(), "is not a token: it contains white space"),
            (format!("{SAT}\n{OTHER_SAT}\n"), "is not a token: it has 2 lines"),
            ("deadbeef\n".repeat(3), "is not a token: it has 3 lines"),
            ("a".repeat(65_537), "is not a token: it has more than 65536 characters"),
        ] {
            let said = found(&text).unwrap_err();
            assert!(said.contains(what) && !said.contains("deadbeef") && !said.contains("eyJ"), "{text}: {said}");
        }
        // Neither a header nor a known look: a newer form, perhaps.
        assert_eq!(found("sat-of-tomorrow"), Ok(("sat-of-tomorrow".to_owned(), true)));
    }
}
