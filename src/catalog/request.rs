//! A request as data: a body that is known to be right as far as the service's documents say.

use jiff::Timestamp;

use super::draft::warnings;
use super::missing::{self, Place};
use super::{Draft, Endpoint, Field, Input, Kind, Minting};
use crate::error::{Failure, Note, Result};
use crate::json::{self, Object};
use crate::redact::REDACTED;
use crate::secret::Secret;

/// One POST of a JSON object.
#[derive(Clone)]
pub struct Request {
    /// What it asks for.
    pub kind: &'static Kind,
    /// Where it goes.
    pub endpoint: &'static Endpoint,
    /// Its body, member by member.
    pub body: Object,
    /// The flags that were typed, by long name: a complaint about a field names the one that was used.
    typed: Vec<&'static str>,
    /// What is worth saying about it.
    pub notes: Vec<Note>,
}

impl Request {
    /// The bytes that are sent: compact JSON.
    pub fn bytes(&self) -> String {
        self.body.to_string()
    }

    /// The bytes that may be shown: secrets are replaced by what `stand_in` gives for a field.
    pub fn shown(&self, stand_in: impl Fn(&Field) -> String) -> String {
        let mut body = self.body.clone();
        for field in self.secret_fields() {
            body.set(field.key, stand_in(field));
        }
        body.to_string()
    }

    /// The bytes with `[redacted]` for each secret.
    pub fn redacted(&self) -> String {
        self.shown(|_| json::string(REDACTED))
    }

    /// The fields of the body that hold secrets.
    pub fn secret_fields(&self) -> impl Iterator<Item = &'static Field> {
        let secret = self.kind.fields.iter().filter(|field| field.input.is_secret());
        secret.filter(|field| self.body.get(field.key).is_some())
    }

    /// The secrets in the body.
    pub fn secrets(&self) -> Vec<Secret> {
        let raw = self.secret_fields().filter_map(|field| self.body.get(field.key));
        raw.filter_map(json::as_str).map(|text| Secret::new(text.into_owned())).collect()
    }

    /// When the token that it asks for expires, as far as the request alone says.
    pub fn expiry(&self, now: Timestamp) -> Option<Timestamp> {
        (self.endpoint.expiry)(&self.body, now)
    }

    /// What a 404 may be about besides the space: the flag of the field that the service looks up, and its values.
    pub fn looked_up(&self) -> Option<String> {
        let key = self.endpoint.looked_up?;
        let raw = self.body.get(key)?;
        let values = json::as_strings(raw).or_else(|| json::as_str(raw).map(|text| vec![text.into_owned()]))?;
        Some(format!("{} {}", self.flag_of(key)?, values.join(", ")))
    }

    /// Our flag for the attribute that a 422 answer names: the one that was typed, else the first that sets the field.
    pub fn flag_of(&self, attribute: &str) -> Option<String> {
        let alias = self.endpoint.other_attributes.iter().find(|(name, _)| *name == attribute);
        let key = alias.map_or(attribute, |(_, key)| key);
        let flag = key.replace('_', "-");
        let named =
            |field: &&Field| field.key == key || field.flag.name == flag || field.flag.aliases.contains(&flag.as_str());
        let mut fields: Vec<&Field> = self.kind.fields.iter().filter(named).collect();
        // Channels are always `--channel`, whichever of its two flags was typed.
        if fields.first().is_some_and(|field| !matches!(field.input, Input::Entries { .. })) {
            fields.sort_by_key(|field| !self.typed.contains(&field.flag.name));
        }
        fields.first().filter(|field| !field.is_argument()).map(|field| field.dashed())
    }
}

impl Draft {
    /// The request of a single mint.
    pub fn finish(self) -> Result<Request> {
        let endpoint = self.endpoint()?;
        self.refuse_missing(&self.values, self.place(false))?;
        let notes = (endpoint.advice)(&self.values);
        Ok(Request { kind: self.kind, endpoint, typed: self.typed(), body: self.values, notes })
    }

    /// Refuses a draft that lacks a required field other than these, which are brought later.
    pub fn require_but(&self, brought: &[&str]) -> Result<()> {
        let mut body = self.values.clone();
        for key in brought {
            body.set(key, "null".to_owned());
        }
        self.refuse_missing(&body, self.place(false))
    }

    /// The request of one batch line, whose fields override.
    pub fn with_line(&self, line: Object, now: Timestamp) -> Result<Request> {
        let endpoint = self.endpoint()?;
        // What the flags brought has been checked, and warned of, before the first line.
        let minutes = self.kind.fields.iter().find_map(|field| self.note_minutes(field, line.get(field.key)?));
        let (line, soft) = self.admit_with_warnings(line, now)?;
        let hidden = self.hiding(&line);
        let mut body = self.values.clone();
        body.merge(line);
        self.refuse_missing(&body, self.place(true))?;
        let crossed = (endpoint.cross_check)(&body, now);
        if let Some(violation) = crossed.iter().find(|violation| !violation.problem.is_soft()) {
            let preset = self.preset_of(&violation.key).filter(|_| !hidden.contains(&violation.key));
            return Err(match preset {
                Some(preset) => preset.invalid(self.kind, &violation.key),
                None => violation.problem.failure(&violation.key),
            });
        }
        let mut notes = warnings(&soft, str::to_owned);
        notes.splice(0..0, minutes);
        notes.extend((endpoint.advice)(&body).into_iter().filter(|note| !self.warnings.contains(note)));
        Ok(Request { kind: self.kind, endpoint, typed: self.typed(), body, notes })
    }

    fn endpoint(&self) -> Result<&'static Endpoint> {
        match &self.kind.minting {
            Minting::Http(endpoint) => Ok(endpoint),
            Minting::Signed(_) => Err(Failure::internal(format!("no service mints a {} token", self.kind.name))),
        }
    }

    /// Refuses a body that lacks required fields, all of which are named.
    fn refuse_missing(&self, body: &Object, place: Place) -> Result<()> {
        let missing = self.missing(body, place);
        if missing.is_empty() { Ok(()) } else { Err(missing::failure(self.kind, &missing, place)) }
    }

    fn typed(&self) -> Vec<&'static str> {
        self.set_by.iter().map(|(_, field)| field.flag.name).collect()
    }
}
