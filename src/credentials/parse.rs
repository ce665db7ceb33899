//! The text of a configuration file, read into profiles. No message of this file ever holds a line or a value of it.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::config::{Config, Profile, SecretSource, Section};
use super::locate::home;
use super::preset::Preset;
use super::schema::{EMULATOR, Schema};
use super::toml_json;
use crate::app::Environment;
use crate::error::{Failure, Result};
use crate::json::Object;
use crate::secret::Secret;
use crate::text;

/// The refusal of a profile that has the name of the built-in one.
pub(super) const OWN_EMULATOR: &str = "'emulator' is a built-in profile and cannot be defined";
/// What to do about it.
pub(super) const RENAME: &str = "give that profile another name";

/// Walks the parsed file. It keeps the text only to count lines.
pub(super) struct Reader<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) env: &'a Environment,
    pub(super) schemas: &'a [&'static Schema],
}

/// The keys that a secret can have.
fn secret_keys(schema: &Schema) -> [String; 3] {
    ["", "_command", "_file"].map(|suffix| format!("{}{suffix}", schema.secret.key))
}

type Key<'t> = &'t Spanned<Cow<'t, str>>;
type Value<'t> = &'t Spanned<DeValue<'t>>;

impl Reader<'_> {
    pub(super) fn config(&self) -> Result<Config> {
        let table = DeTable::parse(self.text).map_err(|error| {
            // The library's sentence may quote the line, and the line may hold the secret: only the place is told.
            let place = error.span().unwrap_or(0..0);
            let before = self.text.get(..place.start).unwrap_or(self.text);
            let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            self.wrong(&place, &format!("not valid TOML (column {column})"))
                .with_hint("strings need quotes; also look for a missing = or a key given twice")
        })?;
        let mut config = Config { path: self.path.to_owned(), ..Config::default() };
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "default_profile" => config.default_profile = Some(self.string(key, value)?),
                "profiles" => {
                    for (name, profile) in self.table(key, value)? {
                        config.profiles.push((name.get_ref().to_string(), self.profile(name, profile)?));
                    }
                }
                "presets" => {
                    for (name, preset) in toml_json::in_order(self.table(key, value)?) {
                        config.presets.push((name.get_ref().to_string(), self.preset(name, preset)?));
                    }
                }
                _ => return Err(self.unknown(key, &["default_profile", "profiles", "presets"])),
            }
        }
        Ok(config)
    }

    /// A preset as far as its form goes. Whether its command has such fields is known elsewhere.
    fn preset(&self, name: Key, value: Value) -> Result<Preset> {
        let shown = text::clip(name.get_ref(), 60);
        let of = |key: Key| format!("preset '{shown}': {}", Self::name(key));
        let (mut command, mut profile, mut fields) = (None, None, Object::default());
        for (key, value) in toml_json::in_order(self.table(name, value)?) {
            let string = || self.string(key, value).map_err(|failure| failure.context(format!("preset '{shown}'")));
            match key.get_ref().as_ref() {
                "command" => command = Some(string()?),
                "profile" => profile = Some(string()?),
                name => {
                    let wrong = || self.wrong(&key.span(), &format!("{} has a number that cannot be sent", of(key)));
                    fields.set(name, toml_json::value(value.get_ref()).ok_or_else(wrong)?);
                }
            }
        }
        let command = command.ok_or_else(|| {
            self.wrong(&name.span(), &format!("preset '{shown}' is missing its command"))
                .with_hint("add the command that it is for, such as command = \"chat\"")
        })?;
        Ok(Preset { command, profile, fields })
    }

    fn profile(&self, name: Key, value: Value) -> Result<Profile> {
        if name.get_ref() == EMULATOR {
            return Err(self.wrong(&name.span(), OWN_EMULATOR).with_hint(RENAME));
        }
        let mut profile = Profile::default();
        for (key, value) in self.table(name, value)? {
            let known = self.schemas.iter().find(|schema| key.get_ref() == schema.section);
            let Some(schema) = known else {
                return Err(self.not_a_section(name, key));
            };
            profile.sections.push((schema.section, self.section(schema, key, value)?));
        }
        Ok(profile)
    }

    /// A key of a profile that is no section, but may belong into one.
    fn not_a_section(&self, profile: Key, key: Key) -> Failure {
        let sections: Vec<&str> = self.schemas.iter().map(|schema| schema.section).collect();
        let failure = self.unknown(key, &sections);
        let owner = self.schemas.iter().find(|schema| {
            let fields = schema.public.iter().map(|field| field.key);
            let mut plain = fields.chain(schema.settings.iter().map(|setting| setting.key));
            plain.any(|plain| key.get_ref() == plain)
                || secret_keys(schema).iter().any(|secret| key.get_ref() == secret)
        });
        match (owner, text::is_key(profile.get_ref())) {
            (Some(schema), true) => {
                let (profile, section) = (profile.get_ref(), schema.section);
                failure.with_hint(format!("move these under [profiles.{profile}.{section}]"))
            }
            (Some(schema), false) => failure.with_hint(format!("move these under [profiles.NAME.{}]", schema.section)),
            (None, _) => failure,
        }
    }

    fn section(&self, schema: &Schema, name: Key, value: Value) -> Result<Section> {
        let fields = schema.public.iter().map(|field| field.key);
        let plain: Vec<&'static str> = fields.chain(schema.settings.iter().map(|setting| setting.key)).collect();
        let secrets = secret_keys(schema);
        let mut section = Section::default();
        for (key, value) in self.table(name, value)? {
            if let Some(plain) = plain.iter().find(|plain| key.get_ref() == *plain) {
                section.values.push((plain, self.string(key, value)?));
                continue;
            }
            let secret = match secrets.iter().position(|secret| key.get_ref() == secret) {
                Some(0) => SecretSource::Literal(Secret::new(self.string(key, value)?)),
                Some(1) => SecretSource::Command(self.command(key, value)?),
                Some(_) => SecretSource::File(self.beside(key, &self.string(key, value)?)?),
                None => {
                    let known: Vec<&str> = plain.iter().copied().chain(secrets.iter().map(String::as_str)).collect();
                    return Err(self.unknown(key, &known));
                }
            };
            if section.secret.replace(secret).is_some() {
                let what = format!("only one of {} is allowed", secrets.join(", "));
                return Err(self.wrong(&key.span(), &what).with_hint("keep one of them"));
            }
        }
        Ok(section)
    }

    fn table<'t>(&self, key: Key, value: &'t Spanned<DeValue<'t>>) -> Result<&'t DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong(&key.span(), &format!("{} must be a table", Self::name(key)))),
        }
    }

    fn string(&self, key: Key, value: Value) -> Result<String> {
        match value.get_ref() {
            DeValue::String(text) if text.is_empty() => {
                Err(self.wrong(&key.span(), &format!("{} is empty", Self::name(key))))
            }
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong(&key.span(), &format!("{} must be a string in quotes", Self::name(key)))),
        }
    }

    fn command(&self, key: Key, value: Value) -> Result<Vec<String>> {
        let shape = || {
            self.wrong(&key.span(), &format!("{} must be a list of strings: program and arguments", Self::name(key)))
                .with_hint("separate the words: [\"op\", \"read\", \"op://…\"]")
        };
        let DeValue::Array(entries) = value.get_ref() else { return Err(shape()) };
        let words: Option<Vec<String>> = entries
            .iter()
            .map(|entry| match entry.get_ref() {
                DeValue::String(word) => Some(word.to_string()),
                _ => None,
            })
            .collect();
        words.filter(|words| words.first().is_some_and(|program| !program.is_empty())).ok_or_else(shape)
    }

    /// A path of the file, relative to the file's own folder, `~/` being the home directory.
    fn beside(&self, key: Key, path: &str) -> Result<PathBuf> {
        if let Some(rest) = path.strip_prefix("~/") {
            let place = || self.wrong(&key.span(), &format!("{} begins with ~/", Self::name(key)));
            let home = home(self.env).map_err(|failure| failure.context(place()))?;
            return home.map(|home| home.join(rest)).ok_or_else(|| place().with_hint("use an absolute path"));
        }
        Ok(self.path.parent().unwrap_or_else(|| Path::new("")).join(path))
    }

    fn unknown(&self, key: Key, known: &[&str]) -> Failure {
        let nearest = text::did_you_mean(key.get_ref(), known.iter().copied());
        self.wrong(&key.span(), &format!("unknown key {}{nearest}", Self::name(key)))
            .with_hint(format!("expected one of: {}", known.join(", ")))
    }

    /// A key fit for a message. One that does not look like a key may be a value in the wrong place.
    fn name(key: Key) -> String {
        let name = key.get_ref().as_ref();
        if text::is_key(name) { format!("'{name}'") } else { "here".to_owned() }
    }

    fn wrong(&self, place: &Range<usize>, what: &str) -> Failure {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Failure::configuration(format!("{}, line {line}: {what}", text::path(self.path)))
    }
}
