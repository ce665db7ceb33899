//! What flags and `--body` give, laid over each other and checked, before a batch line adds its own.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::encode::{json_list, object};
use super::missing::{Missing, Place};
use super::{Defaults, Field, Input, Kind, Minting, PresetFields, Problem, Value, Violation, likely_json};
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
    /// Where values were given, for messages about those that were not.
    given: Place,
    /// For flags without their value.
    pub(super) defaults: Defaults,
    /// The preset below all of it, with the keys that `--body` has not overridden.
    preset: Option<(PresetFields, Vec<String>)>,
    /// Whether the run has been told what a large number of minutes is.
    minutes_noted: Arc<AtomicBool>,
    /// Warnings that hold for every line of a batch, to be given once before the first.
    pub warnings: Vec<Note>,
}

impl Draft {
    /// Lays flags over `--body`. Each value is checked; what is missing is not, a batch line may bring it.
    pub fn new(kind: &'static Kind, given: &Given, body: Option<&str>, defaults: Defaults, app: &App) -> Result<Self> {
        Draft::over(None, kind, given, body, defaults, app)
    }

    /// The same, with the fields of a preset under all of it.
    pub fn over(
        preset: Option<&PresetFields>,
        kind: &'static Kind,
        given: &Given,
        body: Option<&str>,
        defaults: Defaults,
        app: &App,
    ) -> Result<Self> {
        Draft::at(app.now(), preset, kind, given, body, defaults, &app.notes)
    }

    /// The same with times counted from `now`.
    pub fn at(
        now: Timestamp,
        preset: Option<&PresetFields>,
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
            given: match body {
                Some(_) => Place::Body,
                None if given.is_empty() && preset.is_none() => Place::Nowhere,
                None => Place::Flags,
            },
            defaults,
            preset: None,
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
        if let Some(preset) = preset {
            let minutes = |field: &Field| draft.note_minutes(field, preset.asked.get(field.key)?);
            notes.extend(kind.distinct_fields().filter_map(minutes));
            draft.lay_over(preset, now)?;
        }
        for field in kind.fields {
            if let Some(values) = given.get(field.flag.name) {
                draft.set(field, values, now)?;
            }
        }
        let soft = draft.check(now)?;
        let (own, of_preset): (Vec<_>, Vec<_>) =
            soft.into_iter().partition(|violation| draft.preset_of(&violation.key).is_none());
        notes.extend(warnings(&own, |key| draft.describe(key)));
        notes.extend(draft.doubts(&of_preset));
        Ok(draft)
    }

    /// Puts the fields of a preset under what `--body` has given so far.
    fn lay_over(&mut self, preset: &PresetFields, now: Timestamp) -> Result<()> {
        let keys = preset.asked.iter().map(|(key, _)| key).filter(|key| self.values.get(key).is_none());
        let keys = keys.map(str::to_owned).collect();
        let mut values = preset.encoded(self.kind, now)?;
        values.merge(std::mem::take(&mut self.values));
        let mut asked = preset.asked.clone();
        asked.merge(std::mem::take(&mut self.asked));
        (self.values, self.asked, self.preset) = (values, asked, Some((preset.clone(), keys)));
        Ok(())
    }

    /// The preset, if the value of this key is its own.
    pub(super) fn preset_of(&self, key: &str) -> Option<&PresetFields> {
        let (preset, keys) = self.preset.as_ref()?;
        let by_flag = || self.set_by.iter().any(|(set, _)| *set == key);
        (keys.iter().any(|own| own == key) && !by_flag()).then_some(preset)
    }

    /// The keys of a line, as far as they may hide values of a preset.
    pub(super) fn hiding(&self, line: &Object) -> Vec<String> {
        let has_preset = self.preset.is_some();
        line.iter().take_while(|_| has_preset).map(|(key, _)| key.to_owned()).collect()
    }

    /// Warnings about values of the preset, which repeat none of them.
    fn doubts(&self, soft: &[Violation]) -> Vec<Note> {
        let mut keys: Vec<&str> = soft.iter().map(|violation| violation.key.as_str()).collect();
        keys.dedup();
        let warning = |key| format!("{} has a value that is not documented; sent as it is", self.describe(key));
        keys.into_iter().map(|key| Note::Warning(warning(key))).collect()
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
        let encode = || {
            let encoded = field.encode(&field.dashed(), values, now);
            encoded.map_err(|failure| self.point_to_entries(failure, field, values))
        };
        let raw = match (field.input, earlier) {
            // The flag for all entries stands after the one for each in the table: what was typed one by one wins.
            (Input::Object, Some(typed)) if matches!(typed.input, Input::Entries { .. }) => {
                let mut all = object(&field.dashed(), &encode()?)?;
                if let Some(problem) = field.check(&all.to_string()).into_iter().find(|problem| !problem.is_soft()) {
                    return Err(problem.failure(&field.dashed()));
                }
                all.merge(object(&typed.dashed(), self.values.get(field.key).unwrap_or("{}"))?);
                all.to_string()
            }
            (_, Some(other)) => {
                let message = format!("{} and {} cannot be used together", other.dashed(), field.dashed());
                return Err(Failure::usage(message).with_hint(format!("both set {}; keep one of them", field.key)));
            }
            (_, None) => encode()?,
        };
        let typed = || json_list(values.iter().flatten().map(String::as_str));
        let is_moment = field.input.is_time() || field.input.is_from_now();
        self.asked.set(field.key, if is_moment { typed() } else { raw.clone() });
        self.values.set(field.key, raw);
        self.set_by.push((field.key, field));
        Ok(())
    }

    /// The failure of a flag that takes a whole object, where entries were likely given to it.
    fn point_to_entries(&self, failure: Failure, field: &Field, values: &[Option<String>]) -> Failure {
        let entries = likely_json::entries_of(self.kind, field).filter(|_| matches!(field.input, Input::Object));
        let given = values.iter().flatten().next_back();
        match entries.zip(given).and_then(|(entries, given)| likely_json::one_by_one(entries, given)) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
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
                    return Err(problem.failure(key));
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
            let sentence = format!("is not a known field{}; sent as is", text::did_you_mean(key, known));
            Violation::new(&text::clip(key, 60), Problem::ours(sentence).soft())
        };
        unknown.enumerate().map(violation).collect()
    }

    fn unknown(&self, key: &str) -> Failure {
        let aside = text::did_you_mean(key, self.kind.distinct_fields().map(|field| field.key));
        Failure::usage(format!("'{}' is not a field of a {} line{aside}", text::clip(key, 60), self.kind.name))
    }

    /// What set a field: the flag, or `--body` or the preset and the key in it.
    pub(super) fn describe(&self, key: &str) -> String {
        if let Some(preset) = self.preset_of(key) {
            return preset.origin(key);
        }
        let flag = self.set_by.iter().rev().find(|(set, _)| *set == key).map(|(_, field)| field.dashed());
        flag.unwrap_or_else(|| match self.values.get(key) {
            Some(_) => format!("--body: {key}"),
            None => match self.kind.field(key) {
                Some(field) if !field.is_argument() => field.dashed(),
                // Of an input that was not given, what it would hold says more.
                Some(field) => format!("the {}", field.key.replace('_', " ")),
                None => key.to_owned(),
            },
        })
    }

    pub(super) fn failure(&self, violation: &Violation) -> Failure {
        match self.preset_of(&violation.key) {
            Some(preset) => preset.invalid(self.kind, &violation.key),
            None => violation.problem.failure(&self.describe(&violation.key)),
        }
    }

    /// The same draft for a server, whose missing values can be given at this place.
    pub fn placed(self, place: Place) -> Self {
        Draft { given: place, ..self }
    }

    /// Where a value that is missing can be given: with a batch line, that line.
    pub fn place(&self, line: bool) -> Place {
        let is_served = matches!(self.given, Place::Server | Place::Caller);
        if line && !is_served { Place::Line } else { self.given }
    }

    /// The required fields that a body lacks, each under its first flag.
    pub(super) fn missing(&self, body: &Object, place: Place) -> Vec<Missing> {
        let required = self.kind.distinct_fields().filter(|field| field.required && body.get(field.key).is_none());
        required.map(|field| Missing::field(field, place)).collect()
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
