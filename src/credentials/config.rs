//! A configuration file as values: its profiles, their sections, and where each keeps its secret.

use std::path::PathBuf;

use super::preset::Preset;
use super::schema::EMULATOR;
use crate::error::{Failure, Result};
use crate::secret::Secret;
use crate::text;

/// A configuration file, read.
#[derive(Debug, Default)]
pub struct Config {
    /// Where it is.
    pub path: PathBuf,
    /// The profile that is used when neither a flag nor the environment says otherwise.
    pub default_profile: Option<String>,
    /// The profiles, by name.
    pub profiles: Vec<(String, Profile)>,
    /// The presets, by name, in the order of the file.
    pub presets: Vec<(String, Preset)>,
}

/// One `[profiles.NAME]`.
#[derive(Debug, Default)]
pub struct Profile {
    /// The sections by name.
    pub sections: Vec<(&'static str, Section)>,
}

/// One provider's section of a profile: plain values by key, and the secret from one of its three places.
#[derive(Default)]
pub struct Section {
    /// Key and value, as written.
    pub values: Vec<(&'static str, String)>,
    /// Where the secret is.
    pub secret: Option<SecretSource>,
}

impl std::fmt::Debug for Section {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A secret may stand under any key.
        formatter.debug_list().entries(self.values.iter().map(|(key, _)| key)).finish()
    }
}

/// Where a profile keeps its secret.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// In the file itself.
    Literal(Secret),
    /// In another file, by a path that is already resolved.
    File(PathBuf),
    /// On the standard output of a program, given with its arguments.
    Command(Vec<String>),
}

impl SecretSource {
    /// What the key of this source ends in.
    pub fn suffix(&self) -> &'static str {
        match self {
            SecretSource::Literal(_) => "",
            SecretSource::Command(_) => "_command",
            SecretSource::File(_) => "_file",
        }
    }
}

impl Profile {
    /// The section of this name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|(known, _)| *known == name).map(|(_, section)| section)
    }
}

impl Section {
    /// The value of a plain key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str())
    }
}

impl Config {
    /// A profile by name.
    ///
    /// # Errors
    /// Exit 3 with the nearest name, or all of them.
    pub fn profile(&self, name: &str) -> Result<&Profile> {
        if let Some((_, profile)) = self.profiles.iter().find(|(known, _)| known == name) {
            return Ok(profile);
        }
        Err(self.absent(name, &format!("no profile '{}' in", text::clip(name, 60))))
    }

    /// Refuses a `default_profile` that is not defined. Its value is in the file, so it is not shown.
    ///
    /// # Errors
    /// Exit 3 with the nearest name, or all of them.
    pub fn require_default(&self, name: &str) -> Result<()> {
        if name == EMULATOR || self.profiles.iter().any(|(known, _)| known == name) {
            return Ok(());
        }
        Err(self.absent(name, "default_profile names a profile that is not defined in"))
    }

    /// A preset by name.
    ///
    /// # Errors
    /// Exit 3 with the nearest name, and all of them.
    pub fn preset(&self, name: &str) -> Result<&Preset> {
        if let Some((_, preset)) = self.presets.iter().find(|(known, _)| known == name) {
            return Ok(preset);
        }
        let (path, shown) = (text::path(&self.path), text::clip(name, 60));
        let names: Vec<&str> = self.presets.iter().map(|(name, _)| name.as_str()).collect();
        let nearest = text::did_you_mean(name, names.iter().copied());
        Err(Failure::configuration(format!("no preset '{shown}' in {path}{nearest}")).with_hint(
            match names.as_slice() {
                [] => format!("add [presets.{shown}] with its command; tokenmint profile edit opens the file"),
                names => format!("presets: {}", text::clip(&names.join(", "), text::SHOWN)),
            },
        ))
    }

    /// Refuses the profile of a preset that is not defined. Its name is in the file, so it is not shown.
    ///
    /// # Errors
    /// Exit 3 with the nearest name, and all of them.
    pub fn require_profile_of(&self, preset: &str, profile: &str) -> Result<()> {
        if profile == EMULATOR || self.profiles.iter().any(|(known, _)| known == profile) {
            return Ok(());
        }
        let preset = text::clip(preset, 60);
        Err(self.absent(profile, &format!("the profile of preset '{preset}' is not defined in")))
    }

    /// What is said of a name that no profile has: `what` comes before the path of the file.
    fn absent(&self, name: &str, what: &str) -> Failure {
        let names: Vec<&str> = self.profiles.iter().map(|(name, _)| name.as_str()).chain([EMULATOR]).collect();
        let (path, nearest) = (text::path(&self.path), text::did_you_mean(name, names.iter().copied()));
        Failure::configuration(format!("{what} {path}{nearest}"))
            .with_hint(format!("profiles: {}", text::clip(&names.join(", "), text::SHOWN)))
    }
}
