//! How the help looks: the colours of its headings and literals, those of cargo, and blocks that are not wrapped.

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};

const HEADING: Style = AnsiColor::Green.on_default().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default().bold();
const PLACEHOLDER: Style = AnsiColor::Cyan.on_default();

pub(super) const STYLES: Styles =
    Styles::styled().header(HEADING).usage(HEADING).literal(LITERAL).placeholder(PLACEHOLDER);

/// The most columns of the help: wider lines are hard to read.
pub(super) const MAX_WIDTH: usize = 100;

/// Takes the place of a space at which a line must not be broken: the parser's library wraps at spaces alone.
const UNBROKEN: &str = "\u{a0}";

/// A heading in its colour.
pub(super) fn heading(text: &str) -> String {
    format!("{HEADING}{text}:{HEADING:#}")
}

/// A word that is typed as it is.
pub(super) fn literal(text: &str) -> String {
    format!("{LITERAL}{text}{LITERAL:#}")
}

/// Lines that stay as they are in a terminal of any width, such as commands to copy.
pub(super) fn unbroken(text: &str) -> String {
    text.replace(' ', UNBROKEN)
}

/// A finished text with its spaces, and without those at the ends of lines.
pub(super) fn finished(text: &str) -> String {
    text.lines().fold(String::new(), |all, line| all + line.replace(UNBROKEN, " ").trim_end() + "\n")
}

/// A heading and below it indented lines that are not wrapped.
pub(super) fn block(title: &str, lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().fold(heading(title), |text, line| text + "\n" + &unbroken(&format!("  {line}")))
}

/// Two columns: what is typed or set, and what it means. They fit a terminal of 80 columns.
pub(super) fn table(title: &str, rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(left, _)| left.chars().count()).max().unwrap_or_default();
    let room = 76_usize.saturating_sub(width).max(20);
    let lines = rows.iter().flat_map(|(left, right)| {
        let first = [left.as_str()].into_iter().chain(std::iter::repeat(""));
        let rows = first.zip(wrapped(right, room));
        rows.map(|(left, right)| row(left, width, &right)).collect::<Vec<_>>()
    });
    block(title, lines)
}

/// A line of two columns, or of the first alone, which is then no term but text.
fn row(left: &str, width: usize, right: &str) -> String {
    let padding = width - left.chars().count();
    match (left, right) {
        (left, "") => left.to_owned(),
        ("", right) => format!("{:padding$}  {right}", ""),
        (left, right) => format!("{}{:padding$}  {right}", literal(left), ""),
    }
}

/// A text in lines of at most so many characters, a longer word alone; one line of nothing for an empty text.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(last) = lines.last_mut() else { break };
        if last.is_empty() {
            *last += word;
        } else if last.chars().count() + 1 + word.chars().count() <= room {
            last.extend([" ", word]);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
