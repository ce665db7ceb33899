//! A set of credentials with the places where its values were found, and its secret fetched when it is needed.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::config::SecretSource;
use super::helper::{self, Terms};
use super::origin::{Found, Origin};
use super::schema::{Field, Placed, Schema};
use super::slip;
use crate::app::{App, Notes};
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::os::{self, UnsafePermissions};
use crate::secret::Secret;
use crate::text;

/// Where a set came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The environment variables of these names.
    Environment(Vec<&'static str>),
    /// A profile of this name.
    Profile {
        /// Its name.
        name: String,
        /// The file that defines it.
        path: PathBuf,
    },
    /// The built-in profile.
    Emulator,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Environment(names) => write!(formatter, "the environment ({})", names.join(", ")),
            Source::Profile { name, path } => {
                write!(formatter, "profile '{}' in {}", text::clip(name, 60), text::path(path))
            }
            Source::Emulator => formatter.write_str("the built-in profile 'emulator'"),
        }
    }
}

/// A set, or the part of it that is needed, whose secret has not been fetched yet: helper programs are run only when the secret is needed.
#[derive(Debug)]
pub struct Set {
    /// What it consists of.
    pub schema: &'static Schema,
    /// Where all of it was found.
    pub source: Source,
    /// The values of the public fields that are needed, in the order of the schema.
    pub public: Vec<Found>,
    /// The settings next to it in the profile.
    pub settings: Vec<Found>,
    /// `None` where it is not needed.
    pub(super) secret: Option<SecretSource>,
    pub(super) secret_origin: Origin,
    pub(super) terms: Terms,
}

impl Set {
    /// A public value by its key.
    pub fn public(&self, key: &str) -> &str {
        self.find(key).map_or("", |found| &found.value)
    }

    /// Where a public value was found.
    pub fn describe(&self, key: &str) -> String {
        self.find(key).map_or_else(String::new, |found| found.origin.to_string())
    }

    fn find(&self, key: &str) -> Option<&Found> {
        self.public.iter().find(|found| found.key == key)
    }

    /// Where the secret was found, for messages about it.
    pub fn secret_origin(&self) -> &Origin {
        &self.secret_origin
    }

    /// Refuses what is certainly wrong as far as it can be known without fetching the secret.
    ///
    /// # Errors
    /// Exit 3 naming where the wrong value was found and what to do.
    pub fn check(&self) -> Result<()> {
        self.declared().try_for_each(|(found, field)| self.refuse_slip(found, field))?;
        if let Some(SecretSource::Literal(secret)) = &self.secret {
            self.refuse_confusion(secret.expose().trim())?;
        }
        self.declared().try_for_each(|(found, field)| refuse_fault(field, &found.value, &found.origin.to_string()))
    }

    /// The public values, each with its field.
    fn declared(&self) -> impl Iterator<Item = (&Found, &'static Field)> {
        let fields = self.schema.public;
        self.public.iter().filter_map(|found| Some((found, fields.iter().find(|field| field.key == found.key)?)))
    }

    /// Refuses a public value that is certainly wrong, whatever the others are.
    ///
    /// # Errors
    /// As [`Set::check`].
    pub fn check_public(&self, key: &str) -> Result<()> {
        let Some((found, field)) = self.declared().find(|(found, _)| found.key == key) else { return Ok(()) };
        self.refuse_slip(found, field)?;
        refuse_fault(field, &found.value, &found.origin.to_string())
    }

    fn refuse_slip(&self, found: &Found, field: &Field) -> Result<()> {
        match slip::of_public(&found.value, field.fault) {
            Some(slip) => Err(slip.refusal(&found.origin, self.schema.secret.key, false)),
            None => Ok(()),
        }
    }

    fn refuse_confusion(&self, secret: &str) -> Result<()> {
        let public = self.public.iter().map(|found| Placed { place: found.origin.to_string(), value: &found.value });
        let public: Vec<Placed> = public.collect();
        let secret = Placed { place: self.secret_origin.to_string(), value: secret };
        match (self.schema.confusion)(&public, &secret) {
            Some(confusion) => Err(Failure::configuration(confusion.message).with_hint(confusion.hint)),
            None => Ok(()),
        }
    }

    /// Where the secret is stored, in words that hold nothing of it.
    pub fn secret_place(&self) -> String {
        match &self.secret {
            Some(SecretSource::Literal(_)) | None => self.secret_origin.to_string(),
            Some(SecretSource::File(path)) => format!("in the file {}", text::path(path)),
            // Of a command only the program: its arguments may be a secret, however unwise.
            Some(SecretSource::Command(argv)) => {
                format!("printed by the program {}", text::clip(argv.first().map_or("", String::as_str), 60))
            }
        }
    }

    /// Where all of it came from, in words: the source, and the program or file of the secret if there is one.
    pub fn summary(&self) -> String {
        match (&self.secret, &self.secret_origin) {
            (Some(SecretSource::Command(argv)), Origin::Profile { key, suffix, .. }) => {
                let program = helper::shown_program(argv).map_or_else(String::new, |program| format!(" ({program})"));
                format!("{}, the secret from its {key}{suffix}{program}", self.source)
            }
            (Some(SecretSource::File(_)), Origin::Profile { key, suffix, .. }) => {
                format!("{}, the secret from its {key}{suffix}", self.source)
            }
            _ => self.source.to_string(),
        }
    }

    /// Fetches the secret where no program has to be run for it.
    ///
    /// # Errors
    /// As [`Set::reveal`].
    pub fn reveal_without_program(&self, app: &App) -> Result<Option<Secret>> {
        match self.secret {
            Some(SecretSource::Command(_)) | None => Ok(None),
            Some(SecretSource::Literal(_) | SecretSource::File(_)) => self.reveal(app).map(Some),
        }
    }

    /// Fetches the secret.
    ///
    /// # Errors
    /// Exit 3 where its file or program does not give it, or it is certainly wrong.
    pub fn reveal(&self, app: &App) -> Result<Secret> {
        let origin = self.secret_origin.to_string();
        let raw = match &self.secret {
            Some(SecretSource::Literal(secret)) => secret.clone(),
            Some(SecretSource::Command(argv)) => helper::run(argv, &origin, &self.terms, &app.env)?,
            Some(SecretSource::File(path)) => read_secret(path, &origin)?,
            None => return Err(Failure::internal("a secret that is not needed was asked for")),
        };
        let secret = trim_value(raw.expose(), &origin, &app.notes).map(Secret::new)?;
        if let Some(slip) = slip::of_secret(secret.expose()) {
            return Err(slip.refusal(&self.secret_origin, self.schema.secret.key, true));
        }
        self.refuse_confusion(secret.expose())?;
        refuse_fault(&self.schema.secret, secret.expose(), &origin)?;
        Ok(secret)
    }
}

/// Refuses the value of a field that is a placeholder or has a fault.
pub(super) fn refuse_fault(field: &Field, value: &str, origin: &str) -> Result<()> {
    let fault = if (field.placeholder)(value) {
        Some("is still the placeholder from the documentation".to_owned())
    } else {
        (field.fault)(value)
    };
    let Some(fault) = fault else { return Ok(()) };
    let failure = Failure::configuration(format!("{origin} {fault}"));
    Err(match field.hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    })
}

/// A secret alone in a file. The path is not shown: it may be the secret itself, under the wrong key.
fn read_secret(path: &Path, origin: &str) -> Result<Secret> {
    const MAX_SIZE: u64 = 64 * 1024;
    let cannot = || format!("{origin}: cannot read the file");
    let refuse = |what: &str| Failure::configuration(format!("{origin}: the file {what}"));
    let opened = os::open_regular(path).with_context(cannot).or_fail(Category::Configuration)?;
    let (file, metadata) = opened.ok_or_else(|| refuse("is not a regular file"))?;
    // That others can read it may be meant: container runtimes mount secrets so. That they can change it never is.
    if os::distrust(&metadata) == Some(UnsafePermissions::Writable) {
        return Err(refuse("is writable by others").with_hint("run chmod 600 on it"));
    }
    let bytes = os::read_limited(file, MAX_SIZE).with_context(cannot).or_fail(Category::Configuration)?;
    let bytes = bytes.ok_or_else(|| refuse("is larger than 64 KiB"))?;
    helper::one_line(&bytes).map_err(|fault| refuse(fault.of_file()))
}

/// The most bytes of a space, an id or a secret. The services' own have less than a hundred; a request header has room
/// for a few thousand.
const MAX_VALUE: usize = 4_096;

/// A value without the white space around it, which is a slip of copying.
pub(super) fn trim_value(value: &str, origin: &str, notes: &Notes) -> Result<String> {
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Err(Failure::configuration(format!("{origin} is blank")));
    }
    if trimmed.len() > MAX_VALUE {
        return Err(Failure::configuration(format!("{origin} is longer than {MAX_VALUE} bytes")));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(Failure::configuration(format!("{origin} contains a line break or another control character")));
    }
    if trimmed.len() != value.len() {
        notes.push(Note::Warning(format!("{origin} has surrounding white space, which is ignored")));
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_names_the_key_that_is_in_the_file() {
        let origin = |suffix| Origin::Profile { key: "api_token", suffix, profile: "dev".to_owned() }.to_string();
        assert_eq!(origin(""), "api_token of profile 'dev'");
        assert_eq!(origin("_command"), "api_token_command of profile 'dev'");
        assert_eq!(Origin::Emulator { key: "space" }.to_string(), "space of the emulator");
        assert_eq!(Origin::Variable("SIGNALWIRE_SPACE").to_string(), "SIGNALWIRE_SPACE");
    }

    #[test]
    fn white_space_around_a_value_is_cut_with_a_warning_and_controls_inside_are_refused() {
        let notes = Notes::default();
        assert_eq!(trim_value(" a b\n", "X", &notes).unwrap(), "a b");
        assert_eq!(notes.take(), [Note::Warning("X has surrounding white space, which is ignored".to_owned())]);
        for (value, message) in [
            (" \t\n", "X is blank"),
            ("a\nb", "X contains a line break or another control character"),
            ("a\u{85}b", "X contains a line break or another control character"),
        ] {
            assert_eq!(trim_value(value, "X", &notes).unwrap_err().to_string(), message);
        }
        assert!(trim_value(&"a".repeat(MAX_VALUE), "X", &notes).is_ok());
        assert!(trim_value(&"a".repeat(MAX_VALUE + 1), "X", &notes).is_err());
    }

    #[test]
    fn debug_does_not_show_a_value() {
        let found = Found { key: "project_id", value: "PTsecret".to_owned(), origin: Origin::Variable("X") };
        assert_eq!(format!("{found:?}"), "project_id from X");
    }
}
