//! The limit on tokens per second: a page that asks in a loop must not mint without end.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The most mints in any [`PERIOD`].
pub(super) const LIMIT: usize = 10;
/// The time that they are counted over.
const PERIOD: Duration = Duration::from_secs(1);

/// When the last mints began.
#[derive(Debug, Default)]
pub(super) struct Rate(VecDeque<Instant>);

impl Rate {
    /// Whether a mint may begin now; if so, it is counted.
    pub(super) fn admit(&mut self, now: Instant) -> bool {
        while self.0.front().is_some_and(|begun| now.duration_since(*begun) >= PERIOD) {
            self.0.pop_front();
        }
        let has_room = self.0.len() < LIMIT;
        if has_room {
            self.0.push_back(now);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_begin_in_any_second() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert!((0..10).all(|place| rate.admit(at(place * 50))));
        assert!(!rate.admit(at(500)) && !rate.admit(at(999)));
        // The first is a second old, the second is not.
        assert!(rate.admit(at(1_000)) && !rate.admit(at(1_049)));
        assert!(rate.admit(at(1_050)));
        assert!((0..10).all(|_| rate.admit(at(5_000))) && !rate.admit(at(5_000)));
    }
}
