//! `profile add`: a set of credentials that is asked for, or given by flags and stdin, checked and stored. The secret goes
//! into a file of its own or into the keychain, never into the configuration file.

use serde_json::json;

use super::command::ProfileCommand;
use super::own_secret::OwnSecret;
use super::{name, typed_set};
use crate::catalog::Kind;
use crate::credentials::config::Config;
use crate::credentials::locate::locate;
use crate::credentials::{ConfigFile, ConfigValue, Schema};
use crate::error::{Failure, Note, Result};
use crate::options::NewProfile;
use crate::output::report::Report;
use crate::providers::{PROVIDERS, SCHEMAS};
use crate::text;

impl ProfileCommand<'_> {
    /// Adds a profile, or a provider to one.
    pub(super) fn add(&self, new: &NewProfile, report: &Report) -> Result<String> {
        name::check_new(&new.name)?;
        let schema = schema_of(new)?;
        let location = locate(self.general.config.as_deref(), &self.app.env)?;
        // Whatever can be refused is refused before anybody types a secret.
        refuse_existing(&self.read_config(&location.path)?, &new.name, schema)?;
        let place = OwnSecret::new(&new.name, schema, &location, new.keychain)?;
        place.check(&self.app.env)?;
        let set = typed_set::read(schema, &new.values, &self.app.notes, report)?;
        let file = ConfigFile::open_or_create(&location.path)?;
        let config = self.parse_config(&file)?;
        refuse_existing(&config, &new.name, schema)?;
        place.store(&set.secret, &self.app.env)?;
        let is_default = config.default_profile.is_none() && config.profiles.is_empty();
        let mut values: Vec<(String, ConfigValue)> =
            set.public.into_iter().map(|(key, value)| (key.to_owned(), ConfigValue::Text(value))).collect();
        values.push(place.reference(schema));
        let written = self.change(&file, |config| {
            config.add_section(&new.name, schema.section, &values)?;
            if is_default {
                config.set_default_profile(&new.name);
            }
            Some(())
        });
        if let Err(failure) = written {
            // No secret is left behind that nothing refers to.
            let _ = place.remove(&self.app.env);
            return Err(failure);
        }
        let was_default = config.default_profile.as_deref() == Some(new.name.as_str());
        self.note_next(&new.name, schema, is_default, is_default || was_default);
        Ok(self.added(new, schema, &place, is_default, &text::path(&location.path)))
    }

    /// Says what to do next. What is the default profile already is not offered as one.
    fn note_next(&self, name: &str, schema: &Schema, is_new_default: bool, is_default: bool) {
        let name = text::sh_word(name);
        let next =
            if is_default { String::new() } else { format!("; tokenmint profile use {name} makes it the default") };
        if asks_a_service(schema) {
            self.app.notes.push(Note::Hint(format!("test it with: tokenmint profile check {name}{next}")));
        } else if !is_new_default {
            self.app.notes.push(Note::Hint(format!("use it with --profile {name}{next}")));
        }
    }

    /// Says what was added.
    fn added(&self, new: &NewProfile, schema: &Schema, place: &OwnSecret, is_default: bool, path: &str) -> String {
        if self.json {
            return self.result(json!({
                "profile": new.name, "service": schema.section, "path": path, "secret": place.word(), "default": is_default
            }));
        }
        let default = if is_default { ", the default profile," } else { "" };
        format!(
            "added {} credentials to profile '{}'{default} in {path}; the secret is {}\n",
            schema.provider, new.name, place
        )
    }
}

/// The provider that the flags are about.
fn schema_of(new: &NewProfile) -> Result<&'static Schema> {
    let schema = SCHEMAS.into_iter().find(|schema| new.section.is_none_or(|section| section == schema.section));
    let schema = schema.ok_or_else(|| Failure::internal("a provider without its credentials"))?;
    let own = |key: &str| schema.public.iter().any(|field| field.key == key);
    let Some((foreign, _)) = new.values.iter().find(|(key, _)| !own(key)) else { return Ok(schema) };
    let flag = format!("--{}", foreign.replace('_', "-"));
    let message = format!("{flag} is not a value of a {} profile", schema.provider);
    Err(Failure::usage(message).with_hint(match new.section {
        Some(section) => format!("leave out --{section} or {flag}"),
        None => "add --twilio for a Twilio profile".to_owned(),
    }))
}

fn refuse_existing(config: &Config, name: &str, schema: &Schema) -> Result<()> {
    let existing = config.profiles.iter().find(|(known, _)| known == name);
    if existing.is_none_or(|(_, profile)| profile.section(schema.section).is_none()) {
        return Ok(());
    }
    let path = text::path(&config.path);
    Err(Failure::configuration(format!("profile '{name}' in {path} already has {} credentials", schema.provider))
        .with_hint(format!("change it with tokenmint profile edit, or first run tokenmint profile remove {name}")))
}

/// Whether the credentials are for a service that can be asked about them.
fn asks_a_service(schema: &Schema) -> bool {
    let provider = PROVIDERS.into_iter().find(|provider| provider.credentials.section == schema.section);
    provider.is_some_and(|provider| provider.kinds.iter().any(|kind: &&Kind| kind.endpoint().is_some()))
}
