//! Counters of a run: lines minted, failed and kept.

use std::fmt;
use std::ops::AddAssign;
use std::time::Duration;

use crate::error::Category;

/// Counts of lines by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that became a token.
    pub minted: u64,
    /// Lines that became an error, by [`Category::ALL`].
    pub failures: [u64; Category::ALL.len()],
    /// Lines whose token an earlier run minted.
    pub kept: u64,
    /// Lines that an earlier run minted for another request, and this one again.
    pub changed: u64,
    /// Lines whose token never expires.
    pub endless: u64,
    /// Bytes of the input that are done.
    pub bytes: u64,
}

impl Tally {
    /// Counts a line that failed.
    pub fn fail(&mut self, category: Category) {
        if let Some(place) = Category::ALL.iter().position(|known| *known == category) {
            self.failures[place] += 1;
        }
    }

    /// How many lines failed.
    pub fn failed(&self) -> u64 {
        self.failures.iter().sum()
    }

    /// Whether a line failed that would fail again as it is.
    pub fn failed_for_good(&self) -> bool {
        let lasting = |category: Category| matches!(category, Category::Usage | Category::RequestRefused);
        Category::ALL.into_iter().zip(self.failures).any(|(category, count)| count > 0 && lasting(category))
    }

    /// The numbers in words; a dry run shows lines and mints none.
    pub fn counts(&self, dry: bool) -> String {
        let made = if dry { "shown" } else { "minted" };
        let grouped = |count: u64| Grouped(count.into());
        let kept = if self.kept > 0 { format!(", {} kept", grouped(self.kept)) } else { String::new() };
        format!("{} {made}, {} failed{kept}", grouped(self.minted), grouped(self.failed()))
    }

    /// The failures by their class, the most frequent first; empty where there are none.
    pub fn causes(&self) -> String {
        let mut causes: Vec<(u64, &str)> = self
            .failures
            .iter()
            .copied()
            .zip(Category::ALL.map(Category::code))
            .filter(|(count, _)| *count > 0)
            .collect();
        causes.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        causes.iter().map(|(count, code)| format!("{} {code}", Grouped((*count).into()))).collect::<Vec<_>>().join(", ")
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.minted += other.minted;
        for (count, more) in self.failures.iter_mut().zip(other.failures) {
            *count += more;
        }
        self.kept += other.kept;
        self.changed += other.changed;
        self.endless += other.endless;
        self.bytes += other.bytes;
    }
}

/// A number with its digits in groups of three, as people read it.
pub struct Grouped(pub u128);

impl fmt::Display for Grouped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                formatter.write_str(",")?;
            }
            write!(formatter, "{digit}")?;
        }
        Ok(())
    }
}

/// `in 2.1 s (9/s)`: how long so many lines took.
pub fn pace(lines: u64, elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    let time = match milliseconds / 1_000 {
        0 => format!("{milliseconds} ms"),
        seconds @ 1..60 => format!("{seconds}.{} s", milliseconds % 1_000 / 100),
        seconds => crate::time::format_approx(i64::try_from(seconds).unwrap_or(i64::MAX)),
    };
    let rate = u128::from(lines).saturating_mul(1_000) / milliseconds.max(1);
    format!("in {time} ({}/s)", Grouped(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_by_their_class_the_most_frequent_first() {
        let mut tally = Tally { minted: 2, kept: 1, ..Tally::default() };
        tally.fail(Category::Usage);
        (0..3).for_each(|_| tally.fail(Category::Unavailable));
        tally += Tally { minted: 1, ..tally };
        assert_eq!(tally.counts(false), "3 minted, 8 failed, 2 kept");
        assert_eq!(tally.causes(), "6 unavailable, 2 usage");
        assert_eq!(Tally::default().counts(true), "0 shown, 0 failed");
        assert_eq!(Tally::default().causes(), "");
    }

    #[test]
    fn the_pace_has_a_time_that_people_read_and_a_rate_in_groups() {
        for (lines, milliseconds, text) in [
            (0, 0, "in 0 ms (0/s)"),
            (5, 250, "in 250 ms (20/s)"),
            (1_000_000, 1_987, "in 1.9 s (503,271/s)"),
            (12, 59_999, "in 59.9 s (0/s)"),
        ] {
            assert_eq!(pace(lines, Duration::from_millis(milliseconds)), text);
        }
        assert_eq!(Grouped(999).to_string(), "999");
        assert_eq!(Grouped(1_000).to_string(), "1,000");
        assert_eq!(Grouped(1_234_567).to_string(), "1,234,567");
    }
}
