//! The `man` command where it writes files.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::error::{Category, OrFail as _, Result};
use crate::text;

/// Writes man pages into a folder.
pub fn pages(folder: &Path, pages: &[(String, Vec<u8>)]) -> Result<u8> {
    for (name, page) in pages {
        let folder = folder_of(name, folder);
        let cannot = || format!("cannot write into {}", text::path(&folder));
        std::fs::create_dir_all(&folder).with_context(cannot).or_fail(Category::Internal)?;
        std::fs::write(folder.join(name), page).with_context(cannot).or_fail(Category::Internal)?;
    }
    Ok(0)
}

/// The folder of a page: `man` looks for one of section 5 next to `man1`, not in it.
fn folder_of(name: &str, folder: &Path) -> PathBuf {
    match name.rsplit_once('.') {
        Some((_, section)) if section != "1" && folder.file_name().is_some_and(|last| last == "man1") => {
            folder.with_file_name(format!("man{section}"))
        }
        _ => folder.to_owned(),
    }
}
