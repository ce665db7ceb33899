//! What every action of `profile` works with.

use std::path::PathBuf;

use crate::app::App;
use crate::credentials::config::Config;
use crate::credentials::locate::locate;
use crate::credentials::{Needs, Wanted};
use crate::error::Result;
use crate::options::General;
use crate::output::screen::Screen;
use crate::providers::SCHEMAS;
use crate::text;

/// What was typed, and the outside.
pub(super) struct ProfileCommand<'a> {
    pub(super) general: &'a General,
    pub(super) app: &'a App,
    pub(super) json: bool,
}

impl ProfileCommand<'_> {
    /// Where to look for credentials, in a profile of this name if there is one.
    pub(super) fn wanted<'n>(&'n self, name: Option<&'n str>) -> Wanted<'n> {
        Wanted {
            profile: name.or(self.general.profile.as_deref()),
            config: self.general.config.as_deref(),
            needs: Needs::Set,
            schemas: &SCHEMAS,
            stdin_taken: false,
            timeout: None,
        }
    }
}

impl ProfileCommand<'_> {
    /// The configuration file with its place. One that nobody named need not be there.
    pub(super) fn config(&self) -> Result<(PathBuf, Config)> {
        let location = locate(self.general.config.as_deref(), &self.app.env)?;
        let config = if location.explicit || location.path.exists() {
            Config::read(&location.path, &self.app.env, &SCHEMAS)?
        } else {
            Config::default()
        };
        Ok((location.path, config))
    }

    /// What a table is printed to.
    pub(super) fn screen(&self) -> Screen {
        Screen::of_stdout(self.general.verbosity.color)
    }
}

/// A JSON result as a line.
pub(super) fn line(value: &serde_json::Value) -> String {
    text::escaped_json(&format!("{value}\n"))
}
