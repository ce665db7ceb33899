//! JSON as others wrote it, which must reach the wire unchanged (key order, number text and escapes kept, insignificant
//! white space dropped), and a writer for our own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Why a text is not the expected JSON. Never holds a piece of the text itself, but for one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON: the place where reading stopped, and why.
    Syntax {
        /// From 1; 0 where the text is one line.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What was expected there.
        expected: Expected,
        /// The character that stands there instead.
        found: Option<char>,
    },
    /// JSON, but not an object.
    NotObject,
}

/// What the grammar of JSON has at a place where something else stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// More text.
    More,
    /// Any value.
    Value,
    /// The key of a member.
    Key,
    /// The colon after a key.
    Colon,
    /// A comma or the end of an object or a list.
    Comma,
    /// No comma before the end of an object or a list.
    NoComma,
    /// Nothing after the value.
    End,
    /// Something else.
    Other,
}

impl Expected {
    /// The library has this in its sentence alone, which is the same for every text.
    fn of(error: &serde_json::Error) -> Self {
        let sentence = error.to_string();
        let known = [
            ("EOF while", Expected::More),
            ("expected value", Expected::Value),
            ("expected ident", Expected::Value),
            ("key must be a string", Expected::Key),
            ("expected `:`", Expected::Colon),
            ("expected `,`", Expected::Comma),
            ("trailing comma", Expected::NoComma),
            ("trailing characters", Expected::End),
        ];
        known.iter().find(|(start, _)| sentence.starts_with(start)).map_or(Expected::Other, |(_, expected)| *expected)
    }

    fn words(self) -> &'static str {
        match self {
            Expected::More => "it ends too early",
            Expected::Value => "expected a value",
            Expected::Key => "expected a key in double quotes",
            Expected::Colon => "expected a colon after the key",
            Expected::Comma => "expected a comma or the end",
            Expected::NoComma => "trailing comma",
            Expected::End => "text after the end of the value",
            Expected::Other => "invalid text",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault::Syntax { line, column, expected, found } = self else {
            return formatter.write_str("must be a JSON object, written {…}");
        };
        write!(formatter, "is not valid JSON: {}", expected.words())?;
        if matches!(expected, Expected::Value | Expected::Key | Expected::Colon | Expected::Comma)
            && let Some(found) = found.filter(|found| found.is_ascii_graphic() && *found != '\'')
        {
            write!(formatter, ", found '{found}'")?;
        }
        match (*line, *column) {
            (_, 0) => Ok(()),
            (0, _) => write!(formatter, " at column {column}"),
            _ => write!(formatter, " at line {line}, column {column}"),
        }
    }
}

impl Fault {
    /// The fault in a text that is a line of something larger, whose number is named elsewhere.
    pub fn within_line(self) -> Self {
        match self {
            Fault::Syntax { column, expected, found, .. } => Fault::Syntax { line: 0, column, expected, found },
            Fault::NotObject => self,
        }
    }

    /// The fault behind an error of the library, whose own sentence may quote a value that is secret.
    fn new(error: &serde_json::Error, text: &str) -> Self {
        if error.classify() == serde_json::error::Category::Data {
            return Fault::NotObject;
        }
        let (line, column) = (error.line(), error.column());
        let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let (before, rest) = text.split_at_checked(start + column.saturating_sub(1)).unwrap_or((text, ""));
        // A word that begins like `true`, `false` or `null` is named where it begins.
        let word = if error.to_string().starts_with("expected ident") {
            before.len() - before.trim_end_matches(|letter: char| letter.is_ascii_lowercase()).len()
        } else {
            0
        };
        let (column, found) = (column - word, text[before.len() - word..].chars().next().filter(|_| !rest.is_empty()));
        let expected = match Expected::of(error) {
            Expected::Value | Expected::Key if matches!(found, Some(']' | '}')) && before.trim_end().ends_with(',') => {
                Expected::NoComma
            }
            expected => expected,
        };
        Fault::Syntax { line, column, expected, found }
    }
}

/// One JSON value with its text as written.
///
/// # Errors
/// [`Fault::Syntax`] where the text is not exactly one JSON value.
pub fn value(text: &str) -> Result<String, Fault> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| Fault::new(&error, text))?;
    Ok(compact(raw.get()))
}

/// A string as a JSON text.
pub fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The string that a JSON text holds, or `None` if it holds something else.
pub fn as_str(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.starts_with('"') {
        return None;
    }
    match serde_json::from_str::<&str>(raw) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
    }
}

/// The strings of a JSON array of strings, or `None` if it is something else.
pub fn as_strings(raw: &str) -> Option<Vec<String>> {
    if raw.starts_with('[') { serde_json::from_str(raw).ok() } else { None }
}

/// The objects of a JSON array of objects, or `None` if it is something else.
pub fn as_objects(raw: &str) -> Option<Vec<Object>> {
    if raw.starts_with('[') { serde_json::from_str(raw).ok() } else { None }
}

/// An integer written as one: `60`, not `60.0` or `"60"`.
pub fn as_integer(raw: &str) -> Option<i64> {
    serde_json::from_str(raw).ok()
}

/// Whether a JSON text is an object.
pub fn is_object(raw: &str) -> bool {
    raw.starts_with('{')
}

/// An object whose members keep their order and their text.
#[derive(Debug, Clone, Default)]
pub struct Object {
    members: Vec<Member>,
    /// Where each key stands, last one first. Only for an object that has grown large: a few keys are compared faster.
    places: Option<HashMap<String, usize>>,
}

/// From this many members on, a key is looked up by its hash.
const LARGE: usize = 64;

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl Eq for Object {}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    /// The key as a JSON text.
    written_key: String,
    /// The key itself where it is not what stands between the quotes.
    escaped_key: Option<String>,
    value: String,
}

impl Member {
    fn new(written_key: String, value: String) -> Self {
        // Keys with lone surrogates cannot be decoded and are kept verbatim.
        let decoded = |text: &str| as_str(text).map_or_else(|| text.to_owned(), Cow::into_owned);
        let escaped_key = written_key.contains('\\').then(|| decoded(&written_key));
        Member { written_key, escaped_key, value }
    }

    fn key(&self) -> &str {
        let between_quotes = || self.written_key.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        self.escaped_key.as_deref().or_else(between_quotes).unwrap_or(&self.written_key)
    }
}

impl Object {
    /// Reads an object. Members that appear twice are kept twice: see [`Object::repeated`].
    ///
    /// # Errors
    /// [`Fault::Syntax`] where it is not JSON, [`Fault::NotObject`] where it is another value.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
            return serde_json::from_str(text).map_err(|error| Fault::new(&error, text));
        }
        value(text)?;
        Err(Fault::NotObject)
    }

    /// Whether it has no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// How many members it has.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// The text of a member's value; the last one where a key stands twice.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.members.iter().rev().find(|member| member.key() == key).map(|member| member.value.as_str())
    }

    /// Sets a member to a JSON text: in its place if it is there, else at the end.
    pub fn set(&mut self, key: &str, value: String) {
        match self.place(key) {
            Some(place) => self.members[place].value = value,
            None => self.push(Member::new(string(key), value)),
        }
    }

    /// Takes a member out and gives its text.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        let place = self.place(key)?;
        self.places = None;
        Some(self.members.remove(place).value)
    }

    /// Sets every member of `other` here, in place or at the end, keys as written there.
    pub fn merge(&mut self, other: Object) {
        self.members.reserve(other.members.len());
        for member in other.members {
            match self.place(member.key()) {
                Some(place) => self.members[place] = member,
                None => self.push(member),
            }
        }
    }

    /// Where a key stands, the last time if it stands twice. The cost must not grow with the members, or a line of many
    /// thousand of them takes minutes to merge.
    fn place(&mut self, key: &str) -> Option<usize> {
        if self.members.len() < LARGE {
            return self.members.iter().rposition(|member| member.key() == key);
        }
        let index = || {
            let keys = self.members.iter().map(|member| member.key().to_owned());
            keys.zip(0..).collect()
        };
        self.places.get_or_insert_with(index).get(key).copied()
    }

    fn push(&mut self, member: Member) {
        if let Some(places) = &mut self.places {
            places.insert(member.key().to_owned(), self.members.len());
        }
        self.members.push(member);
    }

    /// Keys and the texts of their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.iter().map(|member| (member.key(), member.value.as_str()))
    }

    /// What stands between the braces.
    pub fn members(&self) -> String {
        let mut text = String::new();
        for (place, member) in self.members.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { "," });
            text.push_str(&member.written_key);
            text.push(':');
            text.push_str(&member.value);
        }
        text
    }

    /// A key that stands twice, if one does.
    pub fn repeated(&self) -> Option<&str> {
        if self.members.len() < 2 {
            return None;
        }
        let mut keys: Vec<&str> = self.members.iter().map(Member::key).collect();
        keys.sort_unstable();
        keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{{{}}}", self.members())
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
                    members.push(Member::new(key.get().trim().to_owned(), compact(value.get())));
                }
                Ok(Object { members, places: None })
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// Valid JSON without the white space between its tokens.
fn compact(json: &str) -> String {
    // Most of it has none, and nothing but white space is dropped.
    if !json.bytes().any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
        return json.to_owned();
    }
    let mut kept = String::with_capacity(json.len());
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
        } else if matches!(character, ' ' | '\t' | '\n' | '\r') {
            continue;
        } else {
            in_string = character == '"';
        }
        kept.push(character);
    }
    kept
}

/// What a [`Writer`] writes into.
pub trait Buffer {
    /// Appends a piece of JSON.
    fn append(&mut self, json: &str);

    /// Appends a piece of JSON that is ASCII. Bytes take it as it is, without a look at each.
    fn append_ascii(&mut self, json: &[u8]);
}

impl Buffer for String {
    fn append(&mut self, json: &str) {
        self.push_str(json);
    }

    fn append_ascii(&mut self, json: &[u8]) {
        self.push_str(str::from_utf8(json).unwrap_or_default());
    }
}

impl Buffer for Vec<u8> {
    fn append(&mut self, json: &str) {
        self.extend_from_slice(json.as_bytes());
    }

    fn append_ascii(&mut self, json: &[u8]) {
        self.extend_from_slice(json);
    }
}

/// Writes objects member by member, straight into the caller's buffer: a line of a batch needs no tree and no `String`
/// per member. The caller ends what it has begun. Keys are constants of ours, none of which has anything to escape.
#[derive(Debug)]
pub struct Writer<'a, B> {
    buffer: &'a mut B,
    /// Something stands before the next item of the innermost object or array. One flag is enough for any depth: what
    /// has just been begun is empty, and what has just been ended is an item of what surrounds it.
    filled: bool,
}

/// The text of one object, for a value of another.
pub fn object(write: impl FnOnce(&mut Writer<'_, String>)) -> String {
    let mut text = String::new();
    let mut json = Writer::new(&mut text);
    json.object();
    write(&mut json);
    json.end();
    text
}

impl<'a, B: Buffer> Writer<'a, B> {
    /// A writer that appends to `buffer`, which may hold something already.
    pub fn new(buffer: &'a mut B) -> Self {
        Writer { buffer, filled: false }
    }

    /// Begins an object: the outermost one, or the next element of an array.
    pub fn object(&mut self) -> &mut Self {
        self.separate();
        self.begin("{")
    }

    /// Begins an object that is a member.
    pub fn object_in(&mut self, key: &'static str) -> &mut Self {
        self.key(key).begin("{")
    }

    /// Begins an array that is a member.
    pub fn array_in(&mut self, key: &'static str) -> &mut Self {
        self.key(key).begin("[")
    }

    /// Ends the innermost object.
    pub fn end(&mut self) -> &mut Self {
        self.put("}")
    }

    /// Ends the innermost array.
    pub fn end_array(&mut self) -> &mut Self {
        self.put("]")
    }

    /// A member whose value is JSON already.
    pub fn raw(&mut self, key: &'static str, json: &str) -> &mut Self {
        self.key(key).put(json)
    }

    /// A member that is a string.
    pub fn string(&mut self, key: &'static str, text: &str) -> &mut Self {
        self.key(key);
        append_string(self.buffer, text);
        self
    }

    /// A member that is a string, or `null`.
    pub fn string_or_null(&mut self, key: &'static str, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.string(key, text),
            None => self.raw(key, "null"),
        }
    }

    /// A member that is an integer.
    pub fn number(&mut self, key: &'static str, number: impl Into<Integer>) -> &mut Self {
        let mut digits = Digits::default();
        self.raw_ascii(key, number.into().digits(&mut digits))
    }

    /// A member whose value is JSON already, all of it ASCII.
    pub fn raw_ascii(&mut self, key: &'static str, json: &[u8]) -> &mut Self {
        self.key(key).buffer.append_ascii(json);
        self
    }

    /// A member that is `true` or `false`.
    pub fn bool(&mut self, key: &'static str, value: bool) -> &mut Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// A member whose value is JSON already, in several pieces, each of them whole text.
    pub fn raw_pieces(&mut self, key: &'static str, pieces: &[&[u8]]) -> &mut Self {
        self.key(key);
        for piece in pieces {
            self.buffer.append_ascii(piece);
        }
        self
    }

    /// Members that are JSON already, with commas between them.
    pub fn raw_members(&mut self, members: &str) -> &mut Self {
        if members.is_empty() {
            return self;
        }
        self.separate();
        self.put(members)
    }

    /// An element of an array that is JSON already.
    pub fn raw_item(&mut self, json: &str) -> &mut Self {
        self.separate();
        self.put(json)
    }

    /// An element of an array that is a string.
    pub fn string_item(&mut self, text: &str) -> &mut Self {
        self.separate();
        append_string(self.buffer, text);
        self.filled = true;
        self
    }

    fn key(&mut self, key: &'static str) -> &mut Self {
        debug_assert!(!key.bytes().any(is_escaped));
        self.separate();
        self.buffer.append("\"");
        self.buffer.append(key);
        self.put("\":")
    }

    fn begin(&mut self, bracket: &str) -> &mut Self {
        self.buffer.append(bracket);
        self.filled = false;
        self
    }

    fn put(&mut self, json: &str) -> &mut Self {
        self.buffer.append(json);
        self.filled = true;
        self
    }

    fn separate(&mut self) {
        if self.filled {
            self.buffer.append(",");
        }
    }
}

/// An integer as a [`Writer`] takes it.
#[derive(Debug, Clone, Copy)]
pub struct Integer {
    negative: bool,
    magnitude: u64,
}

/// Room for the text of an [`Integer`].
pub type Digits = [u8; 20];

/// The numbers below a hundred as two digits.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [*b"00"; 100];
    let mut number: u8 = 0;
    while number < 100 {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

impl Integer {
    /// Its digits, with a sign where it is negative.
    pub fn digits(self, digits: &mut Digits) -> &[u8] {
        let mut start = digits.len();
        let mut rest = self.magnitude;
        // Each division takes the processor long; with two digits at a time there are half as many.
        while rest >= 10 {
            start -= 2;
            // Less than a hundred, so it fits.
            let pair = usize::try_from(rest % 100).unwrap_or_default();
            digits[start..start + 2].copy_from_slice(&PAIRS[pair]);
            rest /= 100;
        }
        if rest > 0 || start == digits.len() {
            start -= 1;
            // A digit always fits in a byte.
            digits[start] = b'0' + u8::try_from(rest).unwrap_or_default();
        }
        // There is room: only a number without a sign has 20 digits.
        if self.negative {
            start -= 1;
            digits[start] = b'-';
        }
        &digits[start..]
    }
}

impl From<i64> for Integer {
    fn from(number: i64) -> Self {
        Integer { negative: number < 0, magnitude: number.unsigned_abs() }
    }
}

impl From<u64> for Integer {
    fn from(number: u64) -> Self {
        Integer { negative: false, magnitude: number }
    }
}

impl From<usize> for Integer {
    fn from(number: usize) -> Self {
        // No supported target has a `usize` of more than 64 bits.
        Integer { negative: false, magnitude: number as u64 }
    }
}

impl From<u16> for Integer {
    fn from(number: u16) -> Self {
        Integer { negative: false, magnitude: number.into() }
    }
}

/// Appends `text` as a JSON string, escaped as serde_json escapes: quotes, backslashes and control characters only.
pub fn append_string(buffer: &mut impl Buffer, text: &str) {
    buffer.append("\"");
    append_escaped(buffer, text);
    buffer.append("\"");
}

fn append_escaped(buffer: &mut impl Buffer, text: &str) {
    // Nearly every text is plain, and a look at all of it, without an early end, takes sixteen bytes at a time.
    if !text.bytes().fold(false, |found, byte| found | is_escaped(byte)) {
        return buffer.append(text);
    }
    let mut rest = text;
    // What is escaped is ASCII, so a cut there never falls inside a character.
    while let Some(place) = rest.bytes().position(is_escaped) {
        let (plain, special) = rest.split_at(place);
        buffer.append(plain);
        append_escape(buffer, special.as_bytes()[0]);
        rest = &special[1..];
    }
    buffer.append(rest);
}

fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

fn append_escape(buffer: &mut impl Buffer, byte: u8) {
    const HEX: &str = "0123456789abcdef";
    let short = match byte {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        0x08 => "\\b",
        b'\t' => "\\t",
        b'\n' => "\\n",
        0x0c => "\\f",
        b'\r' => "\\r",
        _ => {
            let low = usize::from(byte & 0xf);
            buffer.append(if byte < 0x10 { "\\u000" } else { "\\u001" });
            &HEX[low..=low]
        }
    };
    buffer.append(short);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_keeps_order_numbers_and_escapes() {
        let written =
            r#"{ "z" : 12345678901234567890123 , "a":1.0, "e":1E2, "u\u00e9":"\u0041 \"{ \\", "n":{"x" : [ 1 ,2 ]}}"#;
        let object = Object::parse(written).unwrap();
        assert_eq!(
            object.to_string(),
            r#"{"z":12345678901234567890123,"a":1.0,"e":1E2,"u\u00e9":"\u0041 \"{ \\","n":{"x":[1,2]}}"#
        );
        assert_eq!(object.get("ué"), Some(r#""\u0041 \"{ \\""#));
    }

    #[test]
    fn a_fault_names_the_place_and_not_the_text() {
        let fault = Object::parse("{\"secret\":\n  oops}").unwrap_err();
        assert!(matches!(fault, Fault::Syntax { line: 2, column: 3, .. }), "{fault:?}");
        assert!(!fault.to_string().contains("oops"));
        assert_eq!(Object::parse("[1]").unwrap_err(), Fault::NotObject);
        for (text, words) in [
            ("{} x", "text after the end of the value at line 1, column 4"),
            ("{\"a\":", "it ends too early at line 1, column 5"),
            ("", "it ends too early"),
            ("{team:1}", "expected a key in double quotes, found 't' at line 1, column 2"),
            ("{'team':1}", "expected a key in double quotes at line 1, column 2"),
            ("{\"a\":blue}", "expected a value, found 'b' at line 1, column 6"),
            ("{\"a\":team}", "expected a value, found 't' at line 1, column 6"),
            ("{\"a\" 1}", "expected a colon after the key, found '1' at line 1, column 6"),
            ("{\"a\":1 \"b\":2}", "expected a comma or the end, found '\"' at line 1, column 8"),
            ("[1,\n]", "trailing comma at line 2, column 1"),
            ("{\"a\":1,}", "trailing comma at line 1, column 8"),
            ("{\"a\":}", "expected a value, found '}' at line 1, column 6"),
            ("{\"é\":ß}", "expected a value at line 1, column 7"),
            ("{\"a\":\"\\q\"}", "invalid text at line 1, column 8"),
        ] {
            let fault = value(text).unwrap_err().to_string();
            assert_eq!(fault, format!("is not valid JSON: {words}"), "{text}");
        }
    }

    #[test]
    fn a_key_that_stands_twice_is_found_and_the_last_one_counts() {
        let object = Object::parse(r#"{"a":1,"b":2,"\u0061":3}"#).unwrap();
        assert_eq!(object.repeated(), Some("a"));
        assert_eq!(object.get("a"), Some("3"));
    }

    #[test]
    fn setting_replaces_in_place_and_appends_what_is_new() {
        let mut object = Object::parse(r#"{"b":1,"a":2}"#).unwrap();
        object.set("b", "3".into());
        object.set("c", "4".into());
        object.merge(Object::parse(r#"{"a":5,"d":6}"#).unwrap());
        assert_eq!(object.remove("c").as_deref(), Some("4"));
        assert_eq!(object.to_string(), r#"{"b":3,"a":5,"d":6}"#);
    }

    #[test]
    fn a_large_object_is_set_merged_and_cut_like_a_small_one() {
        let count = 3 * LARGE;
        let mut object = Object::default();
        (0..count).for_each(|number| object.set(&format!("k{number}"), number.to_string()));
        object.set("k7", "\"seven\"".into());
        assert_eq!(object.remove("k0").as_deref(), Some("0"));
        let text: Vec<String> =
            (0..count).filter(|number| *number != 7).map(|number| format!(r#""k{number}":true"#)).collect();
        object.merge(Object::parse(&format!("{{\"\\u006b7\":7,{}}}", text.join(","))).unwrap());
        let keys: Vec<&str> = object.iter().map(|(key, _)| key).collect();
        let expected: Vec<String> = (1..count).chain([0]).map(|number| format!("k{number}")).collect();
        assert_eq!(keys, expected, "in their places, and what is new at the end");
        assert_eq!((object.get("k7"), object.get("k9"), object.len()), (Some("7"), Some("true"), count));
    }

    #[test]
    fn an_object_with_a_key_twice_sets_the_one_that_counts() {
        let mut object = Object::parse(r#"{"a":1,"a":2}"#).unwrap();
        object.set("a", "3".into());
        assert_eq!((object.get("a"), object.to_string().as_str()), (Some("3"), r#"{"a":1,"a":3}"#));
    }

    #[test]
    fn deep_nesting_is_passed_on_without_recursion() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Object::parse(&deep).unwrap().to_string(), deep);
    }

    #[test]
    fn a_writer_nests_separates_and_escapes() {
        let mut out = String::from("line: ");
        let mut json = Writer::new(&mut out);
        json.object().number("line", 7_usize).raw("id", r#"{"a": 1.0}"#).object_in("empty").end();
        json.object_in("error").string("message", "a \"b\"\\\n\u{1f}é").string_or_null("flag", None);
        json.array_in("list").string_item("x").raw_item("2").object().bool("y", true).end().object().end().end_array();
        json.end().number("status", 401_u16).end();
        assert_eq!(
            out,
            r#"line: {"line":7,"id":{"a": 1.0},"empty":{},"error":{"message":"a \"b\"\\\n\u001fé","flag":null,"list":["x",2,{"y":true},{}]},"status":401}"#
        );
    }

    #[test]
    fn a_writer_writes_integers_to_their_ends() {
        let mut out = Vec::new();
        Writer::new(&mut out).object().number("a", i64::MIN).number("b", u64::MAX).number("c", 0_i64).end();
        assert_eq!(out, br#"{"a":-9223372036854775808,"b":18446744073709551615,"c":0}"#);
        let powers = (0..19).map(|power| 10_i64.pow(power));
        for number in (0..1_000).chain(powers.flat_map(|power| [power - 1, power, power + 1])) {
            for number in [number, -number] {
                let mut digits = Digits::default();
                assert_eq!(Integer::from(number).digits(&mut digits), number.to_string().as_bytes());
            }
        }
    }

    #[test]
    fn a_writer_joins_pieces_and_takes_members_as_they_are() {
        let mut out = String::new();
        let mut json = Writer::new(&mut out);
        json.object().raw_pieces("a", &[b"\"x", b"-", b"1\""]).raw_pieces("b", &[b"1"]);
        json.raw_members("").raw_members(r#""c":1,"d":2"#);
        json.object_in("e").raw_members("").end().end();
        assert_eq!(out, r#"{"a":"x-1","b":1,"c":1,"d":2,"e":{}}"#);
    }

    #[test]
    fn strings_are_escaped_as_serde_json_escapes_them() {
        let every: String = (0..=0x2ff_u32).filter_map(char::from_u32).collect();
        for text in ["", "plain", every.as_str(), "\u{2028}\u{10ffff}\u{7f}"] {
            let mut written = String::new();
            append_string(&mut written, text);
            assert_eq!(written, serde_json::to_string(text).unwrap());
        }
    }
}
