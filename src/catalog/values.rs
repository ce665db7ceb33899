//! The values of a token wherever they come from: flags, a batch line laid over them, and defaults for what was asked for
//! without a value.

use std::borrow::Cow;

use super::Draft;
use crate::error::{Failure, Result};
use crate::json::{self, Object};

/// A draft with a batch line over it, neither of them copied.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    pub(super) draft: &'a Draft,
    pub(super) line: Option<&'a Object>,
}

impl<'a> Values<'a> {
    /// The batch line, if there is one.
    pub fn line(&self) -> Option<&'a Object> {
        self.line
    }

    /// The JSON of a value that is asked for: the line's, else the flag's. `false` is the same as absent.
    pub fn asked(&self, key: &str) -> Option<&'a str> {
        let line = self.line.and_then(|line| line.get(key));
        line.or_else(|| self.draft.values.get(key)).filter(|raw| *raw != "false")
    }

    /// The string of a value, if it is one.
    pub fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.asked(key).and_then(json::as_str)
    }

    /// The integer of a value, if it is one.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.asked(key).and_then(json::as_integer)
    }

    /// What messages call a value: the key where the line brings it, else the flag or the preset.
    pub fn name(&self, key: &str) -> String {
        let in_line = self.line.is_some_and(|line| line.get(key).is_some());
        if in_line { key.to_owned() } else { self.draft.describe(key) }
    }

    /// The string of a value, else that of its default, which is checked here: one that is not used may be wrong.
    pub fn text_or_default(&self, key: &str) -> Result<Option<Cow<'a, str>>> {
        if let Some(text) = self.text(key) {
            return Ok(Some(text));
        }
        let field = self.draft.kind.field(key);
        let Some((field, fallback)) = field.and_then(|field| Some((field, field.default?))) else { return Ok(None) };
        let Some(found) = self.draft.defaults.get(fallback.profile_key) else { return Ok(None) };
        match field.rule.check(&json::string(&found.value)).first() {
            Some(problem) => Err(Failure::configuration(format!("{} {problem}", found.origin))),
            None => Ok(Some(Cow::Borrowed(&found.value))),
        }
    }

    /// The failure of a flag whose value is found nowhere, with every place where it could stand.
    pub fn value_missing(&self, key: &str) -> Failure {
        let failure = Failure::usage(format!("{} has no value, and there is no default for it", self.name(key)));
        let Some(field) = self.draft.kind.field(key) else { return failure };
        let Some(fallback) = field.default else { return failure };
        failure.with_hint(format!(
            "write {}, or set {}, or {} in the profile",
            field.example(),
            fallback.variables.join(" or "),
            fallback.profile_key
        ))
    }
}

impl Draft {
    /// The values with a line over them, which [`Draft::admit`] has let in.
    pub fn values<'a>(&'a self, line: Option<&'a Object>) -> Values<'a> {
        Values { draft: self, line }
    }
}
