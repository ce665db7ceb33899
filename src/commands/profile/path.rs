//! `profile path`: where the configuration file is.

use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::credentials::locate::locate;
use crate::error::Result;
use crate::text;

impl ProfileCommand<'_> {
    /// The path, whether there is a file or not.
    pub(super) fn path(&self) -> Result<String> {
        let path = locate(self.general.config.as_deref(), &self.app.env)?.path;
        let place = text::path(&path);
        Ok(if self.json { line(&json!({ "path": place, "exists": path.exists() })) } else { format!("{place}\n") })
    }
}
