//! `profile use`: the default profile.

use serde_json::json;

use super::command::ProfileCommand;
use crate::credentials::locate::locate;
use crate::credentials::{ConfigFile, EMULATOR};
use crate::error::{Note, Result};
use crate::text;

impl ProfileCommand<'_> {
    /// Makes a profile the default one.
    pub(super) fn make_default(&self, name: &str) -> Result<String> {
        let location = locate(self.general.config.as_deref(), &self.app.env)?;
        // The built-in profile is there without a file.
        let file = if name == EMULATOR {
            ConfigFile::open_or_create(&location.path)?
        } else {
            ConfigFile::open_existing(&location.path)?
        };
        let config = self.parse_config(&file)?;
        if name != EMULATOR {
            config.profile(name)?;
        }
        if config.default_profile.as_deref() != Some(name) {
            self.change(&file, |config| {
                config.set_default_profile(name);
                Some(())
            })?;
        }
        if self.app.env.get("TOKENMINT_PROFILE").is_some() {
            let note = "TOKENMINT_PROFILE is set and comes before the default profile";
            self.app.notes.push(Note::Warning(note.to_owned()));
        }
        let place = text::path(&location.path);
        Ok(if self.json {
            self.result(json!({ "default_profile": name, "path": place }))
        } else {
            format!("the default profile is now '{}', in {place}\n", text::clip(name, 60))
        })
    }
}
