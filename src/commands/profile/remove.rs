//! `profile remove`: a profile with the secrets that `profile add` stored for it, and no others.

use serde_json::json;

use super::ask;
use super::command::ProfileCommand;
use super::own_secret::OwnSecret;
use crate::credentials::config::{Config, SecretSource};
use crate::credentials::locate::{Location, locate};
use crate::credentials::{ConfigFile, EMULATOR};
use crate::error::{Failure, Note, Result};
use crate::providers::SCHEMAS;
use crate::text;

impl ProfileCommand<'_> {
    /// Removes a profile, after a question unless `--yes` has answered it.
    pub(super) fn remove(&self, name: &str, yes: bool) -> Result<String> {
        let shown = text::clip(name, 60);
        if name == EMULATOR {
            return Err(Failure::configuration(format!("'{EMULATOR}' is a built-in profile and cannot be removed")));
        }
        let location = locate(self.general.config.as_deref(), &self.app.env)?;
        let place = text::path(&location.path);
        self.parse_config(&ConfigFile::open_existing(&location.path)?)?.profile(name)?;
        if !yes && !ask::is_possible() {
            return Err(Failure::usage(format!("removing profile '{shown}' needs a terminal to confirm, or --yes"))
                .with_hint(format!("run tokenmint profile remove {} --yes", text::sh_word(&shown))));
        }
        if !yes && !ask::yes(&format!("Remove profile '{shown}' from {place}?"), false)? {
            self.app.notes.push(Note::Note("nothing was changed".to_owned()));
            return Ok(String::new());
        }
        // Opened anew: nothing is locked while somebody thinks.
        let file = ConfigFile::open_existing(&location.path)?;
        let config = self.parse_config(&file)?;
        let secrets = secrets(&config, name, &location)?;
        let was_default = config.default_profile.as_deref() == Some(name);
        self.change(&file, |config| {
            config.remove_profile(name);
            if was_default {
                config.unset_default_profile();
            }
            Some(())
        })?;
        self.tell(&config, name, was_default);
        let removed = self.remove_secrets(secrets);
        Ok(if self.json {
            self.result(json!({ "profile": name, "path": place, "secrets_removed": removed }))
        } else {
            format!("removed profile '{shown}' from {place}\n")
        })
    }

    /// What else was about the profile.
    fn tell(&self, config: &Config, name: &str, was_default: bool) {
        let notes = &self.app.notes;
        if was_default {
            notes.push(Note::Note(format!("'{name}' was the default profile; there is none now")));
        }
        for (preset, _) in config.presets.iter().filter(|(_, preset)| preset.profile.as_deref() == Some(name)) {
            let preset = text::clip(preset, 60);
            notes.push(Note::Warning(format!("preset '{preset}' names this profile and no longer works")));
        }
    }

    /// Removes what is ours, says what stays, and counts what was removed.
    fn remove_secrets(&self, secrets: Vec<Stored>) -> usize {
        let mut removed = 0;
        for stored in secrets {
            match stored {
                Stored::Ours(own) => match own.remove(&self.app.env) {
                    Ok(()) => removed += 1,
                    Err(failure) => {
                        let (place, line) = (own.to_string(), own.removal_line());
                        let note = format!("the secret {place} was not removed: {failure}; run: {line}");
                        self.app.notes.push(Note::Warning(note));
                    }
                },
                Stored::Elsewhere(place) => {
                    self.app.notes.push(Note::Note(format!("the secret {place} was not removed")));
                }
            }
        }
        removed
    }
}

/// Where a secret of the profile is.
enum Stored {
    /// Where `profile add` put it.
    Ours(OwnSecret),
    /// Somewhere else, in words.
    Elsewhere(String),
}

/// The secrets of a profile that are not in the configuration file itself.
fn secrets(config: &Config, name: &str, location: &Location) -> Result<Vec<Stored>> {
    let profile = config.profile(name)?;
    let used_elsewhere = |path: &std::path::Path| {
        let others = config.profiles.iter().filter(|(other, _)| other != name);
        others
            .flat_map(|(_, other)| &other.sections)
            .any(|(_, section)| matches!(&section.secret, Some(SecretSource::File(used)) if used == path))
    };
    let mut secrets = Vec::new();
    for (section_name, section) in &profile.sections {
        let Some(schema) = SCHEMAS.into_iter().find(|schema| schema.section == *section_name) else { continue };
        match (OwnSecret::of_section(name, schema, section, location), &section.secret) {
            (Some(OwnSecret::File(path)), _) if used_elsewhere(&path) => {
                secrets.push(Stored::Elsewhere(format!("in {}, which another profile uses,", text::path(&path))));
            }
            (Some(own), _) => secrets.push(Stored::Ours(own)),
            (None, Some(SecretSource::File(path))) => {
                secrets.push(Stored::Elsewhere(format!("in {}", text::path(path))));
            }
            (None, Some(SecretSource::Command(_))) => {
                secrets.push(Stored::Elsewhere(format!("from {}_command", schema.secret.key)));
            }
            (None, Some(SecretSource::Literal(_)) | None) => {}
        }
    }
    Ok(secrets)
}
