//! `profile list`: the profiles of the configuration file, and the built-in one.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::credentials::EMULATOR;
use crate::credentials::config::{Config, Profile};
use crate::credentials::locate::locate;
use crate::error::Result;
use crate::providers::SCHEMAS;
use crate::text;

impl ProfileCommand<'_> {
    /// The profiles, each with its providers.
    pub(super) fn list(&self) -> Result<String> {
        let location = locate(self.general.config.as_deref(), &self.app.env)?;
        let config = if location.explicit || location.path.exists() {
            Config::read(&location.path, &self.app.env, &SCHEMAS)?
        } else {
            Config::default()
        };
        let default = config.default_profile.as_deref();
        let profiles = config.profiles.iter().map(|(name, profile)| (name.as_str(), sections(profile)));
        let emulated = SCHEMAS.iter().filter(|schema| schema.is_emulated()).map(|schema| schema.section).collect();
        let profiles = profiles.chain([(EMULATOR, emulated)]);
        if self.json {
            let profiles = profiles.map(|(name, services): (_, Vec<&str>)| {
                json!({ "name": name, "default": default == Some(name), "built_in": name == EMULATOR, "services": services })
            });
            return Ok(line(&json!({ "path": text::path(&location.path), "profiles": profiles.collect::<Vec<_>>() })));
        }
        Ok(profiles.fold(String::new(), |text, (name, services)| {
            let mark = if default == Some(name) { "  (default)" } else { "" };
            let built_in = if name == EMULATOR { "  (built in)" } else { "" };
            text + &format!("{}  {}{mark}{built_in}\n", text::clip(name, 60), services.join(", "))
        }))
    }
}

/// The providers that a profile has credentials of.
fn sections(profile: &Profile) -> Vec<&'static str> {
    let present = SCHEMAS.iter().filter(|schema| profile.section(schema.section).is_some());
    present.map(|schema| schema.section).collect()
}
