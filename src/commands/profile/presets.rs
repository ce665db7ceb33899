//! `profile presets`: the presets of the configuration file, each with its command, its profile and its fields.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::catalog::Kind;
use crate::commands::preset::check_all;
use crate::credentials::config::Config;
use crate::credentials::locate::locate;
use crate::credentials::preset::Preset;
use crate::error::{Note, Result};
use crate::providers::SCHEMAS;
use crate::text;

impl ProfileCommand<'_> {
    /// The presets. Of their fields the names: `--dry-run` shows what they make.
    pub(super) fn presets(&self) -> Result<String> {
        let location = locate(self.general.config.as_deref(), &self.app.env)?;
        let config = if location.explicit || location.path.exists() {
            Config::read(&location.path, &self.app.env, &SCHEMAS)?
        } else {
            Config::default()
        };
        let presets = check_all(&config, self.app)?;
        let place = text::path(&location.path);
        if self.json {
            let presets: Vec<_> = presets.iter().map(as_object).collect();
            return Ok(line(&json!({ "path": place, "presets": presets })));
        }
        if presets.is_empty() {
            self.app
                .notes
                .push(Note::Hint(format!("no presets in {place}; add a table [presets.NAME] with its command")));
        }
        Ok(aligned(&presets.iter().map(row).collect::<Vec<_>>()))
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

fn row((name, kind, preset): &Listed) -> [String; 4] {
    let profile = preset.profile.as_deref().map_or_else(|| "-".to_owned(), |profile| text::clip(profile, 60));
    [text::clip(name, 60), kind.name.to_owned(), profile, keys(preset).join(", ")]
}

/// Rows with their columns below each other, two blanks between them and none at the end.
fn aligned(rows: &[[String; 4]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [0, 1, 2, 3].map(width);
    let padded = |row: &[String; 4]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(padded).collect()
}
