//! The values that shape tokens, wherever they came from: flags, a batch line laid over them, and the defaults for what
//! was asked for without a value. What they make is for `grants`.

use std::borrow::Cow;

use super::defaults::Defaults;
use super::flag::{self, Flag, Input};
use super::region;
use crate::error::{Failure, Result};
use crate::json::{self, Object};
use crate::text;

/// The flags' values with a batch line over them. Each key is that of the flag table, each value JSON.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    pub(super) flags: &'a Object,
    pub(super) line: Option<&'a Object>,
    pub(super) defaults: &'a Defaults,
}

impl<'a> Settings<'a> {
    /// The JSON of a setting: the line's, else the flag's. `false` is as good as absent.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        let line = self.line.and_then(|line| line.get(key));
        line.or_else(|| self.flags.get(key)).filter(|raw| *raw != "false")
    }

    /// What a message calls a setting: the key where the line brings it, else the flag.
    pub(super) fn name(&self, key: &str) -> String {
        let in_line = self.line.is_some_and(|line| line.get(key).is_some());
        match flag::by_key(key) {
            Some(flag) if !in_line => flag.dashed(),
            _ => key.to_owned(),
        }
    }

    /// The string of a setting, if it is one.
    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(json::as_str)
    }

    /// The value of a grant that was asked for: its own, else the default's.
    pub(super) fn grant_value(&self, key: &str) -> Result<Option<Cow<'a, str>>> {
        if self.get(key).is_none() {
            return Ok(None);
        }
        if let Some(text) = self.text(key) {
            return Ok(Some(text));
        }
        let Some(flag) = flag::by_key(key) else {
            return Ok(None);
        };
        let found = flag.fallback.and_then(|fallback| self.defaults.get(fallback));
        match (found, flag.input) {
            (Some(found), input) => match value_fault(input, &found.value) {
                Some(fault) => Err(Failure::configuration(format!("{} {fault}", found.origin))),
                None => Ok(Some(Cow::Borrowed(&found.value))),
            },
            (None, Input::GrantSync) => Ok(Some(Cow::Borrowed("default"))),
            (None, _) => Err(self.value_missing(flag)),
        }
    }

    fn value_missing(&self, flag: &Flag) -> Failure {
        let failure = Failure::usage(format!("{} has no value, and there is no default for it", self.name(flag.key)));
        let Some(fallback) = flag.fallback else {
            return failure;
        };
        let (dashed, value, profile_key) = (flag.dashed(), flag.value, fallback.profile_key);
        let variables = fallback.variables.join(" or ");
        let other =
            if flag.key == "voice" { "; for incoming calls alone, --voice-incoming without --voice" } else { "" };
        failure.hint(format!("write {dashed} {value}, or set {variables}, or {profile_key} in the profile{other}"))
    }

    /// The region: the setting, else the default's.
    pub(super) fn region(&self) -> Result<Option<String>> {
        if let Some(region) = self.text("region") {
            return Ok(Some(region.into_owned()));
        }
        let Some(found) = &self.defaults.region else {
            return Ok(None);
        };
        match region::fault(&found.value) {
            Some(fault) => Err(Failure::configuration(format!("{} {fault}", found.origin))),
            None => Ok(Some(found.value.clone())),
        }
    }
}

/// What is wrong with the value of a grant flag.
pub(super) fn value_fault(input: Input, text: &str) -> Option<String> {
    match input {
        Input::GrantSync if text == "default" => None,
        Input::GrantSync => super::sid::Sid::Service
            .check(text)
            .err()
            .map(|fault| format!("{fault} (or it is the word default){}", text::aside(text, ["default"]))),
        Input::GrantSid(sid) | Input::Sid(sid) => sid.check(text).err().map(|fault| fault.to_string()),
        _ if text.is_empty() => Some("is empty".to_owned()),
        _ => None,
    }
}
