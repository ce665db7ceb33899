//! From what was typed to claims: the flags, a batch line laid over them, and the checks on each value and on all of
//! them together. Reading files for JSON values and finding the defaults is for the callers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::claims::Claims;
use super::defaults::Defaults;
use super::flag::{self, FLAGS, Flag, Input};
use super::grants::Terms;
use super::identity::{self, Product};
use super::settings::{self, Settings};
use super::{keyed, life, region};
use crate::error::{Category, Failure, Note, Result};
use crate::json::{self, Object};
use crate::text;

/// The values of flags as they were typed, by the flag's long name; `None` is a flag without a value. JSON values have
/// been read from where they stand.
pub type Given = BTreeMap<&'static str, Vec<Option<String>>>;

/// The part of the tokens that the flags give, before a batch line adds its own.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The flags in the form of a batch line: the two are laid over each other and read alike.
    flags: Object,
    defaults: Defaults,
    identity: Option<String>,
    ttl: i64,
    not_before: Option<i64>,
    region: Option<String>,
    /// Region and grants, where the flags alone make any.
    terms: Option<Terms>,
}

impl Draft {
    /// Reads the flags. Each value is checked; what is missing is not, a batch line may bring it.
    ///
    /// # Errors
    /// Exit 2, naming the flag; exit 3 where a default from the profile or the environment is needed and malformed.
    pub fn new(given: &Given, defaults: &Defaults, now: Timestamp, notes: &mut Vec<Note>) -> Result<Self> {
        let flags = read(given, now)?;
        let settings = Settings { flags: &flags, line: None, defaults };
        let terms = match Terms::of(&settings) {
            Ok(terms) => Some(terms),
            // No line of a batch can mend the settings.
            Err(failure) if failure.kind() == Category::Configuration => return Err(failure),
            Err(_) => None,
        };
        let region = settings.region()?;
        let (ttl, not_before) = times(&settings, now)?;
        let identity = settings.get("identity").and_then(json::as_str).map(Cow::into_owned);
        let unknown = region.as_deref().and_then(region::advice);
        notes.extend(unknown.map(Note::Warning));
        advise(&flags, identity.as_deref(), terms.as_ref(), notes);
        Ok(Draft { region, identity, ttl, not_before, terms, defaults: defaults.clone(), flags })
    }

    /// What the flags ask for, as typed, with the defaults that they fall back on.
    pub fn asked(&self) -> Vec<(String, String)> {
        let settled = |(key, raw)| Some((String::from(key), self.settled(key, raw)?.into_owned()));
        let mut asked: Vec<_> = self.flags.iter().filter_map(settled).collect();
        if let Some(region) = self.defaults.region.as_ref().filter(|_| self.flags.get("region").is_none()) {
            asked.push(("region".to_owned(), json::string(&region.value)));
        }
        asked
    }

    /// What a value stands for in the end: itself, or the default that it asks for. `false` is as good as absent.
    pub fn settled<'a>(&self, key: &str, raw: &'a str) -> Option<Cow<'a, str>> {
        match raw {
            "false" => None,
            "true" | "null" => {
                let fallback = flag::by_key(key).and_then(|flag| flag.fallback);
                let found = fallback.and_then(|fallback| self.defaults.get(fallback));
                Some(found.map_or(Cow::Borrowed(raw), |found| Cow::Owned(json::string(&found.value))))
            }
            _ => Some(Cow::Borrowed(raw)),
        }
    }

    /// The region that tokens of this draft name unless a batch line changes it.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The claims of a single mint.
    ///
    /// # Errors
    /// Exit 2 where the identity or every grant is missing, or where flags do not go together.
    pub fn finish(&self, now: Timestamp) -> Result<Claims<'_>> {
        let settings = Settings { flags: &self.flags, line: None, defaults: &self.defaults };
        self.claims(&settings, self.ttl, self.not_before, now)
    }

    /// The claims of one batch line, whose members override the flags. The line's own `id` has been taken out.
    ///
    /// # Errors
    /// Exit 2, naming the member.
    pub fn with_line<'a>(&'a self, line: &'a Object, now: Timestamp) -> Result<Claims<'a>> {
        for (key, raw) in line.iter() {
            let flag = flag::by_key(key).ok_or_else(|| unknown(key))?;
            check(flag, flag.key, raw, now)?;
        }
        let settings = Settings { flags: &self.flags, line: Some(line), defaults: &self.defaults };
        let same_life = line.get("ttl").is_none() && line.get("not_before").is_none();
        let (ttl, not_before) = if same_life { (self.ttl, self.not_before) } else { times(&settings, now)? };
        self.claims(&settings, ttl, not_before, now)
    }

    fn identity<'a>(&'a self, settings: &Settings<'a>) -> Result<Cow<'a, str>> {
        let identity = match settings.line.and_then(|line| line.get("identity")) {
            Some(raw) => json::as_str(raw),
            None => self.identity.as_deref().map(Cow::Borrowed),
        };
        identity.ok_or_else(|| {
            let message = match settings.line {
                Some(_) => "identity is missing: neither the line nor --identity gives it",
                None => "--identity is required",
            };
            Failure::usage(message).hint("every product needs to know the user; add --identity NAME")
        })
    }

    fn claims<'a>(
        &'a self,
        settings: &Settings<'a>,
        ttl: i64,
        not_before: Option<i64>,
        now: Timestamp,
    ) -> Result<Claims<'a>> {
        let identity = self.identity(settings)?;
        let only_identity_and_life =
            |line: &Object| line.iter().all(|(key, _)| matches!(key, "identity" | "ttl" | "not_before"));
        let terms = match &self.terms {
            Some(terms) if settings.line.is_none_or(only_identity_and_life) => Cow::Borrowed(terms),
            _ => Cow::Owned(Terms::of(settings)?),
        };
        let issued_at = now.as_second();
        let expires_at = issued_at.saturating_add(ttl);
        if not_before.is_some_and(|start| start >= expires_at) {
            let (name, ttl) = (settings.name("not_before"), settings.name("ttl"));
            return Err(Failure::usage(format!(
                "{name} is not before the end of the token, so it would never be valid"
            ))
            .hint(format!("{ttl} counts from now, not from {name}")));
        }
        Ok(Claims { identity, terms, not_before, issued_at, expires_at })
    }
}

/// The flags in the form of a batch line, each one checked.
fn read(given: &Given, now: Timestamp) -> Result<Object> {
    let mut flags = Object::default();
    for flag in &FLAGS {
        if let Some(values) = given.get(flag.flag) {
            let raw = encode(flag, values)?;
            check(flag, &flag.dashed(), &raw, now)?;
            flags.set(flag.key, raw);
        }
    }
    Ok(flags)
}

fn times(settings: &Settings<'_>, now: Timestamp) -> Result<(i64, Option<i64>)> {
    let ttl = settings.get("ttl").map_or(Ok(life::DEFAULT), |raw| life::ttl(&settings.name("ttl"), raw))?;
    let not_before = settings.get("not_before").map(|raw| life::not_before(&settings.name("not_before"), raw, now));
    Ok((ttl, not_before.transpose()?))
}

fn unknown(key: &str) -> Failure {
    let aside = text::aside(key, FLAGS.iter().map(|flag| flag.key));
    Failure::usage(format!("'{}' is not a field of a twilio line{aside}", text::clip(key, 60)))
}

/// The JSON that a flag's values stand for.
fn encode(flag: &Flag, values: &[Option<String>]) -> Result<String> {
    let name = flag.dashed();
    if flag.input == Input::KeyedObjects {
        return Ok(keyed::merged(values.iter().flatten().map(String::as_str), &name)?.to_string());
    }
    match (flag.input, values.last().and_then(Option::as_deref)) {
        (input, None) if input.value_is_optional() => Ok("true".to_owned()),
        (_, None) => Err(Failure::usage(format!("{name} needs a value"))),
        (Input::Switch, Some(text @ ("true" | "false"))) => Ok(text.to_owned()),
        (Input::Object, Some(text)) => json::value(text).map_err(|fault| Failure::usage(format!("{name} {fault}"))),
        (_, Some(text)) => Ok(json::string(text)),
    }
}

/// Checks one value, whether a flag or a batch line brought it.
fn check(flag: &Flag, name: &str, raw: &str, now: Timestamp) -> Result<()> {
    let wrong = |why: String| Err(Failure::usage(format!("{name} {why}")));
    let text = json::as_str(raw);
    let fault = match (flag.input, text.as_deref()) {
        (Input::Duration, _) => return life::ttl(name, raw).map(drop),
        (Input::Time, _) => return life::not_before(name, raw, now).map(drop),
        (Input::Switch, _) => (!matches!(raw, "true" | "false")).then(|| "must be true or false".to_owned()),
        (Input::Object, _) => (!json::is_object(raw)).then(|| "must be a JSON object, written {…}".to_owned()),
        (Input::KeyedObjects, _) => keyed::fault(raw),
        (input, None) if input.value_is_optional() => {
            let known = matches!(raw, "true" | "false" | "null");
            (!known).then(|| "must be a string, or true for its default".to_owned())
        }
        (_, None) => Some("must be a string".to_owned()),
        (Input::Region, Some(text)) => region::fault(text),
        (input, Some(text)) => settings::value_fault(input, text),
    };
    fault.map_or(Ok(()), wrong)
}

/// What is worth saying about flags that are right.
fn advise(flags: &Object, identity: Option<&str>, terms: Option<&Terms>, notes: &mut Vec<Note>) {
    notes.extend(flags.get("grant").map(keyed::advice).unwrap_or_default().into_iter().map(Note::Warning));
    let Some(terms) = terms else { return };
    let foreign = terms.region.as_deref().filter(|region| *region != region::DEFAULT);
    if let Some(region) = foreign.filter(|_| terms.products.contains(&Product::Video)) {
        notes
            .push(Note::Warning(format!("Video takes only API keys of us1, and the region of this token is {region}")));
    }
    if let Some(identity) = identity {
        notes.extend(identity::advice(identity, &terms.products));
    }
}
