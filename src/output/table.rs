//! Rows in aligned columns, the last of which wraps at the width of the screen.

use anstyle::Style;

use super::screen::Screen;

/// What stands between two columns.
const GAP: usize = 2;
/// The widest column; a cell that is wider moves the rest of its own line only.
const WIDEST: usize = 40;
/// The least room that is left for the last column; with less the text is not wrapped.
const LEAST_ROOM: usize = 16;

/// A text and its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell without a style. The text must be fit to show: one line without control characters.
    pub fn plain(text: impl Into<String>) -> Self {
        Cell::styled(text, Style::new())
    }

    /// A cell in a style.
    pub fn styled(text: impl Into<String>, style: Style) -> Self {
        Cell { text: text.into(), style }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// Rows that share their columns.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Adds a row. Its last cell takes the rest of the line.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, each with its line break.
    pub fn render(&self, indent: usize, screen: &Screen) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns.saturating_sub(1)).map(|column| self.width(column)).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(indent);
            let mut place = indent;
            for (column, cell) in row.iter().enumerate() {
                if column + 1 == row.len() {
                    line.push_str(&wrapped(cell, place, screen));
                } else {
                    let width = cell.width().max(widths[column]) + GAP;
                    line.push_str(&screen.paint(&cell.text, cell.style));
                    line.push_str(&" ".repeat(width - cell.width()));
                    place += width;
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The width of a column: the widest of its cells that another follows.
    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter(|row| row.len() > column + 1).map(|row| row[column].width());
        cells.filter(|width| *width <= WIDEST).max().unwrap_or_default()
    }
}

/// A sentence on lines of its own, wrapped and indented.
pub fn paragraph(text: &str, indent: usize, screen: &Screen) -> String {
    let cell = Cell::plain(text);
    format!("{}{}\n", " ".repeat(indent), wrapped(&cell, indent, screen))
}

/// The text of a cell that begins in this column, its further lines below its first.
fn wrapped(cell: &Cell, column: usize, screen: &Screen) -> String {
    let room = screen.width.map(|width| width.saturating_sub(column)).filter(|room| *room >= LEAST_ROOM);
    let lines = room.map_or_else(|| vec![cell.text.clone()], |room| lines(&cell.text, room));
    let painted: Vec<String> = lines.iter().map(|line| screen.paint(line, cell.style)).collect();
    painted.join(&format!("\n{}", " ".repeat(column)))
}

/// The text in lines of at most so many characters, broken at blanks, or within a word that is longer than a line.
fn lines(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let blank = usize::from(used > 0);
        if used > 0 && used + blank + word.len() > room {
            lines.push(String::new());
            used = 0;
        }
        while word.len() > room {
            let rest = word.split_off(room);
            extend(&mut lines, &word);
            lines.push(String::new());
            word = rest;
        }
        if used > 0 {
            extend(&mut lines, &[' ']);
            used += 1;
        }
        extend(&mut lines, &word);
        used += word.len();
    }
    lines
}

fn extend(lines: &mut [String], characters: &[char]) {
    if let Some(last) = lines.last_mut() {
        last.extend(characters);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::screen::BOLD;

    fn screen(width: Option<usize>, color: bool) -> Screen {
        Screen { width, color }
    }

    fn table() -> Table {
        let mut table = Table::default();
        table.row([Cell::plain("a"), Cell::styled("long name", BOLD), Cell::plain("one two three four five six")]);
        table.row([Cell::plain("bcd"), Cell::plain(""), Cell::plain("x".repeat(30))]);
        table
    }

    #[test]
    fn columns_are_aligned_and_lines_stay_whole_in_a_pipe() {
        let expected = format!("  a    long name  one two three four five six\n  bcd             {}\n", "x".repeat(30));
        assert_eq!(table().render(2, &screen(None, false)), expected);
    }

    #[test]
    fn the_last_column_wraps_below_itself() {
        let text = table().render(2, &screen(Some(38), false));
        let expected = "  a    long name  one two three four\n                  five six\n  bcd             xxxxxxxxxxxxxxxxxxxx\n                  xxxxxxxxxx\n";
        assert_eq!(text, expected);
        assert!(text.lines().all(|line| line.chars().count() <= 38));
    }

    #[test]
    fn styles_do_not_count_as_columns() {
        let colored = table().render(2, &screen(Some(38), true));
        assert!(colored.contains("\u{1b}[1mlong name\u{1b}[0m  one"), "{colored:?}");
        let plain = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(plain, table().render(2, &screen(Some(38), false)));
    }

    #[test]
    fn a_screen_that_is_too_narrow_is_left_to_wrap_by_itself() {
        assert!(table().render(2, &screen(Some(30), false)).contains("one two three four five six"));
    }

    #[test]
    fn a_very_long_name_moves_its_own_line_only() {
        let mut table = table();
        table.row([Cell::plain("n".repeat(50)), Cell::plain("x"), Cell::plain("y")]);
        let text = table.render(2, &screen(None, false));
        assert!(text.starts_with("  a    long name  one"), "{text}");
        assert!(text.ends_with(&format!("  {}  x          y\n", "n".repeat(50))), "{text}");
    }

    #[test]
    fn words_are_kept_together_and_long_ones_divided() {
        assert_eq!(lines("ab cd efghijk l", 5), ["ab cd", "efghi", "jk l"]);
        assert_eq!(lines("", 5), [""]);
    }
}
