//! An output line read back: what it says, and whether it is one of ours at all. A file that `--resume` names by mistake
//! must not be touched, so nothing passes here but what `worker` writes, to the letter.

use jiff::Timestamp;
use serde::de::IgnoredAny;

use super::lines::MAX_LINE;
use crate::json::{self, Object, Writer};
use crate::time;
use crate::token::{MAX_LENGTH, is_believable};

/// How every output line begins.
const START: &[u8] = b"{\"line\":";
/// The most bytes of an output line: an `id` as long as its line, two tokens, and room for messages.
pub const MAX_RECORD: usize = MAX_LINE + 2 * MAX_LENGTH + 128 * 1024;

/// What an output line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The number of the input line.
    pub number: u64,
    /// The text of its `id`.
    pub id: Option<String>,
    /// The mark of its request. Version 0.1.0 wrote none.
    pub request: Option<u64>,
    /// What it holds.
    pub result: Outcome,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A token, and when it ends, if it does.
    Minted(Option<Timestamp>),
    /// An error.
    Failed,
}

/// The members that may follow `line`, each at most once and in this order up to `token` or `error`.
const BEFORE: [&str; 2] = ["id", "request"];
/// The members that may follow `token`.
const AFTER_TOKEN: [&str; 4] = ["refresh_token", "subscriber_id", "expires_at", "warnings"];

impl Record {
    /// Reads a line without its line feed; `None` for one that is not ours.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok().filter(|_| line.starts_with(START) && line.ends_with(b"}"))?;
        let object = Object::parse(text).ok().filter(|object| object.repeated().is_none() && in_order(object))?;
        let number = object.get("line").and_then(json::as_integer).and_then(|number| u64::try_from(number).ok());
        let request = object.get("request").map(|raw| parse_mark(raw).ok_or(())).transpose().ok()?;
        let result = match (object.get("token"), object.get("error")) {
            (Some(token), None) => Outcome::Minted(ends(&object, token)?),
            (None, Some(error)) => json::is_object(error).then_some(Outcome::Failed)?,
            _ => return None,
        };
        let id = object.get("id").map(str::to_owned);
        Some(Record { number: number.filter(|number| *number > 0)?, id, request, result })
    }

    /// Whether a text may be the beginning of a line of ours that a crash or a kill has cut, with the zeros that some
    /// file systems leave in place of what was not written.
    pub fn is_torn(text: &[u8]) -> bool {
        let text = &text[..text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)];
        match text.strip_prefix(START) {
            Some(rest) => is_torn_after_start(rest),
            None => START.starts_with(text),
        }
    }
}

/// Writes the mark of a request as its sixteen hexadecimal digits.
pub fn write_mark(mark: u64, members: &mut Writer<'_, Vec<u8>>) {
    let mut text = *b"\"0000000000000000\"";
    for (place, digit) in text[1..17].iter_mut().enumerate() {
        *digit = HEX[usize::from(mark.to_be_bytes()[place / 2] >> (4 * (1 - place % 2)) & 0xf)];
    }
    members.raw_ascii("request", &text);
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn parse_mark(raw: &str) -> Option<u64> {
    let digits = raw.strip_prefix('"')?.strip_suffix('"').filter(|digits| digits.len() == 16)?;
    let lower = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    u64::from_str_radix(digits, 16).ok().filter(|_| lower)
}

/// When the token of a line ends; `None` if the line is not one that holds a token.
#[allow(clippy::option_option, reason = "a token without an end is not a line without a token")]
fn ends(object: &Object, token: &str) -> Option<Option<Timestamp>> {
    let is_token = |raw: &str| json::as_str(raw).is_some_and(|text| is_believable(&text));
    let fits = is_token(token)
        && object.get("refresh_token").is_none_or(|raw| raw == "null" || is_token(raw))
        && object.get("subscriber_id").is_none_or(|raw| raw == "null" || raw.starts_with('"'))
        && object.get("warnings").is_none_or(|raw| json::as_strings(raw).is_some());
    match object.get("expires_at").filter(|_| fits)? {
        "null" => Some(None),
        raw => time::parse_rfc3339_or_date(&json::as_str(raw)?).map(Some),
    }
}

fn in_order(object: &Object) -> bool {
    let mut keys = object.iter().map(|(key, _)| key).skip(1).peekable();
    for key in BEFORE {
        keys.next_if_eq(&key);
    }
    match keys.next() {
        Some("token") => keys.all(|key| AFTER_TOKEN.contains(&key)),
        Some("error") => keys.next().is_none(),
        _ => false,
    }
}

/// What follows [`START`], cut anywhere.
fn is_torn_after_start(rest: &[u8]) -> bool {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = &rest[digits..];
    let mut allowed: Vec<&str> = [&BEFORE[..], &["token", "error"]].concat();
    if digits == 0 {
        return rest.is_empty();
    }
    while !rest.is_empty() {
        match torn_member(rest, &allowed) {
            Member::Whole(key, after) => {
                rest = after;
                match key {
                    "error" => allowed.clear(),
                    "token" => allowed = AFTER_TOKEN.to_vec(),
                    _ if AFTER_TOKEN.contains(&key) => allowed.retain(|known| *known != key),
                    _ => allowed = allowed.into_iter().skip_while(|known| *known != key).skip(1).collect(),
                }
            }
            Member::Cut => return true,
            // The line is whole but for its line feed, and yet it is not one of ours.
            Member::Foreign => return false,
        }
    }
    true
}

enum Member<'a> {
    Whole(&'a str, &'a [u8]),
    Cut,
    Foreign,
}

/// A member with the comma before it.
fn torn_member<'a>(text: &'a [u8], allowed: &[&'a str]) -> Member<'a> {
    for key in allowed {
        let head = format!(",\"{key}\":");
        if let Some(rest) = text.strip_prefix(head.as_bytes()) {
            return torn_value(key, rest);
        }
        if head.as_bytes().starts_with(text) {
            return Member::Cut;
        }
    }
    Member::Foreign
}

fn torn_value<'a>(key: &'a str, text: &'a [u8]) -> Member<'a> {
    let expected: &[u8] = match key {
        "id" => b"",
        "error" => b"{",
        "warnings" => b"[",
        "token" | "request" => b"\"",
        _ => b"\"n",
    };
    match text.first() {
        None => return Member::Cut,
        Some(first) if !expected.is_empty() && !expected.contains(first) => return Member::Foreign,
        Some(_) => {}
    }
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Member::Whole(key, &text[values.byte_offset()..]),
        Some(Err(error)) if error.is_eof() => Member::Cut,
        _ => Member::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINTED: &str =
        r#"{"line":3,"id":{"a":1},"request":"00ff00ff00ff00ff","token":"a.b-c","expires_at":"2030-01-02T03:04:05Z"}"#;
    const GUEST: &str =
        r#"{"line":1,"request":"0123456789abcdef","token":"a","refresh_token":"b","expires_at":null,"warnings":["w"]}"#;
    const FAILED: &str = r#"{"line":2,"id":"x","error":{"code":"usage","exit":2,"message":"m"}}"#;

    #[test]
    fn what_a_batch_writes_is_read_back() {
        let record = Record::parse(MINTED.as_bytes()).unwrap();
        assert_eq!((record.number, record.id.as_deref()), (3, Some(r#"{"a":1}"#)));
        assert_eq!(record.request, Some(0x00ff_00ff_00ff_00ff));
        // `date -u -d 2030-01-02T03:04:05Z +%s`
        assert_eq!(record.result, Outcome::Minted(Timestamp::from_second(1_893_553_445).ok()));
        assert_eq!(Record::parse(GUEST.as_bytes()).unwrap().result, Outcome::Minted(None));
        assert_eq!(Record::parse(FAILED.as_bytes()).unwrap().result, Outcome::Failed);
        for id in ["null", "\"s\""] {
            let line = format!(r#"{{"line":1,"token":"x","subscriber_id":{id},"expires_at":null}}"#);
            assert_eq!(Record::parse(line.as_bytes()).unwrap().result, Outcome::Minted(None), "{line}");
        }
        // A line of version 0.1.0.
        let old = Record::parse(br#"{"line":4294967296,"token":"x","expires_at":null}"#).unwrap();
        assert_eq!((old.number, old.request), (4_294_967_296, None));
    }

    #[test]
    fn what_a_batch_does_not_write_is_not_ours() {
        for foreign in [
            "",
            "{}",
            "hello",
            r#"{"line":1,"token":7,"expires_at":null}"#,
            r#"{"line":1,"token":7}"#,
            r#"{"line":1,"token":"x"}"#,
            r#"{"line":0,"token":"x","expires_at":null}"#,
            r#"{"line":-1,"token":"x","expires_at":null}"#,
            r#"{"line":1.0,"token":"x","expires_at":null}"#,
            r#"{"line":"1","token":"x","expires_at":null}"#,
            r#"{"line":1,"token":"a b","expires_at":null}"#,
            r#"{"line":1,"token":"x","expires_at":"soon"}"#,
            r#"{"line":1,"token":"x","expires_at":1}"#,
            r#"{"line":1,"token":"x","expires_at":null,"price":1}"#,
            r#"{"line":1,"token":"x","token":"y","expires_at":null}"#,
            r#"{"line":1,"token":"x","expires_at":null,"error":{}}"#,
            r#"{"line":1,"error":"x"}"#,
            r#"{"line":1,"error":{},"more":1}"#,
            r#"{"line":1,"request":"12","token":"x","expires_at":null}"#,
            r#"{"line":1,"request":"00FF00FF00FF00FF","token":"x","expires_at":null}"#,
            r#"{"line":1,"request":"00ff00ff00ff00ff","id":1,"token":"x","expires_at":null}"#,
            r#"{"token":"x","line":1,"expires_at":null}"#,
            r#" {"line":1,"token":"x","expires_at":null}"#,
            r#"{"line":1,"token":"x","expires_at":null} "#,
            r#"{"line":1,"token":"x","refresh_token":7,"expires_at":null}"#,
            r#"{"line":1,"token":"x","subscriber_id":7,"expires_at":null}"#,
            r#"{"line":1,"token":"x","expires_at":null,"warnings":"w"}"#,
        ] {
            assert_eq!(Record::parse(foreign.as_bytes()), None, "{foreign}");
        }
    }

    #[test]
    fn a_line_of_ours_may_be_cut_anywhere_and_be_followed_by_zeros() {
        for line in [MINTED, GUEST, FAILED] {
            for end in 0..line.len() {
                let mut cut = line.as_bytes()[..end].to_vec();
                assert!(Record::is_torn(&cut), "{}", &line[..end]);
                cut.extend([0; 9]);
                assert!(Record::is_torn(&cut), "{}", &line[..end]);
            }
        }
        // What follows the token may stand in any order.
        assert!(Record::is_torn(br#"{"line":1,"token":"x","warnings":["w"],"expires_at":n"#));
        // In the middle of a character, too.
        assert!(Record::is_torn(b"{\"line\":1,\"id\":\"\xc3"));
    }

    #[test]
    fn what_only_looks_like_a_cut_line_is_not_one() {
        for foreign in [
            "hello",
            "{\"precious\":1}",
            "{\"line\":x",
            "{\"line\":1,\"precious\":\"x",
            "{\"line\":1,\"token\":7",
            "{\"line\":1,\"token\":n",
            "{\"line\":1,\"request\":n",
            "{\"line\":1,\"request\":\"00ff00ff00ff00ff\",\"id\":1",
            "{\"line\":1,\"error\":\"x",
            "{\"line\":1,\"token\":\"x\",\"token\":\"y",
            "{\"line\":1,\"id\":1,\"id\":2",
            "{\"line\":1,\"error\":{},\"warnings\":[",
            "{\"line\":1,\"id\":]",
            "{\"line\":1,\"member_id\":\"m\"}",
            "\n{\"line\":1",
            "{\"line\":1\0,\"id\":2",
        ] {
            assert!(!Record::is_torn(foreign.as_bytes()), "{foreign}");
        }
    }
}
