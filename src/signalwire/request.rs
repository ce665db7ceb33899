//! A request as data: the fields from `--body`, from flags and from a batch line, laid over each other, checked, and
//! written as the bytes that go on the wire. Sending it is for `http`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Endpoint;
use super::field::{Field, Input};
use super::rule::{Problem, Rule, Violation};
use crate::error::{Failure, Note, Result};
use crate::json::{self, Object};
use crate::{text, time};

/// The values of flags as they were typed, by the flag's long name. JSON values have been read from where they stand.
pub type Given = BTreeMap<&'static str, Vec<String>>;

/// A request that is known to be right as far as the service's documentation tells.
#[derive(Clone)]
pub struct Request {
    /// Where it goes.
    pub endpoint: &'static Endpoint,
    /// Its body, member by member.
    pub body: Object,
    /// The flags that were typed, by long name: a complaint about a field names the one that was used.
    typed: Vec<&'static str>,
}

/// The part of a request that flags and `--body` give, before a batch line adds its own.
pub struct Draft {
    endpoint: &'static Endpoint,
    body: Object,
    /// The body with times as typed: what is counted from now is another value in each run.
    asked: Object,
    /// For each key that a flag set: the flag.
    flags: Vec<(&'static str, &'static Field)>,
    /// What is odd about every line of a batch alike, to be said once before the first one.
    pub warnings: Vec<Note>,
}

impl Request {
    /// The request's bytes: compact JSON.
    pub fn bytes(&self) -> String {
        self.body.to_string()
    }

    /// When the token it asks for ends, as far as the request alone tells.
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        (self.endpoint.ends)(&self.body, now)
    }

    /// Our flag for the attribute that a 422 answer names: the one that was typed, else the first that sets the field.
    pub fn flag_of(&self, attribute: &str) -> Option<String> {
        let alias = self.endpoint.other_attributes.iter().find(|(name, _)| *name == attribute);
        let key = alias.map_or(attribute, |(_, key)| key);
        let flag = key.replace('_', "-");
        let named = |field: &&Field| field.key == key || field.flag == flag || field.aliases.contains(&flag.as_str());
        let mut fields: Vec<&Field> = self.endpoint.fields.iter().filter(named).collect();
        // Channels are always `--channel`, whichever of its two flags was typed.
        if fields.first().is_some_and(|field| field.input != Input::Channel) {
            fields.sort_by_key(|field| !self.typed.contains(&field.flag));
        }
        fields.first().map(|field| field.dashed())
    }
}

impl Draft {
    /// Lays flags over `--body`. Each value is checked; what is missing is not, a batch line may bring it.
    ///
    /// # Errors
    /// Exit 2, naming the flag, the limit and what was given.
    pub fn new(
        endpoint: &'static Endpoint,
        given: &Given,
        body: Option<&str>,
        now: Timestamp,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        let body = parse_object("--body", body.unwrap_or("{}"))?;
        let mut draft = Draft { endpoint, asked: body.clone(), body, flags: Vec::new(), warnings: Vec::new() };
        for field in endpoint.fields {
            if let Some(values) = given.get(field.flag) {
                draft.set(field, values, now)?;
            }
        }
        let violations = draft.violations(&draft.body, now);
        let (hard, soft): (Vec<_>, Vec<_>) = violations.into_iter().partition(|violation| !violation.problem.is_soft());
        if let Some(violation) = hard.into_iter().find(|violation| violation.problem != Problem::Missing) {
            return Err(draft.failure(&violation));
        }
        warn_of(soft.iter(), |key| draft.origin(key), notes);
        draft.warnings = (endpoint.advice)(&draft.body);
        // Whether a token ever ends is for its line to say.
        draft.warnings.retain(|note| matches!(note, Note::Warning(_)));
        Ok(draft)
    }

    /// The request of a single mint.
    ///
    /// # Errors
    /// Exit 2, naming the flag of a required field that nothing set.
    pub fn finish(self, notes: &mut Vec<Note>) -> Result<Request> {
        let missing = self.endpoint.fields.iter().find(|field| field.required && self.body.get(field.key).is_none());
        if let Some(field) = missing {
            return Err(self.failure(&Violation::new(field.key, Problem::Missing)));
        }
        notes.extend((self.endpoint.advice)(&self.body));
        Ok(Request { endpoint: self.endpoint, typed: self.typed(), body: self.body })
    }

    /// The request of one batch line, whose fields override.
    ///
    /// # Errors
    /// Exit 2, naming the field.
    pub fn with_line(&self, line: Object, now: Timestamp, notes: &mut Vec<Note>) -> Result<Request> {
        let mut body = self.body.clone();
        let own: Vec<&str> =
            self.endpoint.fields.iter().map(|field| field.key).filter(|key| line.get(key).is_some()).collect();
        body.merge(line);
        let (soft, hard): (Vec<_>, Vec<_>) =
            self.violations(&body, now).into_iter().partition(|violation| violation.problem.is_soft());
        if let Some(violation) = hard.first() {
            return Err(Failure::usage(format!("{} {}", violation.key, violation.problem)));
        }
        // What the flags brought has been warned of once, before the first line.
        warn_of(soft.iter().filter(|violation| own.contains(&violation.key.as_str())), str::to_owned, notes);
        notes.extend((self.endpoint.advice)(&body).into_iter().filter(|note| !self.warnings.contains(note)));
        Ok(Request { endpoint: self.endpoint, typed: self.typed(), body })
    }

    /// The command that asks for it.
    pub fn command(&self) -> &'static str {
        self.endpoint.kind.name()
    }

    /// What flags and `--body` ask for, as typed where it depends on the time now.
    pub fn asked(&self) -> Vec<(String, String)> {
        self.asked.iter().map(|(key, raw)| (key.to_owned(), raw.to_owned())).collect()
    }

    fn typed(&self) -> Vec<&'static str> {
        self.flags.iter().map(|(_, field)| field.flag).collect()
    }

    fn violations(&self, body: &Object, now: Timestamp) -> Vec<Violation> {
        let mut violations = check_fields(self.endpoint, body);
        violations.extend((self.endpoint.cross_check)(body, now));
        violations
    }

    fn set(&mut self, field: &'static Field, values: &[String], now: Timestamp) -> Result<()> {
        let earlier = self.flags.iter().find(|(key, _)| *key == field.key).map(|(_, field)| *field);
        let raw = match (field.input, earlier) {
            (Input::Channel, _) => channels(values)?,
            // `--channels` stands after `--channel` in the table: what was typed channel by channel wins.
            (Input::Json, Some(typed)) if typed.input == Input::Channel => {
                let mut all = parse_object(&field.dashed(), &values[0])?;
                Self::check_value(field, &all.to_string())?;
                all.merge(parse_object(&typed.dashed(), self.body.get(field.key).unwrap_or("{}"))?);
                all.to_string()
            }
            (_, Some(other)) => {
                return Err(Failure::usage(format!(
                    "{} and {} cannot be used together",
                    other.dashed(),
                    field.dashed()
                ))
                .hint(format!("both set {}; keep one of them", field.key)));
            }
            (_, None) => encode(field, values, now)?,
        };
        let asked = match field.input {
            Input::Epoch | Input::EpochAfter | Input::DateTime => json_list(values.iter().map(String::as_str)),
            _ => raw.clone(),
        };
        self.asked.set(field.key, asked);
        self.body.set(field.key, raw);
        self.flags.push((field.key, field));
        Ok(())
    }

    fn check_value(field: &Field, raw: &str) -> Result<()> {
        match field.rule.check(raw).into_iter().find(|problem| !problem.is_soft()) {
            Some(problem) => Err(Failure::usage(format!("{} {problem}", field.dashed()))),
            None => Ok(()),
        }
    }

    /// What set a field: the flag, or `--body` and the key in it.
    fn origin(&self, key: &str) -> String {
        let flag = self.flags.iter().rev().find(|(set, _)| *set == key).map(|(_, field)| field.dashed());
        flag.unwrap_or_else(|| match self.body.get(key) {
            Some(_) => format!("--body: {key}"),
            None => self.endpoint.field(key).map_or_else(|| key.to_owned(), Field::dashed),
        })
    }

    fn failure(&self, violation: &Violation) -> Failure {
        let failure = Failure::usage(format!("{} {}", self.origin(&violation.key), violation.problem));
        match (&violation.problem, self.endpoint.field(&violation.key)) {
            (Problem::Missing, Some(field)) => failure.hint(format!("add {}", example(field))),
            (Problem::NotPermission(given), _) => match super::permission::nearest(given) {
                Some(nearest) => failure.hint(format!("did you mean '{nearest}'?")),
                None => failure,
            },
            _ => failure,
        }
    }
}

/// The most warnings that are given of one kind: the sentences of many thousand cost seconds and megabytes.
const MAX_WARNINGS: usize = 10;

fn warn_of<'a>(violations: impl Iterator<Item = &'a Violation>, name: impl Fn(&str) -> String, notes: &mut Vec<Note>) {
    let mut violations = violations;
    for violation in violations.by_ref().take(MAX_WARNINGS) {
        notes.push(Note::Warning(format!("{} {}", name(&violation.key), violation.problem)));
    }
    let more = violations.count();
    if more > 0 {
        notes.push(Note::Warning(format!("{more} more values that the service may not know")));
    }
}

/// What is wrong with the fields of a body one by one, missing ones included.
pub fn check_fields(endpoint: &Endpoint, body: &Object) -> Vec<Violation> {
    let mut violations = Vec::new();
    for field in endpoint.distinct_fields() {
        match body.get(field.key) {
            Some(raw) => {
                violations.extend(field.rule.check(raw).into_iter().map(|problem| Violation::new(field.key, problem)));
            }
            None if field.required => violations.push(Violation::new(field.key, Problem::Missing)),
            None => {}
        }
    }
    violations
}

fn parse_object(flag: &str, text: &str) -> Result<Object> {
    let object = Object::parse(text).map_err(|fault| Failure::usage(format!("{flag} {fault}")))?;
    match object.repeated() {
        Some(key) => Err(Failure::usage(format!("{flag} has the key '{}' twice", text::clip(key, 60)))),
        None => Ok(object),
    }
}

/// The JSON that a flag's text stands for.
fn encode(field: &Field, values: &[String], now: Timestamp) -> Result<String> {
    let wrong = |why: String| Failure::usage(format!("{} {why}", field.dashed()));
    let Some(text) = values.last() else { return Err(wrong("needs a value".to_owned())) };
    match field.input {
        Input::Text => Ok(json::string(text)),
        Input::Json => match field.rule {
            // Only the object itself is looked at: what is in it belongs to the application.
            Rule::Channels { .. } => Ok(parse_object(&field.dashed(), text)?.to_string()),
            _ => json::value(text).map_err(|fault| wrong(fault.to_string())),
        },
        Input::Minutes => {
            let length = duration(field, text)?;
            let minutes = length.as_secs() / 60;
            if length != SignedDuration::from_mins(minutes) {
                let choices = if minutes == 0 { "1m".to_owned() } else { format!("{minutes}m or {}m", minutes + 1) };
                return Err(wrong(format!("counts whole minutes, got '{text}'")).hint(format!("write {choices}")));
            }
            Ok(minutes.to_string())
        }
        Input::Seconds if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let number = text.trim_start_matches('0');
            Ok(if number.is_empty() { "0".to_owned() } else { number.to_owned() })
        }
        Input::Seconds => Ok(whole_seconds(field, duration(field, text)?, text)?.to_string()),
        Input::Epoch => {
            let (time, _) = time::instant(text, now).map_err(|fault| wrong(fault.to_string()))?;
            Ok(time.as_second().to_string())
        }
        Input::EpochAfter => {
            let seconds = whole_seconds(field, duration(field, text)?, text)?;
            let end = now.checked_add(SignedDuration::from_secs(seconds));
            Ok(end.map_err(|_| wrong(format!("reaches beyond the calendar, got '{text}'")))?.as_second().to_string())
        }
        Input::DateTime => {
            let (time, form) = time::instant(text, now).map_err(|fault| wrong(fault.to_string()))?;
            Ok(json::string(&match form {
                time::Form::Absolute => text.clone(),
                time::Form::Ours => time::rfc3339(time),
            }))
        }
        Input::Boolean => match text.as_str() {
            "true" | "false" => Ok(text.clone()),
            _ => Err(wrong(format!("must be true or false, got '{}'", text::clip(text, 40)))),
        },
        Input::List => Ok(json_list(values.iter().map(String::as_str))),
        Input::CommaList => Ok(json_list(values.iter().flat_map(|value| value.split(',')).map(str::trim))),
        Input::Channel => channels(values),
    }
}

fn duration(field: &Field, text: &str) -> Result<SignedDuration> {
    time::duration(text).map_err(|fault| {
        let failure = Failure::usage(format!("{} {fault}", field.dashed()));
        match fault {
            time::Fault::NoUnit(given) => {
                failure.hint(format!("write the unit: {} {given}m for minutes", field.dashed()))
            }
            time::Fault::NotPositive(given) => match field.rule {
                Rule::Integer { min, max, unit } => {
                    Failure::usage(format!("{} must be {min} to {max} {unit}, got '{given}'", field.dashed()))
                }
                _ => failure,
            },
            _ => failure,
        }
    })
}

fn whole_seconds(field: &Field, length: SignedDuration, text: &str) -> Result<i64> {
    if length.subsec_nanos() == 0 {
        return Ok(length.as_secs());
    }
    Err(Failure::usage(format!("{} counts whole seconds, got '{text}'", field.dashed())))
}

fn json_list<'a>(entries: impl Iterator<Item = &'a str>) -> String {
    entries.collect::<serde_json::Value>().to_string()
}

/// `NAME=ACCESS` once for each channel, as the object that the service takes.
fn channels(specs: &[String]) -> Result<String> {
    let mut channels = Object::default();
    for spec in specs {
        let shown = || text::clip(spec, 60);
        let Some((name, access)) = spec.rsplit_once('=') else {
            let name = if spec.is_empty() { "NAME".to_owned() } else { shown() };
            return Err(Failure::usage(format!("--channel '{}' has no access", shown()))
                .hint(format!("write {name}=r, {name}=w or {name}=rw")));
        };
        if name.is_empty() {
            return Err(Failure::usage(format!("--channel '{}' has no name before the =", shown())));
        }
        let (read, write) = match access {
            "r" | "read" => (true, false),
            "w" | "write" => (false, true),
            "rw" | "read-write" => (true, true),
            _ => {
                let known = ["read", "write", "read-write"];
                return Err(Failure::usage(format!(
                    "--channel '{}' must end in =r, =w or =rw{}",
                    shown(),
                    text::aside(access, known)
                )));
            }
        };
        if channels.get(name).is_some() {
            return Err(Failure::usage(format!("--channel names '{}' twice", text::clip(name, 60))));
        }
        channels.set(name, format!(r#"{{"read":{read},"write":{write}}}"#));
    }
    Ok(channels.to_string())
}

/// How a missing field is most easily given.
fn example(field: &Field) -> String {
    let value = match field.input {
        Input::Minutes | Input::EpochAfter => "1h",
        Input::Channel => "lobby=rw",
        _ if field.key == "room_name" => "standup",
        _ => field.value,
    };
    format!("{} {value}", field.dashed())
}
