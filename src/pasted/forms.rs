//! Pasted text, and the tokens in it: assignments of every shell, quotes, `Bearer`, the JSON objects that services and we
//! print, a URL that carries a token.

use super::{member, wrapped};
use crate::codes;
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text::count;
use crate::token;

/// Members of JSON objects that hold a token, the first found first.
const MEMBERS: [&str; 5] = ["token", "access_token", "jwt_token", "participant_token", "refresh_token"];

/// A token, and the name that it was assigned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The variable.
    pub name: Option<String>,
    /// The token.
    pub token: String,
}

/// The tokens in a pasted text: one, or those of several assignments.
///
/// # Errors
/// Exit 2 where what is left cannot be a token. The text is not repeated: it may be a secret in the wrong place.
pub fn tokens_in(text: &str) -> Result<Vec<Pasted>> {
    if let Some(assignments) = assignments(text) {
        return Ok(assignments);
    }
    let text = if text.trim().contains('\n') { text } else { without_comment(text) };
    let inner = unwrapped(text);
    if is_cut(inner) {
        return Err(not_a_token("it contains an ellipsis, so it was cut").with_hint("copy the whole token"));
    }
    let joined = wrapped::joined(inner);
    let token = joined.as_deref().unwrap_or(inner);
    if token::is_believable(token) {
        let name = name_of(text.trim()).map(str::to_owned);
        return Ok(vec![Pasted { name, token: token.to_owned() }]);
    }
    let found = if inner.starts_with('{') { in_object(inner) } else { in_url(inner).ok_or_else(|| fault(inner)) };
    found.map(|token| vec![Pasted { name: None, token }])
}

/// A line that sets a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Assignment<'a> {
    pub name: &'a str,
    /// What is assigned, without quotes. It may be empty.
    pub value: &'a str,
}

/// The assignment in a line of a dotenv file, or in one that a shell reads. A comment may follow it.
pub(super) fn assignment(line: &str) -> Option<Assignment<'_>> {
    let line = without_comment(line).trim_matches(is_edge);
    if let Some(name) = name_of(line) {
        return Some(Assignment { name, value: unwrapped(line) });
    }
    // A variable that is empty. What ends in the padding of base64 is seldom named like one.
    let name = after_word(line, "export ").unwrap_or(line).strip_suffix('=')?;
    (is_name(name) && name.contains('_')).then_some(Assignment { name, value: "" })
}

/// A line up to its comment, which a `#` after a blank begins, unless that stands between quotes.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (place, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if before.is_whitespace() => return &line[..place],
            (None, '\'' | '"' | '`') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        before = character;
    }
    line
}

/// The token that a text is but for quotes or `Bearer` around it.
///
/// # Errors
/// Why it is none.
pub(super) fn bare(text: &str) -> std::result::Result<&str, String> {
    let inner = unwrapped(text);
    if token::is_believable(inner) { Ok(inner) } else { Err(why_not(inner)) }
}

/// The tokens of several lines that are all assignments, or comments, of which some look like a JWT.
fn assignments(text: &str) -> Option<Vec<Pasted>> {
    let lines = text.lines().map(|line| without_comment(line).trim_matches(is_edge)).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    let named: Option<Vec<(&str, &str)>> = lines.iter().map(|line| Some((name_of(line)?, unwrapped(line)))).collect();
    let named = named.filter(|named| named.len() > 1 || lines.len() < text.lines().count())?;
    let is_token = |text: &str| text.starts_with("eyJ") && text.contains('.') && token::is_believable(text);
    let tokens = named.into_iter().filter(|(_, value)| is_token(value));
    let tokens: Vec<Pasted> =
        tokens.map(|(name, value)| Pasted { name: Some(name.to_owned()), token: value.to_owned() }).collect();
    (!tokens.is_empty()).then_some(tokens)
}

/// The text without what stands around a token.
fn unwrapped(text: &str) -> &str {
    let mut text = text;
    // A layer or two is usual, as in `export T="Bearer eyJ…"`; the bound only keeps hostile text from costing much.
    for _ in 0..8 {
        let inner = without_layer(text);
        if inner == text {
            break;
        }
        text = inner;
    }
    text
}

/// The token in a JSON object.
fn in_object(text: &str) -> Result<String> {
    let Ok(object) = Object::parse(text) else {
        return Err(not_a_token("it starts like a JSON object, but is not valid JSON"));
    };
    let member = MEMBERS.iter().find_map(|key| member::text(&object, key));
    match member {
        Some(token) if token::is_believable(&token) => Ok(token),
        Some(_) => Err(not_a_token("the token member of the JSON object cannot be a token")),
        None if is_error(&object) => {
            let failure = not_a_token("that is the JSON body of an error");
            Err(match code_of(&object) {
                Some(code) => failure.with_hint(format!("run tokenmint explain {code}")),
                None => failure,
            })
        }
        None => Err(not_a_token(
            "the JSON object has no member token, access_token, jwt_token, participant_token or \
            refresh_token",
        )),
    }
}

/// Whether a JSON object is what a service answers with an error.
pub(super) fn is_error(object: &Object) -> bool {
    let has = |key: &str| object.get(key).is_some();
    has("error") || has("errors") || (has("code") && (has("message") || has("detail")))
}

/// The code of an error body, if it is one that can be explained.
fn code_of(object: &Object) -> Option<&'static str> {
    let of = |object: &Object| {
        let raw = object.get("code")?;
        codes::find(&json::as_str(raw).unwrap_or_else(|| raw.into())).map(|(code, _)| code)
    };
    let entries = || json::as_objects(object.get("errors")?);
    of(object).or_else(|| entries()?.first().and_then(of))
}

/// The token in the query or the fragment of a URL.
fn in_url(text: &str) -> Option<String> {
    let start = text.get(..8)?.to_ascii_lowercase();
    if !start.starts_with("http://") && !start.starts_with("https://") {
        return None;
    }
    let pairs = text.split(['?', '#', '&']).skip(1).filter_map(|pair| pair.split_once('='));
    let mut tokens = pairs.filter(|(key, _)| MEMBERS.contains(key)).map(|(_, value)| value);
    tokens.find(|value| token::is_believable(value)).map(str::to_owned)
}

fn not_a_token(why: &str) -> Failure {
    Failure::usage(format!("not a token: {why}"))
        .with_hint("pass a token, an export line or a JSON object with a token, as an argument, @FILE or on stdin")
}

fn fault(text: &str) -> Failure {
    let failure = not_a_token(&why_not(text));
    if text.starts_with('<') {
        return failure.with_hint("something other than a token endpoint answered; check the URL");
    }
    failure
}

/// Why a text cannot be a token: the rest of a sentence about it, which repeats none of it.
pub(super) fn why_not(text: &str) -> String {
    let start: String = text.chars().take(200).collect::<String>().to_ascii_lowercase();
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let why = if text.is_empty() {
        "the text is empty"
    } else if start.starts_with('<') && (start.starts_with("<!doctype html") || start.contains("<html")) {
        "that is an HTML page"
    } else if start.starts_with('<') {
        "that is an XML document"
    } else if start.starts_with("http://") || start.starts_with("https://") {
        "that is a URL without a token in it"
    } else if text.len() > token::MAX_LENGTH {
        return format!("it has more than {} characters", token::MAX_LENGTH);
    } else if lines > 1 {
        return format!("it has {}", count(lines as u64, "line"));
    } else if text.contains(char::is_whitespace) {
        "it contains white space"
    } else {
        "it contains characters that tokens never have"
    };
    why.to_owned()
}

fn is_edge(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{feff}' | ';' | ',')
}

/// The text without one layer of what may stand around a token.
fn without_layer(text: &str) -> &str {
    let text = text.trim_matches(is_edge);
    member_of_line(text)
        .or_else(|| unquoted(text))
        .or_else(|| after_word(text, "authorization:"))
        .or_else(|| after_word(text, "bearer ").or_else(|| after_word(text, "export ")))
        .or_else(|| SETTERS.iter().find_map(|word| after_word(text, word)).map(fish_value))
        .or_else(|| after_word(text, "$env:").or_else(|| after_word(text, "$env.")))
        .or_else(|| assigned(text))
        .unwrap_or(text)
}

/// The value in a line of JSON or YAML, whose key is one that holds a token.
fn member_of_line(text: &str) -> Option<&str> {
    let key = text.trim_start_matches('"');
    let after = MEMBERS.iter().find_map(|member| after_word(key, member))?;
    after.trim_start_matches('"').trim_start().strip_prefix(':')
}

/// Whether a part of the token is missing: an ellipsis is never in one.
fn is_cut(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text.starts_with("eyJ")
        && (text.contains('\u{2026}') || text.contains("..."))
}

/// Words of shells that set a variable: `set -gx` of fish, `setenv` of csh, `set-env` of elvish, `declare -x` of bash.
const SETTERS: [&str; 5] = ["set ", "setenv ", "set-env ", "declare ", "typeset "];

/// The name in an assignment of any of these forms.
fn name_of(line: &str) -> Option<&str> {
    let line = line.trim_matches(is_edge);
    if let Some(rest) =
        after_word(line, "export ").or_else(|| after_word(line, "$env:")).or_else(|| after_word(line, "$env."))
    {
        return name_of(rest);
    }
    let setter = SETTERS.iter().find_map(|word| after_word(line, word));
    let rest = setter.map_or(line, without_flags);
    let end = rest.find(|character: char| character == '=' || character.is_whitespace())?;
    let (name, value) = rest.split_at(end);
    let assigns = setter.is_some() || value.trim_start().starts_with('=');
    // The padding at the end of a base64 text is no assignment.
    (assigns && is_name(name) && !value.trim_matches(['=', ' ']).is_empty()).then_some(name)
}

/// What stands between a pair of quotes.
fn unquoted(text: &str) -> Option<&str> {
    [('\'', '\''), ('"', '"'), ('`', '`'), ('\u{2018}', '\u{2019}'), ('\u{201c}', '\u{201d}')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// What follows a word, in small letters or capitals.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    start.eq_ignore_ascii_case(word).then(|| text[word.len()..].trim_start())
}

/// The value of fish's `set -gx NAME VALUE`, or what follows `set` where it is an assignment with `=`.
fn fish_value(after_set: &str) -> &str {
    let rest = without_flags(after_set);
    match rest.split_once(char::is_whitespace) {
        Some((name, value)) if is_name(name) && !value.trim_start().starts_with('=') => value,
        _ => rest,
    }
}

/// What follows the flags of a command.
fn without_flags(after: &str) -> &str {
    let mut rest = after;
    while rest.starts_with('-') {
        match rest.split_once(char::is_whitespace) {
            Some((_, after)) => rest = after.trim_start(),
            None => return after,
        }
    }
    rest
}

/// The value of `NAME=VALUE`. The padding at the end of a base64 text is no assignment.
fn assigned(text: &str) -> Option<&str> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim_start();
    (is_name(name.trim_end()) && !value.trim_matches('=').is_empty()).then_some(value)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_assigns_what_stands_before_its_comment() {
        for (line, name, value) in [
            ("A=x", "A", "x"),
            ("A = \"x\" # kept", "A", "x"),
            ("export A='x'; # kept", "A", "x"),
            ("set -gx A 'x'", "A", "x"),
            ("$env:A = 'x'", "A", "x"),
            ("A_B=", "A_B", ""),
            ("export A=''", "A", ""),
            ("A=x#y", "A", "x#y"),
            ("A='x # y'", "A", "x # y"),
        ] {
            assert_eq!(assignment(line), Some(Assignment { name, value }), "{line}");
        }
        for line in ["", "# A=x", "dG9rZQ==", "two words", "a.b.c"] {
            assert_eq!(assignment(line), None, "{line}");
        }
    }

    const TOKEN: &str = "eyJh.eyJp.sig";

    /// Names and tokens, `name=token` for each.
    fn found(text: &str) -> std::result::Result<Vec<String>, String> {
        let tokens = tokens_in(text).map_err(|failure| {
            assert_eq!(failure.category(), crate::error::Category::Usage);
            failure.to_string()
        })?;
        Ok(tokens.into_iter().map(|one| format!("{}={}", one.name.unwrap_or_default(), one.token)).collect())
    }

    #[test]
    fn every_form_that_people_paste_gives_the_token() {
        for pasted in [
            "eyJh.eyJp.sig",
            "  eyJh.eyJp.sig\r\n",
            "\u{feff}eyJh.eyJp.sig",
            "'eyJh.eyJp.sig'",
            "\u{201c}eyJh.eyJp.sig\u{201d}",
            "Bearer eyJh.eyJp.sig",
            "bearer  eyJh.eyJp.sig",
            "Authorization: Bearer eyJh.eyJp.sig",
            "'authorization:Bearer eyJh.eyJp.sig'",
            r#"{"token":"eyJh.eyJp.sig","refresh_token":"x.y.z"}"#,
            "{\n  \"access_token\": \"eyJh.eyJp.sig\",\n  \"expires_in\": 3600\n}\n",
            r#"{"jwt_token":"eyJh.eyJp.sig","refresh_token":"x.y.z"}"#,
            r#"{"participant_token":"eyJh.eyJp.sig"}"#,
            r#"{"refresh_token":"eyJh.eyJp.sig","token":null}"#,
            r#"'{"token":"eyJh.eyJp.sig"}'"#,
            "\"eyJh.eyJp.sig\",",
            "  \"token\": \"eyJh.eyJp.sig\",\n",
            "token: eyJh.eyJp.sig",
            "refresh_token: 'eyJh.eyJp.sig'",
            "eyJh.eyJp.sig # a note",
            "eyJh.ey\n  Jp.si\r\ng\n",
            "Bearer eyJh.ey\nJp.sig",
            "https://example.com/room?name=x&token=eyJh.eyJp.sig",
            "https://example.com/#access_token=eyJh.eyJp.sig&state=1",
        ] {
            assert_eq!(found(pasted), Ok(vec![format!("={TOKEN}")]), "{pasted}");
        }
        for padded in ["dG9rZW4=", "dG9rZQ=="] {
            assert_eq!(found(padded), Ok(vec![format!("={padded}")]));
        }
    }

    #[test]
    fn assignments_of_every_shell_give_their_name_too() {
        for pasted in [
            "export T='eyJh.eyJp.sig'\n",
            "export T=\"eyJh.eyJp.sig\";",
            "T=eyJh.eyJp.sig",
            "T = eyJh.eyJp.sig",
            "T=\"Bearer eyJh.eyJp.sig\"",
            "T='eyJh.eyJp.sig' # a note",
            "export T='eyJh.ey\nJp.sig'",
            "set -gx T 'eyJh.eyJp.sig'",
            "set -g -x T eyJh.eyJp.sig",
            "set T=eyJh.eyJp.sig",
            "setenv T eyJh.eyJp.sig",
            "set-env T 'eyJh.eyJp.sig'",
            "declare -x T=\"eyJh.eyJp.sig\"",
            "$env:T = 'eyJh.eyJp.sig'",
            "$env.T = 'eyJh.eyJp.sig'",
            "# a comment\nPORT=3000\n\nT=eyJh.eyJp.sig\n",
        ] {
            assert_eq!(found(pasted), Ok(vec![format!("T={TOKEN}")]), "{pasted}");
        }
        let two = [format!("A={TOKEN}"), "B=eyJx.y.z".to_owned()].to_vec();
        for pasted in [
            "export A='eyJh.eyJp.sig'\nexport B='eyJx.y.z'\n",
            "set -gx A 'eyJh.eyJp.sig'\nset -gx B 'eyJx.y.z'",
            "$env:A = 'eyJh.eyJp.sig'\r\n$env:B = 'eyJx.y.z'\r\n",
            "A=eyJh.eyJp.sig\nSPACE=example\nB=eyJx.y.z",
        ] {
            assert_eq!(found(pasted), Ok(two.clone()), "{pasted}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_named_and_not_repeated() {
        let long = "a".repeat(65_537);
        for (pasted, why) in [
            ("", "empty"),
            (" \n", "empty"),
            ("''", "empty"),
            ("hunter2 hunter2", "white space"),
            ("eyJh.eyJp.sig hunter2", "white space"),
            ("eyJh.eyJp.hunter2\u{2026}", "it was cut"),
            ("T='eyJh.eyJhunter2...'", "it was cut"),
            ("export A='hunter2'\nexport B='hunter2'", "2 lines"),
            ("eyJh.eyJp.sig\neyJh.eyJp.sig", "2 lines"),
            ("hunter2\u{1b}[0m", "characters that tokens never have"),
            ("{\"hunter2\":\"hunter2\"}", "has no member token"),
            ("{\"token\":\"hunter2 \\n\"}", "cannot be a token"),
            ("{hunter2", "not valid JSON"),
            ("{\"error\":\"hunter2\"}", "the JSON body of an error"),
            ("{\"code\":20003,\"message\":\"hunter2\"}", "the JSON body of an error"),
            ("<!DOCTYPE html><p>hunter2", "an HTML page"),
            ("<?xml version='1.0'?><TwilioResponse>hunter2", "an XML document"),
            ("https://example.com/?x=hunter2", "a URL without a token"),
            (&long, "65536"),
        ] {
            let failure = found(pasted).unwrap_err();
            assert!(failure.contains(why) && !failure.contains("hunter2"), "{failure}");
        }
    }

    #[test]
    fn the_code_of_an_error_body_is_to_be_explained() {
        for (body, code) in [
            (r#"{"errors":[{"type":"x","code":"token_expired","message":"m"}]}"#, Some("token_expired")),
            (r#"{"code":20101,"message":"m"}"#, Some("20101")),
            (r#"{"error":"Unauthorized"}"#, None),
        ] {
            let hint = tokens_in(body).unwrap_err().hint().unwrap_or_default().to_owned();
            assert_eq!(hint.strip_prefix("run tokenmint explain "), code);
        }
    }
}
