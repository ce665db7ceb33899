//! The configuration file: where it is, whether it can be trusted, and what its profiles say. No message of this file
//! ever holds a line or a value of it.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Secret;
use crate::app::Environment;
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os::{self, Distrust};
use crate::text;
use anyhow::Context as _;

/// The most bytes of a configuration file that are read.
const MAX_SIZE: u64 = 1024 * 1024;

/// A configuration file, read.
#[derive(Debug, Default)]
pub struct Config {
    /// Where it is.
    pub path: PathBuf,
    /// The profile that is used when neither a flag nor the environment says otherwise.
    pub default_profile: Option<String>,
    /// The profiles, in the order of the file.
    pub profiles: Vec<(String, Profile)>,
}

/// One `[profiles.NAME]`: credentials for either service or both.
#[derive(Debug, Default)]
pub struct Profile {
    /// `[profiles.NAME.signalwire]`.
    pub signalwire: Option<Section>,
    /// `[profiles.NAME.twilio]`.
    pub twilio: Option<Section>,
}

/// One service's settings in a profile: plain values by key, and the secret from one of its three places.
#[derive(Debug, Default)]
pub struct Section {
    /// Key and value, as written.
    pub values: Vec<(&'static str, String)>,
    /// Where the secret stands.
    pub secret: Option<SecretSource>,
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

/// What a service's section may hold.
struct Schema {
    name: &'static str,
    plain: &'static [&'static str],
    secret: &'static str,
}

const SIGNALWIRE: Schema = Schema { name: "signalwire", plain: &["space", "project_id"], secret: "api_token" };
const TWILIO: Schema = Schema {
    name: "twilio",
    plain: &["account_sid", "api_key_sid", "region", "chat_service_sid", "voice_application_sid", "sync_service_sid"],
    secret: "api_key_secret",
};

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

    /// Reads the text of a configuration file; `path` is where it stands.
    ///
    /// # Errors
    /// Exit 3 where it is not TOML, or says something that it cannot mean.
    pub fn parse(text: &str, path: &Path, env: &Environment) -> Result<Self> {
        Reader { path, text, env }.config()
    }

    /// Refuses a `default_profile` that there is not. Its value stands in the file, so it is not shown.
    ///
    /// # Errors
    /// Exit 3 with the nearest name, or all of them.
    pub fn require_default(&self, name: &str) -> Result<()> {
        if name == super::EMULATOR || self.profiles.iter().any(|(known, _)| known == name) {
            return Ok(());
        }
        Err(self.absent(name, "default_profile names no profile of"))
    }

    /// What is said of a name that no profile has: `what` comes before the path of the file.
    fn absent(&self, name: &str, what: &str) -> Failure {
        let names: Vec<&str> = self.profiles.iter().map(|(name, _)| name.as_str()).chain([super::EMULATOR]).collect();
        let (path, nearest) = (text::path(&self.path), text::aside(name, names.iter().copied()));
        Failure::configuration(format!("{what} {path}{nearest}"))
            .hint(format!("profiles: {}", text::clip(&names.join(", "), text::SHOWN)))
    }

    /// Reads a configuration file that exists.
    ///
    /// # Errors
    /// Exit 3 where it cannot be read, is not to be trusted, or says something that it cannot mean.
    pub fn read(path: &Path, env: &Environment) -> Result<Self> {
        let (text, distrust) = load(path)?;
        let config = Config::parse(&text, path, env)?;
        let literal = config.profiles.iter().any(|(_, profile)| {
            let sections = [&profile.signalwire, &profile.twilio];
            sections.into_iter().flatten().any(|section| matches!(section.secret, Some(SecretSource::Literal(_))))
        });
        match distrust {
            Some(Distrust::Readable | Distrust::Writable) if literal => {
                Err(open_to_others(path, "holds a secret and others can read it"))
            }
            Some(Distrust::Writable) => Err(open_to_others(path, "names where secrets are and anybody can change it")),
            _ => Ok(config),
        }
    }
}

fn open_to_others(path: &Path, how: &str) -> Failure {
    let path = text::path(path);
    Failure::configuration(format!("{path} {how}")).hint(format!("run: chmod 600 {}", text::sh_word(&path)))
}

/// Refuses a configuration file that defines a profile of the built-in one's name; whatever else is wrong with the file
/// is no matter here.
///
/// # Errors
/// Exit 3.
pub fn refuse_own_emulator(path: &Path) -> Result<()> {
    let Ok((text, _)) = load(path) else { return Ok(()) };
    let Ok(table) = DeTable::parse(&text) else { return Ok(()) };
    match table.get_ref().get("profiles").map(Spanned::get_ref) {
        Some(DeValue::Table(profiles)) if profiles.contains_key(super::EMULATOR) => {
            Err(Failure::configuration(format!("{}: {OWN_EMULATOR}", text::path(path))))
        }
        _ => Ok(()),
    }
}

const OWN_EMULATOR: &str = "'emulator' is a built-in profile and cannot be defined";

/// The text of a configuration file, and what is suspicious about it short of a reason to refuse.
fn load(path: &Path) -> Result<(String, Option<Distrust>)> {
    let place = text::path(path);
    let cannot = || format!("cannot read the configuration file {place}");
    // Looked at before it is opened: opening a pipe would wait for somebody to write into it.
    let metadata = std::fs::metadata(path).map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let failure = Failure::new(Category::Configuration, error).context(cannot());
        if missing { failure.hint("tokenmint profile init writes one to start from") } else { failure }
    })?;
    if !metadata.is_file() {
        return Err(Failure::configuration(format!("{place} is not a regular file")));
    }
    let mut file = File::open(path).with_context(cannot).or_fail(Category::Configuration)?;
    let metadata = file.metadata().with_context(cannot).or_fail(Category::Configuration)?;
    let distrust = os::distrust(&metadata);
    if distrust == Some(Distrust::Owner) {
        return Err(Failure::configuration(format!("{place} belongs to another user"))
            .hint("only a file of yours or of root's is read"));
    }
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    file.by_ref().take(MAX_SIZE + 1).read_to_end(&mut bytes).with_context(cannot).or_fail(Category::Configuration)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(Failure::configuration(format!("{place} is larger than 1 MiB")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::configuration(format!("{place} is not UTF-8 text")))?;
    Ok((text.to_owned(), distrust))
}

/// Where the configuration file is, and whether somebody asked for just that one.
pub struct Location {
    /// The path.
    pub path: PathBuf,
    /// Named by `--config` or `TOKENMINT_CONFIG`.
    pub explicit: bool,
}

/// Finds the configuration file: `--config`, `TOKENMINT_CONFIG`, `$XDG_CONFIG_HOME/tokenmint/config.toml`,
/// `~/.config/tokenmint/config.toml` if it is there, else the system's own folder. Never the working directory.
///
/// # Errors
/// Exit 3 for an empty `TOKENMINT_CONFIG`, or where there is no home to look in.
pub fn locate(flag: Option<&Path>, env: &Environment) -> Result<Location> {
    check_variable(flag, env)?;
    if let Some(path) = flag {
        return Ok(Location { path: path.to_owned(), explicit: true });
    }
    if let Some(path) = env.get("TOKENMINT_CONFIG") {
        return Ok(Location { path: PathBuf::from(path), explicit: true });
    }
    let inside = |folder: &Path| folder.join("tokenmint").join("config.toml");
    let found = |path| Ok(Location { path, explicit: false });
    if let Some(folder) = env.get("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty()).map(Path::new) {
        // A relative one is invalid by its specification, and would mean the working directory here.
        if folder.is_relative() {
            return Err(Failure::configuration("XDG_CONFIG_HOME is not an absolute path")
                .hint("unset it, or name a folder from the root on"));
        }
        return found(inside(folder));
    }
    if let Some(home) = home(env) {
        let path = inside(&home.join(".config"));
        if path.exists() {
            return found(path);
        }
    }
    match dirs::config_dir() {
        Some(folder) => found(inside(&folder)),
        None => Err(Failure::configuration("there is no home folder to look for a configuration file in")
            .hint("name one with --config FILE")),
    }
}

/// Refuses an empty `TOKENMINT_CONFIG` where it counts.
///
/// # Errors
/// Exit 3.
pub fn check_variable(flag: Option<&Path>, env: &Environment) -> Result<()> {
    match env.get("TOKENMINT_CONFIG") {
        Some(path) if path.is_empty() && flag.is_none() => {
            Err(Failure::configuration("TOKENMINT_CONFIG is set but empty").hint("unset it, or name a file"))
        }
        _ => Ok(()),
    }
}

fn home(env: &Environment) -> Option<PathBuf> {
    env.get("HOME").map(PathBuf::from).filter(|home| home.is_absolute()).or_else(dirs::home_dir)
}

/// Walks the parsed file. It keeps the text only to tell line numbers.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    env: &'a Environment,
}

type Key<'t> = &'t Spanned<Cow<'t, str>>;
type Value<'t> = &'t Spanned<DeValue<'t>>;

impl Reader<'_> {
    fn config(&self) -> Result<Config> {
        let table = DeTable::parse(self.text).map_err(|error| {
            // The library's sentence may quote the line, and the line may hold the secret: only the place is told.
            let place = error.span().unwrap_or(0..0);
            self.wrong(&place, "is not valid TOML here")
                .hint("look for an unclosed quote, a missing = or a key given twice")
        })?;
        let mut config = Config { path: self.path.to_owned(), ..Config::default() };
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "default_profile" => config.default_profile = Some(self.string(key, value)?),
                "profiles" => {
                    for (name, profile) in self.table(key, value)? {
                        config.profiles.push((name.get_ref().to_string(), self.profile(name, profile)?));
                    }
                }
                _ => return Err(self.unknown(key, &["default_profile", "profiles"])),
            }
        }
        Ok(config)
    }

    fn profile(&self, name: Key, value: Value) -> Result<Profile> {
        if name.get_ref() == super::EMULATOR {
            return Err(self.wrong(&name.span(), OWN_EMULATOR));
        }
        let mut profile = Profile::default();
        for (key, value) in self.table(name, value)? {
            match key.get_ref().as_ref() {
                "signalwire" => profile.signalwire = Some(self.section(&SIGNALWIRE, key, value)?),
                "twilio" => profile.twilio = Some(self.section(&TWILIO, key, value)?),
                _ => return Err(self.unknown(key, &[SIGNALWIRE.name, TWILIO.name])),
            }
        }
        Ok(profile)
    }

    fn section(&self, schema: &Schema, name: Key, value: Value) -> Result<Section> {
        let by_command = format!("{}_command", schema.secret);
        let by_file = format!("{}_file", schema.secret);
        let mut section = Section::default();
        for (key, value) in self.table(name, value)? {
            let written = key.get_ref().as_ref();
            let secret = if let Some(plain) = schema.plain.iter().find(|plain| **plain == written) {
                section.values.push((plain, self.string(key, value)?));
                continue;
            } else if written == schema.secret {
                SecretSource::Literal(Secret::new(self.string(key, value)?))
            } else if written == by_command {
                SecretSource::Command(self.command(key, value)?)
            } else if written == by_file {
                SecretSource::File(self.beside(&self.string(key, value)?))
            } else {
                let known: Vec<&str> =
                    schema.plain.iter().copied().chain([schema.secret, &by_command, &by_file]).collect();
                return Err(self.unknown(key, &known));
            };
            if section.secret.replace(secret).is_some() {
                let all = format!("{}, {by_command} and {by_file}", schema.secret);
                return Err(self.wrong(&key.span(), &format!("only one of {all} can be given")));
            }
        }
        Ok(section)
    }

    fn table<'t>(&self, key: Key, value: &'t Spanned<DeValue<'t>>) -> Result<&'t DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong(&key.span(), &format!("{} must be a table", Self::name(key)))),
        }
    }

    fn string(&self, key: Key, value: Value) -> Result<String> {
        match value.get_ref() {
            DeValue::String(text) if text.is_empty() => {
                Err(self.wrong(&key.span(), &format!("{} is empty", Self::name(key))))
            }
            DeValue::String(text) => Ok(text.to_string()),
            _ => Err(self.wrong(&key.span(), &format!("{} must be a string in quotes", Self::name(key)))),
        }
    }

    fn command(&self, key: Key, value: Value) -> Result<Vec<String>> {
        let shape = || {
            self.wrong(&key.span(), &format!("{} must be a list of strings: program and arguments", Self::name(key)))
        };
        let DeValue::Array(entries) = value.get_ref() else { return Err(shape()) };
        let words: Option<Vec<String>> = entries
            .iter()
            .map(|entry| match entry.get_ref() {
                DeValue::String(word) => Some(word.to_string()),
                _ => None,
            })
            .collect();
        words.filter(|words| words.first().is_some_and(|program| !program.is_empty())).ok_or_else(shape)
    }

    /// A path of the file, relative to the file's own folder, `~/` being the home folder.
    fn beside(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), home(self.env)) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.path.parent().unwrap_or_else(|| Path::new("")).join(path),
        }
    }

    fn unknown(&self, key: Key, known: &[&str]) -> Failure {
        let nearest = text::aside(key.get_ref(), known.iter().copied());
        self.wrong(&key.span(), &format!("unknown key {}{nearest}", Self::name(key)))
            .hint(format!("known here: {}", known.join(", ")))
    }

    /// A key fit for a message. One that does not look like a key may be a value in the wrong place.
    fn name(key: Key) -> String {
        let name = key.get_ref().as_ref();
        let plain =
            name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-');
        if plain { format!("'{name}'") } else { "here".to_owned() }
    }

    fn wrong(&self, place: &Range<usize>, what: &str) -> Failure {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Failure::configuration(format!("{}, line {line}: {what}", text::path(self.path)))
    }
}
