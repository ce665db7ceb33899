//! What `--chat`, `--voice`, `--sync` and `--region` mean when they bring no value: values from a profile or from the
//! environment, each with the name of its place, so that a wrong one can be put right there.

use std::ffi::OsStr;

use super::flag::{CHAT_FALLBACK, Fallback, SYNC_FALLBACK, VOICE_FALLBACK};
use crate::app::Environment;
use crate::error::{Failure, Result};

/// A value with the place where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The value as it stands there. It is looked at only when it is used.
    pub value: String,
    /// The place: a variable's name, or a key and its profile.
    pub origin: String,
}

/// The values for flags that bring none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// For `--chat`: the SID of a Chat or Conversations service.
    pub chat_service_sid: Option<Found>,
    /// For `--voice`: the SID of a TwiML application.
    pub voice_application_sid: Option<Found>,
    /// For `--sync`: the SID of a Sync service, or `default`.
    pub sync_service_sid: Option<Found>,
    /// The region of the API key.
    pub region: Option<Found>,
}

impl Defaults {
    /// The defaults that the environment holds. With an explicit profile this is not asked.
    ///
    /// # Errors
    /// Exit 3 where a variable is not Unicode, naming it.
    pub fn from_environment(env: &Environment) -> Result<Self> {
        Ok(Defaults {
            chat_service_sid: first_set(env, &CHAT_FALLBACK)?,
            voice_application_sid: first_set(env, &VOICE_FALLBACK)?,
            sync_service_sid: first_set(env, &SYNC_FALLBACK)?,
            region: None,
        })
    }

    /// What is there, by the key that a profile has for it.
    pub fn into_named(self) -> impl Iterator<Item = (&'static str, Found)> {
        let all = [
            ("chat_service_sid", self.chat_service_sid),
            ("voice_application_sid", self.voice_application_sid),
            ("sync_service_sid", self.sync_service_sid),
            ("region", self.region),
        ];
        all.into_iter().filter_map(|(key, found)| Some((key, found?)))
    }

    /// The default that stands for one of the fallbacks of the flag table.
    pub(super) fn get(&self, fallback: &Fallback) -> Option<&Found> {
        match fallback.profile_key {
            "chat_service_sid" => self.chat_service_sid.as_ref(),
            "voice_application_sid" => self.voice_application_sid.as_ref(),
            "sync_service_sid" => self.sync_service_sid.as_ref(),
            "region" => self.region.as_ref(),
            _ => None,
        }
    }
}

/// The first of the variables that is set, even if it is empty.
fn first_set(env: &Environment, fallback: &Fallback) -> Result<Option<Found>> {
    let set = fallback.variables.iter().find_map(|name| env.get(name).map(|value| (name, value)));
    let Some((name, value)) = set else {
        return Ok(None);
    };
    match OsStr::to_str(value) {
        Some(value) => Ok(Some(Found { value: value.to_owned(), origin: (*name).to_owned() })),
        None => Err(Failure::configuration(format!("{name} is not valid UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_spelling_that_is_set_counts_even_if_empty() {
        let env: Environment = [
            ("TWILIO_CHAT_SERVICE_SID", ""),
            ("TWILIO_CONVERSATIONS_SERVICE_SID", "IS1"),
            ("TWILIO_SYNC_SERVICE_SID", "default"),
        ]
        .into_iter()
        .collect();
        let defaults = Defaults::from_environment(&env).unwrap();
        let found = |value: &str, origin: &str| Some(Found { value: value.to_owned(), origin: origin.to_owned() });
        assert_eq!(defaults.chat_service_sid, found("", "TWILIO_CHAT_SERVICE_SID"));
        assert_eq!(defaults.sync_service_sid, found("default", "TWILIO_SYNC_SERVICE_SID"));
        assert_eq!(defaults.voice_application_sid, None);
    }
}
