//! The `man` command where it writes files.

use std::path::Path;

use anyhow::Context as _;

use crate::error::{Category, OrFail as _, Result};
use crate::text;

/// Writes man pages into a folder.
pub fn pages(folder: &Path, pages: &[(String, Vec<u8>)]) -> Result<u8> {
    let cannot = || format!("cannot write into {}", text::path(folder));
    std::fs::create_dir_all(folder).with_context(cannot).or_fail(Category::Internal)?;
    for (name, page) in pages {
        std::fs::write(folder.join(name), page).with_context(cannot).or_fail(Category::Internal)?;
    }
    Ok(0)
}
