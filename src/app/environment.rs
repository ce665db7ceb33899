//! Environment variables, read once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::error::{Failure, Result};
use crate::os;

/// A snapshot of environment variables. Its `Debug` shows no values: some of them are secrets.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The value of a variable, empty or not, Unicode or not.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(&*os::variable_key(OsStr::new(name))).map(OsString::as_os_str)
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
        let pairs = pairs.into_iter().map(|(name, value)| {
            let name = name.into();
            let key = match os::variable_key(&name) {
                Cow::Borrowed(_) => None,
                Cow::Owned(key) => Some(key),
            };
            (key.unwrap_or(name), value.into())
        });
        Environment(pairs.collect())
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
