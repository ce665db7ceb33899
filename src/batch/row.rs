//! Lines in a row that found no connection. An unreachable service fails every line the same way, slowly, after all
//! retries.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Fewer lines than this can fail by chance.
const LEAST: usize = 8;

/// The row that a run is in, over all of its threads and in the order in which lines end.
pub struct Row {
    longest: usize,
    length: AtomicUsize,
}

impl Default for Row {
    fn default() -> Self {
        Self::new(LEAST)
    }
}

impl Row {
    /// For a run of so many jobs: each of them has found no connection before the run ends.
    pub fn new(jobs: usize) -> Self {
        Row { longest: jobs.max(LEAST), length: AtomicUsize::new(0) }
    }

    /// The service has answered.
    pub fn end(&self) {
        // Nearly always it is 0, and a write would take the cache line away from every other thread.
        if self.length.load(Ordering::Relaxed) != 0 {
            self.length.store(0, Ordering::Relaxed);
        }
    }

    /// One more line found no connection. The length of the row, if that ends the run.
    pub fn grow(&self) -> Option<usize> {
        let length = self.length.fetch_add(1, Ordering::Relaxed) + 1;
        (length >= self.longest).then_some(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_there_are_jobs_and_eight_at_least_end_a_run() {
        for (jobs, longest) in [(1, 8), (8, 8), (9, 9), (512, 512)] {
            let row = Row::new(jobs);
            assert!((1..longest).all(|_| row.grow().is_none()), "{jobs}");
            assert_eq!(row.grow(), Some(longest));
        }
    }

    #[test]
    fn an_answer_ends_the_row() {
        let row = Row::new(1);
        for _ in 0..3 {
            assert!((1..8).all(|_| row.grow().is_none()));
            row.end();
        }
    }
}
