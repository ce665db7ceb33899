//! Pages of help on stdout, and the short one on stderr where nothing was typed.

use crate::error::{Category, Result};
use crate::output::report::Report;
use crate::output::{Color, color, deliver};

/// Prints a page that has colours in it, and gives the exit status.
///
/// # Errors
/// Exit 1 where stdout cannot be written.
pub fn page(page: &str, wanted: Color) -> Result<u8> {
    deliver::stdout(if wanted.on_stdout() { page.to_owned() } else { color::plain(page) }.as_bytes())?;
    Ok(0)
}

/// Prints a page to stderr, where it does not end up in a pipe, and gives the exit status of a wrong call.
pub fn nothing_typed(page: &str, report: &Report) -> u8 {
    report.page(page);
    Category::Usage.exit()
}
