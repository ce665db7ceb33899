//! Values for flags that bring none, from a profile or from the environment, each with the name of its place.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use super::{Fallback, Field};
use crate::app::Environment;
use crate::error::{Failure, Result};

/// A value with the place where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The value as it stands there. It is checked only when it is used.
    pub value: String,
    /// The place: a variable's name, or a key and its profile.
    pub origin: String,
}

/// What was found, by the key that a profile has for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults(BTreeMap<&'static str, Found>);

impl Defaults {
    /// The defaults that the environment holds. With an explicit profile it is not read.
    pub fn from_environment<'f>(fields: impl IntoIterator<Item = &'f Field>, env: &Environment) -> Result<Self> {
        Self::collect(fields, |fallback| first_set(env, fallback))
    }

    /// The defaults that are found for fields which have any.
    pub fn collect<'f>(
        fields: impl IntoIterator<Item = &'f Field>,
        find: impl Fn(&'static Fallback) -> Result<Option<Found>>,
    ) -> Result<Self> {
        let mut defaults = Defaults::default();
        for fallback in fields.into_iter().filter_map(|field| field.default) {
            defaults.0.extend(find(fallback)?.map(|found| (fallback.profile_key, found)));
        }
        Ok(defaults)
    }

    /// These, and from `others` what is not among them.
    #[must_use]
    pub fn or(mut self, others: Defaults) -> Self {
        for (key, found) in others.0 {
            self.0.entry(key).or_insert(found);
        }
        self
    }

    /// What was found under a key of the profile.
    pub fn get(&self, profile_key: &str) -> Option<&Found> {
        self.0.get(profile_key)
    }

    /// Everything that was found.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Found)> {
        self.0.iter().map(|(key, found)| (*key, found))
    }
}

/// The first of the variables that is set, even if it is empty.
fn first_set(env: &Environment, fallback: &Fallback) -> Result<Option<Found>> {
    let set = fallback.variables.iter().find_map(|name| env.get(name).map(|value| (name, value)));
    let Some((name, value)) = set else { return Ok(None) };
    match OsStr::to_str(value) {
        Some(value) => Ok(Some(Found { value: value.to_owned(), origin: (*name).to_owned() })),
        None => Err(Failure::configuration(format!("{name} is not valid UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Input, rule};

    #[test]
    fn the_first_spelling_that_is_set_counts_even_if_empty_and_a_profile_wins() {
        const FALLBACK: Fallback = Fallback { variables: &["A", "B"], profile_key: "a" };
        let field =
            || Field::new("a", "a", "A", Input::Text, &rule::NonEmpty, "A").optional_value("A", Some(&FALLBACK));
        let env: Environment = [("A", ""), ("B", "2")].into_iter().collect();
        let defaults = Defaults::from_environment(&[field()], &env).unwrap();
        let found = |value: &str, origin: &str| Found { value: value.to_owned(), origin: origin.to_owned() };
        assert_eq!(defaults.get("a"), Some(&found("", "A")));
        let profile = Defaults::collect(&[field()], |_| Ok(Some(found("3", "a of profile 'x'")))).unwrap();
        assert_eq!(profile.or(defaults).get("a"), Some(&found("3", "a of profile 'x'")));
        assert_eq!(Defaults::from_environment(&[field()], &Environment::default()).unwrap(), Defaults::default());
    }
}
