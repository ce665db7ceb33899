//! What the program is handed from outside: environment, clock, randomness. Everything else is a function of these and
//! of the command line, so a test passes its own and there is no test mode.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::time::SystemTime;

use jiff::Timestamp;

use crate::error::{Category, Failure, OrFail, Result};
use crate::time;

/// The outside, as values.
#[derive(Debug, Clone)]
pub struct World {
    /// The environment variables, read once.
    pub env: Environment,
    /// The time now.
    pub clock: fn() -> Timestamp,
    /// Fills a buffer with random bytes fit for keys and nonces.
    pub random: fn(&mut [u8]) -> Result<()>,
}

impl World {
    /// The real outside of this process.
    pub fn of_process() -> Self {
        World { env: std::env::vars_os().collect(), clock: system_clock, random: system_random }
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
    getrandom::fill(bytes).map_err(|_| anyhow::anyhow!("the system gives no random bytes")).or_fail(Category::Internal)
}

/// A snapshot of environment variables. Its `Debug` shows no values: some of them are secrets.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The value of a variable, empty or not, Unicode or not.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The value of a variable that must not be empty, if it is set.
    ///
    /// # Errors
    /// Exit 3 where it is empty, naming it.
    pub fn required(&self, name: &str) -> Result<Option<&OsStr>> {
        match self.get(name) {
            Some(value) if value.is_empty() => Err(Failure::configuration(format!("{name} is set but empty"))),
            value => Ok(value),
        }
    }

    /// The text of a variable that must not be empty, if it is set.
    ///
    /// # Errors
    /// Exit 3 where it is empty or not Unicode, naming it.
    pub fn required_text(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.required(name)? else { return Ok(None) };
        let invalid = || Failure::configuration(format!("{name} is not valid UTF-8"));
        value.to_str().ok_or_else(invalid).map(Some)
    }

    /// The value of a variable that is set, not empty, and Unicode.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(OsStr::to_str).filter(|value| !value.is_empty())
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Environment(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
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
