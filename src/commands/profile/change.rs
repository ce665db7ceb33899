//! Changes to the configuration file: read under a lock, edited, read back, and only then replaced.

use std::path::Path;

use super::command::{ProfileCommand, line};
use crate::credentials::config::Config;
use crate::credentials::{ConfigFile, ConfigText};
use crate::error::{Failure, Note, Result};
use crate::providers::SCHEMAS;
use crate::text;

impl ProfileCommand<'_> {
    /// The configuration file, or an empty one where there is none yet.
    pub(super) fn read_config(&self, path: &Path) -> Result<Config> {
        if path.exists() {
            return Config::read(path, &self.app.env, &SCHEMAS);
        }
        // A link that leads nowhere is refused.
        ConfigFile::open(path)?;
        Ok(Config { path: path.to_owned(), ..Config::default() })
    }

    /// What an opened file says.
    pub(super) fn parse_config(&self, file: &ConfigFile) -> Result<Config> {
        self.parse_text(file.text(), file.path())
    }

    pub(super) fn parse_text(&self, text: &str, path: &Path) -> Result<Config> {
        Config::parse(text, path, &self.app.env, &SCHEMAS)
    }

    /// A JSON result as a line, with what there is to say as its `warnings`: stderr stays empty then.
    pub(super) fn result(&self, mut value: serde_json::Value) -> String {
        let notes = if self.general.verbosity.quiet { Vec::new() } else { self.app.notes.all() };
        if !notes.is_empty() {
            value["warnings"] = notes.iter().map(Note::text).collect();
        }
        line(&value)
    }

    /// Edits a file and replaces it, if the result can be read.
    pub(super) fn change(&self, file: &ConfigFile, edit: impl FnOnce(&mut ConfigText) -> Option<()>) -> Result<()> {
        let place = text::path(file.path());
        let by_hand = || {
            Failure::configuration(format!("{place} is written in a form that cannot be changed here"))
                .with_hint("open it with: tokenmint profile edit")
        };
        let mut config = ConfigText::parse(file.text()).ok_or_else(by_hand)?;
        edit(&mut config).ok_or_else(by_hand)?;
        let text = config.to_string();
        self.parse_text(&text, file.path()).map_err(|_| by_hand())?;
        file.replace(&text)
    }
}
