//! Batch progress: one line on stderr, redrawn in place. The caller decides whether stderr is fit for it.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};

use super::tally::{Grouped, Tally};

/// The shortest time between two drawings.
const EVERY: Duration = Duration::from_millis(200);
/// The width of a terminal that does not report one.
const COLUMNS: u16 = 80;

/// How the line is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Not at all.
    Hidden,
    /// Without colour.
    Plain,
    /// With failures in red.
    Coloured,
}

/// The line, or nothing.
pub struct Progress {
    look: Look,
    /// The bytes of the input, where that is known.
    total: Option<u64>,
    started: Instant,
    drawn: Option<Instant>,
    /// How many columns the last drawing took.
    length: usize,
}

impl Progress {
    /// A line for so many bytes of input, or without an end where that is not known.
    pub fn new(look: Look, total: Option<u64>) -> Self {
        Progress { look, total, started: Instant::now(), drawn: None, length: 0 }
    }

    /// Shows where things stand.
    pub fn show(&mut self, tally: &Tally) {
        if self.look == Look::Hidden || self.drawn.is_some_and(|drawn| drawn.elapsed() < EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        self.draw(&line(tally, self.total, self.started.elapsed()), tally.failed());
    }

    /// Takes the line away.
    pub fn finish(&mut self) {
        if self.drawn.take().is_some() {
            self.draw("", 0);
        }
    }

    /// Overwrites the previous drawing with blanks, which every terminal understands; a line that fills the last column
    /// might wrap. The cursor returns to the start, so that an output line on the same terminal covers the drawing.
    fn draw(&mut self, text: &str, failed: u64) {
        let columns = terminal_size::terminal_size_of(io::stderr()).map_or(COLUMNS, |(width, _)| width.0);
        let room = usize::from(columns.saturating_sub(1));
        let shown = text.get(..room).unwrap_or(text);
        let over = self.length.min(room);
        self.length = shown.len();
        let mut drawing = format!("\r{shown:over$}\r");
        if self.look == Look::Coloured && failed > 0 {
            drawing = in_red(&drawing, &failures(failed));
        }
        // One write: other threads may be writing their lines. Errors do not matter for a progress line.
        let _ = io::stderr().write_all(drawing.as_bytes());
    }
}

fn failures(failed: u64) -> String {
    format!("{} failed", Grouped(failed.into()))
}

fn in_red(text: &str, part: &str) -> String {
    let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
    text.replacen(part, &format!("{red}{part}{red:#}"), 1)
}

/// The text of the line after this much time, in ASCII.
fn line(tally: &Tally, total: Option<u64>, elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis().max(1);
    let lines = u128::from(tally.minted) + u128::from(tally.failed());
    let rate = Grouped(lines * 1_000 / milliseconds);
    let said = format!("{} minted, {}, {rate}/s", Grouped(tally.minted.into()), failures(tally.failed()));
    let Some(total) = total.map(u128::from).filter(|total| *total > 0) else { return said };
    let bytes = u128::from(tally.bytes).min(total);
    let percent = bytes * 100 / total;
    let filled = usize::try_from(percent / 5).unwrap_or(0);
    let left = match milliseconds.saturating_mul(total - bytes).checked_div(bytes) {
        Some(left) => format!(", {} left", crate::time::format_approx(i64::try_from(left / 1_000).unwrap_or(i64::MAX))),
        None => String::new(),
    };
    format!("[{:<20}] {percent:>3}%  {said}{left}", "#".repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_it_is_how_fast_and_how_long_it_will_take() {
        let mut tally = Tally { minted: 15_900, bytes: 25_000, ..Tally::default() };
        tally.failures[1] = 100;
        let after = Duration::from_secs(10);
        assert_eq!(
            line(&tally, Some(100_000), after),
            "[#####               ]  25%  15,900 minted, 100 failed, 1,600/s, 30s left"
        );
        assert_eq!(line(&tally, None, after), "15,900 minted, 100 failed, 1,600/s");
        assert_eq!(
            in_red("\r15,900 minted, 100 failed, 1,600/s", &failures(100)),
            "\r15,900 minted, \u{1b}[31m100 failed\u{1b}[0m, 1,600/s"
        );
    }

    #[test]
    fn nothing_done_yet_and_an_empty_input_are_no_trouble() {
        let none = Tally::default();
        assert_eq!(line(&none, Some(10), Duration::ZERO), "[                    ]   0%  0 minted, 0 failed, 0/s");
        assert_eq!(line(&none, Some(0), Duration::ZERO), "0 minted, 0 failed, 0/s");
        let most = Tally { bytes: u64::MAX, minted: u64::MAX, ..none };
        let full = "[####################] 100%  18,446,744,073,709,551,615 minted, 0 failed, 0/s, 0s left";
        assert_eq!(line(&most, Some(u64::MAX), Duration::MAX), full);
    }
}
