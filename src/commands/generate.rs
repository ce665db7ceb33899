//! The `completions` and `man` commands.

use std::path::Path;

use anyhow::Context as _;

use crate::error::{Category, OrFail as _, Result};
use crate::output::deliver;
use crate::{cli, text};

/// Prints the completion script of a shell.
///
/// # Errors
/// Exit 1 where it cannot be written.
pub fn completions(shell: &str) -> Result<u8> {
    deliver::stdout(&cli::completions(shell)).map(|()| 0)
}

/// Prints the main man page, or writes all of them into a folder.
///
/// # Errors
/// Exit 1 where one cannot be written.
pub fn man(folder: Option<&Path>) -> Result<u8> {
    let pages = cli::man_pages()?;
    match folder {
        None => deliver::stdout(pages.first().map_or(&[][..], |(_, page)| page))?,
        Some(folder) => {
            let cannot = || format!("cannot write into {}", text::path(folder));
            std::fs::create_dir_all(folder).with_context(cannot).or_fail(Category::Internal)?;
            for (name, page) in pages {
                std::fs::write(folder.join(name), page).with_context(cannot).or_fail(Category::Internal)?;
            }
        }
    }
    Ok(0)
}
