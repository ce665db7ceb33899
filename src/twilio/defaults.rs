//! What `--chat`, `--voice`, `--sync` and `--region` mean when they bring no value: values from a profile or from the
//! environment, each with the name of its place, so that a wrong one can be put right there.

use super::flag::Fallback;
use crate::credentials;

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

/// The settings that were found, by the keys that a profile has for them.
impl FromIterator<credentials::Found> for Defaults {
    fn from_iter<I: IntoIterator<Item = credentials::Found>>(settings: I) -> Self {
        let mut defaults = Defaults::default();
        for setting in settings {
            let place = match setting.key {
                "chat_service_sid" => &mut defaults.chat_service_sid,
                "voice_application_sid" => &mut defaults.voice_application_sid,
                "sync_service_sid" => &mut defaults.sync_service_sid,
                "region" => &mut defaults.region,
                _ => continue,
            };
            *place = Some(Found { value: setting.value, origin: setting.origin.to_string() });
        }
        defaults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Origin;
    use crate::twilio::credentials::SCHEMA;

    #[test]
    fn every_setting_of_a_profile_has_its_place() {
        let found = SCHEMA.settings.iter().map(|setting| credentials::Found {
            key: setting.key,
            value: setting.key.to_owned(),
            origin: Origin::Variable("X"),
        });
        let defaults: Defaults = found.collect();
        let value = |found: Option<Found>| found.map(|found| found.value);
        assert_eq!(value(defaults.chat_service_sid).as_deref(), Some("chat_service_sid"));
        assert_eq!(value(defaults.voice_application_sid).as_deref(), Some("voice_application_sid"));
        assert_eq!(value(defaults.sync_service_sid).as_deref(), Some("sync_service_sid"));
        assert_eq!(value(defaults.region).as_deref(), Some("region"));
    }
}
