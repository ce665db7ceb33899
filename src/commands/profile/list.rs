//! `profile list`: the profiles of the configuration file, and the built-in one.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::credentials::config::{Config, Profile};
use crate::credentials::{EMULATOR, Schema};
use crate::error::{Note, Result};
use crate::output::screen::{BOLD, DIM, GOOD};
use crate::output::table::{Cell, Table};
use crate::providers::SCHEMAS;
use crate::text;

impl ProfileCommand<'_> {
    /// The profiles, each with its providers.
    pub(super) fn list(&self) -> Result<String> {
        let (path, config) = self.config()?;
        let default = config.default_profile.as_deref();
        let profiles = config.profiles.iter().map(|(name, profile)| (name.as_str(), sections(profile)));
        let emulated = SCHEMAS.iter().filter(|schema| schema.is_emulated()).map(|schema| schema.section).collect();
        let profiles = profiles.chain([(EMULATOR, emulated)]);
        if self.json {
            let profiles = profiles.map(|(name, services): (_, Vec<&str>)| {
                json!({ "name": name, "default": default == Some(name), "built_in": name == EMULATOR, "services": services })
            });
            return Ok(line(&json!({ "path": text::path(&path), "profiles": profiles.collect::<Vec<_>>() })));
        }
        self.note_environment(&config);
        let screen = self.screen();
        let mut table = Table::default();
        // A script that reads lines has no use for a heading.
        if screen.width.is_some() {
            table.row(["PROFILE", "PROVIDERS", ""].map(|title| Cell::styled(title, DIM)));
        }
        for (name, services) in profiles {
            let is_default = default == Some(name);
            let mark = match (is_default, name == EMULATOR) {
                (true, true) => "✓ default, built in",
                (true, false) => "✓ default",
                (false, true) => "built in",
                (false, false) => "",
            };
            let (name, mark) = (text::clip(name, 60), if is_default { (mark, GOOD) } else { (mark, DIM) });
            let name = if is_default { Cell::styled(name, BOLD) } else { Cell::plain(name) };
            table.row([name, Cell::plain(services.join(", ")), Cell::styled(mark.0, mark.1)]);
        }
        Ok(table.render(0, &screen))
    }

    /// Says that the environment has credentials that come before those of the default profile.
    fn note_environment(&self, config: &Config) {
        let Some(profile) = config.default_profile.as_deref().and_then(|name| config.profile(name).ok()) else {
            return;
        };
        let is_set = |schema: &&&Schema| {
            let mut deciding = schema.fields().filter(|field| field.implies_set).flat_map(|field| field.variables);
            profile.section(schema.section).is_some() && deciding.any(|name| self.app.env.get(name).is_some())
        };
        let providers: Vec<&str> = SCHEMAS.iter().filter(is_set).map(|schema| schema.provider).collect();
        if !providers.is_empty() {
            let providers = providers.join(" and ");
            let text =
                format!("{providers} credentials are set in the environment, which comes before the default profile");
            self.app.notes.push(Note::Note(text));
        }
    }
}

/// The providers that a profile has credentials of.
fn sections(profile: &Profile) -> Vec<&'static str> {
    let present = SCHEMAS.iter().filter(|schema| profile.section(schema.section).is_some());
    present.map(|schema| schema.section).collect()
}
