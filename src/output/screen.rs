//! What a report for people is written to: its width and whether it has colours, and the few styles that reports use.

use std::io::{self, IsTerminal as _};

use anstyle::{AnsiColor, Style};

use super::Color;

/// The columns of a terminal that does not report any.
const COLUMNS: usize = 80;
/// The fewest columns that text is wrapped to.
const LEAST_COLUMNS: usize = 30;

/// The properties of stdout that matter to a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Screen {
    /// The columns of a terminal; `None` for a file or a pipe, where lines stay whole for `grep`.
    pub width: Option<usize>,
    /// Whether it gets colours.
    pub color: bool,
}

impl Screen {
    /// That of stdout.
    pub fn of_stdout(color: Color) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let columns = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        let width = is_terminal.then(|| columns().filter(|columns| *columns > 0).unwrap_or(COLUMNS));
        Screen { width: width.map(|columns| columns.max(LEAST_COLUMNS)), color: color.on_stdout() }
    }

    /// Text in a style, if there are colours.
    pub fn paint(&self, text: &str, style: Style) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

// Colours that are readable on a dark and on a light background.

/// Headings.
pub const BOLD: Style = Style::new().bold();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
/// What is right.
pub const GOOD: Style = colored(AnsiColor::Green);
/// What is wrong.
pub const BAD: Style = colored(AnsiColor::Red);
/// What needs attention.
pub const WARN: Style = colored(AnsiColor::Yellow);
/// Names: of claims, fields, codes.
pub const NAME: Style = colored(AnsiColor::Cyan);

const fn colored(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(color)))
}
