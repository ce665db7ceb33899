//! A pair of tokens as text: the refresh token in any of the forms in which we print one. No message repeats a value.

use super::refresh_token::says_refresh;
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::token::{MAX_LENGTH, is_believable};

const EXPECTED: &str = "expected a refresh token: alone, or a pair as -o json, export or dotenv prints it";

/// The refresh token in a text. Of several variables the one of this name counts.
///
/// # Errors
/// Exit 2 where there is none, or more than one.
pub(super) fn refresh_token_in(text: &str, variable: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(refused("the input is empty"));
    }
    if text.starts_with('{') {
        return in_object(text);
    }
    let assignments: Vec<Assignment> = text.lines().filter_map(Assignment::parse).collect();
    if !assignments.is_empty() {
        return assigned(&assignments, variable);
    }
    if is_believable(text) { Ok(text.to_owned()) } else { Err(refused(&fault(text))) }
}

fn refused(what: &str) -> Failure {
    Failure::usage(what).with_hint(EXPECTED)
}

fn fault(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    if lines > 1 {
        format!("the input has {lines} lines, none of which sets a variable")
    } else if text.len() > MAX_LENGTH {
        format!("the input has more than {MAX_LENGTH} characters")
    } else if text.contains(char::is_whitespace) {
        "the input contains white space".to_owned()
    } else {
        "the input contains characters that tokens never have".to_owned()
    }
}

fn in_object(text: &str) -> Result<String> {
    let object = Object::parse(text).map_err(|_| refused("the input is not one complete JSON object"))?;
    if object.repeated() == Some("refresh_token") {
        return Err(refused("the JSON object has refresh_token twice"));
    }
    match object.get("refresh_token") {
        None | Some("null") => Err(refused("the JSON object has no refresh_token")),
        Some(raw) => match json::as_str(raw) {
            Some(token) => believable(&token, "refresh_token"),
            None => Err(refused("refresh_token must be a string")),
        },
    }
}

/// The value of the variable with this name, else of the only one that surely holds a refresh token of ours.
fn assigned(assignments: &[Assignment], variable: &str) -> Result<String> {
    let named: Vec<&Assignment> = assignments.iter().filter(|one| one.name == variable).collect();
    let likely = |one: &&Assignment| {
        let ours = one.name.starts_with("SIGNALWIRE_") || says_refresh(one.value);
        one.name.ends_with("REFRESH_TOKEN") && ours
    };
    let found = if named.is_empty() { assignments.iter().filter(likely).collect() } else { named };
    let Some((first, others)) = found.split_first() else {
        return Err(refused(&format!("the input does not set {variable}")));
    };
    match others.iter().find(|other| other.value != first.value) {
        None => believable(first.value, first.name),
        Some(other) if other.name == first.name => {
            Err(refused(&format!("the input sets {} twice, to different values", first.name)))
        }
        Some(other) => Err(Failure::usage(format!("the input sets both {} and {}", first.name, other.name))
            .with_hint("pass the one that you mean alone")),
    }
}

fn believable(token: &str, name: &str) -> Result<String> {
    if is_believable(token) {
        return Ok(token.to_owned());
    }
    let what = match token.len() {
        0 => "is empty".to_owned(),
        length if length > MAX_LENGTH => format!("has more than {MAX_LENGTH} characters"),
        _ => "is not a token".to_owned(),
    };
    Err(refused(&format!("{name} {what}")))
}

/// A line that sets a variable, in a dotenv file or in a shell.
struct Assignment<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> Assignment<'a> {
    /// Every form that `-o export` and `-o dotenv` write, with the blanks that people add.
    fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("set ") {
            // fish: `set -gx NAME VALUE`.
            let rest = rest.split_once(" -").map_or(rest, |(_, flag)| flag).trim_start_matches('-');
            let (_, rest) = rest.split_once(char::is_whitespace)?;
            let (name, value) = rest.trim_start().split_once(char::is_whitespace)?;
            return Self::new(name, value);
        }
        let marked = ["export ", "$env:", "$env."].into_iter().find_map(|mark| line.strip_prefix(mark));
        let (name, value) = marked.unwrap_or(line).split_once('=')?;
        let assignment = Self::new(name.trim(), value)?;
        // The padding of base64 is not an assignment.
        let is_padding = assignment.value.bytes().all(|byte| byte == b'=');
        (marked.is_some() || !is_padding || name.contains('_')).then_some(assignment)
    }

    fn new(name: &'a str, value: &'a str) -> Option<Self> {
        let first = name.bytes().next()?;
        let is_name = (first.is_ascii_alphabetic() || first == b'_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then(|| Assignment { name, value: unquoted(value.trim()) })
    }
}

/// A value without its quotes, or without what follows it on its line.
fn unquoted(value: &str) -> &str {
    let quoted = ['\'', '"', '`'].into_iter().find_map(|quote| value.strip_prefix(quote)?.split_once(quote));
    match quoted {
        Some((inner, _)) => inner,
        None => value.split(|end: char| end.is_whitespace() || matches!(end, '#' | ';')).next().unwrap_or(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLE: &str = "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN";
    // Header {"alg":"dir","enc":"A256GCM","typ":"Refresh"}.
    const OURS: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwidHlwIjoiUmVmcmVzaCJ9..aXZpdml2.Y2lwaGVy.dGFn";

    fn found(text: &str) -> std::result::Result<String, String> {
        refresh_token_in(text, VARIABLE).map_err(|failure| failure.to_string())
    }

    #[test]
    fn every_form_that_is_printed_is_read() {
        for text in [
            "a.b\n".to_owned(),
            " \t a.b \r\n\n".to_owned(),
            r#"{"kind":"subscriber","token":"x","refresh_token":"a.b","expires_at":null}"#.to_owned(),
            "{\n  \"refresh_token\": \"a.b\"\n}\n".to_owned(),
            format!("SIGNALWIRE_SUBSCRIBER_TOKEN=x\n{VARIABLE}=a.b\n"),
            format!("# mine\r\nFOO=1\r\n\r\n{VARIABLE} = \"a.b\" # kept\r\nthis line is odd\r\n"),
            format!("export SIGNALWIRE_SUBSCRIBER_TOKEN='x'\nexport {VARIABLE}='a.b'\n"),
            format!("set -gx SIGNALWIRE_SUBSCRIBER_TOKEN 'x'\nset -gx {VARIABLE} 'a.b'\n"),
            format!("set -g -x {VARIABLE} a.b"),
            format!("$env:SIGNALWIRE_SUBSCRIBER_TOKEN = 'x'\n$env:{VARIABLE} = 'a.b'\n"),
            format!("$env.SIGNALWIRE_SUBSCRIBER_TOKEN = 'x'\n$env.{VARIABLE} = 'a.b'\n"),
            format!("{VARIABLE}=a.b\n{VARIABLE}=a.b\n"),
            "SIGNALWIRE_GUEST_REFRESH_TOKEN=a.b".to_owned(),
        ] {
            assert_eq!(found(&text), Ok("a.b".to_owned()), "{text}");
        }
        assert_eq!(found("dG9rZQ==\n"), Ok("dG9rZQ==".to_owned()));
    }

    #[test]
    fn the_named_variable_wins_and_those_of_others_are_not_taken() {
        let text = format!("GOOGLE_REFRESH_TOKEN=g\nSIGNALWIRE_GUEST_REFRESH_TOKEN=x\n{VARIABLE}=a.b\n");
        assert_eq!(found(&text), Ok("a.b".to_owned()));
        assert_eq!(found("GOOGLE_REFRESH_TOKEN=1//0abc"), Err(format!("the input does not set {VARIABLE}")));
        assert_eq!(found(&format!("MINE_REFRESH_TOKEN={OURS}\nGOOGLE_REFRESH_TOKEN=g")), Ok(OURS.to_owned()));
    }

    #[test]
    fn none_or_several_are_refused_and_not_repeated() {
        for (text, why) in [
            ("", "the input is empty"),
            (" \n", "the input is empty"),
            ("hunter2 hunter2", "the input contains white space"),
            ("hunter2\nhunter3", "the input has 2 lines, none of which sets a variable"),
            ("\"hunter2\"", "the input contains characters that tokens never have"),
            ("{\"refresh_token\":\"hunter2\"", "the input is not one complete JSON object"),
            ("{\"refresh_token\":\"hunter2\"}\n{}", "the input is not one complete JSON object"),
            ("{\"refresh_token\":\"hunter2\",\"refresh_token\":\"h\"}", "the JSON object has refresh_token twice"),
            ("{\"token\":\"hunter2\"}", "the JSON object has no refresh_token"),
            ("{\"refresh_token\":null}", "the JSON object has no refresh_token"),
            ("{\"refresh_token\":[\"hunter2\"]}", "refresh_token must be a string"),
            ("{\"refresh_token\":\"\"}", "refresh_token is empty"),
            ("{\"refresh_token\":\"hunter2 \"}", "refresh_token is not a token"),
            ("A_REFRESH_TOKEN=hunter2", "the input does not set SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN"),
            (
                "SIGNALWIRE_A_REFRESH_TOKEN=hunter2\nSIGNALWIRE_B_REFRESH_TOKEN=hunter3",
                "the input sets both SIGNALWIRE_A_REFRESH_TOKEN and SIGNALWIRE_B_REFRESH_TOKEN",
            ),
            (
                "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN=hunter2\nSIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN=hunter3",
                "the input sets SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN twice, to different values",
            ),
            ("SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN=", "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN is empty"),
            ("SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN='hunter2 x'", "SIGNALWIRE_SUBSCRIBER_REFRESH_TOKEN is not a token"),
        ] {
            assert_eq!(found(text), Err(why.to_owned()), "{text}");
        }
        assert_eq!(found(&"a".repeat(65_537)), Err("the input has more than 65536 characters".to_owned()));
    }
}
