//! Values for flags that bring none, each with the name of its place.

use std::collections::BTreeMap;

/// A value with the place where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The value, unchecked until it is used.
    pub value: String,
    /// The place: a variable's name, or a key and its profile.
    pub origin: String,
}

/// What was found, by the key that a profile has for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults(BTreeMap<&'static str, Found>);

impl Defaults {
    /// What was found under a key of the profile.
    pub fn get(&self, profile_key: &str) -> Option<&Found> {
        self.0.get(profile_key)
    }
}

impl FromIterator<(&'static str, Found)> for Defaults {
    fn from_iter<I: IntoIterator<Item = (&'static str, Found)>>(found: I) -> Self {
        Defaults(found.into_iter().collect())
    }
}
