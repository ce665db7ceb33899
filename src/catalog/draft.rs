//! What flags and `--body` give, laid over each other and checked, before a batch line adds its own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::encode::{json_list, object};
use super::{Defaults, Field, Input, Kind, Minting, Problem, Value, Violation};
use crate::app::{App, Notes};
use crate::error::{Failure, Note, Result};
use crate::json::{self, Object};
use crate::text;

/// The values of flags as they were typed, by the flag's long name; `None` is a flag without a value. Files named
/// by `@FILE` have been read.
pub type Given = BTreeMap<&'static str, Vec<Option<String>>>;

/// The part of a token that is the same for all lines of a batch.
#[derive(Clone)]
pub struct Draft {
    /// What is to be minted.
    pub kind: &'static Kind,
    /// What lines are laid over: API fields, in the order in which they are sent.
    pub(super) values: Object,
    /// The same with times as typed: what is counted from now is another value in each run.
    asked: Object,
    /// Which flag set a key.
    pub(super) set_by: Vec<(&'static str, &'static Field)>,
    /// For flags without their value.
    pub(super) defaults: Defaults,
    /// Whether the run has been told what a large number of minutes is.
    minutes_noted: Arc<AtomicBool>,
    /// Warnings that hold for every line of a batch, to be given once before the first.
    pub warnings: Vec<Note>,
}

impl Draft {
    /// Lays flags over `--body`. Each value is checked; what is missing is not, a batch line may bring it.
    pub fn new(kind: &'static Kind, given: &Given, body: Option<&str>, defaults: Defaults, app: &App) -> Result<Self> {
        Self::at(app.now(), kind, given, body, defaults, &app.notes)
    }

    /// The same with times counted from `now`.
    pub fn at(
        now: Timestamp,
        kind: &'static Kind,
        given: &Given,
        body: Option<&str>,
        defaults: Defaults,
        notes: &Notes,
    ) -> Result<Self> {
        let values = object("--body", body.unwrap_or("{}"))?;
        let mut draft = Draft {
            kind,
            asked: values.clone(),
            values,
            set_by: Vec::new(),
            defaults,
            minutes_noted: Arc::default(),
            warnings: Vec::new(),
        };
        for field in kind.distinct_fields() {
            let Some(raw) = draft.values.get(field.key) else { continue };
            notes.extend(draft.note_minutes(field, raw));
            let encoded = field.encode_member(raw, false, now).map_err(|failure| failure.context("--body"))?;
            if let Some(encoded) = encoded {
                draft.values.set(field.key, encoded);
            }
        }
        notes.extend(warnings(&draft.unknown_fields(&draft.values), |key| format!("--body: {key}")));
        for field in kind.fields {
            if let Some(values) = given.get(field.flag.name) {
                draft.set(field, values, now)?;
            }
        }
        let soft = draft.check(now)?;
        notes.extend(warnings(&soft, |key| draft.describe(key)));
        Ok(draft)
    }

    /// Refuses what the fields say together, and gives what is only to be warned of.
    fn check(&mut self, now: Timestamp) -> Result<Vec<Violation>> {
        let mut violations = check_fields(self.kind, &self.values);
        if let Minting::Http(endpoint) = &self.kind.minting {
            violations.extend((endpoint.cross_check)(&self.values, now));
            self.warnings = (endpoint.advice)(&self.values);
            // "Never expires" is a per-line hint; only warnings apply to the whole batch.
            self.warnings.retain(|note| matches!(note, Note::Warning(_)));
        }
        let (soft, hard): (Vec<_>, Vec<_>) = violations.into_iter().partition(|violation| violation.problem.is_soft());
        if let Some(violation) = hard.first() {
            return Err(self.failure(violation));
        }
        Ok(soft)
    }

    /// The effective value: itself, or the default that it asks for. `false` is the same as absent.
    pub fn settled<'a>(&self, key: &str, raw: &'a str) -> Option<Cow<'a, str>> {
        let field = self.kind.field(key).filter(|field| matches!(field.flag.value, Value::Optional(_)));
        match raw {
            "false" if field.is_some() => None,
            "true" | "null" => {
                let found = field.and_then(|field| self.defaults.get(field.default?.profile_key));
                Some(found.map_or(Cow::Borrowed(raw), |found| Cow::Owned(json::string(&found.value))))
            }
            _ => Some(Cow::Borrowed(raw)),
        }
    }

    /// Every field that flags, `--body` and defaults give, by key: the same in each run that asks for the same.
    pub fn settled_fields(&self) -> Vec<(String, String)> {
        let asked =
            self.asked.iter().filter_map(|(key, raw)| Some((key.to_owned(), self.settled(key, raw)?.into_owned())));
        let silent = self
            .kind
            .fields
            .iter()
            .filter(|field| matches!(field.flag.value, Value::Required(_)) && self.asked.get(field.key).is_none());
        let silent = silent.filter_map(|field| {
            let found = self.defaults.get(field.default?.profile_key)?;
            Some((field.key.to_owned(), json::string(&found.value)))
        });
        asked.chain(silent).collect()
    }

    fn set(&mut self, field: &'static Field, values: &[Option<String>], now: Timestamp) -> Result<()> {
        let earlier = self.set_by.iter().find(|(key, _)| *key == field.key).map(|(_, field)| *field);
        let raw = match (field.input, earlier) {
            // The flag for all entries stands after the one for each in the table: what was typed one by one wins.
            (Input::Object, Some(typed)) if matches!(typed.input, Input::Entries { .. }) => {
                let mut all = object(&field.dashed(), &field.encode(&field.dashed(), values, now)?)?;
                if let Some(problem) = field.check(&all.to_string()).into_iter().find(|problem| !problem.is_soft()) {
                    return Err(Failure::usage(format!("{} {problem}", field.dashed())));
                }
                all.merge(object(&typed.dashed(), self.values.get(field.key).unwrap_or("{}"))?);
                all.to_string()
            }
            (_, Some(other)) => {
                let message = format!("{} and {} cannot be used together", other.dashed(), field.dashed());
                return Err(Failure::usage(message).with_hint(format!("both set {}; keep one of them", field.key)));
            }
            (_, None) => field.encode(&field.dashed(), values, now)?,
        };
        let typed = || json_list(values.iter().flatten().map(String::as_str));
        let is_moment = field.input.is_time() || field.input.is_from_now();
        self.asked.set(field.key, if is_moment { typed() } else { raw.clone() });
        self.values.set(field.key, raw);
        self.set_by.push((field.key, field));
        Ok(())
    }

    /// A batch line whose members are known to be right one by one, with durations and times in the service's own form.
    /// Violations that are warnings only come with it.
    pub(super) fn admit_with_warnings(&self, mut line: Object, now: Timestamp) -> Result<(Object, Vec<Violation>)> {
        let as_flags = matches!(self.kind.minting, Minting::Signed(_));
        let mut encoded: Vec<(&str, String)> = Vec::new();
        let mut soft = if as_flags { Vec::new() } else { self.unknown_fields(&line) };
        for (key, raw) in line.iter() {
            let Some(field) = self.kind.field(key) else {
                if as_flags {
                    return Err(self.unknown(key));
                }
                continue;
            };
            let text = field.encode_member(raw, as_flags, now)?;
            for problem in field.check(text.as_deref().unwrap_or(raw)) {
                if !problem.is_soft() {
                    return Err(Failure::usage(format!("{key} {problem}")));
                }
                soft.push(Violation::new(key, problem));
            }
            encoded.extend(text.map(|text| (field.key, text)));
        }
        for (key, text) in encoded {
            line.set(key, text);
        }
        Ok((line, soft))
    }

    /// A batch line whose members are known to be right one by one, with durations and times as numbers.
    pub fn admit(&self, line: Object, now: Timestamp) -> Result<Object> {
        self.admit_with_warnings(line, now).map(|(line, _)| line)
    }

    /// A bare number of minutes is often meant as seconds. Noted once per run.
    pub(super) fn note_minutes(&self, field: &Field, raw: &str) -> Option<Note> {
        const DAY: i64 = 1_440;
        let minutes =
            json::as_integer(raw).filter(|minutes| *minutes > DAY && matches!(field.input, Input::Minutes))?;
        // What the rule refuses needs no note.
        if !field.check(raw).is_empty() || self.minutes_noted.swap(true, Ordering::Relaxed) {
            return None;
        }
        let rest = if minutes % 60 == 0 { String::new() } else { format!("{}m", minutes % 60) };
        Some(Note::Note(format!("{} {minutes} is {}h{rest}: the service counts minutes", field.key, minutes / 60)))
    }

    /// Members that no field of the kind is for. They are sent, the service may be newer than we are.
    fn unknown_fields(&self, body: &Object) -> Vec<Violation> {
        let unknown = body.iter().map(|(key, _)| key).filter(|key| self.kind.field(key).is_none());
        let violation = |(place, key): (usize, &str)| {
            // Only the first ones are shown, and the search is slow.
            let known = self.kind.distinct_fields().map(|field| field.key).filter(|_| place < MAX_WARNINGS);
            let sentence = format!("is not a known field{}; sent as it is", text::did_you_mean(key, known));
            Violation::new(&text::clip(key, 60), Problem::ours(sentence).soft())
        };
        unknown.enumerate().map(violation).collect()
    }

    fn unknown(&self, key: &str) -> Failure {
        let aside = text::did_you_mean(key, self.kind.distinct_fields().map(|field| field.key));
        Failure::usage(format!("'{}' is not a field of a {} line{aside}", text::clip(key, 60), self.kind.name))
    }

    /// What set a field: the flag, or `--body` and the key in it.
    fn describe(&self, key: &str) -> String {
        let flag = self.set_by.iter().rev().find(|(set, _)| *set == key).map(|(_, field)| field.dashed());
        flag.unwrap_or_else(|| match self.values.get(key) {
            Some(_) => format!("--body: {key}"),
            None => self.kind.field(key).map_or_else(|| key.to_owned(), Field::dashed),
        })
    }

    pub(super) fn failure(&self, violation: &Violation) -> Failure {
        let failure = Failure::usage(format!("{} {}", self.describe(&violation.key), violation.problem));
        match violation.problem.hint_text() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }

    /// The failure of a required field that nothing has set.
    pub(super) fn missing(&self, field: &Field) -> Failure {
        let problem = Problem::missing().hint(Some(format!("add {}", field.example())));
        self.failure(&Violation::new(field.key, problem))
    }
}

/// The most warnings about the values of one token: the sentences of many thousand would cost seconds and megabytes.
const MAX_WARNINGS: usize = 10;

/// The warnings for violations that are no failures. `name` is what messages call a key.
pub(super) fn warnings(soft: &[Violation], name: impl Fn(&str) -> String) -> Vec<Note> {
    let shown = soft.iter().take(MAX_WARNINGS);
    let mut texts: Vec<String> =
        shown.map(|violation| format!("{} {}", name(&violation.key), violation.problem)).collect();
    if soft.len() > MAX_WARNINGS {
        texts.push(format!("{} more values that the service may not know", soft.len() - MAX_WARNINGS));
    }
    texts.into_iter().map(Note::Warning).collect()
}

/// What is wrong with the fields of a body one by one. A field that is missing is not looked at.
pub fn check_fields(kind: &Kind, body: &Object) -> Vec<Violation> {
    let given = kind.distinct_fields().filter_map(|field| body.get(field.key).map(|raw| (field, raw)));
    given
        .flat_map(|(field, raw)| {
            field.check(raw).into_iter().map(|problem| Violation::new(field.key, problem)).collect::<Vec<_>>()
        })
        .collect()
}
