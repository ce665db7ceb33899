//! The configuration file on disk: whether it can be trusted, and its text. No message of this file ever holds a line or a
//! value of it.

use std::path::Path;

use anyhow::Context as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::config::{Config, SecretSource};
use super::parse::{OWN_EMULATOR, RENAME, Reader};
use super::schema::{EMULATOR, Schema};
use crate::app::Environment;
use crate::error::{Category, Failure, OrFail as _, Result};
use crate::os::{self, UnsafePermissions};
use crate::text;

/// The most bytes of a configuration file that are read.
const MAX_SIZE: u64 = 1024 * 1024;

impl Config {
    /// Reads the text of a configuration file; `path` is where it stands.
    ///
    /// # Errors
    /// Exit 3 where it is not TOML, or says something that it cannot mean.
    pub fn parse(text: &str, path: &Path, env: &Environment, schemas: &[&'static Schema]) -> Result<Self> {
        Reader { path, text, env, schemas }.config()
    }

    /// Reads a configuration file that exists.
    ///
    /// # Errors
    /// Exit 3 where it cannot be read, is not to be trusted, or says something that it cannot mean.
    pub fn read(path: &Path, env: &Environment, schemas: &[&'static Schema]) -> Result<Self> {
        let (text, distrust) = load(path)?;
        let config = Config::parse(&text, path, env, schemas)?;
        let mut sections = config.profiles.iter().flat_map(|(_, profile)| &profile.sections);
        let literal = sections.any(|(_, section)| matches!(section.secret, Some(SecretSource::Literal(_))));
        match distrust {
            Some(UnsafePermissions::Readable | UnsafePermissions::Writable) if literal => {
                Err(open_to_others(path, "holds a secret and others can read it"))
            }
            Some(UnsafePermissions::Writable) => {
                Err(open_to_others(path, "is writable by others and says where secrets are stored"))
            }
            _ => Ok(config),
        }
    }
}

fn open_to_others(path: &Path, how: &str) -> Failure {
    let path = text::path(path);
    Failure::configuration(format!("{path} {how}")).with_hint(format!("run: chmod 600 {}", text::sh_word(&path)))
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
        Some(DeValue::Table(profiles)) if profiles.contains_key(EMULATOR) => {
            Err(Failure::configuration(format!("{}: {OWN_EMULATOR}", text::path(path))).with_hint(RENAME))
        }
        _ => Ok(()),
    }
}

/// The text of a configuration file that is to be changed.
///
/// # Errors
/// Exit 3 where it cannot be read or belongs to somebody else.
pub fn text(path: &Path) -> Result<String> {
    load(path).map(|(text, _)| text)
}

/// The text of a configuration file, and what is suspicious about it short of a reason to refuse.
pub(super) fn load(path: &Path) -> Result<(String, Option<UnsafePermissions>)> {
    let place = text::path(path);
    let cannot = || format!("cannot read the configuration file {place}");
    let opened = os::open_regular(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            return Failure::configuration(format!("there is no configuration file {place}"))
                .with_hint("create one with: tokenmint profile add NAME");
        }
        Failure::new(Category::Configuration, error).context(cannot())
    })?;
    let (file, metadata) = opened.ok_or_else(|| {
        Failure::configuration(format!("{place} is not a regular file"))
            .with_hint("use a TOML file; tokenmint profile add NAME creates one")
    })?;
    let distrust = os::distrust(&metadata);
    if distrust == Some(UnsafePermissions::Owner) {
        return Err(Failure::configuration(format!("{place} belongs to another user"))
            .with_hint("it must be owned by you or root"));
    }
    let bytes = os::read_limited(file, MAX_SIZE).with_context(cannot).or_fail(Category::Configuration)?;
    let bytes = bytes.ok_or_else(|| Failure::configuration(format!("{place} is larger than 1 MiB")))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::configuration(format!("{place} is not UTF-8 text")).with_hint(text::encoding_hint(&bytes))
    })?;
    Ok((text.to_owned(), distrust))
}

#[cfg(test)]
mod tests {
    use super::super::tests::SCHEMAS;
    use super::*;

    fn parse(text: &str) -> std::result::Result<Config, String> {
        let env: Environment = [("HOME", "/home/x")].into_iter().collect();
        Config::parse(text, Path::new("/etc/c.toml"), &env, &SCHEMAS).map_err(|failure| failure.to_string())
    }

    #[test]
    fn profiles_are_listed_by_name_and_keep_their_values_as_written() {
        let config =
            parse("default_profile = 'b'\n[profiles.b.test]\nuser = ' u'\nroom = 'r'\n[profiles.a]\n").unwrap();
        assert_eq!(config.default_profile.as_deref(), Some("b"));
        let names: Vec<&str> = config.profiles.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let section = config.profile("b").unwrap().section("test").unwrap();
        assert_eq!((section.get("user"), section.get("room"), section.get("key_id")), (Some(" u"), Some("r"), None));
        assert!(config.profile("a").unwrap().section("test").is_none());
    }

    #[test]
    fn a_secret_has_one_of_three_places() {
        let secret = |line: &str| {
            let config = parse(&format!("[profiles.a.test]\n{line}\n"))?;
            Ok(format!("{:?}", config.profiles[0].1.sections[0].1.secret))
        };
        assert_eq!(secret("password = 'p'"), Ok("Some(Literal([redacted]))".to_owned()));
        let file = |folder: &str| Ok(format!("Some(File({:?}))", Path::new(folder).join("p")));
        assert_eq!(secret("password_file = 'p'"), file("/etc"));
        // Without a drive the home folder is not absolute on Windows.
        if cfg!(unix) {
            assert_eq!(secret("password_file = '~/p'"), file("/home/x"));
        }
        assert_eq!(secret("password_command = ['p', 'q']"), Ok("Some(Command([\"p\", \"q\"]))".to_owned()));
        let several = "/etc/c.toml, line 3: only one of password, password_command, password_file is allowed";
        assert_eq!(secret("password = 'p'\npassword_file = 'p'"), Err(several.to_owned()));
    }

    #[test]
    fn a_message_has_the_line_and_the_key_and_never_a_value() {
        for (text, message) in [
            ("default_profile = secret", "line 1: not valid TOML (column 19)"),
            ("[profiles.a.test]\nusr = 'secret'", "line 2: unknown key 'usr' (did you mean 'user'?)"),
            ("[profiles.a.test]\n\"Secret 1\" = 'x'", "line 2: unknown key here"),
            ("[profiles.a.tset]\n", "line 1: unknown key 'tset' (did you mean 'test'?)"),
            ("[profiles.a.test]\nuser = ''", "line 2: 'user' is empty"),
            ("[profiles.a.test]\nuser = ['secret']", "line 2: 'user' must be a string in quotes"),
            ("profiles = 'secret'", "line 1: 'profiles' must be a table"),
            ("[profiles.emulator.test]\n", "line 1: 'emulator' is a built-in profile and cannot be defined"),
            (
                "[profiles.a.test]\npassword_command = 'secret'",
                "line 2: 'password_command' must be a list of strings: program and arguments",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), format!("/etc/c.toml, {message}"));
        }
    }

    #[test]
    fn a_tilde_needs_a_home_that_is_absolute() {
        let text = "[profiles.a.test]\npassword_file = '~/p'\n";
        for home in ["rel", "."] {
            let env: Environment = [("HOME", home)].into_iter().collect();
            let failure = Config::parse(text, Path::new("/etc/c.toml"), &env, &SCHEMAS).unwrap_err().to_string();
            assert!(failure.contains("line 2") && failure.contains("HOME is not an absolute path"), "{failure}");
        }
    }

    #[test]
    fn a_name_that_is_not_defined_gets_the_nearest_one() {
        let config = parse("[profiles.staging]\n").unwrap();
        let failure = config.profile("stagign").unwrap_err();
        assert_eq!(failure.to_string(), "no profile 'stagign' in /etc/c.toml (did you mean 'staging'?)");
        assert_eq!(failure.hint(), Some("profiles: staging, emulator"));
        assert!(config.require_default("emulator").is_ok() && config.require_default("dev").is_err());
    }
}
