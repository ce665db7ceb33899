//! The configuration file on disk, held while it is changed and replaced atomically.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::load;
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os;
use crate::text;

/// A configuration file that no other run of this program changes meanwhile.
pub struct ConfigFile {
    /// Where it is looked for.
    path: PathBuf,
    /// Where it is: a link stays a link, and what it leads to is replaced.
    target: PathBuf,
    text: Option<String>,
    /// Held until the change is done.
    _lock: Option<File>,
}

impl ConfigFile {
    /// Locks and reads a file, which need not exist.
    ///
    /// # Errors
    /// Exit 3 where it cannot be read or belongs to somebody else.
    pub fn open(path: &Path) -> Result<Self> {
        let target = resolve(path)?;
        let lock = os::lock_folder(folder_of(&target));
        let text = if target.exists() { Some(load::text(path)?) } else { None };
        Ok(ConfigFile { path: path.to_owned(), target, text, _lock: lock })
    }

    /// The same for a file that may have to be made: its folder is there from now on, so that it can be locked.
    ///
    /// # Errors
    /// As there, and exit 1 where the folder cannot be made.
    pub fn open_or_create(path: &Path) -> Result<Self> {
        let target = resolve(path)?;
        if let Some(folder) = target.parent().filter(|folder| *folder != Path::new("")) {
            os::create_private_folders(folder).with_context(|| cannot_write(path)).or_fail(Category::Internal)?;
        }
        Self::open(path)
    }

    /// The same for a file that must exist.
    ///
    /// # Errors
    /// Exit 3 as there, and where it does not exist.
    pub fn open_existing(path: &Path) -> Result<Self> {
        let file = Self::open(path)?;
        if file.text.is_none() {
            // Says that there is none, and how to make one.
            load::text(path)?;
        }
        Ok(file)
    }

    /// What it holds; nothing if it does not exist.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Where it is looked for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that the file is in, behind a link if it is one.
    pub fn folder(&self) -> &Path {
        folder_of(&self.target)
    }

    /// Puts a text in its place, readable by its owner alone.
    ///
    /// # Errors
    /// Exit 1; the file is then as it was.
    pub fn replace(&self, text: &str) -> Result<()> {
        os::report_size_limit();
        os::replace_private(&self.target, text.as_bytes())
            .with_context(|| cannot_write(&self.path))
            .or_fail(Category::Internal)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", text::path(path))
}

/// Where a path leads to.
fn resolve(path: &Path) -> Result<PathBuf> {
    if !std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Ok(path.to_owned());
    }
    std::fs::canonicalize(path).map_err(|_| {
        Failure::configuration(format!("{} is a symbolic link to a file that cannot be found", text::path(path)))
            .with_hint("remove the link, or create the file that it points to")
    })
}
