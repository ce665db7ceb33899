//! One set of credentials from one source: a named profile, the environment, or the default profile. What the set is
//! used for is decided elsewhere; the emulator's own set comes from `emulator`.

pub mod config;
pub mod environment;
pub mod helper;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::app::Environment;
use crate::error::{Category, Failure, Note, OrFail as _, Result};
use crate::secret::Secret;
use crate::signalwire::Space;
use crate::text;
use config::{Config, Profile, SecretSource};

pub use config::Section;

/// The name of the built-in profile.
pub const EMULATOR: &str = "emulator";

/// Where to look, as far as the command line says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// `--profile`.
    pub profile: Option<&'a str>,
    /// `--config`.
    pub config: Option<&'a Path>,
}

/// The service whose credentials are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Space, project id, API token.
    SignalWire,
    /// Account SID, API key SID, API key secret.
    Twilio,
}

/// Where a set came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The environment variables of these names, one for each value.
    Environment([&'static str; 3]),
    /// A profile of this name.
    Profile {
        /// Its name.
        name: String,
        /// The file it stands in.
        path: PathBuf,
    },
    /// The built-in profile: the embedded server's own credentials.
    Emulator,
}

/// A complete set whose secret has not been fetched yet: helper programs are run only when the secret is needed.
#[derive(Debug)]
pub struct Set {
    /// Whose credentials they are.
    service: Service,
    /// Where all of it stands.
    pub source: Source,
    /// The two values that are no secret: space and project id, or account SID and API key SID.
    pub open: [String; 2],
    secret: SecretSource,
    /// The service's section of the profile, for its other settings.
    pub section: Option<Section>,
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Environment(names) => write!(formatter, "the environment ({})", names.join(", ")),
            Source::Profile { name, path } => {
                write!(formatter, "profile '{}' in {}", text::clip(name, 60), text::path(path))
            }
            Source::Emulator => formatter.write_str("the built-in profile 'emulator'"),
        }
    }
}

impl Service {
    fn variables(self) -> &'static [environment::Variable; 3] {
        match self {
            Service::SignalWire => &environment::SIGNALWIRE,
            Service::Twilio => &environment::TWILIO,
        }
    }

    /// The name of its section in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Service::SignalWire => "signalwire",
            Service::Twilio => "twilio",
        }
    }

    fn section(self, profile: &Profile) -> Option<&Section> {
        match self {
            Service::SignalWire => profile.signalwire.as_ref(),
            Service::Twilio => profile.twilio.as_ref(),
        }
    }

    fn take(self, profile: Profile) -> Option<Section> {
        match self {
            Service::SignalWire => profile.signalwire,
            Service::Twilio => profile.twilio,
        }
    }
}

impl Set {
    /// The name of one of the three values at its source, for a message.
    pub fn origin(&self, place: usize) -> String {
        match &self.source {
            Source::Environment(names) => names[place].to_owned(),
            Source::Profile { name, .. } => {
                format!("{} of profile '{}'", self.key(place), text::clip(name, 60))
            }
            Source::Emulator => format!("{} of the emulator", self.key(place)),
        }
    }

    /// Whether these are a service's credentials from the environment.
    pub fn is_of_environment(&self, service: Service) -> bool {
        self.service == service && matches!(self.source, Source::Environment(_))
    }

    /// The key of one of the three values, as a profile spells it.
    pub fn key(&self, place: usize) -> &'static str {
        self.service.variables()[place].key
    }

    /// Where the secret stands, in words that hold nothing of it.
    pub fn secret_place(&self) -> String {
        match (&self.secret, &self.source) {
            (_, Source::Environment(names)) => names[2].to_owned(),
            (SecretSource::Literal(_), _) => self.origin(2),
            (SecretSource::File(path), _) => format!("in the file {}", text::path(path)),
            // Of a command only the program: its arguments may be a secret, however unwise.
            (SecretSource::Command(argv), _) => {
                format!("printed by the program {}", text::clip(argv.first().map_or("", String::as_str), 60))
            }
        }
    }

    /// Fetches the secret from where it stands.
    ///
    /// # Errors
    /// Exit 3 where its file or program does not give it, or it cannot be one.
    pub fn reveal(&self, env: &Environment, notes: &mut Vec<Note>) -> Result<Secret> {
        let (origin, raw) = match &self.secret {
            SecretSource::Literal(secret) => (self.origin(2), secret.clone()),
            SecretSource::Command(argv) => {
                let origin = self.origin(2).replacen(' ', "_command ", 1);
                (origin.clone(), helper::run(argv, &origin, helper::Terms::new(false, None), env)?)
            }
            SecretSource::File(path) => {
                let origin = self.origin(2).replacen(' ', "_file ", 1);
                let secret = read_secret(path, &origin)?;
                (origin, secret)
            }
        };
        tidy(raw.expose(), &origin, notes).map(Secret::new)
    }
}

/// The set for a service, or `None` where no source has one.
///
/// # Errors
/// Exit 3 where the source that counts is incomplete or malformed, naming it and what is wrong.
pub fn find(service: Service, wanted: Wanted, env: &Environment, notes: &mut Vec<Note>) -> Result<Option<Set>> {
    if env.get(helper::MARK).is_some() {
        return Err(Failure::configuration("a program that is to print a secret has started tokenmint again")
            .hint("let the *_command of the profile read the secret from where it is kept"));
    }
    // Looked at even where no file will be opened: an empty variable is a mistake wherever it stands.
    config::check_variable(wanted.config, env)?;
    if let Some(name) = chosen_profile(wanted, env)? {
        if name == EMULATOR {
            // A configuration file is not needed here, but one that means another emulator is not passed over.
            if let Ok(location) = config::locate(wanted.config, env) {
                config::refuse_own_emulator(&location.path)?;
            }
            return Ok(Some(emulator_set(service)?));
        }
        let config = config::locate(wanted.config, env).and_then(|location| Config::read(&location.path, env));
        let config = config.map_err(|failure| failure.context(format!("profile '{}'", text::clip(&name, 60))))?;
        let set = from_profile(service, config, &name, notes)?;
        return match set {
            Some(set) => Ok(Some(set)),
            None => Err(Failure::configuration(format!(
                "profile '{0}' has no section [profiles.{0}.{1}]",
                text::clip(&name, 60),
                service.name()
            ))),
        };
    }
    if let Some(found) = environment::find(service.variables(), env)? {
        let names = [found[0].0, found[1].0, found[2].0];
        let [first, second, (_, secret)] = found;
        let open = [tidy(&first.1, first.0, notes)?, tidy(&second.1, second.0, notes)?];
        let secret = SecretSource::Literal(Secret::new(secret));
        return Ok(Some(Set { service, source: Source::Environment(names), open, secret, section: None }));
    }
    let location = config::locate(wanted.config, env)?;
    if !location.explicit && !location.path.exists() {
        return Ok(None);
    }
    let mut config = Config::read(&location.path, env)?;
    match config.default_profile.take() {
        Some(name) if name == EMULATOR && service == Service::SignalWire => Ok(Some(emulator_set(service)?)),
        Some(name) if name != EMULATOR => {
            config.require_default(&name)?;
            from_profile(service, config, &name, notes)
        }
        _ => Ok(None),
    }
}

/// What is said when no source has the set.
pub fn none_found(service: Service, env: &Environment) -> Failure {
    let names: Vec<&str> = service.variables().iter().map(|variable| variable.names[0]).collect();
    match service {
        Service::SignalWire => Failure::configuration("no SignalWire credentials found").hint(format!(
            "set {}, or name a profile with --profile or default_profile (see tokenmint profile init), or try --profile emulator",
            names.join(", ")
        )),
        Service::Twilio if env.get("TWILIO_ACCOUNT_SID").is_some() || env.get("TWILIO_AUTH_TOKEN").is_some() => {
            Failure::configuration("an auth token cannot sign an Access Token: TWILIO_API_KEY and TWILIO_API_SECRET are not set")
                .hint("create an API key in the Twilio Console and set TWILIO_API_KEY (SK…) and TWILIO_API_SECRET beside TWILIO_ACCOUNT_SID")
        }
        Service::Twilio => Failure::configuration("no Twilio credentials found").hint(format!(
            "set {}, or name a profile with --profile or default_profile (see tokenmint profile init)",
            names.join(", ")
        )),
    }
}

/// The profile that was named, by the flag or by `TOKENMINT_PROFILE`.
///
/// # Errors
/// Exit 3 for an empty variable.
pub fn chosen_profile(wanted: Wanted, env: &Environment) -> Result<Option<String>> {
    if let Some(name) = wanted.profile {
        return Ok(Some(name.to_owned()));
    }
    match env.get("TOKENMINT_PROFILE") {
        None => Ok(None),
        Some(name) if name.is_empty() => {
            Err(Failure::configuration("TOKENMINT_PROFILE is set but empty").hint("unset it, or name a profile"))
        }
        Some(name) => match name.to_str() {
            Some(name) => Ok(Some(name.to_owned())),
            None => Err(Failure::configuration("TOKENMINT_PROFILE is not valid UTF-8")),
        },
    }
}

fn from_profile(service: Service, mut config: Config, name: &str, notes: &mut Vec<Note>) -> Result<Option<Set>> {
    let Some(section) = service.section(config.profile(name)?) else { return Ok(None) };
    let variables = service.variables();
    let shown = text::clip(name, 60);
    let lacks = |key: &str| {
        Failure::configuration(format!("profile '{shown}' lacks {key}")).hint(format!(
            "add it to [profiles.{shown}.{}] in {}",
            service.name(),
            text::path(&config.path)
        ))
    };
    let mut open = Vec::with_capacity(2);
    for variable in &variables[..2] {
        let value = section.get(variable.key).ok_or_else(|| lacks(variable.key))?;
        open.push(tidy(value, &format!("{} of profile '{shown}'", variable.key), notes)?);
    }
    let secret = section.secret.clone().ok_or_else(|| lacks(variables[2].key))?;
    let source = Source::Profile { name: name.to_owned(), path: config.path.clone() };
    let place = config.profiles.iter().position(|(known, _)| known == name);
    let section = place.and_then(|place| service.take(config.profiles.swap_remove(place).1));
    match <[String; 2]>::try_from(open) {
        Ok(open) => Ok(Some(Set { service, source, open, secret, section })),
        Err(_) => Ok(None),
    }
}

fn emulator_set(service: Service) -> Result<Set> {
    if service == Service::Twilio {
        return Err(Failure::configuration(
            "the emulator stands for SignalWire only: a Twilio token is signed offline and needs no server",
        )
        .hint("use a profile with a [profiles.NAME.twilio] section, or the TWILIO_… variables"));
    }
    let (project_id, api_token) = emulator_credentials()?;
    Ok(Set {
        service,
        source: Source::Emulator,
        open: [Space::loopback(EMULATOR_PORT).to_string(), project_id.to_owned()],
        secret: SecretSource::Literal(Secret::new(api_token.to_owned())),
        section: None,
    })
}

/// The port on which `tokenmint emulator` listens unless told otherwise.
pub const EMULATOR_PORT: u16 = 8793;

#[cfg(feature = "emulator")]
#[allow(clippy::unnecessary_wraps, reason = "without the emulator it fails")]
fn emulator_credentials() -> Result<(&'static str, &'static str)> {
    Ok((crate::emulator::PROJECT_ID, crate::emulator::API_TOKEN))
}

#[cfg(not(feature = "emulator"))]
fn emulator_credentials() -> Result<(&'static str, &'static str)> {
    Err(Failure::configuration("this tokenmint was built without its emulator")
        .hint("build it with --features emulator"))
}

/// A secret that stands alone in a file. The path is not shown: it may be the secret itself, under the wrong key.
fn read_secret(path: &Path, origin: &str) -> Result<Secret> {
    const MOST: u64 = 64 * 1024;
    let cannot = || format!("{origin}: the file that it names cannot be read");
    let file = std::fs::File::open(path).with_context(cannot).or_fail(Category::Configuration)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MOST + 1).read_to_end(&mut bytes).with_context(cannot).or_fail(Category::Configuration)?;
    if bytes.len() as u64 > MOST {
        return Err(Failure::configuration(format!("{origin}: the file that it names is larger than 64 KiB")));
    }
    helper::one_line(&bytes).map_err(|why| Failure::configuration(format!("{origin}: the file that it names {why}")))
}

/// The most bytes of a space, an id or a secret. The services' own have less than a hundred; a request header has room
/// for a few thousand.
const MAX_VALUE: usize = 4_096;

/// A value without the white space around it, which is a slip of copying.
fn tidy(value: &str, origin: &str, notes: &mut Vec<Note>) -> Result<String> {
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Err(Failure::configuration(format!("{origin} is nothing but white space")));
    }
    if trimmed.len() > MAX_VALUE {
        return Err(Failure::configuration(format!(
            "{origin} has more than {MAX_VALUE} bytes, which no credential has"
        )));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(Failure::configuration(format!("{origin} has a line break or another control character in it")));
    }
    if trimmed.len() != value.len() {
        notes.push(Note::Warning(format!("{origin} has white space around it, which is left out")));
    }
    Ok(trimmed.to_owned())
}
