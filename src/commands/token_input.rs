//! A minted token that is an input: bare, or in one of the forms in which a mint prints it.

use crate::error::{Failure, Result};
use crate::inspect::decode::{Decoded, Format, decode};
use crate::inspect::paste;
use crate::inspect::token_type::{TokenType, look, look_of_prefix};
use crate::json::{self, Object};
use crate::secret::Secret;
use crate::token::is_believable;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Sought {
    /// What it is called, without an article.
    pub name: &'static str,
    /// The member of a JSON object that holds it.
    pub member: &'static str,
    /// The variable of an assignment that holds it, if there are several.
    pub variable: &'static str,
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

impl Sought {
    /// The token in a text.
    ///
    /// # Errors
    /// Exit 2 where there is none, or one of another type. The text is not repeated.
    pub fn find(self, text: &str) -> Result<FoundToken> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(Failure::usage("is empty"));
        }
        let token = if trimmed.starts_with('{') { self.member_of(trimmed)? } else { self.line_of(trimmed)? };
        // As `$(cat FILE)` of a shell would have it.
        let is_bare = text.trim_end_matches('\n') == token;
        match self.fault(&token) {
            Some(fault) => Err(Failure::usage(fault)),
            None => Ok(FoundToken { token: Secret::new(token), is_bare }),
        }
    }

    fn member_of(self, text: &str) -> Result<String> {
        let object = Object::parse(text).map_err(|_| Failure::usage("is not one valid JSON object"))?;
        if object.get("error").is_some() && object.get(self.member).is_none() {
            return Err(Failure::usage("holds an error, not a token"));
        }
        let member = object.get(self.member).and_then(json::as_str);
        member
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| Failure::usage(format!("is a JSON object without a '{}'", self.member)))
    }

    /// The token in assignments, of which a file for dotenv may have others.
    fn line_of(self, text: &str) -> Result<String> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        if let [line] = lines[..] {
            let token = token_in(line).map_err(|_| Failure::usage("does not hold a token"))?;
            return Ok(token);
        }
        let token = |line: &&str| token_in(line).ok();
        // Readers of such files take the last assignment of a name.
        let named = lines.iter().rev().find(|line| assigns(line, self.variable)).and_then(token);
        if let Some(token) = named {
            return Ok(token);
        }
        let mut fitting: Vec<String> =
            lines.iter().filter_map(token).filter(|token| self.is_typ(&decode(token))).collect();
        fitting.dedup();
        match (fitting.len(), fitting.pop()) {
            (1, Some(token)) => Ok(token),
            (0, _) => {
                Err(Failure::usage(format!("holds no {}; expected it alone, or as {}", self.name, self.variable)))
            }
            _ => Err(Failure::usage(format!(
                "holds several tokens that could be the {}, none of them as {}",
                self.name, self.variable
            ))),
        }
    }

    fn is_typ(self, decoded: &Decoded) -> bool {
        let typ = decoded.header.as_ref().and_then(|header| header.get("typ")).and_then(json::as_str);
        decoded.format == Format::Jwe && typ.is_some_and(|typ| typ == self.typ)
    }

    /// Why a text cannot be such a token, as far as that is certain: the rest of a sentence about where it was found. What
    /// has neither a header nor a known look may be a token of a newer form.
    pub fn fault(self, text: &str) -> Option<String> {
        if text.is_empty() {
            return Some("is empty".to_owned());
        }
        if !is_believable(text) {
            return Some("is not a token: it contains characters that tokens never have, or is too long".to_owned());
        }
        let decoded = decode(text);
        match (&decoded.header, decoded.faults.first()) {
            (None, _) => {
                let look = look(text).or_else(|| look_of_prefix(text).map(str::to_owned));
                look.map(|look| format!("is not a {}: it {look}", self.name))
            }
            (Some(_), _) if self.is_typ(&decoded) => None,
            (Some(_), Some(fault)) if decoded.format == Format::Opaque => {
                Some(format!("is not a whole token: it {fault}"))
            }
            (Some(_), _) => Some(format!("is not a {}: it is a {}", self.name, TokenType::of(&decoded).title())),
        }
    }
}

/// The one token in a line.
fn token_in(line: &str) -> Result<String> {
    let mut tokens = paste::tokens_in(line)?;
    match (tokens.pop(), tokens.is_empty()) {
        (Some(pasted), true) => Ok(pasted.token),
        _ => Err(Failure::usage("does not hold one token")),
    }
}

/// Whether a line assigns this variable, in the form of any shell.
fn assigns(line: &str, variable: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    line.match_indices(variable).next().is_some_and(|(start, name)| {
        !line[..start].ends_with(is_part) && !line[start + name.len()..].starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.Y2lwaGVy.dGFn";
    const OTHER_SAT: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiU0FUIn0..aXZpdml2.b3RoZXI.dGFn";
    const REFRESH: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9..aXZpdml2.Y2lwaGVy.dGFn";
    const CHAT: &str = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkNSVCJ9.eyJpYXQiOjQwMDAwMDAwMDAsInQiOjYwfQ.c2lnbmF0dXJl";
    const SOUGHT: Sought = Sought { name: "subscriber token", member: "token", variable: "S_TOKEN", typ: "SAT" };

    fn found(text: &str) -> std::result::Result<(String, bool), String> {
        let found = SOUGHT.find(text).map_err(|failure| failure.to_string())?;
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
        ] {
            assert_eq!(found(&text), Ok((SAT.to_owned(), false)), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_such_a_token_is_named_and_not_repeated() {
        for (text, what) in [
            (" \n".to_owned(), "is empty"),
            ("{}".to_owned(), "is a JSON object without a 'token'"),
            ("{".to_owned(), "is not one valid JSON object"),
            (r#"{"error":{"code":"usage"}}"#.to_owned(), "holds an error"),
            (REFRESH.to_owned(), "it is a SignalWire refresh token"),
            (CHAT.to_owned(), "it is a SignalWire Chat token"),
            (
                format!("A={OTHER_SAT}\nB={SAT}\n"),
                "holds several tokens that could be the subscriber token, none of them as S_TOKEN",
            ),
            (format!("A={REFRESH}\nB={CHAT}\n"), "holds no subscriber token"),
            (SAT[..SAT.len() - 5].to_owned(), "was cut short"),
            ("PTdeadbeefdeadbeefdeadbeefdeadbeef".to_owned(), "API token"),
            ("c2c_0123456789abcdef0123456789abcdef".to_owned(), "click-to-call"),
            ("PTshort".to_owned(), "API token"),
            ("two words".to_owned(), "does not hold a token"),
        ] {
            let said = found(&text).unwrap_err();
            assert!(said.contains(what) && !said.contains("deadbeef") && !said.contains("eyJ"), "{text}: {said}");
        }
        // Neither a header nor a known look: a newer form, perhaps.
        assert_eq!(found("sat-of-tomorrow"), Ok(("sat-of-tomorrow".to_owned(), true)));
    }
}
