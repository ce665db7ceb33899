//! Environment, clock, randomness and notes, handed in from the top. Everything else is a function of these and
//! of the command line, so tests pass their own and the program needs no test mode.

use std::time::SystemTime;

use jiff::Timestamp;

use super::{Environment, Notes};
use crate::error::{Category, Failure, OrFail, Result};
use crate::time;

/// The outside, as values. Clones share their notes.
#[derive(Debug, Clone)]
pub struct App {
    /// The environment variables, read once.
    pub env: Environment,
    /// The time now.
    pub clock: fn() -> Timestamp,
    /// Fills a buffer with random bytes fit for keys and nonces.
    pub random: fn(&mut [u8]) -> Result<()>,
    /// What there is to say besides the result.
    pub notes: Notes,
}

impl App {
    /// The real outside of this process.
    pub fn of_process() -> Self {
        App { env: std::env::vars_os().collect(), clock: system_clock, random: system_random, notes: Notes::default() }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// Exit 1 if the system has none to give.
    pub fn random_bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes)?;
        Ok(bytes)
    }
}

/// Beyond the calendar, for which [`check_clock`] has a message, the clock stands still instead of ending the program.
fn system_clock() -> Timestamp {
    time::of_clock(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Refuses a system clock that no token can be minted by.
///
/// # Errors
/// Exit 1 where the clock reads a time before 1970 or after 9999.
pub fn check_clock(time: SystemTime) -> Result<()> {
    match time::of_clock(time) {
        Some(_) => Ok(()),
        None => Err(Failure::internal("the system clock is not between the years 1970 and 9999")
            .with_hint("set the clock of this machine")),
    }
}

fn system_random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|_| anyhow::anyhow!("the system provides no random bytes"))
        .or_fail(Category::Internal)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_beyond_the_calendar_is_a_failure_and_no_panic() {
        check_clock(SystemTime::now()).unwrap();
        for wrong in [
            SystemTime::UNIX_EPOCH - Duration::from_secs(1),
            SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 366 * 8_030),
        ] {
            let failure = check_clock(wrong).unwrap_err();
            assert_eq!((failure.exit_code(), failure.to_string().contains("clock")), (1, true));
        }
    }
}
