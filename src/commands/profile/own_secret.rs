//! Where `profile add` puts a secret, so that `profile remove` knows it again: a file next to the configuration file, or
//! an entry of the keychain.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::name;
use crate::app::Environment;
use crate::credentials::config::{SecretSource, Section};
use crate::credentials::locate::Location;
use crate::credentials::{ConfigValue, KeychainEntry, Schema, Terms, secret_variables};
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os;
use crate::providers::SCHEMAS;
use crate::secret::Secret;
use crate::text;

/// A place for one secret.
pub(super) enum OwnSecret {
    /// A file of mode 0600.
    File(PathBuf),
    /// An entry of the system's keychain.
    Keychain(KeychainEntry),
}

impl OwnSecret {
    /// The place for a profile's secret.
    ///
    /// # Errors
    /// Exit 2 where this system has no keychain.
    pub(super) fn new(profile: &str, schema: &Schema, location: &Location, keychain: bool) -> Result<Self> {
        if keychain {
            let config = location.explicit.then(|| std::path::absolute(&location.path)).transpose();
            let config = config.context("cannot find the working directory").or_fail(Category::Internal)?;
            return KeychainEntry::new(profile, schema.section, config.as_deref()).map(OwnSecret::Keychain);
        }
        let folder = location.path.parent().unwrap_or_else(|| Path::new(""));
        Ok(OwnSecret::File(folder.join(file_name(profile, schema))))
    }

    /// The place of a section's secret, if it is one that was made here.
    pub(super) fn of_section(profile: &str, schema: &Schema, section: &Section, location: &Location) -> Option<Self> {
        // A name that could not have been added here may lead to a file of somebody else.
        name::check_new(profile).ok()?;
        let own = |keychain| Self::new(profile, schema, location, keychain).ok();
        match (section.secret.as_ref()?, own(false), own(true)) {
            (SecretSource::File(path), Some(OwnSecret::File(own)), _) if *path == own => Some(OwnSecret::File(own)),
            (SecretSource::Command(argv), _, Some(OwnSecret::Keychain(entry))) if *argv == entry.lookup() => {
                Some(OwnSecret::Keychain(entry))
            }
            _ => None,
        }
    }

    /// Refuses a place that cannot be used.
    ///
    /// # Errors
    /// Exit 3 where the file exists or the program is missing.
    pub(super) fn check(&self, env: &Environment) -> Result<()> {
        match self {
            OwnSecret::File(path) if std::fs::symlink_metadata(path).is_ok() => Err(exists(path)),
            OwnSecret::File(_) => Ok(()),
            OwnSecret::Keychain(entry) => entry.check(env),
        }
    }

    /// Stores the secret.
    ///
    /// # Errors
    /// Exit 1 or 3 where that fails.
    pub(super) fn store(&self, secret: &Secret, env: &Environment) -> Result<()> {
        match self {
            OwnSecret::Keychain(entry) => entry.store(secret, &terms(), env),
            OwnSecret::File(path) => {
                let cannot = || format!("cannot write {}", text::path(path));
                let mut file = match os::create_private(path) {
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(exists(path)),
                    file => file.with_context(cannot).or_fail(Category::Internal)?,
                };
                let written = file
                    .write_all(secret.expose().as_bytes())
                    .and_then(|()| file.write_all(b"\n"))
                    .and_then(|()| file.sync_all());
                if written.is_err() {
                    let _ = std::fs::remove_file(path);
                }
                written.with_context(cannot).or_fail(Category::Internal)
            }
        }
    }

    /// Removes the secret; one that is gone is no failure.
    ///
    /// # Errors
    /// Exit 1 or 3 where it is still there.
    pub(super) fn remove(&self, env: &Environment) -> Result<()> {
        match self {
            OwnSecret::Keychain(entry) => entry.remove(&terms(), env),
            OwnSecret::File(path) => match std::fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)
                    .with_context(|| format!("cannot remove {}", text::path(path)))
                    .or_fail(Category::Internal),
                _ => Ok(()),
            },
        }
    }

    /// What removes it by hand.
    pub(super) fn removal_line(&self) -> String {
        match self {
            OwnSecret::File(path) => format!("rm {}", text::sh_word(&text::path(path))),
            OwnSecret::Keychain(entry) => entry.removal_line(),
        }
    }

    /// The key and the value that refer to it in a section.
    pub(super) fn reference(&self, schema: &Schema) -> (String, ConfigValue) {
        let key = schema.secret.key;
        match self {
            OwnSecret::File(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (format!("{key}_file"), ConfigValue::Text(name))
            }
            OwnSecret::Keychain(entry) => (format!("{key}_command"), ConfigValue::Words(entry.lookup())),
        }
    }

    /// The word for it in JSON.
    pub(super) fn word(&self) -> &'static str {
        match self {
            OwnSecret::File(_) => "file",
            OwnSecret::Keychain(_) => "keychain",
        }
    }
}

/// Where it is, in words.
impl fmt::Display for OwnSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OwnSecret::File(path) => write!(formatter, "in {}", text::path(path)),
            OwnSecret::Keychain(_) => formatter.write_str("in the keychain"),
        }
    }
}

fn file_name(profile: &str, schema: &Schema) -> String {
    format!("{profile}.{}.secret", schema.section)
}

fn exists(path: &Path) -> Failure {
    Failure::configuration(format!("{} already exists; not overwritten", text::path(path)))
        .with_hint("remove it if no profile uses it, or choose another name")
}

/// The program of the keychain does not read our stdin, and sees none of our secrets.
fn terms() -> Terms {
    Terms::new(true, None, secret_variables(&SCHEMAS).collect())
}
