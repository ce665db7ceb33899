//! The JSON bodies of answers. Only the wanted members are read, in place: a server can put a million values into the
//! megabyte that is read, and storing them one by one would cost many times that.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::codes;
use crate::error::Detail;
use crate::json;
use crate::redact::Scrubber;
use crate::secret::Secret;

/// The most entries of a refusal that are kept. No request of ours can earn more reasons than it has fields.
const MAX_ENTRIES: usize = 20;
/// How many reasons are part of the message; all of them are in the details.
const MAX_REASONS_SHOWN: usize = 5;

/// The members of a successful body that were asked for.
pub(super) struct SuccessBody<'a>(Vec<Option<&'a RawValue>>);

impl<'a> SuccessBody<'a> {
    /// Reads a body that is one complete JSON object; a byte order mark before it is skipped.
    pub(super) fn read(body: &'a [u8], names: &[&str]) -> Option<Self> {
        members(without_mark(body), names).map(SuccessBody)
    }

    /// The member of this place in the names: nothing if it is missing or null, an error if it is not a string.
    pub(super) fn text(&self, place: usize) -> Option<Result<Secret, ()>> {
        let raw = self.0.get(place).copied().flatten()?;
        (raw.get() != "null").then(|| json::as_str(raw.get()).map(|text| Secret::new(text.into_owned())).ok_or(()))
    }
}

/// What the service says in the body of a refusal, fit to be shown.
#[derive(Default)]
pub(super) struct ErrorBody {
    pub(super) details: Vec<Detail>,
    error: Option<String>,
}

impl ErrorBody {
    /// Reads the documented forms `{"errors":[…]}` and `{"error":"…"}`; whatever else it is says nothing. `flag_of` gives
    /// the flag that sets an attribute.
    pub(super) fn read(body: &[u8], flag_of: &dyn Fn(&str) -> Option<String>, scrubber: &Scrubber) -> Self {
        let Some(found) = members(without_mark(body), &["errors", "error", "message"]) else {
            return ErrorBody::default();
        };
        let [errors, error, message] = found[..] else { return ErrorBody::default() };
        let entries = errors.map_or_else(Vec::new, |errors| first_entries(errors.get()));
        let entry = |raw: &RawValue| Some(detail(raw.get(), flag_of, scrubber)).flatten();
        let text = |raw: Option<&RawValue>| raw.and_then(|raw| shown(raw.get(), scrubber));
        ErrorBody {
            details: entries.into_iter().filter_map(entry).collect(),
            error: text(error).or_else(|| text(message)).filter(|text| !text.is_empty()),
        }
    }

    /// The status, then what was said: ` (422): --channel: Permissions must be valid JSON [not_a_valid_json]`.
    pub(super) fn after(&self, status: &str) -> String {
        let mut reasons: Vec<String> = self.details.iter().map(reason).filter(|reason| !reason.is_empty()).collect();
        if !reasons.is_empty() {
            let more = reasons.len().saturating_sub(MAX_REASONS_SHOWN);
            reasons.truncate(MAX_REASONS_SHOWN);
            let more = if more == 0 { String::new() } else { format!("; and {more} more") };
            return format!(" ({status}): {}{more}", reasons.join("; "));
        }
        match &self.error {
            // "Unauthorized" after 401 adds nothing.
            Some(error) if !status.contains(error.as_str()) => format!(" ({status}): {error}"),
            _ => format!(" ({status})"),
        }
    }

    /// The first code that `explain` knows.
    pub(super) fn known_code(&self) -> Option<&'static str> {
        self.details.iter().find_map(|detail| codes::find(detail.code.as_deref()?)).map(|(code, _)| code)
    }

    /// The service's page about the first reason that has one. Any other scheme would not lead to a page.
    pub(super) fn page(&self) -> Option<&str> {
        self.details.iter().find_map(|detail| detail.url.as_deref().filter(|url| url.starts_with("https://")))
    }
}

fn detail(raw: &str, flag_of: &dyn Fn(&str) -> Option<String>, scrubber: &Scrubber) -> Option<Detail> {
    let found = members(raw.as_bytes(), &["type", "code", "message", "detail", "attribute", "url"])?;
    let text = |place: usize| found[place].and_then(|raw: &RawValue| shown(raw.get(), scrubber));
    let attribute = text(4);
    Some(Detail {
        category: text(0),
        code: text(1),
        message: text(2).or_else(|| text(3)),
        flag: attribute.as_deref().and_then(flag_of),
        attribute,
        url: text(5),
    })
}

/// A string or number of the service's, fit to be shown. Anything else has no text.
fn shown(raw: &str, scrubber: &Scrubber) -> Option<String> {
    if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Some(scrubber.outside(raw));
    }
    let text = Secret::new(json::as_str(raw)?.into_owned());
    Some(scrubber.outside(text.expose()))
}

fn reason(detail: &Detail) -> String {
    let field = match (&detail.flag, &detail.attribute) {
        (Some(flag), _) => format!("{flag}: "),
        (None, Some(attribute)) if !attribute.is_empty() => format!("{attribute}: "),
        (None, _) => String::new(),
    };
    let message = detail.message.as_deref().unwrap_or_default();
    match &detail.code {
        Some(code) if !code.is_empty() && !message.is_empty() => format!("{field}{message} [{code}]"),
        Some(code) if !code.is_empty() => format!("{field}{code}"),
        _ if message.is_empty() => String::new(),
        _ => format!("{field}{message}"),
    }
}

/// Some servers put a byte order mark before their JSON, which RFC 8259 lets a reader ignore.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The members of these names in a JSON object, in their order. Nothing where it is not one complete object, or where one
/// of them is there twice: two readers could disagree on which one counts.
fn members<'a>(json: &'a [u8], names: &[&str]) -> Option<Vec<Option<&'a RawValue>>> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let found = Members(names).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(found)
}

struct Members<'n>(&'n [&'n str]);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = vec![None; self.0.len()];
        while let Some(Key(key)) = object.next_key()? {
            match self.0.iter().position(|name| *name == key) {
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
                Some(place) if found[place].is_none() => found[place] = Some(object.next_value()?),
                Some(_) => return Err(A::Error::custom("a member is there twice")),
            }
        }
        Ok(found)
    }
}

/// A key, copied only if it has escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The first entries of a JSON array; the rest is read past.
fn first_entries(json: &str) -> Vec<&RawValue> {
    struct First;

    impl<'de> Visitor<'de> for First {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut kept = Vec::new();
            while kept.len() < MAX_ENTRIES
                && let Some(entry) = entries.next_element()?
            {
                kept.push(entry);
            }
            while entries.next_element::<IgnoredAny>()?.is_some() {}
            Ok(kept)
        }
    }

    serde_json::Deserializer::from_str(json).deserialize_seq(First).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn success(body: &[u8]) -> Option<SuccessBody<'_>> {
        SuccessBody::read(body, &["token", "refresh_token"])
    }

    fn texts(body: &[u8]) -> Option<[Option<Result<String, ()>>; 2]> {
        let body = success(body)?;
        Some([0, 1].map(|place| body.text(place).map(|text| text.map(|text| text.expose().to_owned()))))
    }

    #[test]
    fn the_named_members_are_found_and_the_others_are_read_past() {
        let body = br#" {"x":[1,{"token":"no"}],"refresh_token":null,"tok\u0065n":"\u0061b","y":{}} "#;
        assert_eq!(texts(body), Some([Some(Ok("ab".to_owned())), None]));
        assert_eq!(texts(br#"{"token":7,"refresh_token":["a"]}"#), Some([Some(Err(())), Some(Err(()))]));
        assert_eq!(texts(b"{}"), Some([None, None]));
        assert_eq!(texts(b"\xef\xbb\xbf{\"token\":\"a\"}"), Some([Some(Ok("a".to_owned())), None]));
    }

    #[test]
    fn whatever_is_not_one_complete_object_without_repeated_members_is_refused() {
        for body in [
            &b""[..],
            b"null",
            b"[{\"token\":\"a\"}]",
            b"\"token\"",
            b"{\"token\":\"a\"",
            b"{\"token\":\"a\"}x",
            b"{\"token\":\"a\"}{}",
            b"{\"token\":\"a\",\"token\":\"a\"}",
            b"{\"token\":\"a\",\"tok\\u0065n\":\"a\"}",
            b"{\"token\":\"\xff\"}",
            b"\xef\xbb\xbf\xef\xbb\xbf{\"token\":\"a\"}",
            b"\xfe\xff{\"token\":\"a\"}",
        ] {
            assert!(success(body).is_none(), "{body:?}");
        }
        // What is not looked at may be there as often as it likes.
        assert!(success(br#"{"x":1,"x":2,"token":"a"}"#).is_some());
    }

    fn said(body: &str) -> String {
        ErrorBody::read(body.as_bytes(), &|attribute| Some(format!("--{attribute}")), &Scrubber::default()).after("422")
    }

    #[test]
    fn a_refusal_is_put_into_one_sentence() {
        for (body, words) in [
            (
                r#"{"errors":[{"code":"c","message":"It is wrong","attribute":"ttl"}]}"#,
                " (422): --ttl: It is wrong [c]",
            ),
            (r#"{"errors":[{"code":"c","attribute":null},{"detail":"Too long"}]}"#, " (422): c; Too long"),
            (r#"{"errors":[{"code":12,"message":""}]}"#, " (422): 12"),
            (r#"{"errors":[7,{"message":"It is wrong"}],"error":"No"}"#, " (422): It is wrong"),
            (r#"{"errors":[],"error":"No"}"#, " (422): No"),
            (r#"{"errors":"No","message":"Not so"}"#, " (422): Not so"),
            (r#"{"error":"","message":""}"#, " (422)"),
            (r#"{"error":{"a":1}}"#, " (422)"),
            (r#"{"error":"4"}"#, " (422)"),
            ("\u{feff}{\"error\":\"No\"}", " (422): No"),
            ("No", " (422)"),
            ("", " (422)"),
        ] {
            assert_eq!(said(body), words, "{body}");
        }
    }

    #[test]
    fn five_reasons_are_shown_and_twenty_kept() {
        let entries: Vec<String> = (1..=30).map(|number| format!(r#"{{"message":"m{number}"}}"#)).collect();
        let body = format!(r#"{{"errors":[{}]}}"#, entries.join(","));
        assert_eq!(said(&body), " (422): m1; m2; m3; m4; m5; and 15 more");
        assert_eq!(ErrorBody::read(body.as_bytes(), &|_| None, &Scrubber::default()).details.len(), 20);
    }
}
