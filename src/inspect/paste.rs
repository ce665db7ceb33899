//! Pasted text, and the token in it: assignments of every shell that we print for, quotes, `Bearer`.

use crate::error::{Failure, Result};
use crate::token;

/// The token in a pasted text.
///
/// # Errors
/// Exit 2 where what is left cannot be a token. The text is not repeated: it may be a secret in the wrong place.
pub fn token_in(text: &str) -> Result<&str> {
    let mut text = text;
    // A layer or two is usual, as in `export T="Bearer eyJ…"`; the bound only keeps hostile text from costing much.
    for _ in 0..8 {
        let inner = without_layer(text);
        if inner == text {
            break;
        }
        text = inner;
    }
    if token::is_believable(text) {
        return Ok(text);
    }
    Err(Failure::usage(format!("not a token: {}", fault(text)))
        .with_hint("pass one token or one export line, as an argument or on stdin"))
}

fn fault(text: &str) -> String {
    if text.is_empty() {
        return "the text is empty".to_owned();
    }
    if text.len() > token::MAX_LENGTH {
        return format!("it has more than {} characters", token::MAX_LENGTH);
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    match lines {
        2.. => format!("it has {lines} lines"),
        _ if text.contains(char::is_whitespace) => "it contains white space".to_owned(),
        _ => "it contains characters that tokens never have".to_owned(),
    }
}

/// The text without one layer of what may stand around a token.
fn without_layer(text: &str) -> &str {
    let text = text.trim_matches(|edge: char| edge.is_whitespace() || matches!(edge, '\u{feff}' | ';'));
    unquoted(text)
        .or_else(|| after_word(text, "authorization:"))
        .or_else(|| after_word(text, "bearer ").or_else(|| after_word(text, "export ")))
        .or_else(|| after_word(text, "set ").map(fish_value))
        .or_else(|| after_word(text, "$env:").or_else(|| after_word(text, "$env.")))
        .or_else(|| assigned(text))
        .unwrap_or(text)
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
    let mut rest = after_set;
    while rest.starts_with('-') {
        match rest.split_once(char::is_whitespace) {
            Some((_, after)) => rest = after.trim_start(),
            None => return after_set,
        }
    }
    match rest.split_once(char::is_whitespace) {
        Some((name, value)) if is_name(name) && !value.trim_start().starts_with('=') => value,
        _ => rest,
    }
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
    fn every_form_that_people_paste_gives_the_token() {
        for pasted in [
            "eyJh.eyJp.sig",
            "  eyJh.eyJp.sig\r\n",
            "\u{feff}eyJh.eyJp.sig",
            "'eyJh.eyJp.sig'",
            "\u{201c}eyJh.eyJp.sig\u{201d}",
            "export SIGNALWIRE_CHAT_TOKEN='eyJh.eyJp.sig'\n",
            "export T=\"eyJh.eyJp.sig\";",
            "T=eyJh.eyJp.sig",
            "T = eyJh.eyJp.sig",
            "set -gx T 'eyJh.eyJp.sig'",
            "set -g -x T eyJh.eyJp.sig",
            "set T=eyJh.eyJp.sig",
            "$env:T = 'eyJh.eyJp.sig'",
            "$env.T = 'eyJh.eyJp.sig'",
            "Bearer eyJh.eyJp.sig",
            "bearer  eyJh.eyJp.sig",
            "Authorization: Bearer eyJh.eyJp.sig",
            "'authorization:Bearer eyJh.eyJp.sig'",
        ] {
            assert_eq!(token_in(pasted).ok(), Some("eyJh.eyJp.sig"), "{pasted}");
        }
        assert_eq!(token_in("dG9rZW4=").ok(), Some("dG9rZW4="));
        assert_eq!(token_in("dG9rZQ==").ok(), Some("dG9rZQ=="));
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_and_not_repeated() {
        for (pasted, why) in [
            ("", "empty"),
            (" \n", "empty"),
            ("''", "empty"),
            ("hunter2 hunter2", "white space"),
            ("export A='hunter2'\nexport B='hunter2'", "2 lines"),
            ("hunter2\u{1b}[0m", "characters that tokens never have"),
            ("{\"token\":\"hunter2\"}", "characters that tokens never have"),
        ] {
            let failure = token_in(pasted).unwrap_err();
            assert_eq!(failure.category(), crate::error::Category::Usage);
            assert!(failure.to_string().contains(why) && !failure.to_string().contains("hunter2"), "{failure}");
        }
        assert!(token_in(&"a".repeat(65_537)).unwrap_err().to_string().contains("65536"));
    }
}
