//! `profile edit`: the configuration file in an editor. What the editor leaves is checked before it takes the file's place.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use super::ask;
use super::command::ProfileCommand;
use crate::app::Environment;
use crate::commands::preset;
use crate::credentials::locate::locate;
use crate::credentials::{ConfigFile, secret_variables};
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::os;
use crate::output::report::Report;
use crate::providers::SCHEMAS;
use crate::text;

/// The most bytes of a draft: what a configuration file may have.
const MAX_SIZE: u64 = 1024 * 1024;

impl ProfileCommand<'_> {
    /// Opens the file in an editor, as often as it takes.
    pub(super) fn edit(&self, report: &Report) -> Result<String> {
        let editor = editor(&self.app.env)?;
        let path = locate(self.general.config.as_deref(), &self.app.env)?.path;
        let (before, draft) = {
            let file = ConfigFile::open_existing(&path)?;
            (file.text().to_owned(), Draft::create(&file)?)
        };
        let after = self.edited(&editor, draft.path(), &before, &path, report);
        let after = match after {
            Ok(after) => after,
            Err(failure) => return Err(draft.kept(failure, &before)),
        };
        let place = text::path(&path);
        let changed = after != before;
        if changed {
            let replaced = ConfigFile::open(&path).and_then(|file| {
                if file.text() != before {
                    let message = format!("{place} was changed while the editor was open; not overwritten");
                    return Err(Failure::configuration(message).with_hint("edit it again"));
                }
                file.replace(&after)
            });
            if let Err(failure) = replaced {
                return Err(draft.kept(failure, &before));
            }
        } else {
            self.app.notes.push(Note::Note("no changes were made".to_owned()));
        }
        Ok(match (self.json, changed) {
            (true, _) => self.result(json!({ "path": place, "changed": changed })),
            (false, true) => format!("saved {place}\n"),
            (false, false) => String::new(),
        })
    }

    /// What the editor leaves, once it is right. Where somebody can be asked, one that is wrong is opened again.
    fn edited(&self, editor: &str, draft: &Path, before: &str, path: &Path, report: &Report) -> Result<String> {
        loop {
            run(editor, draft)?;
            let after = read(draft)?;
            if after == before {
                return Ok(after);
            }
            match self.check_text(&after, path) {
                Ok(()) => return Ok(after),
                Err(failure) if ask::is_possible() => {
                    report.failure(&failure);
                    if !ask::yes("Open the editor again?", true)? {
                        return Err(failure);
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Refuses a text that would be refused as the configuration file.
    fn check_text(&self, text: &str, path: &Path) -> Result<()> {
        let config = self.parse_text(text, path)?;
        if let Some(name) = &config.default_profile {
            config.require_default(name)?;
        }
        preset::check_all(&config, self.app).map(drop)
    }
}

/// A copy of the configuration file to work on, next to it: it may hold secrets, and the file's folder is where these are
/// safe. Removed when it is dropped, unless it was kept.
struct Draft(tempfile::TempPath);

impl Draft {
    fn create(file: &ConfigFile) -> Result<Self> {
        let cannot = || format!("cannot write a copy of {}", text::path(file.path()));
        // Editors know the language by the ending.
        let builder = tempfile::Builder::new().prefix(".tokenmint-").suffix(".toml").tempfile_in(file.folder());
        let mut copy = builder.with_context(cannot).or_fail(Category::Internal)?;
        copy.write_all(file.text().as_bytes()).with_context(cannot).or_fail(Category::Internal)?;
        Ok(Draft(copy.into_temp_path()))
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps what was written, if anything was, and says where it is.
    fn kept(self, failure: Failure, before: &str) -> Failure {
        if read(&self.0).is_ok_and(|text| text == before) {
            return failure;
        }
        let kept: std::result::Result<PathBuf, _> = self.0.keep();
        match kept {
            Ok(path) => failure.and(format!("; the file is unchanged, and your changes are in {}", text::path(&path))),
            Err(_) => failure,
        }
    }
}

fn read(draft: &Path) -> Result<String> {
    let cannot = || "cannot read what the editor saved".to_owned();
    let file = std::fs::File::open(draft).with_context(cannot).or_fail(Category::Internal)?;
    let bytes = os::read_limited(file, MAX_SIZE).with_context(cannot).or_fail(Category::Internal)?;
    let bytes = bytes.ok_or_else(|| Failure::configuration("the result is larger than 1 MiB"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::configuration("the result is not UTF-8 text"))?;
    Ok(text.to_owned())
}

/// The editor of the user.
fn editor(env: &Environment) -> Result<String> {
    let editor = env.text("VISUAL").or_else(|| env.text("EDITOR")).map(str::to_owned);
    editor.ok_or_else(|| {
        Failure::configuration("neither VISUAL nor EDITOR is set").with_hint("name your editor: export EDITOR=vi")
    })
}

/// Runs the editor on a file to its end. Its name may be a command line, as git and others take it. It gets none of our
/// secrets.
fn run(editor: &str, draft: &Path) -> Result<()> {
    let mut command = os::editor_command(editor, draft);
    for variable in secret_variables(&SCHEMAS) {
        command.env_remove(variable);
    }
    let status = os::Foreground::start(&mut command).and_then(os::Foreground::wait);
    let status = status.context("cannot start the editor").or_fail(Category::Configuration)?;
    if status.success() {
        return Ok(());
    }
    let code = os::shell_status(status);
    let failure = Failure::configuration(format!("the editor failed with status {code}; nothing was changed"))
        .with_hint("VISUAL, or else EDITOR, says which editor is run");
    // Ended by Ctrl-C or the like, as we would have been.
    Err(if code > 128 { failure.with_exit(code) } else { failure })
}
