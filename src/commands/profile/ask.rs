//! Questions on the terminal: shown on stderr, answered on stdin.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os::prompt;
use crate::output::report;
use crate::text;

/// Whether somebody can be asked.
pub(super) fn is_possible() -> bool {
    std::io::stdin().is_terminal()
}

/// What is typed after a label.
///
/// # Errors
/// Exit 2 where the input ends, or is no text.
pub(super) fn line(label: &str) -> Result<String> {
    report::verbatim(&format!("{label}: "));
    let line = prompt::read_line().context("cannot read from the terminal").or_fail(Category::Internal)?;
    let line = line.ok_or_else(|| ended(label))?;
    std::str::from_utf8(&line).map(str::to_owned).map_err(|_| Failure::usage(format!("{label} is not UTF-8 text")))
}

/// What is typed after a label and not shown.
///
/// # Errors
/// Exit 2 where the input ends.
pub(super) fn hidden(label: &str) -> Result<Zeroizing<Vec<u8>>> {
    let ask = || report::verbatim(&format!("{label} (not shown): "));
    let line = prompt::read_hidden_line(ask).context("cannot read from the terminal without showing what is typed");
    let line = line.or_fail(Category::Internal).map_err(|failure| failure.with_hint("pipe the secret to stdin"))?;
    line.ok_or_else(|| ended(label))
}

/// The answer to a question that is answered with yes or no; `default` is what Enter alone means.
///
/// # Errors
/// Exit 1 where the terminal cannot be read.
pub(super) fn yes(question: &str, default: bool) -> Result<bool> {
    let choices = if default { "[Y/n]" } else { "[y/N]" };
    report::verbatim(&format!("{} {choices} ", text::clean(question)));
    let line = prompt::read_line().context("cannot read from the terminal").or_fail(Category::Internal)?;
    let Some(line) = line else {
        report::verbatim("\n");
        return Ok(false);
    };
    Ok(match line.trim_ascii().first() {
        Some(b'y' | b'Y') => true,
        None => default,
        Some(_) => false,
    })
}

fn ended(label: &str) -> Failure {
    report::verbatim("\n");
    Failure::usage(format!("{label}: the input ended; nothing was changed"))
}
