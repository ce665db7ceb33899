//! `profile presets`: the presets of the configuration file, each with its command, its profile and its fields.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::catalog::Kind;
use crate::commands::preset::check_all;
use crate::credentials::preset::Preset;
use crate::error::{Note, Result};
use crate::output::screen::DIM;
use crate::output::table::{Cell, Table};
use crate::text;

impl ProfileCommand<'_> {
    /// The presets. Of their fields the names: `--dry-run` shows what they make.
    pub(super) fn presets(&self) -> Result<String> {
        let (path, config) = self.config()?;
        let presets = check_all(&config, self.app)?;
        let place = text::path(&path);
        if self.json {
            let presets: Vec<_> = presets.iter().map(as_object).collect();
            return Ok(line(&json!({ "path": place, "presets": presets })));
        }
        if presets.is_empty() {
            self.app
                .notes
                .push(Note::Hint(format!("no presets in {place}; add a table [presets.NAME] with its command")));
        }
        let screen = self.screen();
        let mut table = Table::default();
        // A script that reads lines has no use for a heading.
        if screen.width.is_some() && !presets.is_empty() {
            table.row(["PRESET", "COMMAND", "PROFILE", "FIELDS"].map(|title| Cell::styled(title, DIM)));
        }
        for preset in &presets {
            table.row(row(preset));
        }
        Ok(table.render(0, &screen))
    }
}

/// A preset with its name and its command.
type Listed<'c> = (&'c str, &'static Kind, &'c Preset);

fn keys(preset: &Preset) -> Vec<&str> {
    preset.fields.iter().map(|(key, _)| key).collect()
}

fn as_object((name, kind, preset): &Listed) -> serde_json::Value {
    json!({ "name": name, "command": kind.name, "profile": preset.profile, "fields": keys(preset) })
}

fn row((name, kind, preset): &Listed) -> [Cell; 4] {
    let profile = preset.profile.as_deref().map_or_else(|| "-".to_owned(), |profile| text::clip(profile, 60));
    [text::clip(name, 60), kind.name.to_owned(), profile, keys(preset).join(", ")].map(Cell::plain)
}
