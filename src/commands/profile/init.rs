//! `profile init`: a commented configuration file to fill in.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use super::command::{ProfileCommand, line};
use crate::credentials::locate::locate;
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::os;
use crate::text;

/// The commented file that `profile init` writes, which is also the example in the repository.
const EXAMPLE: &str = include_str!("../../../config.example.toml");

impl ProfileCommand<'_> {
    /// Writes the file and gives its path.
    pub(super) fn init(&self) -> Result<String> {
        let path = locate(self.general.config.as_deref(), &self.app.env)?.path;
        let place = text::path(&path);
        let cannot = || format!("cannot write {place}");
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            os::create_private_folders(folder).with_context(cannot).or_fail(Category::Internal)?;
        }
        let mut file = match os::create_private(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(Failure::configuration(format!("{place} already exists; not overwritten"))
                    .with_hint("edit it, or choose another file with --config"));
            }
            file => file.with_context(cannot).or_fail(Category::Internal)?,
        };
        file.write_all(EXAMPLE.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(cannot)
            .or_fail(Category::Internal)?;
        self.app.notes.push(Note::Hint("fill in your values, then run: tokenmint profile check".to_owned()));
        Ok(if self.json { line(&json!({ "path": place, "created": true })) } else { format!("{place}\n") })
    }
}
