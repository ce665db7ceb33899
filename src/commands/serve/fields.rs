//! The fields that callers may set, from a query or a JSON object to what a batch line would hold.

use crate::catalog::{Field, Input, Kind, Value};
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text;

/// The most characters of a caller's text that a message repeats.
const SHOWN: usize = 60;

/// What `--let` names.
#[derive(Debug)]
pub(super) struct Fields {
    kind: &'static Kind,
    keys: Vec<&'static str>,
}

impl Fields {
    /// The values of `--let`.
    ///
    /// # Errors
    /// Exit 2 for what is not a field of the kind, and for a secret, which no page can know.
    pub(super) fn new(kind: &'static Kind, typed: &[String]) -> Result<Self> {
        let names = typed.iter().flat_map(|list| list.split(',')).map(str::trim);
        let keys = names.map(|name| find(kind, name)).collect::<Result<_>>()?;
        Ok(Fields { kind, keys })
    }

    /// Their keys.
    pub(super) fn keys(&self) -> &[&'static str] {
        &self.keys
    }

    /// The fields that a request sets.
    ///
    /// # Errors
    /// Exit 2, which is a 400, naming what is wrong.
    pub(super) fn read(&self, query: &str, body: &str) -> Result<Object> {
        let mut fields = Object::default();
        for (field, texts) in self.typed(query)? {
            fields.set(field.key, raw(field, &texts)?);
        }
        if body.is_empty() {
            return Ok(fields);
        }
        let object = Object::parse(body).map_err(|fault| Failure::usage(format!("the body {fault}")))?;
        if let Some(key) = object.repeated() {
            return Err(twice(key));
        }
        for (key, value) in object.iter() {
            let field = self.allowed(key)?;
            if fields.get(key).is_some() {
                return Err(twice(key));
            }
            if value == "\"\"" && matches!(field.input, Input::Text) {
                return Err(empty(field));
            }
            fields.set(field.key, value.to_owned());
        }
        Ok(fields)
    }

    /// The parameters of a query, each with all of its values. One that is not allowed ends the search: a query may have
    /// thousands.
    fn typed(&self, query: &str) -> Result<Vec<(&'static Field, Vec<String>)>> {
        let mut typed: Vec<(&'static Field, Vec<String>)> = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (field, value) = (self.allowed(&decoded(key)?)?, decoded(value)?);
            match typed.iter_mut().find(|(known, _)| known.key == field.key) {
                Some((_, values)) => values.push(value),
                None => typed.push((field, vec![value])),
            }
        }
        Ok(typed)
    }

    fn allowed(&self, key: &str) -> Result<&'static Field> {
        let known = self.keys.contains(&key).then(|| self.kind.field(key)).flatten();
        known.ok_or_else(|| {
            let hint = match self.keys.as_slice() {
                [] => "callers may set no field; start the server with --let FIELD".to_owned(),
                keys => format!("callers may set: {}", keys.join(", ")),
            };
            Failure::usage(format!("{} cannot be set by callers", text::clip(key, SHOWN))).with_hint(hint)
        })
    }
}

fn find(kind: &'static Kind, name: &str) -> Result<&'static str> {
    let known = || kind.distinct_fields().filter(|field| !field.input.is_secret()).map(|field| field.key);
    match kind.field(name) {
        Some(field) if field.input.is_secret() => {
            Err(Failure::usage(format!("--let {name}: a secret cannot be set by callers"))
                .with_hint(format!("set it on the server with {} @FILE", field.dashed())))
        }
        Some(field) => Ok(field.key),
        None => {
            let given = text::clip(name, SHOWN);
            let meant = text::did_you_mean(&name.replace('-', "_"), known());
            Err(Failure::usage(format!("--let: {} has no field '{given}'{meant}", kind.name))
                .with_hint(format!("fields: {}", known().collect::<Vec<_>>().join(", "))))
        }
    }
}

fn twice(key: &str) -> Failure {
    Failure::usage(format!("{} is given twice", text::clip(key, SHOWN)))
}

fn empty(field: &Field) -> Failure {
    Failure::usage(format!("{} is empty", field.key))
}

/// The texts of a field in a query as the JSON of a batch line.
fn raw(field: &Field, texts: &[String]) -> Result<String> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let json = |text: &str| json::value(text).map_err(|fault| Failure::usage(format!("{} {fault}", field.key)));
    match (field.input, texts.as_slice()) {
        (_, [""]) => Err(empty(field)),
        (Input::Entries { .. }, [text]) if text.starts_with('{') => json(text),
        (Input::Entries { parse, .. }, texts) => parse(field.key, texts).map(|object| object.to_string()),
        (Input::CommaList, [text]) if text.starts_with('[') => json(text),
        (Input::CommaList, texts) => {
            Ok(texts.iter().flat_map(|text| text.split(',')).map(str::trim).collect::<serde_json::Value>().to_string())
        }
        (_, [] | [_, _, ..]) => Err(twice(field.key)),
        (input, [text]) if input.is_json() => json(text),
        (Input::Text | Input::Secret, [text]) => match (field.flag.value, *text) {
            (Value::Optional(_), "true" | "false") => Ok((*text).to_owned()),
            _ => Ok(json::string(text)),
        },
        // Durations and times may be numbers, or text as a flag takes it. A boolean that is neither true nor false is left
        // for the rule to name.
        (_, [text @ ("true" | "false")]) => Ok((*text).to_owned()),
        (_, [text]) if json::as_integer(text).is_some() => Ok((*text).to_owned()),
        (_, [text]) => Ok(json::string(text)),
    }
}

/// Text of a query in the clear.
fn decoded(text: &str) -> Result<String> {
    let wrong = || Failure::usage("the query is not valid percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        match first {
            b'%' => {
                let (digits, more) = rest.split_at_checked(2).ok_or_else(wrong)?;
                let digit = |place: usize| char::from(digits[place]).to_digit(16).ok_or_else(wrong);
                bytes.push(u8::try_from(digit(0)? * 16 + digit(1)?).map_err(|_| wrong())?);
                rest = more;
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signalwire::{chat, guest, subscriber, video};

    fn fields(kind: &'static Kind, keys: &str) -> Fields {
        Fields::new(kind, &[keys.to_owned()]).unwrap()
    }

    fn read(kind: &'static Kind, keys: &str, query: &str, body: &str) -> std::result::Result<String, String> {
        fields(kind, keys).read(query, body).map(|object| object.to_string()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_query_is_typed_like_a_batch_line() {
        for (query, line) in [
            ("", "{}"),
            ("member_id=alice", r#"{"member_id":"alice"}"#),
            ("member_id=a+b%26%C3%A9", r#"{"member_id":"a b&é"}"#),
            ("member_id=7&ttl=60", r#"{"member_id":"7","ttl":60}"#),
            ("ttl=1h", r#"{"ttl":"1h"}"#),
            (
                "channels=lobby%3Drw&channels=news%3Dr",
                r#"{"channels":{"lobby":{"read":true,"write":true},"news":{"read":true,"write":false}}}"#,
            ),
            ("channels=%7B%22a%22%3A%7B%22read%22%3Atrue%7D%7D", r#"{"channels":{"a":{"read":true}}}"#),
            ("state={%22a%22:1}", r#"{"state":{"a":1}}"#),
        ] {
            assert_eq!(read(&chat::KIND, "member_id,ttl,channels,state", query, "").as_deref(), Ok(line), "{query}");
        }
        let video = |query| read(&video::KIND, "join_audio_muted,permissions", query, "");
        assert_eq!(video("join_audio_muted=true").unwrap(), r#"{"join_audio_muted":true}"#);
        assert_eq!(video("permissions=a,b&permissions=c").unwrap(), r#"{"permissions":["a","b","c"]}"#);
        assert_eq!(read(&guest::KIND, "expire_at", "expire_at=%2B2h", "").unwrap(), r#"{"expire_at":"+2h"}"#);
        assert_eq!(
            read(crate::providers::kind("twilio").unwrap(), "video", "video=true", "").unwrap(),
            r#"{"video":true}"#
        );
    }

    #[test]
    fn json_is_taken_as_it_is() {
        let chat = |query, body| read(&chat::KIND, "member_id,ttl", query, body);
        assert_eq!(chat("", r#"{"member_id":"a","ttl":60}"#).unwrap(), r#"{"member_id":"a","ttl":60}"#);
        assert_eq!(chat("ttl=5", r#"{"member_id":"a"}"#).unwrap(), r#"{"ttl":5,"member_id":"a"}"#);
        for (query, body, part) in [
            ("", "[]", "the body"),
            ("", "{", "the body"),
            ("", r#"{"member_id":"a","member_id":"b"}"#, "member_id is given twice"),
            ("member_id=a", r#"{"member_id":"b"}"#, "member_id is given twice"),
            ("member_id=a&member_id=b", "", "member_id is given twice"),
            ("member_id=", "", "member_id is empty"),
            ("member_id", "", "member_id is empty"),
            ("", r#"{"member_id":""}"#, "member_id is empty"),
            ("state={}", "", "state cannot be set by callers"),
            ("", r#"{"state":{}}"#, "state cannot be set by callers"),
            ("member_id=%f", "", "percent-encoded"),
            ("member_id=%ff", "", "percent-encoded"),
            ("member_id=%+f", "", "percent-encoded"),
        ] {
            let said = chat(query, body).unwrap_err();
            assert!(said.contains(part), "{query} {body}: {said}");
        }
        let said = fields(&chat::KIND, "ttl").read("x%1b%5b=1", "").unwrap_err();
        assert_eq!(
            (said.to_string().as_str(), said.hint()),
            ("x[ cannot be set by callers", Some("callers may set: ttl"))
        );
    }

    #[test]
    fn secrets_and_unknown_fields_cannot_be_let() {
        for (kind, name, part) in [
            (&subscriber::KIND, "password", "secret"),
            (&chat::KIND, "member-id", "did you mean 'member_id'?"),
            (&chat::KIND, "id", "has no field 'id'"),
            (&chat::KIND, "", "has no field ''"),
            (&chat::KIND, "room_name", "has no field 'room_name'"),
        ] {
            let failure = Fields::new(kind, &[name.to_owned()]).unwrap_err();
            assert!(failure.exit_code() == 2 && failure.to_string().contains(part), "{failure}");
        }
        let failure = Fields::new(&subscriber::KIND, &["x".to_owned()]).unwrap_err();
        assert!(!failure.hint().unwrap().contains("password"));
    }
}
