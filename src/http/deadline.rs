//! The time limit of a request.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ureq::{Error, Timeout};

/// When the request that an agent is sending has to be done. The agent's connections share it and judge it themselves: ureq
/// would look at the clock before it looks at what has arrived, and would measure each step of a handshake anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    /// Sets the limit of the next request.
    pub(super) fn set(&self, at: Instant) {
        if let Ok(mut deadline) = self.0.lock() {
            *deadline = Some(at);
        }
    }

    /// The time that is left; zero once it is over.
    pub(super) fn left(&self) -> Duration {
        let at = self.0.lock().ok().and_then(|deadline| *deadline);
        at.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()))
    }

    /// Fails once the time is over.
    pub(super) fn check(&self) -> Result<Duration, Error> {
        let left = self.left();
        if left.is_zero() { Err(timed_out()) } else { Ok(left) }
    }
}

pub(super) fn timed_out() -> Error {
    Error::Timeout(Timeout::Global)
}
