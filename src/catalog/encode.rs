//! From what was typed for a field to its JSON, and from a batch line that is written like a flag.

use jiff::{SignedDuration, Timestamp};

use super::likely::time_hint;
use super::{Field, Input, Value, lifetime, likely_json};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text;
use crate::time;

impl Field {
    /// The JSON of what was typed, `None` for a flag without a value. `name` is what messages call the field.
    pub(super) fn encode(&self, name: &str, values: &[Option<String>], now: Timestamp) -> Result<String> {
        let texts: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
        match (self.input, texts.as_slice(), self.flag.value) {
            (Input::Entries { parse, .. }, _, _) => parse(name, &texts).map(|object| object.to_string()),
            (Input::CommaList, _, _) => comma_list(name, &texts),
            (_, [], Value::Optional(_) | Value::Switch) => Ok("true".to_owned()),
            (_, [], Value::Required(_) | Value::Argument(_)) => Err(Failure::usage(format!("{name} needs a value"))),
            (_, [.., text], _) => self.encode_one(name, text, now),
        }
    }

    fn encode_one(&self, name: &str, text: &str, now: Timestamp) -> Result<String> {
        let wrong = |why: String| Failure::usage(format!("{name} {why}"));
        let explain = |fault: time::Fault| match time_hint(name, text) {
            Some(hint) => wrong(fault.to_string()).with_hint(hint),
            None => wrong(fault.to_string()),
        };
        let instant = || time::instant(text, now).map_err(explain);
        let from_now = || {
            let length = SignedDuration::from_secs(lifetime::seconds(name, text, self.rule)?);
            now.checked_add(length).map_err(|_| wrong(format!("is too far in the future, got '{text}'")))
        };
        match self.input {
            Input::Minutes => lifetime::minutes(name, text, self.rule).map(|minutes| minutes.to_string()),
            Input::Seconds if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                let number = text.trim_start_matches('0');
                Ok(if number.is_empty() { "0".to_owned() } else { number.to_owned() })
            }
            Input::Seconds => lifetime::seconds(name, text, self.rule).map(|seconds| seconds.to_string()),
            Input::Lifetime { max } => lifetime::limited(name, text, max).map(|seconds| seconds.to_string()),
            Input::Epoch => Ok(instant()?.0.as_second().to_string()),
            Input::Moment => Ok(time::moment(text, now).map_err(explain)?.as_second().to_string()),
            Input::ExpiryAfter => Ok(from_now()?.as_second().to_string()),
            Input::DateTimeAfter => Ok(json::string(&time::rfc3339(from_now()?))),
            Input::DateTime => Ok(json::string(&match instant()? {
                (_, time::Form::Absolute) => text.to_owned(),
                (time, time::Form::Ours) => time::rfc3339(time),
            })),
            Input::Boolean => match text {
                "true" | "false" => Ok(text.to_owned()),
                _ => Err(wrong(format!("must be true or false, got '{}'", text::clip(text, 40)))),
            },
            Input::Json => json::value(text).map_err(|fault| not_json(name, text, &fault)),
            Input::Object => object(name, text).map(|object| object.to_string()),
            // A variable that is not set arrives as an empty text.
            Input::Text | Input::Secret | Input::Token(_) if text.is_empty() => Err(wrong("is empty".to_owned())),
            Input::Text | Input::Secret | Input::Token(_) => Ok(json::string(text)),
            Input::Entries { .. } | Input::CommaList => self.encode(name, &[Some(text.to_owned())], now),
        }
    }

    /// The JSON of a member of a batch line or of `--body`, where that is written as the flag would be: durations and
    /// times as text. `None` where it is right as it stands, or is left for the rule to name.
    pub(super) fn encode_member(&self, raw: &str, as_flags: bool, now: Timestamp) -> Result<Option<String>> {
        let is_moment = self.input.is_duration() || self.input.is_time();
        if !(is_moment || as_flags && self.input.repeats()) {
            return Ok(None);
        }
        match (self.input, json::as_str(raw)) {
            (Input::DateTime, Some(text)) if !text.starts_with(['+', '@']) => Ok(None),
            (_, Some(text)) => self.encode(self.key, &[Some(text.into_owned())], now).map(Some),
            // A bare number gets the same question as one that is typed.
            (Input::Lifetime { .. }, None) if as_flags => self.encode_one(self.key, raw, now).map(Some),
            (Input::Epoch | Input::Moment, None) if as_flags => {
                Err(Failure::usage(format!("{} must be a string", self.key)))
            }
            (Input::Entries { .. }, None) => match json::as_strings(raw) {
                Some(texts) => {
                    let texts: Vec<Option<String>> = texts.into_iter().map(Some).collect();
                    self.encode(self.key, &texts, now).map(Some)
                }
                None => Ok(None),
            },
            (_, None) => Ok(None),
        }
    }
}

/// The object that a text is; a key that stands twice is refused.
pub(super) fn object(name: &str, text: &str) -> Result<Object> {
    let object = Object::parse(text).map_err(|fault| not_json(name, text, &fault))?;
    match object.repeated() {
        Some(key) => Err(Failure::usage(format!("{name} has the key '{}' twice", text::clip(key, 60)))),
        None => Ok(object),
    }
}

fn not_json(name: &str, text: &str, fault: &json::Fault) -> Failure {
    Failure::usage(format!("{name} {fault}")).with_hint(likely_json::hint(name, text, fault))
}

/// The entries of lists. An empty one is a variable that was not set, or a comma too many.
fn comma_list(name: &str, texts: &[&str]) -> Result<String> {
    let entries = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    if entries.clone().any(str::is_empty) && texts.iter().any(|text| text.contains(',')) {
        let given = text::clip(&texts.join(" "), 60);
        return Err(Failure::usage(format!("{name} has an empty entry, got '{given}'"))
            .with_hint("remove the extra comma, or check that the variable is set"));
    }
    Ok(json_list(entries))
}

pub(super) fn json_list<'a>(entries: impl Iterator<Item = &'a str>) -> String {
    entries.collect::<serde_json::Value>().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_too_many_is_refused_and_blanks_around_entries_are_not_theirs() {
        let list = |texts: &[&str]| comma_list("--x", texts).map_err(|failure| failure.to_string());
        assert_eq!(list(&["a, b", "c"]).as_deref(), Ok(r#"["a","b","c"]"#));
        assert_eq!(list(&["a,,b", "c"]), Err("--x has an empty entry, got 'a,,b c'".to_owned()));
        // What is empty as a whole is for the rule of the field.
        assert_eq!(list(&[""]).as_deref(), Ok(r#"[""]"#));
    }

    #[test]
    fn an_object_has_each_key_once() {
        let read =
            |text: &str| object("--x", text).map(|object| object.to_string()).map_err(|failure| failure.to_string());
        assert_eq!(read(r#"{"a":1}"#).as_deref(), Ok(r#"{"a":1}"#));
        assert_eq!(read(r#"{"a":1,"a":2}"#), Err("--x has the key 'a' twice".to_owned()));
        assert!(read("[]").is_err());
    }
}
